#include "spool/diskspool.h"

#include "unit/diskspoolbench.h"
#include "unit/memorylimit.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace Weave;

// What a start makes of files that it cannot have now, that are missing or that are there twice.
class TstSpoolRecovery final : public QObject, private DiskSpoolBench
{
    Q_OBJECT

private Q_SLOTS:
    void init() { useNewFolder(); }

    void whatCannotBeMappedNowIsLeft()
    {
        const QByteArray bytes = writeThree();
        const QString path = segmentFiles().constFirst();
        // So long that it alone does not fit below the limit.
        QVERIFY(QFile::resize(path, HugeBytes));
        DiskSpoolOptions roomy = options();
        roomy.maxBytes = HugeBytes / 15 * 16 + 1'000'000; // a sixteenth is for ends
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

private:
    static constexpr qint64 HugeBytes = qint64(256) << 20;

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
};

QTEST_APPLESS_MAIN(TstSpoolRecovery)
#include "tst_spoolrecovery.moc"
