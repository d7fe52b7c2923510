#include "protocol/requestparser.h"

#include "unit/samples.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// A start line around the members of its "start" object.
QByteArray startLine(const QByteArray &members)
{
    return R"({"method":"call_start","payload":{"start":{)" + members + "}}}";
}

QByteArray startWithNames(const QByteArray &project, const QByteArray &id)
{
    return startLine("\"project_id\":\"" + project + "\",\"id\":\"" + id + "\"");
}

} // namespace

class TstRequestParser final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void calls_data();
    void calls();
    void payloadIsTheClientsBytes();
    void methodsWithoutACall_data();
    void methodsWithoutACall();
    void controls_data();
    void controls();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
    void longestNames();
    void namesOfAnUnknownMethodAreClipped();
    void malformedJsonNamesItsPlace();
    void theParserIsReused();
};

void TstRequestParser::calls_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("isStart");
    // Each of them names project "a/b" and id "1".
    const auto row = [](const char *name, const QByteArray &line, const QByteArray &payload,
                        bool isStart = true) { QTest::newRow(name) << line << payload << isStart; };
    const QByteArray payload = R"({"start":{"project_id":"a/b","id":"1"}})";
    const QByteArray ends = R"({"end":{"project_id":"a/b","id":"1"}})";

    row("start", R"({"method":"call_start","payload":)" + payload + "}", payload);
    row("end", R"({"method":"call_end","payload":)" + ends + "}", ends, false);
    row("method behind the payload", R"({"payload":)" + payload + R"(,"method":"call_start"})",
        payload);
    row("blanks everywhere",
        " { \"method\" :\t\"call_start\" , \"payload\" : { \"start\" : { \"project_id\" : \"a/b\" "
        ", "
        "\"id\" : \"1\" } } } \r",
        R"({ "start" : { "project_id" : "a/b" , "id" : "1" } })");
    row("id before project",
        R"({"method":"call_start","payload":{"start":{"id":"1","project_id":"a/b"}}})",
        R"({"start":{"id":"1","project_id":"a/b"}})");
    row("escaped key method", R"({"m\u0065thod":"call_start","payload":)" + payload + "}", payload);
    row("escaped key payload", R"({"method":"call_start","p\u0061yload":)" + payload + "}",
        payload);
    row("escaped method", R"({"method":"call\u005fstart","payload":)" + payload + "}", payload);
    row("escaped key start",
        R"({"method":"call_start","payload":{"st\u0061rt":{"project_id":"a/b","id":"1"}}})",
        R"({"st\u0061rt":{"project_id":"a/b","id":"1"}})");
    row("escaped keys inside", startLine(R"("project\u005fid":"a/b","\u0069d":"1")"),
        R"({"start":{"project\u005fid":"a/b","\u0069d":"1"}})");
    row("escaped values", startLine(R"("project_id":"a\/b","id":"\u0031")"),
        R"({"start":{"project_id":"a\/b","id":"\u0031"}})");
    row("unknown keys beside the method",
        R"({"v":2,"method":"call_start","x":{"method":"flush"},"payload":)" + payload
            + ",\"z\":[]}",
        payload);
    row("unknown keys in the payload",
        R"({"method":"call_start","payload":{"x":[{}],"start":{"project_id":"a/b","id":"1"},"y":0}})",
        R"({"x":[{}],"start":{"project_id":"a/b","id":"1"},"y":0})");
    row("names deeper down are others",
        startLine(R"("inputs":{"project_id":"x/y","id":"2"},"project_id":"a/b","id":"1",)"
                  R"("more":[{"id":"3"}])"),
        R"({"start":{"inputs":{"project_id":"x/y","id":"2"},"project_id":"a/b","id":"1",)"
        R"("more":[{"id":"3"}]}})");
    row("an end beside the start",
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"},)"
        R"("end":{"project_id":"x/y","id":"2"}}})",
        R"({"start":{"project_id":"a/b","id":"1"},"end":{"project_id":"x/y","id":"2"}})");
    row("method twice", R"({"method":"flush","payload":)" + payload + R"(,"method":"call_start"})",
        payload);
    row("method twice, once no string",
        R"({"method":7,"method":"call_start","payload":)" + payload + "}", payload);
    row("payload twice",
        R"({"method":"call_start","payload":{"start":{"project_id":"x/y","id":"2"}},"payload":)"
            + payload + "}",
        payload);
    row("payload twice, once no object",
        R"({"method":"call_start","payload":[1],"payload":)" + payload + "}", payload);
    row("start twice",
        R"({"method":"call_start","payload":{"start":{"project_id":"x/y","id":"2"},)"
        R"("start":{"project_id":"a/b","id":"1"}}})",
        R"({"start":{"project_id":"x/y","id":"2"},"start":{"project_id":"a/b","id":"1"}})");
    row("start twice, once null",
        R"({"method":"call_start","payload":{"start":null,"start":{"project_id":"a/b","id":"1"}}})",
        R"({"start":null,"start":{"project_id":"a/b","id":"1"}})");
    row("names twice", startLine(R"("id":"2","project_id":"x/y","id":"1","project_id":"a/b")"),
        R"({"start":{"id":"2","project_id":"x/y","id":"1","project_id":"a/b"}})");
    row("names twice, once null",
        startLine(R"("id":null,"project_id":1,"id":"1","project_id":"a/b")"),
        R"({"start":{"id":null,"project_id":1,"id":"1","project_id":"a/b"}})");
    row("names twice, once escaped", startLine(R"("id":"\u0032","project_id":"a/b","id":"1")"),
        R"({"start":{"id":"\u0032","project_id":"a/b","id":"1"}})");
    row("numbers of any size",
        startLine(R"("project_id":"a/b","id":"1","n":[12345678901234567890123,1e400,-0,1.0])"),
        R"({"start":{"project_id":"a/b","id":"1","n":[12345678901234567890123,1e400,-0,1.0]}})");
    row("lone surrogates", startLine(R"("project_id":"a/b","id":"1","s":"\ud800 \udc00")"),
        R"({"start":{"project_id":"a/b","id":"1","s":"\ud800 \udc00"}})");
    row("characters that are not ASCII",
        startLine("\"project_id\":\"a/b\",\"id\":\"1\",\"s\":\"\xc3\xa9\""),
        "{\"start\":{\"project_id\":\"a/b\",\"id\":\"1\",\"s\":\"\xc3\xa9\"}}");
}

