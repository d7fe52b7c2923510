#include "app/doctor/backendcheck.h"
#include "app/doctor/tlscheck.h"
#include "config/credentials.h"
#include "config/tlssettings.h"
#include "fakes/httpsink.h"
#include "fakes/testcertificates.h"
#include "integration/findings.h"

#include <QFile>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

using Level = Finding::Level;
using Stage = BackendReport::Stage;

namespace {

const QByteArray Key = "c4nary-of-the-key";
const QByteArray Json = "Content-Type: application/json";

// A sink that answers everything so.
SinkAnswer jsonAnswer(int status)
{
    return {.status = status, .headers = {Json, "Date: Sun, 06 Nov 1994 08:49:37 GMT"}};
}

BackendProbeOptions optionsOf(const HttpSink &sink, const QString &path = {})
{
    BackendProbeOptions options;
    options.backend = QUrl(sink.url(path));
    options.apiKey = Key;
    options.tls = tlsSettings({});
    options.connectTimeout = 2s;
    options.timeout = 5s;
    return options;
}

Findings judge(const BackendProbeOptions &options, const BackendReport &report)
{
    Findings all = judgeBackend(report, options.backend, options.proxy);
    for (const Findings &more :
         {judgeTls(report, options.backend, QDateTime::currentDateTimeUtc()),
          judgeKey(report, options.apiKey.isEmpty() ? "" : "--api-key-file", false)})
        all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace

// The way to the backend, with everything that can be wrong on it.
class DoctorBackendTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void asksSomethingHarmless();
    void answers_data();
    void answers();
    void withoutAKey();
    void nothingListens();
    void oneAddressIsSilent();
    void noSuchHost();
    void takesAndIsSilent();
    void hangsUp();
    void proxyIsAway();
    void tlsIsGood();
    void tlsFailures_data();
    void tlsFailures();
    void tlsToAPlainPort();
    void tlsToNobody();
    void certificateExpiresSoon();
    void caFile();

private:
    [[nodiscard]] QString pem(const char *folder, const char *name) const
    {
        return m_folder.filePath(QString::fromLatin1(folder) + u'/' + QString::fromLatin1(name));
    }
    void useTls(HttpSink &sink, const char *folder) const
    {
        QFile certificate(pem(folder, "server.pem"));
        QFile key(pem(folder, "server.key"));
        if (certificate.open(QIODevice::ReadOnly) && key.open(QIODevice::ReadOnly))
            sink.useTls(QSslCertificate(&certificate), QSslKey(&key, QSsl::Ec));
    }
    [[nodiscard]] QSslConfiguration trusting(const char *folder) const
    {
        return tlsSettings(QSslCertificate::fromPath(pem(folder, "ca.pem")));
    }

    QTemporaryDir m_folder{u"/tmp/wcXXXXXX"_s};
};

void DoctorBackendTest::initTestCase()
{
    for (const char *name : {"good", "name", "long", "expired"})
        QVERIFY(QDir(m_folder.path()).mkdir(QString::fromLatin1(name)));
    const QString local = u"IP:127.0.0.1,DNS:localhost"_s;
    QVERIFY(makeCertificates(m_folder.filePath(u"good"_s), local));
    QVERIFY(makeCertificates(m_folder.filePath(u"name"_s), u"DNS:trace.example"_s));
    QVERIFY(makeCertificates(m_folder.filePath(u"long"_s), local, 200));
    QVERIFY(makeCertificates(m_folder.filePath(u"expired"_s), local, 0));
}

void DoctorBackendTest::asksSomethingHarmless()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue(jsonAnswer(200));
    const BackendReport report = probeBackend(optionsOf(sink, u"/traces/"_s));
    QVERIFY(report.failedAt == Stage::Done);
    QCOMPARE(sink.requestCount(), 1);
    const SinkRequest &request = sink.requests().front();
    QCOMPARE(request.method, "POST"_ba);
    QCOMPARE(request.path, "/traces/calls/query_stats"_ba);
    QCOMPARE(request.headers.value("authorization"), "Basic " + ("api:" + Key).toBase64());
    QVERIFY(request.body.contains("\"limit\":1"));
    QCOMPARE(report.status, 200);
    QVERIFY(report.isJson);
    QCOMPARE(report.date, "Sun, 06 Nov 1994 08:49:37 GMT"_ba);
    QVERIFY(report.answeredAt.isValid());
}

