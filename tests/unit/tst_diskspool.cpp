#include "spool/diskspool.h"

#include "unit/diskspoolbench.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace Weave;

// The life of a record: kept, found again after a restart, removed.
class TstDiskSpool final : public QObject, private DiskSpoolBench
{
    Q_OBJECT

private Q_SLOTS:
    void init() { useNewFolder(); }

    void keepsBytesAcrossARestart()
    {
        {
            auto spool = open();
            append(*spool, "acme/a", "1");
            append(*spool, "acme/b", "2");
            append(*spool, "acme/a", "3");
            QCOMPARE(spool->usage().pendingCalls, std::uint64_t(3));
        }
        auto spool = open();
        const auto found = recoverAll(*spool);
        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(found.at("acme/a"), (std::vector<std::string>{payloadOf("1"), payloadOf("3")}));
        QCOMPARE(found.at("acme/b"), std::vector<std::string>{payloadOf("2")});
        QCOMPARE(spool->usage().pendingCalls, std::uint64_t(3));
        QCOMPARE(spool->usage().quarantined, std::uint64_t(0));
    }

    // An id lies before its payload.
    void idsOfEveryLength_data()
    {
        QTest::addColumn<int>("length");
        for (const int length : {0, 1, 36, 126, 127, 128, 255, 256, 1024})
            QTest::addRow("%d bytes", length) << length;
    }

    void idsOfEveryLength()
    {
        QFETCH(int, length);
        const std::string id(static_cast<std::size_t>(length), 'i');
        {
            auto spool = open();
            append(*spool, "p", "before");
            const RecordRef record = append(*spool, "p", id);
            append(*spool, "p", "behind");
            QCOMPARE(spool->payload(record), std::string_view(payloadOf(id)));
        }
        auto spool = open();
        QCOMPARE(
            recoverAll(*spool).at("p"),
            (std::vector<std::string>{payloadOf("before"), payloadOf(id), payloadOf("behind")}));
    }

    void whatIsRemovedDoesNotComeBack()
    {
        {
            auto spool = open();
            const RecordRef first = append(*spool, "p", "1");
            append(*spool, "p", "2");
            spool->remove(first);
        }
        auto spool = open();
        QCOMPARE(recoverAll(*spool).at("p"), std::vector<std::string>{payloadOf("2")});
    }

    void anEmptySpoolLeavesNoFiles()
    {
        {
            auto spool = open();
            spool->remove(append(*spool, "p", "1"));
        }
        QCOMPARE(segmentFiles().size(), qsizetype(0));
    }

    void oneDaemonAtATime()
    {
        const auto spool = open();
        const auto second = DiskSpool::open(options(), clock());
        QVERIFY(!second.ok());
        QVERIFY(second.error().code == ErrorCode::InUse);
        QVERIFY(second.error().message.find(options().directory) != std::string::npos);
    }

    void theFolderIsPrivate()
    {
        const auto spool = open();
        const QFile::Permissions others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup
            | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
        QVERIFY(!(QFile::permissions(QString::fromStdString(options().directory)) & others));
    }

    void deferredCallsComeInOrder()
    {
        auto spool = open();
        const RecordRef first = append(*spool, "p", "1");
        QVERIFY(!spool->isBehind("p"));
        const RecordRef second = append(*spool, "p", "2");
        QVERIFY(spool->defer("p", second));
        QVERIFY(spool->isBehind("p"));
        QVERIFY(!spool->isBehind("q"));
        append(*spool, "p", "3");
        const auto next = spool->next("p");
        QVERIFY(next);
        QCOMPARE(next->id, second.id);
        QVERIFY(first.id < second.id);
        QCOMPARE(spool->payload(*next), std::string_view(m_payloads.at("2")));
        const auto third = spool->next("p");
        QVERIFY(third);
        QCOMPARE(spool->payload(*third), std::string_view(m_payloads.at("3")));
        QVERIFY(!spool->next("p"));
        QVERIFY(!spool->isBehind("p"));
    }

    void idsGrowAcrossARestart()
    {
        RecordId last;
        {
            auto spool = open();
            last = append(*spool, "p", "1").id;
        }
        auto spool = open();
        QVERIFY(last < append(*spool, "p", "2").id);
    }

    void aVanishedFolderIsMadeAgain()
    {
        auto spool = open();
        const RecordRef before = append(*spool, "p", "1");
        QVERIFY(QDir(QString::fromStdString(options().directory)).removeRecursively());
        QCOMPARE(spool->callsWithoutFile(), std::uint64_t(1));
        QVERIFY(!spool->checkDirectory());
        QVERIFY(spool->checkDirectory());
        append(*spool, "p", "2");
        append(*spool, "q", "3");
        QCOMPARE(spool->callsWithoutFile(), std::uint64_t(1));
        QCOMPARE(segmentFiles().size(), qsizetype(2));
        QCOMPARE(spool->payload(before), std::string_view(m_payloads.at("1")));
        spool->remove(before);
        QCOMPARE(spool->callsWithoutFile(), std::uint64_t(0));
        spool.reset();
        auto again = open();
        QCOMPARE(recoverAll(*again).at("p"), std::vector<std::string>{payloadOf("2")});
    }

