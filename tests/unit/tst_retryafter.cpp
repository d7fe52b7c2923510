#include "forwarding/retryafter.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono;
using namespace Qt::StringLiterals;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT
constexpr system_clock::time_point Now = sys_days(year(1994) / November / 6) + 8h + 49min + 37s;

} // namespace

class TstRetryAfter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void waits_data();
    void waits();
    void isNoAnswer_data();
    void isNoAnswer();
    void partsOfASecondAreRoundedUp();
    void farAwayIsALongWait_data();
    void farAwayIsALongWait();
};

void TstRetryAfter::waits_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<qint64>("milliseconds");
    const auto row = [](const char *name, const QByteArray &value, Milliseconds wait) {
        QTest::newRow(name) << value << qint64{wait.count()};
    };
    row("no seconds", "0", 0ms);
    row("a second", "1", 1s);
    row("two minutes", "120", 2min);
    row("zeros in front", "0010", 10s);
    row("blanks around", "  7 ", 7s);

    row("now", "Sun, 06 Nov 1994 08:49:37 GMT", 0ms);
    row("a second later", "Sun, 06 Nov 1994 08:49:38 GMT", 1s);
    row("the past", "Sun, 06 Nov 1994 08:49:36 GMT", 0ms);
    row("years ago", "Thu, 01 Jan 1970 00:00:00 GMT", 0ms);
    row("the next hour", "Sun, 06 Nov 1994 09:00:00 GMT", 10min + 23s);
    row("the next day", "Mon, 07 Nov 1994 08:49:37 GMT", 24h);
    row("the end of the year", "Sat, 31 Dec 1994 23:59:59 GMT", 55 * 24h + 15h + 10min + 22s);
    row("nearly a year", "Wed, 01 Nov 1995 08:49:37 GMT", hours(24) * 360);
    row("a leap second", "Sat, 31 Dec 1994 23:59:60 GMT", 55 * 24h + 15h + 10min + 23s);
    row("the first year", "Mon, 01 Jan 0001 00:00:00 GMT", 0ms);
    row("blanks around a date", " Sun, 06 Nov 1994 08:49:47 GMT ", 10s);
}

void TstRetryAfter::waits()
{
    QFETCH(QByteArray, value);
    QFETCH(qint64, milliseconds);
    const auto wait = parseRetryAfter(toView(value), Now);
    QVERIFY(wait.has_value());
    QCOMPARE(qint64{wait->count()}, milliseconds);
}

void TstRetryAfter::isNoAnswer_data()
{
    QTest::addColumn<QByteArray>("value");
    const auto row = [](const char *name, const QByteArray &value) {
        QTest::newRow(name) << value;
    };
    row("nothing", "");
    row("blanks", "   ");
    row("a word", "soon");
    row("minus", "-1");
    row("plus", "+1");
    row("a fraction", "1.5");
    row("a unit", "10s");
    row("two numbers", "10 20");
    row("two numbers with a comma", "10, 20");
    row("hexadecimal", "0x10");
    row("no day name", "06 Nov 1994 08:49:37 GMT");
    row("no time zone", "Sun, 06 Nov 1994 08:49:37");
    row("another time zone", "Sun, 06 Nov 1994 08:49:37 CET");
    row("a numeric time zone", "Sun, 06 Nov 1994 08:49:37 +0000");
    row("a month that is none", "Sun, 06 Nox 1994 08:49:37 GMT");
    row("a month in lower case", "Sun, 06 nov 1994 08:49:37 GMT");
    row("a day that is none", "Sun, 31 Nov 1994 08:49:37 GMT");
    row("day zero", "Sun, 00 Nov 1994 08:49:37 GMT");
    row("a leap day in a common year", "Wed, 29 Feb 1995 08:49:37 GMT");
    row("letters for the year", "Sun, 06 Nov abcd 08:49:37 GMT");
    row("hour 24", "Sun, 06 Nov 1994 24:00:00 GMT");
    row("hour 99", "Sun, 06 Nov 1994 99:49:37 GMT");
    row("minute 60", "Sun, 06 Nov 1994 08:60:37 GMT");
    row("second 61", "Sun, 06 Nov 1994 08:49:61 GMT");
    row("letters for the day", "Sun, xx Nov 1994 08:49:37 GMT");
    row("letters for the hour", "Sun, 06 Nov 1994 xx:49:37 GMT");
    row("letters for the minute", "Sun, 06 Nov 1994 08:xx:37 GMT");
    row("letters for the second", "Sun, 06 Nov 1994 08:49:xx GMT");
    row("a sign in the year", "Sun, 06 Nov -994 08:49:37 GMT");
    row("dots for colons", "Sun, 06 Nov 1994 08.49.37 GMT");
    row("dashes in the date", "Sun, 06-Nov-1994 08:49:37 GMT");
    row("letters for blanks", "Sun, 06xNovx1994x08:49:37 GMT");
    row("a day name that is none", "Xyz, 06 Nov 1994 08:49:37 GMT");
    row("an ISO date", "1994-11-06T08:49:37Z");
    row("more behind", "Sun, 06 Nov 1994 08:49:37 GMT+1");
    row("a NUL behind", "10\0"_ba);
}

void TstRetryAfter::isNoAnswer()
{
    QFETCH(QByteArray, value);
    QVERIFY(!parseRetryAfter(toView(value), Now).has_value());
}

void TstRetryAfter::partsOfASecondAreRoundedUp()
{
    // Not a moment too early.
    const auto wait = parseRetryAfter("Sun, 06 Nov 1994 08:49:38 GMT", Now + 250ms + 1us);
    QVERIFY(wait.has_value());
    QCOMPARE(qint64{wait->count()}, qint64{750});
}

void TstRetryAfter::farAwayIsALongWait_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("a year") << "31536000"_ba;
    QTest::newRow("the largest number") << "18446744073709551615"_ba;
    QTest::newRow("above any number") << QByteArray(100, '9');
    QTest::newRow("a leap day") << "Thu, 29 Feb 1996 00:00:00 GMT"_ba;
    QTest::newRow("the next century") << "Sat, 01 Jan 2101 00:00:00 GMT"_ba;
    // System clocks that count nanoseconds end in 2262.
    QTest::newRow("the last year") << "Fri, 31 Dec 9999 23:59:59 GMT"_ba;
}

// How long exactly is the caller's to bound.
void TstRetryAfter::farAwayIsALongWait()
{
    QFETCH(QByteArray, value);
    const auto wait = parseRetryAfter(toView(value), Now);
    QVERIFY(wait.has_value());
    QVERIFY(*wait >= 30 * 24h);
}

QTEST_APPLESS_MAIN(TstRetryAfter)
#include "tst_retryafter.moc"
