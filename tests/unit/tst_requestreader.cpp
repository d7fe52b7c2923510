#include "http/requestreader.h"

#include "unit/requestreading.h"
#include "unit/text.h"

#include <QTest>

#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

using State = RequestReader::State;

// What requests are read as, whole or in pieces.
class TstRequestReader final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whole();
    void headers();
    void targets_data();
    void targets();
    void bodies_data();
    void bodies();
    void keepsAlive_data();
    void keepsAlive();
    void waitsForReadBody();
    void pipelined();
    void isInRequest();
    void piecesMakeNoDifference_data();
    void piecesMakeNoDifference();
    void randomPiecesMakeNoDifference();
    void versions_data();
    void versions();
    void nothingAfterAFailure();
};

void TstRequestReader::whole()
{
    const RequestReading reading = readRequests(withLength("hello"));
    QCOMPARE(reading.requests.size(), 1U);
    const HttpRequest &request = reading.requests.front();
    QCOMPARE(toBytes(request.method), "POST"_ba);
    QCOMPARE(toBytes(request.target), "/x"_ba);
    QCOMPARE(toBytes(request.body), "hello"_ba);
    QVERIFY(!request.isHttp10);
    QVERIFY(request.keepsAlive);
    QVERIFY(reading.state == State::Head);
    QVERIFY(!reading.isInRequest);
    QCOMPARE(reading.budgetUsed, 0U);
}

void TstRequestReader::headers()
{
    const RequestReading reading = readRequests(
        "PUT /x?q=1 HTTP/1.1\r\nhost: a\r\nX-Two:  b c \t\r\nx-two: \xc3\xa9\r\nEmpty:\r\n\r\n"_ba);
    QCOMPARE(reading.requests.size(), 1U);
    const HttpRequest &request = reading.requests.front();
    QCOMPARE(request.headers.size(), 4U);
    QCOMPARE(toBytes(request.headers[0].first), "host"_ba);
    QCOMPARE(toBytes(request.headers[1].second), "b c"_ba);
    QCOMPARE(toBytes(request.headers[2].second), "\xc3\xa9"_ba);
    QCOMPARE(toBytes(request.header("HOST")), "a"_ba);
    QCOMPARE(toBytes(request.header("X-TWO")), "b c"_ba);
    QVERIFY(request.header("Empty").empty());
    QVERIFY(request.header("X-Tw").empty());
    QCOMPARE(toBytes(request.path()), "/x"_ba);
}

void TstRequestReader::targets_data()
{
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<QByteArray>("target"); // empty: refused
    const auto row = [](const QByteArray &written, const QByteArray &target) {
        QTest::newRow(written.constData()) << written << target;
    };
    row("/", "/");
    row("/a%2Fb?x=%20&y", "/a%2Fb?x=%20&y");
    row("//a/../b", "//a/../b");
    row("http://host", "/");
    row("http://host:80/a?b", "/a?b");
    row("http://host?b", "/?b");
    row("http://host?b=/c", "/?b=/c");
    row("https://user@host/", "/");
    row("*", {});
    row("host:80", {});
    row("a/b", {});
    row("?a=/b", {});
}

void TstRequestReader::targets()
{
    QFETCH(QByteArray, written);
    QFETCH(QByteArray, target);
    const RequestReading reading = readRequests("GET " + written + " HTTP/1.1\r\n" + Host + "\r\n");
    QCOMPARE(reading.status, target.isEmpty() ? 400 : 0);
    QCOMPARE(reading.requests.size(), target.isEmpty() ? 0U : 1U);
    if (!target.isEmpty())
        QCOMPARE(toBytes(reading.requests.front().target), target);
}

void TstRequestReader::bodies_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &bytes, const QByteArray &body) {
        QTest::newRow(name) << bytes << body;
    };
    row("length 0", withLength({}), {});
    row("no length", post({}, {}), {});
    row("length with zeros", post("Content-Length: 0003\r\n", "abc"), "abc");
    row("bytes of any kind", withLength("\r\n\r\n\0\xff"_ba), "\r\n\r\n\0\xff"_ba);
    row("chunk", chunked("3\r\nabc\r\n0\r\n\r\n"), "abc");
    row("no chunk", chunked("0\r\n\r\n"), {});
    row("chunks", chunked("1\r\na\r\n00A\r\n0123456789\r\n2\r\n\r\n\r\n0\r\n\r\n"),
        "a0123456789\r\n");
    row("extensions", chunked("3;a=b;c=\"d e\"\r\nabc\r\n0;last\r\n\r\n"), "abc");
    row("trailers", chunked("3\r\nabc\r\n0\r\nX-Sum: 1\r\nHost: b\r\nExpect: x\r\n\r\n"), "abc");
    row("coding in capitals", post("transfer-encoding: CHUNKED\r\n", "1\r\na\r\n0\r\n\r\n"), "a");
}

