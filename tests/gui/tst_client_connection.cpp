#include "client/connectiontest.h"
#include "fakes/httpsink.h"
#include "fakes/testcertificates.h"

#include <QFile>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslKey>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// What the daemon would be told by these flags and variables; both as name and value.
using Texts = std::map<std::string, std::string>;

Result<Config> configOf(const QString &backend, Texts flags = {{"api-key", "secret-key"}},
                        const Texts &variables = {})
{
    Options options;
    options.set("backend", backend.toStdString(), Options::Source::Flag);
    for (const auto &[name, text] : flags)
        options.set(name, text, Options::Source::Flag);
    return Config::resolve(options, [&variables](const char *name) -> std::optional<std::string> {
        if (std::string_view(name) == "HOME")
            return "/nowhere";
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

struct Said
{
    bool isGood = false;
    QString text; // empty: it did not end
};

Said test(const Result<Config> &config, Milliseconds timeout = 10s)
{
    if (!config)
        return {false, "config: "_L1 + QString::fromStdString(config.error().message)};
    ConnectionTest test;
    test.setTimeout(timeout);
    QSignalSpy finished(&test, &ConnectionTest::finished);
    test.start(*config);
    if (finished.isEmpty() && !finished.wait(15'000))
        return {};
    return {finished[0][0].toBool(), finished[0][1].toString()};
}

SinkAnswer answerOf(int status, const QByteArray &body, const QByteArray &type,
                    const QByteArray &header = {})
{
    SinkAnswer answer;
    answer.status = status;
    answer.raw = "HTTP/1.1 " + QByteArray::number(status) + " Scripted\r\nContent-Type: " + type
        + "\r\n" + (header.isEmpty() ? header : header + "\r\n")
        + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    return answer;
}

QByteArray keyHeader()
{
    return "Basic " + QByteArray("api:secret-key").toBase64();
}

// A server with a certificate of a CA of its own.
struct TlsServer
{
    explicit TlsServer(const QString &name, int days = 2)
    {
        if (!makeCertificates(folder.path(), name, days))
            return;
        QFile certificate(folder.filePath(u"server.pem"_s));
        QFile key(folder.filePath(u"server.key"_s));
        if (!certificate.open(QIODevice::ReadOnly) || !key.open(QIODevice::ReadOnly))
            return;
        sink.useTls(QSslCertificate(&certificate), QSslKey(&key, QSsl::Ec));
        isUp = sink.listen();
    }

    [[nodiscard]] Texts trusted() const
    {
        return {{"api-key", "secret-key"}, {"ca-file", folder.filePath(u"ca.pem"_s).toStdString()}};
    }

    QTemporaryDir folder;
    HttpSink sink;
    bool isUp = false;
};

} // namespace

// Every way in which a trace server may not be reached, against a server that is like that: the
// sentence names what is wrong and what to do.
class ClientConnectionTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void answers_data();
    void answers();
    void asksAsTheDaemonWould();
    void noKey();
    void noHost();
    void nobodyListens();
    void noAnswer();
    void closesWithoutAnAnswer();
    void goodCertificate();
    void unknownAuthority();
    void expiredCertificate();
    void otherHostsCertificate();
    void noTlsAtAll();
    void keyNeverTravelsInTheClear();
    void proxyWantsALogin();
    void proxyRefuses();
    void proxyIsAway();
    void proxyLeadsOn();
    void theLatestTestCounts();
    void files();
};

void ClientConnectionTest::answers_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("isGood");
    QTest::addColumn<QString>("said"); // a part of the sentence
    QTest::addColumn<QString>("advice"); // another one

    const QByteArray json = "application/json";
    const QByteArray html = "text/html";
    QTest::newRow("takes the key") << 200 << QByteArray(R"({"count":0})") << json << QByteArray()
                                   << true << u"takes the key"_s << u" ms"_s;
    QTest::newRow("wrong key") << 401 << QByteArray("{}") << json << QByteArray() << false
                               << u"refuses the API key"_s << u"Copy it once more"_s;
    QTest::newRow("forbidden") << 403 << QByteArray(R"({"reason":"Forbidden"})") << json
                               << QByteArray() << true << u"knows the key"_s
                               << u"shows with the first calls"_s;
    QTest::newRow("unknown project") << 404 << QByteArray(R"({"reason":"no such project"})") << json
                                     << QByteArray() << true << u"knows the key"_s << u" ms"_s;
    QTest::newRow("no such route")
        << 404 << QByteArray(R"({"detail":"Not Found"})") << json << QByteArray() << false
        << u"not as a Weave trace server"_s << u"Check the address"_s;
    QTest::newRow("a web server") << 404 << QByteArray("<html>nothing here</html>") << html
                                  << QByteArray() << false << u"answers (404)"_s
                                  << u"Check the address"_s;
    QTest::newRow("a login page") << 200 << QByteArray("<html>Welcome to the hotel</html>") << html
                                  << QByteArray() << false << u"not as a Weave trace server"_s
                                  << u"login page"_s;
    QTest::newRow("a firewall") << 403 << QByteArray("<html>blocked</html>") << html << QByteArray()
                                << false << u"answers (403)"_s << u"Check the address"_s;
    QTest::newRow("redirect") << 308 << QByteArray() << html
                              << QByteArray(
                                     "Location: https://u:p@new.test/x/calls/query_stats?a=b")
                              << false << u"redirects to https://new.test/x."_s
                              << u"Use that address"_s;
    QTest::newRow("redirect to nowhere") << 302 << QByteArray() << html << QByteArray() << false
                                         << u"another address (302)"_s << u"Ask its owner"_s;
    QTest::newRow("too many") << 429 << QByteArray("{}") << json << QByteArray() << false
                              << u"fewer requests"_s << u"Test again"_s;
    QTest::newRow("server error") << 503 << QByteArray("{}") << json << QByteArray() << false
                                  << u"trouble of its own (503)"_s << u"calls are kept"_s;
}

void ClientConnectionTest::answers()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, header);
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([&](const SinkRequest &) { return answerOf(status, body, type, header); });
    const Said result = test(configOf(sink.url()));
    QTEST(result.isGood, "isGood");
    QFETCH(QString, said);
    QFETCH(QString, advice);
    QVERIFY2(result.text.contains(said), qPrintable(result.text));
    QVERIFY2(result.text.contains(advice), qPrintable(result.text));
    QCOMPARE(sink.requestCount(), 1); // nobody is followed to another place
}

