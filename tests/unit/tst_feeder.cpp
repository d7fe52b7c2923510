#include "sidecar/feeder.h"

#include "spool/diskspool.h"
#include "spool/memoryspool.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

using namespace Weave;

namespace {

// A spool of which only the order of the calls matters: keeps ids and hands out those that wait.
class FakeSpool final : public Spool
{
public:
    Result<RecordRef> append(const CallView &call) override
    {
        const RecordRef record{{m_nextId++}, 100, call.kind};
        // The one just appended comes last, unless batching takes it.
        if (const auto found = m_behind.find(call.project); found != m_behind.end())
            found->second.push_back(record);
        return record;
    }
    std::string_view payload(const RecordRef & /*record*/) const override { return {}; }
    Milliseconds age(const RecordRef & /*record*/) const override { return {}; }
    void remove(const RecordRef & /*record*/) override { }
    RecordId nextId() const override { return {m_nextId}; }
    SpoolUsage usage() const override { return {}; }
    void setMaxBytes(std::uint64_t /*maxBytes*/) override { }

    bool isBehind(std::string_view project) const override
    {
        return m_behind.find(project) != m_behind.end();
    }
    bool defer(std::string_view project, const RecordRef &record) override
    {
        m_behind[std::string(project)].push_back(record);
        return true;
    }
    std::optional<RecordRef> next(std::string_view project) override
    {
        const auto found = m_behind.find(project);
        if (found == m_behind.end())
            return std::nullopt;
        if (found->second.empty()) {
            if (!m_isStillChecking)
                m_behind.erase(found);
            return std::nullopt;
        }
        const RecordRef record = found->second.front();
        found->second.pop_front();
        return record;
    }

    // Calls from an earlier process.
    void leave(const std::string &project, int count)
    {
        auto &records = m_behind[project];
        for (int i = 0; i < count; ++i)
            records.push_back({{m_nextId++}, 100});
    }
    // Whether recovery has files of the projects still before it.
    void setStillChecking(bool isStillChecking) { m_isStillChecking = isStillChecking; }

private:
    std::map<std::string, std::deque<RecordRef>, std::less<>> m_behind;
    std::uint64_t m_nextId = 1;
    bool m_isStillChecking = false;
};

struct Rig
{
    explicit Rig(std::size_t maxLaneCalls = 10, std::size_t maxCalls = 1000000)
        : batcher({5, 1000000, std::chrono::seconds(1), maxLaneCalls, maxCalls},
                  [] { return TimePoint(); })
    {
    }

    // As the sidecar does it with a call that has just come.
    bool offer(const std::string &project)
    {
        const auto record = spool.append({CallKind::Start, project, "id", "{}"});
        return feeder.offer(project, *record);
    }
    // The ids in batches of the project that may be sent now.
    std::vector<std::uint64_t> take(const std::string &project)
    {
        std::vector<std::uint64_t> ids;
        batcher.makeAllDue();
        while (const auto batch = batcher.takeFrom(project)) {
            for (const RecordRef &record : batch->records)
                ids.push_back(record.id.value);
        }
        return ids;
    }

    FakeSpool spool;
    Batcher batcher;
    Feeder feeder{spool, batcher};
};

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last)
{
    std::vector<std::uint64_t> list;
    for (std::uint64_t number = first; number <= last; ++number)
        list.push_back(number);
    return list;
}

} // namespace

class TstFeeder final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callsGoStraightToTheBatcher();
    void whatIsTooMuchWaits();
    void theOrderIsKept();
    void oneProjectDelaysNoOther();
    void theBoundOfAllProjects();
    void nothingWaits();
    void aBacklogIsPassedOn();
    void aLongBacklogLeavesTheEventLoopItsTurn();
    void aBacklogThatIsStillChecked();
    void manyProjectsWithABacklog();
    void aSpoolThatIsNeverBehind();
    void aSpoolThatCannotDefer();
    void aCallDuringRecovery();
};