void TstRequestReader::bodies()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, body);
    const RequestReading reading = readRequests(bytes);
    QCOMPARE(toBytes(reading.text), QByteArray());
    QCOMPARE(reading.requests.size(), 1U);
    const HttpRequest &request = reading.requests.front();
    QCOMPARE(toBytes(request.body), body);
    QVERIFY(!reading.isInRequest);
    // Trailers have come too late to be headers.
    QVERIFY(request.header("X-Sum").empty());
    QVERIFY(request.header("Expect").empty());
    QCOMPARE(toBytes(request.header("Host")), "a"_ba);
    QCOMPARE(reading.budgetUsed, 0U);
}

void TstRequestReader::keepsAlive_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("isHttp10");
    QTest::addColumn<bool>("keepsAlive");
    const auto row = [](const char *name, const QByteArray &head, bool isHttp10, bool keeps) {
        QTest::newRow(name) << head << isHttp10 << keeps;
    };
    row("1.1", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, true);
    row("1.1 close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, false);
    row("1.1 a list", "GET / HTTP/1.1\r\nHost: a\r\nConnection: te, Close\r\n\r\n", false, false);
    row("1.1 keep-alive", "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", false,
        true);
    row("1.0", "GET / HTTP/1.0\r\n\r\n", true, false);
    row("1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, true);
}

void TstRequestReader::keepsAlive()
{
    QFETCH(QByteArray, head);
    QFETCH(bool, isHttp10);
    QFETCH(bool, keepsAlive);
    const RequestReading reading = readRequests(head);
    QCOMPARE(reading.requests.size(), 1U);
    QCOMPARE(reading.requests.front().isHttp10, isHttp10);
    QCOMPARE(reading.requests.front().keepsAlive, keepsAlive);
}

void TstRequestReader::waitsForReadBody()
{
    ByteBudget budget(1000);
    RequestReader reader({}, budget);
    const QByteArray bytes = withLength("hello") + withLength({});
    reader.feed(toView(bytes));
    QVERIFY(reader.state() == State::Body);
    QCOMPARE(toBytes(reader.request().header("Content-Length")), "5"_ba);
    QVERIFY(reader.request().body.empty());
    QCOMPARE(budget.used(), 0U);
    reader.readBody();
    QVERIFY(reader.state() == State::Complete);
    QCOMPARE(toBytes(reader.request().body), "hello"_ba);
    reader.next();
    QVERIFY2(reader.state() == State::Body, "a request without a body is asked about, too");
    reader.readBody();
    QVERIFY(reader.state() == State::Complete);
}

void TstRequestReader::pipelined()
{
    const RequestReading reading = readRequests(withLength("one") + chunked("3\r\ntwo\r\n0\r\n\r\n")
                                                + post({}, {}) + withLength("four").chopped(1));
    QCOMPARE(reading.requests.size(), 3U);
    QCOMPARE(toBytes(reading.requests[0].body), "one"_ba);
    QCOMPARE(toBytes(reading.requests[1].body), "two"_ba);
    QCOMPARE(toBytes(reading.requests[2].body), QByteArray());
    QVERIFY(reading.state == State::Body);
    QVERIFY(reading.isInRequest);
    QCOMPARE(reading.budgetUsed, 3U); // of the last one, as far as it has come
}

void TstRequestReader::isInRequest()
{
    ByteBudget budget(1000);
    RequestReader reader({}, budget);
    QVERIFY(!reader.isInRequest());
    reader.feed("G");
    QVERIFY(reader.isInRequest());
    reader.feed("ET / HTTP/1.1\r\n");
    QVERIFY2(reader.isInRequest(), "a head of which each line so far was whole");
    reader.feed("Host: a\r\n");
    QVERIFY(reader.isInRequest());
    reader.feed("\r\n");
    QVERIFY(reader.isInRequest());
    reader.readBody();
    QVERIFY(!reader.isInRequest());
    reader.next();
    QVERIFY(!reader.isInRequest());
}

void TstRequestReader::piecesMakeNoDifference_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const QByteArray &bytes) {
        QTest::newRow(name) << bytes;
    };
    row("length", withLength("hello"));
    row("chunks", chunked("3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\n\r\n"));
    row("several", withLength("one") + chunked("0\r\n\r\n") + withLength("three"));
    row("unfinished head", withLength("one") + "GET / HTTP/1.1\r\nHo");
    row("unfinished chunk", chunked("5\r\nab"));
    row("folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n");
    row("no host", "GET / HTTP/1.1\r\n\r\n");
    row("bad chunk", chunked("2\r\nabc\r\n0\r\n\r\n"));
    row("length and chunks", post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "x"));
}

