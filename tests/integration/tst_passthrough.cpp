#include "integration/httprig.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

QByteArray bytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    unsigned state = 1;
    for (char &c : bytes) {
        state = state * 1'103'515'245U + 12'345U;
        c = static_cast<char>(state >> 16U);
    }
    return bytes;
}

} // namespace

// What the trace server gets of a request that is not ours, and the client of its answer.
class PassthroughTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void targets_data();
    void targets();
    void methods_data();
    void methods();
    void headers();
    void repeatedHeaders();
    void connectionHeadersStayHere();
    void credentialsAreTheClients();
    void encodingIsLeftAlone();
    void pathOfTheBackend();
    void answers_data();
    void answers();
    void answerHeaders();
    void cookiesAreNotKept();
    void headAnswer();
    void largeBodies();
    void streamedAnswer();
    void http10GetsAStreamToItsEnd();
};

void PassthroughTest::targets_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target :
         {"/", "/objs/query", "/a%2Fb/c%20d", "/a?b=c&d=e%26f+g%2B%20h", "/a?", "/a//b",
          "/op:%2F%2F/x;y=1,2/@~'()*!$-_.", "/caf%C3%A9?q=%E2%82%AC",
          "/%7Bid%7D?x=%7B%22a%22%3A1%7D", "/files/content?project_id=a%2Fb&digest=X%3D%3D"})
        QTest::newRow(target) << QByteArray(target);
}

void PassthroughTest::targets()
{
    QFETCH(QByteArray, target);
    PassingRig p;
    QCOMPARE(statusOf(p.client.ask(httpGet(target))), 200);
    QCOMPARE(p.last().path, target);
}

void PassthroughTest::methods_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    for (const char *method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"}) {
        QTest::addRow("%s", method) << QByteArray(method) << QByteArray();
        QTest::addRow("%s with a body", method) << QByteArray(method) << QByteArray("{\"a\":1}");
    }
}

void PassthroughTest::methods()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    PassingRig p;
    QByteArray request = httpPost("/x", body, authorization() + "Content-Type: text/x\r\n");
    request.replace(0, 4, method);
    QCOMPARE(statusOf(p.client.ask(request)), 200);
    QCOMPARE(p.last().method, method);
    QCOMPARE(p.last().body, body);
    QCOMPARE(p.last().headers.value("content-type"), QByteArray("text/x"));
    QCOMPARE(p.rig->handler.stats.http.passed, 1U);
}

void PassthroughTest::headers()
{
    PassingRig p;
    const QByteArray sent = "User-Agent: sdk/1.0\r\nX-Weave-Retry-Id: 7\r\nAccept: */*\r\n"
                            "Cookie: a=b; c=d\r\nX-Text: caf\xc3\xa9, \"q\" \\ ;\r\n"
                            "Accept-Language: de\r\nContent-Type: application/x-y; z=1\r\n"
                            "If-None-Match: \"e\"\r\nRange: bytes=0-5\r\n"
                            "Via: 1.0 proxy\r\n";
    QCOMPARE(statusOf(p.client.ask(httpPost("/x", "{}", authorization() + sent))), 200);
    for (const QByteArray &line : (sent + authorization()).split('\n')) {
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(colon).toLower();
        if (colon > 0 && name != "via")
            QCOMPARE(p.last().headers.value(name), line.mid(colon + 1).trimmed());
    }
    QCOMPARE(p.last().headers.value("via"), QByteArray("1.0 proxy, 1.1 weave-sidecar-test"));
    QCOMPARE(p.last().headers.value("host"), "127.0.0.1:" + QByteArray::number(p.sink.port()));
    QCOMPARE(p.last().headers.value("content-length"), QByteArray("2"));
}

// As lists they mean the same in one line (RFC 9110, 5.2).
void PassthroughTest::repeatedHeaders()
{
    PassingRig p;
    QCOMPARE(statusOf(p.client.ask(httpGet("/",
                                           authorization()
                                               + "X-A: 1\r\nx-a: 2\r\nX-A: 3\r\n"
                                                 "Accept-Encoding: gzip\r\n"
                                                 "Accept-Encoding: br\r\n"))),
             200);
    QCOMPARE(p.last().headers.value("x-a"), QByteArray("1, 2, 3"));
    QCOMPARE(p.last().headers.value("accept-encoding"), QByteArray("gzip, br"));
}