void ClientConnectionTest::asksAsTheDaemonWould()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    QVERIFY(test(configOf(sink.url(u"/prefix/"_s))).isGood);
    const SinkRequest &request = sink.requests().at(0);
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.path, "/prefix/calls/query_stats");
    QCOMPARE(request.headers.value("authorization"), keyHeader());
}

void ClientConnectionTest::noKey()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    const Said open = test(configOf(sink.url(), {}));
    QVERIFY2(open.isGood && open.text.contains(u"needs no key"_s), qPrintable(open.text));
    QVERIFY(!sink.requests().at(0).headers.contains("authorization"));
    sink.enqueue(401);
    const Said closed = test(configOf(sink.url(), {}));
    QVERIFY2(!closed.isGood && closed.text.contains(u"needs an API key"_s),
             qPrintable(closed.text));
}

void ClientConnectionTest::noHost()
{
    const Said said = test(configOf(u"https://nosuch.invalid"_s));
    QVERIFY2(!said.isGood && said.text.contains(u"no host named nosuch.invalid"_s),
             qPrintable(said.text));
    QVERIFY(said.text.contains(u"Check the spelling"_s));
}

void ClientConnectionTest::nobodyListens()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    const QString url = sink.url();
    const QString port = QString::number(sink.port());
    sink.stop();
    const Said said = test(configOf(url));
    QVERIFY2(!said.isGood && said.text.contains("nothing listens at port "_L1 + port),
             qPrintable(said.text));
}

void ClientConnectionTest::noAnswer()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue(SinkAnswer{.isHanging = true});
    const Said said = test(configOf(sink.url()), 200ms);
    QVERIFY2(!said.isGood && said.text.contains(u"does not answer in time"_s),
             qPrintable(said.text));
    QCOMPARE(sink.requestCount(), 1);
}

