#include "forwarding/httpresponse.h"

#include "unit/text.h"

#include <QTest>

#include <algorithm>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

using State = HttpResponse::State;

// Feeds the bytes in reads of so many; what is left when the response is over is not fed.
HttpResponse readInSteps(const QByteArray &bytes, qsizetype step)
{
    HttpResponse response;
    for (qsizetype place = 0; place < bytes.size(); place += step) {
        const QByteArray piece = bytes.mid(place, step);
        const std::size_t used = response.feed(toView(piece));
        if (used < static_cast<std::size_t>(piece.size()))
            break;
    }
    return response;
}

HttpResponse readAll(const QByteArray &bytes)
{
    return readInSteps(bytes, std::max<qsizetype>(bytes.size(), 1));
}

// What delivery sees of a response, in one line, so that a difference shows in full.
QString describe(const HttpResponse &response)
{
    return QStringLiteral("state %1 status %2 body '%3' wait '%4' to '%5' keeps %6 error '%7'")
        .arg(static_cast<int>(response.state()))
        .arg(response.status())
        .arg(QString::fromLatin1(toBytes(response.body())),
             QString::fromStdString(response.retryAfter()),
             QString::fromStdString(response.location()))
        .arg(response.keepsConnection())
        .arg(QString::fromUtf8(response.errorText()));
}

QByteArray answerWith(const QByteArray &headers, const QByteArray &body = {})
{
    return "HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body;
}

} // namespace

class TstHttpResponse final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isRead_data();
    void isRead();
    void isRefused_data();
    void isRefused();
    void sizeOfReadsDoesNotMatter_data();
    void sizeOfReadsDoesNotMatter();
    void cutAtEveryByte_data();
    void cutAtEveryByte();
    void aBodyWithoutALengthEndsWithTheConnection();
    void closedBeforeTheFirstByte();
    void theEndAfterTheEnd();
    void takesNothingOfTheNextResponse_data();
    void takesNothingOfTheNextResponse();
    void headersOfLaterUse_data();
    void headersOfLaterUse();
    void keepsTheConnection_data();
    void keepsTheConnection();
    void memoryIsBounded_data();
    void memoryIsBounded();
    void longHeads_data();
    void longHeads();
};