void TstRequestParser::calls()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, payload);
    QFETCH(bool, isStart);
    RequestParser parser;
    const auto request = parser.parse(toView(line));
    QVERIFY2(request.ok(), request.ok() ? "" : request.error().message.c_str());
    QVERIFY(request->method == (isStart ? Method::CallStart : Method::CallEnd));
    QVERIFY(request->call.kind == (isStart ? CallKind::Start : CallKind::End));
    QCOMPARE(toBytes(request->call.project), "a/b"_ba);
    QCOMPARE(toBytes(request->call.id), "1"_ba);
    QCOMPARE(toBytes(request->call.payload), payload);
    // It is a place in the line, not a copy.
    QVERIFY(request->call.payload.data() >= line.constData());
    QVERIFY(request->call.payload.data() + payload.size() <= line.constData() + line.size());
}

void TstRequestParser::payloadIsTheClientsBytes()
{
    RequestParser parser;
    for (const std::string_view line : {StartLine, EndLine}) {
        const auto request = parser.parse(line);
        QVERIFY(request.ok());
        const std::size_t begin = line.find('{', 1);
        QCOMPARE(toBytes(request->call.payload),
                 toBytes(line.substr(begin, line.size() - begin - 1)));
        QCOMPARE(toBytes(request->call.project), "acme/support-bot"_ba);
        QCOMPARE(toBytes(request->call.id), "0199b7a2-4c2e-7d31-8b5a-6e0f9a1b2c3d"_ba);
    }
}

void TstRequestParser::methodsWithoutACall_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isFlush");
    QTest::newRow("flush") << R"({"method":"flush"})"_ba << true;
    QTest::newRow("status") << R"({"method":"status"})"_ba << false;
    QTest::newRow("flush with null") << R"({"method":"flush","payload":null})"_ba << true;
    QTest::newRow("flush with a payload")
        << R"({"payload":{"start":[1]},"method":"flush"})"_ba << true;
    QTest::newRow("status with more") << R"({"id":1,"method":"status","payload":[]})"_ba << false;
}

