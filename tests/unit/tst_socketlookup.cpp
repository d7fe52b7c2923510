#include "config/socketlookup.h"

#include "unit/settings.h"
#include "unit/text.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstSocketLookup final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void places();
    void relativeRuntimeDirectoryIsIgnored();
    void firstThatIsThere();
    void onlySocketsCount();
    void usableOnesFirst();
    void givenPathWins_data();
    void givenPathWins();
    void servicesReload();
    void userServiceIsFound();
    void defaultWithoutAny();
    void roomForOwnDaemon();

private:
    [[nodiscard]] std::string path(const QString &name) const
    {
        return m_folder->filePath(name).toStdString();
    }
    // A socket that nobody listens on.
    [[nodiscard]] std::string socketAt(const QString &name) const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TstSocketLookup::init()
{
    m_folder = std::make_unique<QTemporaryDir>(u"/tmp/wkXXXXXX"_s);
}

std::string TstSocketLookup::socketAt(const QString &name) const
{
    const std::string place = path(name);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, place.c_str(), place.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const int bound = ::bind(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address);
    ::close(fd);
    return bound == 0 ? place : "cannot bind";
}

void TstSocketLookup::places()
{
    const auto found = socketPlaces(environmentOf({{"XDG_RUNTIME_DIR", "/run/user/7"}}));
    QCOMPARE(found.size(), std::size_t{3});
    QCOMPARE(toBytes(found[0]), "/run/user/7/weave-sidecar/weave-sidecar.sock"_ba);
    QCOMPARE(toBytes(found[1]), "/run/weave-sidecar/weave-sidecar.sock"_ba);
    QCOMPARE(toBytes(found[2]), "/tmp/weave_sidecar.sock"_ba);
}

void TstSocketLookup::relativeRuntimeDirectoryIsIgnored()
{
    QCOMPARE(socketPlaces(environmentOf({{"XDG_RUNTIME_DIR", "run"}})).size(), std::size_t{2});
    QCOMPARE(socketPlaces(environmentOf({{"XDG_RUNTIME_DIR", ""}})).size(), std::size_t{2});
}

void TstSocketLookup::firstThatIsThere()
{
    const std::string second = socketAt(u"b"_s);
    const std::string third = socketAt(u"c"_s);
    QCOMPARE(toBytes(firstSocket({path(u"a"_s), second, third})), toBytes(second));
    QCOMPARE(toBytes(firstSocket({third, second})), toBytes(third));
    QVERIFY(firstSocket({path(u"a"_s)}).empty());
    QVERIFY(firstSocket({}).empty());
}

