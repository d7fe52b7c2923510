#include "batching/batcher.h"

#include "batching/upsertbody.h"
#include "spool/memoryspool.h"
#include "unit/text.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t NoLimit = 1'000'000;
constexpr Milliseconds Interval = 1s;

// {"batch":[{"mode":"start","req":…}]}
constexpr std::size_t FrameBytes = 12;
constexpr std::size_t StartBytes = 23;
constexpr std::size_t EndBytes = 21;
constexpr std::size_t CommaBytes = 1;

std::size_t bodyBytes(std::size_t calls, std::size_t payloadBytes)
{
    return FrameBytes + calls * (StartBytes + payloadBytes) + (calls - 1) * CommaBytes;
}

// A batcher with a clock that a test moves, and a spool that its calls lie in.
class Bench
{
public:
    explicit Bench(const BatchLimits &limits)
        : batcher(limits, [this] { return now; })
    {
    }

    bool add(std::string_view project, std::size_t payloadBytes = 10,
             CallKind kind = CallKind::Start)
    {
        last = *spool.append({kind, project, "id", std::string(payloadBytes, 'x')});
        return batcher.add(project, last);
    }

    [[nodiscard]] std::size_t realBodySize(const Batch &batch) const
    {
        return upsertBody(batch.records, spool).size();
    }

    // The project of the next batch, "" when there is none.
    QByteArray takenProject()
    {
        const auto batch = batcher.take();
        return batch ? toBytes(batch->project) : QByteArray("");
    }

    // The number of calls in the next batch, 0 when there is none.
    std::size_t takenCount()
    {
        const auto batch = batcher.take();
        return batch ? batch->records.size() : 0;
    }

    TimePoint now = TimePoint(1000h);
    MemorySpool spool{std::uint64_t{1} << 30};
    RecordRef last;
    Batcher batcher;
};

BatchLimits limits(std::size_t maxCount, std::size_t maxBytes = NoLimit)
{
    BatchLimits limits;
    limits.maxCount = maxCount;
    limits.maxBytes = maxBytes;
    limits.interval = Interval;
    return limits;
}

// What the batches of all projects should be, kept in the plainest way.
class Model
{
public:
    struct Expected
    {
        std::vector<RecordId> records;
        std::size_t bytes = 0;
        TimePoint openedAt;
        bool isDue = false;
        bool isClosed = false;

        [[nodiscard]] bool isReady() const { return isDue || isClosed; }
    };

    explicit Model(const BatchLimits &limits)
        : m_limits(limits)
    {
    }

    void add(const std::string &project, const RecordRef &record, TimePoint now)
    {
        const std::size_t itemBytes =
            record.payloadSize + (record.kind == CallKind::Start ? StartBytes : EndBytes);
        std::deque<Expected> &lane = lanes[project];
        if (!lane.empty() && lane.back().bytes + CommaBytes + itemBytes > m_limits.maxBytes)
            lane.back().isClosed = true;
        if (lane.empty() || lane.back().isClosed) {
            lane.push_back({});
            lane.back().bytes = FrameBytes - CommaBytes;
            lane.back().openedAt = now;
        }
        Expected &open = lane.back();
        open.records.push_back(record.id);
        open.bytes += CommaBytes + itemBytes;
        open.isClosed = open.records.size() == m_limits.maxCount || open.bytes >= m_limits.maxBytes;
    }

    void passTime(TimePoint now)
    {
        forEachOpen(
            [&](Expected &open) { open.isDue |= open.openedAt + m_limits.interval <= now; });
    }

    void makeAllDue()
    {
        forEachOpen([](Expected &open) { open.isDue = true; });
    }

    // Whether a project has a batch to give now.
    [[nodiscard]] bool isReady(const std::string &project) const
    {
        const auto lane = lanes.find(project);
        return lane != lanes.end() && !lane->second.empty() && lane->second.front().isReady();
    }

