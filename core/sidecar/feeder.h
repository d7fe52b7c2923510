#pragma once

#include "batching/batcher.h"
#include "spool/spool.h"

#include <QObject>
#include <QTimer>

#include <set>
#include <string>
#include <vector>

namespace Weave {

// Stands between the spool and the batcher: the batcher knows only as many calls as it may hold in
// memory; the rest of a long backlog waits in the spool and is passed on, oldest first, as room
// comes. The order within a project is kept.
class Feeder final : public QObject
{
    Q_OBJECT

public:
    // Both outlive the feeder.
    Feeder(Spool &spool, Batcher &batcher);

    // A call that has just been appended. True when a batch may be ready.
    bool offer(std::string_view project, const RecordRef &record);
    // Calls of these projects lie in the spool from before.
    void addBacklog(const std::vector<std::string> &projects);
    // Passes on what there is room for now. Cheap when nothing waits.
    void feed();

Q_SIGNALS:
    // The batcher has got calls outside of offer().
    void fed();

private:
    [[nodiscard]] bool feedProject(const std::string &project, int &budget);

    Spool &m_spool;
    Batcher &m_batcher;
    std::set<std::string, std::less<>> m_behind; // projects with calls that wait in the spool
    QTimer m_continue;
};

} // namespace Weave