void ClientConnectionTest::closesWithoutAnAnswer()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([](const SinkRequest &) { return SinkAnswer{.isDropped = true}; });
    const Said said = test(configOf(sink.url()));
    QVERIFY2(!said.isGood && said.text.contains(u"closes the connection"_s), qPrintable(said.text));
}

void ClientConnectionTest::goodCertificate()
{
    TlsServer server(u"IP:127.0.0.1"_s);
    QVERIFY(server.isUp);
    const Said said = test(configOf(server.sink.url(), server.trusted()));
    QVERIFY2(said.isGood, qPrintable(said.text));
    QCOMPARE(server.sink.requests().at(0).headers.value("authorization"), keyHeader());
}

void ClientConnectionTest::unknownAuthority()
{
    TlsServer server(u"IP:127.0.0.1"_s);
    QVERIFY(server.isUp);
    const Said said = test(configOf(server.sink.url()));
    QVERIFY2(!said.isGood && said.text.contains(u"authority that this computer does not trust"_s),
             qPrintable(said.text));
    QVERIFY(said.text.contains(u"CA file"_s));
    QCOMPARE(server.sink.requestCount(), 0); // no key to somebody unknown
}

void ClientConnectionTest::expiredCertificate()
{
    TlsServer server(u"IP:127.0.0.1"_s, 0);
    QVERIFY(server.isUp);
    const Said said = test(configOf(server.sink.url(), server.trusted()));
    const QString day = QLocale().toString(QDate::currentDate(), QLocale::LongFormat);
    QVERIFY2(!said.isGood && said.text.contains("expired on "_L1 + day), qPrintable(said.text));
    QCOMPARE(server.sink.requestCount(), 0);
}

void ClientConnectionTest::otherHostsCertificate()
{
    TlsServer server(u"DNS:other.test"_s);
    QVERIFY(server.isUp);
    const Said said = test(configOf(server.sink.url(), server.trusted()));
    QVERIFY2(!said.isGood && said.text.contains(u"127.0.0.1 is for other.test"_s),
             qPrintable(said.text));
    QCOMPARE(server.sink.requestCount(), 0);
}

