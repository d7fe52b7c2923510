#pragma once

#include <QPointer>

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace Weave {

// Those clients of a door that wait for syncs, in the order of their tickets. Client is a QObject
// with finishSync(bool).
template <typename Client>
class SyncQueue
{
public:
    void add(std::uint64_t ticket, Client *client) { m_waiting.emplace_back(ticket, client); }

    // Every sync up to this ticket has ended.
    void finish(std::uint64_t ticket, bool isSynced)
    {
        // Clients that go on may ask for the next sync at once.
        std::vector<QPointer<Client>> finished;
        while (!m_waiting.empty() && m_waiting.front().first <= ticket) {
            finished.push_back(m_waiting.front().second);
            m_waiting.pop_front();
        }
        for (const QPointer<Client> &client : finished) {
            if (client)
                client->finishSync(isSynced);
        }
    }

private:
    std::deque<std::pair<std::uint64_t, QPointer<Client>>> m_waiting;
};

} // namespace Weave
