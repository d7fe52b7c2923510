#include "common/duration.h"

#include "unit/commalocale.h"
#include "unit/text.h"

#include <QTest>

#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstDuration final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void fractionsOfSecondsAreExact();
    void refuses_data();
    void refuses();
    void formats_data();
    void formats();
    void formattedTextReadsBack();
    void isTheSameInEveryLocale();
};

void TstDuration::parses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("milliseconds");

    QTest::newRow("zero needs no unit") << "0"_ba << qint64{0};
    QTest::newRow("zero with a unit") << "0s"_ba << qint64{0};
    QTest::newRow("zero microseconds") << "0us"_ba << qint64{0};
    QTest::newRow("hours") << "2h"_ba << qint64{7'200'000};
    QTest::newRow("minutes") << "3m"_ba << qint64{180'000};
    QTest::newRow("seconds") << "4s"_ba << qint64{4'000};
    QTest::newRow("milliseconds, not minutes") << "500ms"_ba << qint64{500};
    QTest::newRow("microseconds") << "5000us"_ba << qint64{5};
    QTest::newRow("minutes and seconds") << "1m30s"_ba << qint64{90'000};
    QTest::newRow("every unit") << "1h2m3s4ms5000us"_ba << qint64{3'723'009};
    QTest::newRow("the same unit twice") << "1s1s"_ba << qint64{2'000};
    QTest::newRow("small before large") << "1s1h"_ba << qint64{3'601'000};
    QTest::newRow("fraction of an hour") << "1.5h"_ba << qint64{5'400'000};
    QTest::newRow("fraction without a whole part") << ".5s"_ba << qint64{500};
    QTest::newRow("point without a fraction") << "5.s"_ba << qint64{5'000};
    QTest::newRow("leading zeros") << "007s"_ba << qint64{7'000};
    QTest::newRow("fraction of a minute") << "0.27m"_ba << qint64{16'200};
    QTest::newRow("fraction of an hour that no double holds") << "0.07h"_ba << qint64{252'000};
    QTest::newRow("a microsecond is rounded up") << "1us"_ba << qint64{1};
    QTest::newRow("999 us are rounded up") << "999us"_ba << qint64{1};
    QTest::newRow("1000 us are not") << "1000us"_ba << qint64{1};
    QTest::newRow("1001 us are rounded up") << "1001us"_ba << qint64{2};
    QTest::newRow("a tenth of a millisecond") << "0.1ms"_ba << qint64{1};
    QTest::newRow("below a millisecond in seconds") << "1.0001s"_ba << qint64{1'001};
    QTest::newRow("a hundred years") << "876000h"_ba << qint64{3'153'600'000'000};
}

void TstDuration::parses()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, milliseconds);
    const auto parsed = parseDuration(toView(text));
    QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().message.c_str());
    QCOMPARE(qint64{parsed->count()}, milliseconds);
}

// Three decimals of a second leave nothing below a millisecond to be rounded.
void TstDuration::fractionsOfSecondsAreExact()
{
    for (int milliseconds = 0; milliseconds < 20'000; ++milliseconds) {
        const std::string decimals = std::to_string(1000 + milliseconds % 1000).substr(1);
        const std::string text = std::to_string(milliseconds / 1000) + "." + decimals + "s";
        const auto parsed = parseDuration(text);
        QVERIFY2(parsed.ok(), text.c_str());
        QVERIFY2(parsed->count() == milliseconds, text.c_str());
    }
}

void TstDuration::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("code");
    const auto refused = [](const char *name, const QByteArray &text,
                            ErrorCode code = ErrorCode::InvalidArgument) {
        QTest::newRow(name) << text << static_cast<int>(code);
    };

    refused("nothing", "");
    refused("a blank", " ");
    refused("no unit", "1");
    refused("a fraction without a unit", "1.5");
    refused("a unit alone", "s");
    refused("ms alone", "ms");
    refused("a point alone", ".s");
    refused("two points", "1.2.3s");
    refused("a blank in front", " 1s");
    refused("a blank behind", "1s ");
    refused("a blank between", "1 s");
    refused("minus", "-1s");
    refused("plus", "+1s");
    refused("minus zero", "-0");
    refused("an upper-case unit", "1S");
    refused("a long unit", "1sec");
    refused("days", "1d");
    refused("the last number has no unit", "1m30");
    refused("exponent", "1e3s");
    refused("hexadecimal", "0x1s");
    refused("decimal comma", "1,5s");
    refused("infinity", "infs");
    refused("not a number", "nans");
    refused("a NUL behind", "1s\0"_ba);
    refused("not ASCII", "1\xc2\xb5s");
    refused("an endless number", QByteArray(400, '9') + "h");
    refused("above a hundred years", "876000.1h", ErrorCode::TooLarge);
    refused("a sum above a hundred years", "876000h1ms", ErrorCode::TooLarge);
    refused("above any integer", "99999999999999999999h", ErrorCode::TooLarge);
}

void TstDuration::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, code);
    const auto parsed = parseDuration(toView(text));
    QVERIFY(!parsed.ok());
    QCOMPARE(static_cast<int>(parsed.error().code), code);
    QVERIFY(!parsed.error().message.empty());
}

void TstDuration::formats_data()
{
    QTest::addColumn<qint64>("milliseconds");
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("zero") << qint64{0} << "0s"_ba;
    QTest::newRow("a millisecond") << qint64{1} << "1ms"_ba;
    QTest::newRow("below a second") << qint64{999} << "999ms"_ba;
    QTest::newRow("a second") << qint64{1'000} << "1s"_ba;
    QTest::newRow("a minute") << qint64{60'000} << "1m"_ba;
    QTest::newRow("minute and seconds") << qint64{90'000} << "1m30s"_ba;
    QTest::newRow("an hour") << qint64{3'600'000} << "1h"_ba;
    QTest::newRow("a unit in the middle is missing") << qint64{3'601'000} << "1h1s"_ba;
    QTest::newRow("every unit") << qint64{3'723'004} << "1h2m3s4ms"_ba;
    QTest::newRow("a hundred years") << qint64{3'153'600'000'000} << "876000h"_ba;
}

void TstDuration::formats()
{
    QFETCH(qint64, milliseconds);
    QFETCH(QByteArray, text);
    QCOMPARE(toBytes(formatDuration(Milliseconds(milliseconds))), text);
}

void TstDuration::formattedTextReadsBack()
{
    const auto readsBack = [](Milliseconds duration) {
        const auto parsed = parseDuration(formatDuration(duration));
        return parsed.ok() && *parsed == duration;
    };
    for (int i = 0; i <= 5'000; ++i)
        QVERIFY2(readsBack(Milliseconds(i)), std::to_string(i).c_str());
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        // Of every magnitude: 41 bits are 70 years.
        const auto count = static_cast<qint64>(random() >> (23 + random() % 41));
        QVERIFY2(readsBack(Milliseconds(count)), std::to_string(count).c_str());
    }
}

void TstDuration::isTheSameInEveryLocale()
{
    const CommaLocale locale;
    if (!locale.isSet())
        QSKIP("this machine has no locale with a decimal comma");
    const auto parsed = parseDuration("1.5h");
    QVERIFY(parsed.ok());
    QCOMPARE(qint64{parsed->count()}, qint64{5'400'000});
    QVERIFY(!parseDuration("1,5h").ok());
}

QTEST_APPLESS_MAIN(TstDuration)
#include "tst_duration.moc"