void TstFeeder::callsGoStraightToTheBatcher()
{
    Rig rig;
    const QSignalSpy fed(&rig.feeder, &Feeder::fed);
    QVERIFY(rig.offer("p")); // a batch is open and will be due
    QVERIFY(!rig.offer("p"));
    QCOMPARE(rig.take("p"), numbers(1, 2));
    QVERIFY(fed.isEmpty()); // the caller knows already
}

void TstFeeder::whatIsTooMuchWaits()
{
    Rig rig;
    for (int i = 0; i < 25; ++i)
        rig.offer("p");
    QVERIFY(rig.spool.isBehind("p"));
    QVERIFY(!rig.offer("p"));
    QCOMPARE(rig.take("p"), numbers(1, 10));
    rig.feeder.feed();
    QCOMPARE(rig.take("p"), numbers(11, 20));
    rig.feeder.feed();
    QCOMPARE(rig.take("p"), numbers(21, 26));
    QVERIFY(!rig.spool.isBehind("p"));
    // From here on calls go straight on again.
    QVERIFY(rig.offer("p"));
    QCOMPARE(rig.take("p"), numbers(27, 27));
}

// A call that comes while others wait must not pass them, even when there is room.
void TstFeeder::theOrderIsKept()
{
    Rig rig;
    for (int i = 0; i < 12; ++i)
        rig.offer("p");
    QCOMPARE(rig.take("p"), numbers(1, 10));
    QVERIFY(!rig.offer("p"));
    QVERIFY(rig.take("p").empty());
    rig.feeder.feed();
    QCOMPARE(rig.take("p"), numbers(11, 13));
}

void TstFeeder::oneProjectDelaysNoOther()
{
    Rig rig;
    for (int i = 0; i < 20; ++i)
        rig.offer("busy");
    QVERIFY(rig.offer("quiet"));
    QCOMPARE(rig.take("quiet"), numbers(21, 21));
}

void TstFeeder::theBoundOfAllProjects()
{
    Rig rig(10, 15);
    for (int i = 0; i < 10; ++i)
        rig.offer("a");
    for (int i = 0; i < 10; ++i)
        rig.offer("b");
    QVERIFY(!rig.spool.isBehind("a"));
    QVERIFY(rig.spool.isBehind("b"));
    rig.feeder.feed();
    QCOMPARE(rig.take("b"), numbers(11, 15));
    rig.feeder.feed();
    QCOMPARE(rig.take("b"), numbers(16, 20));
    QCOMPARE(rig.take("a"), numbers(1, 10));
}

void TstFeeder::nothingWaits()
{
    Rig rig;
    const QSignalSpy fed(&rig.feeder, &Feeder::fed);
    rig.feeder.feed();
    rig.feeder.addBacklog({});
    QVERIFY(fed.isEmpty());
}

void TstFeeder::aBacklogIsPassedOn()
{
    Rig rig;
    rig.spool.leave("p", 3);
    const QSignalSpy fed(&rig.feeder, &Feeder::fed);
    rig.feeder.addBacklog({"p"});
    QCOMPARE(fed.size(), 1);
    QCOMPARE(rig.take("p"), numbers(1, 3));
    QVERIFY(!rig.spool.isBehind("p"));
    rig.feeder.feed();
    QCOMPARE(fed.size(), 1);
}

void TstFeeder::aLongBacklogLeavesTheEventLoopItsTurn()
{
    Rig rig(100000);
    rig.spool.leave("p", 4500);
    const QSignalSpy fed(&rig.feeder, &Feeder::fed);
    rig.feeder.addBacklog({"p"});
    QCOMPARE(fed.size(), 1);
    std::vector<std::uint64_t> ids = rig.take("p");
    QCOMPARE(ids, numbers(1, 2000));
    // It goes on by itself.
    QTRY_COMPARE(fed.size(), 3);
    QCOMPARE(rig.take("p"), numbers(2001, 4500));
    QVERIFY(!rig.spool.isBehind("p"));
}

