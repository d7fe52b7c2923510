#include "stats/statusline.h"

#include "common/textnumber.h"
#include "stats/readiness.h"

#include <algorithm>

namespace Weave {

namespace {

constexpr std::string_view Separator = " · ";

// The backend's own words may be of any length and over several lines.
constexpr std::size_t MaxReasonBytes = 200;

std::string oneLine(std::string_view text)
{
    const bool isLong = text.size() > MaxReasonBytes;
    std::size_t length = std::min(text.size(), MaxReasonBytes);
    // Not through the middle of a character.
    while (isLong && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    std::string line(text.substr(0, length));
    std::replace_if(
        line.begin(), line.end(),
        [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    return isLong ? line + "..." : line;
}

// "calls of acme/chat and 2 more projects wait: the backend answered 403"
std::string failingText(const DeliveryState &delivery)
{
    if (delivery.failingNamed.empty())
        return "calls of some projects wait";
    const FailingProject &first = delivery.failingNamed.front();
    const std::uint64_t more = delivery.failingProjects - 1;
    return "calls of " + first.name + (more > 0 ? " and " + countOf(more, "more project") : "")
        + " wait: " + first.error;
}

std::string condition(const StatusReport &report)
{
    const DeliveryState &delivery = report.delivery;
    if (report.isStopping)
        return "Stopping";
    switch (delivery.condition) {
    case DeliveryState::Condition::Paused:
        return delivery.isPausedByUser ? "Paused by `weave-sidecar pause`"
                                       : "Paused: " + oneLine(delivery.lastError);
    case DeliveryState::Condition::Retrying:
        return "Retrying: " + oneLine(delivery.lastError);
    case DeliveryState::Condition::Degraded:
    case DeliveryState::Condition::Ok:
        break;
    }
    if (const std::string why = whyNotReady(report); !why.empty())
        return "Trouble: " + oneLine(why);
    if (delivery.condition == DeliveryState::Condition::Degraded)
        return "Degraded: " + oneLine(failingText(delivery));
    // Before the first answer nobody knows whether the backend is there.
    return report.stats->delivered > 0 ? "Connected" : "Ready";
}

} // namespace

std::string statusLine(const StatusReport &report)
{
    std::string line = condition(report);
    const auto add = [&line](std::uint64_t count, std::string_view what) {
        line.append(Separator).append(formatGrouped(count)).append(" ").append(what);
    };
    add(report.stats->delivered, "delivered");
    add(report.pendingCalls, "waiting");
    if (const std::uint64_t dead = report.stats->deadLettered(); dead > 0)
        add(dead, "dead-lettered");
    return line;
}

} // namespace Weave
