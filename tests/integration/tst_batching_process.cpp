#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <sys/stat.h>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QString Never = QStringLiteral("1h");
const QString Interval = QStringLiteral("--flush-interval");
const QString MaxCount = QStringLiteral("--flush-max-count");

QByteArray callLine(const QByteArray &project, int number)
{
    return startLine(startPayload(project, QByteArray::number(number)));
}

QByteArray callLines(const QByteArray &project, int count)
{
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += callLine(project, i);
    return lines;
}

} // namespace

// When the real daemon sends, and exactly what.
class BatchingProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void closesAtTheCount();
    void closesAtTheBytes();
    void closesAtTheInterval();
    void callOverTheByteLimitGoesAlone();
    void bodyIsByteExact();
    void projectsNeverShareABody();
    void keepsTheOrderOfArrival();
    void keepsFewConnections();
    void sendsTheHeaders();
    void keyFrom_data();
    void keyFrom();
    void pathOfTheBackendIsKept_data();
    void pathOfTheBackendIsKept();
    void writesToAFile();
};

void BatchingProcessTest::closesAtTheCount()
{
    ProcessFixture f;
    QVERIFY(f.start({MaxCount, QStringLiteral("5"), Interval, Never}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines("a/b", 13), 13), 13);
    QVERIFY(f.waitForDelivered(10));
    QCOMPARE(f.sink.requestCount(), 2);
    for (const SinkRequest &request : f.sink.requests())
        QCOMPARE(upsertItems(request.body).size(), 5);
    // The daemon learns a moment later what the server has answered.
    QVERIFY(f.waitForNumber(QStringLiteral("calls.pending"), 3));
    QCOMPARE(f.auditError(), QString());
}

void BatchingProcessTest::closesAtTheBytes()
{
    constexpr int Limit = 1000;
    ProcessFixture f;
    QVERIFY(
        f.start({QStringLiteral("--flush-max-bytes"), QString::number(Limit), Interval, Never}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines("a/b", 60), 60), 60);
    QCOMPARE(client.ask(R"({"method":"flush"})").value(QLatin1String("success")).toBool(), true);
    QCOMPARE(f.sink.delivered().size(), 60);
    for (int i = 0; i < f.sink.requestCount(); ++i) {
        const QByteArray &body = f.sink.requests().at(static_cast<std::size_t>(i)).body;
        QCOMPARE_LE(body.size(), Limit);
        // Full but for one more item.
        if (upsertItems(body).size() > 1 && i + 1 < f.sink.requestCount())
            QCOMPARE_GT(body.size() + callLine("a/b", 10).size(), Limit);
    }
}

void BatchingProcessTest::closesAtTheInterval()
{
    ProcessFixture f;
    QVERIFY(f.start({Interval, QStringLiteral("300ms")}));
    FakeClient client(f.sidecar.socketPath());
    const auto before = std::chrono::steady_clock::now();
    QCOMPARE(client.sendCalls(callLines("a/b", 3), 3), 3);
    QVERIFY(f.waitForDelivered(3));
    QCOMPARE(f.sink.requestCount(), 1);
    const auto waited = f.sink.requests().front().at - before;
    QCOMPARE_GE(waited, 299ms);
    QCOMPARE_LT(waited, 2s);
}

void BatchingProcessTest::callOverTheByteLimitGoesAlone()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--flush-max-bytes"), QStringLiteral("1000"), Interval,
                     QStringLiteral("50ms")}));
    FakeClient client(f.sidecar.socketPath());
    const QByteArray large =
        startPayload("a/b", "large", ",\"inputs\":\"" + QByteArray(5000, 'x') + "\"");
    QCOMPARE(client.sendCalls(callLine("a/b", 1) + startLine(large) + callLine("a/b", 2), 3), 3);
    QVERIFY(f.waitForDelivered(3));
    int bodiesWithLarge = 0;
    for (const SinkRequest &request : f.sink.requests()) {
        const QList<QByteArray> items = upsertItems(request.body);
        if (items.contains(startItem(large))) {
            ++bodiesWithLarge;
            QCOMPARE(items.size(), 1);
        }
    }
    QCOMPARE(bodiesWithLarge, 1);
}

