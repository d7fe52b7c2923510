#include "app/doctor/backendcheck.h"
#include "app/doctor/diskcheck.h"
#include "app/doctor/filecheck.h"
#include "app/doctor/socketcheck.h"
#include "ingest/listeningsocket.h"
#include "integration/findings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

using Level = Finding::Level;

namespace {

// A user that is neither root nor the one who runs the test.
const Identity Stranger{54'321, {54'321}};

Result<ListeningSocket> listenAt(const std::string &path)
{
    return ListeningSocket::open({path, 0600, std::nullopt});
}

// Root may look everywhere; this process may not while there is one of these.
class NotRoot final
{
public:
    NotRoot() { isOn = ::geteuid() != 0 || ::seteuid(Nobody) == 0; }
    ~NotRoot()
    {
        if (::seteuid(m_before) != 0)
            qFatal("cannot become the test's user again");
    }
    NotRoot(const NotRoot &) = delete;
    NotRoot &operator=(const NotRoot &) = delete;

    bool isOn = false;

private:
    static constexpr uid_t Nobody = 65'534;
    const uid_t m_before = ::geteuid();
};

} // namespace

// What the doctor finds in the file system.
class DoctorChecksTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void socketIsMissing();
    void socketIsAFile();
    void socketIsStale();
    void socketIsSilent();
    void socketOfAnother();
    void socketInAnOpenFolder();
    void socketAccess();
    void spoolFolder();
    void spoolIsMissing();
    void keyFile();
    void configFile();
    void filesInAClosedFolder();
    void fileBackend();
    void fileBackendOfAnother();
    void disk();
    void diskOfAPath();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_folder->filePath(QString::fromLatin1(name));
    }
    [[nodiscard]] std::string file(const char *name, mode_t mode) const
    {
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly))
            file.write("text");
        ::chmod(path(name).toUtf8().constData(), mode);
        return path(name).toStdString();
    }
    [[nodiscard]] std::string folder(const char *name, mode_t mode) const
    {
        ::mkdir(path(name).toUtf8().constData(), 0700);
        ::chmod(path(name).toUtf8().constData(), mode);
        return path(name).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    const Identity m_me = Identity::ofThisProcess();
};

void DoctorChecksTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>(u"/tmp/wdXXXXXX"_s);
}

void DoctorChecksTest::socketIsMissing()
{
    const SocketReport found = checkSocket(path("s").toStdString(), m_me);
    QCOMPARE(found.findings.size(), 1U);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY(textOf(found.findings).contains(path("s").toUtf8()));
    QVERIFY(textOf(found.findings).contains("-> start weave-sidecar"));
    QVERIFY(!found.owner);
    QVERIFY(found.status.isEmpty());
}

void DoctorChecksTest::socketIsAFile()
{
    const SocketReport found = checkSocket(file("s", 0600), m_me);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY(textOf(found.findings).contains("not a socket"));
}

