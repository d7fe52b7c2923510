#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "integration/controllines.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <memory>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// The next event of this kind; others are passed over.
QJsonObject nextEvent(FakeClient &client, QLatin1String kind)
{
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (std::chrono::steady_clock::now() < deadline) {
        const auto line = client.readLine();
        if (!line)
            break;
        const QJsonObject event = QJsonDocument::fromJson(*line).object();
        if (event.value("event"_L1).toString() == kind)
            return event;
    }
    return {};
}

} // namespace

// The real daemon, watched through its socket.
class SubscriptionsProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStatusEachSecond();
    void flushEventsOldAndNew();
    void callEvents();
    void clientsByName();
    void oneSubscriptionAConnection();
    void aSubscriberThatNeverReads();
    void subscribersThatVanish();
};

void SubscriptionsProcessTest::aStatusEachSecond()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(isSuccess(client.ask(subscribeTo({}))));
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) {
        const QJsonObject event = nextEvent(client, "status"_L1);
        QCOMPARE(event.value("status"_L1).toObject().value("pid"_L1).toInteger(), f.sidecar.pid());
        QVERIFY(!event.contains("clients"_L1));
    }
    const auto time = std::chrono::steady_clock::now() - begin;
    QCOMPARE_GE(time, 1s);
    QCOMPARE_LT(time, 4s);
    // Another one's beginning is no status for this one.
    FakeClient other(f.sidecar.socketPath());
    QVERIFY(isSuccess(other.ask(subscribeTo({}))));
    QVERIFY(!nextEvent(other, "status"_L1).isEmpty());
    QVERIFY(!client.readLine(200ms));
}

void SubscriptionsProcessTest::flushEventsOldAndNew()
{
    ProcessFixture f;
    QVERIFY(f.start());
    f.sink.enqueue(SinkAnswer{.status = 503, .headers = {"Retry-After: 0"}});
    FakeClient sender(f.sidecar.socketPath());
    QCOMPARE(sender.sendCalls(calls(2), 2), 2);
    QVERIFY(f.waitForDelivered(2));
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(isSuccess(client.ask(subscribeTo("\"flushes\""))));
    const QJsonObject failed = nextEvent(client, "flush"_L1);
    QCOMPARE(failed.value("outcome"_L1), QJsonValue("retry"_L1));
    QCOMPARE(failed.value("status"_L1).toInt(), 503);
    QVERIFY(failed.value("error"_L1).isString());
    const QJsonObject good = nextEvent(client, "flush"_L1);
    QCOMPARE(good.value("outcome"_L1), QJsonValue("delivered"_L1));
    QCOMPARE(good.value("attempts"_L1).toInt(), 2);
    QVERIFY(good.value("error"_L1).isNull());
    QCOMPARE(sender.sendCalls(calls(3), 3), 3);
    const QJsonObject fresh = nextEvent(client, "flush"_L1);
    QCOMPARE(fresh.value("calls"_L1).toInt(), 3);
    QCOMPARE(fresh.value("project"_L1), QJsonValue("a/b"_L1));
    QCOMPARE(fresh.value("route"_L1), QJsonValue("upsert"_L1));
}

