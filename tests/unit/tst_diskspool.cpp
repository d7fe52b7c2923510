#include "spool/diskspool.h"

#include "spool/segmentformat.h"

#include "unit/memorylimit.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using namespace Weave;

namespace {

std::string payloadOf(const std::string &id, std::size_t length)
{
    return R"({"start":{"id":")" + id + R"(","text":")" + std::string(length, 'z') + "\"}}";
}

std::string payloadOf(const std::string &id)
{
    return payloadOf(id, id.size() * 7 % 200);
}

} // namespace

class TstDiskSpool final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_directory.emplace(); }

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

    void aCallThatIsTooLargeDoesNotCostTheOpenFile()
    {
        auto spool = open();
        append(*spool, "p", "1");
        leaveRoom(*spool, 300);
        const auto used = spool->usage().usedBytes;
        const std::string payload(100000, 'x');
        const auto large = spool->append({CallKind::Start, "p", "id", payload});
        QVERIFY(!large.ok());
        QVERIFY(large.error().code == ErrorCode::Full);
        for (int i = 0; i < 100; ++i)
            QVERIFY(spool->append({CallKind::Start, "p", "id", "{}"}).ok());
        QCOMPARE(spool->usage().usedBytes, used);
    }

    void anEmptyOpenFileMakesRoomForALargeCall()
    {
        auto spool = open();
        spool->remove(append(*spool, "p", "1")); // in a file of 64 KiB
        leaveRoom(*spool, 1000);
        const std::string payload(65000, 'x');
        QVERIFY(spool->append({CallKind::Start, "p", "id", payload}).ok());
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        QCOMPARE(segmentFiles().size(), spool->usage().pendingCalls);
    }

    void theLastRoomIsUsed()
    {
        auto spool = open();
        leaveRoom(*spool, 20000); // less than any file that is made for what is to come
        const std::string payload(10000, 'x');
        const auto record = spool->append({CallKind::Start, "p", "id", payload});
        QVERIFY(record.ok());
        QCOMPARE(spool->payload(*record), std::string_view(payload));
        QVERIFY(spool->append({CallKind::Start, "q", "id", "{}"}).ok());
        QVERIFY(spool->usage().usedBytes <= options().maxBytes);
        const auto tooLarge = spool->append({CallKind::Start, "p", "id", payload});
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
            while (const auto record = (*spool)->append({CallKind::Start, "p", "id", payload}))
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
            waiting.push_back(*(*spool)->append({CallKind::Start, "p", "id", payload}));
        for (const RecordRef &record : waiting)
            (*spool)->remove(record);
        QCOMPARE(segmentFiles().size(), qsizetype(4)); // the open one and three to spare
        const std::string larger(2 * payload.size(), 'x');
        const MemoryLimit limit(large.maxSegmentBytes);
        if (!limit.isSet())
            QSKIP("needs /proc/self/statm");
        QVERIFY((*spool)->append({CallKind::Start, "q", "id", larger}).ok());
        QCOMPARE(segmentFiles().size(), qsizetype(2));
    }

    void aLargeCallGetsASegmentOfItsOwn()
    {
        auto spool = open();
        const std::string payload(300000, 'x');
        const auto record = spool->append({CallKind::Start, "p", "id", payload});
        QVERIFY(record.ok());
        QCOMPARE(spool->payload(*record), std::string_view(payload));
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

    // Truncated at every byte: what was whole before the cut is there, nothing else, and the daemon
    // starts.
    void truncatedAnywhere()
    {
        const QByteArray good = writeThree();
        const QString path = segmentFiles().constFirst();
        const qsizetype first = firstRecord(good);
        for (qsizetype length = 0; length < first + 700; ++length) {
            overwrite(path, good.left(length));
            auto spool = open();
            const auto found = recoverAll(*spool);
            const std::vector<std::string> calls =
                found.contains("p") ? found.at("p") : std::vector<std::string>();
            for (std::size_t i = 0; i < calls.size(); ++i)
                QCOMPARE(calls[i], payloadOf(std::to_string(i + 1)));
            if (length > first + 600)
                QCOMPARE(calls.size(), std::size_t(3));
            spool.reset();
            clearFolder();
        }
    }

    // A flipped bit anywhere costs at most the record that it is in; nothing altered comes out.
    void flippedBits()
    {
        const QByteArray good = writeThree();
        const QString path = segmentFiles().constFirst();
        for (qsizetype i = 0; i < firstRecord(good) + 460; ++i) {
            QByteArray bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0x04);
            overwrite(path, bad);
            auto spool = open();
            const auto found = recoverAll(*spool);
            const std::vector<std::string> calls =
                found.contains("p") ? found.at("p") : std::vector<std::string>();
            for (const std::string &call : calls) {
                QVERIFY(call == payloadOf("1") || call == payloadOf("2") || call == payloadOf("3"));
            }
            const bool isInFileHeader = i < 40;
            QVERIFY(calls.size() >= (isInFileHeader ? 0U : 2U));
            if (calls.size() < 3)
                QVERIFY2(spool->usage().quarantined > 0, qPrintable(QString::number(i)));
            spool.reset();
            clearFolder();
        }
    }

    void aZeroedPageInTheMiddle()
    {
        {
            auto spool = open();
            for (int i = 0; i < 400; ++i)
                append(*spool, "p", std::to_string(i));
        }
        const QString path = segmentFiles().constFirst();
        QByteArray bytes = readAll(path);
        bytes.replace(8192, 4096, QByteArray(4096, '\0'));
        overwrite(path, bytes);
        auto spool = open();
        const auto found = recoverAll(*spool).at("p");
        QVERIFY(found.size() > 300);
        QVERIFY(found.size() < 400);
        QCOMPARE(found.back(), payloadOf("399"));
        QCOMPARE(spool->usage().quarantined, std::uint64_t(1));
        QCOMPARE(quarantineFiles().size(), qsizetype(1));
    }

    // Kept for its next use and then found by a later process, it would be reported once more.
    void aDamagedFileIsNotUsedAgain()
    {
        DiskSpoolOptions all = options();
        all.minSegmentBytes = all.maxSegmentBytes;
        const auto openAll = [&all] {
            auto opened = DiskSpool::open(all, [] { return std::int64_t(1'000'000); });
            return std::move(*opened);
        };
        {
            auto spool = openAll();
            append(*spool, "p", "1");
            append(*spool, "p", "2");
        }
        const QString path = segmentFiles().constFirst();
        QByteArray bytes = readAll(path);
        const qsizetype first = bytes.indexOf(payloadOf("1").c_str());
        QVERIFY(first > 0);
        bytes[first + 1] = '?';
        overwrite(path, bytes);
        auto spool = openAll();
        std::vector<std::string> projects;
        while (spool->recover(std::chrono::microseconds(1000), projects)) { }
        QCOMPARE(spool->usage().quarantined, std::uint64_t(1));
        const auto left = spool->next("p");
        QVERIFY(left);
        spool->remove(*left);
        QTRY_COMPARE(segmentFiles().size(), qsizetype(0));
    }

    void foreignFilesAreMovedAway()
    {
        writeThree();
        const QString folder = QString::fromStdString(options().directory);
        overwrite(folder + QStringLiteral("/0000000000000099.seg"), "not a segment at all");
        overwrite(folder + QStringLiteral("/odd.seg"), "neither");
        overwrite(folder + QStringLiteral("/notes.txt"), "left alone");
        auto spool = open();
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(3));
        QCOMPARE(quarantineFiles().size(), qsizetype(2));
        QCOMPARE(spool->usage().quarantined, std::uint64_t(2));
        QVERIFY(QFile::exists(folder + QStringLiteral("/notes.txt")));
    }

    void anUnknownVersionIsMovedAway()
    {
        QByteArray bytes = writeThree();
        bytes[8] = 1; // FileHeader::version
        overwrite(segmentFiles().constFirst(), bytes);
        auto spool = open();
        QVERIFY(recoverAll(*spool).empty());
        QCOMPARE(quarantineFiles().size(), qsizetype(1));
    }

    void whatCannotBeMappedNowIsLeft()
    {
        const QByteArray bytes = writeThree();
        const QString path = segmentFiles().constFirst();
        // So long that it alone does not fit below the limit.
        QVERIFY(QFile::resize(path, HugeBytes));
        DiskSpoolOptions roomy = options();
        roomy.maxBytes = HugeBytes + 1'000'000;
        {
            const MemoryLimit limit(HugeBytes / 2);
            if (!limit.isSet())
                QSKIP("needs /proc/self/statm");
            auto spool = DiskSpool::open(roomy, clock());
            QVERIFY(spool);
            QVERIFY(recoverAll(**spool).empty());
            QCOMPARE((*spool)->usage().quarantined, std::uint64_t(0));
            QCOMPARE(quarantineFiles().size(), qsizetype(0));
            QCOMPARE((*spool)->usage().usedBytes, std::uint64_t(HugeBytes));
            QCOMPARE((*spool)->unopenedFiles().size(), std::size_t(1));
            const QString said = QString::fromStdString((*spool)->unopenedFiles().front());
            QVERIFY2(said.contains(path) && said.contains(QLatin1String("Cannot allocate memory"))
                         && said.contains(QLatin1String("next start")),
                     qPrintable(said));
            append(**spool, "p", "4"); // in a file of its own
            QCOMPARE(segmentFiles().size(), qsizetype(2));
        }
        QVERIFY(QFile::resize(path, bytes.size()));
        QCOMPARE(readAll(path), bytes);
        auto spool = open();
        QVERIFY(spool->unopenedFiles().empty());
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(4));
    }

    void whatCannotBeMappedGoesWithItsFolder()
    {
        writeThree();
        QVERIFY(QFile::resize(segmentFiles().constFirst(), HugeBytes));
        const MemoryLimit limit(HugeBytes / 2);
        if (!limit.isSet())
            QSKIP("needs /proc/self/statm");
        auto spool = open();
        QVERIFY(!spool->append({CallKind::Start, "p", "id", "{}"}).ok()); // full
        QVERIFY(QDir(QString::fromStdString(options().directory)).removeRecursively());
        spool->checkDirectory();
        QCOMPARE(spool->usage().usedBytes, std::uint64_t(0));
        append(*spool, "p", "1");
    }

    void whatMayNotBeOpenedIsLeft()
    {
        if (::geteuid() == 0)
            QSKIP("root may open everything");
        writeThree();
        const QString path = segmentFiles().constFirst();
        QVERIFY(QFile::setPermissions(path, {}));
        {
            auto spool = open();
            QVERIFY(recoverAll(*spool).empty());
            QCOMPARE(spool->unopenedFiles().size(), std::size_t(1));
            QCOMPARE(spool->usage().quarantined, std::uint64_t(0));
        }
        QVERIFY(QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner));
        auto spool = open();
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(3));
    }

    void aDamagedFileThatCannotBePutAsideIsLeft()
    {
        writeThree();
        const QString path = segmentFiles().constFirst();
        QByteArray bytes = readAll(path);
        bytes[0] = '?';
        overwrite(path, bytes);
        const QString inTheWay =
            QString::fromStdString(options().directory) + QStringLiteral("/quarantine");
        overwrite(inTheWay, "no folder");
        {
            auto spool = open();
            QVERIFY(recoverAll(*spool).empty());
            QCOMPARE(spool->unopenedFiles().size(), std::size_t(1));
            QVERIFY(spool->unopenedFiles().front().find("cannot put the damaged")
                    != std::string::npos);
            append(*spool, "p", "4"); // in a file of its own
            QCOMPARE(readAll(path), bytes);
        }
        QVERIFY(QFile::remove(inTheWay));
        auto spool = open();
        QCOMPARE(spool->usage().quarantined, std::uint64_t(1));
        QCOMPARE(quarantineFiles().size(), qsizetype(1));
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(1));
    }

    // With the numbers of its files unknown, new ones would take their places.
    void aFolderThatCannotBeListedIsAnError()
    {
        writeThree();
        rlimit old = {};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &old), 0);
        const int next = ::dup(STDOUT_FILENO);
        ::close(next);
        // The lock gets the only descriptor, and none is left for the listing.
        const rlimit limit{static_cast<rlim_t>(next) + 1, old.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        const auto refused = DiskSpool::open(options(), clock());
        ::setrlimit(RLIMIT_NOFILE, &old);
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("cannot list") != std::string::npos);
        auto spool = open();
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(3));
    }

    // One descriptor is enough for the start, the one that is held in reserve.
    void fewDescriptorsAreEnough()
    {
        writeThree();
        rlimit old = {};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &old), 0);
        const int next = ::dup(STDOUT_FILENO);
        ::close(next);
        const rlimit limit{static_cast<rlim_t>(next) + 2, old.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        const auto spool = DiskSpool::open(options(), clock());
        ::setrlimit(RLIMIT_NOFILE, &old);
        QVERIFY(spool);
        QCOMPARE(recoverAll(**spool).at("p").size(), std::size_t(3));
    }

    void foreignKindsOfFilesAreMovedAway()
    {
        writeThree();
        const QString folder = QString::fromStdString(options().directory);
        QVERIFY(QFile::link(folder + QStringLiteral("/elsewhere"),
                            folder + QStringLiteral("/0000000000000098.seg")));
        QVERIFY(QDir().mkdir(folder + QStringLiteral("/0000000000000099.seg")));
        auto spool = open();
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(3));
        QCOMPARE(spool->usage().quarantined, std::uint64_t(2));
        QVERIFY(spool->unopenedFiles().empty());
    }

    void aMissingSegmentIsNoProblem()
    {
        const QStringList files = writeManyFiles();
        QVERIFY(QFile::remove(files.at(1)));
        auto spool = open();
        const std::size_t found = recoverAll(*spool).at("p").size();
        QVERIFY(found > 0);
        QVERIFY(found < 20);
    }

    // As after a kill between the two steps of giving a file its next use.
    void aNameThatIsNewerThanTheHeaderHidesNothing()
    {
        const QStringList files = writeManyFiles();
        QVERIFY(QFile::rename(files.constFirst(), unusedFile()));
        auto spool = open();
        QCOMPARE(recoverAll(*spool).at("p").size(), std::size_t(20));
    }

    void aCopiedFileHidesNothing()
    {
        const QStringList files = writeManyFiles();
        QVERIFY(QFile::copy(files.constFirst(), unusedFile()));
        auto spool = open();
        const std::size_t found = recoverAll(*spool).at("p").size();
        QVERIFY(found > 20);
        QCOMPARE(std::uint64_t(found), spool->usage().pendingCalls);
    }

    void aVanishedFolderIsMadeAgain()
    {
        auto spool = open();
        const RecordRef before = append(*spool, "p", "1");
        QVERIFY(QDir(QString::fromStdString(options().directory)).removeRecursively());
        spool->checkDirectory();
        append(*spool, "p", "2");
        QCOMPARE(segmentFiles().size(), qsizetype(1));
        QCOMPARE(spool->payload(before), std::string_view(m_payloads.at("1")));
        spool->remove(before);
        spool.reset();
        auto again = open();
        QCOMPARE(recoverAll(*again).at("p"), std::vector<std::string>{payloadOf("2")});
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

private:
    static constexpr qint64 HugeBytes = qint64(256) << 20;

    [[nodiscard]] DiskSpoolOptions options() const
    {
        DiskSpoolOptions options;
        options.directory = m_directory->filePath(QStringLiteral("spool")).toStdString();
        options.maxBytes = 2000000;
        options.minSegmentBytes = 64 * 1024;
        options.maxSegmentBytes = 256 * 1024;
        return options;
    }

    [[nodiscard]] WallClock clock()
    {
        return [this] { return m_now++; };
    }

    [[nodiscard]] std::unique_ptr<DiskSpool> open()
    {
        auto spool = DiskSpool::open(options(), clock());
        if (!spool)
            qFatal("%s", spool.error().message.c_str());
        return std::move(*spool);
    }

    RecordRef append(DiskSpool &spool, const std::string &project, const std::string &id)
    {
        m_payloads[id] = payloadOf(id);
        const auto record = spool.append({CallKind::Start, project, id, m_payloads[id]});
        if (!record)
            qFatal("%s", record.error().message.c_str());
        return *record;
    }

    static std::map<std::string, std::vector<RecordRef>> recoverRefs(DiskSpool &spool)
    {
        std::vector<std::string> projects;
        while (spool.recover(std::chrono::milliseconds(100), projects)) { }
        std::map<std::string, std::vector<RecordRef>> found;
        for (const std::string &project : projects) {
            while (const auto record = spool.next(project))
                found[project].push_back(*record);
        }
        return found;
    }

    static std::map<std::string, std::vector<std::string>> recoverAll(DiskSpool &spool)
    {
        std::map<std::string, std::vector<std::string>> found;
        for (const auto &[project, refs] : recoverRefs(spool)) {
            for (const RecordRef &ref : refs)
                found[project].emplace_back(spool.payload(ref));
        }
        return found;
    }

    QByteArray writeThree()
    {
        auto spool = open();
        for (const char *id : {"1", "2", "3"})
            append(*spool, "p", id);
        const QString path = segmentFiles().constFirst();
        spool.reset();
        return readAll(path);
    }

    // Fills the spool with calls of another project until so many bytes are left.
    void leaveRoom(DiskSpool &spool, std::uint64_t bytes)
    {
        const std::size_t own = 200000; // a call that is larger than any file for more than one
        const auto left = [&] { return options().maxBytes - spool.usage().usedBytes - bytes; };
        const auto fill = [&](std::size_t payload) {
            if (!spool.append({CallKind::Start, "full", "id", std::string(payload, 'x')}))
                qFatal("no room");
        };
        while (left() > 2 * Segment::bytesFor("full", 2, own))
            fill(own);
        std::size_t last = left();
        while (Segment::bytesFor("full", 2, last) > left())
            --last;
        fill(last);
    }

    // Twenty calls of the project p.
    QStringList writeManyFiles()
    {
        auto spool = open();
        const std::string payload(60000, 'x');
        for (int i = 0; i < 20; ++i) {
            if (!spool->append({CallKind::Start, "p", "id", payload}))
                qFatal("no room");
        }
        if (segmentFiles().size() < 3)
            qFatal("too few files");
        return segmentFiles();
    }

    // Behind all that a test has written.
    [[nodiscard]] QString unusedFile() const
    {
        return QString::fromStdString(options().directory)
            + QStringLiteral("/0000000000000099.seg");
    }

    // In what writeThree() gives.
    static qsizetype firstRecord(const QByteArray &segment)
    {
        const auto bytes = static_cast<std::size_t>(segment.size());
        const std::size_t first = SegmentFormat::statesOffset(1) + SegmentFormat::stateBytes(bytes);
        return static_cast<qsizetype>(first);
    }

    [[nodiscard]] QStringList listFiles(const QString &folder, const QString &pattern) const
    {
        QStringList paths;
        const QDir dir(folder);
        for (const QString &name : dir.entryList({pattern}, QDir::Files, QDir::Name))
            paths << dir.filePath(name);
        return paths;
    }
    [[nodiscard]] QStringList segmentFiles() const
    {
        return listFiles(QString::fromStdString(options().directory), QStringLiteral("*.seg"));
    }
    [[nodiscard]] QStringList quarantineFiles() const
    {
        return listFiles(QString::fromStdString(options().directory)
                             + QStringLiteral("/quarantine"),
                         QStringLiteral("*"));
    }

    void clearFolder()
    {
        for (const QString &path : segmentFiles() + quarantineFiles())
            QFile::remove(path);
    }

    static QByteArray readAll(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static void overwrite(const QString &path, const QByteArray &bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    std::optional<QTemporaryDir> m_directory;
    std::map<std::string, std::string> m_payloads;
    std::int64_t m_now = 1700000000000;
};

QTEST_APPLESS_MAIN(TstDiskSpool)
#include "tst_diskspool.moc"
