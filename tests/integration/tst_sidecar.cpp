#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/faketransport.h"
#include "sidecar/sidecar.h"
#include "spool/memoryspool.h"

#include <QElapsedTimer>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <climits>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

const QByteArray Flush = R"({"method":"flush"})";

std::optional<std::string> noEnvironment(const char *)
{
    return std::nullopt;
}

QByteArray callLines(int count, const QByteArray &project = "a/b")
{
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += startLine(startPayload(project, QByteArray::number(i)));
    return lines;
}

// The whole core over a real socket, with a transport that answers when told.
class Rig final
{
public:
    explicit Rig(std::initializer_list<std::pair<const char *, const char *>> flags = {})
    {
        QLoggingCategory::setFilterRules(QStringLiteral("weave.*=false"));
        Options options;
        const auto set = [&options](const char *name, const std::string &value) {
            options.set(name, value, Options::Source::Flag);
        };
        set("backend", "https://trace.example");
        set("socket", path.toStdString());
        set("spool-dir", "none");
        set("flush-interval", "10ms");
        for (const auto &[name, value] : flags)
            set(name, value);
        const auto config = Config::resolve(options, noEnvironment);
        if (!config)
            qFatal("%s", config.error().message.c_str());
        const auto makeTransport = [this](const Config &) {
            auto owned = std::make_unique<FakeTransport>();
            transport = owned.get();
            return owned;
        };
        sidecar = std::make_unique<Sidecar>(*config, makeTransport,
                                            std::make_unique<MemorySpool>(config->spoolMaxBytes));
    }

    [[nodiscard]] QJsonObject status() const
    {
        FakeClient client(path);
        return client.ask(R"({"method":"status"})").value(QLatin1String("status")).toObject();
    }
    [[nodiscard]] int calls(const char *key) const
    {
        return status()
            .value(QLatin1String("calls"))
            .toObject()
            .value(QLatin1String(key))
            .toInt(-1);
    }

    QTemporaryDir folder{QStringLiteral("/tmp/wdXXXXXX")};
    const QString path = folder.filePath(QStringLiteral("s"));
    FakeTransport *transport = nullptr;
    std::unique_ptr<Sidecar> sidecar;
};

} // namespace

class SidecarTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deliversWhatItAccepts();
    void startFailsAndLeavesNothing();
    void flushOfOneClientIsOfAll();
    void flushCountsWhatIsGivenUp();
    void openCallsSlowNobodyDown();
    void fullSpoolRefuses();
    void statusFollowsTheCalls();
    void shutdownWaitsForTheCalls();
    void shutdownOfAnIdleOneEnds();
    void shutdownGivesUpAtTheTimeout();
    void goesWithoutShutdown();
};

void SidecarTest::deliversWhatItAccepts()
{
    Rig rig;
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    QCOMPARE(client.sendCalls(callLines(3), 3), 3);
    QTRY_COMPARE(rig.transport->count(), 1U);
    const auto request = rig.transport->answer(200);
    QCOMPARE(request.path, std::string("/call/upsert_batch"));
    QCOMPARE(upsertItems(request.body).size(), 3);
    QCOMPARE(rig.calls("delivered"), 3);
    QCOMPARE(rig.calls("pending"), 0);
}

void SidecarTest::startFailsAndLeavesNothing()
{
    Rig first;
    QVERIFY(first.sidecar->start());
    Rig second({{"socket", qPrintable(first.path)}});
    const auto started = second.sidecar->start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, ErrorCode::InUse);
    second.sidecar.reset();
    QVERIFY(FakeClient(first.path).isConnected());
}

void SidecarTest::flushOfOneClientIsOfAll()
{
    Rig rig({{"flush-interval", "1h"}});
    QVERIFY(rig.sidecar->start());
    FakeClient one(rig.path);
    FakeClient other(rig.path);
    QCOMPARE(one.sendCalls(callLines(2), 2), 2);
    QCOMPARE(other.sendCalls(callLines(2, "c/d"), 2), 2);
    QCOMPARE(rig.transport->count(), 0U);
    QVERIFY(one.send(Flush + "\n"));
    QTRY_COMPARE(rig.transport->count(), 2U);
    QCOMPARE(other.sendCalls(callLines(1, "c/d"), 1), 1); // came after: not waited for
    rig.transport->answer(200);
    QVERIFY(!one.readLine(30ms));
    rig.transport->answer(200);
    QCOMPARE(one.readLine().value_or(QByteArray()), QByteArray(R"({"success":true,"pending":1})"));
}

void SidecarTest::flushCountsWhatIsGivenUp()
{
    Rig rig({{"flush-interval", "1h"}});
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    QCOMPARE(client.sendCalls(callLines(1), 1), 1);
    QVERIFY(client.send(Flush + "\n"));
    QTRY_COMPARE(rig.transport->count(), 1U);
    rig.transport->answer(400, 0, "bad \"call\"");
    const QByteArray reply = client.readLine().value_or(QByteArray());
    QVERIFY2(reply.contains("\"success\":false") && reply.contains(R"(bad \"call\")"),
             reply.constData());
    QCOMPARE(rig.calls("dead_lettered"), 1);
}

