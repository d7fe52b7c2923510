#pragma once

#include "batching/batch.h"
#include "common/byname.h"

#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace Weave {

struct BatchLimits
{
    std::size_t maxCount = 2000; // calls
    std::size_t maxBytes = 10'485'760; // of the request body
    Milliseconds interval = std::chrono::seconds(1); // from a batch's first call
    std::size_t maxLaneCalls = 20'000; // of one project; the rest stays in the spool
    std::size_t maxCalls = 500'000; // of all projects
};

// Gathers calls into batches, one open batch a project. A batch is closed when one more call would
// take it over maxCount or maxBytes; it is due when interval has passed since its first call.
// A due batch keeps filling until somebody takes it, so that batches grow when senders are busy.
//
// take() goes round the projects, so that a busy one delays no other.
class Batcher
{
public:
    Batcher(const BatchLimits &limits, NowFunction now);

    // New limits count for every call added from now on.
    void setLimits(const BatchLimits &limits) { m_limits = limits; }

    // Adds a call to its project's open batch. True when something may be ready for take() now.
    // age: how long ago the call came, which counts for oldest() and not for when it is due.
    bool add(std::string_view project, const RecordRef &record, Milliseconds age = {});
    // Whether the project, or all projects together, have as many calls here as may be: further
    // ones stay in the spool for the time being.
    [[nodiscard]] bool isFull(std::string_view project);
    // Makes every open batch due at once.
    void makeAllDue();

    // The next batch that is closed or due, and whose project is not blocked. With mayTake, of a
    // project that it says yes to; the others keep their turn.
    using ProjectFilter = std::function<bool(const std::string &project)>;
    [[nodiscard]] std::optional<Batch> take(const ProjectFilter &mayTake = {});
    // The same for one project, blocked or not.
    [[nodiscard]] std::optional<Batch> takeFrom(std::string_view project);
    // Whether takeFrom() would give a batch.
    [[nodiscard]] bool hasReady(std::string_view project);
    // When the next open batch becomes due. Nothing when none is open.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;

    // take() passes over a blocked project; its calls go on being gathered.
    void block(const std::string &project);
    void unblock(const std::string &project);

    // When the oldest call that nobody has taken came.
    [[nodiscard]] std::optional<TimePoint> oldest() const;

private:
    struct Lane
    {
        std::string project;
        Batch open;
        TimePoint openSince; // it is due an interval later
        bool openIsDue = false;
        std::deque<Batch> closed;
        bool isQueued = false; // in m_ready
        std::size_t calls = 0; // in open and closed
        std::list<Lane *>::iterator orderPlace;
    };
    using Lanes = ByName<Lane>;

    [[nodiscard]] Lane &laneOf(std::string_view project);
    [[nodiscard]] std::size_t callsOf(std::string_view project) const;
    [[nodiscard]] std::size_t roomOfProject() const;
    void openBatch(Lane &lane, Milliseconds age);
    [[nodiscard]] Batch removeOpen(Lane &lane);
    void closeOpen(Lane &lane);
    void enqueue(Lane &lane);
    void makeFrontDue();
    void promoteDue();
    [[nodiscard]] static bool isReady(const Lane &lane);
    [[nodiscard]] std::optional<Batch> takeFromLane(Lane &lane);
    void eraseIfEmpty(Lane &lane);

    BatchLimits m_limits;
    std::size_t m_calls = 0; // in all lanes
    const NowFunction m_now;
    Lanes m_lanes; // projects with calls that nobody has taken
    Lane *m_lastLane = nullptr; // the next call's project is mostly the last one's
    std::list<Lane *> m_openOrder; // lanes with an open batch that is not due, oldest first
    std::deque<Lane *> m_ready;
    std::unordered_set<std::string> m_blocked;
};

} // namespace Weave
