#include "spool/diskspool.h"

#include "unit/diskspoolbench.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <deque>
#include <numeric>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;

namespace {

// No file of this process grows beyond it.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        set(bytes);
    }
    ~FileSizeLimit() { set(m_before.rlim_cur); }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    void set(rlim_t bytes) const
    {
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
            qFatal("cannot limit the size of files");
    }

    rlimit m_before = {};
};

} // namespace

// Which files a spool has for a project: how large, made when, used again or read back.
class TstSpoolFiles final : public QObject, private DiskSpoolBench
{
    Q_OBJECT

private Q_SLOTS:
    void init() { useNewFolder(); }

    // The first files are small, and a project may have no others.
    void aGrowingBacklogFindsItsNextFileMade()
    {
        auto spool = openGrowing();
        addFiles(*spool, 5);
        QTest::qWait(50);
        QCOMPARE(segmentFiles().size(), qsizetype(5));
        addFiles(*spool, 1);
        QTRY_COMPARE_WITH_TIMEOUT(segmentFiles().size(), qsizetype(7), BusyMachineMs);
        QCOMPARE(spool->usage().usedBytes, std::uint64_t((6 * 256U + 512U) << 10U));
        QTest::qWait(10); // the thread says so a moment after the file has its name
        addLarge(*spool);
        QTRY_COMPARE_WITH_TIMEOUT(segmentFiles().size(), qsizetype(8), BusyMachineMs);
        QCOMPARE(spool->usage().usedBytes, std::uint64_t((6 * 256U + 2 * 512U) << 10U));
    }

    void muchThatWaitsHasFilesOfFullSize()
    {
        auto spool = openGrowing();
        const auto isFull = [](const QString &path) { return QFileInfo(path).size() >= 4 << 20; };
        while (spool->usage().pendingBytes < 6U << 20U)
            addLarge(*spool);
        waitForThread(*spool);
        QStringList files = segmentFiles();
        QVERIFY(std::none_of(files.begin(), files.end(), isFull));
        while (spool->usage().pendingBytes < 9U << 20U)
            addLarge(*spool);
        waitForThread(*spool);
        files = segmentFiles();
        QVERIFY(std::any_of(files.begin(), files.end(), isFull));
    }

    // However much goes through it.
    void aFlowUsesItsFirstFilesAgain()
    {
        auto spool = openGrowing();
        std::deque<RecordRef> waiting;
        for (int i = 0; i < 200; ++i) {
            waiting.push_back(addLarge(*spool));
            if (waiting.size() > 2) {
                spool->remove(waiting.front());
                waiting.pop_front();
            }
            QVERIFY(spool->usage().usedBytes <= 3 * 256U << 10U);
            if (i == 5)
                giveSecondNames();
        }
        QVERIFY(QFileInfo(segmentFiles().constLast()).fileName()
                > QStringLiteral("0000000000000060"));
        QCOMPARE(spool->payload(waiting.back()).size(), LargeBytes);
        verifySecondNames();
    }

    // Larger than a project's first files: each begins with a file of its own.
    void largeCallsUseTheirFilesAgain_data()
    {
        QTest::addColumn<int>("bytes");
        QTest::addColumn<int>("waiting");
        for (const int bytes : {300'000, 800'000, 1'500'000}) {
            for (const int waiting : {2, 3, 6})
                QTest::addRow("%d bytes, %d waiting", bytes, waiting) << bytes << waiting;
        }
    }
    void largeCallsUseTheirFilesAgain()
    {
        QFETCH(const int, bytes);
        QFETCH(const int, waiting);
        auto spool = openGrowing();
        const std::string payload(static_cast<std::size_t>(bytes), 'x');
        std::deque<RecordRef> records;
        const auto goOn = [&](int calls) {
            for (int i = 0; i < calls; ++i) {
                const auto record = spool->append({CallKind::Start, "p", "id", payload});
                QVERIFY(record);
                records.push_back(*record);
                if (records.size() <= std::size_t(waiting))
                    continue;
                spool->remove(records.front());
                records.pop_front();
            }
        };
        for (int i = 0; i < 2; ++i) {
            goOn(40);
            waitForThread(*spool);
        }
        giveSecondNames();
        goOn(100);
        verifySecondNames();
    }

    // After each refusal nothing is tried for a tenth of a second.
    void aDiskWithoutRoomForLargeFilesRefusesFewCalls()
    {
        std::int64_t now = 0;
        auto spool = openGrowing([&now] { return now; });
        addFiles(*spool, 100);
        const FileSizeLimit limit(3U << 20U);
        int refused = 0;
        for (int i = 0; i < 200; ++i) {
            const std::string payload(LargeBytes, 'x');
            if (!spool->append({CallKind::Start, "p", "id", payload})) {
                ++refused;
                now += 100;
            }
        }
        QVERIFY2(refused < 10, qPrintable(QString::number(refused)));
    }

