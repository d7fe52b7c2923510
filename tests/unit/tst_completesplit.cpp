#include "http/callbody.h"

#include "unit/text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using Kind = CallRoute::Kind;

namespace {

const QByteArray Names = "\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"t\"";
const QByteArray Times = "\"started_at\":\"2026-11-23T00:00:00Z\",\"ended_at\":\"2026-11-23\"";

QByteArray batch(const QByteArray &calls)
{
    return "{\"batch\":[" + calls + "]}";
}

QByteArray call(const QByteArray &members)
{
    return "{" + members + "}";
}

Result<void> read(CallBody &body, const QByteArray &text)
{
    return body.read({Kind::Complete, "a/b"}, toView(text));
}

// What stands in the payload under the kind's name.
QJsonObject half(const CallView &view)
{
    QJsonParseError error;
    const QJsonObject payload = QJsonDocument::fromJson(toBytes(view.payload), &error).object();
    const QString name = view.kind == CallKind::Start ? u"start"_s : u"end"_s;
    if (error.error != QJsonParseError::NoError || payload.keys() != QStringList{name})
        return {};
    return payload.value(name).toObject();
}

} // namespace

// Complete calls become their starts and their ends: both are JSON and together have every member.
class TstCompleteSplit final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void split_data();
    void split();
    void exactBytes();
    void several();
    void escapedProject();
    void goesOn_data();
    void goesOn();
};

void TstCompleteSplit::split_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QStringList>("ofTheEnd");
    const auto row = [](const char *name, const QByteArray &members, QStringList ofTheEnd) {
        ofTheEnd << u"ended_at"_s;
        QTest::newRow(name) << members << ofTheEnd;
    };
    row("smallest", Names + "," + Times, {});
    row("all",
        Names + "," + Times
            + ",\"op_name\":\"f\",\"display_name\":null,\"parent_id\":null,\"thread_id\":\"x\","
              "\"turn_id\":\"y\",\"inputs\":{\"output\":1},\"attributes\":{\"summary\":{}},"
              "\"output\":{\"id\":2,\"z\":[1.0]},\"summary\":{\"usage\":{}},\"exception\":null,"
              "\"otel_dump\":{},"
              "\"wb_user_id\":null,\"wb_run_id\":\"r\",\"wb_run_step\":3,\"wb_run_step_end\":4",
        {u"output"_s, u"summary"_s, u"exception"_s, u"wb_run_step_end"_s});
    row("the end's first", Times + ",\"output\":1," + Names, {u"output"_s});
    row("the end's last", Names + ",\"inputs\":{}," + Times + ",\"output\":[]", {u"output"_s});
    row("in turns",
        "\"output\":1,\"inputs\":2,\"summary\":{},\"attributes\":3," + Times + "," + Names,
        {u"output"_s, u"summary"_s});
    row("blanks", " " + Names + " ,\t" + Times + "\r\n,  \"output\" : \"o\" ", {u"output"_s});
    row("escaped keys",
        "\"project\\u005fid\":\"a\\/b\",\"\\u0069d\":\"1\",\"trace_id\":\"t\",\"\\u006futput\":1,"
        "\"ended\\u005fat\":\"2026\",\"started\\u005fat\":\"2026\"",
        {u"output"_s});
    row("quotes", Names + "," + Times + ",\"inputs\":{\"a\\\"b\":1},\"output\":\"}{\\\"\"",
        {u"output"_s});
}

void TstCompleteSplit::split()
{
    QFETCH(QByteArray, members);
    QFETCH(QStringList, ofTheEnd);
    CallBody body;
    const QByteArray text = batch(call(members));
    const auto done = read(body, text);
    QVERIFY2(done.ok(), done ? "" : done.error().message.c_str());
    QCOMPARE(toBytes(body.answer()), "{}"_ba);
    QCOMPARE(body.calls().size(), 2U);
    QVERIFY(body.calls()[0].kind == CallKind::Start);
    QVERIFY(body.calls()[1].kind == CallKind::End);
    for (const CallView &view : body.calls()) {
        QCOMPARE(toBytes(view.project), "a/b"_ba);
        QCOMPARE(toBytes(view.id), "1"_ba);
    }
    const QJsonObject whole = QJsonDocument::fromJson(call(members)).object();
    const QJsonObject start = half(body.calls()[0]);
    const QJsonObject end = half(body.calls()[1]);
    QVERIFY(!whole.isEmpty());
    for (const QString &key : whole.keys()) {
        const bool isName = key == u"project_id" || key == u"id";
        QCOMPARE(start.contains(key), isName || !ofTheEnd.contains(key));
        QCOMPARE(end.contains(key), isName || ofTheEnd.contains(key));
        QCOMPARE(start.contains(key) ? start.value(key) : end.value(key), whole.value(key));
    }
    QCOMPARE(start.size() + end.size(), whole.size() + 2);
}

