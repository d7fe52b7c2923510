#include "common/textnumber.h"

#include "unit/commalocale.h"
#include "unit/text.h"

#include <QTest>

#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstTextNumber final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void refuses_data();
    void refuses();
    void decimalTextReadsBack();
    void nothingAtAll();
    void parsesDecimals_data();
    void parsesDecimals();
    void refusesDecimals_data();
    void refusesDecimals();
    void formatsDecimals_data();
    void formatsDecimals();
    void decimalsAreTheSameInEveryLocale();
    void countsOfThings();
    void groups_data();
    void groups();
};

void TstTextNumber::parses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("base");
    QTest::addColumn<quint64>("value");

    QTest::newRow("zero") << "0"_ba << 10 << quint64{0};
    QTest::newRow("one digit") << "7"_ba << 10 << quint64{7};
    QTest::newRow("leading zeros are decimal") << "0010"_ba << 10 << quint64{10};
    QTest::newRow("above 32 bits") << "4294967296"_ba << 10 << quint64{4'294'967'296};
    QTest::newRow("the largest") << "18446744073709551615"_ba << 10 << ~quint64{0};
    QTest::newRow("octal") << "0660"_ba << 8 << quint64{0660};
    QTest::newRow("octal without a zero in front") << "777"_ba << 8 << quint64{0777};
    QTest::newRow("the largest octal") << "1777777777777777777777"_ba << 8 << ~quint64{0};
}

void TstTextNumber::parses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, base);
    QFETCH(quint64, value);
    const auto parsed = parseUnsigned(toView(text), base);
    QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().message.c_str());
    QCOMPARE(quint64{*parsed}, value);
}

void TstTextNumber::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("base");
    QTest::addColumn<int>("code");
    const auto refused = [](const char *name, const QByteArray &text, int base = 10,
                            ErrorCode code = ErrorCode::InvalidArgument) {
        QTest::newRow(name) << text << base << static_cast<int>(code);
    };

    refused("nothing", "");
    refused("a blank", " ");
    refused("a word", "many");
    refused("minus", "-1");
    refused("minus zero", "-0");
    refused("plus", "+1");
    refused("a blank in front", " 1");
    refused("a blank behind", "1 ");
    refused("a newline behind", "1\n");
    refused("a letter behind", "1k");
    refused("a fraction", "1.0");
    refused("an exponent", "1e3");
    refused("hexadecimal", "0x10");
    refused("a NUL behind", "1\0"_ba);
    refused("digits that are not ASCII", "\xd9\xa1");
    refused("no octal digit", "8", 8);
    refused("no octal digit behind", "0608", 8);
    refused("an octal prefix", "0o600", 8);
    refused("one above the largest", "18446744073709551616", 10, ErrorCode::TooLarge);
    refused("far above the largest", QByteArray(400, '9'), 10, ErrorCode::TooLarge);
    refused("above the largest octal", "2000000000000000000000", 8, ErrorCode::TooLarge);
}

void TstTextNumber::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, base);
    QFETCH(int, code);
    const auto parsed = parseUnsigned(toView(text), base);
    QVERIFY(!parsed.ok());
    QCOMPARE(static_cast<int>(parsed.error().code), code);
    QVERIFY(!parsed.error().message.empty());
}

void TstTextNumber::decimalTextReadsBack()
{
    std::mt19937_64 random(1);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t value = random() >> (random() % 64);
        const auto parsed = parseUnsigned(std::to_string(value));
        QVERIFY2(parsed.ok() && *parsed == value, std::to_string(value).c_str());
    }
}

void TstTextNumber::nothingAtAll()
{
    QVERIFY(!parseUnsigned(std::string_view()).ok());
}

void TstTextNumber::parsesDecimals_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("value");
    QTest::newRow("zero") << "0"_ba << 0.0;
    QTest::newRow("whole") << "12"_ba << 12.0;
    QTest::newRow("fraction") << "1.5"_ba << 1.5;
    QTest::newRow("more decimals") << "10.0625"_ba << 10.0625;
    QTest::newRow("no whole part") << ".5"_ba << 0.5;
    QTest::newRow("no fraction") << "5."_ba << 5.0;
    QTest::newRow("zeros around") << "007.2500"_ba << 7.25;
    QTest::newRow("large") << "99999999999999999999"_ba << 1e20;
}