// The payload's bytes are never re-ordered, rounded or escaped another way.
void BatchingProcessTest::bodyIsByteExact()
{
    const QList<QByteArray> payloads{
        R"({"start":{"id":"1","project_id":"a/b","z":1,"a":2,"z":3}})",
        R"({ "start" :  {"project_id":"a/b" ,	"id":"2", "n":12345678901234567890 } })",
        R"({"start":{"project_id":"a/b","id":"3","n":[1.0,-0.0,1e400,1E+2,0.1000]}})",
        R"({"start":{"project_id":"a/b","id":"4","s":"\ud800 \u003c <&> \/ é \ud83d\ude00"}})",
        R"({"other":[{},[]],"start":{"project_id":"a/b","id":"5","start":{"id":6}},"last":null})",
        R"({"start":{"project_id":"a\/b","id":"6","project_id":"a/b"}})",
        "{\"start\":{\"project_id\":\"a/b\",\"id\":\"7\",\"text\":\"\xF0\x9F\x90\x88\x7F\"}}",
    };
    ProcessFixture f;
    QVERIFY(f.start({Interval, Never}));
    FakeClient client(f.sidecar.socketPath());
    QList<QByteArray> expected;
    for (const QByteArray &payload : payloads) {
        QCOMPARE(client.sendCalls(startLine(payload), 1), 1);
        expected << startItem(payload);
    }
    const QByteArray end = endPayload("a/b", "1", R"(,"output": {"b":1 ,"a":[ ]})");
    QCOMPARE(client.sendCalls(endLine(end), 1), 1);
    expected << endItem(end);
    client.ask(R"({"method":"flush"})");
    QCOMPARE(f.sink.requestCount(), 1);
    QCOMPARE(f.sink.requests().front().body, "{\"batch\":[" + expected.join(',') + "]}");
}

void BatchingProcessTest::projectsNeverShareABody()
{
    ProcessFixture f;
    QVERIFY(f.start({Interval, Never}));
    FakeClient client(f.sidecar.socketPath());
    QByteArray lines;
    for (int i = 0; i < 90; ++i)
        lines += callLine("team/p" + QByteArray::number(i % 3), i);
    QCOMPARE(client.sendCalls(lines, 90), 90);
    client.ask(R"({"method":"flush"})");
    QCOMPARE(f.sink.requestCount(), 3);
    for (const SinkRequest &request : f.sink.requests()) {
        const QList<QByteArray> items = upsertItems(request.body);
        QCOMPARE(items.size(), 30);
        const qsizetype at = items.front().indexOf("team/p");
        const QByteArray project = items.front().mid(at, 7);
        for (const QByteArray &item : items)
            QVERIFY(item.contains(project));
    }
}

void BatchingProcessTest::keepsTheOrderOfArrival()
{
    ProcessFixture f;
    QVERIFY(f.start({Interval, Never}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines("a/b", 500), 500), 500);
    client.ask(R"({"method":"flush"})");
    QCOMPARE(f.sink.delivered().size(), 500);
    for (int i = 0; i < 500; ++i)
        QCOMPARE(f.sink.delivered().at(i), startItem(startPayload("a/b", QByteArray::number(i))));
}

void BatchingProcessTest::keepsFewConnections()
{
    ProcessFixture f;
    QVERIFY(f.start({MaxCount, QStringLiteral("10"), Interval, Never}));
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < 5; ++i) {
        QCOMPARE(client.sendCalls(callLines("a/b", 100), 100), 100);
        client.ask(R"({"method":"flush"})");
    }
    QCOMPARE(f.sink.requestCount(), 50);
    QCOMPARE_LE(f.sink.connectionCount(), 4);
    QCOMPARE(f.auditError(), QString());
}

