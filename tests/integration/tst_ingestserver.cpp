#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/fakerequesthandler.h"
#include "ingest/ingestserver.h"

#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Line = startLine(startPayload("a/b", "1"));

} // namespace

class IngestServerTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void servesManyClients();
    void refusesTheOneTooMany();
    void waitingClientHoldsNoOther();
    void stopListeningKeepsTheConnected();
    void pauseEndsByItself();
    void resumeEndsAPause();
    void listenFailsOnATakenPath();
    void goesWithClientsConnected();
    void goesBeforeAClosedConnection();
    void answersPipeliningClientsTogether();
    void answersASingleLineAtOnce();

private:
    [[nodiscard]] SocketOptions options() const { return {m_path.toStdString(), 0600, {}}; }

    QTemporaryDir m_folder{QStringLiteral("/tmp/wiXXXXXX")};
    const QString m_path = m_folder.filePath(QStringLiteral("s"));
    FakeRequestHandler m_handler;
};

void IngestServerTest::servesManyClients()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    std::vector<FakeClient> clients;
    for (int i = 0; i < 50; ++i)
        clients.emplace_back(m_path);
    for (FakeClient &client : clients)
        QCOMPARE(client.sendCalls(Line, 1), 1);
    QCOMPARE(stats.connectionsOpen, 50U);
    QCOMPARE(stats.connectionsAccepted, 50U);
    clients.clear();
    QTRY_COMPARE(stats.connectionsOpen, 0U);
}

void IngestServerTest::refusesTheOneTooMany()
{
    Stats stats;
    IngestServer server(m_handler, stats, {1000, 2});
    QVERIFY(server.listen(options()));
    FakeClient first(m_path);
    FakeClient second(m_path);
    QCOMPARE(first.sendCalls(Line, 1), 1);
    QCOMPARE(second.sendCalls(Line, 1), 1);
    FakeClient third(m_path);
    QVERIFY(third.readLine().value_or(QByteArray()).contains("2 connections already"));
    QVERIFY(third.waitForClose());
    QCOMPARE(stats.connectionsRefused, 1U);
    first.close();
    QTRY_COMPARE(stats.connectionsOpen, 1U);
    FakeClient fourth(m_path);
    QCOMPARE(fourth.sendCalls(Line, 1), 1);
}

void IngestServerTest::waitingClientHoldsNoOther()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    m_handler.flushes.clear();
    FakeClient waiting(m_path);
    FakeClient other(m_path);
    QVERIFY(waiting.send("{\"method\":\"flush\"}\n"));
    QTRY_COMPARE(m_handler.flushes.size(), 1U);
    QCOMPARE(other.sendCalls(Line, 1), 1);
    m_handler.flushes.front()("{}\n");
    QVERIFY(waiting.readLine());
    m_handler.flushes.clear();
}

void IngestServerTest::stopListeningKeepsTheConnected()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    FakeClient client(m_path);
    QCOMPARE(client.sendCalls(Line, 1), 1);
    server.stopListening();
    server.stopListening(); // twice is once
    QVERIFY(!QFileInfo::exists(m_path));
    QVERIFY(!FakeClient(m_path).isConnected());
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void IngestServerTest::pauseEndsByItself()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    m_handler.asksForPause = true;
    FakeClient client(m_path);
    for (int i = 0; i < 5; ++i)
        QCOMPARE(client.sendCalls(Line, 1), 1); // slower, but never stuck
    m_handler.asksForPause = false;
}

void IngestServerTest::resumeEndsAPause()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    m_handler.asksForPause = true;
    FakeClient client(m_path);
    FakeClient gone(m_path);
    QCOMPARE(client.sendCalls(Line, 1), 1);
    QCOMPARE(gone.sendCalls(Line, 1), 1);
    gone.close();
    m_handler.asksForPause = false;
    server.resumeReading();
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void IngestServerTest::listenFailsOnATakenPath()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    IngestServer second(m_handler, stats, {});
    const auto result = second.listen(options());
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::InUse);
    FakeClient client(m_path);
    QCOMPARE(client.sendCalls(Line, 1), 1);
}

void IngestServerTest::goesWithClientsConnected()
{
    Stats stats;
    auto server = std::make_unique<IngestServer>(m_handler, stats, IngestLimits{});
    QVERIFY(server->listen(options()));
    FakeClient client(m_path);
    QCOMPARE(client.sendCalls(Line, 1), 1);
    server.reset();
    QVERIFY(client.waitForClose());
    QCOMPARE(stats.connectionsOpen, 0U);
    QVERIFY(!QFileInfo::exists(m_path));
}

// The event loop has not deleted it yet, and it uses what is the server's.
void IngestServerTest::goesBeforeAClosedConnection()
{
    Stats stats;
    auto server = std::make_unique<IngestServer>(m_handler, stats, IngestLimits{});
    QVERIFY(server->listen(options()));
    FakeClient client(m_path);
    QCOMPARE(client.sendCalls(Line, 1), 1);
    m_handler.goneClients.clear();
    client.close();
    while (m_handler.goneClients.empty())
        QCoreApplication::processEvents();
    server.reset();
    QCOMPARE(stats.connectionsOpen, 0U);
}

// Both are read in one turn, and the handler hears of their calls once, at its end. A turn that was
// interrupted for long answers the first client before the second is read.
void IngestServerTest::answersPipeliningClientsTogether()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    FakeClient first(m_path);
    FakeClient second(m_path);
    QCOMPARE(first.sendCalls(Line, 1), 1);
    QCOMPARE(second.sendCalls(Line, 1), 1);
    const QList<QByteArray> together{"call", "call", "call", "call", "accepted"};
    bool cameTogether = false;
    for (int attempt = 0; attempt < 50 && !cameTogether; ++attempt) {
        m_handler.events.clear();
        QVERIFY(first.send(Line + Line) && second.send(Line + Line));
        for (FakeClient *client : {&first, &second}) {
            for (int i = 0; i < 2; ++i)
                QVERIFY(client->readLine().value_or(QByteArray()).contains("true"));
        }
        QCOMPARE(m_handler.events.count("call"), 4);
        cameTogether = m_handler.events == together;
    }
    QVERIFY(cameTogether);
}

void IngestServerTest::answersASingleLineAtOnce()
{
    Stats stats;
    IngestServer server(m_handler, stats, {});
    QVERIFY(server.listen(options()));
    FakeClient first(m_path);
    FakeClient second(m_path);
    QCOMPARE(first.sendCalls(Line, 1), 1);
    QCOMPARE(second.sendCalls(Line, 1), 1);
    m_handler.events.clear();
    QVERIFY(first.send(Line) && second.send(Line));
    for (FakeClient *client : {&first, &second})
        QVERIFY(client->readLine().value_or(QByteArray()).contains("true"));
    QCOMPARE(m_handler.events, (QList<QByteArray>{"call", "accepted", "call", "accepted"}));
}

QTEST_GUILESS_MAIN(IngestServerTest)
#include "tst_ingestserver.moc"
