#include "app/spoollisting.h"

#include "app/deadletterlines.h"
#include "common/bytesize.h"
#include "common/duration.h"
#include "common/jsonwriter.h"
#include "common/oneline.h"
#include "common/textnumber.h"
#include "spool/spoolinspector.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace Weave {

namespace {

std::string sinceThen(std::int64_t acceptedAt)
{
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    const auto age = std::max(milliseconds(0), now - milliseconds(acceptedAt));
    return formatDuration(round<seconds>(age));
}

// For columns, as far as there is room.
std::string padded(std::string text, std::size_t width, bool toTheRight = false)
{
    if (text.size() < width)
        text.insert(toTheRight ? 0 : text.size(), width - text.size(), ' ');
    return text;
}

constexpr std::size_t ProjectColumn = 40;
constexpr std::size_t CallsColumn = 16;
constexpr std::size_t SizeColumn = 10;

std::string row(const std::string &project, std::uint64_t calls)
{
    return "  " + padded(onOneLine(project), ProjectColumn) + ' '
        + padded(countOf(calls, "call"), CallsColumn, true) + "  ";
}

} // namespace

Result<SpoolListing> SpoolListing::of(const std::string &directory)
{
    SpoolListing listing;
    listing.directory = directory;
    auto inspection = inspectSpool(
        directory, [&listing](std::string_view project, const Segment::Record &record) {
            Waiting &calls = listing.waiting[std::string(project)];
            if (calls.calls++ == 0)
                calls.oldest = record.acceptedAt;
            calls.bytes += record.payload.size();
        });
    if (!inspection)
        return inspection.error();
    listing.files = inspection->files;
    listing.pendingCalls = inspection->pendingCalls;
    listing.problems = std::move(inspection->problems);
    const auto read = forEachDeadLetter(directory, [&listing](const std::string &line) {
        ++listing.dead[{deadLetterMember(line, "project_id"), deadLetterMember(line, "reason")}];
    });
    if (!read)
        return read.error();
    return listing;
}

std::string SpoolListing::toText() const
{
    std::string text = directory + ": waiting: " + countOf(pendingCalls, "call") + " in "
        + countOf(files, "file") + '\n';
    for (const auto &[project, waits] : waiting)
        text += row(project, waits.calls) + padded(formatByteSize(waits.bytes), SizeColumn, true)
            + "  oldest " + sinceThen(waits.oldest) + '\n';
    if (!dead.empty())
        text += "dead letters:\n";
    for (const auto &[key, count] : dead)
        text += row(key.first, count) + onOneLine(key.second) + '\n';
    return text;
}

std::string SpoolListing::toJson() const
{
    JsonWriter json;
    json.beginObject().key("directory").value(std::string_view(directory));
    json.key("files").value(files).key("waiting").beginArray();
    for (const auto &[project, waits] : waiting) {
        json.beginObject().key("project").value(std::string_view(project));
        json.key("calls").value(waits.calls).key("bytes").value(waits.bytes).endObject();
    }
    json.endArray().key("dead_letters").beginArray();
    for (const auto &[key, count] : dead) {
        json.beginObject().key("project").value(std::string_view(key.first));
        json.key("reason").value(std::string_view(key.second));
        json.key("calls").value(count).endObject();
    }
    json.endArray().endObject();
    return json.text() + '\n';
}

} // namespace Weave
