#include "forwarding/replaceabletransport.h"

#include <QTimer>

#include <utility>

namespace Weave {

ReplaceableTransport::ReplaceableTransport(std::unique_ptr<Transport> transport)
    : m_current(std::move(transport))
{
}

void ReplaceableTransport::replace(std::unique_ptr<Transport> transport)
{
    std::erase_if(m_replaced, [](const auto &old) { return old.expired(); });
    m_replaced.emplace_back(m_current);
    m_current = std::move(transport);
}

void ReplaceableTransport::send(OutgoingRequest request, Done done)
{
    m_current->send(std::move(request),
                    [owner = m_current, done = std::move(done)](const SendResult &result) {
                        // A transport that has been replaced goes with its last request, but not
                        // while its own code is on the stack.
                        QTimer::singleShot(0, [owner] {});
                        done(result);
                    });
}

void ReplaceableTransport::cancelAll()
{
    const std::shared_ptr<Transport> current = m_current;
    current->cancelAll();
    for (const auto &replaced : std::exchange(m_replaced, {})) {
        if (const auto transport = replaced.lock())
            transport->cancelAll();
    }
}

} // namespace Weave
