#include "http/callbody.h"

#include "unit/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using Kind = CallRoute::Kind;

namespace {

const QByteArray Start =
    "{\"start\":{\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"t\",\"n\":1.0}}";
const QByteArray End = "{\"end\":{\"project_id\":\"a/b\",\"id\":\"1\",\"output\":[ 1 ]}}";

// One item of an upsert body.
QByteArray item(const QByteArray &mode, const QByteArray &payload)
{
    return "{\"mode\":\"" + mode + "\",\"req\":" + payload + "}";
}

QByteArray batch(const QByteArray &items)
{
    return "{\"batch\":[" + items + "]}";
}

QByteArray start(const QByteArray &members)
{
    return "{\"start\":{" + members + "}}";
}

QByteArray nested(int depth)
{
    return QByteArray(depth, '[') + QByteArray(depth, ']');
}

QString errorOf(Kind kind, const QByteArray &body)
{
    CallBody calls;
    const auto read = calls.read({kind, "a/b"}, toView(body));
    if (read)
        return {};
    return calls.calls().empty() ? QString::fromStdString(read.error().message)
                                 : u"calls are left"_s;
}

} // namespace

// The calls of the upsert routes' bodies: as they were written, or not at all.
class TstCallBody final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void batchOfBoth();
    void singles();
    void payloadIsTheClientsBytes_data();
    void payloadIsTheClientsBytes();
    void aPayloadIsOneLine_data();
    void aPayloadIsOneLine();
    void escapes();
    void idsInAnswers();
    void theLastOfTwoCounts();
    void emptyBatch();
    void longestNames();
    void isReused();
    void goesOn_data();
    void goesOn();
    void malformed_data();
    void malformed();
    void everyTruncation();
    void deepest();
};

void TstCallBody::batchOfBoth()
{
    CallBody body;
    const QByteArray second = start("\"id\":\"2\",\"trace_id\":\"u\",\"project_id\":\"c/d\"");
    const QByteArray text =
        batch(item("start", Start) + "," + item("end", End) + " , " + item("start", second));
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(text)));
    QCOMPARE(body.calls().size(), 3U);
    const std::vector<CallView> &calls = body.calls();
    QVERIFY(calls[0].kind == CallKind::Start);
    QVERIFY(calls[1].kind == CallKind::End);
    QVERIFY(calls[2].kind == CallKind::Start);
    QCOMPARE(toBytes(calls[0].payload), Start);
    QCOMPARE(toBytes(calls[1].payload), End);
    QCOMPARE(toBytes(calls[2].payload), second);
    QCOMPARE(toBytes(calls[1].project), "a/b"_ba);
    QCOMPARE(toBytes(calls[2].project), "c/d"_ba);
    QCOMPARE(toBytes(calls[2].id), "2"_ba);
    for (const CallView &call : calls)
        QCOMPARE(call.client, std::uint16_t{0});
    QCOMPARE(toBytes(body.answer()),
             "{\"res\":[{\"id\":\"1\",\"trace_id\":\"t\"},{},"
             "{\"id\":\"2\",\"trace_id\":\"u\"}]}"_ba);
}

void TstCallBody::singles()
{
    CallBody body;
    QVERIFY(body.read({Kind::Start, {}}, toView(Start)));
    QCOMPARE(body.calls().size(), 1U);
    QVERIFY(body.calls()[0].kind == CallKind::Start);
    QCOMPARE(toBytes(body.calls()[0].payload), Start);
    QCOMPARE(toBytes(body.answer()), "{\"id\":\"1\",\"trace_id\":\"t\"}"_ba);
    QVERIFY(body.read({Kind::End, {}}, toView(End)));
    QVERIFY(body.calls()[0].kind == CallKind::End);
    QCOMPARE(toBytes(body.calls()[0].payload), End);
    QCOMPARE(toBytes(body.answer()), "{}"_ba);
}

void TstCallBody::payloadIsTheClientsBytes_data()
{
    QTest::addColumn<QByteArray>("payload");
    const QByteArray names = "\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"t\"";
    const auto row = [](const char *name, const QByteArray &payload) {
        QTest::newRow(name) << payload;
    };
    row("blanks",
        "{ \"start\" :\t{ \"project_id\" : \"a/b\" , \"id\":\"1\",\t "
        "\"trace_id\":\"t\" } }");
    row("numbers", start(names + ",\"n\":[1.0,-0,1e400,12345678901234567890,1E+2]"));
    row("escapes", start(names + ",\"s\":\"\\ud800 \\u003c \\/\""));
    row("not ASCII", start(names + ",\"s\":\"\xc3\xa9\x7f\""));
    row("keys twice", start("\"z\":1," + names + ",\"z\":2"));
    row("names deeper down", start(names + ",\"inputs\":{\"id\":2,\"project_id\":null}"));
}