// The spool has nothing to give yet, though more will come: the project stays behind.
void TstFeeder::aBacklogThatIsStillChecked()
{
    Rig rig;
    rig.spool.setStillChecking(true);
    rig.spool.leave("p", 2);
    rig.feeder.addBacklog({"p"});
    QCOMPARE(rig.take("p"), numbers(1, 2));
    rig.feeder.feed();
    QVERIFY(!rig.offer("p"));
    rig.spool.setStillChecking(false);
    rig.spool.leave("p", 1);
    rig.feeder.addBacklog({"p"});
    QCOMPARE(rig.take("p"), numbers(3, 4));
}

void TstFeeder::manyProjectsWithABacklog()
{
    Rig rig(3000);
    std::vector<std::string> projects;
    for (int i = 0; i < 5; ++i) {
        projects.push_back("p" + std::to_string(i));
        rig.spool.leave(projects.back(), 1000);
    }
    rig.feeder.addBacklog(projects);
    const auto isBehind = [&rig](const std::string &project) {
        return rig.spool.isBehind(project);
    };
    QTRY_VERIFY(std::none_of(projects.begin(), projects.end(), isBehind));
    for (std::size_t i = 0; i < projects.size(); ++i)
        QCOMPARE(rig.take(projects[i]), numbers(i * 1000 + 1, (i + 1) * 1000));
}

// In memory there is no second place to wait in; such a spool says that nothing ever waits.
void TstFeeder::aSpoolThatIsNeverBehind()
{
    MemorySpool spool(1000000, 10000);
    Batcher batcher({5, 1000000, std::chrono::seconds(1), 10}, [] { return TimePoint(); });
    Feeder feeder(spool, batcher);
    feeder.addBacklog({"p"});
    QVERIFY(!batcher.takeFrom("p"));
    const auto record = spool.append({CallKind::Start, "p", "id", "{}"});
    QVERIFY(record);
    QVERIFY(feeder.offer("p", *record));
}

// Calls beyond what one project may have in the batcher must not be forgotten in memory.
void TstFeeder::aSpoolThatCannotDefer()
{
    MemorySpool spool(1000000, 10000);
    Batcher batcher({5, 1000000, std::chrono::seconds(1), 10}, [] { return TimePoint(); });
    Feeder feeder(spool, batcher);
    for (int i = 0; i < 25; ++i) {
        const auto record = spool.append({CallKind::Start, "p", "id", "{}"});
        QVERIFY(record);
        feeder.offer("p", *record);
    }
    std::size_t taken = 0;
    for (int round = 0; round < 5; ++round) {
        batcher.makeAllDue();
        while (const auto batch = batcher.takeFrom("p"))
            taken += batch->records.size();
        feeder.feed();
    }
    QCOMPARE(taken, std::size_t(25));
}

// A client's call may come between the start and the end of recovery: it goes to the batcher once.
void TstFeeder::aCallDuringRecovery()
{
    const QTemporaryDir folder;
    DiskSpoolOptions options;
    options.directory = folder.path().toStdString();
    options.maxBytes = 10000000;
    const auto open = [&options] {
        return DiskSpool::open(options, [] { return std::int64_t{1700000000000}; });
    };
    {
        const auto spool = open();
        QVERIFY(spool);
        QVERIFY((*spool)->append({CallKind::Start, "p", "old", "{}"}));
    }
    auto spool = open();
    QVERIFY(spool);
    Batcher batcher({5, 1000000, std::chrono::seconds(1), 10}, [] { return TimePoint(); });
    Feeder feeder(**spool, batcher);
    const auto record = (*spool)->append({CallKind::Start, "p", "new", "{}"});
    QVERIFY(record);
    feeder.offer("p", *record);
    std::vector<std::string> projects;
    while ((*spool)->recover(std::chrono::milliseconds(100), projects)) { }
    feeder.addBacklog(projects);
    batcher.makeAllDue();
    std::size_t taken = 0;
    while (const auto batch = batcher.takeFrom("p"))
        taken += batch->records.size();
    QCOMPARE(taken, std::size_t(2));
}

QTEST_GUILESS_MAIN(TstFeeder)
#include "tst_feeder.moc"
