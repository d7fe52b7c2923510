#include "integration/httprig.h"

#include <QTest>

#include <algorithm>
#include <functional>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

constexpr int Requests = 100;
const QByteArray HeadRequest = "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

// Counts what is answered from one turn of the event loop to the next.
class TurnCounter final : public QObject
{
public:
    explicit TurnCounter(const FakeRequestHandler &handler)
        : m_handler(handler)
    {
        count();
    }
    [[nodiscard]] int most() const { return std::max(m_most, m_handler.statusReports - m_before); }

private:
    void count()
    {
        m_most = most();
        m_before = m_handler.statusReports;
        QMetaObject::invokeMethod(this, &TurnCounter::count, Qt::QueuedConnection);
    }

    const FakeRequestHandler &m_handler;
    int m_before = 0;
    int m_most = 0;
};

} // namespace

// HTTP clients and those of the socket share an event loop, and whoever floods it has to leave
// room.
class HttpTurnsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void floodLeavesRoom_data();
    void floodLeavesRoom();
    void answersAllWhoSendNoMore();
    void bodiesComeWhole();
};

void HttpTurnsTest::floodLeavesRoom_data()
{
    QTest::addColumn<int>("clients");
    QTest::addColumn<int>("requests");
    QTest::newRow("one client") << 1 << Requests;
    QTest::newRow("many clients") << 20 << Requests;
    QTest::newRow("many clients with one request each") << 100 << 1;
}

void HttpTurnsTest::floodLeavesRoom()
{
    QFETCH(int, clients);
    QFETCH(int, requests);
    HttpRig rig;
    rig.handler.reportTakes = 200us;
    std::vector<HttpClient> flood;
    for (int i = 0; i < clients; ++i) {
        flood.push_back(rig.client());
        QVERIFY(flood.back().ask(httpGet("/healthz", {}))); // accepted: it is only read from now on
    }
    const TurnCounter counter(rig.handler);
    const QByteArray bytes = HeadRequest.repeated(requests);
    for (HttpClient &client : flood)
        QCOMPARE(client.sendSome(bytes), bytes.size());
    QTRY_COMPARE_WITH_TIMEOUT(rig.handler.statusReports, clients * requests, 20'000);
    for (HttpClient &client : flood) {
        for (int i = 0; i < requests; ++i)
            QCOMPARE(statusOf(client.readAnswer(8s, true)), 200);
    }
    // 1 ms of 200 µs each, for those that wait and for those that come meanwhile.
    QCOMPARE_LE(counter.most(), 10);
}

// Qt closes a connection as soon as it has read the end of what the client sends.
void HttpTurnsTest::answersAllWhoSendNoMore()
{
    HttpRig rig;
    rig.handler.reportTakes = 200us;
    std::vector<HttpClient> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(rig.client());
        // Without bodies, so that no answers wait to be read.
        const QByteArray bytes = HeadRequest.repeated(i % 2 == 0 ? 1 : Requests);
        QCOMPARE(clients.back().sendSome(bytes), bytes.size());
        clients.back().closeWriting();
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
        for (int left = i % 2 == 0 ? 1 : Requests; left > 0; --left)
            QCOMPARE(statusOf(clients[i].readAnswer(8s, true)), 200);
        QVERIFY(clients[i].waitForClose());
    }
}

void HttpTurnsTest::bodiesComeWhole()
{
    HttpRig rig;
    rig.handler.reportTakes = 2ms; // a turn each
    HttpClient client = rig.client();
    QByteArray body = startBody("1");
    body.insert(body.size() - 2, QByteArray(300'000, ' '));
    const QByteArray bytes = httpGet("/metrics") + httpPost("/call/start", body);
    QVERIFY(client.send(bytes.repeated(3)));
    for (int i = 0; i < 6; ++i)
        QCOMPARE(statusOf(client.readAnswer()), 200);
    QCOMPARE(rig.handler.ids.size(), 3);
}

QTEST_GUILESS_MAIN(HttpTurnsTest)
#include "tst_httpturns.moc"
