#include "sidecar/events.h"

#include "unit/text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

QByteArray startEvent(const std::string &members, bool withPayload = false)
{
    const std::string payload = "{\"start\":{\"project_id\":\"a/b\",\"id\":\"1\"," + members + "}}";
    return toBytes(callEvent({CallKind::Start, "a/b", "1", payload}, 5, withPayload));
}

QJsonObject parsed(const QByteArray &line)
{
    return QJsonDocument::fromJson(line).object();
}

} // namespace

class TstEvents final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void status();
    void flush_data();
    void flush();
    void start();
    void end();
    void longTextsAreCutBetweenCharacters();
    void repeatedKeysDoNotGrowALine();
};

void TstEvents::status()
{
    QCOMPARE(toBytes(statusEvent("{}", false, {}, 0)), "{\"event\":\"status\",\"status\":{}}\n"_ba);
    QCOMPARE(toBytes(statusEvent("{}", true, {}, 7)),
             "{\"event\":\"status\",\"status\":{},\"clients\":[],\"calls_skipped\":7}\n"_ba);
    const std::vector<ClientInfo> clients{{12, "py\xff", 1, 2, 3, 4}};
    QCOMPARE(toBytes(statusEvent("{}", true, clients, 0)),
             "{\"event\":\"status\",\"status\":{},\"clients\":[{\"pid\":12,\"name\":"
             "\"py\xef\xbf\xbd\",\"connections\":1,\"calls\":2,\"bytes\":3,\"refused\":4}]}\n"_ba);
}

void TstEvents::flush_data()
{
    QTest::addColumn<int>("action");
    QTest::addColumn<int>("calls");
    QTest::addColumn<QString>("outcome");
    const auto row = [](const char *name, Decision::Action action, int calls) {
        QTest::newRow(name) << static_cast<int>(action) << calls
                            << QString::fromLatin1(name).section(u' ', 0, 0);
    };
    row("delivered", Decision::Action::Done, 4);
    row("halved", Decision::Action::Halve, 2);
    row("given_up of one", Decision::Action::Halve, 1);
    row("retry", Decision::Action::Retry, 4);
    row("paused of a project", Decision::Action::PauseProject, 4);
    row("paused of all", Decision::Action::PauseAll, 4);
    row("other_route complete", Decision::Action::NeedsComplete, 4);
    row("other_route missing", Decision::Action::RouteMissing, 4);
}

void TstEvents::flush()
{
    QFETCH(int, action);
    QFETCH(int, calls);
    QFETCH(QString, outcome);
    const std::string project = "a/b";
    SendResult result;
    result.kind = SendResult::Kind::Answered;
    result.status = 418;
    const RequestReport report{
        project, Route::Upsert, static_cast<std::size_t>(calls),      99, 0.25,
        3,       result,        static_cast<Decision::Action>(action)};
    const QJsonObject event = parsed(toBytes(flushEvent(report, 1234)));
    QCOMPARE(event.value("event"_L1).toString(), u"flush"_s);
    QCOMPARE(event.value("time"_L1).toInt(), 1234);
    QCOMPARE(event.value("project"_L1).toString(), u"a/b"_s);
    QCOMPARE(event.value("route"_L1).toString(), u"upsert"_s);
    QCOMPARE(event.value("calls"_L1).toInt(), calls);
    QCOMPARE(event.value("bytes"_L1).toInt(), 99);
    QCOMPARE(event.value("seconds"_L1).toDouble(), 0.25);
    QCOMPARE(event.value("attempts"_L1).toInt(), 3);
    QCOMPARE(event.value("outcome"_L1).toString(), outcome);
    QCOMPARE(event.value("status"_L1).toInt(), 418);
    QCOMPARE(event.value("error"_L1).isNull(), outcome == "delivered"_L1);
}

void TstEvents::start()
{
    const std::string members = "\"op_name\":\"f\",\"trace_id\":\"t\",\"parent_id\":null,"
                                "\"started_at\":\"now\",\"inputs\":{\"x\": 1}";
    const QByteArray plain =
        "{\"event\":\"call\",\"time\":5,\"kind\":\"start\",\"project\":\"a/b\",\"id\":\"1\","
        "\"op\":\"f\",\"trace_id\":\"t\",\"started_at\":\"now\"";
    QCOMPARE(startEvent(members), plain + "}\n");
    QCOMPARE(startEvent(members, true), plain + ",\"payload\":\"{\\\"x\\\": 1}\"}\n");
}

void TstEvents::end()
{
    const std::string payload = "{\"x\":1,\"end\":{\"exception\":\"bad\\n\",\"ended_at\":\"z\","
                                "\"output\":null}}";
    QCOMPARE(toBytes(callEvent({CallKind::End, "a/b", "1", payload}, 5, true)),
             "{\"event\":\"call\",\"time\":5,\"kind\":\"end\",\"project\":\"a/b\",\"id\":\"1\","
             "\"error\":\"bad\\u000a\",\"ended_at\":\"z\",\"payload\":\"null\"}\n"_ba);
}

void TstEvents::longTextsAreCutBetweenCharacters()
{
    std::string euros;
    for (int i = 0; i < 2000; ++i)
        euros += "\xe2\x82\xac";
    const auto lengthOf = [&](const QByteArray &line, QLatin1String key) {
        const QString text = parsed(line).value(key).toString();
        return text.count(QChar(0x20ac)) == text.size() ? text.size() : -1;
    };
    QCOMPARE(lengthOf(startEvent("\"op_name\":\"" + euros + "\""), "op"_L1), 500 / 3);
    const QString payload =
        parsed(startEvent("\"inputs\":\"" + euros + "\"", true)).value("payload"_L1).toString();
    QCOMPARE(payload.size(), 1 + 3999 / 3); // a quote and the characters
    QVERIFY(!payload.contains(QChar::ReplacementCharacter));
}

void TstEvents::repeatedKeysDoNotGrowALine()
{
    std::string members = "\"id\":\"1\"";
    for (int i = 0; i < 1000; ++i)
        members += ",\"op_name\":\"f\",\"inputs\":{},\"output\":1";
    const QByteArray line = startEvent(members, true);
    QCOMPARE_LT(line.size(), 200);
    QCOMPARE(line.count("\"op\""), 1);
    QCOMPARE(line.count("\"payload\""), 1);
}

QTEST_APPLESS_MAIN(TstEvents)
#include "tst_events.moc"
