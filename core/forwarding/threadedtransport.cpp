#include "forwarding/threadedtransport.h"

#include <utility>

namespace Weave {

ThreadedTransport::ThreadedTransport(const Factory &makeTransport)
{
    m_thread.setObjectName(QStringLiteral("sender")); // for ps and perf
    m_there.moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        &m_there, [this, &makeTransport] { m_transport = makeTransport(); },
        Qt::BlockingQueuedConnection);
}

ThreadedTransport::~ThreadedTransport()
{
    QMetaObject::invokeMethod(
        &m_there, [this] { m_transport.reset(); }, Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

bool ThreadedTransport::isWorthwhile()
{
    return QThread::idealThreadCount() > 1;
}

void ThreadedTransport::send(OutgoingRequest request, Done done)
{
    const std::uint64_t number = ++m_lastNumber;
    m_pending.emplace(number, std::move(done));
    // Qt copies what it calls.
    auto shared = std::make_shared<OutgoingRequest>(std::move(request));
    QMetaObject::invokeMethod(&m_there, [this, number, shared] {
        m_transport->send(std::move(*shared), [this, number](const SendResult &result) {
            QMetaObject::invokeMethod(&m_here, [this, number, result] { finish(number, result); });
        });
    });
}

// Of a request that has been cancelled meanwhile the result may still come.
void ThreadedTransport::finish(std::uint64_t number, const SendResult &result)
{
    const auto pending = m_pending.extract(number);
    if (!pending.empty())
        pending.mapped()(result);
}

void ThreadedTransport::cancelAll()
{
    m_pending.clear();
    QMetaObject::invokeMethod(
        &m_there, [this] { m_transport->cancelAll(); }, Qt::BlockingQueuedConnection);
}

} // namespace Weave
