#include "common/repeatfilter.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

// Which log messages are shown.
class TstRepeatFilter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onceInTenSeconds();
    void digitsMakeNoDifference();
    void othersAreNotHeldBack();
    void staysSmall();

private:
    const TimePoint m_start = SteadyClock::now();
};

void TstRepeatFilter::onceInTenSeconds()
{
    RepeatFilter filter;
    QCOMPARE(filter.pass("the disk is full", m_start).value_or(99), std::uint64_t(0));
    for (int i = 1; i <= 5; ++i)
        QVERIFY(!filter.pass("the disk is full", m_start + i * 1s));
    QVERIFY(!filter.pass("the disk is full", m_start + 9999ms));
    QCOMPARE(filter.pass("the disk is full", m_start + 10s).value_or(99), std::uint64_t(6));
    QVERIFY(!filter.pass("the disk is full", m_start + 11s));
    QCOMPARE(filter.pass("the disk is full", m_start + 60s).value_or(99), std::uint64_t(1));
    QCOMPARE(filter.pass("the disk is full", m_start + 90s).value_or(99), std::uint64_t(0));
}

void TstRepeatFilter::digitsMakeNoDifference()
{
    RepeatFilter filter;
    QVERIFY(filter.pass("a/b: 200 calls are kept after attempt 1; next attempt in 350ms", m_start));
    QVERIFY(!filter.pass("a/b: 31 calls are kept after attempt 2; next attempt in 4ms", m_start));
}

void TstRepeatFilter::othersAreNotHeldBack()
{
    RepeatFilter filter;
    QVERIFY(filter.pass("a/b: gave up 1 call", m_start));
    QVERIFY(filter.pass("a/c: gave up 1 call", m_start));
    QVERIFY(filter.pass("", m_start));
}

void TstRepeatFilter::staysSmall()
{
    RepeatFilter filter;
    for (int i = 0; i < 26 * 676; ++i) {
        const std::string name{char('a' + i % 26), char('a' + i / 26 % 26), char('a' + i / 676)};
        QVERIFY(filter.pass(name, m_start)); // more than it remembers, and all are new
    }
}

QTEST_APPLESS_MAIN(TstRepeatFilter)
#include "tst_repeatfilter.moc"
