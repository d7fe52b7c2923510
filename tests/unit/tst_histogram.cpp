#include "stats/histogram.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace Weave;

namespace {

constexpr std::uint64_t Largest = std::numeric_limits<std::uint64_t>::max();

// The value with rank ceil(share × count) of sorted values.
std::uint64_t exactQuantile(const std::vector<std::uint64_t> &sorted, double share)
{
    const double rank = std::ceil(share * static_cast<double>(sorted.size()));
    return sorted[std::max(rank, 1.0) >= static_cast<double>(sorted.size())
                      ? sorted.size() - 1
                      : static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

} // namespace

class TstHistogram final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void oneValue_data();
    void oneValue();
    void smallValuesAreExact();
    void countsSumsAndMax();
    void extremes();
    void quantilesAreWithinAnEighth_data();
    void quantilesAreWithinAnEighth();
    void quantilesGrowWithTheShare();
    void copiesAreTheirOwn();
};

void TstHistogram::empty()
{
    const Histogram histogram;
    QCOMPARE(histogram.count(), std::uint64_t{0});
    QCOMPARE(histogram.sum(), std::uint64_t{0});
    QCOMPARE(histogram.max(), std::uint64_t{0});
    for (const double share : {0.0, 0.5, 1.0})
        QCOMPARE(histogram.quantile(share), std::uint64_t{0});
}

void TstHistogram::oneValue_data()
{
    QTest::addColumn<quint64>("value");
    QTest::newRow("0") << quint64{0};
    QTest::newRow("the largest") << quint64{Largest};
    QTest::newRow("one below the largest") << quint64{Largest - 1};
    for (unsigned bit = 0; bit < 64; ++bit) {
        const quint64 power = quint64{1} << bit;
        QTest::addRow("2^%u", bit) << power;
        QTest::addRow("2^%u + 1", bit) << power + 1;
        QTest::addRow("2^%u - 1", bit) << power - 1;
    }
}

// No quantile is above the largest value, so that of one value is that value.
void TstHistogram::oneValue()
{
    QFETCH(quint64, value);
    Histogram histogram;
    histogram.record(value);
    QCOMPARE(histogram.count(), std::uint64_t{1});
    QCOMPARE(quint64{histogram.sum()}, value);
    QCOMPARE(quint64{histogram.max()}, value);
    for (const double share : {0.0, 0.01, 0.5, 0.99, 1.0})
        QCOMPARE(quint64{histogram.quantile(share)}, value);

    // Not even when a larger one hides the limit.
    Histogram two;
    two.record(value);
    two.record(Largest);
    QVERIFY(two.quantile(0.5) >= value);
    QVERIFY(two.quantile(0.5) - value <= value / 8);
}

void TstHistogram::smallValuesAreExact()
{
    Histogram histogram;
    for (std::uint64_t value = 0; value < 16; ++value)
        histogram.record(value);
    for (int rank = 1; rank <= 16; ++rank)
        QCOMPARE(histogram.quantile(rank / 16.0), static_cast<std::uint64_t>(rank - 1));
}

void TstHistogram::countsSumsAndMax()
{
    Histogram histogram;
    histogram.record(5);
    histogram.record(1'000'000);
    histogram.record(5);
    histogram.record(0);
    QCOMPARE(histogram.count(), std::uint64_t{4});
    QCOMPARE(histogram.sum(), std::uint64_t{1'000'010});
    QCOMPARE(histogram.max(), std::uint64_t{1'000'000});
}

void TstHistogram::extremes()
{
    Histogram histogram;
    histogram.record(0);
    histogram.record(0);
    histogram.record(Largest);
    QCOMPARE(histogram.max(), Largest);
    QCOMPARE(histogram.quantile(0), std::uint64_t{0});
    QCOMPARE(histogram.quantile(0.5), std::uint64_t{0});
    QCOMPARE(histogram.quantile(1), Largest);
}

void TstHistogram::quantilesAreWithinAnEighth_data()
{
    QTest::addColumn<int>("spread"); // bits
    QTest::addColumn<int>("count");
    for (const int spread : {3, 8, 20, 40, 64}) {
        for (const int count : {1, 2, 3, 10, 1'000, 20'000})
            QTest::addRow("%d values of up to %d bits", count, spread) << spread << count;
    }
}

void TstHistogram::quantilesAreWithinAnEighth()
{
    QFETCH(int, spread);
    QFETCH(int, count);
    std::mt19937_64 random(static_cast<std::uint64_t>(spread * 100'000 + count));
    Histogram histogram;
    std::vector<std::uint64_t> values;
    for (int i = 0; i < count; ++i) {
        // Every magnitude as often as every other, as with latencies.
        const auto bits = random() % static_cast<unsigned>(spread);
        values.push_back(random() >> (63 - bits));
        histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    for (const double share : {0.0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
        const std::uint64_t exact = exactQuantile(values, share);
        const std::uint64_t estimate = histogram.quantile(share);
        QVERIFY2(estimate >= exact, std::to_string(share).c_str());
        QVERIFY2(estimate - exact <= exact / 8, std::to_string(share).c_str());
        QVERIFY(estimate <= values.back());
    }
}

void TstHistogram::quantilesGrowWithTheShare()
{
    std::mt19937_64 random(1);
    Histogram histogram;
    for (int i = 0; i < 1'000; ++i)
        histogram.record(random() >> (random() % 64));
    std::uint64_t last = 0;
    for (int i = 0; i <= 1'000; ++i) {
        const std::uint64_t quantile = histogram.quantile(i / 1'000.0);
        QVERIFY(quantile >= last);
        last = quantile;
    }
    QCOMPARE(last, histogram.max());
}

void TstHistogram::copiesAreTheirOwn()
{
    Histogram histogram;
    histogram.record(3);
    Histogram copy = histogram;
    copy.record(1'000);
    QCOMPARE(histogram.count(), std::uint64_t{1});
    QCOMPARE(histogram.quantile(1), std::uint64_t{3});
    QCOMPARE(copy.count(), std::uint64_t{2});
}

QTEST_APPLESS_MAIN(TstHistogram)
#include "tst_histogram.moc"