void PassthroughTest::connectionHeadersStayHere()
{
    PassingRig p;
    QCOMPARE(statusOf(p.client.ask(
                 httpPost("/x", "{}",
                          authorization()
                              + "Connection: keep-alive, X-Private , te\r\nX-Private: 1\r\n"
                                "Keep-Alive: timeout=5\r\nTE: trailers\r\nUpgrade: h2c\r\n"
                                "Proxy-Authorization: Basic eDp5\r\nTrailer: X\r\n"
                                "Connection: X-Other\r\nX-Other: 2\r\n"))),
             200);
    for (const char *name : {"x-private", "x-other", "keep-alive", "te", "upgrade",
                             "proxy-authorization", "trailer", "transfer-encoding", "expect"})
        QVERIFY2(!p.last().headers.contains(name), name);
    // A body in chunks and one that was waited for arrive with their length.
    QVERIFY(p.client.send("POST /x HTTP/1.1\r\nHost: a\r\n" + authorization()
                          + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"));
    QCOMPARE(statusOf(p.client.readAnswer()), 100);
    QCOMPARE(statusOf(p.client.ask("3\r\nabc\r\n0\r\nX: y\r\n\r\n")), 200);
    QCOMPARE(p.last().body, QByteArray("abc"));
    QCOMPARE(p.last().headers.value("content-length"), QByteArray("3"));
    for (const char *name : {"transfer-encoding", "expect", "x"})
        QVERIFY2(!p.last().headers.contains(name), name);
}

void PassthroughTest::credentialsAreTheClients()
{
    PassingRig p;
    const QByteArray other = authorization("another");
    QCOMPARE(statusOf(p.client.ask(httpPost("/call/start", startBody("1"), other))), 200);
    QVERIFY(hasHeaderLine(p.last().headerLines, other.trimmed()));
    QCOMPARE(p.last().body, startBody("1"));
    const QByteArray lent = ("api:" + DoorKey).toBase64();
    for (const QByteArray &line : p.last().headerLines)
        QVERIFY(!line.contains(lent) && !line.contains(DoorKey));
    QVERIFY(p.rig->handler.ids.isEmpty());
    QCOMPARE(statusOf(p.client.ask(httpPost("/x", "{}", "Authorization: Bearer abc\r\n"))), 200);
    QCOMPARE(p.last().headers.value("authorization"), QByteArray("Bearer abc"));
}

void PassthroughTest::encodingIsLeftAlone()
{
    PassingRig p;
    const QByteArray packed = QByteArray::fromHex("1f8b08000000000002ff4bcc2a05008a4b2a3703000000");
    p.sink.setScript([&packed](const SinkRequest &) {
        return SinkAnswer{.body = packed, .headers = {"Content-Encoding: gzip"}};
    });
    const auto answer =
        p.client.ask(httpGet("/", authorization() + "Accept-Encoding: gzip, deflate\r\n"));
    QCOMPARE(p.last().headers.value("accept-encoding"), QByteArray("gzip, deflate"));
    QCOMPARE(answer->header("Content-Encoding"), QByteArray("gzip"));
    QCOMPARE(answer->body, packed);
    // Who did not ask for it gets nothing packed by our doing.
    QCOMPARE(statusOf(p.client.ask(httpGet("/"))), 200);
    QCOMPARE(p.last().headers.value("accept-encoding"), QByteArray("identity"));
    QCOMPARE(statusOf(p.client.ask(
                 httpPost("/x", packed, authorization() + "Content-Encoding: gzip\r\n"))),
             200);
    QCOMPARE(p.last().body, packed);
    QCOMPARE(p.last().headers.value("content-encoding"), QByteArray("gzip"));
}

void PassthroughTest::pathOfTheBackend()
{
    HttpSink sink;
    QVERIFY(sink.listen());
    HttpRig rig({}, QUrl(sink.url(QStringLiteral("/traces/"))));
    QCOMPARE(statusOf(rig.client().ask(httpGet("/objs?x=1"))), 200);
    QCOMPARE(sink.requests().back().path, QByteArray("/traces/objs?x=1"));
}

void PassthroughTest::answers_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *status, const QByteArray &headers, const QByteArray &body) {
        QTest::newRow(status) << QByteArray("HTTP/1.1 ") + status + "\r\n" + headers + "\r\n" + body
                              << body;
    };
    row("200 Fine", "Content-Length: 2\r\n", "ok");
    row("201 Created", "Content-Length: 0\r\n", {});
    row("204 No Content", {}, {});
    row("304 Not Modified", "ETag: \"e\"\r\n", {});
    row("302 Found", "Location: http://127.0.0.1:1/x\r\nContent-Length: 3\r\n", "see");
    row("307 Temporary Redirect", "Location: /y\r\nContent-Length: 0\r\n", {});
    row("400 Bad Request", "Content-Length: 14\r\n", "{\"reason\":\"x\"}");
    row("401 Unauthorized", "WWW-Authenticate: Basic realm=\"w\"\r\nContent-Length: 2\r\n", "no");
    row("404 Not Found", "Content-Length: 2\r\n", "{}");
    row("407 Proxy Authentication Required",
        "Proxy-Authenticate: Basic realm=\"w\"\r\nContent-Length: 2\r\n", "no");
    row("418 I'm a teapot", "Content-Length: 3\r\n", "tea");
    row("429 Too Many Requests", "Retry-After: 7\r\nContent-Length: 2\r\n", "{}");
    row("500 Oh", "Content-Length: 5\r\n", "sorry");
    row("503 Later", "Content-Length: 0\r\n", {});
    row("599 Odd", "Content-Length: 1\r\n", "x");
}

