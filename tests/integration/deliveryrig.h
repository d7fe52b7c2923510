#pragma once

#include "batching/batcher.h"
#include "fakes/calllines.h"
#include "fakes/faketransport.h"
#include "forwarding/deliveryqueue.h"
#include "spool/memoryspool.h"

#include <QLoggingCategory>
#include <QTest>

#include <map>

namespace Weave {

// A queue between a spool, a batcher and a transport that answers when told, with a clock that the
// test moves by hand.
class DeliveryRig final
{
public:
    explicit DeliveryRig(int senders = 4, std::size_t maxCount = 10,
                         CallsMode mode = CallsMode::Upsert)
        : batcher({maxCount, 10'000'000, std::chrono::seconds(1)}, [this] { return now; }),
          pairing(
              spool, {.request = {.maxCount = maxCount}}, [this] { return now; },
              [](std::uint16_t) { return true; }),
          queue(
              {batcher, pairing, spool, transport, stats,
               [this](const CallView &call, std::string_view) {
                   if (hasPlaceForDeadLetters && whenGivenUp)
                       whenGivenUp(call);
                   return hasPlaceForDeadLetters;
               }},
              {senders, std::chrono::hours(24), mode},
              [this] {
                  ++clockReads;
                  return now += clockStep;
              },
              [this] { return random; })
    {
        QLoggingCategory::setFilterRules(QStringLiteral("weave.*=false"));
        QObject::connect(&queue, &DeliveryQueue::recordsDone, &queue,
                         [this](std::span<const RecordRef> records, bool delivered) {
                             for (const RecordRef &record : records)
                                 ++(delivered ? deliveredIds : givenUpIds)[record.id.value];
                         });
    }

    // Adds so many calls; full batches become ready.
    void add(const QByteArray &project, int count)
    {
        for (int i = 0; i < count; ++i)
            add(CallKind::Start, project, startPayload(project, QByteArray::number(m_nextCall++)));
    }
    void add(CallKind kind, const QByteArray &project, const QByteArray &payload)
    {
        const std::string projectText = project.toStdString();
        const std::string payloadText = payload.toStdString();
        const auto record = spool.append({kind, projectText, {}, payloadText});
        QVERIFY(record);
        ++stats.received;
        batcher.add(projectText, *record);
    }

    void advance(Milliseconds time)
    {
        now += time;
        queue.pump();
    }

    // The project of a waiting request.
    [[nodiscard]] QByteArray projectOf(std::size_t index) const
    {
        const QByteArray item = upsertItems(transport.waiting().at(index).body).value(0);
        const qsizetype begin = item.indexOf("\"project_id\":\"") + 14;
        return item.mid(begin, item.indexOf('"', begin) - begin);
    }
    [[nodiscard]] qsizetype sizeOf(std::size_t index) const
    {
        return upsertItems(transport.waiting().at(index).body).size();
    }
    [[nodiscard]] bool addsUp() const
    {
        return stats.received
            == stats.delivered + stats.deadLettered() + spool.usage().pendingCalls;
    }
    [[nodiscard]] std::uint64_t pending() const { return spool.usage().pendingCalls; }

    TimePoint now{TimePoint() + std::chrono::hours(1000)};
    double random = 0.999;
    bool hasPlaceForDeadLetters = true;
    std::function<void(const CallView &call)> whenGivenUp;
    int clockReads = 0; // by the queue
    TimePoint::duration clockStep{0}; // with each of these, as on a machine that is slow
    Stats stats;
    // How far the clock that calls' ages go by has gone on while the other one stood still.
    Milliseconds slept{0};
    MemorySpool spool{64U * 1024 * 1024, MemorySpool::DefaultSegmentBytes,
                      [this] { return now + slept; }};
    FakeTransport transport;
    Batcher batcher;
    CompletePairing pairing;
    DeliveryQueue queue;
    std::map<std::uint64_t, int> deliveredIds;
    std::map<std::uint64_t, int> givenUpIds;

private:
    int m_nextCall = 0;
};

inline SendResult retryAfter(int status, Milliseconds wait)
{
    SendResult result = FakeTransport::answered(status);
    result.retryAfter = wait;
    return result;
}

// The project's calls are to go by the complete path.
inline SendResult needsComplete()
{
    SendResult result = FakeTransport::answered(400, "upgrade");
    result.errorCode = "CALLS_COMPLETE_MODE_REQUIRED";
    return result;
}

inline SendResult networkError()
{
    SendResult result;
    result.kind = SendResult::Kind::NetworkError;
    result.reason = "Connection refused";
    return result;
}

// Nobody is there; networkError() is of a connection that broke.
inline SendResult unreachable()
{
    SendResult result = networkError();
    result.hadConnection = false;
    return result;
}

} // namespace Weave