void TstHttpResponse::isRead_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &bytes, int status,
                        const QByteArray &body) { QTest::newRow(name) << bytes << status << body; };
    row("a length", answerWith("Content-Length: 5\r\n", "hello"), 200, "hello");
    row("a length of nothing", answerWith("Content-Length: 0\r\n"), 200, "");
    row("the same length twice", answerWith("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"),
        200, "ab");
    row("a name in capitals", answerWith("CONTENT-LENGTH: 2\r\n", "ab"), 200, "ab");
    row("a name in odd case", answerWith("cOnTeNt-lEnGtH: 2\r\n", "ab"), 200, "ab");
    row("no blank behind the colon", answerWith("Content-Length:2\r\n", "ab"), 200, "ab");
    row("blanks around the value", answerWith("Content-Length: \t 2 \t\r\n", "ab"), 200, "ab");
    row("line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nab", 200, "ab");
    row("no reason phrase", "HTTP/1.1 500\r\nContent-Length: 2\r\n\r\nab", 500, "ab");
    row("a blank for a reason", "HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\nab", 500, "ab");
    row("the first status", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "");
    row("the last status", "HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n", 599, "");
    row("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nab", 200, "ab");
    row("a header with an empty value", answerWith("X-Odd:\r\nContent-Length: 2\r\n", "ab"), 200,
        "ab");
    row("a colon in the value", answerWith("X-Odd: a:b\r\nContent-Length: 2\r\n", "ab"), 200, "ab");

    row("204 has no body", "HTTP/1.1 204 No Content\r\n\r\n", 204, "");
    row("204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, "");
    row("304 has no body", "HTTP/1.1 304 Not Modified\r\n\r\n", 304, "");

    row("chunks", answerWith("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
        200, "abcde");
    row("no chunk but the last", answerWith("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 200,
        "");
    row("the coding in odd case",
        answerWith("transfer-encoding: ChUnKeD\r\n", "1\r\na\r\n0\r\n\r\n"), 200, "a");
    row("the coding in a list",
        answerWith("Transfer-Encoding: gzip , chunked\r\n", "1\r\na\r\n0\r\n\r\n"), 200, "a");
    row("small hexadecimal digits",
        answerWith("Transfer-Encoding: chunked\r\n", "b\r\nhello world\r\n0\r\n\r\n"), 200,
        "hello world");
    row("large hexadecimal digits",
        answerWith("Transfer-Encoding: chunked\r\n", "B\r\nhello world\r\n00\r\n\r\n"), 200,
        "hello world");
    row("a chunk extension",
        answerWith("Transfer-Encoding: chunked\r\n", "1;name=\"value\"\r\na\r\n0;x\r\n\r\n"), 200,
        "a");
    row("blanks behind a chunk size",
        answerWith("Transfer-Encoding: chunked\r\n", "1  \r\na\r\n0\r\n\r\n"), 200, "a");
    row("trailers",
        answerWith("Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n"),
        200, "a");
    row("a line end in a chunk",
        answerWith("Transfer-Encoding: chunked\r\n", "4\r\n\r\n\r\n\r\n0\r\n\r\n"), 200,
        "\r\n\r\n");
    row("chunks go before a length",
        answerWith("Content-Length: 99\r\nTransfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"),
        200, "a");

    row("100 before the answer",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", 200, "a");
    row("two of them before the answer",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        "HTTP/1.1 503 Busy\r\nContent-Length: 1\r\n\r\na",
        503, "a");
    row("what 103 says about the body counts for nothing",
        "HTTP/1.1 103 Early Hints\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
        200, "a");
    row("a NUL in the body", answerWith("Content-Length: 3\r\n", "a\0b"_ba), 200, "a\0b"_ba);
}

void TstHttpResponse::isRead()
{
    QFETCH(QByteArray, bytes);
    const HttpResponse response = readAll(bytes);
    QCOMPARE(QString::fromUtf8(response.errorText()), QString());
    QCOMPARE(response.state(), State::Done);
    QTEST(response.status(), "status");
    QTEST(toBytes(response.body()), "body");
}

void TstHttpResponse::isRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("words"); // of the error
    const auto row = [](const char *name, const QByteArray &bytes, const char *words) {
        QTest::newRow(name) << bytes << QString::fromLatin1(words);
    };
    row("another protocol", "SSH-2.0-OpenSSH_9.2p1\r\n", "not an HTTP server");
    row("an empty line", "\r\n", "not an HTTP server");
    row("HTTP/2", "HTTP/2 200 OK\r\n", "not an HTTP server");
    row("HTTP/0.9", "<html>\r\n", "not an HTTP server");
    row("small letters", "http/1.1 200 OK\r\n", "not an HTTP server");
    row("no status", "HTTP/1.1 \r\n", "not an HTTP server");
    row("a short status", "HTTP/1.1 20\r\n", "not an HTTP server");
    row("a long status", "HTTP/1.1 2000 OK\r\n", "not an HTTP server");
    row("letters for a status", "HTTP/1.1 abc OK\r\n", "not an HTTP server");
    row("a sign before the status", "HTTP/1.1 +20 OK\r\n", "not an HTTP server");
    row("status 099", "HTTP/1.1 099 Low\r\n", "not an HTTP server");
    row("status 600", "HTTP/1.1 600 High\r\n", "not an HTTP server");
    row("two blanks before the status", "HTTP/1.1  200 OK\r\n", "not an HTTP server");

    row("101", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "switch protocols");
    row("a header without a colon", answerWith("Content-Length 5\r\n"), "malformed header");
    row("a header without a name", answerWith(": 5\r\n"), "malformed header");

    row("a length in words", answerWith("Content-Length: five\r\n"), "Content-Length");
    row("no length", answerWith("Content-Length:\r\n"), "Content-Length");
    row("a negative length", answerWith("Content-Length: -1\r\n"), "Content-Length");
    row("a length with a plus", answerWith("Content-Length: +1\r\n"), "Content-Length");
    row("a length beyond 64 bits", answerWith("Content-Length: 18446744073709551616\r\n"),
        "Content-Length");
    row("two lengths", answerWith("Content-Length: 1\r\nContent-Length: 2\r\n"), "Content-Length");

    row("no chunk size", answerWith("Transfer-Encoding: chunked\r\n", "\r\n"), "chunk size");
    row("a chunk size in words", answerWith("Transfer-Encoding: chunked\r\n", "xyz\r\n"),
        "chunk size");
    row("a chunk size with 0x", answerWith("Transfer-Encoding: chunked\r\n", "0x1\r\n"),
        "chunk size");
    row("a negative chunk size", answerWith("Transfer-Encoding: chunked\r\n", "-1\r\n"),
        "chunk size");
    row("a chunk size beyond 64 bits",
        answerWith("Transfer-Encoding: chunked\r\n", "10000000000000000\r\n"), "chunk size");
    row("a chunk longer than its size",
        answerWith("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"), "malformed chunk");
}

void TstHttpResponse::isRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, words);
    for (const qsizetype step : {qsizetype(1), qsizetype(7), bytes.size()}) {
        HttpResponse response = readInSteps(bytes, step);
        QCOMPARE(response.state(), State::Failed);
        const QString error = QString::fromUtf8(response.errorText());
        QVERIFY2(error.contains(words), qPrintable(error));
        // It stays so, whatever comes.
        QCOMPARE(response.feed("HTTP/1.1 200 OK\r\n\r\n"), std::size_t(0));
        response.endOfStream();
        QCOMPARE(QString::fromUtf8(response.errorText()), error);
    }
}

