#include "spool/spoolinspector.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

namespace Weave {

namespace {

std::vector<std::filesystem::path> segmentPaths(const std::string &directory,
                                                std::error_code &status)
{
    std::vector<std::filesystem::path> paths;
    for (const auto &entry : std::filesystem::directory_iterator(directory, status)) {
        if (entry.path().extension() == ".seg")
            paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end()); // the names are numbers of one length
    return paths;
}

// A daemon may be in the middle of giving the file its next use; a moment later it is through.
Result<Segment> openSegment(const std::string &path)
{
    auto segment = Segment::open(path);
    if (segment || segment.error().code != ErrorCode::Malformed)
        return segment;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return Segment::open(path);
}

// Ends early where a daemon gives the file its next use: then all of its calls are done. Whether it
// has is asked after each look and before anything is made of it, so that nothing of the next use
// is taken for a call of this one, or for damage.
void inspectSegment(const Segment &segment, const std::string &name, const RecordVisitor &visit,
                    SpoolInspection &inspection)
{
    const std::string project(segment.project());
    std::string copy; // a visitor may take minutes: whoever reads what it prints may be slow
    std::uint32_t offset = segment.firstOffset();
    for (;;) {
        Segment::Record record;
        auto result = segment.readCopy(offset, record, copy);
        std::optional<std::uint32_t> next;
        if (result != Segment::ReadResult::Record) {
            next = segment.findRecord(offset);
            result = segment.readCopy(offset, record, copy); // once more: it may just have come
        }
        if (segment.isReused())
            return;
        if (result == Segment::ReadResult::Record) {
            if (record.state == RecordState::Pending) {
                ++inspection.pendingCalls;
                visit(project, record);
            } else {
                ++inspection.doneCalls;
            }
            offset = record.next;
            continue;
        }
        if (next || result == Segment::ReadResult::Damaged) {
            const auto end = next.value_or(static_cast<std::uint32_t>(segment.capacity()));
            inspection.problems.push_back(name + ": damaged from byte " + std::to_string(offset)
                                          + " to " + std::to_string(end));
        }
        if (!next)
            return;
        offset = *next;
    }
}

} // namespace

Result<SpoolInspection> inspectSpool(const std::string &directory, const RecordVisitor &visit)
{
    SpoolInspection inspection;
    std::error_code status;
    const auto paths = segmentPaths(directory, status);
    if (status)
        return Error{ErrorCode::NotFound,
                     "cannot read the spool in " + directory + ": " + status.message()
                         + std::string(SpoolAccessHint)};
    for (const auto &path : paths) {
        const std::string name = path.filename().string();
        const auto segment = openSegment(path.string());
        if (segment) {
            ++inspection.files;
            inspectSegment(*segment, name, visit, inspection);
        } else if (std::filesystem::exists(path, status)) { // not one that was just deleted
            inspection.problems.push_back(segment.error().code == ErrorCode::Malformed
                                              ? name + ": not a segment of this version"
                                              : segment.error().message);
        }
    }
    return inspection;
}

} // namespace Weave