void TstCompleteSplit::exactBytes()
{
    CallBody body;
    QVERIFY(
        read(body,
             batch(call(
                 Names + "," + Times
                 + ",\"inputs\":1e400,\"output\" : 12345678901234567890.0,\"turn_id\":\"\\/\""))));
    QCOMPARE(
        toBytes(body.calls()[0].payload),
        "{\"start\":{" + Names
            + ",\"started_at\":\"2026-11-23T00:00:00Z\",\"inputs\":1e400,\"turn_id\":\"\\/\"}}");
    QCOMPARE(toBytes(body.calls()[1].payload),
             "{\"end\":{\"project_id\":\"a/b\",\"id\":\"1\",\"ended_at\":\"2026-11-23\","
             "\"output\" : 12345678901234567890.0}}"_ba);
}

void TstCompleteSplit::several()
{
    QByteArray calls;
    for (int i = 0; i < 300; ++i)
        calls += (i > 0 ? "," : "")
            + call("\"id\":\"" + QByteArray::number(i)
                   + "\",\"project_id\":\"a/b\",\"trace_id\":\"t\"," + Times);
    CallBody body;
    const QByteArray text = batch(calls);
    QVERIFY(read(body, text));
    QCOMPARE(body.calls().size(), 600U);
    for (int i = 0; i < 600; ++i) {
        const CallView &view = body.calls()[static_cast<std::size_t>(i)];
        QCOMPARE(toBytes(view.id), QByteArray::number(i / 2));
        QCOMPARE(half(view).value("id"_L1).toString(), QString::number(i / 2));
    }
    QVERIFY(read(body, batch({})));
    QVERIFY(body.calls().empty());
    QCOMPARE(toBytes(body.answer()), "{}"_ba);
}

void TstCompleteSplit::escapedProject()
{
    CallBody body;
    const CallRoute route{Kind::Complete, "a/b \"c\""};
    const QByteArray text =
        batch(call("\"project_id\":\"a\\/b \\\"c\\\"\",\"id\":\"1\",\"trace_id\":\"t\"," + Times));
    QVERIFY(body.read(route, toView(text)));
    QCOMPARE(toBytes(body.calls()[1].project), "a/b \"c\""_ba);
}

void TstCompleteSplit::goesOn_data()
{
    QTest::addColumn<QByteArray>("calls");
    const auto row = [](const char *name, const QByteArray &calls) {
        QTest::newRow(name) << calls;
    };
    const QByteArray good = call(Names + "," + Times);
    row("not an object", "[]");
    row("null", "null");
    row("nothing inside", "{}");
    row("no project", call("\"id\":\"1\",\"trace_id\":\"t\"," + Times));
    row("another project", call("\"project_id\":\"a/c\",\"id\":\"1\",\"trace_id\":\"t\"," + Times));
    row("another project's call behind a good one",
        good + "," + call("\"project_id\":\"a/c\",\"id\":\"1\",\"trace_id\":\"t\"," + Times));
    row("no id", call("\"project_id\":\"a/b\",\"trace_id\":\"t\"," + Times));
    row("id is null", call("\"project_id\":\"a/b\",\"id\":null,\"trace_id\":\"t\"," + Times));
    row("id is empty", call("\"project_id\":\"a/b\",\"id\":\"\",\"trace_id\":\"t\"," + Times));
    row("long id",
        call("\"project_id\":\"a/b\",\"id\":\"" + QByteArray(1025, 'x') + "\",\"trace_id\":\"t\","
             + Times));
    row("no trace", call("\"project_id\":\"a/b\",\"id\":\"1\"," + Times));
    row("trace is null", call("\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":null," + Times));
    row("no start", call(Names + ",\"ended_at\":\"2026\""));
    row("no end", call(Names + ",\"started_at\":\"2026\""));
    row("end is null", call(Names + ",\"started_at\":\"2026\",\"ended_at\":null"));
    row("start is a number", call(Names + ",\"started_at\":7,\"ended_at\":\"2026\""));
    row("an end that becomes null", call(Names + "," + Times + ",\"ended_at\":null"));
    row("NaN", call(Names + "," + Times + ",\"output\":NaN"));
    row("not closed", "{" + Names + "," + Times);
}

void TstCompleteSplit::goesOn()
{
    QFETCH(QByteArray, calls);
    CallBody body;
    const auto done = read(body, batch(calls));
    QVERIFY(!done);
    QVERIFY(!done.error().message.empty());
    QVERIFY(body.calls().empty());
}

QTEST_APPLESS_MAIN(TstCompleteSplit)
#include "tst_completesplit.moc"