    // Small files that wait are a few pages more of this process, and need not be read back.
    void whatWaitsInSmallFilesStaysInThisProcess()
    {
#if defined(__linux__)
        auto spool = openGrowing();
        const std::vector<RecordRef> waiting = addFiles(*spool, 20);
        QVERIFY(segmentFiles().size() > 10);
        const long before = pageFaults();
        long sum = 0;
        for (const RecordRef &record : waiting) {
            const std::string_view payload = spool->payload(record);
            sum = std::accumulate(payload.begin(), payload.end(), sum);
        }
        QCOMPARE(sum, long(waiting.size() * LargeBytes * 'x'));
        QVERIFY(pageFaults() - before < 10); // a file that is read back takes one for 16 pages
#else
        QSKIP("counts the page faults of a thread");
#endif
    }

    void whatWaitsBehindMuchIsReadBack()
    {
#if defined(__linux__)
        DiskSpoolOptions small = options();
        small.minSegmentBytes = small.maxSegmentBytes = 256U << 10U;
        small.maxBytes = 64U << 20U;
        auto spool = DiskSpool::open(small, clock());
        QVERIFY(spool);
        const std::vector<RecordRef> waiting = addFiles(**spool, 30);
        const long before = pageFaults();
        QCOMPARE((*spool)->payload(waiting[50]).back(), 'x');
        QVERIFY(pageFaults() > before);
#else
        QSKIP("counts the page faults of a thread");
#endif
    }

private:
    // The thread has the lowest priority.
    static constexpr int BusyMachineMs = 60'000;
    static constexpr std::size_t LargeBytes = 100'000; // two in a file of the smallest size

    [[nodiscard]] std::unique_ptr<DiskSpool> openGrowing(const WallClock &wallClock)
    {
        DiskSpoolOptions growing = options();
        growing.maxBytes = 64U << 20U;
        growing.minSegmentBytes = 256U << 10U;
        growing.maxSegmentBytes = 4U << 20U;
        auto spool = DiskSpool::open(growing, wallClock);
        if (!spool)
            qFatal("%s", spool.error().message.c_str());
        return std::move(*spool);
    }

    [[nodiscard]] std::unique_ptr<DiskSpool> openGrowing()
    {
        return openGrowing(clock());
    }

    // Until the files are there that it makes, and gone that it deletes.
    void waitForThread(const DiskSpool &spool)
    {
        const auto onDisk = [this] {
            std::uint64_t bytes = 0;
            for (const QString &path : segmentFiles())
                bytes += static_cast<std::uint64_t>(QFileInfo(path).size());
            return bytes;
        };
        QTRY_COMPARE_WITH_TIMEOUT(onDisk(), spool.usage().usedBytes, BusyMachineMs);
        QTest::qWait(10); // it says so a moment later
    }

    // They tell a file that is used again from a new one.
    void giveSecondNames()
    {
        for (const QString &path : segmentFiles()) {
            const QByteArray name = QFile::encodeName(path);
            if (::link(name.constData(), (name + ".second").constData()) != 0)
                qFatal("cannot link %s", name.constData());
        }
    }

    void verifySecondNames()
    {
        for (const QString &path : segmentFiles()) {
            struct stat found = {};
            QCOMPARE(::stat(QFile::encodeName(path).constData(), &found), 0);
            QCOMPARE(found.st_nlink, nlink_t(2));
        }
    }

    static RecordRef addLarge(DiskSpool &spool)
    {
        static const std::string payload(LargeBytes, 'x');
        const auto record = spool.append({CallKind::Start, "p", "id", payload});
        if (!record)
            qFatal("%s", record.error().message.c_str());
        return *record;
    }

    // Calls that fill so many files of the smallest size.
    static std::vector<RecordRef> addFiles(DiskSpool &spool, int files)
    {
        std::vector<RecordRef> records;
        for (int i = 0; i < 2 * files; ++i)
            records.push_back(addLarge(spool));
        return records;
    }

#if defined(__linux__)
    static long pageFaults()
    {
        struct rusage usage = {};
        if (::getrusage(RUSAGE_THREAD, &usage) != 0)
            qFatal("no rusage");
        return usage.ru_minflt;
    }
#endif
};

QTEST_APPLESS_MAIN(TstSpoolFiles)
#include "tst_spoolfiles.moc"