void TstHttpResponse::sizeOfReadsDoesNotMatter_data()
{
    isRead_data();
}

void TstHttpResponse::sizeOfReadsDoesNotMatter()
{
    QFETCH(QByteArray, bytes);
    const QString expected = describe(readAll(bytes));
    for (qsizetype step = 1; step < bytes.size(); ++step)
        QCOMPARE(describe(readInSteps(bytes, step)), expected);
}

void TstHttpResponse::cutAtEveryByte_data()
{
    isRead_data();
}

// A response that was cut off is never taken for a whole one.
void TstHttpResponse::cutAtEveryByte()
{
    QFETCH(QByteArray, bytes);
    for (qsizetype length = 0; length < bytes.size(); ++length) {
        HttpResponse response = readAll(bytes.left(length));
        QVERIFY(response.state() == State::Head || response.state() == State::Body);
        QCOMPARE(response.hasStarted(), length > 0);
        response.endOfStream();
        QCOMPARE(response.state(), State::Failed);
        QVERIFY(QByteArray(response.errorText()).startsWith("the connection was closed"));
    }
}

void TstHttpResponse::aBodyWithoutALengthEndsWithTheConnection()
{
    const QByteArray bytes = "HTTP/1.1 502 Bad Gateway\r\nConnection: keep-alive\r\n\r\n<html>";
    for (qsizetype step = 1; step <= bytes.size(); ++step) {
        HttpResponse response = readInSteps(bytes, step);
        QCOMPARE(response.state(), State::Body);
        response.endOfStream();
        QCOMPARE(response.state(), State::Done);
        QCOMPARE(response.status(), 502);
        QCOMPARE(toBytes(response.body()), "<html>"_ba);
        QVERIFY(!response.keepsConnection());
    }
}

void TstHttpResponse::closedBeforeTheFirstByte()
{
    HttpResponse response;
    QVERIFY(!response.hasStarted());
    QCOMPARE(response.feed({}), std::size_t(0));
    QVERIFY(!response.hasStarted());
    response.endOfStream();
    QCOMPARE(response.state(), State::Failed);
    QVERIFY(QByteArray(response.errorText()).contains("before an answer came"));
}

void TstHttpResponse::theEndAfterTheEnd()
{
    HttpResponse response = readAll(answerWith("Content-Length: 1\r\n", "a"));
    response.endOfStream();
    QCOMPARE(response.state(), State::Done);
    QVERIFY(response.keepsConnection());
}

void TstHttpResponse::takesNothingOfTheNextResponse_data()
{
    isRead_data();
}

void TstHttpResponse::takesNothingOfTheNextResponse()
{
    QFETCH(QByteArray, bytes);
    const QByteArray two = bytes + "HTTP/1.1 500 Next\r\n\r\n";
    HttpResponse response;
    QCOMPARE(response.feed(toView(two)), static_cast<std::size_t>(bytes.size()));
    QTEST(response.status(), "status");
    QCOMPARE(response.feed("more"), std::size_t(0));
}

void TstHttpResponse::headersOfLaterUse_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::addColumn<QString>("retryAfter");
    QTest::addColumn<QString>("location");
    const auto row = [](const char *name, const QByteArray &headers, const char *retryAfter,
                        const char *location) {
        QTest::newRow(name) << headers << QString::fromLatin1(retryAfter)
                            << QString::fromLatin1(location);
    };
    row("none", "", "", "");
    row("seconds", "Retry-After: 120\r\n", "120", "");
    row("a date", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "Sun, 06 Nov 1994 08:49:37 GMT",
        "");
    row("a place", "LOCATION:  https://example.com/a?b:c \r\n", "", "https://example.com/a?b:c");
    row("both", "Location: /x\r\nRetry-After: 1\r\n", "1", "/x");
    row("a name that only begins alike", "Retry-After-All: 1\r\nLocations: /x\r\n", "", "");
}

void TstHttpResponse::headersOfLaterUse()
{
    QFETCH(QByteArray, headers);
    const HttpResponse response = readAll(answerWith(headers + "Content-Length: 0\r\n"));
    QCOMPARE(response.state(), State::Done);
    QTEST(QString::fromStdString(response.retryAfter()), "retryAfter");
    QTEST(QString::fromStdString(response.location()), "location");
}