void BatchingProcessTest::sendsTheHeaders()
{
    ProcessFixture f;
    QVERIFY(f.start({MaxCount, QStringLiteral("1")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines("a/b", 2), 2), 2);
    QVERIFY(f.waitForDelivered(2));
    QCOMPARE(f.sink.requestCount(), 2);
    const SinkRequest &request = f.sink.requests().front();
    QCOMPARE(request.method, QByteArray("POST"));
    QCOMPARE(request.path, QByteArray("/call/upsert_batch"));
    QCOMPARE(request.headers.value("content-type"), QByteArray("application/json"));
    QVERIFY(request.headers.value("user-agent").startsWith("weave-sidecar/"));
    QVERIFY(!request.headers.contains("authorization"));
    QVERIFY(!request.headers.contains("transfer-encoding"));
    const QByteArray retryId = request.headers.value("x-weave-retry-id");
    static const QRegularExpression uuid(
        QStringLiteral("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"));
    QVERIFY(uuid.match(QString::fromLatin1(retryId)).hasMatch());
    QVERIFY(f.sink.requests().back().headers.value("x-weave-retry-id") != retryId);
    QVERIFY(f.sidecar.standardError().contains(QStringLiteral("no API key was found")));
}

void BatchingProcessTest::keyFrom_data()
{
    QTest::addColumn<QString>("source");
    QTest::newRow("--api-key-file") << QStringLiteral("file");
    QTest::newRow("--api-key") << QStringLiteral("flag");
    QTest::newRow("WANDB_API_KEY") << QStringLiteral("environment");
    QTest::newRow("netrc in $HOME") << QStringLiteral("home");
    QTest::newRow("$NETRC") << QStringLiteral("netrc");
}

void BatchingProcessTest::keyFrom()
{
    QFETCH(QString, source);
    const QByteArray key = "0123456789abcdef0123456789abcdef01234567";
    const QByteArray netrc = "machine 127.0.0.1 login user password " + key + "\n";
    ProcessFixture f;
    QStringList arguments{MaxCount, QStringLiteral("1"), QStringLiteral("--log-level"),
                          QStringLiteral("debug")};
    if (source == QLatin1String("file")) {
        QVERIFY(f.writeFile(QStringLiteral("key"), key + "\n"));
        arguments << QStringLiteral("--api-key-file") << f.path(QStringLiteral("key"));
    } else if (source == QLatin1String("flag")) {
        arguments << QStringLiteral("--api-key") << QString::fromLatin1(key);
    } else if (source == QLatin1String("environment")) {
        f.sidecar.setEnvironment(QStringLiteral("WANDB_API_KEY"), QString::fromLatin1(key));
    } else if (source == QLatin1String("home")) {
        QVERIFY(f.writeFile(QStringLiteral(".netrc"), netrc));
    } else {
        QVERIFY(f.writeFile(QStringLiteral("mynetrc"), netrc));
        f.sidecar.setEnvironment(QStringLiteral("NETRC"), f.path(QStringLiteral("mynetrc")));
    }
    QVERIFY(f.start(arguments));
    f.sink.enqueue(503);
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine("a/b", 1), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    for (const SinkRequest &request : f.sink.requests())
        QCOMPARE(request.headers.value("authorization"),
                 "Basic " + QByteArray("api:" + key).toBase64());
    const QString log = f.sidecar.standardError();
    QVERIFY(!log.contains(QString::fromLatin1(key)));
    QVERIFY(!log.contains(QString::fromLatin1(QByteArray("api:" + key).toBase64())));
}

void BatchingProcessTest::pathOfTheBackendIsKept_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("none") << QString() << QByteArray("/call/upsert_batch");
    QTest::newRow("slash") << QStringLiteral("/") << QByteArray("/call/upsert_batch");
    QTest::newRow("traces") << QStringLiteral("/traces") << QByteArray("/traces/call/upsert_batch");
    QTest::newRow("deep") << QStringLiteral("/a%20b/traces/")
                          << QByteArray("/a%20b/traces/call/upsert_batch");
}

void BatchingProcessTest::pathOfTheBackendIsKept()
{
    QFETCH(QString, path);
    QFETCH(QByteArray, expected);
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--backend"), f.sink.url(path)}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine("a/b", 1), 1), 1);
    QVERIFY(f.waitForDelivered(1));
    QCOMPARE(f.sink.requests().front().path, expected);
}

void BatchingProcessTest::writesToAFile()
{
    ProcessFixture f;
    const QString path = f.path(QStringLiteral("calls.ndjson"));
    QVERIFY(f.start({QStringLiteral("--backend"), QStringLiteral("file:") + path}));
    FakeClient client(f.sidecar.socketPath());
    const QByteArray start = startPayload("a/b", "1", R"(, "n":1.0)");
    const QByteArray end = endPayload("a/b", "1");
    QCOMPARE(client.sendCalls(startLine(start) + endLine(end), 2), 2);
    QVERIFY(client.ask(R"({"method":"flush"})").value(QLatin1String("success")).toBool());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), startItem(start) + "\n" + endItem(end) + "\n");
    struct stat found = {};
    QCOMPARE(::stat(QFile::encodeName(path).constData(), &found), 0);
    QCOMPARE(found.st_mode & 0777U, 0600U);
    QCOMPARE(f.auditError(), QString());
}

QTEST_GUILESS_MAIN(BatchingProcessTest)
#include "tst_batching_process.moc"
