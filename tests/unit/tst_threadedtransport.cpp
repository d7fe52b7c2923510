#include "forwarding/threadedtransport.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace Weave;

namespace {

// What the two threads of a test have seen of the transport.
struct Seen
{
    std::atomic<QThread *> madeIn = nullptr;
    std::atomic<QThread *> sentIn = nullptr;
    std::atomic<QThread *> endedIn = nullptr;
    std::atomic<int> underWay = 0; // requests that may look at what they have borrowed
    std::atomic<int> cancelled = 0;
};

// Answers with the request's body and path, at once or never.
class EchoTransport final : public QObject, public Transport
{
public:
    EchoTransport(Seen &seen, bool answers)
        : m_seen(seen),
          m_answers(answers)
    {
        m_seen.madeIn = QThread::currentThread();
    }
    ~EchoTransport() override
    {
        EchoTransport::cancelAll();
        m_seen.endedIn = QThread::currentThread();
    }

    void send(OutgoingRequest request, Done done) override
    {
        m_seen.sentIn = QThread::currentThread();
        ++m_seen.underWay;
        if (!m_answers)
            return;
        QTimer::singleShot(0, this, [this, request = std::move(request), done]() mutable {
            SendResult result;
            result.status = 200;
            result.reason = request.path + ' ';
            std::string body(request.body.size(), '\0');
            request.body.read(body.data(), body.size());
            result.reason += body;
            --m_seen.underWay;
            done(result);
        });
    }

    void cancelAll() override { m_seen.cancelled += m_seen.underWay.exchange(0); }

private:
    Seen &m_seen;
    const bool m_answers;
};

ThreadedTransport::Factory echo(Seen &seen, bool answers = true)
{
    return [&seen, answers] { return std::make_unique<EchoTransport>(seen, answers); };
}

OutgoingRequest request(const std::string &path)
{
    return {path, "retry", RequestBody("head ", "tail")};
}

} // namespace

class TstThreadedTransport final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsInAnotherThread();
    void answersInItsOwnThreadLater();
    void answersEachRequestOnce();
    void sendsFromInsideAnAnswer();
    void cancelsWhatIsUnderWay();
    void takesNoAnswerOfACancelledRequest();
    void goesOnAfterCancelling();
    void endsWithRequestsUnderWay();
    void startsAndEndsOften();
};

void TstThreadedTransport::sendsInAnotherThread()
{
    Seen seen;
    {
        ThreadedTransport transport(echo(seen));
        QVERIFY(seen.madeIn.load() != nullptr && seen.madeIn != QThread::currentThread());
        bool isDone = false;
        transport.send(request("/a"), [&](const SendResult &) { isDone = true; });
        QTRY_VERIFY(isDone);
        QCOMPARE(seen.sentIn.load(), seen.madeIn.load());
    }
    QCOMPARE(seen.endedIn.load(), seen.madeIn.load());
}

void TstThreadedTransport::answersInItsOwnThreadLater()
{
    Seen seen;
    ThreadedTransport transport(echo(seen));
    SendResult got;
    QThread *answeredIn = nullptr;
    transport.send(request("/path"), [&](const SendResult &result) {
        got = result;
        answeredIn = QThread::currentThread();
    });
    QTRY_COMPARE(seen.underWay.load(), 0);
    QThread::msleep(20); // the answer is there, but nobody has asked for it
    QVERIFY(answeredIn == nullptr);
    QTRY_COMPARE(answeredIn, QThread::currentThread());
    QCOMPARE(got.status, 200);
    QCOMPARE(got.reason, std::string("/path head tail"));
}

void TstThreadedTransport::answersEachRequestOnce()
{
    constexpr std::size_t Count = 500;
    Seen seen;
    ThreadedTransport transport(echo(seen));
    std::vector<int> answers(Count);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < Count; ++i) {
        const std::string path = '/' + std::to_string(i);
        transport.send(request(path), [&, i, path](const SendResult &result) {
            ++answers[i];
            wrong += result.reason == path + " head tail" ? 0 : 1;
        });
    }
    QTRY_COMPARE(std::count(answers.begin(), answers.end(), 1), qsizetype{Count});
    QCoreApplication::processEvents();
    QCOMPARE(std::count(answers.begin(), answers.end(), 1), qsizetype{Count});
    QCOMPARE(wrong, std::size_t{0});
}

void TstThreadedTransport::sendsFromInsideAnAnswer()
{
    Seen seen;
    ThreadedTransport transport(echo(seen));
    int left = 20;
    std::function<void(const SendResult &)> again = [&](const SendResult &) {
        if (--left > 0)
            transport.send(request("/again"), again);
    };
    transport.send(request("/first"), again);
    QTRY_COMPARE(left, 0);
}

void TstThreadedTransport::cancelsWhatIsUnderWay()
{
    Seen seen;
    ThreadedTransport transport(echo(seen, false));
    bool isDone = false;
    for (int i = 0; i < 5; ++i)
        transport.send(request("/never"), [&](const SendResult &) { isDone = true; });
    transport.cancelAll();
    // Also those that the other thread had not got yet: nothing is borrowed any more.
    QCOMPARE(seen.underWay.load(), 0);
    QCOMPARE(seen.cancelled.load(), 5);
    QTest::qWait(20);
    QVERIFY(!isDone);
}

void TstThreadedTransport::takesNoAnswerOfACancelledRequest()
{
    Seen seen;
    ThreadedTransport transport(echo(seen));
    bool isDone = false;
    transport.send(request("/late"), [&](const SendResult &) { isDone = true; });
    QTRY_VERIFY_WITH_TIMEOUT(seen.sentIn.load() != nullptr, 5000);
    // QTRY_VERIFY has let events through, so this one may have come; the next cannot.
    isDone = false;
    transport.send(request("/later"), [&](const SendResult &) { isDone = true; });
    QThread::msleep(20); // its answer is on its way to us
    transport.cancelAll();
    QTest::qWait(20);
    QVERIFY(!isDone);
}

void TstThreadedTransport::goesOnAfterCancelling()
{
    Seen seen;
    ThreadedTransport transport(echo(seen));
    transport.send(request("/gone"), [](const SendResult &) {});
    transport.cancelAll();
    std::string got;
    transport.send(request("/new"), [&](const SendResult &result) { got = result.reason; });
    QTRY_COMPARE(got, std::string("/new head tail"));
}

void TstThreadedTransport::endsWithRequestsUnderWay()
{
    Seen seen;
    bool isDone = false;
    {
        ThreadedTransport transport(echo(seen, false));
        for (int i = 0; i < 5; ++i)
            transport.send(request("/never"), [&](const SendResult &) { isDone = true; });
    }
    QCOMPARE(seen.underWay.load(), 0);
    QCOMPARE(seen.cancelled.load(), 5);
    QVERIFY(seen.endedIn.load() != nullptr);
    QTest::qWait(20);
    QVERIFY(!isDone);
}

void TstThreadedTransport::startsAndEndsOften()
{
    for (int i = 0; i < 50; ++i) {
        Seen seen;
        const ThreadedTransport transport(echo(seen));
    }
}

QTEST_GUILESS_MAIN(TstThreadedTransport)

#include "tst_threadedtransport.moc"
