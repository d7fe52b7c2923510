#include "spool/diskspool.h"

#include "spool/segmentformat.h"
#include "unit/diskspoolbench.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <string>
#include <vector>

using namespace Weave;

// Files whose bytes are not what was written, and files of others.
class TstSpoolDamage final : public QObject, private DiskSpoolBench
{
    Q_OBJECT

private Q_SLOTS:
    void init() { useNewFolder(); }

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

    void anUnknownVersionIsMovedAway()
    {
        QByteArray bytes = writeThree();
        bytes[8] = 1; // FileHeader::version
        overwrite(segmentFiles().constFirst(), bytes);
        auto spool = open();
        QVERIFY(recoverAll(*spool).empty());
        QCOMPARE(quarantineFiles().size(), qsizetype(1));
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

private:
    // In what writeThree() gives.
    static qsizetype firstRecord(const QByteArray &segment)
    {
        const auto bytes = static_cast<std::size_t>(segment.size());
        const std::size_t first = SegmentFormat::statesOffset(1) + SegmentFormat::stateBytes(bytes);
        return static_cast<qsizetype>(first);
    }

    void clearFolder()
    {
        for (const QString &path : segmentFiles() + quarantineFiles())
            QFile::remove(path);
    }
};

QTEST_APPLESS_MAIN(TstSpoolDamage)
#include "tst_spooldamage.moc"