    // Whether any project has one, but for those that are blocked and the one that is refused.
    [[nodiscard]] bool anyIsReady(const std::string &refused = {}) const
    {
        return std::any_of(lanes.begin(), lanes.end(), [&](const auto &lane) {
            return !blocked.contains(lane.first) && lane.first != refused && isReady(lane.first);
        });
    }

    [[nodiscard]] std::optional<TimePoint> oldest() const
    {
        std::optional<TimePoint> result;
        for (const auto &[project, lane] : lanes) {
            if (!lane.empty() && (!result || lane.front().openedAt < *result))
                result = lane.front().openedAt;
        }
        return result;
    }

    [[nodiscard]] std::optional<TimePoint> nextDue() const
    {
        std::optional<TimePoint> result;
        for (const auto &[project, lane] : lanes) {
            if (lane.empty() || lane.back().isReady())
                continue;
            const TimePoint due = lane.back().openedAt + m_limits.interval;
            if (!result || due < *result)
                result = due;
        }
        return result;
    }

    // Whether the batch is what its project has to give next, which it is then no longer.
    [[nodiscard]] bool gives(const Batch &batch)
    {
        if (!isReady(batch.project))
            return false;
        const Expected expected = lanes[batch.project].front();
        lanes[batch.project].pop_front();
        return std::equal(batch.records.begin(), batch.records.end(), expected.records.begin(),
                          expected.records.end(),
                          [](const RecordRef &record, RecordId id) { return record.id == id; })
            && batch.bodySize == expected.bytes && batch.openedAt == expected.openedAt;
    }

    std::map<std::string, std::deque<Expected>> lanes;
    std::set<std::string> blocked;

private:
    template <class Function>
    void forEachOpen(Function function)
    {
        for (auto &[project, lane] : lanes) {
            if (!lane.empty() && !lane.back().isClosed)
                function(lane.back());
        }
    }

    BatchLimits m_limits;
};

} // namespace

class TstBatcher final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void closesAtTheCount();
    void countOfOne();
    void closesAtTheBytes_data();
    void closesAtTheBytes();
    void aCallThatDoesNotFitClosesTheBatch();
    void aCallLargerThanTheLimitGoesAlone();
    void isDueAfterTheInterval();
    void theIntervalCountsFromTheFirstCall();
    void aDueBatchKeepsFilling();
    void aDueBatchThatFillsUpIsClosed();
    void makesAllDue();
    void addTellsWhenABatchIsReady();
    void batchesSayWhatTheyAre();
    void projectsAreSeparate();
    void goesRoundTheProjects();
    void aBusyProjectDelaysNoOther();
    void blockedProjectsArePassedOver();
    void blockedProjectsGoOnGathering();
    void unblockingWhatIsNotBlocked();
    void takesWhatAFilterAllows();
    void aRefusedProjectKeepsItsTurn();
    void takesFromOneProject();
    void takesFromABlockedProject();
    void nextDue();
    void oldest();
    void newLimits();
    void newCountLimitBelowWhatIsOpen();
    void aProjectIsFull();
    void allProjectsTogetherAreFull();
    void agreesWithAModel_data();
    void agreesWithAModel();
};

