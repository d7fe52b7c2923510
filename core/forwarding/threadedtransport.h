#pragma once

#include "forwarding/transport.h"

#include <QObject>
#include <QThread>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

namespace Weave {

// Has another transport send in a thread of its own, so that what an upload costs (the kernel's
// copies, encryption) is another processor's work and no client waits for it. What goes between the
// threads is whole requests and their results: two wake-ups a request, and nothing is shared.
//
// Lives in the thread of the event loop that it is made in.
class ThreadedTransport final : public Transport
{
public:
    // Called once, in the new thread, where the transport lives and dies.
    using Factory = std::function<std::unique_ptr<Transport>()>;

    explicit ThreadedTransport(const Factory &makeTransport);
    ~ThreadedTransport() override;
    ThreadedTransport(const ThreadedTransport &) = delete;
    ThreadedTransport &operator=(const ThreadedTransport &) = delete;

    // Whether this process may use a second processor.
    [[nodiscard]] static bool isWorthwhile();

    void send(OutgoingRequest request, Done done) override;
    // Returns when nothing is borrowed any more.
    void cancelAll() override;

private:
    void finish(std::uint64_t number, const SendResult &result);

    std::unordered_map<std::uint64_t, Done> m_pending; // by the numbers of their requests
    std::uint64_t m_lastNumber = 0;
    QObject m_here; // events for it are handled in this thread
    QThread m_thread;
    QObject m_there; // and for it in the other one
    std::unique_ptr<Transport> m_transport; // used by the other thread only
};

} // namespace Weave