void TstRequestParser::methodsWithoutACall()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, isFlush);
    RequestParser parser;
    const auto request = parser.parse(toView(line));
    QVERIFY2(request.ok(), request.ok() ? "" : request.error().message.c_str());
    QVERIFY(request->method == (isFlush ? Method::Flush : Method::Status));
    QVERIFY(request->call.payload.empty());
}

void TstRequestParser::controls_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("method");
    QTest::addColumn<unsigned>("topics");
    const auto row = [](const char *name, const QByteArray &line, Method method,
                        unsigned topics = 0) {
        QTest::newRow(name) << line << static_cast<int>(method) << topics;
    };
    const auto subscribe = [&row](const char *name, const QByteArray &topics, unsigned expected) {
        row(name, R"({"method":"subscribe","payload":{"topics":)" + topics + "}}",
            Method::Subscribe, expected);
    };
    row("pause", R"({"method":"pause"})", Method::Pause);
    row("resume", R"({"method":"resume"})", Method::Resume);
    row("retry", R"({"method":"retry"})", Method::Retry);
    row("reload", R"({"method":"reload"})", Method::Reload);
    row("subscribe", R"({"method":"subscribe"})", Method::Subscribe);
    subscribe("all", R"(["flushes","clients","calls","payloads"])",
              TopicFlushes | TopicClients | TopicCalls | TopicPayloads);
    subscribe("one twice", R"(["calls","calls"])", TopicCalls);
    subscribe("unknown ones", R"(["weather","clients",7,null,["calls"]])", TopicClients);
    subscribe("no list", R"("calls")", 0);
    subscribe("empty", "[]", 0);
    subscribe("the last list counts", R"(["calls"],"topics":["flushes"])", TopicFlushes);
}

void TstRequestParser::controls()
{
    QFETCH(QByteArray, line);
    QFETCH(int, method);
    QFETCH(unsigned, topics);
    RequestParser parser;
    const auto request = parser.parse(toView(line));
    QVERIFY(request.ok());
    QCOMPARE(static_cast<int>(request->method), method);
    QCOMPARE(request->topics, topics);
}

