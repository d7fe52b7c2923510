#include "fakes/faketransport.h"
#include "forwarding/replaceabletransport.h"

#include <QTest>

using namespace Weave;

namespace {

OutgoingRequest request()
{
    return {"/call/upsert_batch", "id", RequestBody("[", "]")};
}

// Says when it goes.
class MortalTransport final : public Transport
{
public:
    MortalTransport(FakeTransport &inner, bool &isGone)
        : m_inner(inner),
          m_isGone(isGone)
    {
    }
    ~MortalTransport() override { m_isGone = true; }
    void send(OutgoingRequest request, Done done) override
    {
        m_inner.send(std::move(request), std::move(done));
    }
    void cancelAll() override { m_inner.cancelAll(); }

private:
    FakeTransport &m_inner;
    bool &m_isGone;
};

} // namespace

class ReplaceableTransportTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void sendsByTheNewOne();
    void requestsEndWhereTheyBegan();
    void anIdleOneGoesAtOnce();
    void cancelsAll();

private:
    [[nodiscard]] std::unique_ptr<Transport> first()
    {
        return std::make_unique<MortalTransport>(*m_first, m_firstIsGone);
    }
    [[nodiscard]] std::unique_ptr<Transport> second()
    {
        return std::make_unique<MortalTransport>(*m_second, m_secondIsGone);
    }

    std::unique_ptr<FakeTransport> m_first;
    std::unique_ptr<FakeTransport> m_second;
    bool m_firstIsGone = false;
    bool m_secondIsGone = false;
};

void ReplaceableTransportTest::init()
{
    m_first = std::make_unique<FakeTransport>();
    m_second = std::make_unique<FakeTransport>();
    m_firstIsGone = m_secondIsGone = false;
}

void ReplaceableTransportTest::sendsByTheNewOne()
{
    ReplaceableTransport transport(first());
    transport.send(request(), [](const SendResult &) {});
    transport.replace(second());
    transport.send(request(), [](const SendResult &) {});
    QCOMPARE(m_first->sentCount(), 1U);
    QCOMPARE(m_second->sentCount(), 1U);
}

void ReplaceableTransportTest::requestsEndWhereTheyBegan()
{
    ReplaceableTransport transport(first());
    int status = 0;
    transport.send(request(), [&](const SendResult &result) {
        status = result.status;
        QVERIFY(!m_firstIsGone); // its code is on the stack
    });
    transport.replace(second());
    QVERIFY(!m_firstIsGone);
    m_first->answer(204);
    QCOMPARE(status, 204);
    QTRY_VERIFY(m_firstIsGone);
    QVERIFY(!m_secondIsGone);
}

void ReplaceableTransportTest::anIdleOneGoesAtOnce()
{
    ReplaceableTransport transport(first());
    transport.replace(second());
    QVERIFY(m_firstIsGone);
}

void ReplaceableTransportTest::cancelsAll()
{
    ReplaceableTransport transport(first());
    transport.send(request(), [](const SendResult &) { QFAIL("answered after the end"); });
    transport.replace(second());
    transport.send(request(), [](const SendResult &) { QFAIL("answered after the end"); });
    transport.cancelAll();
    QCOMPARE(m_first->count(), 0U);
    QCOMPARE(m_second->count(), 0U);
    QTRY_VERIFY(m_firstIsGone);
}

QTEST_GUILESS_MAIN(ReplaceableTransportTest)
#include "tst_replaceabletransport.moc"