void TstSocketLookup::onlySocketsCount()
{
    const std::string socket = socketAt(u"socket"_s);
    QFile file(m_folder->filePath(u"file"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(QFile::link(m_folder->filePath(u"socket"_s), m_folder->filePath(u"link"_s)));
    QVERIFY(QDir(m_folder->path()).mkdir(u"folder"_s));
    QCOMPARE(toBytes(firstSocket({path(u"file"_s), path(u"link"_s), path(u"folder"_s), socket})),
             toBytes(socket));
}

// The system's service is not everybody's.
void TstSocketLookup::usableOnesFirst()
{
    if (::geteuid() == 0)
        QSKIP("root may use every socket");
    const std::string closed = socketAt(u"closed"_s);
    const std::string open = socketAt(u"open"_s);
    QCOMPARE(::chmod(closed.c_str(), 0), 0);
    QCOMPARE(toBytes(firstSocket({closed, open})), toBytes(open));
    QCOMPARE(toBytes(firstSocket({path(u"none"_s), closed})), toBytes(closed));
}

void TstSocketLookup::givenPathWins_data()
{
    QTest::addColumn<int>("source");
    QTest::newRow("flag") << static_cast<int>(Options::Source::Flag);
    QTest::newRow("variable") << static_cast<int>(Options::Source::Variable);
    QTest::newRow("file") << static_cast<int>(Options::Source::File);
}

void TstSocketLookup::givenPathWins()
{
    QFETCH(int, source);
    QVERIFY(QDir(m_folder->path()).mkdir(u"weave-sidecar"_s));
    QVERIFY(socketAt(u"weave-sidecar/weave-sidecar.sock"_s) != "cannot bind");
    Options options;
    options.set("socket", "/given/path", static_cast<Options::Source>(source));
    const Environment variables =
        environmentOf({{"XDG_RUNTIME_DIR", m_folder->path().toStdString()}});
    QCOMPARE(toBytes(clientSocketPath(options, variables)), "/given/path"_ba);
}

// ExecReload= of the units: the daemon does not go by a line of the files where systemd has made
// its socket.
void TstSocketLookup::servicesReload()
{
    QVERIFY(QDir(m_folder->path()).mkdir(u"weave-sidecar"_s));
    const std::string service = socketAt(u"weave-sidecar/weave-sidecar.sock"_s);
    const Environment variables =
        environmentOf({{"XDG_RUNTIME_DIR", m_folder->path().toStdString()}, {"MAINPID", "4711"}});
    const auto found = [&variables](const std::string &named, Options::Source source) {
        Options options;
        options.set("socket", named, source);
        return toBytes(clientSocketPath(options, variables));
    };
    QCOMPARE(found("/no/socket", Options::Source::File), toBytes(service));
    // The unit has another ListenStream=, and the line is for clients.
    const std::string moved = socketAt(u"moved"_s);
    QCOMPARE(found(moved, Options::Source::File), toBytes(moved));
    QCOMPARE(found("/no/socket", Options::Source::Flag), "/no/socket"_ba);
    QCOMPARE(found("/no/socket", Options::Source::Variable), "/no/socket"_ba);
}

void TstSocketLookup::userServiceIsFound()
{
    QVERIFY(QDir(m_folder->path()).mkdir(u"weave-sidecar"_s));
    const std::string socket = socketAt(u"weave-sidecar/weave-sidecar.sock"_s);
    const Environment variables =
        environmentOf({{"XDG_RUNTIME_DIR", m_folder->path().toStdString()}});
    QCOMPARE(toBytes(clientSocketPath(Options(), variables)), toBytes(socket));
}

void TstSocketLookup::defaultWithoutAny()
{
    const Environment variables =
        environmentOf({{"XDG_RUNTIME_DIR", m_folder->path().toStdString()}});
    const std::vector<std::string> places = socketPlaces(variables);
    if (!firstSocket(places).empty())
        QSKIP("this machine has a weave-sidecar");
    QCOMPARE(toBytes(clientSocketPath(Options(), variables)), "/tmp/weave_sidecar.sock"_ba);
}

// One that may not use the system's service starts its own, and finds it then.
void TstSocketLookup::roomForOwnDaemon()
{
    const Environment variables =
        environmentOf({{"XDG_RUNTIME_DIR", m_folder->path().toStdString()}});
    if (!firstSocket(socketPlaces(variables)).empty())
        QSKIP("this machine has a weave-sidecar");
    QVERIFY(isRoomForOwnDaemon(Options(), variables));
    QVERIFY(QDir(m_folder->path()).mkdir(u"weave-sidecar"_s));
    const std::string socket = socketAt(u"weave-sidecar/weave-sidecar.sock"_s);
    QVERIFY(!isRoomForOwnDaemon(Options(), variables));
    if (::geteuid() == 0)
        QSKIP("root may use every socket");
    QCOMPARE(::chmod(socket.c_str(), 0), 0);
    QVERIFY(isRoomForOwnDaemon(Options(), variables));
    Options options;
    options.set("socket", "/given/path", Options::Source::File);
    QVERIFY(!isRoomForOwnDaemon(options, variables));
}

QTEST_APPLESS_MAIN(TstSocketLookup)
#include "tst_socketlookup.moc"