void TstRequestParser::refuses_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("message"); // a part of it
    const auto row = [](const char *name, const QByteArray &line, const QByteArray &message,
                        ErrorCode code = ErrorCode::Malformed) {
        QTest::newRow(name) << line << static_cast<int>(code) << message;
    };

    row("nothing", "", "malformed JSON at byte 0");
    row("no JSON", "hello", "malformed JSON at byte 0");
    row("array", "[]", R"(expected a JSON object such as {"method":"flush"})");
    row("string", R"("call_start")", "expected a JSON object");
    row("number", "12", "expected a JSON object");
    row("null", "null", "expected a JSON object");
    row("broken array", "[1,", "malformed JSON at byte 3");
    row("array and more", "[] []", "malformed JSON at byte 3");
    row("two objects", R"({"method":"flush"}{})", "malformed JSON at byte 18");
    row("text behind", R"({"method":"flush"} x)", "malformed JSON at byte 19");
    row("raw NUL behind", "{\"method\":\"flush\"}\0"_ba, "malformed JSON at byte 18");
    row("byte order mark", "\xef\xbb\xbf{\"method\":\"flush\"}", "malformed JSON at byte 0");
    row("no method", "{}", R"(the key "method" is missing)");
    row("payload alone", R"({"payload":{}})", R"(the key "method" is missing)");
    row("method of another case", R"({"Method":"flush"})", R"(the key "method" is missing)");
    row("method is a number", R"({"method":1})", R"(the value of "method" is not a string)");
    row("method is null", R"({"method":null})", R"(the value of "method" is not a string)");
    row("method is an object", R"({"method":{"method":"flush"}})",
        R"(the value of "method" is not a string)");
    row("the last method counts", R"({"method":"flush","method":1})",
        R"(the value of "method" is not a string)");
    row("unknown method", R"({"method":"call_update"})", R"(unknown method: "call_update")",
        ErrorCode::InvalidArgument);
    row("empty method", R"({"method":""})", R"(unknown method: "")", ErrorCode::InvalidArgument);
    row("method in upper case", R"({"method":"FLUSH"})", R"(unknown method: "FLUSH")",
        ErrorCode::InvalidArgument);
    row("method with a blank", R"({"method":"flush "})", R"(unknown method: "flush ")",
        ErrorCode::InvalidArgument);
    row("method with a NUL", R"({"method":"flush\u0000"})", R"(unknown method: "flush\u0000")",
        ErrorCode::InvalidArgument);
    row("no payload", R"({"method":"call_start"})", R"(call_start: the key "payload" is missing)");
    row("no payload of an end", R"({"method":"call_end"})",
        R"(call_end: the key "payload" is missing)");
    row("payload is null", R"({"method":"call_start","payload":null})",
        R"(call_start: the value of "payload" is not an object)");
    row("payload is an array", R"({"method":"call_start","payload":[{"start":{}}]})",
        R"(call_start: the value of "payload" is not an object)");
    row("payload is a string", R"({"method":"call_end","payload":"{}"})",
        R"(call_end: the value of "payload" is not an object)");
    row("the last payload counts",
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"}},"payload":1})",
        R"(call_start: the value of "payload" is not an object)");
    row("empty payload", R"({"method":"call_start","payload":{}})",
        R"(call_start: the payload has no object "start")");
    row("nothing stays of an earlier payload",
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"}},"payload":{}})",
        R"(call_start: the payload has no object "start")");
    row("nothing stays of an earlier payload's end",
        R"({"method":"call_end","payload":{"end":{"project_id":"a/b","id":"1"}},"payload":{}})",
        R"(call_end: the payload has no object "end")");
    row("end for a start",
        R"({"method":"call_start","payload":{"end":{"project_id":"a/b","id":"1"}}})",
        R"(call_start: the payload has no object "start")");
    row("start for an end",
        R"({"method":"call_end","payload":{"start":{"project_id":"a/b","id":"1"}}})",
        R"(call_end: the payload has no object "end")");
    row("start is an array", R"({"method":"call_start","payload":{"start":[]}})",
        R"(call_start: the payload has no object "start")");
    row("the last start counts",
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"},"start":null}})",
        R"(call_start: the payload has no object "start")");
    row("no project", startLine(R"("id":"1")"),
        "call_start: start.project_id is not a non-empty string");
    row("no project in an end", R"({"method":"call_end","payload":{"end":{"id":"1"}}})",
        "call_end: end.project_id is not a non-empty string");
    row("empty project", startWithNames("", "1"),
        "call_start: start.project_id is not a non-empty string");
    row("project is null", startLine(R"("project_id":null,"id":"1")"),
        "call_start: start.project_id is not a non-empty string");
    row("the last project counts", startLine(R"("project_id":"a/b","id":"1","project_id":3)"),
        "call_start: start.project_id is not a non-empty string");
    row("names deeper down do not count", startLine(R"("inputs":{"project_id":"a/b","id":"1"})"),
        "call_start: start.project_id is not a non-empty string");
    row("nothing stays of an earlier start",
        R"({"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"},"start":{"id":"1"}}})",
        "call_start: start.project_id is not a non-empty string");
    row("no id", startLine(R"("project_id":"a/b")"),
        "call_start: start.id is not a non-empty string");
    row("empty id", startWithNames("a/b", ""), "call_start: start.id is not a non-empty string");
    row("id is null", startLine(R"("project_id":"a/b","id":null)"),
        "call_start: start.id is not a non-empty string");
    row("id is a number", R"({"method":"call_end","payload":{"end":{"project_id":"a/b","id":7}}})",
        "call_end: end.id is not a non-empty string");
    row("long project", startWithNames(QByteArray(1025, 'p'), "1"),
        "call_start: start.project_id is longer than 1024 bytes", ErrorCode::TooLarge);
    row("long id", startWithNames("a/b", QByteArray(1025, 'i')),
        "call_start: start.id is longer than 1024 bytes", ErrorCode::TooLarge);
    row("NaN in the payload", startLine(R"("project_id":"a/b","id":"1","n":NaN)"),
        "malformed JSON at byte 75");
    row("bad UTF-8 in the payload", startLine("\"project_id\":\"a/b\",\"id\":\"1\",\"n\":\"\xff\""),
        "malformed JSON at byte 76");
    row("bad JSON behind a good call", startWithNames("a/b", "1").chopped(1) + ",}",
        "malformed JSON at byte 73");
    row("bad JSON in a payload that nobody needs",
        R"({"method":"flush","payload":{"start":{"a":01}}})", "malformed JSON at byte 42");
    row("bad JSON under an unknown key", R"({"method":"flush","x":[tru]})",
        "malformed JSON at byte 23");
}

