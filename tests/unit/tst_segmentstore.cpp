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

    // Also while it has not looked yet where its own folder is.
    void inAFolderOfAnotherNothingIsMade_data()
    {
        QTest::addColumn<bool>("hasLooked");
        QTest::newRow("at once") << false;
        QTest::newRow("later") << true;
    }

    void inAFolderOfAnotherNothingIsMade()
    {
        QFETCH(bool, hasLooked);
        SegmentStore store = open();
        loseFolder();
        {
            SegmentStore successor = open();
            const auto theirs = successor.make("q", 100, SegmentBytes);
            QVERIFY(theirs);
            const ino_t inode = inodeOf(theirs->path);
            if (hasLooked)
                QVERIFY(!store.checkDirectory());
            for (int i = 0; i < 2; ++i) {
                const auto refused = store.make("p", 100, SegmentBytes);
                QVERIFY(!refused);
                QVERIFY(refused.error().code == ErrorCode::Io);
                const QString said = QString::fromStdString(refused.error().message);
                for (const QString &part :
                     {folder(), QStringLiteral("removed or replaced"),
                      QStringLiteral("another weave-sidecar"), QStringLiteral("--spool-dir")})
                    QVERIFY2(said.contains(part), qPrintable(said));
            }
            QCOMPARE(everything(), QStringList{QString::fromStdString(theirs->path)});
            QCOMPARE(inodeOf(theirs->path), inode);
        }
        // When the other is gone, it goes on beside what that has left.
        const QString left = files().constFirst();
        const ino_t inode = inodeOf(left.toStdString());
        QVERIFY(!store.make("p", 100, SegmentBytes));
        QVERIFY(!store.checkDirectory());
        QVERIFY(store.checkDirectory());
        const auto piece = store.make("p", 100, SegmentBytes);
        QVERIFY(piece);
        QCOMPARE(files(), (QStringList{left, QString::fromStdString(piece->path)}));
        QCOMPARE(inodeOf(left.toStdString()), inode);
    }

    // Their names are those of other files now.
    void whatHasLostItsNameTakesNoOther_data()
    {
        QTest::addColumn<bool>("isWanted");
        QTest::newRow("kept for its next use") << true;
        QTest::newRow("removed at once") << false;
    }

    void whatHasLostItsNameTakesNoOther()
    {
        QFETCH(bool, isWanted);
        std::optional<SegmentStore> store(std::in_place, lock(), limits(), stoppedClock());
        auto delivered = store->make("p", 100, SegmentBytes);
        QVERIFY(delivered);
        loseFolder();
        std::string theirs;
        {
            SegmentStore successor = open();
            const auto piece = successor.make("q", 100, SegmentBytes);
            QVERIFY(piece);
            theirs = piece->path;
        }
        QCOMPARE(theirs, delivered->path);
        const ino_t inode = inodeOf(theirs);
        QVERIFY(!store->checkDirectory()); // it has the new folder now
        store->giveBack(std::move(*delivered), isWanted);
        const auto next = store->make("p", 100, SegmentBytes);
        QVERIFY(next);
        QCOMPARE(files(),
                 (QStringList{QString::fromStdString(theirs), QString::fromStdString(next->path)}));
        store.reset(); // with all that its thread was to do
        QCOMPARE(inodeOf(theirs), inode);
    }

    // Of a process that was killed while it had the folder.
    void namesThatAreTakenArePassedOver()
    {
        SegmentStore store = open();
        for (const char *name : {"/0000000000000001.seg", "/0000000000000002.seg.new"}) {
            QFile file(folder() + QLatin1String(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        const auto piece = store.make("p", 100, SegmentBytes);
        QVERIFY(piece);
        QCOMPARE(QString::fromStdString(piece->path),
                 folder() + QLatin1String("/0000000000000003.seg"));
        QCOMPARE(piece->segment->number(), std::uint64_t(3));
        QCOMPARE(everything().size(), qsizetype(3));
    }

private:
    [[nodiscard]] QString folder() const { return m_folder->filePath(QStringLiteral("spool")); }

    [[nodiscard]] SegmentStore open(std::uint64_t maxBytes = 64 * MiB) const
    {
        return SegmentStore(lock(), limits(maxBytes), stoppedClock());
    }
    [[nodiscard]] SpoolDirectory lock() const
    {
        auto directory = SpoolDirectory::open(folder().toStdString());
        if (!directory)
            qFatal("%s", directory.error().message.c_str());
        return std::move(*directory);
    }
    static SegmentStore::Limits limits(std::uint64_t maxBytes = 64 * MiB)
    {
        return {maxBytes, FullBytes, std::chrono::seconds(10)}; // the machine may be busy
    }
    static WallClock stoppedClock()
    {
        return [] { return std::int64_t(1); };
    }
    void loseFolder() const
    {
        QVERIFY(QDir().rename(folder(), m_folder->filePath(QStringLiteral("moved"))));
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
