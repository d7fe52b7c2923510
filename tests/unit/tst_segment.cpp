#include "common/uniquefd.h"
#include "spool/segment.h"
#include "spool/segmentformat.h"

#include <QFile>
#include <QStorageInfo>
#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Weave;

namespace {

constexpr std::size_t Capacity = 64 * 1024;
constexpr std::size_t LargeCapacity = 4 * 1024 * 1024;

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

    // Its pages are written beforehand, and not one byte further.
    void aLargeFileIsEmptyUpToItsEnd()
    {
        for (const std::size_t capacity : {LargeCapacity / 8, LargeCapacity + 12345}) {
            const auto segment = Segment::create(m_path, 7, "acme/p", capacity);
            QVERIFY(segment.ok());
            QFile file(QString::fromStdString(m_path));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QCOMPARE(static_cast<std::size_t>(bytes.size()), capacity);
            QVERIFY(std::all_of(bytes.begin() + segment->firstOffset(), bytes.end(),
                                [](char byte) { return byte == 0; }));
        }
    }

    // And neither records nor states that are there already are written over.
    void pagesCanBeMadeAsRecordsCome()
    {
        for (const std::size_t payload : {std::size_t(40), std::size_t(9001), LargeCapacity / 3}) {
            auto segment = Segment::create(m_path, 7, "acme/p", LargeCapacity + 12345,
                                           Segment::Pages::AsRecordsCome);
            QVERIFY(segment.ok());
            checkWholeFile(m_path, fillHalfDone(*segment, payload), payload);
        }
    }

    void noPageIsMadeLongBeforeItIsNeeded()
    {
#if defined(Q_OS_LINUX)
        if (QStorageInfo(m_directory->path()).fileSystemType() == "tmpfs")
            QSKIP("a file system in memory makes pages when it allocates the file");
        auto segment =
            Segment::create(m_path, 7, "p", LargeCapacity, Segment::Pages::AsRecordsCome);
        QVERIFY(segment.ok());
        const std::string payload(1000, 'x');
        while (segment->end() < LargeCapacity / 4)
            QVERIFY(segment->append({CallKind::Start, "p", "id", payload}, 1, 1));
        QVERIFY(pagesInMemory(segment->end()) > segment->end() - LargeCapacity / 16);
        QVERIFY(pagesInMemory(LargeCapacity) < LargeCapacity / 2);
#endif
    }

