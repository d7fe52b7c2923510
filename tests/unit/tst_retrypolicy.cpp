#include "forwarding/retrypolicy.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

using Action = Decision::Action;
using Kind = SendResult::Kind;

namespace {

constexpr double AlmostOne = 0.999999999;

SendResult answer(int status, std::string reason = {}, std::string errorCode = {})
{
    SendResult result;
    result.status = status;
    result.reason = std::move(reason);
    result.errorCode = std::move(errorCode);
    return result;
}

SendResult noAnswer(Kind kind, std::string reason = {})
{
    SendResult result;
    result.kind = kind;
    result.reason = std::move(reason);
    return result;
}

SendResult answerAfter(int status, Milliseconds retryAfter)
{
    SendResult result = answer(status);
    result.retryAfter = retryAfter;
    return result;
}

QByteArray nameOf(Action action)
{
    switch (action) {
    case Action::Done:
        return "Done";
    case Action::Retry:
        return "Retry";
    case Action::Halve:
        return "Halve";
    case Action::PauseProject:
        return "PauseProject";
    case Action::PauseAll:
        return "PauseAll";
    case Action::NeedsComplete:
        return "NeedsComplete";
    case Action::RouteMissing:
        return "RouteMissing";
    }
    return "?";
}

} // namespace

class TstRetryPolicy final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statuses_data();
    void statuses();
    void everyServerErrorButOne();
    void everySuccess();
    void noAnswers_data();
    void noAnswers();
    void completeModeIsNeededOnlyThen_data();
    void completeModeIsNeededOnlyThen();
    void pausesFor30Seconds();
    void backoffs_data();
    void backoffs();
    void backoffHasFullJitter();
    void retriesWaitForTheBackoff();
    void retryAfterIsAFloor_data();
    void retryAfterIsAFloor();
    void whoWaits_data();
    void whoWaits();
    void retryAfterChangesNoOtherDecision();
    void failureNames_data();
    void failureNames();
    void descriptions_data();
    void descriptions();
};

// The table of docs/design.md, "Delivery".
void TstRetryPolicy::statuses_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("hasReason");
    QTest::addColumn<QByteArray>("action");
    const auto row = [](int status, Action withReason, Action without) {
        QTest::addRow("%d with a reason", status) << status << true << nameOf(withReason);
        QTest::addRow("%d", status) << status << false << nameOf(without);
    };
    for (const int status : {200, 201, 202, 204})
        row(status, Action::Done, Action::Done);
    for (const int status : {408, 425, 429, 500, 502, 503, 504, 507, 520, 529})
        row(status, Action::Retry, Action::Retry);
    for (const int status : {400, 409, 413, 422})
        row(status, Action::Halve, Action::Halve);
    row(401, Action::PauseAll, Action::PauseAll);
    row(403, Action::PauseProject, Action::PauseProject);
    // With the server's words it is about the calls, without it is about the route.
    for (const int status : {404, 405})
        row(status, Action::Halve, Action::RouteMissing);
    for (const int status : {402, 406, 410, 411, 415, 418, 431, 451, 499})
        row(status, Action::Halve, Action::PauseAll);
    // Nothing that a call could be blamed for, and nothing that another attempt would mend.
    for (const int status : {300, 301, 302, 303, 304, 307, 308, 399, 501})
        row(status, Action::PauseAll, Action::PauseAll);
}