void TstBatcher::empty()
{
    Bench bench(limits(10));
    QVERIFY(!bench.batcher.take());
    QVERIFY(!bench.batcher.takeFrom("a"));
    QVERIFY(!bench.batcher.nextDue());
    QVERIFY(!bench.batcher.oldest());
    bench.batcher.makeAllDue();
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::closesAtTheCount()
{
    Bench bench(limits(3));
    bench.add("a");
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.add("a");
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QVERIFY(!bench.batcher.take());

    for (int i = 0; i < 7; ++i)
        bench.add("a");
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::countOfOne()
{
    Bench bench(limits(1));
    for (int i = 0; i < 3; ++i)
        bench.add("a");
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::closesAtTheBytes_data()
{
    QTest::addColumn<int>("beyond"); // the limit, relative to the body of three calls
    QTest::addColumn<int>("calls"); // in the first batch
    QTest::newRow("exactly the limit") << 0 << 3;
    QTest::newRow("one byte over") << -1 << 2;
    QTest::newRow("one byte to spare") << 1 << 3;
    QTest::newRow("a byte less than four") << int(bodyBytes(4, 50) - bodyBytes(3, 50)) - 1 << 3;
    QTest::newRow("exactly four") << int(bodyBytes(4, 50) - bodyBytes(3, 50)) << 4;
}

void TstBatcher::closesAtTheBytes()
{
    QFETCH(int, beyond);
    QFETCH(int, calls);
    const std::size_t maxBytes = bodyBytes(3, 50) + static_cast<std::size_t>(beyond);
    Bench bench(limits(NoLimit, maxBytes));
    for (int i = 0; i < 5; ++i)
        bench.add("a", 50);
    const auto batch = bench.batcher.take();
    QVERIFY(batch);
    QCOMPARE(batch->records.size(), static_cast<std::size_t>(calls));
    QCOMPARE(batch->bodySize, bodyBytes(static_cast<std::size_t>(calls), 50));
    QCOMPARE(batch->bodySize, bench.realBodySize(*batch));
    QVERIFY(batch->bodySize <= maxBytes);
}

void TstBatcher::aCallThatDoesNotFitClosesTheBatch()
{
    Bench bench(limits(NoLimit, bodyBytes(10, 50)));
    bench.add("a", 50);
    bench.add("a", 50);
    QVERIFY(!bench.batcher.take());
    bench.add("a", 600);
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::aCallLargerThanTheLimitGoesAlone()
{
    Bench bench(limits(NoLimit, 500));
    bench.add("a", 50);
    bench.add("a", 2'000);
    bench.add("a", 50);
    const auto before = bench.batcher.take();
    QVERIFY(before);
    QCOMPARE(before->records.size(), std::size_t{1});
    QCOMPARE(before->records.front().payloadSize, 50U);
    const auto large = bench.batcher.take();
    QVERIFY(large);
    QCOMPARE(large->records.size(), std::size_t{1});
    QCOMPARE(large->records.front().payloadSize, 2'000U);
    QCOMPARE(large->bodySize, bench.realBodySize(*large));
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::isDueAfterTheInterval()
{
    Bench bench(limits(10));
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.now += Interval - 1ms;
    QVERIFY(!bench.batcher.take());
    bench.now += 1ms;
    QCOMPARE(bench.takenCount(), std::size_t{1});
    // The next call opens a batch with a time of its own.
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::theIntervalCountsFromTheFirstCall()
{
    Bench bench(limits(10));
    bench.add("a");
    bench.now += Interval / 2;
    bench.add("a");
    bench.now += Interval / 2;
    QCOMPARE(bench.takenCount(), std::size_t{2});
}

void TstBatcher::aDueBatchKeepsFilling()
{
    Bench bench(limits(10));
    bench.add("a");
    bench.add("b");
    bench.now += Interval;
    QCOMPARE(bench.takenProject(), "a"_ba); // b is due as well now
    bench.add("b");
    bench.now += Interval;
    bench.add("b");
    QCOMPARE(bench.takenCount(), std::size_t{3});
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::aDueBatchThatFillsUpIsClosed()
{
    Bench bench(limits(2));
    bench.add("a");
    bench.batcher.makeAllDue();
    bench.add("a");
    bench.add("a");
    QCOMPARE(bench.takenCount(), std::size_t{2});
    // The third call's batch is not due only because the one before it was.
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

void TstBatcher::makesAllDue()
{
    Bench bench(limits(10));
    bench.add("a");
    bench.add("b");
    bench.add("a");
    bench.batcher.makeAllDue();
    QVERIFY(!bench.batcher.nextDue());
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.take());
    bench.add("a");
    QVERIFY(!bench.batcher.take()); // only what was open then
}

void TstBatcher::addTellsWhenABatchIsReady()
{
    Bench bench(limits(3, bodyBytes(3, 50)));
    bench.add("a");
    QVERIFY(!bench.add("a"));
    QVERIFY(!bench.batcher.take());
    QVERIFY(bench.add("a")); // the count
    QVERIFY(bench.batcher.take());

    bench.add("a", 50);
    QVERIFY(!bench.add("a", 50));
    QVERIFY(bench.add("a", 60)); // the bytes
    QVERIFY(bench.batcher.take());

    QVERIFY(bench.add("b", 5'000)); // alone
    QVERIFY(bench.batcher.take());
}

void TstBatcher::batchesSayWhatTheyAre()
{
    Bench bench(limits(10));
    const TimePoint opened = bench.now;
    bench.add("acme/bot", 20, CallKind::Start);
    const RecordRef first = bench.last;
    bench.now += 10ms;
    bench.add("acme/bot", 30, CallKind::End);
    const RecordRef second = bench.last;
    bench.batcher.makeAllDue();
    const auto batch = bench.batcher.take();
    QVERIFY(batch);
    QCOMPARE(toBytes(batch->project), "acme/bot"_ba);
    QVERIFY(batch->openedAt == opened);
    QCOMPARE(batch->records.size(), std::size_t{2});
    QVERIFY(batch->records[0].id == first.id && batch->records[0].kind == CallKind::Start);
    QVERIFY(batch->records[1].id == second.id && batch->records[1].kind == CallKind::End);
    QCOMPARE(batch->records[1].payloadSize, 30U);
    QCOMPARE(batch->bodySize, bench.realBodySize(*batch));
    QVERIFY(batch->retryId.empty());
    QCOMPARE(batch->attempts, 0);
}

void TstBatcher::projectsAreSeparate()
{
    Bench bench(limits(2));
    bench.add("a");
    bench.add("b");
    bench.add("a/b");
    QVERIFY(!bench.batcher.take());
    bench.add("b");
    QCOMPARE(bench.takenProject(), "b"_ba);
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "a/b"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::goesRoundTheProjects()
{
    Bench bench(limits(1));
    for (int i = 0; i < 3; ++i) {
        for (const char *project : {"a", "b", "c"})
            bench.add(project);
    }
    QByteArray order;
    for (int i = 0; i < 9; ++i)
        order += bench.takenProject();
    QCOMPARE(order, "abcabcabc"_ba);
}

void TstBatcher::aBusyProjectDelaysNoOther()
{
    Bench bench(limits(1));
    for (int i = 0; i < 100; ++i)
        bench.add("busy");
    bench.add("quiet");
    QCOMPARE(bench.takenProject(), "busy"_ba);
    QCOMPARE(bench.takenProject(), "quiet"_ba);
    // It goes on coming.
    bench.add("quiet");
    bench.add("busy");
    QCOMPARE(bench.takenProject(), "busy"_ba);
    QCOMPARE(bench.takenProject(), "quiet"_ba);
    for (int i = 0; i < 99; ++i)
        QCOMPARE(bench.takenProject(), "busy"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::blockedProjectsArePassedOver()
{
    Bench bench(limits(1));
    bench.add("a");
    bench.add("b");
    bench.add("a");
    bench.batcher.block("a");
    QCOMPARE(bench.takenProject(), "b"_ba);
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::blockedProjectsGoOnGathering()
{
    Bench bench(limits(2));
    bench.batcher.block("a");
    for (int i = 0; i < 3; ++i)
        bench.add("a");
    bench.now += Interval;
    bench.add("a");
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.now += Interval;
    QVERIFY(!bench.batcher.take());
    bench.batcher.makeAllDue();
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{1});
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::unblockingWhatIsNotBlocked()
{
    Bench bench(limits(1));
    bench.batcher.unblock("a");
    bench.add("a");
    bench.batcher.unblock("a");
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.take());

    // Blocked once is blocked, however often it is said.
    bench.batcher.block("a");
    bench.batcher.block("a");
    bench.add("a");
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QCOMPARE(bench.takenProject(), "a"_ba);
}

void TstBatcher::takesWhatAFilterAllows()
{
    Bench bench(limits(1));
    const auto isB = [](const std::string &project) { return project == "b"; };
    QVERIFY(!bench.batcher.take(isB));
    for (const char *project : {"a", "b", "c", "b"})
        bench.add(project);
    for (int i = 0; i < 2; ++i) {
        const auto batch = bench.batcher.take(isB);
        QVERIFY(batch);
        QCOMPARE(toBytes(batch->project), "b"_ba);
    }
    QVERIFY(!bench.batcher.take(isB));
    bench.add("b");
    bench.batcher.block("b");
    QVERIFY(!bench.batcher.take(isB)); // the filter does not unblock it
    bench.batcher.unblock("b");
    QVERIFY(bench.batcher.take(isB));
    // Nothing of the others is lost.
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "c"_ba);
    QVERIFY(!bench.batcher.take());
}

void TstBatcher::aRefusedProjectKeepsItsTurn()
{
    Bench bench(limits(1));
    for (const char *project : {"a", "b", "c"})
        bench.add(project);
    const auto isNotA = [](const std::string &project) { return project != "a"; };
    const auto batch = bench.batcher.take(isNotA);
    QVERIFY(batch);
    QCOMPARE(toBytes(batch->project), "b"_ba);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QCOMPARE(bench.takenProject(), "c"_ba);
}

void TstBatcher::takesFromOneProject()
{
    Bench bench(limits(2));
    for (int i = 0; i < 5; ++i) {
        bench.add("a");
        bench.add("b");
    }
    QVERIFY(!bench.batcher.takeFrom("c"));
    for (int i = 0; i < 2; ++i) {
        const auto batch = bench.batcher.takeFrom("b");
        QVERIFY(batch);
        QCOMPARE(toBytes(batch->project), "b"_ba);
        QCOMPARE(batch->records.size(), std::size_t{2});
    }
    QVERIFY(!bench.batcher.takeFrom("b")); // open and not due
    bench.now += Interval;
    const auto due = bench.batcher.takeFrom("b");
    QVERIFY(due);
    QCOMPARE(due->records.size(), std::size_t{1});
    QVERIFY(!bench.batcher.takeFrom("b"));
    // The other's are all there.
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.take());
    QVERIFY(!bench.batcher.oldest());
}

void TstBatcher::takesFromABlockedProject()
{
    Bench bench(limits(1));
    bench.add("a");
    bench.add("a");
    bench.batcher.block("a");
    QVERIFY(!bench.batcher.take());
    QVERIFY(bench.batcher.takeFrom("a"));
    QVERIFY(!bench.batcher.take());
    bench.batcher.unblock("a");
    QVERIFY(bench.batcher.take());
    QVERIFY(!bench.batcher.takeFrom("a"));
}

void TstBatcher::nextDue()
{
    Bench bench(limits(2));
    const TimePoint start = bench.now;
    bench.add("a");
    QVERIFY(bench.batcher.nextDue() == start + Interval);
    bench.now += 100ms;
    bench.add("b");
    QVERIFY(bench.batcher.nextDue() == start + Interval);
    bench.add("a"); // closes it
    QVERIFY(bench.batcher.nextDue() == start + 100ms + Interval);
    QVERIFY(bench.batcher.take());
    QVERIFY(bench.batcher.nextDue() == start + 100ms + Interval);
    bench.now += 1ms;
    bench.add("a");
    QVERIFY(bench.batcher.nextDue() == start + 100ms + Interval);
    bench.now = start + 100ms + Interval;
    QCOMPARE(bench.takenProject(), "b"_ba);
    QVERIFY(bench.batcher.nextDue() == start + 101ms + Interval);
    bench.now += 1ms;
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.nextDue());
}

void TstBatcher::oldest()
{
    Bench bench(limits(2));
    const TimePoint start = bench.now;
    bench.add("a");
    bench.now += 1ms;
    bench.add("b");
    bench.now += 1ms;
    bench.add("a"); // closed, not taken
    QVERIFY(bench.batcher.oldest() == start);
    bench.now += 1ms;
    bench.add("a");
    QVERIFY(bench.batcher.oldest() == start);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(bench.batcher.oldest() == start + 1ms);
    bench.batcher.block("b");
    QVERIFY(bench.batcher.oldest() == start + 1ms);
    bench.batcher.makeAllDue();
    QVERIFY(bench.batcher.oldest() == start + 1ms);
    QVERIFY(bench.batcher.takeFrom("b"));
    QVERIFY(bench.batcher.oldest() == start + 3ms);
    QCOMPARE(bench.takenProject(), "a"_ba);
    QVERIFY(!bench.batcher.oldest());
}

void TstBatcher::newLimits()
{
    Bench bench(limits(100));
    bench.add("a", 50);
    bench.batcher.setLimits(limits(3));
    bench.add("a", 50);
    QVERIFY(!bench.batcher.take());
    bench.add("a", 50);
    QCOMPARE(bench.takenCount(), std::size_t{3});

    bench.batcher.setLimits(limits(100, bodyBytes(2, 50)));
    bench.add("a", 50);
    bench.add("a", 50);
    QCOMPARE(bench.takenCount(), std::size_t{2});

    bench.batcher.setLimits(limits(100));
    bench.add("a", 50);
    bench.add("a", 50);
    bench.batcher.setLimits(limits(100, bodyBytes(2, 50) - 1));
    bench.add("a", 50); // may not join the two
    QCOMPARE(bench.takenCount(), std::size_t{2});
    bench.batcher.makeAllDue();
    QCOMPARE(bench.takenCount(), std::size_t{1});
}

// The call that comes after the change would take the batch over the new limit.
void TstBatcher::newCountLimitBelowWhatIsOpen()
{
    for (const std::size_t newLimit : {3U, 5U}) {
        Bench bench(limits(100));
        for (int i = 0; i < 5; ++i)
            bench.add("a");
        bench.batcher.setLimits(limits(newLimit));
        bench.add("a");
        QCOMPARE(bench.takenCount(), std::size_t{5});
        QVERIFY(!bench.batcher.take());
        bench.batcher.makeAllDue();
        QCOMPARE(bench.takenCount(), std::size_t{1});
    }
}

void TstBatcher::aProjectIsFull()
{
    BatchLimits bounds = limits(2);
    bounds.maxLaneCalls = 3;
    Bench bench(bounds);
    QVERIFY(!bench.batcher.isFull("a"));
    bench.add("a");
    bench.add("a"); // closed
    bench.add("b");
    QVERIFY(!bench.batcher.isFull("a"));
    bench.add("a"); // open
    QVERIFY(bench.batcher.isFull("a"));
    QVERIFY(!bench.batcher.isFull("b"));
    QVERIFY(!bench.batcher.isFull("c"));
    bench.add("b"); // whichever came last
    QVERIFY(bench.batcher.isFull("a"));
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QCOMPARE(bench.takenCount(), std::size_t{2});
    QVERIFY(!bench.batcher.isFull("a"));
    bench.add("a");
    bench.add("a");
    QVERIFY(bench.batcher.isFull("a"));
    bench.batcher.makeAllDue();
    QVERIFY(bench.batcher.isFull("a")); // due is not gone
    while (bench.batcher.takeFrom("a")) { }
    QVERIFY(!bench.batcher.isFull("a"));
}

void TstBatcher::allProjectsTogetherAreFull()
{
    BatchLimits bounds = limits(2);
    bounds.maxCalls = 3;
    Bench bench(bounds);
    bench.add("a");
    bench.add("b");
    QVERIFY(!bench.batcher.isFull("a"));
    QVERIFY(!bench.batcher.isFull("c"));
    bench.add("a");
    for (const char *project : {"a", "b", "c"})
        QVERIFY2(bench.batcher.isFull(project), project);
    QCOMPARE(bench.takenProject(), "a"_ba);
    for (const char *project : {"a", "b", "c"})
        QVERIFY2(!bench.batcher.isFull(project), project);
}

void TstBatcher::agreesWithAModel_data()
{
    QTest::addColumn<int>("maxCount");
    QTest::addColumn<int>("maxBytes");
    QTest::newRow("count and bytes") << 5 << 600;
    QTest::newRow("mostly bytes") << 100 << 400;
    QTest::newRow("mostly count") << 3 << 100'000;
    QTest::newRow("mostly time") << 1'000 << 1'000'000;
    QTest::newRow("each call alone") << 100 << 1;
}

void TstBatcher::agreesWithAModel()
{
    QFETCH(int, maxCount);
    QFETCH(int, maxBytes);
    const BatchLimits bounds =
        limits(static_cast<std::size_t>(maxCount), static_cast<std::size_t>(maxBytes));
    Bench bench(bounds);
    Model model(bounds);
    std::mt19937 random(static_cast<unsigned>(maxCount * 7 + maxBytes));
    const std::array<std::string, 5> projects{"a", "b", "c/d", "e",
                                              "a-long-name/that-is-on-the-heap"};
    std::size_t added = 0;
    std::size_t taken = 0;
    const auto check = [&](const std::optional<Batch> &batch) {
        taken += batch->records.size();
        return model.gives(*batch) && batch->bodySize == bench.realBodySize(*batch)
            && (batch->records.size() == 1 || batch->bodySize <= bounds.maxBytes);
    };
    for (int i = 0; i < 20'000; ++i) {
        const std::string &project = projects.at(random() % projects.size());
        switch (const auto dice = random() % 100; dice) {
        case 0:
            bench.batcher.makeAllDue();
            model.makeAllDue();
            break;
        case 1:
        case 2:
            bench.batcher.block(project);
            model.blocked.insert(project);
            break;
        case 3:
        case 4:
        case 5:
        case 6:
            bench.batcher.unblock(project);
            model.blocked.erase(project);
            break;
        case 7:
        case 8: {
            const auto batch = bench.batcher.takeFrom(project);
            model.passTime(bench.now);
            QCOMPARE(batch.has_value(), model.isReady(project));
            if (batch) {
                QCOMPARE(toBytes(batch->project), toBytes(project));
                QVERIFY(check(batch));
            }
            break;
        }
        case 9:
        case 10: {
            const auto batch =
                bench.batcher.take([&](const std::string &name) { return name != project; });
            model.passTime(bench.now);
            QCOMPARE(batch.has_value(), model.anyIsReady(project));
            if (batch) {
                QVERIFY(batch->project != project && !model.blocked.contains(batch->project));
                QVERIFY(check(batch));
            }
            break;
        }
        default:
            if (dice < 25) {
                const auto batch = bench.batcher.take();
                model.passTime(bench.now);
                QCOMPARE(batch.has_value(), model.anyIsReady());
                if (batch) {
                    QVERIFY(!model.blocked.contains(batch->project));
                    QVERIFY(check(batch));
                }
            } else if (dice < 45) {
                bench.now += Milliseconds(random() % 60);
            } else {
                const CallKind kind = random() % 2 == 0 ? CallKind::Start : CallKind::End;
                const bool mayBeReady = bench.add(project, 2 + random() % 200, kind);
                model.add(project, bench.last, bench.now);
                ++added;
                if (model.anyIsReady())
                    QVERIFY(mayBeReady);
            }
        }
        QVERIFY(bench.batcher.oldest() == model.oldest());
        QVERIFY(bench.batcher.nextDue() == model.nextDue());
    }

    for (const std::string &project : projects)
        bench.batcher.unblock(project);
    bench.batcher.makeAllDue();
    model.makeAllDue();
    while (const auto batch = bench.batcher.take())
        QVERIFY(check(batch));
    QVERIFY(added > 5'000);
    QCOMPARE(taken, added);
    QVERIFY(!bench.batcher.oldest());
    QVERIFY(!bench.batcher.nextDue());
}

QTEST_APPLESS_MAIN(TstBatcher)
#include "tst_batcher.moc"
