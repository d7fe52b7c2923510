#pragma once

#include "forwarding/transport.h"

#include <QByteArray>

#include <deque>
#include <vector>

namespace Weave {

// Keeps requests until the test answers them.
class FakeTransport final : public Transport
{
public:
    struct Request
    {
        std::string path;
        std::string retryId;
        QByteArray body; // copied as it was sent
        bool isBacklog = false;
        Done done;
        std::uint64_t number = 0; // 0 for the first request that was ever sent, and so on
    };

    void send(OutgoingRequest request, Done done) override;
    void cancelAll() override { m_waiting.clear(); }

    [[nodiscard]] const std::deque<Request> &waiting() const { return m_waiting; }
    [[nodiscard]] std::size_t count() const { return m_waiting.size(); }
    [[nodiscard]] std::uint64_t sentCount() const { return m_sentCount; }

    // Answers one of the waiting requests (the oldest) and returns it.
    Request answer(const SendResult &result, std::size_t index = 0);
    Request answer(int status, std::size_t index = 0, const std::string &reason = {});

    [[nodiscard]] static SendResult answered(int status, const std::string &reason = {});

private:
    std::deque<Request> m_waiting;
    std::uint64_t m_sentCount = 0;
};

} // namespace Weave