void DoctorBackendTest::answers_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("level");
    QTest::addColumn<QByteArray>("word");
    const auto row = [](const char *name, int status, const QByteArray &type, Level level,
                        const char *word) {
        QTest::newRow(name) << status << type << static_cast<int>(level) << QByteArray(word);
    };
    const QByteArray html = "Content-Type: text/html";
    row("accepted", 200, Json, Level::Ok, "key: the backend accepts the API key");
    row("not that project", 403, Json, Level::Ok, "key: the backend knows the API key");
    row("refused key", 401, Json, Level::Problem, "key: the backend refuses the API key");
    row("a bad request is an answer", 422, Json, Level::Ok, "answers in");
    row("no such route", 404, Json, Level::Problem, "does not know the trace server's routes");
    row("a web page", 200, html, Level::Problem, "no Weave trace server");
    row("a missing web page", 404, html, Level::Problem, "no Weave trace server");
    row("redirect", 302, html, Level::Problem, "a redirect to https://elsewhere.example");
    row("too many", 429, Json, Level::Warning, "too many requests");
    row("broken", 500, Json, Level::Problem, "in trouble");
    row("a gateway's page", 502, html, Level::Problem, "in trouble");
}

void DoctorBackendTest::answers()
{
    QFETCH(int, status);
    QFETCH(QByteArray, type);
    QFETCH(int, level);
    QFETCH(QByteArray, word);
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.status = status,
                  .raw = "HTTP/1.1 " + QByteArray::number(status) + " x\r\n" + type
                      + "\r\nLocation: https://elsewhere.example/\r\nContent-Length: 2\r\n\r\n{}"});
    const BackendProbeOptions options = optionsOf(sink);
    const Findings found = judge(options, probeBackend(options));
    QCOMPARE(static_cast<int>(worst(found)), level);
    QVERIFY2(textOf(found).contains(word), textOf(found).constData());
    QVERIFY(!textOf(found).contains(Key));
}

void DoctorBackendTest::withoutAKey()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue(jsonAnswer(401));
    BackendProbeOptions options = optionsOf(sink);
    options.apiKey.clear();
    const Findings found = judge(options, probeBackend(options));
    QVERIFY(worst(found) == Level::Problem);
    QVERIFY2(textOf(found).contains("asks for an API key"), textOf(found).constData());
    BackendReport refused;
    refused.failedAt = Stage::Done;
    refused.status = 401;
    QVERIFY(worst(judgeKey(refused, {}, false)) == Level::Problem);
    QVERIFY(worst(judgeKey(refused, {}, true)) == Level::Warning);
    refused.isJson = true;
    const Findings own = judgeKey(refused, "~/.netrc", true);
    QVERIFY(worst(own) == Level::Problem);
    QVERIFY2(textOf(own).contains("`weave-sidecar reload`"), textOf(own).constData());
    // No reload brings another one of those.
    const Findings handed = judgeKey(refused, ServiceCredential, true);
    QVERIFY2(textOf(handed).contains("`systemctl restart weave-sidecar`"),
             textOf(handed).constData());
    QVERIFY2(!textOf(handed).contains("weave-sidecar reload"), textOf(handed).constData());
    QVERIFY(!sink.requests().front().headers.contains("authorization"));
    sink.enqueue(jsonAnswer(200));
    QVERIFY(worst(judge(options, probeBackend(options))) == Level::Ok);
}

void DoctorBackendTest::nothingListens()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    const BackendProbeOptions options = optionsOf(sink);
    const QByteArray port = QByteArray::number(sink.port());
    sink.stop();
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Connect);
    const Findings found = judge(options, report);
    QVERIFY(worst(found) == Level::Problem);
    QVERIFY2(textOf(found).contains("nothing listens on 127.0.0.1:" + port),
             textOf(found).constData());
}