void TstCallBody::payloadIsTheClientsBytes()
{
    QFETCH(QByteArray, payload);
    CallBody body;
    QVERIFY(body.read({Kind::Start, {}}, toView(payload)));
    QCOMPARE(toBytes(body.calls().at(0).payload), payload);
    const QByteArray text = " {\"batch\" : [ " + item("start", " " + payload + "\n") + " ] } ";
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(text)));
    QCOMPARE(toBytes(body.calls().at(0).payload), payload);
    QCOMPARE(toBytes(body.calls().at(0).project), "a/b"_ba);
    QCOMPARE(toBytes(body.calls().at(0).id), "1"_ba);
}

void TstCallBody::aPayloadIsOneLine_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArrayList>("payloads");
    const QByteArray names = R"("project_id":"a/b","id":"1")";
    const QByteArray start =
        "{\n\"start\":\r\n{" + names + R"(,"trace_id":"t","n":"\n)" + "\",\"inputs\":{\n}}\n}";
    const QByteArray startLine =
        "{ \"start\":  {" + names + R"(,"trace_id":"t","n":"\n)" + "\",\"inputs\":{ }} }";
    const QByteArray end = "{\n\"end\" :\n{" + names + "}}";
    const QByteArray endLine = "{ \"end\" : {" + names + "}}";
    QTest::newRow("start") << int(Kind::Start) << start << QByteArrayList{startLine};
    QTest::newRow("end") << int(Kind::End) << end << QByteArrayList{endLine};
    QTest::newRow("batch") << int(Kind::UpsertBatch)
                           << batch("\n" + item("start", start) + ",\n" + item("end", end))
                           << QByteArrayList{startLine, endLine};
    QTest::newRow("complete") << int(Kind::Complete)
                              << batch("{" + names + ",\"trace_id\":\n\"t\",\"started_at\":\"a\","
                                       + "\"ended_at\":\"b\",\"output\":[1,\n2]}")
                              << QByteArrayList{"{\"start\":{" + names
                                                    + ",\"trace_id\": \"t\",\"started_at\":\"a\"}}",
                                                "{\"end\":{" + names
                                                    + ",\"ended_at\":\"b\",\"output\":[1, 2]}}"};
}

// Line breaks inside of strings are escapes and stay.
void TstCallBody::aPayloadIsOneLine()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, body);
    QFETCH(QByteArrayList, payloads);
    CallBody calls;
    const auto read = calls.read({static_cast<Kind>(kind), "a/b"}, toView(body));
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
    QByteArrayList found;
    for (const CallView &call : calls.calls())
        found += toBytes(call.payload);
    QCOMPARE(found, payloads);
}

void TstCallBody::escapes()
{
    CallBody body;
    const QByteArray payload = "{\"st\\u0061rt\":{\"project\\u005fid\":\"a\\/b\","
                               "\"i\\u0064\":\"\\u00e9\\n\\\"\",\"trace_\\u0069d\":\"\\u0074\"}}";
    const QByteArray text =
        "{\"b\\u0061tch\":[{\"m\\u006fde\":\"st\\u0061rt\",\"r\\u0065q\":" + payload + "}]}";
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(text)));
    const CallView &call = body.calls().at(0);
    QCOMPARE(toBytes(call.project), "a/b"_ba);
    QCOMPARE(toBytes(call.id), "\xc3\xa9\n\""_ba);
    QCOMPARE(toBytes(call.payload), payload);
    // The answer says the id as it was said.
    QCOMPARE(toBytes(body.answer()),
             "{\"res\":[{\"id\":\"\\u00e9\\n\\\"\",\"trace_id\":\"\\u0074\"}]}"_ba);
}

