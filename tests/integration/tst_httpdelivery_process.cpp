#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "integration/httprig.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <csignal>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Call = "{\"project_id\":\"a/b\",\"id\":\"c\",\"trace_id\":\"t\",\"op_name\":\"f\","
                        "\"started_at\":\"2026-11-23T10:00:00Z\",\"attributes\":{},"
                        "\"inputs\":{\"n\":1.0},\"ended_at\":\"2026-11-23T10:00:01Z\","
                        "\"output\" : 12345678901234567890,\"summary\":{},\"wb_run_id\":null}";

QStringList door(const QStringList &more = {})
{
    return QStringList{QStringLiteral("--http"), QStringLiteral("127.0.0.1:0"),
                       QStringLiteral("--api-key"), QString::fromLatin1(DoorKey)}
    + more;
}

quint16 doorPort(const ProcessFixture &f)
{
    const QString url = f.sidecar.status()
                            .value(QLatin1String("http"))
                            .toObject()
                            .value(QLatin1String("url"))
                            .toString();
    return static_cast<quint16>(QUrl(url).port(0));
}

QByteArray completeRequest(const QByteArray &calls)
{
    return httpPost("/v2/a/b/calls/complete", "{\"batch\":[" + calls + "]}");
}

// The calls in a request, as values.
QJsonArray batch(const SinkRequest &request)
{
    return QJsonDocument::fromJson(request.body).object().value(QLatin1String("batch")).toArray();
}

} // namespace

// What comes in by the door of the real daemon leaves it as it came.
class HttpDeliveryProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void upsertIsByteExact();
    void completeStaysComplete();
    void completeAsUpsert();
    void severalCompleteCalls();
    void bothDoorsShareABatch();
    void killLosesNothing();
    void everySync();
    void manyClients();
};

void HttpDeliveryProcessTest::upsertIsByteExact()
{
    ProcessFixture f;
    QVERIFY(f.start(door()));
    const QByteArray start = "{ \"start\" : {\"project_id\":\"a\\/b\",\"id\":\"1\",\"trace_id\":"
                             "\"t\",\"n\":[1.0,-0.0,1e400,12345678901234567890],\"s\":\"\\ud800 "
                             "\\u003c \xc3\xa9\"} }";
    const QByteArray end = endPayload("a/b", "1", ",\"output\": {\"b\":1 ,\"a\":[ ]}");
    HttpClient client(doorPort(f));
    const QByteArray body = "{\"batch\":[{\"mode\":\"start\",\"req\":" + start
        + "},\n{\"req\":" + end + ",\"mode\":\"end\"}]}";
    const auto answer = client.ask(httpPost("/call/upsert_batch", body));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("{\"res\":[{\"id\":\"1\",\"trace_id\":\"t\"},{}]}"));
    QVERIFY(f.waitForDelivered(2));
    QCOMPARE(f.sink.delivered(), (QList<QByteArray>{startItem(start), endItem(end)}));
    QCOMPARE(f.sink.requests().back().path, QByteArray("/call/upsert_batch"));
    QVERIFY(hasHeaderLine(f.sink.requests().back().headerLines, authorization().trimmed()));
    QCOMPARE(f.auditError(), QString());
}

void HttpDeliveryProcessTest::completeStaysComplete()
{
    ProcessFixture f;
    QVERIFY(f.start(door()));
    HttpClient client(doorPort(f));
    const auto answer = client.ask(completeRequest(Call));
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("{}"));
    QTRY_COMPARE(f.sidecar.number(QStringLiteral("calls.delivered")), 2);
    QCOMPARE(f.sink.requestCount(), 1);
    const SinkRequest &request = f.sink.requests().front();
    QCOMPARE(request.path, QByteArray("/v2/a/b/calls/complete"));
    QCOMPARE(batch(request), (QJsonArray{QJsonDocument::fromJson(Call).object()}));
    QVERIFY2(request.body.contains("12345678901234567890"), "digits are not rounded");
    QCOMPARE(request.body.count("\"id\""), 1);
    QCOMPARE(f.auditError(), QString());
}

void HttpDeliveryProcessTest::completeAsUpsert()
{
    ProcessFixture f;
    QVERIFY(f.start(door({QStringLiteral("--calls-mode"), QStringLiteral("upsert")})));
    HttpClient client(doorPort(f));
    QCOMPARE(statusOf(client.ask(completeRequest(Call))), 200);
    QVERIFY(f.waitForDelivered(2));
    QJsonObject whole;
    for (const SinkRequest &request : f.sink.requests()) {
        QCOMPARE(request.path, QByteArray("/call/upsert_batch"));
        for (const QJsonValue &item : batch(request)) {
            const QJsonObject object = item.toObject();
            const QString mode = object.value(QLatin1String("mode")).toString();
            const QJsonObject half =
                object.value(QLatin1String("req")).toObject().value(mode).toObject();
            QCOMPARE(half.value(QLatin1String("id")).toString(), QStringLiteral("c"));
            for (const QString &key : half.keys())
                whole.insert(key, half.value(key));
        }
    }
    QCOMPARE(whole, QJsonDocument::fromJson(Call).object());
}