// As where IPv6 is set up and goes nowhere: the daemon finds its way, but slowly.
void DoctorBackendTest::oneAddressIsSilent()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue(jsonAnswer(200));
    const BackendProbeOptions options = optionsOf(sink);
    BackendReport report = probeBackend(options);
    report.silent << u"2001:db8::1: no answer"_s;
    const Findings found = judge(options, report);
    QVERIFY(worst(found) == Level::Warning);
    QVERIFY(textOf(found).contains("2001:db8::1"));

    // localhost has ::1 first on most machines, where nothing listens.
    BackendProbeOptions byName = options;
    byName.backend.setHost(u"localhost"_s);
    sink.enqueue(jsonAnswer(200));
    const BackendReport named = probeBackend(byName);
    QVERIFY(named.failedAt == Stage::Done);
    QVERIFY(!named.addresses.isEmpty());
    QCOMPARE_LT(named.silent.size(), named.addresses.size());
}

void DoctorBackendTest::noSuchHost()
{
    BackendProbeOptions options;
    options.backend = QUrl(u"https://no-such-host.invalid"_s);
    options.timeout = 3s;
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Lookup);
    const Findings found = judge(options, report);
    QCOMPARE(found.size(), 1U);
    QVERIFY(worst(found) == Level::Problem);
    QVERIFY2(textOf(found).contains("no address of no-such-host.invalid"),
             textOf(found).constData());
}

void DoctorBackendTest::takesAndIsSilent()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.enqueue({.isHanging = true});
    BackendProbeOptions options = optionsOf(sink);
    options.timeout = 300ms;
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Answer);
    QVERIFY(report.isTimeout);
    QVERIFY2(textOf(judge(options, report)).contains("gives no answer"),
             textOf(judge(options, report)).constData());
}

void DoctorBackendTest::hangsUp()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    sink.setScript([](const SinkRequest &) { return SinkAnswer{.isDropped = true}; });
    const BackendProbeOptions options = optionsOf(sink);
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Answer);
    QVERIFY(worst(judge(options, report)) == Level::Problem);
}

void DoctorBackendTest::proxyIsAway()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    BackendProbeOptions options = optionsOf(sink);
    QTcpServer closed;
    QVERIFY(closed.listen(QHostAddress::LocalHost));
    options.proxy = QNetworkProxy(QNetworkProxy::HttpProxy, u"127.0.0.1"_s, closed.serverPort(),
                                  u"user"_s, u"s3cret"_s);
    closed.close();
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Connect);
    const Findings found = judge(options, report);
    QVERIFY2(textOf(found).contains("by the proxy"), textOf(found).constData());
    QVERIFY(!textOf(found).contains("s3cret"));
    QCOMPARE(sink.requestCount(), 0);
}

void DoctorBackendTest::tlsIsGood()
{
    HttpSink sink;
    useTls(sink, "long");
    QVERIFY(sink.listen());
    sink.enqueue(jsonAnswer(200));
    BackendProbeOptions options = optionsOf(sink);
    options.tls = trusting("long");
    const BackendReport report = probeBackend(options);
    QVERIFY2(report.failedAt == Stage::Done, qPrintable(report.error));
    const Findings found = judge(options, report);
    QVERIFY2(worst(found) == Level::Ok, textOf(found).constData());
    QVERIFY2(textOf(found).contains("TLS 1.3"), textOf(found).constData());
    QVERIFY(textOf(found).contains("valid until "));
}

void DoctorBackendTest::tlsFailures_data()
{
    QTest::addColumn<QByteArray>("server");
    QTest::addColumn<QByteArray>("trusted");
    QTest::addColumn<QByteArray>("word");
    const auto row = [](const char *name, const char *server, const char *trusted,
                        const char *word) {
        QTest::newRow(name) << QByteArray(server) << QByteArray(trusted) << QByteArray(word);
    };
    row("private CA", "good", "", "--ca-file");
    row("another CA", "good", "name", "--ca-file");
    row("another name", "name", "name", "not for 127.0.0.1 but for trace.example");
    row("expired", "expired", "expired", "has expired on ");
}

