#include "http/requestreader.h"

#include "unit/requestreading.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using State = RequestReader::State;

namespace {

const QByteArray Chunked = "Transfer-Encoding: chunked\r\n";

} // namespace

// Requests that two readers could take differently. Whoever sends one gets an error and no second
// reading: no request comes of it or of what stands behind it.
class TstRequestSmuggling final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lengths_data();
    void lengths();
    void codings_data();
    void codings();
    void lines_data();
    void lines();
    void hosts_data();
    void hosts();
    void chunks_data();
    void chunks();
    void foldedLinesAreOneLine();
    void blanksAroundALength();

private:
    static void refuses();
};

// The current row's bytes give its status, whole and byte by byte, and never a request.
void TstRequestSmuggling::refuses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    const QByteArray behind = "GET /behind HTTP/1.1\r\nHost: a\r\n\r\n";
    for (const RequestReading &reading :
         {readRequests(bytes + behind), readRequests(singleBytes(bytes + behind))}) {
        QVERIFY(reading.state == State::Failed);
        QCOMPARE(reading.status, status);
        QVERIFY(!reading.text.empty());
        QVERIFY(reading.requests.empty());
    }
}

namespace {

void addColumns()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
}

} // namespace

void TstRequestSmuggling::lengths_data()
{
    addColumns();
    const auto row = [](const char *name, const QByteArray &headers) {
        QTest::newRow(name) << post(headers, "hello") << 400;
    };
    row("two, different", "Content-Length: 5\r\nContent-Length: 6\r\n");
    row("two, equal", "Content-Length: 5\r\nContent-Length: 5\r\n");
    row("two, in other letters", "Content-Length: 5\r\ncontent-length: 5\r\n");
    row("a list", "Content-Length: 5, 5\r\n");
    row("a list of one", "Content-Length: 5,\r\n");
    row("plus", "Content-Length: +5\r\n");
    row("minus", "Content-Length: -1\r\n");
    row("hex", "Content-Length: 0x5\r\n");
    row("a fraction", "Content-Length: 5.0\r\n");
    row("two words", "Content-Length: 5 5\r\n");
    row("empty", "Content-Length:\r\n");
    row("a word", "Content-Length: five\r\n");
    row("over 64 bits", "Content-Length: 36893488147419103237\r\n");
    row("behind a fold", "Content-Length: 5\r\n 5\r\n");
}

void TstRequestSmuggling::lengths()
{
    refuses();
}

void TstRequestSmuggling::codings_data()
{
    addColumns();
    const auto row = [](const char *name, const QByteArray &headers, int status) {
        QTest::newRow(name) << post(headers, "0\r\n\r\n") << status;
    };
    const QByteArray length = "Content-Length: 5\r\n";
    row("behind a length", length + Chunked, 400);
    row("before a length", Chunked + length, 400);
    row("beside length 0", Chunked + "Content-Length: 0\r\n", 400);
    row("unknown, beside a length", "Transfer-Encoding: xchunked\r\n" + length, 501);
    row("twice", Chunked + Chunked, 400);
    row("twice, once unknown", "Transfer-Encoding: identity\r\n" + Chunked, 501);
    row("chunked, identity", "Transfer-Encoding: chunked, identity\r\n", 501);
    row("identity, chunked", "Transfer-Encoding: identity, chunked\r\n", 501);
    row("chunked, chunked", "Transfer-Encoding: chunked, chunked\r\n", 501);
    row("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n", 501);
    row("gzip", "Transfer-Encoding: gzip\r\n", 501);
    row("identity", "Transfer-Encoding: identity\r\n", 501);
    row("xchunked", "Transfer-Encoding: xchunked\r\n", 501);
    row("chunkedx", "Transfer-Encoding: chunkedx\r\n", 501);
    row("quoted", "Transfer-Encoding: \"chunked\"\r\n", 501);
    row("with a parameter", "Transfer-Encoding: chunked;q=1\r\n", 501);
    row("empty", "Transfer-Encoding:\r\n", 501);
    row("vertical tab",
        "Transfer-Encoding: \x0b"
        "chunked\r\n",
        400);
    QTest::newRow("in HTTP/1.0") << "POST / HTTP/1.0\r\nHost: a\r\n" + Chunked + "\r\n0\r\n\r\n"
                                 << 400;
}

void TstRequestSmuggling::codings()
{
    refuses();
}

