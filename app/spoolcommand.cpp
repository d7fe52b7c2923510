#include "app/spoolcommand.h"

#include "app/deadletterlines.h"
#include "app/spoollisting.h"
#include "app/statusclient.h"
#include "common/logging.h"
#include "common/textnumber.h"
#include "config/config.h"
#include "spool/spoolinspector.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace Weave {

namespace {

constexpr int ExitProblem = 1;

int complain(const std::string &text)
{
    writeError(text);
    return ExitProblem;
}

int list(const std::string &directory, bool asJson)
{
    const auto listing = SpoolListing::of(directory);
    if (!listing)
        return complain(listing.error().message);
    std::fputs((asJson ? listing->toJson() : listing->toText()).c_str(), stdout);
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
int exportCalls(const std::string &directory, bool onlyDeadLetters)
{
    if (!onlyDeadLetters) {
        const auto inspection =
            inspectSpool(directory, [](std::string_view, const Segment::Record &record) {
                printCall(record.kind == CallKind::Start ? "start" : "end", record.payload);
            });
        if (!inspection)
            return complain(inspection.error().message);
    }
    forEachDeadLetter(directory, [](const std::string &line) {
        printCall(deadLetterMember(line, "mode"), deadLetterMember(line, "req"));
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
        const std::string req = deadLetterMember(line, "req");
        const bool isGood = !req.empty() && problem.empty();
        if (isGood) {
            const auto reply = ask(socket,
                                   R"({"method":"call_)" + deadLetterMember(line, "mode")
                                       + R"(","payload":)" + req + "}");
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
        return list(directory, line.json);
    case Command::SpoolVerify:
        return verify(directory);
    case Command::SpoolExport:
        return exportCalls(directory, line.onlyDeadLetters);
    case Command::SpoolRetry:
        return retry(directory, line.options.get("socket").text);
    case Command::SpoolPurge:
        return purge(directory);
    default:
        return ExitProblem; // main() calls this for the commands above alone
    }
}

} // namespace Weave
