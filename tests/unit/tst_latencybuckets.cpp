#include "stats/latencybuckets.h"

#include <QTest>

using namespace Weave;

class TstLatencyBuckets final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void edgesAreInOrderAndNamedRight();
    void countsAreExactAtTheEdges();
    void whatIsAboveAllIsInNone();
};

void TstLatencyBuckets::edgesAreInOrderAndNamedRight()
{
    std::uint64_t last = 0;
    for (const LatencyBuckets::Edge &edge : LatencyBuckets::Edges) {
        QCOMPARE_GT(edge.microseconds, last);
        last = edge.microseconds;
        const QByteArray name(edge.seconds.data(), static_cast<qsizetype>(edge.seconds.size()));
        QCOMPARE(qRound64(name.toDouble() * 1e6), static_cast<qint64>(edge.microseconds));
    }
}

void TstLatencyBuckets::countsAreExactAtTheEdges()
{
    for (std::size_t i = 0; i < LatencyBuckets::Edges.size(); ++i) {
        LatencyBuckets buckets;
        buckets.record(LatencyBuckets::Edges[i].microseconds);
        buckets.record(LatencyBuckets::Edges[i].microseconds + 1);
        QCOMPARE(buckets.upTo(i), 1U);
        if (i > 0)
            QCOMPARE(buckets.upTo(i - 1), 0U);
        if (i + 1 < LatencyBuckets::Edges.size())
            QCOMPARE(buckets.upTo(i + 1), 2U);
    }
}

void TstLatencyBuckets::whatIsAboveAllIsInNone()
{
    LatencyBuckets buckets;
    buckets.record(~std::uint64_t{0});
    QCOMPARE(buckets.upTo(LatencyBuckets::Edges.size() - 1), 0U);
    buckets.record(0);
    QCOMPARE(buckets.upTo(0), 1U);
}

QTEST_APPLESS_MAIN(TstLatencyBuckets)
#include "tst_latencybuckets.moc"
