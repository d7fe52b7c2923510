#include "forwarding/parkedbatches.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

Batch batchOf(const std::string &project, std::size_t size = 0)
{
    Batch batch;
    batch.project = project;
    batch.bodySize = size; // tells one from another
    return batch;
}

} // namespace

// Batches that wait outside of batching, and projects in trouble.
class TstParkedBatches final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_parked.emplace([this] {
            ++m_looksAtTheClock;
            return m_now;
        });
    }
    void projectsTakeTurns();
    void takesWhatAFilterAllows();
    void waitsForTheBatchesTime();
    void aFailingProjectIsProbedOneAtATime();
    void healthEndsTheWait();
    void waitsCanBeEnded();
    void failuresTogetherCountAsOne();
    void theServersWishHolds();
    void aSuspectIsPassedOver();
    void nextTimeIsTheEarliest();
    void manyThatWaitCostOneLookAtTheClock();

private:
    [[nodiscard]] std::optional<ParkedBatches::Taken> take()
    {
        return m_parked->take([](const std::string &) { return true; },
                              [](const std::string &) { return std::nullopt; });
    }
    [[nodiscard]] QByteArray takenProject()
    {
        const auto taken = take();
        return taken ? toBytes(taken->batch.project) : QByteArray("");
    }
    void fail(const std::string &project, Milliseconds wait)
    {
        m_parked->noteFailure(project, {m_now + wait, false, true, false});
    }

    TimePoint m_now = TimePoint(1000h);
    int m_looksAtTheClock = 0;
    std::optional<ParkedBatches> m_parked;
};

void TstParkedBatches::projectsTakeTurns()
{
    for (const char *project : {"a", "a", "b", "c"})
        m_parked->pushBack(batchOf(project));
    QByteArray order;
    for (int i = 0; i < 5; ++i)
        order += takenProject() + ' ';
    QCOMPARE(order, "a b c a  "_ba);
    QVERIFY(!m_parked->oldest());
}

void TstParkedBatches::takesWhatAFilterAllows()
{
    m_parked->pushBack(batchOf("a"));
    m_parked->pushBack(batchOf("b"));
    const auto taken = m_parked->take([](const std::string &project) { return project != "a"; },
                                      [](const std::string &) { return std::nullopt; });
    QVERIFY(taken && taken->batch.project == "b" && !taken->isProbe);
}

void TstParkedBatches::waitsForTheBatchesTime()
{
    Batch batch = batchOf("a", 1);
    batch.notBefore = m_now + 1s;
    m_parked->pushBack(std::move(batch));
    m_parked->pushBack(batchOf("a", 2));
    QCOMPARE(take()->batch.bodySize, std::size_t{2});
    QVERIFY(!take());
    m_now += 1s;
    QCOMPARE(take()->batch.bodySize, std::size_t{1});
}

void TstParkedBatches::aFailingProjectIsProbedOneAtATime()
{
    m_parked->pushBack(batchOf("a"));
    m_parked->pushBack(batchOf("a"));
    fail("a", 1s);
    QVERIFY(m_parked->isFailing("a") && !m_parked->isFailing("b"));
    QVERIFY(!take());
    m_now += 1s;
    QVERIFY(take()->isProbe);
    QVERIFY(!take());
    m_parked->endProbe("a");
    QVERIFY(take()->isProbe);
}

void TstParkedBatches::healthEndsTheWait()
{
    Batch batch = batchOf("a");
    batch.notBefore = m_now + 30s;
    m_parked->pushBack(std::move(batch));
    fail("a", 60s); // of a request beside one that works
    m_now += 1s;
    QVERIFY(!take());
    QVERIFY(m_parked->noteHealthy("a"));
    QVERIFY(!m_parked->noteHealthy("a"));
    QVERIFY(!m_parked->isAnyFailing());
    QVERIFY(take() && !take());
}

void TstParkedBatches::waitsCanBeEnded()
{
    Batch batch = batchOf("a");
    batch.notBefore = m_now + 30s;
    m_parked->pushBack(std::move(batch));
    fail("a", 60s);
    QVERIFY(!take());
    m_parked->endWaits();
    QVERIFY(m_parked->isAnyFailing()); // only an answer says that it is well
    QVERIFY(take());
    m_parked->pushBack(batchOf("a"));
    QVERIFY(!take()); // the probe is out
    m_parked->endWaits();
    QVERIFY(take());
}

void TstParkedBatches::failuresTogetherCountAsOne()
{
    for (int i = 0; i < 4; ++i)
        fail("a", 1s);
    QCOMPARE(m_parked->failures("a"), 1);
    m_now += 1s;
    fail("a", 2s);
    QCOMPARE(m_parked->failures("a"), 2);
}

void TstParkedBatches::theServersWishHolds()
{
    m_parked->pushBack(batchOf("a"));
    fail("a", 1s);
    m_parked->noteFailure("a",
                          {.next = m_now + 10s, .serverAnswered = true, .isServersWish = true});
    m_now += 9s;
    QVERIFY(!take());
    m_now += 1s;
    QVERIFY(take());
}

// A batch whose requests keep failing may be the cause: others are tried, too.
void TstParkedBatches::aSuspectIsPassedOver()
{
    const auto takeWithFresh = [this] {
        return m_parked->take([](const std::string &) { return true; },
                              [](const std::string &project) { return batchOf(project, 7); });
    };
    for (const int attempts : {2, 3}) {
        init();
        Batch batch = batchOf("a", 1);
        batch.attempts = attempts;
        m_parked->pushBack(std::move(batch));
        fail("a", 0s);
        QCOMPARE(takeWithFresh()->batch.bodySize, std::size_t(attempts == 2 ? 1 : 7));
    }
    // Where nobody is, no batch is to blame.
    init();
    Batch batch = batchOf("a", 1);
    batch.attempts = 3;
    m_parked->pushBack(std::move(batch));
    m_parked->noteFailure("a", {.next = m_now, .hadConnection = false});
    QCOMPARE(takeWithFresh()->batch.bodySize, std::size_t{1});
}

void TstParkedBatches::nextTimeIsTheEarliest()
{
    QVERIFY(!m_parked->nextTime());
    Batch batch = batchOf("a");
    batch.notBefore = m_now + 5s;
    m_parked->pushBack(std::move(batch));
    m_parked->pushBack(batchOf("b"));
    fail("b", 2s);
    QVERIFY(*m_parked->nextTime() == m_now + 2s);
    m_now += 2s;
    QVERIFY(take()->isProbe); // of b, which has nothing else
    QVERIFY(*m_parked->nextTime() == m_now + 3s);
}

void TstParkedBatches::manyThatWaitCostOneLookAtTheClock()
{
    for (int i = 0; i < 100; ++i) {
        const std::string project = std::to_string(i);
        m_parked->pushBack(batchOf(project));
        fail(project, 10s);
    }
    m_looksAtTheClock = 0;
    QCOMPARE(takenProject(), "");
    QCOMPARE(m_looksAtTheClock, 1);
}

QTEST_APPLESS_MAIN(TstParkedBatches)
#include "tst_parkedbatches.moc"