void TstRequestParser::refuses()
{
    QFETCH(QByteArray, line);
    QFETCH(int, code);
    QFETCH(QByteArray, message);
    RequestParser parser;
    const auto request = parser.parse(toView(line));
    QVERIFY(!request.ok());
    QCOMPARE(static_cast<int>(request.error().code), code);
    QVERIFY2(toBytes(request.error().message).contains(message), request.error().message.c_str());
}

void TstRequestParser::refusesEveryTruncation()
{
    RequestParser parser;
    for (const std::string_view line : {StartLine, EndLine}) {
        for (std::size_t length = 0; length < line.size(); ++length) {
            const auto request = parser.parse(line.substr(0, length));
            QVERIFY2(!request.ok(), std::to_string(length).c_str());
            QVERIFY(request.error().code == ErrorCode::Malformed);
        }
    }
}

void TstRequestParser::longestNames()
{
    RequestParser parser;
    const QByteArray project(1024, 'p');
    const QByteArray id(1024, 'i');
    const QByteArray line = startWithNames(project, id);
    const auto request = parser.parse(toView(line));
    QVERIFY(request.ok());
    QCOMPARE(toBytes(request->call.project), project);
    QCOMPARE(toBytes(request->call.id), id);

    // What counts is the length without escapes.
    const QByteArray escaped = startWithNames("a/b", QByteArray(R"(\u0069)").repeated(1024));
    const auto shorter = parser.parse(toView(escaped));
    QVERIFY(shorter.ok());
    QCOMPARE(toBytes(shorter->call.id), id);
}

void TstRequestParser::namesOfAnUnknownMethodAreClipped()
{
    RequestParser parser;
    for (int length = 1; length < 200; ++length) {
        const QByteArray name(length, 'm');
        const QByteArray line = R"({"method":")" + name + R"("})";
        const auto request = parser.parse(toView(line));
        QVERIFY(!request.ok());
        QVERIFY(request.error().code == ErrorCode::InvalidArgument);
        const QByteArray message = toBytes(request.error().message);
        QVERIFY(message.size() < 100);
        const bool isWhole = message.contains("\"" + name + "\"");
        QVERIFY(message.startsWith("unknown method: \"" + name.first(std::min(length, 20))));
        QCOMPARE(message.endsWith("..."), !isWhole); // it says so when it leaves something out
    }
}

void TstRequestParser::malformedJsonNamesItsPlace()
{
    RequestParser parser;
    const auto request = parser.parse(R"({"method":flush})");
    QVERIFY(!request.ok());
    QCOMPARE(toBytes(request.error().message), "malformed JSON at byte 10: expected a value"_ba);
}

void TstRequestParser::theParserIsReused()
{
    RequestParser parser;
    const QByteArray escaped = startWithNames(R"(acme\/\u00e9)", R"(call-\ud83d\ude00-\"1\")");
    const QByteArray plain = startWithNames("x/y", "2");
    const QByteArray otherEscapes = startWithNames(R"(\u0061)", R"(\u0062)");
    for (int i = 0; i < 3; ++i) {
        {
            const auto request = parser.parse(toView(escaped));
            QVERIFY(request.ok());
            QCOMPARE(toBytes(request->call.project), "acme/\xc3\xa9"_ba);
            QCOMPARE(toBytes(request->call.id), "call-\xf0\x9f\x98\x80-\"1\""_ba);
        }
        QVERIFY(!parser.parse("{").ok());
        {
            const auto request = parser.parse(toView(plain));
            QVERIFY(request.ok());
            QCOMPARE(toBytes(request->call.project), "x/y"_ba);
            QCOMPARE(toBytes(request->call.id), "2"_ba);
        }
        {
            const auto request = parser.parse(toView(otherEscapes));
            QVERIFY(request.ok());
            QCOMPARE(toBytes(request->call.project), "a"_ba);
            QCOMPARE(toBytes(request->call.id), "b"_ba);
        }
        QVERIFY(parser.parse(R"({"method":"flush"})")->method == Method::Flush);
        QVERIFY(!parser.parse(toView(startLine(R"("id":"1")"))).ok());
    }
}

QTEST_APPLESS_MAIN(TstRequestParser)
#include "tst_requestparser.moc"
