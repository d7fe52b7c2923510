#include "fakes/httpsink.h"
#include "fakes/testcertificates.h"
#include "forwarding/httptransport.h"

#include <QElapsedTimer>
#include <QFile>
#include <QHostAddress>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
const QByteArray Half = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{";

// Passes bytes on in both directions, but not that the server has closed its connection: to the
// client only TLS has ended.
class Relay
{
public:
    explicit Relay(quint16 port)
    {
        QObject::connect(&m_door, &QTcpServer::newConnection, &m_door, [this, port] {
            QTcpSocket *client = m_door.nextPendingConnection();
            auto *const server = new QTcpSocket(client);
            server->connectToHost(QHostAddress::LocalHost, port);
            const auto pass = [](QTcpSocket *from, QTcpSocket *to) {
                QObject::connect(from, &QIODevice::readyRead, to,
                                 [from, to] { to->write(from->readAll()); });
            };
            pass(client, server);
            pass(server, client);
        });
    }
    [[nodiscard]] bool listen() { return m_door.listen(QHostAddress::LocalHost); }
    [[nodiscard]] QUrl url() const
    {
        return QUrl(QStringLiteral("https://127.0.0.1:%1").arg(m_door.serverPort()));
    }

private:
    QTcpServer m_door;
};

} // namespace

// Servers that end TLS and leave TCP open.
class TlsEndTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void betweenRequests();
    void inAHead();
    void inAnAnswer();
    void behindAnAnswerWithoutLength();

private:
    [[nodiscard]] SendResult send();

    QTemporaryDir m_folder{QStringLiteral("/tmp/wcXXXXXX")};
    std::optional<HttpSink> m_sink;
    std::optional<Relay> m_relay;
    std::optional<HttpTransport> m_transport;
};

void TlsEndTest::initTestCase()
{
    QVERIFY(makeCertificates(m_folder.path(), QStringLiteral("IP:127.0.0.1")));
}

void TlsEndTest::init()
{
    m_transport.reset();
    m_sink.emplace();
    QFile certificate(m_folder.filePath(QStringLiteral("server.pem")));
    QFile key(m_folder.filePath(QStringLiteral("server.key")));
    QVERIFY(certificate.open(QIODevice::ReadOnly) && key.open(QIODevice::ReadOnly));
    m_sink->useTls(QSslCertificate(&certificate), QSslKey(&key, QSsl::Ec));
    QVERIFY(m_sink->listen());
    m_relay.emplace(m_sink->port());
    QVERIFY(m_relay->listen());

    HttpTransportOptions options;
    options.backend = m_relay->url();
    options.requestTimeout = 10s;
    options.tls = QSslConfiguration::defaultConfiguration();
    options.tls->setCaCertificates(
        QSslCertificate::fromPath(m_folder.filePath(QStringLiteral("ca.pem"))));
    m_transport.emplace(std::move(options));
}

// What comes of a request within a second.
SendResult TlsEndTest::send()
{
    RequestBody body(R"({"batch":[)", "]}");
    body.add({"", "{}", ""});
    std::optional<SendResult> result;
    m_transport->send({"/call/upsert_batch", "the-id", std::move(body)},
                      [&result](const SendResult &answer) { result = answer; });
    SendResult nothing;
    nothing.reason = "no answer";
    if (QTest::qWaitFor([&result] { return result.has_value(); }, 1000))
        return *result;
    m_transport->cancelAll();
    return nothing;
}

void TlsEndTest::betweenRequests()
{
    for (int i = 1; i <= 3; ++i) {
        m_sink->enqueue({.closeConnection = true, .raw = Whole});
        QCOMPARE(send().reason, std::string());
        QTest::qWait(50);
        QCOMPARE(m_sink->connectionCount(), i);
    }
}

void TlsEndTest::inAHead()
{
    m_sink->enqueue({.closeConnection = true, .raw = "HTTP/1.1 200 OK\r\nContent-"});
    const SendResult result = send();
    QCOMPARE(result.kind, SendResult::Kind::NetworkError);
    QVERIFY(result.reason != "no answer");
    QCOMPARE(send().status, 200);
}

void TlsEndTest::inAnAnswer()
{
    m_sink->enqueue({.closeConnection = true, .raw = Half});
    const SendResult result = send();
    QCOMPARE(result.kind, SendResult::Kind::NetworkError);
    QVERIFY(result.reason != "no answer");
    QCOMPARE(send().status, 200);
}

// Its end is the end of TLS.
void TlsEndTest::behindAnAnswerWithoutLength()
{
    m_sink->enqueue({.closeConnection = true, .raw = "HTTP/1.1 200 OK\r\n\r\n{}"});
    QCOMPARE(send().reason, std::string());
    QCOMPARE(send().status, 200);
}

QTEST_GUILESS_MAIN(TlsEndTest)
#include "tst_tlsend.moc"
