#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Line = startLine(startPayload("a/b", "1"));

struct stat statOf(const QString &path)
{
    struct stat found = {};
    ::lstat(QFile::encodeName(path).constData(), &found);
    return found;
}

// A socket that listens at the path, as another program would leave it.
int listenAt(const QString &path)
{
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const QByteArray name = QFile::encodeName(path);
    std::memcpy(address.sun_path, name.constData(), static_cast<std::size_t>(name.size()));
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        qFatal("cannot bind %s", name.constData());
    ::listen(fd, 5);
    return fd;
}

} // namespace

// The path of the real daemon's socket: whose it is, who may use it, and what is left alone.
class SocketProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secondDaemonLeavesTheFirstAlone();
    void foreignListenerIsLeftAlone();
    void staleSocketIsReplaced();
    void killedDaemonIsReplaced();
    void refusedPath_data();
    void refusedPath();
    void tooLongPath();
    void secondDaemonOnTheSameSpool();
    void missingFolder();
    void mode_data();
    void mode();
    void group();
    void replacedPathIsNotRemoved();
};

void SocketProcessTest::secondDaemonLeavesTheFirstAlone()
{
    ProcessFixture f;
    QVERIFY(f.start());
    const auto before = statOf(f.sidecar.socketPath());
    SidecarProcess second(f.sidecar.socketPath());
    QCOMPARE(second.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"),
                              f.sink.url(), QStringLiteral("--socket"), f.sidecar.socketPath(),
                              QStringLiteral("--spool-dir"), QStringLiteral("none")}),
             std::optional(1));
    const QString error = second.standardError();
    QVERIFY2(error.contains(f.sidecar.socketPath()), qPrintable(error));
    QCOMPARE(error.count(QLatin1Char('\n')), 1);
    QCOMPARE(statOf(f.sidecar.socketPath()).st_ino, before.st_ino);
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QVERIFY(f.waitForDelivered(1));
    QVERIFY(f.sidecar.isRunning());

    // After the first has gone, the second may have the place.
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(second.start({QStringLiteral("--backend"), f.sink.url()}));
}

void SocketProcessTest::foreignListenerIsLeftAlone()
{
    ProcessFixture f;
    const int foreign = listenAt(f.sidecar.socketPath());
    const auto before = statOf(f.sidecar.socketPath());
    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"),
                                 f.sink.url(), QStringLiteral("--socket"), f.sidecar.socketPath()}),
             std::optional(1));
    QVERIFY(f.sidecar.standardError().contains(QLatin1String("in use")));
    QCOMPARE(statOf(f.sidecar.socketPath()).st_ino, before.st_ino);
    QVERIFY(!QFileInfo::exists(f.sidecar.socketPath() + QStringLiteral(".lock")));
    ::close(foreign);
}

void SocketProcessTest::staleSocketIsReplaced()
{
    ProcessFixture f;
    ::close(listenAt(f.sidecar.socketPath()));
    QVERIFY(QFileInfo::exists(f.sidecar.socketPath()));
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void SocketProcessTest::killedDaemonIsReplaced()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sidecar.sendSignal(SIGKILL);
    QCOMPARE(f.sidecar.waitForExit(), std::optional<int>());
    QVERIFY(QFileInfo::exists(f.sidecar.socketPath()));
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void SocketProcessTest::refusedPath_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("reason");
    QTest::newRow("file") << QStringLiteral("file") << QStringLiteral("not a socket");
    QTest::newRow("folder") << QStringLiteral("folder") << QStringLiteral("not a socket");
    QTest::newRow("symlink") << QStringLiteral("symlink") << QStringLiteral("symbolic link");
    QTest::newRow("fifo") << QStringLiteral("fifo") << QStringLiteral("not a socket");
}

void SocketProcessTest::refusedPath()
{
    QFETCH(QString, kind);
    QFETCH(QString, reason);
    ProcessFixture f;
    const QString path = f.sidecar.socketPath();
    const QByteArray name = QFile::encodeName(path);
    QVERIFY(f.writeFile(QStringLiteral("target"), "precious"));
    if (kind == QLatin1String("file"))
        QVERIFY(f.writeFile(QStringLiteral("s"), "precious"));
    else if (kind == QLatin1String("folder"))
        QVERIFY(QDir().mkpath(path + QStringLiteral("/inside")));
    else if (kind == QLatin1String("symlink"))
        QVERIFY(QFile::link(f.path(QStringLiteral("target")), path));
    else
        QCOMPARE(::mkfifo(name.constData(), 0600), 0);
    const auto before = statOf(path);

    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"),
                                 f.sink.url(), QStringLiteral("--socket"), path}),
             std::optional(1));
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.contains(path) && error.contains(reason), qPrintable(error));
    QCOMPARE(error.count(QLatin1Char('\n')), 1);
    const auto after = statOf(path);
    QCOMPARE(after.st_ino, before.st_ino);
    QCOMPARE(after.st_mode, before.st_mode);
    QFile target(f.path(QStringLiteral("target")));
    QVERIFY(target.open(QIODevice::ReadOnly));
    QCOMPARE(target.readAll(), QByteArray("precious"));
    if (kind == QLatin1String("folder"))
        QVERIFY(QFileInfo::exists(path + QStringLiteral("/inside")));
    QVERIFY(!QFileInfo::exists(path + QStringLiteral(".lock")));
}