void TstTextNumber::parsesDecimals()
{
    QFETCH(QByteArray, text);
    QFETCH(double, value);
    const auto parsed = parseDecimal(toView(text));
    QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().message.c_str());
    QCOMPARE(*parsed, value);
}

void TstTextNumber::refusesDecimals_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", ".", "..", "1.2.3", "1..2", "-1", "+1", "-.5", " 1", "1 ", "1,5",
                             "1e3", "0x1", "inf", "nan", "1k"})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("a NUL behind") << "1\0"_ba;
    QTest::newRow("without an end") << QByteArray(400, '9');
}

void TstTextNumber::refusesDecimals()
{
    QFETCH(QByteArray, text);
    const auto parsed = parseDecimal(toView(text));
    QVERIFY(!parsed.ok());
    QVERIFY(parsed.error().code == ErrorCode::InvalidArgument);
}

void TstTextNumber::formatsDecimals_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<int>("digits");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("zero") << 0.0 << 6 << "0.000000"_ba;
    QTest::newRow("no digits") << 3.0 << 0 << "3"_ba;
    QTest::newRow("rounded to no digits") << 3.7 << 0 << "4"_ba;
    QTest::newRow("one digit") << 1.5 << 1 << "1.5"_ba;
    QTest::newRow("zeros behind") << 1.5 << 6 << "1.500000"_ba;
    QTest::newRow("zeros in front") << 0.000'042 << 6 << "0.000042"_ba;
    QTest::newRow("rounded down") << 0.000'000'4 << 6 << "0.000000"_ba;
    QTest::newRow("rounded up") << 0.000'000'6 << 6 << "0.000001"_ba;
    QTest::newRow("rounded up to a whole number") << 9.999 << 2 << "10.00"_ba;
    QTest::newRow("large") << 123'456'789'012.25 << 6 << "123456789012.250000"_ba;
    QTest::newRow("negative") << -12.25 << 2 << "-12.25"_ba;
    QTest::newRow("negative without a whole part") << -0.25 << 2 << "-0.25"_ba;
    QTest::newRow("negative that rounds to zero") << -0.001 << 2 << "0.00"_ba;
}

void TstTextNumber::formatsDecimals()
{
    QFETCH(double, value);
    QFETCH(int, digits);
    QFETCH(QByteArray, text);
    QCOMPARE(toBytes(formatDecimal(value, digits)), text);
}

void TstTextNumber::decimalsAreTheSameInEveryLocale()
{
    const CommaLocale locale;
    if (!locale.isSet())
        QSKIP("this machine has no locale with a decimal comma");
    const auto parsed = parseDecimal("1.5");
    QVERIFY(parsed.ok());
    QCOMPARE(*parsed, 1.5);
    QVERIFY(!parseDecimal("1,5").ok());
    QCOMPARE(toBytes(formatDecimal(1.5, 2)), "1.50"_ba);
}

void TstTextNumber::countsOfThings()
{
    QCOMPARE(toBytes(countOf(0, "call")), "0 calls"_ba);
    QCOMPARE(toBytes(countOf(1, "call")), "1 call"_ba);
    QCOMPARE(toBytes(countOf(2, "call")), "2 calls"_ba);
    QCOMPARE(toBytes(countOf(~std::uint64_t{0}, "byte")), "18446744073709551615 bytes"_ba);
}

void TstTextNumber::groups_data()
{
    QTest::addColumn<quint64>("value");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("zero") << quint64{0} << "0"_ba;
    QTest::newRow("three digits") << quint64{999} << "999"_ba;
    QTest::newRow("four digits") << quint64{1000} << "1,000"_ba;
    QTest::newRow("six digits") << quint64{123'456} << "123,456"_ba;
    QTest::newRow("seven digits") << quint64{1'234'567} << "1,234,567"_ba;
    QTest::newRow("the largest") << ~quint64{0} << "18,446,744,073,709,551,615"_ba;
}

void TstTextNumber::groups()
{
    QFETCH(quint64, value);
    QFETCH(QByteArray, text);
    QCOMPARE(toBytes(formatGrouped(value)), text);
}

QTEST_APPLESS_MAIN(TstTextNumber)
#include "tst_textnumber.moc"
