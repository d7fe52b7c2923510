#include "config/backendaddress.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstBackendAddress final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void urls_data();
    void urls();
    void files_data();
    void files();
    void plainHttp_data();
    void plainHttp();
    void refuses_data();
    void refuses();
    void errorsHoldNoSecret();
    void netrcMachineNames_data();
    void netrcMachineNames();
};

void TstBackendAddress::urls_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("url");
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &url) {
        QTest::newRow(name) << text << url;
    };
    row("a host", "https://trace.wandb.ai", "https://trace.wandb.ai");
    row("a slash", "https://trace.wandb.ai/", "https://trace.wandb.ai/");
    row("a port", "https://weave.example:8443", "https://weave.example:8443");
    row("a path", "https://weave.example/traces", "https://weave.example/traces");
    row("a longer path", "https://weave.example/a/b%20c/", "https://weave.example/a/b%20c/");
    row("an IPv4 address", "https://192.0.2.1", "https://192.0.2.1");
    row("an IPv6 address", "https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x");
    row("upper case", "HTTPS://Weave.Example/Traces", "https://weave.example/Traces");
}

void TstBackendAddress::urls()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, url);
    const auto backend = parseBackend(toView(text), false);
    QVERIFY2(backend.ok(), backend.ok() ? "" : backend.error().message.c_str());
    QVERIFY(backend->kind == BackendAddress::Kind::Http);
    QCOMPARE(backend->url.toEncoded(), url);
    QVERIFY(backend->path.empty());
    QVERIFY(!backend->display().empty());
    QCOMPARE(QUrl(QString::fromStdString(backend->display())), QUrl(QString::fromUtf8(url)));
}

void TstBackendAddress::files_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("path");
    const auto row = [](const char *text, const QByteArray &path) {
        QTest::newRow(text) << QByteArray(text) << path;
    };
    row("file:calls.ndjson", "calls.ndjson");
    row("file:./calls.ndjson", "./calls.ndjson");
    row("file:/var/lib/weave/calls.ndjson", "/var/lib/weave/calls.ndjson");
    row("file:///var/lib/weave/calls.ndjson", "/var/lib/weave/calls.ndjson");
    row("file:with a blank", "with a blank");
    row("file:50%25", "50%25");
    row("file:\xc3\xa9", "\xc3\xa9");
}

void TstBackendAddress::files()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, path);
    const auto backend = parseBackend(toView(text), false);
    QVERIFY2(backend.ok(), backend.ok() ? "" : backend.error().message.c_str());
    QVERIFY(backend->kind == BackendAddress::Kind::File);
    QCOMPARE(toBytes(backend->path), path);
    QCOMPARE(toBytes(backend->display()), "file:" + path);
}

void TstBackendAddress::plainHttp_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isLocal");
    const auto row = [](const char *text, bool isLocal) {
        QTest::newRow(text) << QByteArray(text) << isLocal;
    };
    row("http://localhost", true);
    row("http://LOCALHOST:8080/traces", true);
    row("http://weave.localhost:8080", true);
    row("http://127.0.0.1", true);
    row("http://127.8.9.10:9000", true);
    row("http://[::1]:8080", true);
    row("http://trace.wandb.ai", false);
    row("HTTP://trace.wandb.ai", false);
    row("http://192.168.1.10:8080", false);
    row("http://0.0.0.0:8080", false);
    row("http://[::]:8080", false);
    row("http://[fe80::1]", false);
    row("http://128.0.0.1", false);
    row("http://localhost.example.com", false);
    row("http://notlocalhost", false);
    row("http://127.0.0.1.example.com", false);
    row("http://example.com/localhost", false);
    row("http://example.com/?localhost", false); // and a query
}

void TstBackendAddress::plainHttp()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isLocal);
    const auto careful = parseBackend(toView(text), false);
    QCOMPARE(careful.ok(), isLocal);
    if (text.contains('?'))
        return;
    if (!isLocal) {
        QVERIFY(careful.error().code == ErrorCode::InvalidArgument);
        QVERIFY2(careful.error().message.find("--allow-http") != std::string::npos,
                 careful.error().message.c_str());
    }
    const auto allowed = parseBackend(toView(text), true);
    QVERIFY(allowed.ok());
    QCOMPARE(allowed->url.scheme(), u"http"_s);
}

