#pragma once

#include "batching/batchpacker.h"
#include "batching/calltext.h"
#include "common/byname.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace Weave {

struct PairingLimits
{
    Milliseconds hold = std::chrono::seconds(60); // of a start without its end
    Milliseconds endHold = std::chrono::seconds(2); // of an end without its start
    Milliseconds interval = std::chrono::seconds(1); // in which batching hands over what came
    PackLimits request; // of a batch of pairs
    // Starts that wait; the oldest go on their own when there are more.
    std::size_t maxHeld = 20'000;
};

// Makes complete calls of starts and ends, for projects on the complete path: a start waits here
// for its end and an end for its start, in whichever order they come. A start that has waited
// hold goes to the server on its own, and so does one whose client has gone; its end
// follows on its own, once the server has the start, with the start's started_at. An end whose
// start nobody has seen follows after endHold: the server may have the start from elsewhere.
//
// What is kept here has not left the spool. One thread; the spool outlives it.
class CompletePairing
{
public:
    // Whether the client behind the number is connected.
    using ClientCheck = std::function<bool(std::uint16_t client)>;

    CompletePairing(const Spool &spool, const PairingLimits &limits, NowFunction now,
                    ClientCheck isConnected);

    // From now on; what waits is judged by them, too.
    void setLimits(const PairingLimits &limits) { m_limits = limits; }

    struct Added
    {
        std::vector<RecordRef> held; // starts that wait for their ends; marked with wasHeld
        // Copies, byte for byte, of halves that are kept here: they need not be sent. A repeated
        // start that came after its complete call would show the call as unfinished.
        std::vector<RecordRef> repeated;
    };
    // For the pairs of an upsert batch.
    [[nodiscard]] BatchPacker packerFor(const Batch &upsert) const;
    // Takes an upsert batch apart: so many of its records, in their order. What can go as complete
    // calls is added to pairs. takeSingle() has to wait for the last record, or an end might
    // leave before its start, which is among the rest.
    [[nodiscard]] Added add(const std::string &project, std::span<const RecordRef> records,
                            BatchPacker &pairs);
    // Whether so much of the project is kept here that none of its batches should be added now.
    [[nodiscard]] bool isFull(const std::string &project) const;

    // Lets those go on their own whose time has come.
    void promoteDue();
    // Lets every start that waits go on its own.
    void promoteStarts();
    // From now on nothing waits for its other half longer than until the next promoteDue().
    void stopHolding();
    // The client has gone: its starts go on their own once its last calls must have been added.
    void clientGone(std::uint16_t client);
    // When promoteDue() has the next thing to do.
    [[nodiscard]] std::optional<TimePoint> nextDue() const;

    // The next start or end to go on its own, of a project that mayTake says yes to.
    using ProjectFilter = std::function<bool(const std::string &project)>;
    [[nodiscard]] std::optional<Batch> takeSingle(const ProjectFilter &mayTake);
    // A start that takeSingle() gave out is with the server, or given up: its end may follow.
    void settle(const Batch &start);
    // A start that takeSingle() gave out goes by the upsert route instead, so its end need not wait
    // for it. It may be added again.
    void takeBack(const Batch &start);
    // A pair that is too large for one request: its halves go one after the other.
    void separate(const Batch &pair);

    // Everything that is kept of a project, in the order of arrival, for the upsert route.
    [[nodiscard]] std::vector<Batch> release(const std::string &project);

    // Those of which anything is kept.
    [[nodiscard]] std::vector<std::string> projects() const;
    [[nodiscard]] std::size_t heldStarts() const { return m_heldStarts.size(); }
    // The payloads of all that waits for its other half.
    [[nodiscard]] std::uint64_t heldBytes() const { return m_heldBytes; }

private:
    enum class State {
        HeldStart,
        HeldEnd,
        Due, // to go on its own
        Sending, // a start that takeSingle() has given out
        Delivered, // a start that the server has; only its started_at is left
    };
    struct Project;
    struct Half
    {
        RecordRef record;
        MembersPlace members;
    };
    // A call, or half of one, that is known here. In the list of its state.
    struct Call
    {
        Project *project = nullptr;
        std::string id; // empty when it is not in Project::calls: another has its place
        State state = State::HeldStart;
        Half half;
        std::optional<Half> end; // Due, Sending: follows when the start is with the server
        bool canBeComplete = false; // of a start: it has a trace_id
        std::string startedAt; // JSON text
        TimePoint since;
    };
    using Calls = std::list<Call>;
    struct Project
    {
        std::string name;
        ByName<Calls::iterator> calls; // by id
        std::size_t callCount = 0; // those without an id, too
        std::size_t keptCount = 0; // those in held and due
        Calls due;
        bool isQueued = false; // in m_dueProjects
    };

    [[nodiscard]] Project &projectOf(std::string_view name);
    void addStart(Project &project, const RecordRef &record, BatchPacker &pairs, Added &added);
    void addEnd(Project &project, const RecordRef &record, BatchPacker &pairs, Added &added);
    static void addPair(const Half &start, const Half &end, BatchPacker &pairs);
    [[nodiscard]] Half newHalf(const RecordRef &record) const;
    [[nodiscard]] Call newCall(Project &project, const RecordRef &record) const;
    [[nodiscard]] bool isRepetition(const RecordRef &known, const RecordRef &record) const;
    void insert(Call call, State state);
    void move(Calls::iterator call, State state);
    void enter(Call &call, State state);
    void erase(Calls::iterator call);
    void drop(Calls::iterator call);
    [[nodiscard]] std::optional<Calls::iterator> endSending(const Batch &start);
    [[nodiscard]] bool passToEnd(Calls::iterator start, State state);
    void forgetName(Call &call);
    void count(const Call &call, int change);
    [[nodiscard]] Calls &listOf(Project &project, State state);
    [[nodiscard]] Batch takeFrom(Project &project);
    void eraseIfEmpty(Project &project);
    void promoteOfGoneClients();
    [[nodiscard]] TimePoint nextLook() const;

    const Spool &m_spool;
    PairingLimits m_limits;
    const NowFunction m_now;
    const ClientCheck m_isConnected;

    ByName<Project> m_projects;
    Calls m_heldStarts; // in the order of their arrival, as the next one
    Calls m_heldEnds;
    Calls m_sending;
    std::unordered_map<std::uint64_t, Calls::iterator> m_sendingByRecord; // by RecordId
    Calls m_delivered;
    std::size_t m_keptCount = 0;
    std::uint64_t m_heldBytes = 0;
    std::deque<Project *> m_dueProjects; // take turns
    struct Gone
    {
        std::uint16_t client;
        TimePoint lookAt;
    };
    std::deque<Gone> m_gone; // in the order of their going
    TimePoint m_lastLook{};
    CallText m_text; // of the call that is being added
};

} // namespace Weave
