#include "spool/diskspool.h"

#include "unit/diskspoolbench.h"
#include "unit/memorylimit.h"

#include <QTest>

#include <atomic>
#include <chrono>
#include <deque>
#include <fcntl.h>
#include <future>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

std::atomic<bool> s_isDiskStuck = false;

} // namespace

// In the place of the system's own.
extern "C" int unlink(const char *path)
{
    s_isDiskStuck.wait(true);
    return ::unlinkat(AT_FDCWD, path, 0);
}

// What fits into a spool, and how its files make room for each other.
class TstSpoolLimits final : public QObject, private DiskSpoolBench
{
    Q_OBJECT

private Q_SLOTS:
    void init() { useNewFolder(); }

    void theBoundHoldsAndRoomComesBack()
    {
        auto spool = open();
        std::vector<RecordRef> records;
        std::optional<Error> refused;
        const std::string payload(10000, 'x');
        while (!refused && records.size() < 10000) {
            const auto record = spool->append({CallKind::Start, "p", "id", payload});
            if (record)
                records.push_back(*record);
            else
                refused = record.error();
        }
        QVERIFY(refused);
        QVERIFY(refused->code == ErrorCode::Full);
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        QVERIFY(records.size() * payload.size() > options().maxBytes / 2);
        for (const RecordRef &record : records)
            spool->remove(record);
        QVERIFY(spool->append({CallKind::Start, "p", "id", payload}).ok());
        QCOMPARE(spool->usage().pendingCalls, std::uint64_t(1));
    }

    void aFullSpoolTakesTheEndsOfStartsThatItHas_data()
    {
        QTest::addColumn<int>("projects");
        QTest::newRow("a project") << 1;
        QTest::newRow("many") << 10;
    }
    void aFullSpoolTakesTheEndsOfStartsThatItHas()
    {
        QFETCH(int, projects);
        auto spool = open();
        const std::string start(1000, 's');
        const std::string end(10000, 'e');
        std::vector<std::string> openCalls; // their projects
        std::vector<RecordRef> records;
        for (int i = 0; records.size() < 10000; ++i) {
            const std::string project = std::to_string(i % projects);
            const auto record = spool->append({CallKind::Start, project, "id", start});
            if (!record) {
                QVERIFY(record.error().code == ErrorCode::Full);
                QVERIFY(record.error().message.find("for ends") != std::string::npos);
                break;
            }
            records.push_back(*record);
            openCalls.push_back(project);
            if (openCalls.size() < 5) // as many are open at a time
                continue;
            const auto ended = spool->append({CallKind::End, openCalls.front(), "id", end});
            QVERIFY2(ended.ok(), ended.ok() ? "" : ended.error().message.c_str());
            records.push_back(*ended);
            openCalls.erase(openCalls.begin());
        }
        for (const std::string &project : openCalls) {
            QVERIFY(spool->append({CallKind::End, project, "id", end}).ok());
            // Nor does a start take what room there is in a file that an end has brought.
            QVERIFY(!spool->append({CallKind::Start, project, "id", "{}"}).ok());
        }
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        QVERIFY(spool->usage().usedBytes > options().maxBytes / 16 * 15);
        while (spool->append({CallKind::End, "0", "id", end})) { }
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        for (const RecordRef &record : records)
            spool->remove(record);
        QVERIFY(spool->append({CallKind::Start, "0", "id", start}).ok());
    }

    // What is kept for its next use is room for whoever needs it.
    void spareFilesAreRoomForStarts()
    {
        auto spool = open();
        const std::string payload(60000, 'x');
        std::vector<RecordRef> records;
        while (const auto record = spool->append({CallKind::End, "p", "id", payload}))
            records.push_back(*record);
        for (const RecordRef &record : records)
            spool->remove(record);
        // The others have gone, so that nothing else makes room by dropping these.
        QTRY_COMPARE(segmentFiles().size(), qsizetype(7));
        std::size_t starts = 0;
        while (spool->append({CallKind::Start, std::to_string(starts), "id", payload}))
            ++starts;
        QVERIFY(starts * payload.size() > options().maxBytes / 4 * 3);
    }

    // Each project keeps its open file for a while, and nothing waits in it.
    void idleFilesAreRoomForStarts()
    {
        auto spool = open();
        const std::string payload(100, 'x');
        std::vector<std::string> projects;
        while (spool->usage().usedBytes + 64 * 1024 <= options().maxBytes) {
            projects.push_back(std::to_string(projects.size()));
            spool->remove(*spool->append({CallKind::End, projects.back(), "id", payload}));
        }
        for (int round = 0; round < 3; ++round) {
            std::vector<RecordRef> records;
            for (std::size_t i = 0; i < projects.size() / 8 * 7; ++i) { // a sixteenth is for ends
                const auto record = spool->append({CallKind::Start, projects[i], "id", payload});
                QVERIFY2(record.ok(), record.ok() ? "" : record.error().message.c_str());
                records.push_back(*record);
            }
            for (const RecordRef &record : records)
                spool->remove(record);
        }
    }

