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

constexpr std::size_t LargeCapacity = 4 * 1024 * 1024;

} // namespace

// When the pages of a large segment are made, and in what order they are written to.
class TstSegmentPages final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_directory.emplace();
        m_path = m_directory->filePath(QStringLiteral("a.seg")).toStdString();
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
            QVERIFY(file.remove());
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
            QVERIFY(QFile::remove(QString::fromStdString(m_path)));
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

private:
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
        const std::size_t offset =
            SegmentFormat::statesOffset(static_cast<std::size_t>(projectBytes))
            + SegmentFormat::stateBytes(LargeCapacity);
        return static_cast<qsizetype>(offset);
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

    std::optional<QTemporaryDir> m_directory;
    std::string m_path;
};

QTEST_APPLESS_MAIN(TstSegmentPages)
#include "tst_segmentpages.moc"
