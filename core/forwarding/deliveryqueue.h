#pragma once

#include "batching/batcher.h"
#include "batching/completepairing.h"
#include "forwarding/batchsource.h"
#include "forwarding/deliveryturn.h"
#include "forwarding/inflight.h"
#include "forwarding/parkedbatches.h"
#include "forwarding/reachability.h"
#include "forwarding/requestreport.h"
#include "forwarding/retrypolicy.h"
#include "forwarding/transport.h"
#include "forwarding/undeliverablecalls.h"
#include "forwarding/writepaths.h"
#include "spool/spool.h"
#include "stats/stats.h"
#include "stats/statusreport.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <span>
#include <string>

namespace Weave {

struct DeliveryLimits
{
    int senders = 4; // see InFlight
    // A call that has waited longer is given up when attempts to deliver it fail.
    Milliseconds maxAge = std::chrono::hours(24);
    CallsMode callsMode = CallsMode::Upsert;
    // A batch whose first call came longer ago is a backlog, which is sent with less haste.
    Milliseconds backlogAge = std::chrono::seconds(2);
};

// Takes due batches, has them sent, and does with each what decide() says about the answer: a call
// leaves the spool only when the server has it or nobody ever will.
//
// Lives in the event loop's thread; its parts outlive it.
class DeliveryQueue final : public QObject
{
    Q_OBJECT

public:
    struct Parts
    {
        Batcher &batcher;
        CompletePairing &pairing;
        Spool &spool;
        Transport &transport;
        Stats &stats;
        DeadLetterFunction deadLetter = {}; // see UndeliverableCalls
    };
    using RandomFunction = std::function<double()>; // in [0, 1)

    // How long attempts to deliver a call fail before it can be too old.
    static constexpr Milliseconds LeastTrouble = std::chrono::minutes(10);

    DeliveryQueue(const Parts &parts, const DeliveryLimits &limits, NowFunction now,
                  RandomFunction random);
    ~DeliveryQueue() override;

    // Sends what may be sent now, for a part of a millisecond, and sets the timer for what may be
    // sent later. Call it whenever the batcher has got something, or something has changed in
    // pairing.
    void pump();

    // From now on. What has been learned of the projects' paths is forgotten when the mode changes.
    void setLimits(const DeliveryLimits &limits);
    // Calls go to another server from now on, which may keep projects otherwise.
    void forgetPaths();

    // See WritePaths.
    void preferComplete(const std::string &project) { m_paths.preferComplete(project); }

    // The user's own pause. What is in flight comes to its end.
    void setPausedByUser(bool isPaused);
    [[nodiscard]] bool isPausedByUser() const { return m_isPausedByUser; }
    // Ends every wait for another attempt, also for the answer to one. What is in flight comes to
    // its end, but when the answer is not that the server has it, that counts no more: it goes
    // again at once.
    void retryNow();

    // Whether calls leave as fast as the machine can send them: requests are in flight, none of
    // them for long, and nothing is in trouble.
    [[nodiscard]] bool isFlowing() const;
    [[nodiscard]] DeliveryState state() const;
    // When the oldest call came that is in flight or waits for another attempt.
    [[nodiscard]] std::optional<TimePoint> oldest() const;

Q_SIGNALS:
    // The records have left the spool: delivered, or given up. Direct connections only.
    void recordsDone(std::span<const Weave::RecordRef> records, bool delivered);
    // A request has ended. Direct connections only.
    void requestFinished(const Weave::RequestReport &report);
    // The records wait for the other halves of their calls; from now on they are marked wasHeld.
    void recordsHeld(std::span<const Weave::RecordRef> records);
    // Batching has given a batch away, and nothing has left the spool: there is room for others.
    void batchTakenApart();

private:
    [[nodiscard]] bool handleTakenApart(const CompletePairing::Added &added);
    void send(Batch batch, bool isProbe);
    void handleAnswer(std::uint64_t number, const SendResult &answer);

    [[nodiscard]] int attemptsOf(const Batch &batch, const SendResult &result) const;
    void succeed(const Batch &batch);
    void halve(Batch batch, const SendResult &result);
    void sendAgain(Batch batch);
    [[nodiscard]] bool isBacklog(const Batch &batch) const;
    [[nodiscard]] bool hasLongTrouble(Batch &batch, const SendResult &result) const;
    void forgetTrouble();
    void comeBack(Batch batch, const SendResult &result, const Decision &decision);
    [[nodiscard]] Decision::Action learnPath(const Batch &batch, const SendResult &result,
                                             Decision::Action action);
    void noteHealthy(const std::string &project);
    void removeRecords(std::span<const RecordRef> records, bool delivered);
    void noteError(const SendResult &result);
    [[nodiscard]] TimePoint waitUntil() const;
    void makeRoom();
    void armTimer();

    Batcher &m_batcher;
    CompletePairing &m_pairing;
    Spool &m_spool;
    Transport &m_transport;
    Stats &m_stats;
    DeliveryLimits m_limits;
    const NowFunction m_now;
    const RandomFunction m_random;
    QTimer m_timer;

    WritePaths m_paths;
    ParkedBatches m_parked;
    UndeliverableCalls m_undeliverable;
    InFlight m_inFlight;
    BatchSource m_source;
    Reachability m_reachability;
    std::uint64_t m_nextNumber = 0;
    std::uint64_t m_round = 0; // goes on with retryNow()
    bool m_isPumping = false; // or an answer is being handled
    DeliveryTurn m_turn;
    TimePoint m_waitUntil{}; // for every project
    bool m_isPausedByUser = false;
    bool m_isPaused = false;
    TimePoint m_pausedSince;
    std::string m_lastError;
    TimePoint m_lastErrorAt;
};

} // namespace Weave