void SubscriptionsProcessTest::callEvents()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient plain(f.sidecar.socketPath());
    QVERIFY(isSuccess(plain.ask(subscribeTo("\"calls\""))));
    FakeClient whole(f.sidecar.socketPath());
    QVERIFY(isSuccess(whole.ask(subscribeTo("\"calls\",\"payloads\""))));
    FakeClient sender(f.sidecar.socketPath());
    QCOMPARE(sender.sendCalls(startLine(startPayload("a/b", "1", R"(,"inputs":{"x":7})"))
                                  + endLine(endPayload("a/b", "1", R"(,"output":[8])")),
                              2),
             2);
    for (const char *kind : {"start", "end"}) {
        const QJsonObject event = nextEvent(plain, "call"_L1);
        QCOMPARE(event.value("kind"_L1).toString(), QLatin1String(kind));
        QCOMPARE(event.value("id"_L1), QJsonValue("1"_L1));
        QVERIFY(!event.contains("payload"_L1));
    }
    QCOMPARE(nextEvent(whole, "call"_L1).value("payload"_L1), QJsonValue("{\"x\":7}"_L1));
    QCOMPARE(nextEvent(whole, "call"_L1).value("payload"_L1), QJsonValue("[8]"_L1));
    // More than a second's share is counted instead.
    QCOMPARE(sender.sendCalls(calls(1000), 1000), 1000);
    qint64 skipped = 0;
    for (int i = 0; i < 3 && skipped == 0; ++i)
        skipped = nextEvent(plain, "status"_L1).value("calls_skipped"_L1).toInteger();
    QCOMPARE_GE(skipped, 1);
}

void SubscriptionsProcessTest::clientsByName()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient sender(f.sidecar.socketPath());
    QCOMPARE(sender.sendCalls(calls(4), 4), 4);
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(isSuccess(client.ask(subscribeTo("\"clients\""))));
    const QJsonArray clients = nextEvent(client, "status"_L1).value("clients"_L1).toArray();
    QCOMPARE(clients.size(), 1);
    const QJsonObject self = clients.first().toObject();
    QCOMPARE(self.value("pid"_L1).toInteger(), QCoreApplication::applicationPid());
    QCOMPARE(self.value("name"_L1), QJsonValue("tst_subscriptions_process"_L1));
    QCOMPARE(self.value("connections"_L1).toInt(), 2);
    QCOMPARE(self.value("calls"_L1).toInt(), 4);
}

void SubscriptionsProcessTest::oneSubscriptionAConnection()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    QVERIFY(client.send(subscribeTo({}) + subscribeTo({})));
    const auto first = client.readLine();
    QVERIFY(first && first->contains("true"));
    const auto second = client.readLine();
    QVERIFY(second && second->contains("subscribed before"));
}

void SubscriptionsProcessTest::aSubscriberThatNeverReads()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient silent(f.sidecar.socketPath());
    QVERIFY(silent.send(subscribeTo("\"calls\",\"payloads\",\"flushes\"")));
    FakeClient sender(f.sidecar.socketPath());
    const QByteArray big =
        startLine(startPayload("a/b", "1", ",\"inputs\":\"" + QByteArray(3000, 'x') + "\""));
    QCOMPARE(sender.sendCalls(big.repeated(100), 100), 100);
    const qint64 before = f.sidecar.residentBytes();
    for (int i = 0; i < 30; ++i)
        QCOMPARE(sender.sendCalls(big.repeated(100), 100), 100);
    QVERIFY(isSuccess(sender.ask(Flush)));
    QCOMPARE_LT(f.sidecar.residentBytes() - before, qint64(40) * 1024 * 1024);
    QVERIFY(f.waitForDelivered(3100));
}

void SubscriptionsProcessTest::subscribersThatVanish()
{
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient sender(f.sidecar.socketPath());
    std::vector<std::unique_ptr<FakeClient>> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(std::make_unique<FakeClient>(f.sidecar.socketPath()));
        QVERIFY(clients.back()->send(subscribeTo("\"calls\",\"clients\",\"flushes\"")));
    }
    unsigned chance = 12345; // the same order in every run
    while (!clients.empty()) {
        QCOMPARE(sender.sendCalls(calls(5), 5), 5);
        chance = chance * 1103515245U + 12345U;
        clients.erase(clients.begin() + (chance >> 8U) % clients.size());
    }
    QVERIFY(f.waitForNumber(u"connections.open"_s, 2)); // the sender, and who asks
    QVERIFY(f.sidecar.isRunning());
    QVERIFY(f.waitForDelivered(250));
}

QTEST_GUILESS_MAIN(SubscriptionsProcessTest)
#include "tst_subscriptions_process.moc"