    // It says so, instead of waiting for files to go.
    void withAStuckDiskItIsFull()
    {
        DiskSpoolOptions impatient = options();
        impatient.removalPatience = DiskSpoolOptions().removalPatience;
        auto opened = DiskSpool::open(impatient, clock());
        QVERIFY(opened);
        DiskSpool *spool = opened->get();
        std::vector<RecordRef> records;
        const std::string payload(10000, 'x');
        while (const auto record = spool->append({CallKind::End, "p", "id", payload}))
            records.push_back(*record);
        s_isDiskStuck = true;
        std::promise<void> answered;
        auto helper = std::async(std::launch::async, [&answered] {
            const bool isInTime = answered.get_future().wait_for(5s) == std::future_status::ready;
            s_isDiskStuck = false;
            s_isDiskStuck.notify_all();
            return isInTime;
        });
        for (const RecordRef &record : records)
            spool->remove(record);
        bool isFull = false;
        for (int i = 0; i < 10; ++i) {
            const auto record = spool->append({CallKind::End, "q", "id", payload});
            isFull = !record && record.error().code == ErrorCode::Full;
        }
        answered.set_value();
        QVERIFY(helper.get());
        QVERIFY(isFull);
        QTRY_VERIFY(spool->append({CallKind::End, "q", "id", payload}).ok());
    }

    void aCallThatIsTooLargeDoesNotCostTheOpenFile()
    {
        auto spool = open();
        append(*spool, "p", "1");
        leaveRoom(*spool, 300);
        const auto used = spool->usage().usedBytes;
        const std::string payload(100000, 'x');
        const auto large = spool->append({CallKind::End, "p", "id", payload});
        QVERIFY(!large.ok());
        QVERIFY(large.error().code == ErrorCode::Full);
        for (int i = 0; i < 100; ++i)
            QVERIFY(spool->append({CallKind::End, "p", "id", "{}"}).ok());
        QCOMPARE(spool->usage().usedBytes, used);
    }

    void anEmptyOpenFileMakesRoomForALargeCall()
    {
        auto spool = open();
        spool->remove(append(*spool, "p", "1")); // in a file of 64 KiB
        leaveRoom(*spool, 1000);
        const std::string payload(65000, 'x');
        QVERIFY(spool->append({CallKind::End, "p", "id", payload}).ok());
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        QCOMPARE(segmentFiles().size(), spool->usage().pendingCalls);
    }

    void theLastRoomIsUsed()
    {
        auto spool = open();
        leaveRoom(*spool, 20000); // less than any file that is made for what is to come
        const std::string payload(10000, 'x');
        const auto record = spool->append({CallKind::End, "p", "id", payload});
        QVERIFY(record.ok());
        QCOMPARE(spool->payload(*record), std::string_view(payload));
        QVERIFY(spool->append({CallKind::End, "q", "id", "{}"}).ok());
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        const auto tooLarge = spool->append({CallKind::End, "p", "id", payload});
        QVERIFY(!tooLarge.ok());
        QVERIFY(tooLarge.error().code == ErrorCode::Full);
    }

    // Clients that outrun delivery for hours must not leave a file for every few calls: each takes
    // a mapping, of which the system gives a process 65,530.
    void aFullSpoolKeepsLargeFiles()
    {
        DiskSpoolOptions large = options();
        large.maxBytes = 8U << 20U;
        large.minSegmentBytes = 16U << 10U;
        auto spool = DiskSpool::open(large, clock());
        QVERIFY(spool);
        const std::string payload(1000, 'x');
        std::deque<RecordRef> waiting;
        const auto fill = [&] {
            while (const auto record = (*spool)->append({CallKind::End, "p", "id", payload}))
                waiting.push_back(*record);
        };
        fill();
        const qsizetype files = segmentFiles().size();
        for (int round = 0; round < 10; ++round) {
            for (std::size_t count = waiting.size(); count > 0; --count) {
                (*spool)->remove(waiting.front());
                waiting.pop_front();
                fill();
            }
        }
        QVERIFY(segmentFiles().size() < 2 * files);
    }

    // Of a system that has nothing left for one more file.
    void spareFilesMakeRoomForAnother()
    {
        DiskSpoolOptions large = options();
        large.maxBytes = 64U << 20U;
        large.minSegmentBytes = large.maxSegmentBytes = 4U << 20U;
        auto spool = DiskSpool::open(large, clock());
        QVERIFY(spool);
        const std::string payload(2'500'000, 'x'); // one in each file
        std::vector<RecordRef> waiting;
        for (int i = 0; i < 4; ++i)
            waiting.push_back(*(*spool)->append({CallKind::End, "p", "id", payload}));
        for (const RecordRef &record : waiting)
            (*spool)->remove(record);
        QCOMPARE(segmentFiles().size(), qsizetype(4)); // the open one and three to spare
        const std::string larger(2 * payload.size(), 'x');
        const MemoryLimit limit(large.maxSegmentBytes);
        if (!limit.isSet())
            QSKIP("needs /proc/self/statm");
        QVERIFY((*spool)->append({CallKind::End, "q", "id", larger}).ok());
        QCOMPARE(segmentFiles().size(), qsizetype(2));
    }

    void aLargeCallGetsASegmentOfItsOwn()
    {
        auto spool = open();
        const std::string payload(300000, 'x');
        const auto record = spool->append({CallKind::End, "p", "id", payload});
        QVERIFY(record.ok());
        QCOMPARE(spool->payload(*record), std::string_view(payload));
    }

private:
    // Fills the spool with calls of another project until so many bytes are left.
    void leaveRoom(DiskSpool &spool, std::uint64_t bytes)
    {
        const std::size_t own = 200000; // a call that is larger than any file for more than one
        const auto left = [&] { return options().maxBytes - spool.usage().usedBytes - bytes; };
        const auto fill = [&](std::size_t payload) {
            if (!spool.append({CallKind::End, "full", "id", std::string(payload, 'x')}))
                qFatal("no room");
        };
        while (left() > 2 * Segment::bytesFor("full", 2, own))
            fill(own);
        std::size_t last = left();
        while (Segment::bytesFor("full", 2, last) > left())
            --last;
        fill(last);
    }
};

QTEST_APPLESS_MAIN(TstSpoolLimits)
#include "tst_spoollimits.moc"