void TstHttpResponse::keepsTheConnection_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("keeps");
    const auto row = [](const char *name, const QByteArray &head, bool keeps) {
        QTest::newRow(name) << head << keeps;
    };
    row("1.1", "HTTP/1.1 200 OK\r\n", true);
    row("1.1 close", "HTTP/1.1 200 OK\r\nConnection: close\r\n", false);
    row("1.1 close in odd case", "HTTP/1.1 200 OK\r\ncONNECTION: Close\r\n", false);
    row("1.1 close in a list", "HTTP/1.1 200 OK\r\nConnection: x, close , y\r\n", false);
    row("1.1 a longer word", "HTTP/1.1 200 OK\r\nConnection: closed\r\n", true);
    row("1.1 nothing said", "HTTP/1.1 200 OK\r\nConnection: ,\r\n", true);
    row("1.0", "HTTP/1.0 200 OK\r\n", false);
    row("1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", true);
    row("204", "HTTP/1.1 204 No Content\r\n", true);
}

void TstHttpResponse::keepsTheConnection()
{
    QFETCH(QByteArray, head);
    const HttpResponse response = readAll(head + "Content-Length: 0\r\n\r\n");
    QCOMPARE(response.state(), State::Done);
    QTEST(response.keepsConnection(), "keeps");
}

void TstHttpResponse::memoryIsBounded_data()
{
    QTest::addColumn<QByteArray>("framing");
    QTest::addColumn<bool>("isChunked");
    QTest::newRow("a length") << QByteArray("Content-Length: 1000000\r\n") << false;
    QTest::newRow("until the end") << QByteArray() << false;
    QTest::newRow("chunks") << QByteArray("Transfer-Encoding: chunked\r\n") << true;
}

// A large body is read to its end, so that the connection can be used again, but not kept.
void TstHttpResponse::memoryIsBounded()
{
    QFETCH(QByteArray, framing);
    QFETCH(bool, isChunked);
    constexpr qsizetype Piece = 10000; // 2710 as a chunk size
    HttpResponse response;
    QByteArray piece(Piece, 'x');
    if (isChunked)
        piece = "2710\r\n" + piece + "\r\n";
    const QByteArray head = answerWith(framing);
    QCOMPARE(response.feed(toView(head)), static_cast<std::size_t>(head.size()));
    for (int i = 0; i < 100; ++i) {
        QCOMPARE(response.state(), State::Body);
        QCOMPARE(response.feed(toView(piece)), static_cast<std::size_t>(piece.size()));
    }
    if (isChunked)
        response.feed("0\r\n\r\n");
    response.endOfStream();
    QCOMPARE(response.state(), State::Done);
    QCOMPARE(response.body().size(), HttpResponse::MaxKeptBodyBytes);
}

void TstHttpResponse::longHeads_data()
{
    constexpr qsizetype TooLong = static_cast<qsizetype>(HttpResponse::MaxHeadBytes) + 1;
    constexpr qsizetype Fits = static_cast<qsizetype>(HttpResponse::MaxHeadBytes) - 100;
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("isRead");
    const auto row = [](const char *name, const QByteArray &bytes, bool isRead) {
        QTest::newRow(name) << bytes << isRead;
    };
    const QByteArray end = "Content-Length: 0\r\n";
    const QByteArray chunked = "Transfer-Encoding: chunked\r\n";
    row("a header that just fits", answerWith("X: " + QByteArray(Fits, 'x') + "\r\n" + end), true);
    row("a long header", answerWith("X: " + QByteArray(TooLong, 'x') + "\r\n" + end), false);
    row("a long status line", "HTTP/1.1 200 " + QByteArray(TooLong, 'x') + "\r\n\r\n", false);
    row("many headers", answerWith(QByteArray("X: y\r\n").repeated(TooLong / 6 + 1) + end), false);
    row("no end of interim answers",
        QByteArray("HTTP/1.1 100 Continue\r\n\r\n").repeated(TooLong / 25 + 1), false);
    row("a long chunk size", answerWith(chunked, QByteArray(TooLong, '0') + "\r\n\r\n"), false);
    row("a long chunk extension", answerWith(chunked, "0;" + QByteArray(TooLong, 'x') + "\r\n\r\n"),
        false);
    row("a long trailer", answerWith(chunked, "0\r\nX: " + QByteArray(TooLong, 'x') + "\r\n\r\n"),
        false);
    // The limit is for a head, not for all that frames a long body.
    row("many chunks",
        answerWith(chunked, QByteArray("1\r\na\r\n").repeated(TooLong / 3) + "0\r\n\r\n"), true);
}

void TstHttpResponse::longHeads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, isRead);
    const HttpResponse response = readAll(bytes);
    QCOMPARE(response.state(), isRead ? State::Done : State::Failed);
    if (!isRead)
        QVERIFY(QByteArray(response.errorText()).contains("too long"));
}

QTEST_APPLESS_MAIN(TstHttpResponse)
#include "tst_httpresponse.moc"