void DoctorBackendTest::tlsFailures()
{
    QFETCH(QByteArray, server);
    QFETCH(QByteArray, trusted);
    QFETCH(QByteArray, word);
    const auto certificates = QSslCertificate::fromPath(pem("expired", "server.pem"));
    QTRY_VERIFY(certificates.first().expiryDate() < QDateTime::currentDateTimeUtc());
    HttpSink sink;
    useTls(sink, server.constData());
    QVERIFY(sink.listen());
    BackendProbeOptions options = optionsOf(sink);
    if (!trusted.isEmpty())
        options.tls = trusting(trusted.constData());
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Tls);
    const Findings found = judge(options, report);
    QCOMPARE(found.size(), 1U);
    QCOMPARE(found.front().check, std::string("tls"));
    QVERIFY(worst(found) == Level::Problem);
    QVERIFY2(textOf(found).contains(word), textOf(found).constData());
    QCOMPARE(sink.requestCount(), 0); // the key has not gone there
}

void DoctorBackendTest::tlsToAPlainPort()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    BackendProbeOptions options = optionsOf(sink);
    options.backend.setScheme(u"https"_s);
    options.timeout = 1s;
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Tls);
    QVERIFY(worst(judge(options, report)) == Level::Problem);

    // A web server answers at once, in plain text.
    QTcpServer plain;
    QVERIFY(plain.listen(QHostAddress::LocalHost));
    connect(&plain, &QTcpServer::newConnection, &plain,
            [&plain] { plain.nextPendingConnection()->write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    options.backend.setPort(plain.serverPort());
    const Findings found = judge(options, probeBackend(options));
    QVERIFY2(textOf(found).contains("does not speak TLS"), textOf(found).constData());
}

void DoctorBackendTest::tlsToNobody()
{
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    BackendProbeOptions options;
    options.backend = QUrl(u"https://127.0.0.1:%1"_s.arg(silent.serverPort()));
    options.timeout = 300ms;
    const BackendReport report = probeBackend(options);
    QVERIFY(report.failedAt == Stage::Tls);
    QVERIFY(report.isTimeout);
    QVERIFY2(textOf(judge(options, report)).contains("handshake"),
             textOf(judge(options, report)).constData());
}

void DoctorBackendTest::certificateExpiresSoon()
{
    BackendReport report;
    report.chain = QSslCertificate::fromPath(pem("long", "server.pem"));
    const QUrl backend(u"https://trace.example"_s);
    const QDateTime end = report.chain.first().expiryDate();
    const auto levelAt = [&](const QDateTime &now) {
        return worst(judgeTls(report, backend, now));
    };
    QVERIFY(levelAt(end.addDays(-15)) == Level::Ok);
    QVERIFY(levelAt(end.addDays(-14)) == Level::Warning);
    QVERIFY(levelAt(end) == Level::Problem);
    QVERIFY(judgeTls(report, QUrl(u"http://trace.example"_s), end).empty());
}

void DoctorBackendTest::caFile()
{
    const auto certificates = QSslCertificate::fromPath(pem("good", "ca.pem"));
    const QDateTime end = certificates.first().expiryDate();
    const Findings good = judgeCaFile("ca.pem", certificates, end.addDays(-30));
    QVERIFY(worst(good) == Level::Ok);
    QVERIFY(textOf(good).contains("ca.pem adds 1 certificate"));
    const Findings soon = judgeCaFile("ca.pem", certificates, end.addDays(-1));
    QVERIFY(worst(soon) == Level::Warning);
    QVERIFY2(textOf(soon).contains("\"TestCA\" in ca.pem"), textOf(soon).constData());
    QVERIFY(worst(judgeCaFile("ca.pem", certificates, end.addDays(1))) == Level::Problem);
}

QTEST_GUILESS_MAIN(DoctorBackendTest)
#include "tst_doctorbackend.moc"