void TstBackendAddress::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("reason"); // a part of it
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &reason) {
        QTest::newRow(name) << text << reason;
    };
    const QByteArray noUrl = "not a URL";
    row("nothing", "", noUrl);
    row("a word", "backend", noUrl);
    row("a host without a scheme", "trace.wandb.ai", noUrl);
    row("a host and a port", "localhost:8080", noUrl);
    row("a path", "/var/lib/weave", noUrl);
    row("another scheme", "ftp://trace.wandb.ai", noUrl);
    row("a scheme that begins alike", "httpsx://trace.wandb.ai", noUrl);
    row("no host", "https://", noUrl);
    row("a path for a host", "https:///traces", noUrl);
    row("one slash", "https:/trace.wandb.ai", noUrl);
    row("a port alone", "https://:8080", noUrl);
    row("a port too large", "https://trace.wandb.ai:65536", noUrl);
    row("a port that is no number", "https://trace.wandb.ai:https", noUrl);
    row("a blank in the host", "https://trace wandb.ai", noUrl);
    row("a blank behind", "https://trace.wandb.ai ", noUrl);
    row("a bracket missing", "https://[::1", noUrl);
    row("two URLs", "https://a.example,https://b.example", noUrl);
    row("a user", "https://api@trace.wandb.ai", "--api-key-file");
    row("a user and a password", "https://api:secret@trace.wandb.ai", "--api-key-file");
    row("a query", "https://trace.wandb.ai/?a=b", "query or fragment");
    row("an empty query", "https://trace.wandb.ai/?", "query or fragment");
    row("a fragment", "https://trace.wandb.ai/#a", "query or fragment");
    row("file without a path", "file:", "path of a file");
    row("file with a folder", "file:/var/lib/weave/", "path of a file");
    row("file with the root", "file:///", "path of a file");
}

void TstBackendAddress::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, reason);
    for (const bool allowHttp : {false, true}) {
        const auto backend = parseBackend(toView(text), allowHttp);
        QVERIFY(!backend.ok());
        QVERIFY(backend.error().code == ErrorCode::InvalidArgument);
        QVERIFY2(toBytes(backend.error().message).contains(reason),
                 backend.error().message.c_str());
    }
}

void TstBackendAddress::errorsHoldNoSecret()
{
    for (const char *text : {"https://api:s3cret@trace.wandb.ai", "http://s3cret@trace.wandb.ai",
                             "ftp://api:s3cret@host", "https://api:s3cret@"}) {
        const auto backend = parseBackend(text, false);
        QVERIFY2(!backend.ok(), text);
        QVERIFY2(backend.error().message.find("s3cret") == std::string::npos, text);
    }
}

void TstBackendAddress::netrcMachineNames_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QList<QByteArray>>("machines");
    using Machines = QList<QByteArray>;
    QTest::newRow("the cloud") << u"https://trace.wandb.ai"_s << Machines{"api.wandb.ai"};
    QTest::newRow("a host") << u"https://weave.example/traces"_s << Machines{"weave.example"};
    QTest::newRow("a host and a port")
        << u"http://localhost:8080"_s << Machines{"localhost:8080", "localhost"};
    QTest::newRow("the API itself") << u"https://api.wandb.ai/traces"_s << Machines{"api.wandb.ai"};
    QTest::newRow("a name that ends alike")
        << u"https://mytrace.wandb.ai"_s << Machines{"mytrace.wandb.ai"};
}

void TstBackendAddress::netrcMachineNames()
{
    QFETCH(QString, url);
    QFETCH(QList<QByteArray>, machines);
    QList<QByteArray> found;
    for (const std::string &machine : netrcMachines(QUrl(url)))
        found << toBytes(machine);
    QCOMPARE(found, machines);
}

QTEST_APPLESS_MAIN(TstBackendAddress)
#include "tst_backendaddress.moc"