void DoctorChecksTest::socketIsStale()
{
    {
        auto socket = listenAt(path("s").toStdString());
        QVERIFY(socket);
        QVERIFY(QFile::rename(path("s"), path("left"))); // its end does not remove it there
    }
    const SocketReport found = checkSocket(path("left").toStdString(), m_me);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY2(textOf(found.findings).contains("nobody answers"), textOf(found.findings).constData());
    QCOMPARE(found.owner.value_or(99'999), m_me.user);
}

// Something listens and takes nobody: as a daemon that hangs. The client gives up by itself.
void DoctorChecksTest::socketIsSilent()
{
    const auto socket = listenAt(path("s").toStdString());
    QVERIFY(socket);
    const SocketReport found = checkSocket(path("s").toStdString(), m_me);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY2(textOf(found.findings).contains("if it hangs"), textOf(found.findings).constData());
    QVERIFY(found.status.isEmpty());
}

void DoctorChecksTest::socketOfAnother()
{
    const auto socket = listenAt(path("s").toStdString());
    QVERIFY(socket);
    const SocketReport found = checkSocket(path("s").toStdString(), Stranger);
    QVERIFY(worst(found.findings) == Level::Problem);
    QVERIFY2(textOf(found.findings).contains("uid 54321 may not connect"),
             textOf(found.findings).constData());
    QVERIFY(textOf(found.findings).contains("mode 0600"));
    QVERIFY(textOf(found.findings).contains("--socket-group"));
}

void DoctorChecksTest::socketInAnOpenFolder()
{
    const std::string open = folder("open", 0777);
    const auto socket = listenAt(open + "/s");
    QVERIFY(socket);
    // A stranger is turned away before anybody has to answer.
    QVERIFY(textOf(checkSocket(open + "/s", Stranger).findings).contains("everybody may replace"));
    QCOMPARE(::chmod(open.c_str(), 01777), 0); // as /tmp
    QVERIFY(!textOf(checkSocket(open + "/s", Stranger).findings).contains("everybody"));
    QCOMPARE(::chmod(open.c_str(), 0775), 0);
    QVERIFY(!textOf(checkSocket(open + "/s", Stranger).findings).contains("everybody"));
}

void DoctorChecksTest::socketAccess()
{
    const Finding alone = judgeAccess(54'321, 54'322, 0600);
    QVERIFY(alone.level == Level::Ok);
    QVERIFY2(textOf(alone).contains("uid 54321 and root may connect"), textOf(alone).constData());
    const Finding shared = judgeAccess(54'321, 54'322, 0660);
    QVERIFY(shared.level == Level::Ok);
    QVERIFY2(textOf(shared).contains("group gid 54322"), textOf(shared).constData());
    const Finding open = judgeAccess(54'321, 54'322, 0666);
    QVERIFY(open.level == Level::Warning);
    QVERIFY(textOf(open).contains("every user"));
    for (const mode_t mode : {0600, 0660})
        QCOMPARE(textOf(judgeAccess(0, 54'322, mode)).count("root"), 1);
}

void DoctorChecksTest::spoolFolder()
{
    const std::string good = folder("spool", 0700);
    QVERIFY(checkSpoolFolder(good, m_me.user, m_me).level == Level::Ok);
    const Finding open = checkSpoolFolder(folder("open", 0750), m_me.user, m_me);
    QVERIFY(open.level == Level::Warning);
    QVERIFY(textOf(open).contains("0750"));
    QVERIFY(textOf(open).contains("chmod 0700"));
    QVERIFY(QDir(path("open")).mkdir(QStringLiteral("somebody's")));
    const Finding shared = checkSpoolFolder(path("open").toStdString(), m_me.user, m_me);
    QVERIFY(shared.level == Level::Problem);
    QVERIFY2(textOf(shared).contains("other things"), textOf(shared).constData());
    const Finding foreign = checkSpoolFolder(good, Stranger.user, m_me);
    QVERIFY(foreign.level == Level::Problem);
    QVERIFY2(textOf(foreign).contains("the daemon runs as uid 54321"), textOf(foreign).constData());
    QVERIFY(checkSpoolFolder(file("file", 0600), m_me.user, m_me).level == Level::Problem);
    QVERIFY(QFile::link(path("spool"), path("link")));
    QVERIFY(checkSpoolFolder(path("link").toStdString(), m_me.user, m_me).level == Level::Problem);
    // Below a file nothing can be looked at.
    QVERIFY(checkSpoolFolder(path("file/spool").toStdString(), m_me.user, m_me).level
            == Level::Warning);
}

void DoctorChecksTest::spoolIsMissing()
{
    const Finding missing = checkSpoolFolder(path("a/b/c").toStdString(), m_me.user, m_me);
    QVERIFY(missing.level == Level::Ok);
    QVERIFY(textOf(missing).contains("makes it"));
    if (m_me.isRoot())
        QSKIP("root may write everywhere");
    const std::string closed = folder("closed", 0500);
    const Finding impossible = checkSpoolFolder(closed + "/spool", m_me.user, m_me);
    QVERIFY(impossible.level == Level::Problem);
    QVERIFY(textOf(impossible).contains("cannot make it"));
    const Finding unwritable = checkSpoolFolder(closed, m_me.user, m_me);
    QVERIFY(unwritable.level == Level::Problem);
}

void DoctorChecksTest::keyFile()
{
    QVERIFY(checkKeyFile(file("good", 0600), m_me).level == Level::Ok);
    QVERIFY(checkKeyFile(file("credential", 0400), m_me).level == Level::Ok);
    const Finding open = checkKeyFile(file("open", 0640), m_me);
    QVERIFY(open.level == Level::Warning);
    QVERIFY(textOf(open).contains("chmod 0600"));
    QVERIFY(!textOf(open).contains("text")); // what is in it
    QVERIFY(checkKeyFile(path("none").toStdString(), m_me).level == Level::Problem);
}

void DoctorChecksTest::configFile()
{
    QVERIFY(checkConfigFile(file("good", 0644), false).level == Level::Ok);
    QVERIFY(checkConfigFile(path("none").toStdString(), true).level == Level::Ok);
    const Finding writable = checkConfigFile(file("writable", 0664), false);
    QVERIFY(writable.level == Level::Warning);
    QVERIFY(textOf(writable).contains("go-w"));
    const Finding readable = checkConfigFile(file("readable", 0644), true);
    QVERIFY(readable.level == Level::Warning);
    QVERIFY(textOf(readable).contains("API key"));
    QVERIFY(checkConfigFile(file("private", 0600), true).level == Level::Ok);
}

// What this user may not look at is not said to be absent.
void DoctorChecksTest::filesInAClosedFolder()
{
    const std::string closed = folder("closed", 0700);
    const std::string below = file("file", 0600) + "/config.toml";
    QVERIFY(checkConfigFile(below, false).level == Level::Ok); // nothing can be there
    QCOMPARE(::chmod(closed.c_str(), 0), 0);
    const NotRoot me;
    QVERIFY(me.isOn);
    const Finding found = checkConfigFile(closed + "/config.toml", false);
    QVERIFY(found.level == Level::Warning);
    QVERIFY2(textOf(found).contains("cannot look at " + QByteArray::fromStdString(closed)
                                    + "/config.toml: Permission denied"),
             textOf(found).constData());
    QVERIFY(textOf(found).contains("-> run this as root or as the daemon's user"));
    const auto space = diskSpaceAt(closed + "/spool"); // which may be a file system of its own
    QVERIFY(!space);
    QVERIFY(space.error().message.ends_with("Permission denied"));
}

void DoctorChecksTest::fileBackend()
{
    const auto check = [this](const std::string &path) {
        return checkFileBackend(path, m_me.user, m_me, false);
    };
    QVERIFY(check(path("calls.ndjson").toStdString()).level == Level::Ok);
    QVERIFY(check(file("calls.ndjson", 0600)).level == Level::Ok);
    QVERIFY(check(path("none/calls.ndjson").toStdString()).level == Level::Problem);
    QVERIFY(check(folder("folder", 0700)).level == Level::Problem);
    // No daemon has told whose it is.
    QVERIFY(checkFileBackend(path("calls.ndjson").toStdString(), std::nullopt, m_me, false).level
            == Level::Ok);
    const std::string closed = folder("closed", 0);
    const NotRoot me;
    QVERIFY(me.isOn);
    const Finding mine =
        checkFileBackend(closed + "/x", ::geteuid(), Identity::ofThisProcess(), false);
    QVERIFY(mine.level == Level::Problem); // the daemon may not either
    QVERIFY2(textOf(mine).contains("Permission denied"), textOf(mine).constData());
    QVERIFY(checkFileBackend(closed + "/x", std::nullopt, Identity::ofThisProcess(), false).level
            == Level::Warning);
}

// Whether the daemon's user may write is not known to who is another one, root among them.
void DoctorChecksTest::fileBackendOfAnother()
{
    const auto check = [this](const std::string &path, bool daemonWrites) {
        return checkFileBackend(path, Stranger.user, m_me, daemonWrites);
    };
    const std::string calls = file("calls.ndjson", 0600);
    const Finding found = check(calls, false);
    QVERIFY(found.level == Level::Warning);
    QVERIFY2(textOf(found).contains("uid 54321 may write " + QByteArray::fromStdString(calls)),
             textOf(found).constData());
    QVERIFY(textOf(found).contains("-> run this as uid 54321"));
    QVERIFY(check(path("new.ndjson").toStdString(), false).level == Level::Warning);
    QVERIFY(check(calls, true).level == Level::Ok);
    // This is so for everybody.
    QVERIFY(check(path("none/calls.ndjson").toStdString(), false).level == Level::Problem);
    QVERIFY(check(folder("folder", 0700), false).level == Level::Problem);
    QCOMPARE(::chmod(folder("closed", 0700).c_str(), 0), 0);
    const NotRoot me;
    QVERIFY(me.isOn);
    const Identity caller = Identity::ofThisProcess();
    const std::string hidden = path("closed/calls.ndjson").toStdString();
    const Finding unseen = checkFileBackend(hidden, Stranger.user, caller, false);
    QVERIFY(unseen.level == Level::Warning);
    QVERIFY2(textOf(unseen).contains("Permission denied"), textOf(unseen).constData());
    QVERIFY(checkFileBackend(hidden, Stranger.user, caller, true).level == Level::Ok);
}

void DoctorChecksTest::disk()
{
    constexpr std::uint64_t MiB = 1024 * 1024;
    const auto judge = [](const DiskSpace &space, std::uint64_t used, std::uint64_t max) {
        return judgeDisk("/spool", space, used, max);
    };
    QVERIFY(judge({.freeBytes = 100 * MiB}, 0, 100 * MiB).level == Level::Ok);
    // What the spool has already, it need not be given once more.
    QVERIFY(judge({.freeBytes = 30 * MiB}, 70 * MiB, 100 * MiB).level == Level::Ok);
    QVERIFY(judge({.freeBytes = 1 * MiB}, 100 * MiB, 100 * MiB).level == Level::Ok);
    const Finding small = judge({.freeBytes = 50 * MiB}, 0, 100 * MiB);
    QVERIFY(small.level == Level::Warning);
    QVERIFY2(textOf(small).contains("50 MiB") && textOf(small).contains("100 MiB"),
             textOf(small).constData());
    const Finding full = judge({.freeBytes = 1 * MiB}, 0, 100 * MiB);
    QVERIFY(full.level == Level::Problem);
    QVERIFY(textOf(full).contains("full"));
    const Finding readOnly = judge({.freeBytes = 500 * MiB, .isReadOnly = true}, 0, MiB);
    QVERIFY(readOnly.level == Level::Problem);
    QVERIFY(textOf(readOnly).contains("read-only"));
    const Finding crowded = judge({.freeBytes = 500 * MiB, .hasFreeFiles = false}, 0, MiB);
    QVERIFY(crowded.level == Level::Problem);
    const Finding inMemory = judge({.freeBytes = 500 * MiB, .isInMemory = true}, 0, MiB);
    QVERIFY(inMemory.level == Level::Warning);
}

void DoctorChecksTest::diskOfAPath()
{
    // Not there yet: the one above counts.
    const auto space = diskSpaceAt(path("not/there").toStdString());
    QVERIFY(space);
    QCOMPARE_GT(space->freeBytes, 0U);
    QVERIFY(!space->isReadOnly);
    QVERIFY(space->hasFreeFiles);
    if (!QFileInfo::exists(u"/dev/shm"_s))
        QSKIP("no file system in memory");
    QVERIFY(diskSpaceAt("/dev/shm/spool")->isInMemory);
}

QTEST_GUILESS_MAIN(DoctorChecksTest)
#include "tst_doctorchecks.moc"