void TstRequestReader::piecesMakeNoDifference()
{
    QFETCH(QByteArray, bytes);
    const RequestReading whole = readRequests(bytes);
    for (qsizetype step = 1; step < bytes.size(); ++step)
        QVERIFY2(isSame(readRequests(cut(bytes, step)), whole),
                 QByteArray::number(step).constData());
    for (qsizetype at = 1; at < bytes.size(); ++at) {
        const QList<QByteArray> halves{bytes.left(at), bytes.mid(at)};
        QVERIFY2(isSame(readRequests(halves), whole), QByteArray::number(at).constData());
    }
}

void TstRequestReader::randomPiecesMakeNoDifference()
{
    std::minstd_rand random(20'261'123);
    const auto below = [&random](int limit) {
        return static_cast<int>(random() % static_cast<unsigned>(limit));
    };
    for (int round = 0; round < 300; ++round) {
        QByteArray bytes;
        QList<QByteArray> bodies;
        for (int count = below(5) + 1; count > 0; --count) {
            QByteArray body;
            for (int size = below(200); size > 0; --size)
                body += static_cast<char>(below(256));
            bodies << body;
            if (below(2) == 0) {
                bytes += withLength(body);
                continue;
            }
            QByteArray chunks;
            for (qsizetype at = 0; at < body.size();) {
                const QByteArray chunk = body.mid(at, below(50) + 1);
                chunks += QByteArray::number(chunk.size(), 16) + "\r\n" + chunk + "\r\n";
                at += chunk.size();
            }
            bytes += chunked(chunks + "0\r\n\r\n");
        }
        QList<QByteArray> pieces;
        for (qsizetype at = 0; at < bytes.size();) {
            pieces << bytes.mid(at, below(below(2) == 0 ? 4 : 300) + 1);
            at += pieces.back().size();
        }
        const RequestReading reading = readRequests(pieces);
        QCOMPARE(qsizetype(reading.requests.size()), bodies.size());
        for (qsizetype i = 0; i < bodies.size(); ++i)
            QCOMPARE(toBytes(reading.requests[static_cast<std::size_t>(i)].body), bodies[i]);
        QVERIFY(isSame(reading, readRequests(bytes)));
    }
}

void TstRequestReader::versions_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    const auto row = [](const char *line, int status) {
        QTest::newRow(line) << QByteArray(line) + "\r\nHost: a\r\n\r\n" << status;
    };
    row("GET / HTTP/1.1", 0);
    row("GET / HTTP/1.0", 0);
    row("GET / HTTP/2.0", 505);
    row("GET / HTTP/0.9", 505);
    row("GET / HTTP/1.2", 505);
    row("GET / HTTP/11", 505);
    row("GET / http/1.1", 505);
    row("GET / HTTP/1.1 ", 505);
    row("GET /", 400);
    row("PRI * HTTP/2.0", 505);
}

void TstRequestReader::versions()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    QCOMPARE(readRequests(bytes).status, status);
    QCOMPARE(readRequests(singleBytes(bytes)).status, status);
}

void TstRequestReader::nothingAfterAFailure()
{
    ByteBudget budget(1000);
    RequestReader reader({}, budget);
    reader.feed("GET / HTTP/3.0\r\n\r\n");
    QCOMPARE(reader.failureStatus(), 505);
    const std::string text = reader.failureText();
    QVERIFY(!text.empty());
    reader.feed(toView(withLength("hello")));
    reader.readBody();
    QVERIFY(reader.state() == State::Failed);
    QCOMPARE(reader.failureStatus(), 505);
    QCOMPARE(reader.failureText(), text);
}

QTEST_APPLESS_MAIN(TstRequestReader)
#include "tst_requestreader.moc"