void TstRequestSmuggling::lines_data()
{
    addColumns();
    const auto row = [](const char *name, const QByteArray &bytes) {
        QTest::newRow(name) << bytes << 400;
    };
    row("bare LF behind a header", post("X: 1\nContent-Length: 5\r\n", "hello"));
    row("bare LF before the body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\nhello");
    row("bare CR in a value", post("X: 1\rContent-Length: 5\r\n", "hello"));
    row("CR CR LF", post("X: 1\r\r\n"));
    row("NUL in a value", post("X: 1\0002\r\n"_ba));
    row("NUL in a name", post("X\0: 1\r\n"_ba));
    row("DEL in a value", post("X: 1\x7f\r\n"));
    row("space before the colon", post("Content-Length : 5\r\n", "hello"));
    row("tab before the colon", post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"));
    row("space before the name", "POST / HTTP/1.1\r\n Host: a\r\n\r\n");
    row("no colon", post("Content-Length\r\n"));
    row("no name", post(": 5\r\n"));
    row("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
    row("method in brackets", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n");
    row("method with a colon", "GET: / HTTP/1.1\r\nHost: a\r\n\r\n");
    row("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n");
    row("tab in the target", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n");
    row("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"_ba);
    row("TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"_ba);
}

void TstRequestSmuggling::lines()
{
    refuses();
}

void TstRequestSmuggling::hosts_data()
{
    addColumns();
    QTest::newRow("none") << "GET / HTTP/1.1\r\n\r\n"_ba << 400;
    QTest::newRow("two") << "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"_ba << 400;
    QTest::newRow("two, equal") << "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"_ba << 400;
    QTest::newRow("two in HTTP/1.0") << "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"_ba << 400;
    QTest::newRow("none, absolute target") << "GET http://a/ HTTP/1.1\r\n\r\n"_ba << 400;
}

void TstRequestSmuggling::hosts()
{
    refuses();
}

void TstRequestSmuggling::chunks_data()
{
    addColumns();
    const auto row = [](const char *name, const QByteArray &chunks, int status = 400) {
        QTest::newRow(name) << post(Chunked, chunks) << status;
    };
    row("negative", "-1\r\na\r\n0\r\n\r\n");
    row("plus", "+1\r\na\r\n0\r\n\r\n");
    row("0x", "0x1\r\na\r\n0\r\n\r\n");
    row("no size", "\r\na\r\n0\r\n\r\n");
    row("not hex", "g\r\na\r\n0\r\n\r\n");
    row("17 digits", "10000000000000001\r\na\r\n0\r\n\r\n");
    row("20 digits", "FFFFFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n");
    row("space before the size", " 1\r\na\r\n0\r\n\r\n");
    row("data longer than its size", "1\r\nab\r\n0\r\n\r\n");
    row("data shorter than its size", "2\r\na\r\n0\r\n\r\n");
    row("no CRLF behind the data", "1\r\na0\r\n\r\n");
    row("LF behind the data", "1\r\na\n0\r\n\r\n");
    row("CR behind the size", "1\ra\r\n0\r\n\r\n");
    row("a bare CR in an extension", "1;a\rb\r\na\r\n0\r\n\r\n");
    row("text behind the size", "1 a\r\na\r\n0\r\n\r\n");
    row("a length among the trailers", "0\r\nContent-Length: 5\r\n\r\n");
    row("a coding among the trailers", "0\r\nTransfer-Encoding: chunked\r\n\r\n");
    row("a bad trailer", "0\r\nX : 1\r\n\r\n");
}

void TstRequestSmuggling::chunks()
{
    refuses();
}

// RFC 9112, 5.2, lets a server replace a fold by a space. What the line says is then read as one.
void TstRequestSmuggling::foldedLinesAreOneLine()
{
    const RequestReading reading =
        readRequests(post("X: 1\r\n  Content-Length: 5\r\n") + post("Y: 2\r\n"));
    QCOMPARE(reading.requests.size(), 2U);
    QCOMPARE(toBytes(reading.requests[0].header("X")), "1 Content-Length: 5"_ba);
    QVERIFY(reading.requests[0].header("Content-Length").empty());
    const RequestReading coding =
        readRequests(post("Transfer-Encoding:\r\n chunked\r\n", "1\r\na\r\n0\r\n\r\n"));
    QCOMPARE(coding.requests.size(), 1U);
    QCOMPARE(toBytes(coding.requests[0].body), "a"_ba);
}

void TstRequestSmuggling::blanksAroundALength()
{
    const RequestReading reading = readRequests(post("Content-Length: \t5 \t\r\n", "hello"));
    QCOMPARE(reading.requests.size(), 1U);
    QCOMPARE(toBytes(reading.requests[0].body), "hello"_ba);
}

QTEST_APPLESS_MAIN(TstRequestSmuggling)
#include "tst_requestsmuggling.moc"
