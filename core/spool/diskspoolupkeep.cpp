// What a DiskSpool does from time to time: checking what an earlier process left, looking after its
// directory, finding what to sync and what to give up.
#include "spool/diskspool.h"
#include "spool/segmentformat.h"

#include <algorithm>
#include <utility>

namespace Weave {

bool DiskSpool::recover(std::chrono::microseconds budget, std::vector<std::string> &projects)
{
    const auto deadline = std::chrono::steady_clock::now() + budget;
    while (!m_unchecked.empty() && std::chrono::steady_clock::now() < deadline) {
        auto [chain, file] = m_unchecked.front();
        m_unchecked.pop_front();
        checkFile(*chain, *file);
        // Also when nothing is left in it: new calls may wait behind it.
        projects.push_back(chain->project);
        if (file->livingRecords == 0)
            releaseFile(*chain, *file);
    }
    return !m_unchecked.empty();
}

// Looks at every byte once. What is not a good record goes into quarantine; the good ones behind it
// stay. Zeros in the middle look like the end of the records, so the rest is searched, too.
void DiskSpool::checkFile(Chain &chain, File &file)
{
    Segment &segment = *file.piece.segment;
    std::uint32_t offset = segment.firstOffset();
    if (!segment.load(segment.capacity())) {
        if (!segment.isAt(file.piece.path) || !m_store.directory().quarantineFile(file.piece.path))
            file.piece.path.clear(); // it stays for the next start
        file.piece.isDamaged = true;
        ++m_usage.quarantined;
        segment.setEnd(offset);
        file.isChecked = true;
        return; // with nothing alive in it, it is given back, and as a damaged one not used again
    }
    for (;;) {
        Segment::Record record;
        const auto result = segment.read(offset, record, true);
        if (result == Segment::ReadResult::Record) {
            if (record.state == RecordState::Pending) {
                ++file.livingRecords;
                m_nextSequence = std::max(m_nextSequence, record.sequence + 1);
                ++m_usage.pendingCalls;
                ++m_usage.recoveredCalls;
                m_usage.pendingBytes += record.payload.size();
            }
            offset = record.next;
            continue;
        }
        const auto next = segment.findRecord(offset);
        if (next || result == Segment::ReadResult::Damaged) {
            const auto end = next.value_or(static_cast<std::uint32_t>(segment.capacity()));
            m_store.directory().quarantineBytes(segment.number(), offset,
                                                segment.bytes(offset, end));
            ++m_usage.quarantined;
            file.piece.isDamaged = true;
        }
        if (!next)
            break;
        offset = *next;
    }
    segment.setEnd(offset);
    file.isChecked = true;
    // What was found has been waiting for longer than any sync interval.
    file.oldEnd = offset;
    file.livingOldRecords = file.livingRecords;
    if (isCold(chain))
        segment.releasePages();
}

bool DiskSpool::checkDirectory()
{
    if (m_store.checkDirectory())
        return true;
    // What is open now lives on in memory alone; from here on calls go to files that last, or are
    // refused while there are none.
    for (auto &[project, chain] : m_chains)
        closeOpenFile(chain);
    m_store.dropSpares();
    return false;
}

std::uint64_t DiskSpool::callsWithoutFile() const
{
    std::uint64_t calls = 0;
    for (const auto &[project, chain] : m_chains) {
        for (const auto &file : chain.files) {
            if (file->livingRecords > 0 && !file->piece.segment->isAt(file->piece.path))
                calls += file->livingRecords;
        }
    }
    return calls;
}

SyncTask::Job DiskSpool::takeUnsynced()
{
    SyncTask::Job job;
    for (auto &[project, chain] : m_chains) {
        for (const auto &file : chain.files) {
            if (!file->isChecked)
                continue;
            if (file->livingOldRecords > 0 && file->syncedEnd < file->oldEnd) {
                job.segments.push_back(file->piece.segment);
                file->syncedEnd = file->piece.segment->end();
            }
            file->oldEnd = file->piece.segment->end();
            file->livingOldRecords = file->livingRecords;
        }
    }
    if (!job.segments.empty() && m_store.takeDirectoryChange())
        job.directory = m_store.directory().path();
    return job;
}

SyncTask::Job DiskSpool::takeAppended()
{
    SyncTask::Job job;
    job.segments = std::exchange(m_appended, {});
    std::sort(job.segments.begin(), job.segments.end());
    job.segments.erase(std::unique(job.segments.begin(), job.segments.end()), job.segments.end());
    if (m_store.takeDirectoryChange())
        job.directory = m_store.directory().path();
    return job;
}

bool DiskSpool::tidy()
{
    bool isMoreLeft = false;
    for (auto place = m_chains.begin(); place != m_chains.end();) {
        Chain &chain = place->second;
        const bool wasUsed = std::exchange(chain.wasUsed, false);
        if (!wasUsed && chain.hasOpenFile && chain.files.back()->livingRecords == 0)
            closeOpenFile(chain);
        isMoreLeft = isMoreLeft || chain.hasOpenFile;
        if (chain.files.empty()) {
            if (m_lastChain == &chain)
                m_lastChain = nullptr;
            place = m_chains.erase(place);
        } else {
            ++place;
        }
    }
    if (!isMoreLeft)
        m_store.dropSpares();
    return isMoreLeft;
}

} // namespace Weave
