#include "forwarding/uploadpace.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

// How much of a body may be sent by when.
class TstUploadPace final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstStepWaitsForNothing();
    void aStepIsDueWithItsShareOfTheTime();
    void whoIsLateMakesNoPause();
    void theSpreadIsTheSameForEverySize();
    void largeBodiesAreNotSpread();
    void aBacklogHasARateOfItsOwn();
    void aSmallBacklogIsNoFasterThanFreshCalls();
    void anEmptyBodyIsNeverAhead();

private:
    static constexpr std::size_t Body = 2 * MiB;
    const TimePoint m_begin = TimePoint(1000h);
    const UploadPace m_pace{Body, m_begin, false};
};

void TstUploadPace::theFirstStepWaitsForNothing()
{
    QVERIFY(!m_pace.isAhead(0, m_begin));
    QVERIFY(m_pace.isAhead(1, m_begin));
}

void TstUploadPace::aStepIsDueWithItsShareOfTheTime()
{
    constexpr auto Quarter = UploadPace::Spread / 4;
    QVERIFY(m_pace.isAhead(Body / 4, m_begin + Quarter - 1us));
    QVERIFY(!m_pace.isAhead(Body / 4, m_begin + Quarter));
    QVERIFY(m_pace.isAhead(Body / 4 * 3, m_begin + 3 * Quarter - 1us));
    QVERIFY(!m_pace.isAhead(Body / 4 * 3, m_begin + 3 * Quarter));
}

void TstUploadPace::whoIsLateMakesNoPause()
{
    QVERIFY(!m_pace.isAhead(Body - 1, m_begin + UploadPace::Spread));
    QVERIFY(!m_pace.isAhead(Body - 1, m_begin + 1h));
}

void TstUploadPace::theSpreadIsTheSameForEverySize()
{
    for (const std::size_t size : {300 * KiB, 1 * MiB, UploadPace::MaxBytes}) {
        const UploadPace pace(size, m_begin, false);
        QVERIFY(pace.isAhead(size / 2, m_begin + UploadPace::Spread / 2 - 1us));
        QVERIFY(!pace.isAhead(size / 2, m_begin + UploadPace::Spread / 2));
    }
}

void TstUploadPace::largeBodiesAreNotSpread()
{
    const UploadPace pace(UploadPace::MaxBytes + 1, m_begin, false);
    QVERIFY(!pace.isAhead(UploadPace::MaxBytes, m_begin));
}

void TstUploadPace::aBacklogHasARateOfItsOwn()
{
    for (const std::size_t size : {2 * MiB, UploadPace::MaxBytes, 10 * MiB, 200 * MiB}) {
        const UploadPace pace(size, m_begin, true);
        constexpr std::size_t Sent = 1 * MiB;
        constexpr std::chrono::microseconds Due =
            1'000'000us * Sent / UploadPace::BacklogBytesPerSecond;
        QVERIFY(pace.isAhead(Sent, m_begin + Due - 1us));
        QVERIFY(!pace.isAhead(Sent, m_begin + Due + 1us));
    }
}

// Or many small requests would be as fast as there are senders.
void TstUploadPace::aSmallBacklogIsNoFasterThanFreshCalls()
{
    constexpr std::size_t Small = 256 * KiB;
    const UploadPace pace(Small, m_begin, true);
    QVERIFY(pace.isAhead(Small / 2, m_begin + UploadPace::Spread / 2 - 1us));
    QVERIFY(!pace.isAhead(Small / 2, m_begin + UploadPace::Spread / 2));
}

void TstUploadPace::anEmptyBodyIsNeverAhead()
{
    QVERIFY(!UploadPace(0, m_begin, false).isAhead(0, m_begin));
    QVERIFY(!UploadPace(0, m_begin, true).isAhead(0, m_begin));
}

QTEST_APPLESS_MAIN(TstUploadPace)
#include "tst_uploadpace.moc"
