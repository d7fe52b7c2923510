#include "spool/spooldirectory.h"

#include "unit/text.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <optional>
#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstSpoolDirectory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void makesParents();
    void isMadePrivate();
    void isNotTakenFromOthers();
    void oneAtATime();
    void whatIsNoFolder_data();
    void whatIsNoFolder();
    void whyThereIsNoFolderAbove();
    void aFolderOfSomebodyElse();
    void aLockThatCannotBeOpened();
    void namesOfSegments();
    void findsSegmentsInOrder();
    void noticesThatItIsGone();
    void noticesThatAnotherTookItsPlace();
    void cannotBeRestored();
    void quarantine();
    void quarantineThatCannotBeMade();

private:
    [[nodiscard]] QString path(const QString &name = {}) const
    {
        return m_parent->filePath(u"spool"_s) + name;
    }
    // The directory that every test but the odd ones works in.
    [[nodiscard]] SpoolDirectory open() const
    {
        auto directory = SpoolDirectory::open(path().toStdString());
        if (!directory)
            qFatal("%s", directory.error().message.c_str());
        return std::move(*directory);
    }
    static void write(const QString &filePath, const QByteArray &bytes)
    {
        QFile file(filePath);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static QByteArray read(const QString &filePath)
    {
        QFile file(filePath);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    std::optional<QTemporaryDir> m_parent;
};

void TstSpoolDirectory::init()
{
    m_parent.emplace();
    QVERIFY(m_parent->isValid());
}

void TstSpoolDirectory::makesParents()
{
    const QString deep = path(u"/a/b/c"_s);
    const auto directory = SpoolDirectory::open(deep.toStdString());
    QVERIFY(directory);
    QCOMPARE(QString::fromStdString(directory->path()), deep);
    QVERIFY(QFile::exists(deep + u"/lock"_s));
}

void TstSpoolDirectory::isMadePrivate()
{
    QVERIFY(QDir().mkdir(path()));
    QVERIFY(QFile::setPermissions(path(),
                                  QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner
                                      | QFile::ReadOther | QFile::ExeOther));
    const auto directory = open();
    QVERIFY(!(QFile::permissions(path()) & (QFile::ReadOther | QFile::ExeOther)));
}

// With --spool-dir /tmp, nobody else could use /tmp any more.
void TstSpoolDirectory::isNotTakenFromOthers()
{
    const auto shared =
        QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther;
    QVERIFY(QDir().mkpath(path(u"/lost+found"_s)));
    write(path(u"/letter"_s), "somebody's");
    QVERIFY(QFile::setPermissions(path(), shared));
    const auto directory = SpoolDirectory::open(path().toStdString());
    QVERIFY(!directory);
    QVERIFY(directory.error().code == ErrorCode::InvalidArgument);
    QVERIFY(directory.error().message.find("other things") != std::string::npos);
    QVERIFY(QFile::permissions(path()) & QFile::ReadOther);
    QVERIFY(!QFile::exists(path(u"/lock"_s)));

    QVERIFY(QFile::rename(path(u"/letter"_s), path(u"/lock"_s))); // a spool that somebody opened
    QVERIFY(SpoolDirectory::open(path().toStdString()));
    QVERIFY(!(QFile::permissions(path()) & QFile::ReadOther));

    QVERIFY(QFile::remove(path(u"/lock"_s))); // a disk of its own
    QVERIFY(QFile::setPermissions(path(), shared));
    QVERIFY(SpoolDirectory::open(path().toStdString()));

    QVERIFY(QFile::remove(path(u"/lock"_s))); // a copy of a spool, as from a backup
    write(path(u"/0000000000000001.seg"_s), "calls");
    QVERIFY(QFile::setPermissions(path(), shared));
    QVERIFY(SpoolDirectory::open(path().toStdString()));
}

void TstSpoolDirectory::oneAtATime()
{
    std::optional<SpoolDirectory> first(open());
    const auto second = SpoolDirectory::open(path().toStdString());
    QVERIFY(!second);
    QVERIFY(second.error().code == ErrorCode::InUse);
    QVERIFY(second.error().message.find(path().toStdString()) != std::string::npos);
    first.reset();
    QVERIFY(SpoolDirectory::open(path().toStdString()));
}

void TstSpoolDirectory::whatIsNoFolder_data()
{
    QTest::addColumn<bool>("isLink");
    QTest::newRow("a file") << false;
    QTest::newRow("a link to a folder") << true;
}

void TstSpoolDirectory::whatIsNoFolder()
{
    QFETCH(bool, isLink);
    if (isLink) {
        QVERIFY(QDir().mkdir(m_parent->filePath(u"elsewhere"_s)));
        QVERIFY(QFile::link(m_parent->filePath(u"elsewhere"_s), path()));
    } else {
        write(path(), "a file");
    }
    const auto directory = SpoolDirectory::open(path().toStdString());
    QVERIFY(!directory);
    QVERIFY(directory.error().code == ErrorCode::InvalidArgument);
    QVERIFY(directory.error().message.find("is not a folder") != std::string::npos);
    // Below a file nothing can be made at all.
    if (!isLink) {
        const auto below = SpoolDirectory::open(path(u"/below"_s).toStdString());
        QVERIFY(!below);
        QVERIFY(below.error().code == ErrorCode::Io);
        QVERIFY(below.error().message.ends_with("choose another --spool-dir"));
    }
}

// Not that it is not there, but why it cannot be made.
void TstSpoolDirectory::whyThereIsNoFolderAbove()
{
    constexpr uid_t Nobody = 65534;
    const QByteArray parent = m_parent->path().toUtf8();
    QVERIFY(QDir().mkdir(m_parent->filePath(u"locked"_s)));
    QCOMPARE(::chmod(parent.constData(), 0755), 0);
    QCOMPARE(::chmod((parent + "/locked").constData(), 0555), 0);
    const bool isRoot = ::geteuid() == 0; // who may write everywhere
    QCOMPARE(isRoot ? ::seteuid(Nobody) : 0, 0);
    const auto directory = SpoolDirectory::open(parent.toStdString() + "/locked/state/spool");
    QCOMPARE(isRoot ? ::seteuid(0) : 0, 0);
    QVERIFY(!directory);
    QVERIFY2(directory.error().message.find("Permission denied") != std::string::npos,
             directory.error().message.c_str());
}

void TstSpoolDirectory::aFolderOfSomebodyElse()
{
    constexpr uid_t Nobody = 65534;
    QVERIFY(QDir().mkdir(path()));
    if (::chown(path().toUtf8().constData(), Nobody, static_cast<gid_t>(-1)) != 0)
        QSKIP("only root can give a folder away");
    const auto directory = SpoolDirectory::open(path().toStdString());
    QVERIFY(!directory);
    QVERIFY(directory.error().code == ErrorCode::InvalidArgument);
    QVERIFY(directory.error().message.find("another user") != std::string::npos);
}

void TstSpoolDirectory::aLockThatCannotBeOpened()
{
    QVERIFY(QDir().mkpath(path(u"/lock"_s)));
    const auto directory = SpoolDirectory::open(path().toStdString());
    QVERIFY(!directory);
    QVERIFY(directory.error().code == ErrorCode::Io);
    QVERIFY(directory.error().message.find("/lock") != std::string::npos);
}

void TstSpoolDirectory::namesOfSegments()
{
    const auto directory = open();
    const std::string base = path().toStdString();
    QCOMPARE(directory.segmentPath(1), base + "/0000000000000001.seg");
    QCOMPARE(directory.segmentPath(0xFEDCBA9876543210ULL), base + "/fedcba9876543210.seg");
}

void TstSpoolDirectory::findsSegmentsInOrder()
{
    std::uint64_t quarantined = 0;
    const auto directory = open();
    QVERIFY(directory.segmentFiles(quarantined)->empty());
    for (const std::uint64_t number : {10ULL, 9ULL, 255ULL, 1ULL})
        write(QString::fromStdString(directory.segmentPath(number)), "bytes");
    write(path(u"/notes.txt"_s), "left alone");
    const QStringList odd = {u"1.seg"_s, u"000000000000000g.seg"_s, u"00000000000000011.seg"_s,
                             u".seg"_s};
    for (const QString &name : odd)
        write(path(u"/"_s + name), "put aside");

    const auto found = directory.segmentFiles(quarantined);
    QVERIFY(found);
    const auto &files = *found;
    QCOMPARE(quarantined, std::uint64_t(4));
    QCOMPARE(files.size(), std::size_t(4));
    std::size_t place = 0;
    for (const std::uint64_t number : {1ULL, 9ULL, 10ULL, 255ULL}) {
        QCOMPARE(files[place].number, number);
        QCOMPARE(files[place].path, directory.segmentPath(number));
        ++place;
    }
    QVERIFY(QFile::exists(path(u"/notes.txt"_s)));
    for (const QString &name : odd) {
        QVERIFY(!QFile::exists(path(u"/"_s + name)));
        QCOMPARE(read(path(u"/quarantine/"_s + name)), "put aside"_ba);
    }
}

void TstSpoolDirectory::noticesThatItIsGone()
{
    std::uint64_t quarantined = 0;
    auto directory = open();
    QVERIFY(directory.isInPlace());
    QVERIFY(QDir(path()).removeRecursively());
    QVERIFY(!directory.isInPlace());
    const auto files = directory.segmentFiles(quarantined);
    QVERIFY(!files);
    QVERIFY(files.error().code == ErrorCode::Io);
    QVERIFY(files.error().message.find(path().toStdString()) != std::string::npos);
    QVERIFY(directory.restore());
    QVERIFY(directory.isInPlace());
    QVERIFY(!SpoolDirectory::open(path().toStdString())); // locked again
}

void TstSpoolDirectory::noticesThatAnotherTookItsPlace()
{
    auto directory = open();
    QVERIFY(QDir().rename(path(), m_parent->filePath(u"moved"_s)));
    QVERIFY(!directory.isInPlace());
    const auto other = SpoolDirectory::open(path().toStdString());
    QVERIFY(other);
    QVERIFY(!directory.isInPlace());
    const auto restored = directory.restore();
    QVERIFY(!restored);
    QVERIFY(restored.error().code == ErrorCode::InUse);
}

void TstSpoolDirectory::cannotBeRestored()
{
    auto directory = open();
    QVERIFY(QDir(path()).removeRecursively());
    write(path(), "a file in its place");
    QVERIFY(!directory.restore());
    QVERIFY(!directory.isInPlace());
}

void TstSpoolDirectory::quarantine()
{
    const auto directory = open();
    write(path(u"/0000000000000007.seg"_s), "a whole file");
    QVERIFY(directory.quarantineFile(directory.segmentPath(7)));
    QVERIFY(!QFile::exists(path(u"/0000000000000007.seg"_s)));
    QCOMPARE(read(path(u"/quarantine/0000000000000007.seg"_s)), "a whole file"_ba);

    directory.quarantineBytes(7, 123, toView("a\0few bytes"_ba));
    QCOMPARE(read(path(u"/quarantine/0000000000000007-123.bytes"_s)), "a\0few bytes"_ba);
    directory.quarantineBytes(7, 123, toView("a\0few bytes"_ba)); // after a kill in the recovery
    QCOMPARE(QDir(path(u"/quarantine"_s)).entryList(QDir::Files).size(), 2);

    // Numbers begin again with an empty spool; nothing that was put aside before is lost.
    write(path(u"/0000000000000007.seg"_s), "another file");
    QVERIFY(directory.quarantineFile(directory.segmentPath(7)));
    directory.quarantineBytes(7, 123, "other bytes");
    QCOMPARE(read(path(u"/quarantine/0000000000000007.seg"_s)), "a whole file"_ba);
    QCOMPARE(read(path(u"/quarantine/0000000000000007.seg-1"_s)), "another file"_ba);
    QCOMPARE(read(path(u"/quarantine/0000000000000007-123.bytes"_s)), "a\0few bytes"_ba);
    QCOMPARE(read(path(u"/quarantine/0000000000000007-123.bytes-1"_s)), "other bytes"_ba);
}

// The daemon has to start all the same.
void TstSpoolDirectory::quarantineThatCannotBeMade()
{
    const auto directory = open();
    write(path(u"/quarantine"_s), "a file in the way");
    write(path(u"/0000000000000007.seg"_s), "a whole file");
    QVERIFY(!directory.quarantineFile(directory.segmentPath(7)));
    QCOMPARE(read(path(u"/0000000000000007.seg"_s)), "a whole file"_ba);
    directory.quarantineBytes(7, 0, "bytes");
    QCOMPARE(read(path(u"/quarantine"_s)), "a file in the way"_ba);
}

QTEST_APPLESS_MAIN(TstSpoolDirectory)
#include "tst_spooldirectory.moc"