void TstRetryPolicy::statuses()
{
    QFETCH(int, status);
    QFETCH(bool, hasReason);
    QFETCH(QByteArray, action);
    const SendResult result = answer(status, hasReason ? "the server's words" : "");
    for (const int attempts : {1, 2, 1'000})
        QCOMPARE(nameOf(decide(result, attempts, 0.5).action), action);
}

void TstRetryPolicy::everyServerErrorButOne()
{
    for (int status = 500; status < 600; ++status) {
        const bool isRetried = decide(answer(status), 1, 0.5).action == Action::Retry;
        QVERIFY2(isRetried == (status != 501), std::to_string(status).c_str());
    }
}

void TstRetryPolicy::everySuccess()
{
    for (int status = 200; status < 300; ++status) {
        const Decision decision = decide(answer(status), 3, 0.5);
        QVERIFY2(decision.action == Action::Done, std::to_string(status).c_str());
        QVERIFY(decision.wait == 0ms);
        QVERIFY(!decision.waitIsForAll);
    }
}

void TstRetryPolicy::noAnswers_data()
{
    QTest::addColumn<int>("kind");
    QTest::newRow("network") << static_cast<int>(Kind::NetworkError);
    QTest::newRow("TLS") << static_cast<int>(Kind::TlsError);
    QTest::newRow("timeout") << static_cast<int>(Kind::TimedOut);
}

// Kept and tried again, however often; none of them says anything about the calls.
void TstRetryPolicy::noAnswers()
{
    QFETCH(int, kind);
    for (const int attempts : {1, 10, 100'000}) {
        const Decision decision =
            decide(noAnswer(static_cast<Kind>(kind), "the system's words"), attempts, AlmostOne);
        QCOMPARE(nameOf(decision.action), "Retry"_ba);
        QVERIFY(decision.wait == backoff(attempts, AlmostOne));
        QVERIFY(!decision.waitIsForAll);
    }
}

void TstRetryPolicy::completeModeIsNeededOnlyThen_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("errorCode");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("action");
    const QByteArray code = "CALLS_COMPLETE_MODE_REQUIRED";
    QTest::newRow("as the server says it") << 400 << code << "words"_ba
                                           << "NeedsComplete"_ba;
    QTest::newRow("without words") << 400 << code << ""_ba
                                   << "NeedsComplete"_ba;
    QTest::newRow("another code") << 400 << "OTHER"_ba
                                  << "words"_ba
                                  << "Halve"_ba;
    QTest::newRow("no code") << 400 << ""_ba << code << "Halve"_ba;
    QTest::newRow("another case") << 400 << code.toLower() << "words"_ba
                                  << "Halve"_ba;
    QTest::newRow("a key that is refused") << 401 << code << "words"_ba
                                           << "PauseAll"_ba;
    QTest::newRow("a server error") << 500 << code << "words"_ba
                                    << "Retry"_ba;
    QTest::newRow("success") << 200 << code << "words"_ba
                             << "Done"_ba;
}

void TstRetryPolicy::completeModeIsNeededOnlyThen()
{
    QFETCH(int, status);
    QFETCH(QByteArray, errorCode);
    QFETCH(QByteArray, reason);
    QFETCH(QByteArray, action);
    const SendResult result = answer(status, reason.toStdString(), errorCode.toStdString());
    QCOMPARE(nameOf(decide(result, 1, 0.5).action), action);
}

// A wrong key is mended by a person: asking sooner helps nobody, whatever the attempt.
void TstRetryPolicy::pausesFor30Seconds()
{
    for (const int status : {401, 403, 404, 405, 501, 302}) {
        for (const int attempts : {1, 50}) {
            for (const double random : {0.0, AlmostOne}) {
                const Decision decision = decide(answer(status), attempts, random);
                QVERIFY2(decision.wait == 30s, std::to_string(status).c_str());
                QVERIFY(!decision.waitIsForAll);
            }
        }
    }
}

void TstRetryPolicy::backoffs_data()
{
    QTest::addColumn<int>("attempts");
    QTest::addColumn<int>("ceiling"); // ms
    const auto row = [](int attempts, int ceiling) {
        QTest::addRow("%d attempts", attempts) << attempts << ceiling;
    };
    row(1, 500);
    row(2, 1'000);
    row(3, 2'000);
    row(4, 4'000);
    row(5, 8'000);
    row(6, 16'000);
    row(7, 30'000);
    row(8, 30'000);
    row(40, 30'000);
    row(1'000'000, 30'000);
    row(std::numeric_limits<int>::max(), 30'000);
}

void TstRetryPolicy::backoffs()
{
    QFETCH(int, attempts);
    QFETCH(int, ceiling);
    QVERIFY(backoff(attempts, 0.0) == 0ms);
    QVERIFY(backoff(attempts, 0.5) == Milliseconds(ceiling / 2));
    const Milliseconds longest = backoff(attempts, AlmostOne);
    QVERIFY(longest < Milliseconds(ceiling));
    QVERIFY(longest >= Milliseconds(ceiling - 1));
}

// Every part of the range is used, none more than another.
void TstRetryPolicy::backoffHasFullJitter()
{
    std::array<int, 10> hits{};
    for (int i = 0; i < 1'000; ++i) {
        const Milliseconds wait = backoff(7, i / 1'000.0);
        ++hits.at(static_cast<std::size_t>(wait.count() / 3'000));
    }
    for (const int count : hits)
        QCOMPARE(count, 100);
}

void TstRetryPolicy::retriesWaitForTheBackoff()
{
    for (const int attempts : {1, 2, 5, 9}) {
        for (const double random : {0.0, 0.25, AlmostOne}) {
            for (const int status : {408, 425, 429, 500, 503})
                QVERIFY(decide(answer(status), attempts, random).wait == backoff(attempts, random));
        }
    }
}

void TstRetryPolicy::retryAfterIsAFloor_data()
{
    QTest::addColumn<int>("retryAfter"); // seconds
    QTest::addColumn<int>("attempts");
    QTest::addColumn<int>("milliseconds");
    QTest::newRow("longer than the backoff") << 7 << 1 << 7'000;
    QTest::newRow("none") << 0 << 1 << 250;
    QTest::newRow("shorter than the backoff") << 2 << 7 << 15'000;
    QTest::newRow("longer than any backoff") << 45 << 7 << 45'000;
    QTest::newRow("ten minutes") << 600 << 1 << 600'000;
    QTest::newRow("above ten minutes") << 601 << 1 << 600'000;
    QTest::newRow("a year") << 31'536'000 << 1 << 600'000;
}

void TstRetryPolicy::retryAfterIsAFloor()
{
    QFETCH(int, retryAfter);
    QFETCH(int, attempts);
    QFETCH(int, milliseconds);
    for (const int status : {408, 425, 429, 500, 502, 503, 504}) {
        const Decision decision =
            decide(answerAfter(status, std::chrono::seconds(retryAfter)), attempts, 0.5);
        QVERIFY2(decision.action == Action::Retry, std::to_string(status).c_str());
        QVERIFY2(decision.wait == Milliseconds(milliseconds), std::to_string(status).c_str());
    }
}

void TstRetryPolicy::whoWaits_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("isForAll");
    for (const int status : {429, 503})
        QTest::addRow("%d", status) << status << true;
    for (const int status : {408, 425, 500, 502, 504})
        QTest::addRow("%d", status) << status << false;
}

void TstRetryPolicy::whoWaits()
{
    QFETCH(int, status);
    QFETCH(bool, isForAll);
    QCOMPARE(decide(answerAfter(status, 5s), 1, 0.5).waitIsForAll, isForAll);
    QVERIFY(!decide(answer(status), 1, 0.5).waitIsForAll); // nobody asked for it
}

void TstRetryPolicy::retryAfterChangesNoOtherDecision()
{
    for (const int status : {200, 400, 401, 403, 404, 413, 501}) {
        const Decision with = decide(answerAfter(status, 5min), 1, 0.5);
        const Decision without = decide(answer(status), 1, 0.5);
        QCOMPARE(nameOf(with.action), nameOf(without.action));
        QVERIFY(with.wait == without.wait);
        QVERIFY(!with.waitIsForAll);
    }
}

void TstRetryPolicy::failureNames_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("429") << static_cast<int>(Kind::Answered) << 429 << "429"_ba;
    QTest::newRow("503") << static_cast<int>(Kind::Answered) << 503 << "503"_ba;
    QTest::newRow("network") << static_cast<int>(Kind::NetworkError) << 0 << "network"_ba;
    QTest::newRow("tls") << static_cast<int>(Kind::TlsError) << 0 << "tls"_ba;
    QTest::newRow("timeout") << static_cast<int>(Kind::TimedOut) << 0 << "timeout"_ba;
}

void TstRetryPolicy::failureNames()
{
    QFETCH(int, kind);
    QFETCH(int, status);
    QFETCH(QByteArray, name);
    SendResult result = answer(status, "the reason is no part of it");
    result.kind = static_cast<Kind>(kind);
    QCOMPARE(toBytes(failureName(result)), name);
}

void TstRetryPolicy::descriptions_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("mentions");
    QTest::newRow("answered") << static_cast<int>(Kind::Answered) << "answered 503"_ba;
    QTest::newRow("network") << static_cast<int>(Kind::NetworkError) << "reached"_ba;
    QTest::newRow("tls") << static_cast<int>(Kind::TlsError) << "TLS"_ba;
    QTest::newRow("timeout") << static_cast<int>(Kind::TimedOut) << "in time"_ba;
}

void TstRetryPolicy::descriptions()
{
    QFETCH(int, kind);
    QFETCH(QByteArray, mentions);
    SendResult result = answer(503);
    result.kind = static_cast<Kind>(kind);
    const QByteArray plain = toBytes(describe(result));
    QVERIFY2(plain.contains(mentions), plain.constData());
    QVERIFY2(!plain.contains(": "), plain.constData());
    result.reason = "overloaded";
    QCOMPARE(toBytes(describe(result)), plain + ": overloaded");
}

QTEST_APPLESS_MAIN(TstRetryPolicy)
#include "tst_retrypolicy.moc"