// Clients are slowed down when delivery does not keep up; starts that wait for their ends may.
void SidecarTest::openCallsSlowNobodyDown()
{
    Rig rig({{"calls-mode", "complete"}});
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    const QByteArray inputs = R"(,"trace_id":"t","inputs":")" + QByteArray(1'000'000, 'x') + '"';
    constexpr int Starts = 20; // more than 16 MiB
    for (int i = 0; i < Starts; ++i) {
        const QByteArray id = QByteArray::number(i);
        QCOMPARE(client.sendCalls(startLine(startPayload("a/b", id, inputs)), 1), 1);
    }
    QTRY_COMPARE(rig.calls("held"), Starts);
    QCOMPARE(client.sendCalls(endLine(endPayload("a/b", "0")), 1), 1);
    QTRY_COMPARE(rig.transport->count(), 1U); // delivery flows, for a quarter of a second
    QCOMPARE(client.sendCalls(callLines(2, "c/d"), 2), 2); // would be paused behind these
    qint64 shortest = INT_MAX;
    for (int i = 0; i < 3; ++i) {
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(client.sendCalls(callLines(2, "c/d"), 2), 2);
        shortest = std::min(shortest, timer.elapsed());
    }
    QVERIFY2(shortest < 40, qPrintable(QString::number(shortest))); // a pause takes 50 ms
}

void SidecarTest::fullSpoolRefuses()
{
    Rig rig({{"spool-max-bytes", "1MiB"}});
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    const QByteArray line =
        startLine(startPayload("a/b", "1", ",\"x\":\"" + QByteArray(300000, 'x') + "\""));
    QCOMPARE(client.sendCalls(line.repeated(5), 5), 3);
    QCOMPARE(rig.calls("received"), 3);
    QCOMPARE(rig.calls("pending"), 3);
    QTRY_COMPARE(rig.transport->count(), 1U);
    rig.transport->answer(200);
    QCOMPARE(rig.calls("pending"), 0);
    QCOMPARE(client.sendCalls(line, 1), 1); // there is room again
}

void SidecarTest::statusFollowsTheCalls()
{
    Rig rig({{"flush-interval", "1h"}});
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    QCOMPARE(client.sendCalls(callLines(2) + "nonsense\n", 3), 2);
    const QJsonObject status = rig.status();
    QCOMPARE(status.value(QLatin1String("socket")).toString(), rig.path);
    QCOMPARE(status.value(QLatin1String("backend")).toObject().value(QLatin1String("url")),
             QJsonValue(QStringLiteral("https://trace.example")));
    const QJsonObject calls = status.value(QLatin1String("calls")).toObject();
    QCOMPARE(calls.value(QLatin1String("received")).toInt(), 2);
    QCOMPARE(calls.value(QLatin1String("pending")).toInt(), 2);
    QCOMPARE_GT(calls.value(QLatin1String("pending_bytes")).toInt(), 50);
    QVERIFY(calls.value(QLatin1String("oldest_pending_seconds")).isDouble());
    QCOMPARE(calls.value(QLatin1String("refused")).toObject().value(QLatin1String("malformed")),
             QJsonValue(1));
}

void SidecarTest::shutdownWaitsForTheCalls()
{
    Rig rig({{"flush-interval", "1h"}});
    QSignalSpy stopped(rig.sidecar.get(), &Sidecar::stopped);
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    QCOMPARE(client.sendCalls(callLines(2), 2), 2);
    rig.sidecar->shutdown();
    rig.sidecar->shutdown(); // twice is once
    QVERIFY(!QFileInfo::exists(rig.path));
    QTRY_COMPARE(rig.transport->count(), 1U);
    QCOMPARE(client.sendCalls(callLines(1), 1), 0);
    QVERIFY(stopped.isEmpty());
    rig.transport->answer(200);
    QTRY_COMPARE(stopped.count(), 1);
}

void SidecarTest::shutdownOfAnIdleOneEnds()
{
    Rig rig;
    QSignalSpy stopped(rig.sidecar.get(), &Sidecar::stopped);
    QVERIFY(rig.sidecar->start());
    rig.sidecar->shutdown();
    QTRY_COMPARE(stopped.count(), 1);
}

void SidecarTest::shutdownGivesUpAtTheTimeout()
{
    Rig rig({{"shutdown-timeout", "50ms"}});
    QSignalSpy stopped(rig.sidecar.get(), &Sidecar::stopped);
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    QCOMPARE(client.sendCalls(callLines(2), 2), 2);
    rig.sidecar->shutdown();
    QTRY_COMPARE(stopped.count(), 1);
}

void SidecarTest::goesWithoutShutdown()
{
    Rig rig;
    QVERIFY(rig.sidecar->start());
    FakeClient client(rig.path);
    QCOMPARE(client.sendCalls(callLines(2), 2), 2);
    QTRY_COMPARE(rig.transport->count(), 1U);
    QVERIFY(client.send(Flush + "\n"));
    rig.sidecar.reset();
    QVERIFY(!QFileInfo::exists(rig.path));
    QVERIFY(client.waitForClose());
}

QTEST_GUILESS_MAIN(SidecarTest)
#include "tst_sidecar.moc"
