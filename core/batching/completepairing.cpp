#include "batching/completepairing.h"

#include "batching/completebody.h"
#include "batching/upsertbody.h"

#include <algorithm>
#include <utility>

namespace Weave {

namespace {

// A timestamp has some 30 bytes; what is much longer is not worth remembering.
constexpr std::size_t MaxStartedAtBytes = 64;

} // namespace

CompletePairing::CompletePairing(const Spool &spool, const PairingLimits &limits, NowFunction now,
                                 ClientCheck isConnected)
    : m_spool(spool),
      m_limits(limits),
      m_now(std::move(now)),
      m_isConnected(std::move(isConnected))
{
}

BatchPacker CompletePairing::packerFor(const Batch &upsert) const
{
    return {upsert.project, Route::Complete, upsert.openedAt, m_limits.request};
}

CompletePairing::Added CompletePairing::add(const std::string &projectName,
                                            std::span<const RecordRef> records, BatchPacker &pairs)
{
    Added added;
    Project &project = m_projects[projectName];
    project.name = projectName;
    for (const RecordRef &record : records) {
        readCallText(record.kind, m_spool.payload(record), m_text);
        if (record.kind == CallKind::Start)
            addStart(project, record, pairs, added);
        else
            addEnd(project, record, pairs, added);
    }
    while (m_heldStarts.size() > m_limits.maxHeld)
        move(m_heldStarts.begin(), State::Due);
    eraseIfEmpty(project);
    return added;
}

CompletePairing::Call CompletePairing::newCall(Project &project, const RecordRef &record) const
{
    Call call;
    call.project = &project;
    call.id = m_text.id;
    call.half = newHalf(record);
    call.canBeComplete = CallText::isGiven(m_text.traceId);
    if (CallText::isGiven(m_text.startedAt) && m_text.startedAt.size() <= MaxStartedAtBytes)
        call.startedAt = m_text.startedAt;
    return call;
}

CompletePairing::Half CompletePairing::newHalf(const RecordRef &record) const
{
    return {record, m_text.membersPlace(m_spool.payload(record))};
}

void CompletePairing::addPair(const Half &start, const Half &end, BatchPacker &pairs)
{
    pairs.add({start.record, end.record}, maxCompleteItemSize(start.record, end.record),
              {start.members, end.members});
}

bool CompletePairing::isRepetition(const RecordRef &known, const RecordRef &record) const
{
    return known.kind == record.kind && m_spool.payload(known) == m_spool.payload(record);
}

void CompletePairing::addStart(Project &project, const RecordRef &record, BatchPacker &pairs,
                               Added &added)
{
    Call call = newCall(project, record);
    if (const auto found = project.calls.find(m_text.id); found != project.calls.end()) {
        const auto other = found->second;
        if (other->state != State::Delivered && isRepetition(other->half.record, record)) {
            added.repeated.push_back(record);
            return;
        }
        if (other->half.record.kind == CallKind::End) {
            if (call.canBeComplete) {
                addPair(call.half, other->half, pairs);
                erase(other);
                return;
            }
            call.end = other->half;
            erase(other);
        } else if (other->state == State::Sending || other->state == State::Delivered) {
            call.id.clear(); // the end belongs to the one that the server has
        } else { // another start of that name: it goes first, the newer one counts
            forgetName(*other);
            if (other->state == State::HeldStart)
                move(other, State::Due);
        }
    }
    if (!call.canBeComplete || call.id.empty()) {
        insert(std::move(call), State::Due);
        return;
    }
    if (!call.half.record.wasHeld) { // it may have been released, and be back
        call.half.record.wasHeld = true;
        added.held.push_back(call.half.record);
    }
    const std::uint16_t client = call.half.record.client;
    insert(std::move(call), State::HeldStart);
    if (client != 0 && !m_isConnected(client))
        clientGone(client);
}

void CompletePairing::addEnd(Project &project, const RecordRef &record, BatchPacker &pairs,
                             Added &added)
{
    const auto found = project.calls.find(m_text.id);
    if (found == project.calls.end()) {
        insert(newCall(project, record), State::HeldEnd);
        return;
    }
    const auto other = found->second;
    const bool isStart = other->half.record.kind == CallKind::Start;
    const auto &knownEnd = isStart ? other->end : std::optional<Half>(other->half);
    if (knownEnd && isRepetition(knownEnd->record, record)) {
        added.repeated.push_back(record);
    } else if (!isStart || other->end) { // another end of that name: each goes its way
        if (!isStart)
            forgetName(*other);
        Call call = newCall(project, record);
        if (isStart)
            call.id.clear();
        insert(std::move(call), State::HeldEnd);
    } else if (other->state == State::Delivered) {
        Call call = newCall(project, record);
        call.startedAt = std::move(other->startedAt);
        erase(other);
        insert(std::move(call), State::Due);
    } else if (other->state == State::Sending || !other->canBeComplete) {
        other->end = newHalf(record);
    } else {
        addPair(other->half, newHalf(record), pairs);
        erase(other);
    }
}

CompletePairing::Calls &CompletePairing::listOf(Project &project, State state)
{
    switch (state) {
    case State::HeldStart:
        return m_heldStarts;
    case State::HeldEnd:
        return m_heldEnds;
    case State::Due:
        return project.due;
    case State::Sending:
        return m_sending;
    case State::Delivered:
        break;
    }
    return m_delivered;
}

void CompletePairing::insert(Call call, State state)
{
    Calls &list = listOf(*call.project, state);
    list.push_back(std::move(call));
    const auto place = std::prev(list.end());
    ++place->project->callCount;
    if (!place->id.empty())
        place->project->calls[place->id] = place;
    enter(*place, state);
}

void CompletePairing::move(Calls::iterator call, State state)
{
    Calls &to = listOf(*call->project, state);
    to.splice(to.end(), listOf(*call->project, call->state), call);
    count(*call, -1);
    enter(*call, state);
}

void CompletePairing::enter(Call &call, State state)
{
    call.state = state;
    call.since = m_now();
    count(call, 1);
    if (state == State::Due && !std::exchange(call.project->isQueued, true))
        m_dueProjects.push_back(call.project);
}

void CompletePairing::count(const Call &call, int change)
{
    if (call.state == State::Sending || call.state == State::Delivered)
        return;
    call.project->keptCount += static_cast<std::size_t>(change);
    m_keptCount += static_cast<std::size_t>(change);
    if (call.state == State::HeldStart || call.state == State::HeldEnd)
        m_heldBytes += static_cast<std::uint64_t>(change) * call.half.record.payloadSize;
}

void CompletePairing::forgetName(Call &call)
{
    if (!call.id.empty())
        call.project->calls.erase(call.id);
    call.id.clear();
}

void CompletePairing::erase(Calls::iterator call)
{
    forgetName(*call);
    count(*call, -1);
    --call->project->callCount;
    listOf(*call->project, call->state).erase(call);
}

// With its project, when that has nothing else.
void CompletePairing::drop(Calls::iterator call)
{
    Project &project = *call->project;
    erase(call);
    eraseIfEmpty(project);
}

// However much is kept of other projects, there is always room for a little of this one.
bool CompletePairing::isFull(const std::string &project) const
{
    constexpr std::size_t Crowd = 5;
    constexpr std::size_t Share = 100;
    const auto found = m_projects.find(project);
    if (found == m_projects.end())
        return false;
    const std::size_t kept = found->second.keptCount;
    return kept >= m_limits.maxHeld + m_limits.request.maxCount
        || (m_keptCount >= Crowd * m_limits.maxHeld
            && kept >= std::max<std::size_t>(m_limits.maxHeld / Share, 1));
}

std::optional<Batch> CompletePairing::takeSingle(const ProjectFilter &mayTake)
{
    for (auto place = m_dueProjects.begin(); place != m_dueProjects.end();) {
        Project &project = **place;
        if (!project.due.empty() && !mayTake(project.name)) {
            ++place;
            continue;
        }
        place = m_dueProjects.erase(place);
        project.isQueued = false;
        if (!project.due.empty())
            return takeFrom(project);
        eraseIfEmpty(project);
    }
    return std::nullopt;
}

Batch CompletePairing::takeFrom(Project &project)
{
    const auto call = project.due.begin();
    Batch batch;
    batch.project = project.name;
    batch.openedAt = call->since;
    batch.records = {call->half.record};
    batch.bodySize = call->half.record.payloadSize;
    if (call->half.record.kind == CallKind::Start) {
        batch.route = Route::Start;
        move(call, State::Sending);
        m_sendingByRecord[call->half.record.id.value] = call;
    } else {
        batch.route = Route::End;
        batch.startedAt = call->startedAt;
        erase(call);
    }
    if (!project.due.empty()) {
        project.isQueued = true;
        m_dueProjects.push_back(&project);
    }
    eraseIfEmpty(project);
    return batch;
}

// Nothing when it has been released meanwhile.
std::optional<CompletePairing::Calls::iterator> CompletePairing::endSending(const Batch &start)
{
    const auto found = m_sendingByRecord.find(start.records.front().id.value);
    if (found == m_sendingByRecord.end())
        return std::nullopt;
    const auto call = found->second;
    m_sendingByRecord.erase(found);
    return call;
}

// Of a start that is done with: its end, if that has come, takes its place. False without one.
bool CompletePairing::passToEnd(Calls::iterator start, State state)
{
    if (!start->end)
        return false;
    start->half = *std::exchange(start->end, std::nullopt);
    move(start, state);
    return true;
}

void CompletePairing::settle(const Batch &start)
{
    const auto call = endSending(start);
    if (!call || passToEnd(*call, State::Due))
        return;
    if ((*call)->id.empty()) {
        drop(*call);
        return;
    }
    move(*call, State::Delivered);
    if (m_delivered.size() > m_limits.maxHeld)
        drop(m_delivered.begin());
}

void CompletePairing::takeBack(const Batch &start)
{
    const auto call = endSending(start);
    if (call && !passToEnd(*call, State::HeldEnd))
        drop(*call);
}

void CompletePairing::separate(const Batch &pair)
{
    Project &project = m_projects[pair.project];
    project.name = pair.project;
    const RecordRef &start = pair.records.front();
    readCallText(start.kind, m_spool.payload(start), m_text);
    Call call = newCall(project, start);
    call.id.clear();
    call.canBeComplete = false;
    call.end = Half{pair.records.back(), {}};
    insert(std::move(call), State::Due);
}

std::vector<std::string> CompletePairing::projects() const
{
    std::vector<std::string> names;
    names.reserve(m_projects.size());
    for (const auto &[name, project] : m_projects)
        names.push_back(name);
    return names;
}

std::vector<Batch> CompletePairing::release(const std::string &projectName)
{
    const auto found = m_projects.find(projectName);
    if (found == m_projects.end())
        return {};
    Project &project = found->second;
    std::vector<RecordRef> records;
    for (const State state :
         {State::HeldStart, State::HeldEnd, State::Due, State::Sending, State::Delivered}) {
        Calls &list = listOf(project, state);
        for (auto call = list.begin(); call != list.end();) {
            const auto next = std::next(call);
            if (call->project == &project) {
                if (call->end)
                    records.push_back(call->end->record);
                if (state == State::Sending)
                    m_sendingByRecord.erase(call->half.record.id.value);
                else if (state != State::Delivered)
                    records.push_back(call->half.record);
                erase(call);
            }
            call = next;
        }
    }
    eraseIfEmpty(project);

    std::sort(records.begin(), records.end(),
              [](const RecordRef &a, const RecordRef &b) { return a.id < b.id; });
    BatchPacker batches(projectName, Route::Upsert, m_now(), m_limits.request);
    for (const RecordRef &record : records)
        batches.add({record}, upsertItemSize(record));
    return batches.take();
}

void CompletePairing::eraseIfEmpty(Project &project)
{
    if (project.callCount == 0 && !project.isQueued)
        m_projects.erase(m_projects.find(std::string_view(project.name)));
}

} // namespace Weave
