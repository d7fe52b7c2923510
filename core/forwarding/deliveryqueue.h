#pragma once

#include "batching/batcher.h"
#include "forwarding/retrypolicy.h"
#include "forwarding/transport.h"
#include "spool/spool.h"
#include "stats/stats.h"
#include "stats/statusreport.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <unordered_map>

namespace Weave {

struct DeliveryLimits
{
    int senders = 4; // requests in flight
    // A call that has waited longer is given up when an attempt to deliver it fails.
    Milliseconds maxAge = std::chrono::hours(24);
};

// Takes due batches, has them sent, and does with each what decide() says about the answer: a call
// leaves the spool only when the server has it or nobody ever will. Troubles are kept by project,
// so that one project's never delays another's.
//
// Lives in the event loop's thread; batcher, spool, transport and stats outlive it.
class DeliveryQueue final : public QObject
{
    Q_OBJECT

public:
    using DeadLetterFunction = std::function<bool(const CallView &call, std::string_view reason)>;
    struct Parts
    {
        Batcher &batcher;
        Spool &spool;
        Transport &transport;
        Stats &stats;
        // Keeps a call that will never be delivered, with the reason. False: it could not, so the
        // call stays in the spool. Without it such calls are counted and logged only.
        DeadLetterFunction deadLetter = {};
    };
    using RandomFunction = std::function<double()>; // in [0, 1)

    DeliveryQueue(const Parts &parts, const DeliveryLimits &limits, NowFunction now,
                  RandomFunction random);
    ~DeliveryQueue() override;

    // Sends what may be sent now and sets the timer for what may be sent later. Call it whenever
    // the batcher has got something.
    void pump();

    // Whether calls leave as fast as the machine can send them: requests are in flight, none of
    // them for long, and nothing is in trouble.
    [[nodiscard]] bool isFlowing() const;
    [[nodiscard]] DeliveryState state() const;
    // When the oldest call came that is in flight or waits for another attempt.
    [[nodiscard]] std::optional<TimePoint> oldest() const;

Q_SIGNALS:
    // The records have left the spool: delivered, or given up. Direct connections only.
    void recordsDone(std::span<const Weave::RecordRef> records, bool delivered);

private:
    // A project with batches that came back. It exists as long as it has any, or is in trouble.
    struct Trouble
    {
        int failures = 0; // in a row; 0 means the backend takes this project's calls
        TimePoint until; // no request before that
        bool isProbing = false; // with failures, one request at a time
        bool serverAnswered = false;
        bool isPaused = false;
        std::deque<Batch> parked;
    };
    using Troubles = std::map<std::string, Trouble, std::less<>>;

    struct InFlight
    {
        Batch batch;
        TimePoint sentAt;
        bool isProbe = false;
    };

    [[nodiscard]] bool sendNext();
    [[nodiscard]] bool isLastSender() const;
    [[nodiscard]] bool hasSlowRequest(const std::string &project) const;
    [[nodiscard]] bool sendFresh();
    [[nodiscard]] bool sendParked();
    [[nodiscard]] std::optional<Batch> takeProbe(const std::string &project, Trouble &trouble);
    [[nodiscard]] std::optional<Batch> takeParked(Trouble &trouble) const;
    void countFormed(const Batch &batch);
    void send(Batch batch, bool isProbe);
    void handleAnswer(std::uint64_t number, const SendResult &result);

    void succeed(const Batch &batch);
    void comeBack(Batch batch, const SendResult &result, const Decision &decision);
    void halve(Batch batch, const SendResult &result);
    [[nodiscard]] bool isTooOld(const Batch &batch, const RecordRef &record) const;
    void giveUpTheOld(Batch &batch, const SendResult &result);
    void deadLetter(Batch batch, const SendResult &result);
    [[nodiscard]] bool keepDeadLetter(const Batch &batch, const RecordRef &record,
                                      std::string_view reason) const;
    void removeRecords(std::span<const RecordRef> records, bool delivered);
    void noteError(const SendResult &result);
    void noteHealthy(const std::string &project);

    void armTimer();
    [[nodiscard]] std::optional<TimePoint> nextParkedTime() const;

    Batcher &m_batcher;
    Spool &m_spool;
    Transport &m_transport;
    Stats &m_stats;
    const DeadLetterFunction m_deadLetter;
    const DeliveryLimits m_limits;
    const NowFunction m_now;
    const RandomFunction m_random;
    QTimer m_timer;

    std::unordered_map<std::uint64_t, InFlight> m_inFlight;
    std::uint64_t m_nextNumber = 0;
    Troubles m_troubles;
    std::string m_lastParkedProject;
    bool m_parkedGoesFirst = false;
    TimePoint m_waitUntil{}; // for every project
    bool m_isPaused = false;
    std::string m_lastError;
    TimePoint m_lastErrorAt;
};

} // namespace Weave
