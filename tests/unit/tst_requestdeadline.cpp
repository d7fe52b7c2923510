#include "forwarding/requestdeadline.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

// When a request gets nowhere.
class TstRequestDeadline final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void endsAfterTheTimeout();
    void progressPutsItOff();
    void aByteNowAndThenIsNoProgress();
    void moreToSendIsNoProgress();
    void canBeStopped();

private:
    static constexpr Milliseconds Timeout = 200ms;

    // For so many timeouts, unsent becomes less by step each quarter of one, and more by a
    // negative one.
    void runFor(int timeouts, int step);

    std::size_t m_unsent = 0;
    int m_ended = 0;
    std::unique_ptr<RequestDeadline> m_deadline;
};

void TstRequestDeadline::init()
{
    m_unsent = 100'000'000;
    m_ended = 0;
    m_deadline =
        std::make_unique<RequestDeadline>([this] { return m_unsent; }, [this] { ++m_ended; });
}

void TstRequestDeadline::runFor(int timeouts, int step)
{
    QTimer timer;
    connect(&timer, &QTimer::timeout, &timer,
            [&] { m_unsent = static_cast<std::size_t>(static_cast<int>(m_unsent) - step); });
    timer.start(Timeout / 4);
    QTest::qWait(timeouts * int(Timeout.count()));
}

void TstRequestDeadline::endsAfterTheTimeout()
{
    QElapsedTimer timer;
    timer.start();
    m_deadline->start(Timeout);
    QTRY_COMPARE(m_ended, 1);
    QVERIFY(Milliseconds(timer.elapsed()) >= Timeout * 9 / 10);
    QTest::qWait(int(Timeout.count()) * 2);
    QCOMPARE(m_ended, 1);
    QCOMPARE(m_deadline->timeout(), Timeout);
}

void TstRequestDeadline::progressPutsItOff()
{
    m_deadline->start(Timeout);
    runFor(4, int(RequestDeadline::Progress / 2)); // in two quarters
    QCOMPARE(m_ended, 0);
    QTRY_COMPARE(m_ended, 1);
}

void TstRequestDeadline::aByteNowAndThenIsNoProgress()
{
    m_deadline->start(Timeout);
    runFor(3, 1000);
    QCOMPARE(m_ended, 1);
}

void TstRequestDeadline::moreToSendIsNoProgress()
{
    m_deadline->start(Timeout);
    runFor(3, -int(RequestDeadline::Progress));
    QCOMPARE(m_ended, 1);
}

void TstRequestDeadline::canBeStopped()
{
    m_deadline->start(Timeout);
    m_deadline->stop();
    QTest::qWait(int(Timeout.count()) * 2);
    QCOMPARE(m_ended, 0);
}

QTEST_GUILESS_MAIN(TstRequestDeadline)
#include "tst_requestdeadline.moc"
