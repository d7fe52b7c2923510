#pragma once

#include "batching/completebody.h"
#include "batching/completepairing.h"
#include "batching/upsertbody.h"
#include "spool/memoryspool.h"
#include "unit/text.h"

#include <QByteArrayList>

#include <algorithm>
#include <map>
#include <set>

namespace Weave {

inline constexpr Milliseconds Hold = std::chrono::seconds(60);
inline constexpr Milliseconds EndHold = std::chrono::seconds(2);
inline constexpr Milliseconds Interval = std::chrono::seconds(1);

// A call in a test is a word. s1: the start with id 1, started at "T1"; t1: the same without a
// trace_id; e1: the end. A letter behind it (s1x, e1y) makes another call of the same id, @2 says
// which client sent it.
inline QByteArray payloadOf(const QByteArray &name)
{
    const QByteArray rest = name.sliced(1);
    QByteArray id;
    for (const char c : rest) {
        if (c >= '0' && c <= '9')
            id += c;
    }
    if (name.startsWith('e'))
        return R"({"end":{"id":")" + id + R"(","output":")" + rest + R"("}})";
    return R"({"start":{"id":")" + id + R"(","started_at":"T)" + rest + '"'
        + (name.startsWith('s') ? R"(,"trace_id":"t"}})" : "}}");
}

// A pairing with a clock that a test moves, and a spool that its calls lie in.
class Bench final
{
public:
    explicit Bench(const PairingLimits &limits = {})
        : pairing(
            spool, limits, [this] { return now; },
            [this](std::uint16_t client) { return !gone.contains(client); })
    {
    }

    RecordRef append(const QByteArray &word)
    {
        const QByteArrayList parts = word.split('@');
        const QByteArray payload = payloadOf(parts.front());
        const auto client = static_cast<std::uint16_t>(parts.value(1).toUInt());
        const CallKind kind = word.startsWith('e') ? CallKind::End : CallKind::Start;
        const RecordRef record = *spool.append({kind, "a", "id", toView(payload), client});
        m_names[record.id.value] = parts.front();
        return record;
    }

    // Adds a batch and tells which pairs come of it, with a semicolon between batches.
    QByteArray add(const QByteArray &words, const std::string &project = "a")
    {
        Batch batch;
        batch.project = project;
        batch.openedAt = now;
        for (const QByteArray &word : words.split(' '))
            batch.records.push_back(append(word));
        addBatch(batch);
        return describe(complete);
    }
    void addBatch(const Batch &batch)
    {
        BatchPacker pairs = pairing.packerFor(batch);
        added = pairing.add(batch.project, batch.records, pairs);
        complete = pairs.take();
    }

    // What goes on its own next; a start stays under way until settle().
    QByteArray single(const CompletePairing::ProjectFilter &mayTake = [](const auto &) {
        return true;
    })
    {
        const auto batch = pairing.takeSingle(mayTake);
        if (!batch)
            return "";
        taken = *batch;
        if (batch->route == Route::Start)
            sending.push_back(*batch);
        const QByteArray name = describe(batch->records);
        return batch->startedAt.empty() ? name : name + " of " + toBytes(batch->startedAt);
    }

    // All that go on their own now.
    QByteArrayList singles()
    {
        QByteArrayList names;
        for (QByteArray name = single(); !name.isEmpty(); name = single())
            names += name;
        return names;
    }

    // The oldest start that is under way has arrived.
    void settle()
    {
        pairing.settle(sending.front());
        sending.erase(sending.begin());
    }

    // Adds a start, lets it go on its own, and settles it.
    void deliverStart(const QByteArray &word)
    {
        add(word);
        pairing.promoteStarts();
        single();
        settle();
    }

    QByteArray release(const std::string &project)
    {
        released = pairing.release(project);
        return describe(released);
    }

    void pass(Milliseconds time)
    {
        now += time;
        pairing.promoteDue();
    }

    [[nodiscard]] QByteArray describe(const std::vector<RecordRef> &records) const
    {
        QByteArrayList names;
        for (const RecordRef &record : records)
            names += m_names.at(record.id.value);
        return names.join(' ');
    }

    [[nodiscard]] QByteArray describe(const std::vector<Batch> &batches) const
    {
        QByteArrayList texts;
        for (const Batch &batch : batches)
            texts += describe(batch.records);
        return texts.join("; ");
    }

    TimePoint now = TimePoint(std::chrono::hours(1000));
    MemorySpool spool{std::uint64_t{1} << 30U};
    std::set<std::uint16_t> gone;
    CompletePairing pairing;
    CompletePairing::Added added;
    std::vector<Batch> complete; // of the batch that was added last
    std::vector<Batch> released;
    std::vector<Batch> sending;
    Batch taken;

private:
    std::map<std::uint64_t, QByteArray> m_names; // by RecordId
};

inline PairingLimits maxHeld(std::size_t count)
{
    PairingLimits limits;
    limits.maxHeld = count;
    return limits;
}

inline PairingLimits maxKept(std::size_t starts, std::size_t batch)
{
    PairingLimits limits = maxHeld(starts);
    limits.request.maxCount = batch;
    return limits;
}

inline PairingLimits batchLimits(std::size_t maxCount, std::size_t maxBytes)
{
    PairingLimits limits;
    limits.request.maxCount = maxCount;
    limits.request.maxBytes = maxBytes;
    return limits;
}

} // namespace Weave
