#include "spool/segmentstore.h"

#include "common/bytesize.h"
#include "common/uniquefd.h"
#include "spool/diskspool.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

using namespace Weave;

namespace {

constexpr std::size_t SegmentBytes = MiB;
constexpr std::size_t FullBytes = 4 * MiB;

} // namespace

// What is made before it is needed.
class TstSegmentStore final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder.emplace(); }

    void whatIsPreparedIsHandedOut()
    {
        SegmentStore store = open();
        const std::string prepared = prepare(store);
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes));
        const auto piece = store.make("q", 100, SegmentBytes);
        QVERIFY(piece);
        QCOMPARE(piece->segment->project(), std::string_view("q"));
        QVERIFY(piece->segment->number() > 0);
        QCOMPARE(inodeOf(piece->path), m_preparedInode);
        QVERIFY(piece->path > prepared); // later files have later names
        QCOMPARE(files(), QStringList{QString::fromStdString(piece->path)});
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes));
        QVERIFY(piece->segment->append({CallKind::Start, "q", "id", "{}"}, 1, 2));
        QVERIFY(store.takeDirectoryChange());
    }

    void oneIsEnough()
    {
        SegmentStore store = open();
        prepare(store);
        for (int i = 0; i < 3; ++i)
            store.prepare("p", SegmentBytes);
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes));
        QTest::qWait(20);
        QCOMPARE(files().size(), qsizetype(1));
    }

    void otherSizesAreMadeAnew()
    {
        SegmentStore store = open();
        prepare(store);
        const auto piece = store.make("p", 100, SegmentBytes / 2);
        QVERIFY(piece);
        QCOMPARE(piece->segment->capacity(), SegmentBytes / 2);
        QCOMPARE(files().size(), qsizetype(2));
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes + SegmentBytes / 2));
    }

    void whoCannotWaitGetsOneAtOnce()
    {
        SegmentStore store = open();
        store.prepare("p", SegmentBytes);
        const auto first = store.make("p", 100, SegmentBytes);
        const auto second = store.make("p", 100, SegmentBytes);
        QVERIFY(first && second);
        QVERIFY(first->path != second->path);
        QVERIFY(inodeOf(first->path) != inodeOf(second->path));
    }

    // Also when it is not complete yet.
    void itIsGivenUp_data()
    {
        QTest::addColumn<bool>("waits");
        QTest::newRow("complete") << true;
        QTest::newRow("at once") << false;
    }

    void itIsGivenUp()
    {
        QFETCH(bool, waits);
        {
            SegmentStore store = open();
            if (waits)
                prepare(store);
            else
                store.prepare("p", SegmentBytes);
            store.dropSpares();
            QCOMPARE(store.usedBytes(), std::uint64_t(0));
            if (waits) // else it may not have come yet
                QTRY_VERIFY(everything().isEmpty());
        } // with all that the thread was to do
        QVERIFY(everything().isEmpty());
    }

    void itMakesRoom()
    {
        SegmentStore store = open(2 * SegmentBytes);
        prepare(store);
        const auto piece = store.make("p", 100, SegmentBytes + SegmentBytes / 2);
        QVERIFY(piece);
        QCOMPARE(files(), QStringList{QString::fromStdString(piece->path)});
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes + SegmentBytes / 2));
    }

    // Those of full size are wanted always.
    void whatIsWantedIsUsedAgain_data()
    {
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<bool>("isWanted");
        QTest::addColumn<bool>("isUsedAgain");
        QTest::newRow("wanted") << quint64(SegmentBytes) << true << true;
        QTest::newRow("of full size") << quint64(FullBytes) << false << true;
        QTest::newRow("neither") << quint64(SegmentBytes) << false << false;
    }

    void whatIsWantedIsUsedAgain()
    {
        QFETCH(quint64, bytes);
        QFETCH(bool, isWanted);
        QFETCH(bool, isUsedAgain);
        SegmentStore store = open();
        auto first = store.make("p", 100, bytes);
        QVERIFY(first);
        const ino_t inode = inodeOf(first->path);
        const UniqueFd holder(::open(first->path.c_str(), O_RDONLY)); // keeps the inode's number
        store.giveBack(std::move(*first), isWanted);
        const auto second = store.make("q", 100, bytes);
        QVERIFY(second);
        QCOMPARE(inodeOf(second->path) == inode, isUsedAgain);
        QCOMPARE(store.usedBytes(), std::uint64_t(bytes));
    }

    // A size that was wanted once must not keep the room from those that are.
    void theOldestSpareGoes()
    {
        SegmentStore store = open();
        std::vector<SegmentStore::Piece> pieces;
        for (int i = 0; i < 7; ++i) {
            auto piece = store.make("p", 100, i == 0 ? SegmentBytes / 2 : SegmentBytes);
            QVERIFY(piece);
            pieces.push_back(std::move(*piece));
        }
        for (SegmentStore::Piece &piece : pieces)
            store.giveBack(std::move(piece), true);
        QCOMPARE(store.usedBytes(), std::uint64_t(6 * SegmentBytes));
    }

    void withoutRoomThereIsNone()
    {
        SegmentStore store = open(2 * SegmentBytes - 1);
        const auto piece = store.make("p", 100, SegmentBytes);
        QVERIFY(piece);
        store.prepare("p", SegmentBytes);
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes));
        QTest::qWait(20);
        QCOMPARE(everything().size(), qsizetype(1));
    }

    void whatCannotBeMadeTakesNoRoom()
    {
        SegmentStore store = open();
        QVERIFY(QDir(folder()).removeRecursively());
        store.prepare("p", SegmentBytes);
        QCOMPARE(store.usedBytes(), std::uint64_t(SegmentBytes));
        QTest::qWait(50); // until it has failed
        QVERIFY(!store.make("p", 100, SegmentBytes / 2));
        QCOMPARE(store.usedBytes(), std::uint64_t(0));
    }

    // As a process leaves it that is killed.
    void theNextStartRemovesIt()
    {
        SegmentStore store = open();
        const QString path = QString::fromStdString(prepare(store));
        const QString next = m_folder->filePath(QStringLiteral("next"));
        QVERIFY(QDir().mkdir(next));
        QVERIFY(QFile::copy(path, next + QLatin1Char('/') + QFileInfo(path).fileName()));
        const DiskSpoolOptions options{next.toStdString(), 64 * MiB};
        auto spool = DiskSpool::open(options, [] { return std::int64_t(1); });
        QVERIFY(spool);
        std::vector<std::string> projects;
        while ((*spool)->recover(std::chrono::milliseconds(100), projects)) { }
        QCOMPARE((*spool)->usage().quarantined, std::uint64_t(0));
        QCOMPARE((*spool)->usage().pendingCalls, std::uint64_t(0));
        QCOMPARE((*spool)->usage().usedBytes, std::uint64_t(0));
    }