    // One daemon deletes nothing that is another's, and the calls of neither are lost.
    void aFolderOfAnotherIsLeftAlone()
    {
        auto spool = open();
        const RecordRef before = append(*spool, "p", "1");
        QVERIFY(QDir(QString::fromStdString(options().directory)).removeRecursively());
        auto successor = open();
        append(*successor, "a", "2");
        append(*successor, "b", "3");
        const QStringList theirs = segmentFiles();
        QVERIFY(!spool->checkDirectory());
        QVERIFY(!spool->append({CallKind::Start, "p", "id", "{}"})); // what was open is given up
        QVERIFY(!spool->append({CallKind::Start, "q", "id", "{}"}));
        QCOMPARE(spool->payload(before), std::string_view(m_payloads.at("1")));
        spool->remove(before);
        QVERIFY(!spool->checkDirectory());
        QVERIFY(!spool->append({CallKind::Start, "p", "id", "{}"}));
        QCOMPARE(segmentFiles(), theirs);
        successor.reset();
        QVERIFY(!spool->checkDirectory()); // it is its own again from here
        QVERIFY(spool->checkDirectory());
        append(*spool, "p", "4");
        QCOMPARE(segmentFiles().size(), theirs.size() + 1);
        spool.reset();
        auto again = open();
        const auto found = recoverAll(*again);
        QCOMPARE(found.size(), std::size_t(3));
        QCOMPARE(found.at("a"), std::vector<std::string>{payloadOf("2")});
        QCOMPARE(found.at("b"), std::vector<std::string>{payloadOf("3")});
        QCOMPARE(found.at("p"), std::vector<std::string>{payloadOf("4")});
    }

    void tidyGivesUpIdleFiles()
    {
        auto spool = open();
        spool->remove(append(*spool, "p", "1"));
        QCOMPARE(segmentFiles().size(), qsizetype(1));
        QVERIFY(spool->tidy()); // used since the last time
        QVERIFY(!spool->tidy());
        QTRY_COMPARE(segmentFiles().size(), qsizetype(0));
        QCOMPARE(spool->usage().usedBytes, std::uint64_t(0));
        append(*spool, "p", "2");
        QCOMPARE(spool->usage().pendingCalls, std::uint64_t(1));
    }

    void onlyWhatWaitsIsSynced()
    {
        auto spool = open();
        const RecordRef first = append(*spool, "p", "1");
        QCOMPARE(spool->takeUnsynced().segments.size(), std::size_t(0)); // it has just come
        QCOMPARE(spool->takeUnsynced().segments.size(), std::size_t(1)); // it has been waiting
        QCOMPARE(spool->takeUnsynced().segments.size(), std::size_t(0)); // once is enough
        spool->remove(first);
        const RecordRef second = append(*spool, "p", "2");
        QCOMPARE(spool->takeUnsynced().segments.size(), std::size_t(0));
        spool->remove(second); // delivered in time: no disk traffic at all
        QCOMPARE(spool->takeUnsynced().segments.size(), std::size_t(0));
    }

    void whatIsDeliveredBeforeItsSyncNeedsNone()
    {
        auto spool = open();
        const RecordRef first = append(*spool, "p", "1");
        (void)spool->takeUnsynced();
        const SyncTask::Job job = spool->takeUnsynced();
        QCOMPARE(job.segments.size(), std::size_t(1));
        QVERIFY(job.segments.front()->isNeeded());
        spool->remove(first);
        QVERIFY(!job.segments.front()->isNeeded());
        append(*spool, "p", "2");
        QVERIFY(job.segments.front()->isNeeded());
    }

    // Random appends, removals and restarts beside a map: nothing lost, altered or back from the
    // dead.
    void agreesWithAMap()
    {
        std::mt19937 random(5);
        std::map<std::string, std::string> expected; // id -> payload
        int number = 0;
        for (int round = 0; round < 30; ++round) {
            auto spool = open();
            std::map<std::string, RecordRef> live;
            for (const auto &[project, refs] : recoverRefs(*spool)) {
                for (const RecordRef &ref : refs) {
                    const std::string payload(spool->payload(ref));
                    const auto place = std::find_if(
                        expected.begin(), expected.end(),
                        [&payload](const auto &entry) { return entry.second == payload; });
                    QVERIFY(place != expected.end());
                    live.emplace(place->first, ref);
                }
            }
            QCOMPARE(live.size(), expected.size());
            for (int step = 0; step < 300; ++step) {
                if (live.empty() || random() % 5 < 3) {
                    const std::string id = "id" + std::to_string(number++);
                    const std::string project = "p" + std::to_string(random() % 3);
                    const std::string payload = payloadOf(id, random() % 3000);
                    const auto record = spool->append({CallKind::Start, project, id, payload});
                    if (!record)
                        continue;
                    live.emplace(id, *record);
                    expected.emplace(id, payload);
                } else {
                    auto place = live.begin();
                    std::advance(place, static_cast<std::ptrdiff_t>(random() % live.size()));
                    QCOMPARE(spool->payload(place->second),
                             std::string_view(expected.at(place->first)));
                    spool->remove(place->second);
                    expected.erase(place->first);
                    live.erase(place);
                }
            }
            QCOMPARE(spool->usage().pendingCalls, std::uint64_t(expected.size()));
        }
    }
};

QTEST_APPLESS_MAIN(TstDiskSpool)
#include "tst_diskspool.moc"
