#include "app/spoolcommand.h"

#include "app/statusclient.h"
#include "common/bytesize.h"
#include "common/duration.h"
#include "common/jsoncursor.h"
#include "common/logging.h"
#include "common/textnumber.h"
#include "config/config.h"
#include "spool/spoolinspector.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace Weave {

namespace {

constexpr int ExitProblem = 1;
constexpr const char *DeadLetterFiles[] = {"dead-letters.ndjson.old", "dead-letters.ndjson"};

int complain(const std::string &text)
{
    writeError(text);
    return ExitProblem;
}

std::string sinceThen(std::int64_t acceptedAt)
{
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    const auto age = std::max(milliseconds(0), now - milliseconds(acceptedAt));
    return formatDuration(round<seconds>(age));
}

// The value of a string member of a dead letter's line, or of any member as its text.
std::string member(const std::string &line, std::string_view name)
{
    JsonCursor cursor(line);
    if (cursor.peek() != '{')
        return {};
    cursor.enterObject();
    JsonString key;
    while (cursor.nextMember(key)) {
        const bool isWanted = key.equals(name);
        if (isWanted && cursor.peek() == '"') {
            JsonString text;
            return cursor.readString(text) ? text.decoded() : std::string();
        }
        std::string_view value;
        if (!cursor.skipValue(value))
            return {};
        if (isWanted)
            return std::string(value);
    }
    return {};
}

template <class Visit>
void forEachDeadLetter(const std::string &directory, const Visit &visit)
{
    for (const char *name : DeadLetterFiles) {
        std::ifstream file(directory + "/" + name);
        for (std::string line; std::getline(file, line);)
            visit(line);
    }
}

int list(const std::string &directory)
{
    struct Waiting
    {
        std::uint64_t calls = 0;
        std::uint64_t bytes = 0;
        std::int64_t oldest = 0;
    };
    std::map<std::string, Waiting, std::less<>> projects;
    const auto inspection = inspectSpool(
        directory, [&projects](std::string_view project, const Segment::Record &record) {
            Waiting &waiting = projects[std::string(project)];
            if (waiting.calls++ == 0)
                waiting.oldest = record.acceptedAt;
            waiting.bytes += record.payload.size();
        });
    if (!inspection)
        return complain(inspection.error().message);
    std::map<std::pair<std::string, std::string>, std::uint64_t> dead; // project and reason
    forEachDeadLetter(directory, [&dead](const std::string &line) {
        ++dead[{member(line, "project_id"), member(line, "reason")}];
    });
    std::printf("%s: waiting: %s in %s\n", directory.c_str(),
                countOf(inspection->pendingCalls, "call").c_str(),
                countOf(inspection->files, "file").c_str());
    for (const auto &[project, waiting] : projects)
        std::printf("  %-40s %16s  %10s  oldest %s\n", project.c_str(),
                    countOf(waiting.calls, "call").c_str(), formatByteSize(waiting.bytes).c_str(),
                    sinceThen(waiting.oldest).c_str());
    if (!dead.empty())
        std::printf("dead letters:\n");
    for (const auto &[key, count] : dead)
        std::printf("  %-40s %16s  %s\n", key.first.c_str(), countOf(count, "call").c_str(),
                    key.second.c_str());
    return 0;
}

int verify(const std::string &directory)
{
    const auto inspection =
        inspectSpool(directory, [](std::string_view, const Segment::Record &) {});
    if (!inspection)
        return complain(inspection.error().message);
    for (const std::string &problem : inspection->problems)
        std::printf("%s\n", problem.c_str());
    std::printf("%s: %llu waiting, %llu done, %s\n", countOf(inspection->files, "file").c_str(),
                static_cast<unsigned long long>(inspection->pendingCalls),
                static_cast<unsigned long long>(inspection->doneCalls),
                countOf(inspection->problems.size(), "problem").c_str());
    return inspection->problems.empty() ? 0 : ExitProblem;
}

void printCall(std::string_view mode, std::string_view payload)
{
    std::printf("{\"mode\":\"%.*s\",\"req\":%.*s}\n", static_cast<int>(mode.size()), mode.data(),
                static_cast<int>(payload.size()), payload.data());
}

// What waits, then what is dead, each as a line as in an upsert batch.
int exportCalls(const std::string &directory)
{
    const auto inspection =
        inspectSpool(directory, [](std::string_view, const Segment::Record &record) {
            printCall(record.kind == CallKind::Start ? "start" : "end", record.payload);
        });
    if (!inspection)
        return complain(inspection.error().message);
    forEachDeadLetter(directory, [](const std::string &line) {
        printCall(member(line, "mode"), member(line, "req"));
    });
    return 0;
}

// Hands the dead letters of one file to the running daemon, like any client. The file is renamed
// first, so that what dies again meanwhile comes into a new one; what the daemon refuses is put
// back.
int retryFile(const std::string &path, const std::string &socket, std::uint64_t &count)
{
    const std::string taken = path + ".retry";
    std::error_code status;
    std::filesystem::rename(path, taken, status);
    if (status)
        return complain("cannot rename " + path + ": " + status.message());
    std::ifstream file(taken);
    std::ofstream back;
    std::string problem;
    for (std::string line; std::getline(file, line);) {
        const std::string req = member(line, "req");
        const bool isGood = !req.empty() && problem.empty();
        if (isGood) {
            const auto reply =
                ask(socket,
                    R"({"method":"call_)" + member(line, "mode") + R"(","payload":)" + req + "}");
            if (!reply)
                problem = reply.error().message;
            else if (!reply->starts_with(R"({"success":true)"))
                problem = "the daemon says: " + *reply;
            if (problem.empty()) {
                ++count;
                continue;
            }
        }
        if (!back.is_open())
            back.open(path, std::ios::app);
        back << line << '\n';
    }
    back.flush();
    if (back.is_open() && !back)
        return complain("cannot put dead letters back into " + path + "; they are in " + taken);
    std::filesystem::remove(taken, status);
    return problem.empty() ? 0 : complain(problem);
}

int retry(const std::string &directory, const std::string &socket)
{
    std::uint64_t count = 0;
    int exitCode = 0;
    for (const char *name : DeadLetterFiles) {
        const std::string path = directory + "/" + name;
        if (exitCode == 0 && std::filesystem::exists(path))
            exitCode = retryFile(path, socket, count);
    }
    std::printf("handed to the daemon again: %s\n", countOf(count, "dead letter").c_str());
    return exitCode;
}

int purge(const std::string &directory)
{
    std::error_code status;
    std::uintmax_t count = 0;
    for (const char *name : DeadLetterFiles)
        count += std::filesystem::remove(directory + "/" + name, status) ? 1 : 0;
    const std::uintmax_t quarantined =
        std::filesystem::remove_all(directory + "/quarantine", status);
    if (quarantined != static_cast<std::uintmax_t>(-1) && quarantined > 0)
        count += quarantined - 1; // the folder itself
    std::printf("removed %s with dead letters and damaged pieces; calls that wait were left "
                "alone\n",
                countOf(count, "file").c_str());
    return 0;
}

} // namespace

int runSpoolCommand(const CommandLine &line, const Environment &environment)
{
    const std::string directory = spoolDirectory(line.options, environment);
    if (directory.empty())
        return complain("there is no spool on disk; say --spool-dir DIR");
    switch (line.command) {
    case Command::SpoolList:
        return list(directory);
    case Command::SpoolVerify:
        return verify(directory);
    case Command::SpoolExport:
        return exportCalls(directory);
    case Command::SpoolRetry:
        return retry(directory, line.options.get("socket").text);
    case Command::SpoolPurge:
        return purge(directory);
    default:
        return ExitProblem; // main() calls this for the commands above alone
    }
}

} // namespace Weave