void TstCallBody::idsInAnswers()
{
    CallBody body;
    QByteArray items;
    for (int i = 0; i < 500; ++i) {
        const QByteArray id = QByteArray::number(i) + "\\u00e9";
        items += (i > 0 ? "," : "")
            + item("start",
                   start("\"project_id\":\"a\\/b\",\"id\":\"" + id + "\",\"trace_id\":\"" + id
                         + "\""));
    }
    const QByteArray text = batch(items);
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(text)));
    const QJsonArray answers =
        QJsonDocument::fromJson(toBytes(body.answer())).object().value("res"_L1).toArray();
    QCOMPARE(answers.size(), 500);
    for (int i = 0; i < 500; ++i) {
        const QString id = QString::number(i) + u"\u00e9"_s;
        QCOMPARE(answers.at(i).toObject().value("id"_L1).toString(), id);
        // Texts without a place in the body stay where they are while more of them come.
        const CallView &call = body.calls()[static_cast<std::size_t>(i)];
        QCOMPARE(QString::fromUtf8(toBytes(call.id)), id);
        QCOMPARE(toBytes(call.project), "a/b"_ba);
    }
}

// As Python's reader has it.
void TstCallBody::theLastOfTwoCounts()
{
    CallBody body;
    const QByteArray names = "\"trace_id\":null,\"project_id\":7,\"id\":\"1\",\"project_id\":"
                             "\"a/b\",\"id\":\"2\",\"trace_id\":\"t\"";
    const QByteArray text =
        batch("{\"mode\":\"end\",\"req\":" + start(names) + ",\"mode\":\"start\"}");
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(text)));
    QCOMPARE(toBytes(body.calls().at(0).id), "2"_ba);
    QCOMPARE(toBytes(body.calls().at(0).project), "a/b"_ba);
    QVERIFY(body.calls().at(0).kind == CallKind::Start);
}

// Nothing to keep, and what the server answers is known.
void TstCallBody::emptyBatch()
{
    CallBody body;
    QVERIFY(body.read({Kind::UpsertBatch, {}}, "{\"batch\":[]}"));
    QVERIFY(body.calls().empty());
    QCOMPARE(toBytes(body.answer()), "{\"res\":[]}"_ba);
}

void TstCallBody::longestNames()
{
    const auto read = [](qsizetype project, qsizetype id) {
        return errorOf(Kind::Start,
                       start("\"project_id\":\"" + QByteArray(project, 'p') + "\",\"id\":\""
                             + QByteArray(id, 'i') + "\",\"trace_id\":\"t\""));
    };
    QCOMPARE(read(1024, 1024), QString());
    QVERIFY(!read(1025, 1).isEmpty());
    QVERIFY(!read(1, 1025).isEmpty());
    // What counts is what the escapes stand for.
    QCOMPARE(errorOf(Kind::Start,
                     start("\"project_id\":\"a/b\",\"id\":\"" + QByteArray("\\u0031").repeated(1024)
                           + "\",\"trace_id\":\"t\"")),
             QString());
}

void TstCallBody::isReused()
{
    CallBody body;
    QVERIFY(!body.read({Kind::UpsertBatch, {}}, toView(batch(item("start", Start) + ",7"))));
    QVERIFY(body.calls().empty());
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(batch(item("start", Start)))));
    QVERIFY(body.read({Kind::UpsertBatch, {}}, toView(batch(item("end", End)))));
    QCOMPARE(body.calls().size(), 1U);
    QCOMPARE(toBytes(body.answer()), "{\"res\":[{}]}"_ba);
}