void PassthroughTest::answers()
{
    QFETCH(QByteArray, raw);
    QFETCH(QByteArray, body);
    PassingRig p;
    p.sink.enqueue({.raw = raw});
    const auto answer = p.client.ask(httpPost("/x", "{}"));
    QVERIFY(answer && answer->isComplete);
    QCOMPARE(answer->statusLine, raw.left(raw.indexOf('\r')));
    QCOMPARE(answer->body, body);
    QCOMPARE(p.sink.requestCount(), 1);
    for (const char *name : {"Location", "WWW-Authenticate", "Retry-After", "ETag"})
        QCOMPARE(!answer->header(name).isNull(), raw.contains(name));
    // The connection is good for more.
    QCOMPARE(statusOf(p.client.ask(startRequest("1"))), 200);
}

void PassthroughTest::answerHeaders()
{
    PassingRig p;
    p.sink.enqueue({.raw = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 "
                           "GMT\r\nX-Own: 1\r\nSet-Cookie: b=2\r\nKeep-Alive: timeout=5\r\n"
                           "Content-Type: text/event-stream\r\nConnection: keep-alive, X-Hop\r\n"
                           "X-Hop: 1\r\nContent-Length: 0\r\n\r\n"});
    const auto answer = p.client.ask(httpGet("/"));
    QCOMPARE(statusOf(answer), 200);
    QVERIFY(
        hasHeaderLine(answer->headers, "Set-Cookie: a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"));
    QVERIFY(hasHeaderLine(answer->headers, "Set-Cookie: b=2"));
    QCOMPARE(answer->header("X-Own"), QByteArray("1"));
    QCOMPARE(answer->header("Content-Type"), QByteArray("text/event-stream"));
    QCOMPARE(answer->header("Connection"), QByteArray("keep-alive"));
    QVERIFY(answer->header("X-Hop").isNull());
    QVERIFY(answer->header("Keep-Alive").isNull());
}

void PassthroughTest::cookiesAreNotKept()
{
    PassingRig p;
    for (int i = 0; i < 6; ++i) { // each of the managers, and one of them again
        p.sink.enqueue({.headers = {"Set-Cookie: a=1"}});
        QCOMPARE(statusOf(p.client.ask(httpGet("/"))), 200);
        QVERIFY(!p.last().headers.contains("cookie"));
    }
}

void PassthroughTest::headAnswer()
{
    PassingRig p;
    p.sink.enqueue({.raw = "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n"});
    QVERIFY(p.client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n" + authorization() + "\r\n"));
    const auto answer = p.client.readAnswer(HttpClient::DefaultTimeout, true);
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->header("Content-Length"), QByteArray("12345"));
    QCOMPARE(p.last().method, QByteArray("HEAD"));
    QCOMPARE(statusOf(p.client.ask(startRequest("1"))), 200);
}

void PassthroughTest::largeBodies()
{
    const QByteArray large = bytes(20'000'000);
    PassingRig p;
    p.sink.setScript([](const SinkRequest &request) { return SinkAnswer{.body = request.body}; });
    QVERIFY(p.client.send(httpPost("/file/create", large), 20s));
    const auto answer = p.client.readAnswer(20s);
    QCOMPARE(statusOf(answer), 200);
    QVERIFY(p.last().body == large);
    QVERIFY(answer->body == large);
}

void PassthroughTest::streamedAnswer()
{
    PassingRig p;
    p.sink.enqueue({.isHanging = true});
    QVERIFY(p.client.send(httpPost("/calls/stream_query", "{}") + startRequest("1")));
    QTRY_COMPARE(p.sink.hangingCount(), 1);
    p.sink.writeHanging("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    QTRY_VERIFY(p.client.received().contains("\r\n\r\n"));
    for (int i = 0; i < 5; ++i) {
        const QByteArray piece = "piece " + QByteArray::number(i);
        p.sink.writeHanging("7\r\n" + piece + "\r\n");
        QTRY_VERIFY(p.client.received().contains(piece));
    }
    p.sink.answerHanging({.raw = "0\r\n\r\n"});
    const auto answer = p.client.readAnswer();
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("piece 0piece 1piece 2piece 3piece 4"));
    QCOMPARE(answer->header("Transfer-Encoding"), QByteArray("chunked"));
    QCOMPARE(statusOf(p.client.readAnswer()), 200);
}

void PassthroughTest::http10GetsAStreamToItsEnd()
{
    PassingRig p;
    p.sink.enqueue({.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                           "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"});
    const auto answer =
        p.client.ask("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n" + authorization() + "\r\n");
    QCOMPARE(statusOf(answer), 200);
    QCOMPARE(answer->body, QByteArray("abcde"));
    QVERIFY(answer->header("Transfer-Encoding").isNull());
    QCOMPARE(answer->header("Connection"), QByteArray("close"));
}

QTEST_GUILESS_MAIN(PassthroughTest)
#include "tst_passthrough.moc"
