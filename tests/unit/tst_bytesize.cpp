#include "common/bytesize.h"

#include "unit/commalocale.h"
#include "unit/text.h"

#include <QTest>

#include <array>
#include <cmath>
#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstByteSize final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parses_data();
    void parses();
    void fractionsAreExact();
    void refuses_data();
    void refuses();
    void formats_data();
    void formats();
    void wholeUnitsReadBack();
    void formattedTextIsNear();
    void isTheSameInEveryLocale();
};

void TstByteSize::parses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<quint64>("bytes");

    QTest::newRow("zero") << "0"_ba << quint64{0};
    QTest::newRow("no unit") << "10485760"_ba << quint64{10'485'760};
    QTest::newRow("leading zeros") << "0010"_ba << quint64{10};
    QTest::newRow("the largest with a unit") << "1000TB"_ba << quint64{1'000'000'000'000'000};
    QTest::newRow("the largest") << "1000000000000000"_ba << quint64{1'000'000'000'000'000};
    QTest::newRow("B") << "512B"_ba << quint64{512};
    QTest::newRow("kB") << "2kB"_ba << quint64{2'000};
    QTest::newRow("KB") << "2KB"_ba << quint64{2'000};
    QTest::newRow("KiB") << "2KiB"_ba << quint64{2'048};
    QTest::newRow("MB") << "10MB"_ba << quint64{10'000'000};
    QTest::newRow("MiB") << "10MiB"_ba << quint64{10'485'760};
    QTest::newRow("GB") << "3GB"_ba << quint64{3'000'000'000};
    QTest::newRow("GiB") << "1GiB"_ba << quint64{1'073'741'824};
    QTest::newRow("TB") << "1TB"_ba << quint64{1'000'000'000'000};
    QTest::newRow("TiB") << "1TiB"_ba << quint64{1'099'511'627'776};
    QTest::newRow("a blank before the unit") << "10 MiB"_ba << quint64{10'485'760};
    QTest::newRow("a fraction") << "1.5GiB"_ba << quint64{1'610'612'736};
    QTest::newRow("a fraction without a whole part") << ".5KiB"_ba << quint64{512};
    QTest::newRow("a fraction that no double holds") << "1.001MB"_ba << quint64{1'001'000};
}

void TstByteSize::parses()
{
    QFETCH(QByteArray, text);
    QFETCH(quint64, bytes);
    const auto parsed = parseByteSize(toView(text));
    QVERIFY2(parsed.ok(), parsed.ok() ? "" : parsed.error().message.c_str());
    QCOMPARE(quint64{*parsed}, bytes);
}

// Three decimals of a decimal unit are whole bytes.
void TstByteSize::fractionsAreExact()
{
    for (std::uint64_t thousandths = 0; thousandths < 5'000; ++thousandths) {
        const std::string number = std::to_string(thousandths / 1000) + "."
            + std::to_string(1000 + thousandths % 1000).substr(1);
        const auto kilo = parseByteSize(number + "kB");
        QVERIFY2(kilo.ok() && *kilo == thousandths, number.c_str());
        const auto mega = parseByteSize(number + "MB");
        QVERIFY2(mega.ok() && *mega == thousandths * 1'000, number.c_str());
        const auto giga = parseByteSize(number + "GB");
        QVERIFY2(giga.ok() && *giga == thousandths * 1'000'000, number.c_str());
    }
}

void TstByteSize::refuses_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("nothing") << ""_ba;
    QTest::newRow("a blank") << " "_ba;
    QTest::newRow("a unit alone") << "MiB"_ba;
    QTest::newRow("a point alone") << ".MiB"_ba;
    QTest::newRow("two points") << "1.2.3MiB"_ba;
    QTest::newRow("a fraction of a byte") << "1.5"_ba;
    QTest::newRow("minus") << "-1"_ba;
    QTest::newRow("plus") << "+1"_ba;
    QTest::newRow("a blank in front") << " 1"_ba;
    QTest::newRow("a blank behind") << "1 "_ba;
    QTest::newRow("a blank behind the unit") << "1MiB "_ba;
    QTest::newRow("two blanks before the unit") << "1  MiB"_ba;
    QTest::newRow("lower case") << "1mib"_ba;
    QTest::newRow("a short unit") << "1M"_ba;
    QTest::newRow("a unit too large") << "1PB"_ba;
    QTest::newRow("a unit and more") << "1MiBs"_ba;
    QTest::newRow("two units") << "1MiB1KiB"_ba;
    QTest::newRow("exponent") << "1e3"_ba;
    QTest::newRow("hexadecimal") << "0x10"_ba;
    QTest::newRow("decimal comma") << "1,5MiB"_ba;
    QTest::newRow("a NUL behind") << "1MiB\0"_ba;
    QTest::newRow("one above the largest") << "1000000000000001"_ba;
    QTest::newRow("above any integer") << "99999999999999999999"_ba;
    QTest::newRow("above the largest with a unit") << "1001TB"_ba;
    QTest::newRow("above any integer with a unit") << "99999999999999999999TiB"_ba;
    QTest::newRow("an endless number") << QByteArray(400, '9') + "B";
}

void TstByteSize::refuses()
{
    QFETCH(QByteArray, text);
    const auto parsed = parseByteSize(toView(text));
    QVERIFY(!parsed.ok());
    QVERIFY(!parsed.error().message.empty());
}

void TstByteSize::formats_data()
{
    QTest::addColumn<quint64>("bytes");
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("zero") << quint64{0} << "0 B"_ba;
    QTest::newRow("bytes") << quint64{512} << "512 B"_ba;
    QTest::newRow("just below a unit") << quint64{1'023} << "1023 B"_ba;
    QTest::newRow("a unit") << quint64{1'024} << "1 KiB"_ba;
    QTest::newRow("a fraction") << quint64{1'536} << "1.5 KiB"_ba;
    QTest::newRow("MiB") << quint64{10'485'760} << "10 MiB"_ba;
    QTest::newRow("GiB") << quint64{1'610'612'736} << "1.5 GiB"_ba;
    QTest::newRow("TiB") << quint64{1'099'511'627'776} << "1 TiB"_ba;
    QTest::newRow("there is no unit above") << quint64{1} + ~quint64{0} / 2 << "8388608 TiB"_ba;
    // "1024.0 KiB" would be read as a different magnitude.
    QTest::newRow("rounded up to the next unit") << quint64{1'048'575} << "1 MiB"_ba;
}

void TstByteSize::formats()
{
    QFETCH(quint64, bytes);
    QFETCH(QByteArray, text);
    QCOMPARE(toBytes(formatByteSize(bytes)), text);
}

void TstByteSize::wholeUnitsReadBack()
{
    for (std::uint64_t unit = 1; unit <= (std::uint64_t{1} << 40); unit *= 1024) {
        for (const std::uint64_t count : {1, 2, 7, 10, 64, 100, 512}) {
            const auto parsed = parseByteSize(formatByteSize(count * unit));
            QVERIFY2(parsed.ok() && *parsed == count * unit, formatByteSize(count * unit).c_str());
        }
    }
}

// One decimal is kept: what is read back is no further away than half of it.
void TstByteSize::formattedTextIsNear()
{
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t bytes = random() >> (15 + random() % 49);
        const std::string text = formatByteSize(bytes);
        const auto parsed = parseByteSize(text);
        QVERIFY2(parsed.ok(), text.c_str());
        const double error = std::abs(static_cast<double>(*parsed) - static_cast<double>(bytes));
        QVERIFY2(error <= static_cast<double>(bytes) * 0.05 + 1, text.c_str());
    }
}

void TstByteSize::isTheSameInEveryLocale()
{
    const CommaLocale locale;
    if (!locale.isSet())
        QSKIP("this machine has no locale with a decimal comma");
    const auto parsed = parseByteSize("1.5GiB");
    QVERIFY(parsed.ok());
    QCOMPARE(quint64{*parsed}, quint64{1'610'612'736});
    QCOMPARE(toBytes(formatByteSize(1'536)), "1.5 KiB"_ba);
}

QTEST_APPLESS_MAIN(TstByteSize)
#include "tst_bytesize.moc"