void TstCallBody::goesOn_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &body, Kind kind = Kind::UpsertBatch) {
        QTest::newRow(name) << static_cast<int>(kind) << body;
    };
    row("empty object", "{}");
    row("batch is an object", "{\"batch\":{}}");
    row("batch is null", "{\"batch\":null}");
    row("another key before", "{\"x\":1,\"batch\":[]}");
    row("another key behind", "{\"batch\":[],\"x\":1}");
    row("batch twice", "{\"batch\":[],\"batch\":[]}");
    row("item is no object", batch("7"));
    row("item is a list", batch(item("start", Start) + ",[]"));
    row("no mode", batch("{\"req\":" + Start + "}"));
    row("no request", batch("{\"mode\":\"start\"}"));
    row("mode is null", batch("{\"mode\":null,\"req\":" + Start + "}"));
    row("unknown mode", batch(item("update", Start)));
    row("mode of the other kind", batch(item("end", Start)));
    row("one bad item behind good ones",
        batch(item("start", Start) + "," + item("end", End) + "," + item("start", End)));
    row("item with another key", batch("{\"mode\":\"start\",\"req\":" + Start + ",\"x\":1}"));
    row("request twice", batch("{\"mode\":\"start\",\"req\":" + Start + ",\"req\":" + Start + "}"));
    row("request is null", batch("{\"mode\":\"start\",\"req\":null}"));

    const auto single = [&row](const char *name, const QByteArray &body, Kind kind = Kind::Start) {
        row(name, body, kind);
    };
    single("start as an end", Start, Kind::End);
    single("end as a start", End);
    single("start is null", "{\"start\":null}");
    single("start is a list", "{\"start\":[]}");
    single("nothing inside", "{\"start\":{}}");
    single("another key beside it", Start.chopped(1) + ",\"x\":1}");
    single("another key before it", "{\"x\":1," + Start.mid(1));
    single("start twice", Start.chopped(1) + "," + Start.mid(1));
    single("no project", start("\"id\":\"1\",\"trace_id\":\"t\""));
    single("no id", start("\"project_id\":\"a/b\",\"trace_id\":\"t\""));
    single("no trace", start("\"project_id\":\"a/b\",\"id\":\"1\""));
    single("project is null", start("\"project_id\":null,\"id\":\"1\",\"trace_id\":\"t\""));
    single("id is null", start("\"project_id\":\"a/b\",\"id\":null,\"trace_id\":\"t\""));
    single("trace is null", start("\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":null"));
    single("id is a number", start("\"project_id\":\"a/b\",\"id\":1,\"trace_id\":\"t\""));
    single("project is empty", start("\"project_id\":\"\",\"id\":\"1\",\"trace_id\":\"t\""));
    single("id is empty", start("\"project_id\":\"a/b\",\"id\":\"\",\"trace_id\":\"t\""));
    single("trace is empty", start("\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"\""));
    single("id becomes null",
           start("\"id\":\"1\",\"project_id\":\"a/b\",\"trace_id\":\"t\",\"id\":null"));
    single("end without an id", "{\"end\":{\"project_id\":\"a/b\"}}", Kind::End);
    single("end without a project", "{\"end\":{\"id\":\"1\"}}", Kind::End);

    const auto complete = [&row](const char *name, const QByteArray &members) {
        row(name,
            batch("{\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"t\","
                  "\"started_at\":\"a\",\"ended_at\":\"b\""
                  + members + "}"),
            Kind::Complete);
    };
    // It would be in neither half of what pairing makes a complete call of again.
    complete("complete call with another key", ",\"storage_class\":\"cold\"");
    complete("complete call with another key in between", ",\"x\":1,\"output\":1");
}

void TstCallBody::goesOn()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, body);
    const QString error = errorOf(static_cast<Kind>(kind), body);
    QVERIFY(!error.isEmpty());
    QVERIFY2(!error.contains(u"malformed"_s), qPrintable(error));
}

void TstCallBody::malformed_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &body) {
        QTest::newRow(name) << batch(item("start", body));
    };
    const QByteArray names = "\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"t\"";
    row("NaN", start(names + ",\"n\":NaN"));
    row("Infinity", start(names + ",\"n\":-Infinity"));
    row("comma behind the last", start(names + ","));
    row("single quotes", start(names + ",'x':1"));
    row("comment", start(names + "/**/"));
    row("not UTF-8", start(names + ",\"s\":\"\xff\""));
    row("newline in a string", start(names + ",\"s\":\"\n\""));
    row("number with a zero", start(names + ",\"n\":01"));
    row("too deep", start(names + ",\"n\":" + nested(600)));
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("a list") << "[]"_ba;
    QTest::newRow("null") << "null"_ba;
    QTest::newRow("something behind it") << batch(item("start", Start)) + "x";
    QTest::newRow("two bodies") << batch({}) + batch({});
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + batch({});
}

void TstCallBody::malformed()
{
    QFETCH(QByteArray, body);
    QVERIFY(!errorOf(Kind::UpsertBatch, body).isEmpty());
}

void TstCallBody::everyTruncation()
{
    const QByteArray text = batch(item("start", Start) + "," + item("end", End));
    for (qsizetype size = 0; size < text.size(); ++size)
        QVERIFY2(!errorOf(Kind::UpsertBatch, text.left(size)).isEmpty(),
                 QByteArray::number(size).constData());
    QVERIFY(errorOf(Kind::UpsertBatch, text).isEmpty());
}

// An item stands four deep in its body; what is left is the payload's.
void TstCallBody::deepest()
{
    const auto text = [](int depth) {
        return batch(item("start",
                          start("\"project_id\":\"a/b\",\"id\":\"1\",\"trace_id\":\"t\",\"n\":"
                                + nested(depth))));
    };
    QCOMPARE(errorOf(Kind::UpsertBatch, text(500)), QString());
    QVERIFY(errorOf(Kind::UpsertBatch, text(512)).contains(u"malformed"_s));
}

QTEST_APPLESS_MAIN(TstCallBody)
#include "tst_callbody.moc"
