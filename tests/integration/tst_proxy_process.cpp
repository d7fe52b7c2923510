#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace Weave;

namespace {

// An HTTP proxy that knows CONNECT alone, and leads every tunnel to one port of this machine.
class ConnectProxy final : public QTcpServer
{
    Q_OBJECT

public:
    explicit ConnectProxy(quint16 target)
        : m_target(target)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *client = nextPendingConnection();
            connect(client, &QTcpSocket::readyRead, this, [this, client] { read(client); });
        });
    }

    [[nodiscard]] QString url(const QString &user = {}) const
    {
        return QStringLiteral("http://") + user + QStringLiteral("127.0.0.1:")
            + QString::number(serverPort());
    }
    [[nodiscard]] const QList<QByteArray> &heads() const { return m_heads; }

private:
    void read(QTcpSocket *client)
    {
        if (auto *server = client->findChild<QTcpSocket *>()) {
            server->write(client->readAll());
            return;
        }
        const QByteArray seen = client->peek(16384);
        if (!seen.contains("\r\n\r\n"))
            return;
        m_heads << client->read(seen.indexOf("\r\n\r\n") + 4);
        auto *server = new QTcpSocket(client);
        connect(server, &QTcpSocket::readyRead, client,
                [client, server] { client->write(server->readAll()); });
        server->connectToHost(QHostAddress::LocalHost, m_target);
        client->write("HTTP/1.1 200 Connection established\r\n\r\n");
    }

    const quint16 m_target;
    QList<QByteArray> m_heads;
};

} // namespace

// The real daemon behind a proxy that the environment names.
class ProxyProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesThroughTheProxy();
    void exemptHostsDoNot_data();
    void exemptHostsDoNot();
    void nonsenseIsRefused();

private:
    const QString m_backend = QStringLiteral("http://trace.test:8080");
};

void ProxyProcessTest::goesThroughTheProxy()
{
    ProcessFixture f;
    const ConnectProxy proxy(f.sink.port());
    f.sidecar.setEnvironment(QStringLiteral("http_proxy"), proxy.url(QStringLiteral("ada:word@")));
    QVERIFY(f.start({QStringLiteral("--backend"), m_backend, QStringLiteral("--allow-http"),
                     QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < 3; ++i) {
        const QByteArray payload = startPayload("a/b", QByteArray::number(i));
        QCOMPARE(client.sendCalls(startLine(payload), 1), 1);
        // The daemon's own count: the connection is free only when it has read the answer.
        QVERIFY(f.waitForNumber(QStringLiteral("calls.delivered"), i + 1));
    }
    QCOMPARE(f.sink.delivered().constLast(), startItem(startPayload("a/b", "2")));
    QVERIFY(proxy.heads().constFirst().startsWith("CONNECT trace.test:8080 HTTP/1.1\r\n"));
    QCOMPARE(f.sink.requests().front().headers.value("host"), QByteArray("trace.test:8080"));
    // The tunnel is kept like any other connection, and the proxy's password stays with the proxy.
    QCOMPARE(f.sink.connectionCount(), 1);
    QVERIFY(!f.sink.requests().front().headers.contains("proxy-authorization"));
}

void ProxyProcessTest::exemptHostsDoNot_data()
{
    QTest::addColumn<QString>("noProxy");
    QTest::addColumn<bool>("isExempt");
    QTest::newRow("exempt") << QStringLiteral("0.0.0.0") << true;
    QTest::newRow("another is") << QStringLiteral("0.0.0.1") << false;
}

void ProxyProcessTest::exemptHostsDoNot()
{
    QFETCH(QString, noProxy);
    QFETCH(bool, isExempt);
    ProcessFixture f;
    const ConnectProxy proxy(f.sink.port());
    f.sidecar.setEnvironment(QStringLiteral("http_proxy"), proxy.url());
    f.sidecar.setEnvironment(QStringLiteral("no_proxy"), noProxy);
    // This machine, by an address that is not exempt of itself, and no resolver is asked.
    const QString backend = QStringLiteral("http://0.0.0.0:") + QString::number(f.sink.port());
    QVERIFY(f.start({QStringLiteral("--backend"), backend, QStringLiteral("--allow-http"),
                     QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(startLine(startPayload("a/b", "1")), 1), 1);
    QVERIFY(f.waitForNumber(QStringLiteral("calls.delivered"), 1));
    QCOMPARE(proxy.heads().isEmpty(), isExempt);
}

void ProxyProcessTest::nonsenseIsRefused()
{
    ProcessFixture f;
    SidecarProcess command(f.sidecar.socketPath());
    command.setEnvironment(QStringLiteral("https_proxy"), QStringLiteral("gopher://x:secret@y"));
    QCOMPARE(
        command.runToEnd({QStringLiteral("--backend"), QStringLiteral("https://trace.example")}),
        std::optional(2));
    const QString error = command.standardError();
    QVERIFY2(error.startsWith(QLatin1String("weave-sidecar: https_proxy: ")), qPrintable(error));
    QVERIFY(!error.contains(QLatin1String("secret")));
}

QTEST_GUILESS_MAIN(ProxyProcessTest)
#include "tst_proxy_process.moc"