void ClientConnectionTest::noTlsAtAll()
{
    // A server that greets, and one that answers what it takes for HTTP.
    QTcpServer plain;
    connect(&plain, &QTcpServer::newConnection, &plain, [&plain] {
        QTcpSocket *const socket = plain.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket,
                [socket] { socket->write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    });
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    const Said said = test(configOf(u"https://127.0.0.1:%1"_s.arg(plain.serverPort())));
    QVERIFY2(!said.isGood && said.text.contains(u"does not speak TLS"_s), qPrintable(said.text));
    QVERIFY(said.text.contains(u"http://"_s));
}

// Not even where the daemon has been allowed to let it.
void ClientConnectionTest::keyNeverTravelsInTheClear()
{
    HttpSink proxy; // stands for all that could listen on the way
    QVERIFY(proxy.listen());
    const Texts flags{{"api-key", "secret-key"}, {"allow-http", "true"}};
    const Texts variables{{"HTTP_PROXY", proxy.url().toStdString()}};
    const Said said = test(configOf(u"http://trace.test"_s, flags, variables));
    QVERIFY2(said.isGood && said.text.contains(u"key was not tested"_s), qPrintable(said.text));
    QCOMPARE(proxy.requestCount(), 1);
    QVERIFY(!proxy.requests().at(0).headers.contains("authorization"));
    proxy.enqueue(401);
    const Said refused = test(configOf(u"http://trace.test"_s, flags, variables));
    QVERIFY2(refused.isGood && refused.text.contains(u"key was not tested"_s),
             qPrintable(refused.text));
    // Without the permission there is no test at all.
    QVERIFY(!configOf(u"http://trace.test"_s, {{"api-key", "secret-key"}}, variables).ok());
}

void ClientConnectionTest::proxyWantsALogin()
{
    HttpSink proxy;
    QVERIFY(proxy.listen());
    proxy.setScript([](const SinkRequest &) {
        return answerOf(407, {}, "text/html", "Proxy-Authenticate: Basic realm=\"x\"");
    });
    for (const QString &backend : {u"https://trace.test"_s, u"http://trace.test"_s}) {
        const Said said = test(configOf(backend, {{"allow-http", "true"}},
                                        {{"HTTPS_PROXY", proxy.url().toStdString()},
                                         {"HTTP_PROXY", proxy.url().toStdString()}}));
        QVERIFY2(!said.isGood && said.text.contains(u"wants a user name"_s), qPrintable(said.text));
        QVERIFY(said.text.contains(u"HTTPS_PROXY"_s));
    }
    QVERIFY(proxy.requests().at(0).method == "CONNECT");
}

void ClientConnectionTest::proxyRefuses()
{
    HttpSink proxy;
    QVERIFY(proxy.listen());
    for (const int status : {403, 404, 502, 503}) {
        proxy.setScript(
            [status](const SinkRequest &) { return answerOf(status, {}, "text/html"); });
        const Said said = test(configOf(u"https://trace.test"_s, {{"api-key", "secret-key"}},
                                        {{"HTTPS_PROXY", proxy.url().toStdString()}}));
        QVERIFY2(!said.isGood
                     && said.text.contains(u"No way to trace.test through the proxy 127.0.0.1:"_s),
                 qPrintable(u"%1: %2"_s.arg(status).arg(said.text)));
        QVERIFY(said.text.contains(u"NO_PROXY"_s));
    }
}

void ClientConnectionTest::proxyIsAway()
{
    HttpSink proxy;
    QVERIFY(proxy.listen());
    const std::string url = proxy.url().toStdString();
    proxy.stop();
    const Said said =
        test(configOf(u"https://trace.test"_s, {{"api-key", "secret-key"}}, {{"ALL_PROXY", url}}));
    QVERIFY2(!said.isGood && said.text.contains(u"No way to trace.test through the proxy"_s),
             qPrintable(said.text));
    QVERIFY(said.text.contains(u"Check HTTPS_PROXY"_s));
}

// The proxy is asked for the way, and no more is said to it.
void ClientConnectionTest::proxyLeadsOn()
{
    HttpSink proxy;
    QVERIFY(proxy.listen());
    (void)test(configOf(u"https://trace.test"_s, {{"api-key", "secret-key"}},
                        {{"HTTPS_PROXY", proxy.url().toStdString()}}),
               500ms);
    QCOMPARE(proxy.requests().at(0).method, "CONNECT");
    QCOMPARE(proxy.requests().at(0).path, "trace.test:443");
    QVERIFY(!proxy.requests().at(0).headers.contains("authorization"));
    // And not at all where it is not wanted.
    const int before = proxy.requestCount();
    (void)test(configOf(u"https://nosuch.invalid"_s, {},
                        {{"HTTPS_PROXY", proxy.url().toStdString()}, {"NO_PROXY", "invalid"}}),
               500ms);
    QCOMPARE(proxy.requestCount(), before);
}

void ClientConnectionTest::theLatestTestCounts()
{
    HttpSink slow;
    QVERIFY(slow.listen());
    slow.enqueue(SinkAnswer{.isHanging = true});
    ConnectionTest test;
    QSignalSpy finished(&test, &ConnectionTest::finished);
    test.start(*configOf(slow.url()));
    QTRY_COMPARE(slow.hangingCount(), 1);
    HttpSink wrong;
    QVERIFY(wrong.listen());
    wrong.enqueue(401);
    test.start(*configOf(wrong.url()));
    QVERIFY(finished.wait());
    slow.answerHanging();
    QTest::qWait(50);
    QCOMPARE(finished.count(), 1);
    QVERIFY(finished[0][1].toString().contains(u"refuses the API key"_s));
}

void ClientConnectionTest::files()
{
    const QTemporaryDir folder;
    QVERIFY(test(configOf("file:"_L1 + folder.filePath(u"calls"_s))).isGood);
    const Said none = test(configOf("file:"_L1 + folder.filePath(u"no/such/calls"_s)));
    QVERIFY2(!none.isGood && none.text.contains(u"cannot be written"_s), qPrintable(none.text));
}

QTEST_GUILESS_MAIN(ClientConnectionTest)
#include "tst_client_connection.moc"