    // Its old name is another file's.
    void pagesAreMadeInNoOtherFile()
    {
        constexpr std::size_t Payload = 9001;
        auto segment =
            Segment::create(m_path, 7, "acme/p", LargeCapacity, Segment::Pages::AsRecordsCome);
        QVERIFY(segment.ok());
        const std::string newName = m_path + ".moved";
        QCOMPARE(::rename(m_path.c_str(), newName.c_str()), 0);
        const QByteArray foreign(LargeCapacity, 'y');
        overwrite(foreign);
        checkWholeFile(newName, fillHalfDone(*segment, Payload), Payload);
        QVERIFY(readAll() == foreign);
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

    // Ends the process at the first store to a page, for each page that reuse() writes to, which is
    // each moment between the header, the name, the states and the first record.
    void aReuseThatIsCutShortBringsNothingBack_data()
    {
        QTest::addColumn<QByteArray>("project");
        QTest::newRow("same") << QByteArray("acme/p");
        QTest::newRow("shorter") << QByteArray("p");
        QTest::newRow("longer") << QByteArray("acme/p-with-a-longer-name");
        QTest::newRow("longer than a page") << "acme/p" + QByteArray(3 * pageBytes(), 'n');
    }
    void aReuseThatIsCutShortBringsNothingBack()
    {
        QFETCH(const QByteArray, project);
        writeDone();
        const QByteArray before = readAll();
        int kills = 0;
        for (qsizetype page = 0; page * pageBytes() <= firstOffset(project.size()); ++page) {
            overwrite(before);
            if (reuseUntil(page, project.toStdString()))
                ++kills;
            QVERIFY2(waitingRecords() == 0, qPrintable(QString::number(page)));
        }
        QVERIFY(kills > 2);
    }

    // The stores to one page, too, in the order in which they are made: the header, the name, the
    // end of the records, the states.
    void noMomentOfAReuseBringsAnythingBack()
    {
        writeDone();
        const QByteArray before = readAll();
        const std::string project = "acme/p-with-a-longer-name";
        Segment::open(m_path)->reuse(8, project);
        const QByteArray after = readAll();
        const qsizetype header = sizeof(SegmentFormat::FileHeader);
        const auto name = header + static_cast<qsizetype>(project.size());
        const qsizetype first = firstOffset(name - header);
        QByteArray bytes = before;
        const auto store = [&](qsizetype from, qsizetype count) {
            for (qsizetype i = from; i < from + count; ++i) {
                bytes[i] = after[i];
                if (i - from > 100) // the rest of the states is alike
                    continue;
                overwrite(bytes);
                QVERIFY2(waitingRecords() == 0, qPrintable(QString::number(i)));
            }
        };
        store(0, header);
        store(header, name - header);
        store(first, sizeof(SegmentFormat::RecordHeader::length));
        store(name, first - name);
        QVERIFY(bytes == after);
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

    // Every second record is done at once. Returns how many there are.
    static std::uint64_t fillHalfDone(Segment &segment, std::size_t payloadBytes)
    {
        const std::string payload(payloadBytes, 'x');
        std::uint64_t count = 0;
        for (std::uint32_t offset = segment.end();
             segment.append({CallKind::Start, "acme/p", "id", payload}, count, 1);
             offset = segment.end()) {
            if (count++ % 2 == 0)
                segment.setState(offset, RecordState::Done);
        }
        return count;
    }

    // As a later process would find it.
    static void checkWholeFile(const std::string &path, std::uint64_t count,
                               std::size_t payloadBytes)
    {
        const auto segment = Segment::open(path);
        QVERIFY(segment.ok());
        std::uint32_t offset = segment->firstOffset();
        for (std::uint64_t i = 0; i < count; ++i) {
            Segment::Record record;
            QVERIFY(segment->read(offset, record, true) == Segment::ReadResult::Record);
            QCOMPARE(record.sequence, i);
            QCOMPARE(record.payload.size(), payloadBytes);
            QVERIFY(record.state == (i % 2 == 0 ? RecordState::Done : RecordState::Pending));
            offset = record.next;
        }
    }

#if defined(Q_OS_LINUX)
    // Bytes of the file's beginning whose pages the kernel has.
    [[nodiscard]] std::size_t pagesInMemory(std::size_t bytes) const
    {
        const auto page = static_cast<std::size_t>(pageBytes());
        const UniqueFd file(::open(m_path.c_str(), O_RDONLY | O_CLOEXEC));
        void *base = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.get(), 0);
        std::vector<unsigned char> isThere((bytes + page - 1) / page);
        const int status = ::mincore(base, bytes, isThere.data());
        ::munmap(base, bytes);
        if (status != 0)
            return 0;
        return page
            * static_cast<std::size_t>(std::count_if(isThere.begin(), isThere.end(),
                                                     [](unsigned char is) { return is & 1U; }));
    }
#endif

    // Records that are all done, in a file whose states take more than a page.
    void writeDone()
    {
        auto segment = Segment::create(m_path, 7, "acme/p", LargeCapacity);
        QVERIFY(segment.ok());
        const std::string payload(1000, 'x');
        for (std::uint64_t i = 0; i < 20; ++i) {
            const std::uint32_t offset = segment->end();
            QVERIFY(segment->append({CallKind::Start, "acme/p", "id", payload}, i, 1));
            segment->setState(offset, RecordState::Done);
        }
        QCOMPARE(waitingRecords(), 0);
    }

    // In a process that is killed when it writes to that page. True when it does.
    [[nodiscard]] bool reuseUntil(qsizetype page, const std::string &project) const
    {
        const pid_t child = ::fork();
        if (child == 0) {
            const rlimit noCore = {};
            ::setrlimit(RLIMIT_CORE, &noCore);
            for (const int number : {SIGSEGV, SIGBUS})
                std::signal(number, SIG_DFL);
            auto segment = Segment::open(m_path);
            const auto from = static_cast<std::uint32_t>(page * pageBytes());
            ::mprotect(const_cast<char *>(segment->bytes(from, from).data()),
                       static_cast<std::size_t>(pageBytes()), PROT_READ);
            segment->reuse(8, project);
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFSIGNALED(status);
    }

    // Those that a later process would find, wherever they lie.
    [[nodiscard]] int waitingRecords() const
    {
        const auto segment = Segment::open(m_path);
        if (!segment)
            return segment.error().code == ErrorCode::Malformed ? 0 : -1;
        int waiting = 0;
        std::optional<std::uint32_t> offset = segment->firstOffset();
        while (offset) {
            Segment::Record record;
            if (segment->read(*offset, record, true) == Segment::ReadResult::Record
                && record.state == RecordState::Pending)
                ++waiting;
            offset = segment->findRecord(*offset);
        }
        return waiting;
    }

    // In what writeDone() leaves, for a project's name of so many bytes.
    [[nodiscard]] static qsizetype firstOffset(qsizetype projectBytes)
    {
        return static_cast<qsizetype>(
            SegmentFormat::statesOffset(static_cast<std::size_t>(projectBytes))
            + SegmentFormat::stateBytes(LargeCapacity));
    }

    [[nodiscard]] static qsizetype pageBytes()
    {
        return static_cast<qsizetype>(::sysconf(_SC_PAGESIZE));
    }

    [[nodiscard]] QByteArray readAll() const
    {
        QFile file(QString::fromStdString(m_path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
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