void SocketProcessTest::tooLongPath()
{
    ProcessFixture f;
    const QString path = f.path(QString(120, QLatin1Char('x')));
    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"),
                                 f.sink.url(), QStringLiteral("--socket"), path}),
             std::optional(1));
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.contains(QLatin1String("shorter")) && error.contains(path), qPrintable(error));
    QCOMPARE(QDir(f.folder.path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot).size(), 0);
}

void SocketProcessTest::secondDaemonOnTheSameSpool()
{
    ProcessFixture f;
    QVERIFY(f.start());
    SidecarProcess second(f.sidecar.socketPath() + QStringLiteral("2"));
    QCOMPARE(
        second.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"), f.sink.url(),
                         QStringLiteral("--socket"), f.sidecar.socketPath() + QStringLiteral("2")}),
        std::optional(1));
    const QString error = second.standardError();
    QVERIFY2(error.contains(QLatin1String("weave-sidecar/spool")), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("--spool-dir")), qPrintable(error));
    QCOMPARE(error.count(QLatin1Char('\n')), 1);
    QVERIFY(f.sidecar.isRunning());
}

void SocketProcessTest::missingFolder()
{
    ProcessFixture f;
    const QString path = f.path(QStringLiteral("no/such/folder/s"));
    QCOMPARE(f.sidecar.runToEnd({QStringLiteral("--headless"), QStringLiteral("--backend"),
                                 f.sink.url(), QStringLiteral("--socket"), path}),
             std::optional(1));
    const QString error = f.sidecar.standardError();
    QVERIFY2(error.contains(path) && error.contains(QLatin1String("No such file")),
             qPrintable(error));
}

void SocketProcessTest::mode_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<unsigned>("expected");
    QTest::newRow("default") << QStringList() << 0600U;
    QTest::newRow("0600") << QStringList{QStringLiteral("--socket-mode"), QStringLiteral("0600")}
                          << 0600U;
    QTest::newRow("0660") << QStringList{QStringLiteral("--socket-mode"), QStringLiteral("0660")}
                          << 0660U;
}

void SocketProcessTest::mode()
{
    QFETCH(QStringList, arguments);
    QFETCH(unsigned, expected);
    ProcessFixture f;
    const mode_t oldMask = ::umask(0); // the child inherits it: it must not matter
    const bool started = f.start(arguments);
    ::umask(oldMask);
    QVERIFY(started);
    const auto found = statOf(f.sidecar.socketPath());
    QVERIFY(S_ISSOCK(found.st_mode));
    QCOMPARE(found.st_mode & 0777U, expected);
    QCOMPARE(statOf(f.sidecar.socketPath() + QStringLiteral(".lock")).st_mode & 0777U, 0600U);
}

void SocketProcessTest::group()
{
    ProcessFixture f;
    const gid_t wanted = ::geteuid() == 0 ? 1 : ::getegid();
    QVERIFY(f.start({QStringLiteral("--socket-mode"), QStringLiteral("0660"),
                     QStringLiteral("--socket-group"), QString::number(wanted)}));
    QCOMPARE(statOf(f.sidecar.socketPath()).st_gid, wanted);
    QCOMPARE(statOf(f.sidecar.socketPath()).st_mode & 0777U, 0660U);
}

// What somebody else has put in the socket's place is not the daemon's to remove.
void SocketProcessTest::replacedPathIsNotRemoved()
{
    ProcessFixture f;
    QVERIFY(f.start());
    QVERIFY(QFile::remove(f.sidecar.socketPath()));
    QVERIFY(f.writeFile(QStringLiteral("s"), "somebody else's"));
    f.sidecar.sendSignal(SIGTERM);
    QCOMPARE(f.sidecar.waitForExit(), std::optional(0));
    QVERIFY(QFileInfo::exists(f.sidecar.socketPath()));
}

QTEST_GUILESS_MAIN(SocketProcessTest)
#include "tst_socket_process.moc"