private:
    [[nodiscard]] QString folder() const { return m_folder->filePath(QStringLiteral("spool")); }

    [[nodiscard]] SegmentStore open(std::uint64_t maxBytes = 64 * MiB) const
    {
        auto directory = SpoolDirectory::open(folder().toStdString());
        if (!directory)
            qFatal("%s", directory.error().message.c_str());
        return SegmentStore(std::move(*directory), {maxBytes, FullBytes},
                            [] { return std::int64_t(1); });
    }

    // Waits until it is there, and gives its path.
    std::string prepare(SegmentStore &store)
    {
        store.prepare("p", SegmentBytes);
        for (int i = 0; i < 500 && files().isEmpty(); ++i)
            QTest::qWait(10);
        if (files().size() != 1)
            qFatal("nothing was prepared");
        QTest::qWait(10); // the thread says so a moment after the file has its name
        const std::string path = files().constFirst().toStdString();
        m_preparedInode = inodeOf(path);
        return path;
    }

    [[nodiscard]] QStringList files() const { return list(QStringLiteral("*.seg")); }
    [[nodiscard]] QStringList everything() const { return list(QStringLiteral("*.seg*")); }
    [[nodiscard]] QStringList list(const QString &pattern) const
    {
        const QDir dir(folder());
        QStringList paths;
        for (const QString &name : dir.entryList({pattern}, QDir::Files, QDir::Name))
            paths << dir.filePath(name);
        return paths;
    }

    static ino_t inodeOf(const std::string &path)
    {
        struct stat found = {};
        return ::stat(path.c_str(), &found) == 0 ? found.st_ino : 0;
    }

    std::optional<QTemporaryDir> m_folder;
    ino_t m_preparedInode = 0;
};

QTEST_GUILESS_MAIN(TstSegmentStore)
#include "tst_segmentstore.moc"
