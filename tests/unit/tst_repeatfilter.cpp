#include "common/repeatfilter.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

LogMessage message(std::string text)
{
    return {3, "spool", std::move(text)};
}

// Of letters: numbers make no difference.
LogMessage numbered(int i)
{
    return message({char('a' + i % 26), char('a' + i / 26 % 26), char('a' + i / 676)});
}

} // namespace

// Which log messages are shown.
class TstRepeatFilter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void onceInTenSeconds();
    void numbersMakeNoDifference();
    void othersAreNotHeldBack();
    void countIsToldWhenNothingFollows();
    void allAtTheEnd();
    void staysSmall();
    void floodOfKinds();

private:
    const TimePoint m_start = SteadyClock::now();
};

void TstRepeatFilter::onceInTenSeconds()
{
    RepeatFilter filter;
    const LogMessage full = message("the disk is full");
    QCOMPARE(filter.pass(full, m_start).value_or(99), std::uint64_t(0));
    for (int i = 1; i <= 5; ++i)
        QVERIFY(!filter.pass(full, m_start + i * 1s));
    QVERIFY(!filter.pass(full, m_start + 9999ms));
    QCOMPARE(filter.pass(full, m_start + 10s).value_or(99), std::uint64_t(6));
    QVERIFY(!filter.pass(full, m_start + 11s));
    QCOMPARE(filter.pass(full, m_start + 60s).value_or(99), std::uint64_t(1));
    QCOMPARE(filter.pass(full, m_start + 90s).value_or(99), std::uint64_t(0));
}

void TstRepeatFilter::numbersMakeNoDifference()
{
    RepeatFilter filter;
    const auto kept = [](const char *count, const char *wait) {
        return message(std::string("a/b: ") + count + " calls are kept; next attempt in " + wait
                       + ": 127.0.0.1:8080 is away");
    };
    QVERIFY(filter.pass(kept("200", "350ms"), m_start));
    for (const char *wait : {"4ms", "1.5s", "30s", "1m30s"})
        QVERIFY2(!filter.pass(kept("31", wait), m_start), wait);
}

void TstRepeatFilter::othersAreNotHeldBack()
{
    RepeatFilter filter;
    QVERIFY(filter.pass(message("a/b: gave up 1 call"), m_start));
    QVERIFY(filter.pass(message("a/c: gave up 1 call"), m_start));
    QVERIFY(filter.pass(message(""), m_start));
    QVERIFY(filter.pass({1, "other", "a/b: gave up 1 call"}, m_start));
}

void TstRepeatFilter::countIsToldWhenNothingFollows()
{
    RepeatFilter filter(1s);
    QVERIFY(filter.pass(message("error 0"), m_start));
    QVERIFY(!filter.nextDue());
    for (int i = 1; i <= 7; ++i)
        QVERIFY(!filter.pass(message("error " + std::to_string(i)), m_start + i * 10ms));
    QVERIFY(filter.nextDue() == m_start + 1s);
    QVERIFY(filter.takeDue(m_start + 999ms).empty());
    const auto due = filter.takeDue(m_start + 1s);
    QCOMPARE(due.size(), std::size_t(1));
    QCOMPARE(toBytes(due[0].message.text), QByteArray("error 7"));
    QCOMPARE(due[0].message.severity, 3);
    QCOMPARE(toBytes(due[0].message.category), QByteArray("spool"));
    QCOMPARE(due[0].before, std::uint64_t(6));
    // It has been shown now.
    QVERIFY(!filter.nextDue());
    QVERIFY(!filter.pass(message("error 8"), m_start + 1500ms));
    QCOMPARE(filter.takeDue(m_start + 2s).size(), std::size_t(1));
    QVERIFY(filter.takeDue(m_start + 9s).empty());
}

void TstRepeatFilter::allAtTheEnd()
{
    RepeatFilter filter;
    for (const char *text : {"a", "a", "a", "b", "c", "c"})
        (void)filter.pass(message(text), m_start);
    QCOMPARE(filter.takeAll().size(), std::size_t(2));
    QVERIFY(filter.takeAll().empty());
}

// All are new, and more than it remembers.
void TstRepeatFilter::staysSmall()
{
    RepeatFilter filter;
    const auto shownAt = [&](TimePoint time) {
        int shown = 0;
        for (int i = 0; i < 26 * 676; ++i)
            shown += filter.pass(numbered(i), time) ? 1 : 0;
        return shown;
    };
    QCOMPARE(shownAt(m_start), 513);
    QCOMPARE(shownAt(m_start + 5s), 0);
    QVERIFY(filter.pass({3, "ingest", "another category"}, m_start + 5s));
    QCOMPARE_LE(filter.takeDue(m_start + 10s).size(), std::size_t(513));
    QCOMPARE(shownAt(m_start + 20s), 513); // the same, for another while
}

// With more kinds than it remembers, all of them repeated, no count gets lost.
void TstRepeatFilter::floodOfKinds()
{
    RepeatFilter filter;
    std::uint64_t shown = 0;
    std::uint64_t told = 0;
    constexpr int Kinds = 2000;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < Kinds; ++i) {
            if (const auto before = filter.pass(numbered(i), m_start + round * 1s)) {
                ++shown;
                told += *before;
            }
        }
    }
    const auto due = filter.takeDue(m_start + 60s);
    QCOMPARE_LE(due.size(), std::size_t(513));
    for (const auto &held : due)
        told += held.before + 1;
    QCOMPARE(shown + told, std::uint64_t(3 * Kinds));
}

QTEST_APPLESS_MAIN(TstRepeatFilter)
#include "tst_repeatfilter.moc"
