#include "http/requestreader.h"

#include "unit/requestreading.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using State = RequestReader::State;

// Where a request becomes too large, in whatever pieces it comes.
class TstRequestLimits final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void largestHead();
    void manyHeaders();
    void headTooLarge_data();
    void headTooLarge();
    void headTooLargeLineByLine();
    void bodyTooLarge_data();
    void bodyTooLarge();
    void chunkHeadTooLarge_data();
    void chunkHeadTooLarge();
    void saysTheLimitThatHolds();
    void budget();
    void budgetComesBackWithTheReader();
};

void TstRequestLimits::largestHead()
{
    const QByteArray bytes = post("X: " + QByteArray(60'000, 'x') + "\r\n", {});
    QCOMPARE(readRequests(bytes).requests.size(), 1U);
    QCOMPARE(readRequests(cut(bytes, 777)).requests.size(), 1U);
}

void TstRequestLimits::manyHeaders()
{
    const auto withHeaders = [](int count) {
        QByteArray lines;
        for (int i = 1; i < count; ++i) // Host is there
            lines += "X-" + QByteArray::number(i) + ": 1\r\n";
        return readRequests({post(lines, {})});
    };
    QCOMPARE(withHeaders(200).requests.size(), 1U);
    QCOMPARE(withHeaders(201).status, 431);
}

void TstRequestLimits::headTooLarge_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QByteArray many;
    for (int i = 0; i < 30'000; ++i)
        many += "X-" + QByteArray::number(i) + ": 1\r\n";
    QTest::newRow("a target") << "GET /" + QByteArray(70'000, 'x');
    QTest::newRow("a method") << QByteArray(70'000, 'X');
    QTest::newRow("a header") << post("X: " + QByteArray(70'000, 'x'), {});
    QTest::newRow("many headers") << post(many, {});
}

void TstRequestLimits::headTooLarge()
{
    QFETCH(QByteArray, bytes);
    for (const qsizetype step : {bytes.size(), qsizetype{64 * 1024}, qsizetype{1000}}) {
        const RequestReading reading = readRequests(cut(bytes, step));
        QCOMPARE(reading.status, 431);
        QVERIFY(reading.state == State::Failed);
    }
}

// Each line is whole when it comes, and so is parsed and gone.
void TstRequestLimits::headTooLargeLineByLine()
{
    ByteBudget budget(1000);
    RequestReader reader({}, budget);
    reader.feed("GET / HTTP/1.1\r\n");
    std::size_t fed = 0;
    while (reader.state() == State::Head && fed < 1'000'000) {
        reader.feed("X: 89\r\n");
        fed += 7;
    }
    QCOMPARE(reader.failureStatus(), 431);
    QCOMPARE_LE(fed, 64U * 1024U);
}

void TstRequestLimits::bodyTooLarge_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    QTest::newRow("the limit") << withLength(QByteArray(100, 'x')) << 0;
    QTest::newRow("one more") << withLength(QByteArray(101, 'x')) << 413;
    QTest::newRow("only claimed") << post("Content-Length: 101\r\n", {}) << 413;
    QTest::newRow("much claimed") << post("Content-Length: 18446744073709551615\r\n", {}) << 413;
    QTest::newRow("more than 64 bits")
        << post("Content-Length: 18446744073709551616\r\n", {}) << 400;
    const QByteArray half = "32\r\n" + QByteArray(50, 'x') + "\r\n";
    QTest::newRow("the limit in chunks") << chunked(half + half + "0\r\n\r\n") << 0;
    QTest::newRow("one more in chunks") << chunked(half + half + "1\r\nx\r\n0\r\n\r\n") << 413;
    QTest::newRow("a large chunk is only claimed") << chunked("FFFFFFFFFFFFFFFF\r\n") << 413;
}

void TstRequestLimits::bodyTooLarge()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    RequestReader::Limits limits;
    limits.bodyBytes = 100;
    const RequestReading reading = readRequests(bytes, limits);
    QCOMPARE(reading.status, status);
    QCOMPARE(reading.requests.size(), status == 0 ? 1U : 0U);
    QCOMPARE(readRequests(singleBytes(bytes), limits).status, status);
}

void TstRequestLimits::chunkHeadTooLarge_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QByteArray many;
    for (int i = 0; i < 30'000; ++i)
        many += "X-" + QByteArray::number(i) + ": 1\r\n";
    const QByteArray text(70'000, 'x');
    QTest::newRow("an extension") << chunked("1;" + text + "\r\na\r\n0\r\n\r\n");
    QTest::newRow("an endless extension") << chunked("1;" + text);
    QTest::newRow("zeros") << chunked(QByteArray(70'000, '0') + "1\r\na\r\n0\r\n\r\n");
    QTest::newRow("a trailer") << chunked("0\r\nX: " + text + "\r\n\r\n");
    QTest::newRow("endless trailers") << chunked("0\r\n" + many);
}

// What stands between the data is part of no body, so it needs a limit of its own.
void TstRequestLimits::chunkHeadTooLarge()
{
    QFETCH(QByteArray, bytes);
    for (const qsizetype step : {bytes.size(), qsizetype{64 * 1024}, qsizetype{1000}}) {
        const RequestReading reading = readRequests(cut(bytes, step));
        QCOMPARE(reading.status, 431);
        QVERIFY(reading.requests.empty());
    }
}

void TstRequestLimits::saysTheLimitThatHolds()
{
    const QByteArray head = post("X: " + QByteArray(70'000, 'x'), {});
    const QByteArray body = post("Content-Length: 40000000\r\n", {});
    const RequestReader::Limits small{16 * 1024, 4 * 1024};
    const auto says = [](const RequestReading &reading, std::string_view limit) {
        return QString::fromStdString(reading.text).endsWith(toBytes(limit));
    };
    QVERIFY(says(readRequests(head), "larger than 64 KiB"));
    QVERIFY(says(readRequests(head, small), "larger than 16 KiB"));
    QVERIFY(says(readRequests(body), "larger than 32 MiB"));
    QVERIFY(says(readRequests(body, small), "larger than 4 KiB"));
}

void TstRequestLimits::budget()
{
    ByteBudget budget(10);
    RequestReader first({}, budget);
    RequestReader second({}, budget);
    const QByteArray six = withLength("123456");
    first.readBody();
    first.feed(toView(six));
    QVERIFY(first.state() == State::Complete);
    QCOMPARE(budget.used(), 6U);
    second.readBody();
    second.feed(toView(six));
    QVERIFY(second.state() == State::Failed);
    QCOMPARE(second.failureStatus(), 503);
    QCOMPARE(budget.used(), 6U);
    first.next();
    QCOMPARE(budget.used(), 0U);
    first.readBody();
    first.feed(toView(withLength("1234567890")));
    QVERIFY(first.state() == State::Complete);
}

void TstRequestLimits::budgetComesBackWithTheReader()
{
    ByteBudget budget(1000);
    {
        RequestReader reader({}, budget);
        reader.readBody();
        reader.feed(toView(withLength("hello").chopped(1)));
        QCOMPARE(budget.used(), 4U);
    }
    QCOMPARE(budget.used(), 0U);
    const RequestReading refused = readRequests(chunked("3\r\nabc\r\n3\r\nabc\r\n"), {}, 5);
    QCOMPARE(refused.status, 503);
    QCOMPARE(refused.budgetUsed, 0U); // at once, for the others
}

QTEST_APPLESS_MAIN(TstRequestLimits)
#include "tst_requestlimits.moc"
