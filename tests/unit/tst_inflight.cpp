#include "forwarding/inflight.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

Batch batchOf(const std::string &project, TimePoint openedAt = {})
{
    Batch batch;
    batch.project = project;
    batch.openedAt = openedAt;
    return batch;
}

} // namespace

// What is under way, and whether more may go. Two senders.
class TstInFlight final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_now = TimePoint(1000h);
        m_inFlight.emplace(2, [this] { return m_now; });
    }
    void aRequestIsGivenBackAsItWas();
    void sendersAreTakenAndFreed();
    void sendersCanChange();
    void sendersAreAddedWhileAllAreSlow();
    void addedSendersAreBounded();
    void oneSlowRequestIsEnoughToBeSlow();
    void knowsProjects();
    void knowsTheOldestCall();

private:
    void send(const std::string &project)
    {
        (void)m_inFlight->add(m_next++, batchOf(project), false);
    }

    TimePoint m_now;
    std::optional<InFlight> m_inFlight;
    std::uint64_t m_next = 1;
};

void TstInFlight::aRequestIsGivenBackAsItWas()
{
    InFlight::Request &added = m_inFlight->add(7, batchOf("a"), true);
    added.bodyBytes = 12;
    (void)m_inFlight->add(8, batchOf("b"), false);
    m_now += 1s;
    const InFlight::Request taken = m_inFlight->take(7);
    QCOMPARE(taken.batch.project, std::string("a"));
    QCOMPARE(taken.bodyBytes, std::size_t(12));
    QVERIFY(taken.isProbe);
    QCOMPARE(taken.sentAt, m_now - 1s);
    QCOMPARE(m_inFlight->count(), std::size_t(1));
}

void TstInFlight::sendersAreTakenAndFreed()
{
    QVERIFY(m_inFlight->isSenderFree());
    send("a");
    QVERIFY(m_inFlight->isSenderFree());
    send("a");
    QVERIFY(!m_inFlight->isSenderFree());
    (void)m_inFlight->take(m_next - 1);
    QVERIFY(m_inFlight->isSenderFree());
}

void TstInFlight::sendersCanChange()
{
    send("a");
    send("a");
    m_inFlight->setSenders(3);
    QVERIFY(m_inFlight->isSenderFree());
    m_inFlight->setSenders(1);
    QVERIFY(!m_inFlight->isSenderFree());
    (void)m_inFlight->take(m_next - 1);
    QVERIFY(!m_inFlight->isSenderFree());
}

void TstInFlight::sendersAreAddedWhileAllAreSlow()
{
    send("a");
    m_now += 100ms;
    send("b");
    QCOMPARE(m_inFlight->slowAt(), m_now + 250ms);
    m_now += 249ms;
    QVERIFY(!m_inFlight->mayAddSenders());
    m_now += 1ms;
    QVERIFY(m_inFlight->mayAddSenders());
    send("c"); // it may be answered at once
    QVERIFY(!m_inFlight->mayAddSenders());
}

void TstInFlight::addedSendersAreBounded()
{
    for (const char *project : {"a", "b", "c", "d"})
        send(project);
    m_now += 1h;
    QVERIFY(!m_inFlight->mayAddSenders());
    (void)m_inFlight->take(m_next - 1);
    QVERIFY(m_inFlight->mayAddSenders());
}

void TstInFlight::oneSlowRequestIsEnoughToBeSlow()
{
    QVERIFY(!m_inFlight->areAllQuick()); // there is none
    send("a");
    QVERIFY(m_inFlight->areAllQuick());
    m_now += 249ms;
    send("b");
    QVERIFY(m_inFlight->areAllQuick());
    m_now += 1ms;
    QVERIFY(!m_inFlight->areAllQuick());
}

void TstInFlight::knowsProjects()
{
    send("a");
    QVERIFY(m_inFlight->hasProject("a"));
    QVERIFY(!m_inFlight->hasProject("b"));
    (void)m_inFlight->take(m_next - 1);
    QVERIFY(!m_inFlight->hasProject("a"));
}

void TstInFlight::knowsTheOldestCall()
{
    QVERIFY(!m_inFlight->oldest());
    (void)m_inFlight->add(1, batchOf("a", TimePoint(9h)), false);
    (void)m_inFlight->add(2, batchOf("b", TimePoint(8h)), false);
    QCOMPARE(*m_inFlight->oldest(), TimePoint(8h));
    (void)m_inFlight->take(2);
    QCOMPARE(*m_inFlight->oldest(), TimePoint(9h));
}

QTEST_APPLESS_MAIN(TstInFlight)
#include "tst_inflight.moc"
