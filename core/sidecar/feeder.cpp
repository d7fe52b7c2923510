#include "sidecar/feeder.h"

namespace Weave {

namespace {

// What is passed on before the event loop gets its turn: clients wait no longer than that. A call
// costs one, and one more for every half KiB, because its checksum is looked at.
constexpr int SliceBudget = 2000;
constexpr std::uint32_t BytesPerCost = 512;

} // namespace

Feeder::Feeder(Spool &spool, Batcher &batcher)
    : m_spool(spool),
      m_batcher(batcher)
{
    m_continue.setSingleShot(true);
    m_continue.setInterval(0);
    connect(&m_continue, &QTimer::timeout, this, &Feeder::feed);
}

bool Feeder::offer(std::string_view project, const RecordRef &record)
{
    if (m_spool.isBehind(project))
        return false;
    if (m_batcher.isFull(project) && m_spool.defer(project, record)) {
        m_behind.emplace(project);
        return false;
    }
    return m_batcher.add(project, record);
}

void Feeder::addBacklog(const std::vector<std::string> &projects)
{
    m_behind.insert(projects.begin(), projects.end());
    feed();
}

void Feeder::feed()
{
    if (m_behind.empty())
        return;
    int budget = SliceBudget;
    for (auto project = m_behind.begin(); project != m_behind.end() && budget > 0;) {
        if (feedProject(*project, budget))
            project = m_behind.erase(project);
        else
            ++project;
    }
    if (budget <= 0)
        m_continue.start();
    if (budget != SliceBudget)
        Q_EMIT fed();
}

// True when nothing of the project waits any more.
bool Feeder::feedProject(const std::string &project, int &budget)
{
    while (budget > 0 && !m_batcher.isFull(project)) {
        const auto record = m_spool.next(project);
        if (!record)
            break;
        m_batcher.add(project, *record, m_spool.age(*record));
        budget -= 1 + static_cast<int>(record->payloadSize / BytesPerCost);
    }
    return !m_spool.isBehind(project);
}

} // namespace Weave
