#pragma once

#include "forwarding/transport.h"

#include <memory>
#include <vector>

namespace Weave {

// A transport whose place another one can take while requests are under way: those come to their
// end where they began.
class ReplaceableTransport final : public Transport
{
public:
    explicit ReplaceableTransport(std::unique_ptr<Transport> transport);

    // Every send() from now on goes to this one.
    void replace(std::unique_ptr<Transport> transport);

    void send(OutgoingRequest request, Done done) override;
    void cancelAll() override;

private:
    std::shared_ptr<Transport> m_current;
    std::vector<std::weak_ptr<Transport>> m_replaced; // with requests under way, perhaps
};

} // namespace Weave
