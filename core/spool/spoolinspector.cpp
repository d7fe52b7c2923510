#include "spool/spoolinspector.h"

#include <algorithm>
#include <filesystem>

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

void inspectSegment(const Segment &segment, const std::string &name, const RecordVisitor &visit,
                    SpoolInspection &inspection)
{
    const std::string project(segment.project());
    std::uint32_t offset = segment.firstOffset();
    for (;;) {
        Segment::Record record;
        const auto result = segment.read(offset, record, true);
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
        const auto next = segment.findRecord(offset);
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
        const auto segment = Segment::open(path.string());
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