void HttpDeliveryProcessTest::severalCompleteCalls()
{
    ProcessFixture f;
    QVERIFY(f.start(door()));
    HttpClient client(doorPort(f));
    QByteArrayList calls;
    QJsonArray expected;
    for (int i = 0; i < 200; ++i) {
        QByteArray call = Call;
        call.replace("\"id\":\"c\"", "\"id\":\"" + QByteArray::number(i) + "\"");
        calls << call;
        expected.append(QJsonDocument::fromJson(call).object());
    }
    QCOMPARE(statusOf(client.ask(completeRequest(calls.join(',')))), 200);
    QTRY_COMPARE(f.sidecar.number(QStringLiteral("calls.delivered")), 400);
    QJsonArray found;
    for (const SinkRequest &request : f.sink.requests()) {
        QCOMPARE(request.path, QByteArray("/v2/a/b/calls/complete"));
        for (const QJsonValue &call : batch(request))
            found.append(call);
    }
    QCOMPARE(found, expected);
}

void HttpDeliveryProcessTest::bothDoorsShareABatch()
{
    ProcessFixture f;
    QVERIFY(f.start(door({QStringLiteral("--flush-max-count"), QStringLiteral("2"),
                          QStringLiteral("--flush-interval"), QStringLiteral("1h")})));
    HttpClient client(doorPort(f));
    QCOMPARE(statusOf(client.ask(startRequest("1"))), 200);
    FakeClient socket(f.sidecar.socketPath());
    QCOMPARE(socket.sendCalls(startLine(startBody("2")), 1), 1);
    QVERIFY(f.waitForDelivered(2));
    QCOMPARE(f.sink.requestCount(), 1);
    QCOMPARE(f.sink.delivered(),
             (QList<QByteArray>{startItem(startBody("1")), startItem(startBody("2"))}));
}

void HttpDeliveryProcessTest::killLosesNothing()
{
    ProcessFixture f;
    f.sink.setScript([](const SinkRequest &) { return SinkAnswer{.status = 503}; });
    const QStringList spool{QStringLiteral("--spool-dir"), f.path(QStringLiteral("spool"))};
    QVERIFY(f.start(door(spool)));
    HttpClient client(doorPort(f));
    QList<QByteArray> expected;
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(statusOf(client.ask(startRequest(QByteArray::number(i)))), 200);
        expected << startItem(startBody(QByteArray::number(i)));
    }
    f.sidecar.sendSignal(SIGKILL);
    QTRY_VERIFY(!f.sidecar.isRunning());
    f.sink.setScript({});
    QVERIFY(f.start(door(spool)));
    QVERIFY(f.waitForDelivered(100));
    QCOMPARE(f.sink.delivered(), expected);
    QCOMPARE(f.auditError(), QString());
}

void HttpDeliveryProcessTest::everySync()
{
    ProcessFixture f;
    QVERIFY(f.start(door({QStringLiteral("--spool-dir"), f.path(QStringLiteral("spool")),
                          QStringLiteral("--spool-sync"), QStringLiteral("always")})));
    const quint16 port = doorPort(f);
    std::vector<HttpClient> clients;
    for (int i = 0; i < 10; ++i) {
        clients.emplace_back(port);
        QVERIFY(clients.back().send(startRequest(QByteArray::number(i))
                                    + httpPost("/call/upsert_batch", "{\"batch\":[]}")));
    }
    for (HttpClient &client : clients) {
        QCOMPARE(statusOf(client.readAnswer()), 200);
        const auto answer = client.readAnswer();
        QCOMPARE(statusOf(answer), 200);
        QCOMPARE(answer->body, QByteArray("{\"res\":[]}"));
    }
    QVERIFY(f.waitForDelivered(10));
}

void HttpDeliveryProcessTest::manyClients()
{
    constexpr int Clients = 50;
    constexpr int Each = 20;
    ProcessFixture f;
    QVERIFY(f.start(door()));
    const quint16 port = doorPort(f);
    std::vector<HttpClient> clients;
    for (int i = 0; i < Clients; ++i) {
        clients.emplace_back(port);
        QByteArray requests;
        for (int k = 0; k < Each; ++k)
            requests += startRequest(QByteArray::number(i * Each + k));
        QVERIFY(clients.back().send(requests));
    }
    for (HttpClient &client : clients) {
        for (int k = 0; k < Each; ++k)
            QCOMPARE(statusOf(client.readAnswer()), 200);
    }
    QVERIFY(f.waitForNumber(QStringLiteral("calls.delivered"), Clients * Each));
    QCOMPARE(f.auditError(), QString());
}

QTEST_GUILESS_MAIN(HttpDeliveryProcessTest)
#include "tst_httpdelivery_process.moc"
