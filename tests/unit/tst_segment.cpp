#include "spool/segment.h"
#include "spool/segmentformat.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <optional>
#include <string>
#include <vector>

using namespace Weave;

namespace {

constexpr std::size_t Capacity = 64 * 1024;

struct Written
{
    std::string id;
    std::string payload;
};

std::vector<Written> manyCalls(int count)
{
    std::vector<Written> calls;
    for (int i = 0; i < count; ++i) {
        const std::string id = "call-" + std::to_string(i);
        calls.push_back({id,
                         R"({"start":{"id":")" + id + R"(","x":")"
                             + std::string(static_cast<std::size_t>(i * 7 % 50), 'x') + "\"}}"});
    }
    return calls;
}

} // namespace

class TstSegment final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_directory.emplace();
        m_path = m_directory->filePath(QStringLiteral("a.seg")).toStdString();
    }

    void keepsWhatItWasGiven()
    {
        const auto calls = manyCalls(50);
        write(calls);
        auto segment = Segment::open(m_path);
        QVERIFY(segment.ok());
        QCOMPARE(segment->number(), std::uint64_t(7));
        QCOMPARE(segment->project(), std::string_view("acme/p"));
        std::uint32_t offset = segment->firstOffset();
        for (std::size_t i = 0; i < calls.size(); ++i) {
            Segment::Record record;
            QVERIFY(segment->read(offset, record, true) == Segment::ReadResult::Record);
            QCOMPARE(record.id, std::string_view(calls[i].id));
            QCOMPARE(record.payload, std::string_view(calls[i].payload));
            QCOMPARE(record.sequence, std::uint64_t(100 + i));
            QCOMPARE(record.acceptedAt, std::int64_t(1000 + i));
            QVERIFY(record.kind == (i % 2 == 0 ? CallKind::Start : CallKind::End));
            QVERIFY(record.state == RecordState::Pending);
            offset = record.next;
        }
        Segment::Record record;
        QVERIFY(segment->read(offset, record, true) == Segment::ReadResult::End);
    }

    void stateSurvivesAndDoesNotBreakTheChecksum()
    {
        write(manyCalls(3));
        std::uint32_t second = 0;
        {
            auto segment = Segment::open(m_path);
            Segment::Record record;
            QVERIFY(segment->read(segment->firstOffset(), record, true)
                    == Segment::ReadResult::Record);
            second = record.next;
            segment->setState(second, RecordState::Done);
        }
        auto segment = Segment::open(m_path);
        Segment::Record record;
        QVERIFY(segment->read(second, record, true) == Segment::ReadResult::Record);
        QVERIFY(record.state == RecordState::Done);
        QVERIFY(segment->read(segment->firstOffset(), record, true) == Segment::ReadResult::Record);
        QVERIFY(record.state == RecordState::Pending);
    }

    void aFullSegmentSaysSo()
    {
        auto segment = Segment::create(m_path, 1, "p", 4096);
        QVERIFY(segment.ok());
        const std::string payload(1000, 'x');
        int appended = 0;
        while (segment->append({CallKind::Start, "p", "id", payload}, 1, 1))
            ++appended;
        QCOMPARE(appended, 3);
        // A smaller one still fits.
        QVERIFY(segment->append({CallKind::Start, "p", "id", "{}"}, 1, 1));
    }

    void fillsToTheLastByte()
    {
        const std::size_t size = Segment::bytesFor("p", 2, 100);
        auto segment = Segment::create(m_path, 1, "p", size);
        QVERIFY(segment.ok());
        QVERIFY(segment->append({CallKind::Start, "p", "id", std::string(100, 'x')}, 1, 1));
        QVERIFY(size - segment->end() < SegmentFormat::MinRecordBytes);
        QVERIFY(!segment->append({CallKind::Start, "p", "id", "{}"}, 2, 1));
        Segment::Record record;
        QVERIFY(segment->read(segment->firstOffset(), record, true) == Segment::ReadResult::Record);
        QVERIFY(segment->read(record.next, record, true) == Segment::ReadResult::End);
    }

    void reuseHidesTheOldRecords()
    {
        write(manyCalls(100));
        {
            auto segment = Segment::open(m_path);
            segment->reuse(8, "other/project");
            QVERIFY(segment->append({CallKind::End, "other/project", "new", "{}"}, 5, 5));
        }
        auto segment = Segment::open(m_path);
        QCOMPARE(segment->project(), std::string_view("other/project"));
        Segment::Record record;
        QVERIFY(segment->read(segment->firstOffset(), record, true) == Segment::ReadResult::Record);
        QCOMPARE(record.id, std::string_view("new"));
        const std::uint32_t end = record.next;
        QVERIFY(segment->read(end, record, true) == Segment::ReadResult::End);
        // Not even a search finds what another use of the file has left.
        QVERIFY(!segment->findRecord(end));
    }

    // Every bit of a record matters.
    void flippedBitsAreNoticed()
    {
        write({{"id", R"({"start":{}})"}});
        QFile file(QString::fromStdString(m_path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        file.close();
        const auto first = static_cast<qsizetype>(firstOffset());
        const qsizetype last =
            first + static_cast<qsizetype>(sizeof(SegmentFormat::RecordHeader)) + 2 + 12;
        for (qsizetype i = first; i < last; ++i) {
            QByteArray bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0x10);
            overwrite(bad);
            auto segment = Segment::open(m_path);
            QVERIFY(segment.ok());
            Segment::Record record;
            QVERIFY(segment->read(segment->firstOffset(), record, true)
                    != Segment::ReadResult::Record);
        }
    }

    void damagedHeadersAreRefused()
    {
        write(manyCalls(2));
        QFile file(QString::fromStdString(m_path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.readAll();
        file.close();
        for (qsizetype i = 0; i < static_cast<qsizetype>(sizeof(SegmentFormat::FileHeader)) + 6;
             ++i) {
            QByteArray bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0x01);
            overwrite(bad);
            const auto segment = Segment::open(m_path);
            QVERIFY2(!segment.ok(), qPrintable(QString::number(i)));
            QVERIFY(segment.error().code == ErrorCode::Malformed);
        }
    }

    void truncatedAnywhereItOpensOrIsRefused()
    {
        write(manyCalls(5));
        QFile file(QString::fromStdString(m_path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray good = file.read(firstOffset() + 1000);
        file.close();
        for (qsizetype length = 0; length < good.size(); ++length) {
            overwrite(good.left(length));
            auto segment = Segment::open(m_path);
            if (!segment)
                continue;
            std::uint32_t offset = segment->firstOffset();
            Segment::Record record;
            while (segment->read(offset, record, true) == Segment::ReadResult::Record)
                offset = record.next;
            QVERIFY(offset <= length);
        }
    }

    void searchFindsTheRecordBehindDamage()
    {
        write(manyCalls(3));
        auto segment = Segment::open(m_path);
        Segment::Record record;
        QVERIFY(segment->read(segment->firstOffset(), record, true) == Segment::ReadResult::Record);
        const std::uint32_t second = record.next;
        const auto found = segment->findRecord(segment->firstOffset());
        QVERIFY(found);
        QCOMPARE(*found, second);
    }

    void aFolderThatIsNotThereIsAnError()
    {
        const auto segment = Segment::create("/nonexistent/folder/a.seg", 1, "p", 4096);
        QVERIFY(!segment.ok());
        QVERIFY(segment.error().message.find("/nonexistent/folder/a.seg") != std::string::npos);
    }

    // Whoever made it may have calls in it, or is making it right now.
    void aFileThatIsThereIsNotReplaced_data()
    {
        QTest::addColumn<QString>("suffix");
        QTest::newRow("complete") << QString();
        QTest::newRow("unfinished") << QString::fromLatin1(Segment::UnfinishedSuffix);
    }

    void aFileThatIsThereIsNotReplaced()
    {
        QFETCH(QString, suffix);
        const QString path = QString::fromStdString(m_path);
        QFile file(path + suffix);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("somebody's"), qint64(10));
        file.close();
        const auto segment = Segment::create(m_path, 1, "p", 4096);
        QVERIFY(!segment.ok());
        QVERIFY(segment.error().message.find(m_path) != std::string::npos);
        QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files),
                 QStringList{QFileInfo(path + suffix).fileName()});
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("somebody's"));
    }

private:
    void write(const std::vector<Written> &calls)
    {
        auto segment = Segment::create(m_path, 7, "acme/p", Capacity);
        QVERIFY(segment.ok());
        for (std::size_t i = 0; i < calls.size(); ++i) {
            const CallKind kind = i % 2 == 0 ? CallKind::Start : CallKind::End;
            QVERIFY(segment->append({kind, "acme/p", calls[i].id, calls[i].payload}, 100 + i,
                                    static_cast<std::int64_t>(1000 + i)));
        }
    }

    void overwrite(const QByteArray &bytes)
    {
        QFile file(QString::fromStdString(m_path));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }

    [[nodiscard]] static std::uint32_t firstOffset()
    {
        return static_cast<std::uint32_t>(SegmentFormat::statesOffset(6)
                                          + SegmentFormat::stateBytes(Capacity));
    }

    std::optional<QTemporaryDir> m_directory;
    std::string m_path;
};

QTEST_APPLESS_MAIN(TstSegment)
#include "tst_segment.moc"
