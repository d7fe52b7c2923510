#include "fakes/fakeclient.h"
#include "ingest/listeningsocket.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;

class ListeningSocketTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void listensAtThePath();
    void secondIsRefused();
    void placeIsFreeAfterTheEnd();
    void removesOnlyItsOwn();
    void lockAloneIsEnough();
    void leftOverLockFileDoesNotMatter();
    void leftOverTemporaryDoesNotMatter();
    void lockMayBeNoSymlink();
    void longestPath();
    void refusalLeavesNothingBehind();
    void folderThatIsMissing();
    void groupThatIsNotOurs();

private:
    [[nodiscard]] SocketOptions options() const { return {m_path.toStdString(), 0600, {}}; }
    [[nodiscard]] QStringList files() const
    {
        return QDir(m_folder->path())
            .entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void ListeningSocketTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/wlXXXXXX"));
    m_path = m_folder->filePath(QStringLiteral("s"));
}

void ListeningSocketTest::listensAtThePath()
{
    const auto socket = ListeningSocket::open(options());
    QVERIFY(socket);
    QVERIFY(FakeClient(m_path).isConnected());
    QVERIFY((::fcntl(socket->descriptor(), F_GETFL) & O_NONBLOCK) != 0);
    QVERIFY((::fcntl(socket->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
    QCOMPARE(files(), (QStringList{QStringLiteral("s"), QStringLiteral("s.lock")}));
}

void ListeningSocketTest::secondIsRefused()
{
    const auto first = ListeningSocket::open(options());
    QVERIFY(first);
    const auto second = ListeningSocket::open(options());
    QVERIFY(!second);
    QCOMPARE(second.error().code, ErrorCode::InUse);
    QVERIFY(second.error().message.find(m_path.toStdString()) != std::string::npos);
    QVERIFY(FakeClient(m_path).isConnected());
}

void ListeningSocketTest::placeIsFreeAfterTheEnd()
{
    for (int i = 0; i < 3; ++i) {
        auto socket = ListeningSocket::open(options());
        QVERIFY(socket);
        socket->removePath();
        QCOMPARE(files(), QStringList());
        socket->removePath(); // twice is once
    }
}

void ListeningSocketTest::removesOnlyItsOwn()
{
    auto socket = ListeningSocket::open(options());
    QVERIFY(socket);
    QVERIFY(QFile::remove(m_path));
    QFile other(m_path);
    QVERIFY(other.open(QIODevice::WriteOnly));
    socket->removePath();
    QVERIFY(QFileInfo::exists(m_path));
}

// The moment between the lock and the socket of a daemon that starts.
void ListeningSocketTest::lockAloneIsEnough()
{
    const QByteArray name = QFile::encodeName(m_path) + ".lock";
    const int lock = ::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    QCOMPARE(::flock(lock, LOCK_EX), 0);
    const auto socket = ListeningSocket::open(options());
    QVERIFY(!socket);
    QCOMPARE(socket.error().code, ErrorCode::InUse);
    QVERIFY(QFileInfo::exists(m_path + QStringLiteral(".lock"))); // not ours to remove
    ::close(lock);
    QVERIFY(ListeningSocket::open(options()));
}

void ListeningSocketTest::leftOverLockFileDoesNotMatter()
{
    QFile lock(m_path + QStringLiteral(".lock"));
    QVERIFY(lock.open(QIODevice::WriteOnly));
    lock.close();
    QVERIFY(ListeningSocket::open(options()));
}

void ListeningSocketTest::leftOverTemporaryDoesNotMatter()
{
    QFile temporary(m_path + QStringLiteral(".new"));
    QVERIFY(temporary.open(QIODevice::WriteOnly));
    temporary.close();
    const auto socket = ListeningSocket::open(options());
    QVERIFY(socket);
    QVERIFY(!files().contains(QStringLiteral("s.new")));
}

void ListeningSocketTest::lockMayBeNoSymlink()
{
    const QString target = m_folder->filePath(QStringLiteral("target"));
    QVERIFY(QFile::link(target, m_path + QStringLiteral(".lock")));
    const auto socket = ListeningSocket::open(options());
    QVERIFY(!socket);
    QCOMPARE(socket.error().code, ErrorCode::Io);
    QVERIFY(!QFileInfo::exists(target));
}

void ListeningSocketTest::longestPath()
{
    const auto tryLength = [this](qsizetype length) {
        SocketOptions longer = options();
        longer.path.append(static_cast<std::size_t>(length) - longer.path.size(), 'x');
        const auto socket = ListeningSocket::open(longer);
        return socket.ok() && FakeClient(QString::fromStdString(longer.path)).isConnected();
    };
    QVERIFY(tryLength(90));
    SocketOptions tooLong = options();
    tooLong.path.append(110, 'x');
    const auto socket = ListeningSocket::open(tooLong);
    QVERIFY(!socket);
    QCOMPARE(socket.error().code, ErrorCode::InvalidArgument);
    // Up to the limit that the message names, exactly.
    const QString message = QString::fromStdString(socket.error().message);
    const QString allows = QStringLiteral("allows ");
    const qsizetype place = message.indexOf(allows);
    QVERIFY2(place > 0, qPrintable(message));
    const int limit = message.mid(place + allows.size()).section(QLatin1Char('.'), 0, 0).toInt();
    QVERIFY(tryLength(limit));
    QVERIFY(!tryLength(limit + 1));
}

void ListeningSocketTest::refusalLeavesNothingBehind()
{
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const auto socket = ListeningSocket::open(options());
    QVERIFY(!socket);
    QCOMPARE(socket.error().code, ErrorCode::InvalidArgument);
    QCOMPARE(files(), QStringList{QStringLiteral("s")});
}

void ListeningSocketTest::folderThatIsMissing()
{
    SocketOptions wanted = options();
    wanted.path = m_folder->filePath(QStringLiteral("none/s")).toStdString();
    const auto socket = ListeningSocket::open(wanted);
    QVERIFY(!socket);
    QVERIFY(socket.error().message.find(wanted.path) != std::string::npos);
    QVERIFY(socket.error().message.ends_with("or choose another --socket"));
}

void ListeningSocketTest::groupThatIsNotOurs()
{
    if (::geteuid() == 0)
        QSKIP("root may set any group");
    SocketOptions wanted = options();
    wanted.group = 0;
    const auto socket = ListeningSocket::open(wanted);
    QVERIFY(!socket);
    QVERIFY(socket.error().message.find("--socket-group") != std::string::npos);
    QVERIFY(socket.error().message.ends_with("member of the group"));
    QCOMPARE(files(), QStringList());
}

QTEST_GUILESS_MAIN(ListeningSocketTest)
#include "tst_listeningsocket.moc"
