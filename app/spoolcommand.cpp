#include "app/spoolcommand.h"

#include "app/deadletterlines.h"
#include "app/exitcodes.h"
#include "app/spoollisting.h"
#include "app/statusclient.h"
#include "common/linefile.h"
#include "common/logging.h"
#include "common/textnumber.h"
#include "common/uniquefd.h"
#include "config/config.h"
#include "config/socketlookup.h"
#include "spool/spoolinspector.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace Weave {

namespace {

// What waits there and could not be read; the exit code.
int tellLeftOut(const std::vector<std::string> &problems)
{
    for (const std::string &problem : problems)
        writeError("left out: " + problem);
    return problems.empty() ? 0 : ExitProblem;
}

int list(const std::string &directory, bool asJson)
{
    const auto listing = SpoolListing::of(directory);
    if (!listing)
        return complain(listing.error().message);
    std::fputs((asJson ? listing->toJson() : listing->toText()).c_str(), stdout);
    return tellLeftOut(listing->problems);
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
    int exitCode = 0;
    if (!onlyDeadLetters) {
        const auto inspection =
            inspectSpool(directory, [](std::string_view, const Segment::Record &record) {
                printCall(record.kind == CallKind::Start ? "start" : "end", record.payload);
            });
        if (!inspection)
            return complain(inspection.error().message);
        exitCode = tellLeftOut(inspection->problems);
    }
    std::uint64_t damaged = 0; // a line that was being written when the power went
    const auto read = forEachDeadLetter(directory, [&damaged](const std::string &line) {
        const std::string req = deadLetterMember(line, "req");
        if (req.empty())
            ++damaged;
        else
            printCall(deadLetterMember(line, "mode"), req);
    });
    if (damaged > 0)
        writeError("left out: " + countOf(damaged, "damaged line") + " of the dead letters");
    return read ? exitCode : complain(read.error().message);
}

// The spool's folder, for one command at a time: the second would take the first one's file for
// that of an interrupted one.
Result<UniqueFd> lockForRetry(const std::string &directory)
{
    UniqueFd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.isValid())
        return Error{ErrorCode::Io,
                     "cannot open " + directory + ": " + std::strerror(errno)
                         + std::string(SpoolAccessHint)};
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0)
        return folder;
    if (errno != EWOULDBLOCK)
        return Error{ErrorCode::Io, "cannot lock " + directory + ": " + std::strerror(errno)};
    return Error{ErrorCode::InUse,
                 "another `weave-sidecar spool retry` works in " + directory
                     + "; try again when it has ended"};
}

// Hands one dead letter to the running daemon, like any client. What the daemon has against it;
// empty when it has taken it. An error when it does not answer.
Result<std::string> handOver(const std::string &line, const std::string &req,
                             const std::string &socket)
{
    const auto reply =
        ask(socket,
            R"({"method":"call_)" + deadLetterMember(line, "mode") + R"(","payload":)" + req + "}");
    if (!reply)
        return reply.error();
    if (reply->starts_with(R"({"success":true)"))
        return std::string();
    std::string reason = deadLetterMember(*reply, "error");
    if (reason.empty())
        return notASidecar(socket);
    return reason;
}

// What has become of the dead letters.
struct Handed
{
    std::uint64_t count = 0;
    std::string refusal; // why the first was refused that was
};

// To a file that root has just made, which would be closed to the daemon.
void giveOwnerOf(const std::string &other, int file)
{
    struct stat made = {};
    struct stat owned = {};
    if (::fstat(file, &made) == 0 && ::stat(other.c_str(), &owned) == 0 && made.st_size == 0
        && made.st_uid != owned.st_uid) {
        [[maybe_unused]] const int status = ::fchown(file, owned.st_uid, owned.st_gid);
    }
}

// Appends lines of taken to a file that the daemon may be appending to. They are on the disk then,
// and so is the file's name in its folder: after a power cut, taken may be gone.
bool putBack(const std::string &taken, const std::string &path, std::vector<std::string> lines,
             const UniqueFd &folder)
{
    const UniqueFd file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.isValid())
        return false;
    giveOwnerOf(taken, file.get());
    if (endsWithinLine(file.get()))
        lines.front().insert(0, 1, '\n');
    const bool isWhole = std::ranges::all_of(
        lines, [&file](const std::string &line) { return appendWhole(file.get(), line); });
    return isWhole && ::fsync(file.get()) == 0 && ::fsync(folder.get()) == 0;
}

// Hands over the dead letters of a file that was taken out of its place, path; what the daemon
// refuses is put back there, and keeps none behind it. The file goes last: whatever ends this
// process before that, the next retry works it off once more, and a call that is sent twice does
// less harm than a lost one.
int workOff(const std::string &taken, const std::string &path, const std::string &socket,
            const UniqueFd &folder, Handed &handed)
{
    std::ifstream file(taken);
    std::vector<std::string> left;
    std::optional<Error> silence; // there is nobody to hand more to
    for (std::string line; std::getline(file, line);) {
        const std::string req = deadLetterMember(line, "req");
        if (!req.empty() && !silence) {
            const auto refusal = handOver(line, req, socket);
            if (refusal && refusal->empty()) {
                ++handed.count;
                continue;
            }
            if (!refusal)
                silence = refusal.error();
            else if (handed.refusal.empty())
                handed.refusal = *refusal;
        }
        left.push_back(line + '\n');
    }
    if (!file.eof())
        return complain("cannot read all of " + taken + "; it stays there for the next retry");
    if (!left.empty() && !putBack(taken, path, std::move(left), folder))
        return complain("cannot put dead letters back into " + path + "; they are in " + taken
                        + ", where the next retry finds them");
    std::error_code status;
    std::filesystem::remove(taken, status);
    if (status)
        return complain("cannot remove " + taken + ": " + status.message()
                        + "; the next retry sends its calls once more");
    return silence ? complain(silence->message) : 0;
}

// The file is renamed first, so that what dies again meanwhile comes into a new one.
int retryFile(const std::string &path, const std::string &socket, const UniqueFd &folder,
              Handed &handed)
{
    const std::string taken = path + std::string(RetrySuffix);
    std::error_code status;
    std::filesystem::rename(path, taken, status);
    if (status)
        return complain("cannot rename " + path + ": " + status.message());
    return workOff(taken, path, socket, folder, handed);
}

// Calls go to nobody but this user, root, and whoever the spool belongs to: anybody may have put a
// socket where the daemon's is looked for, in /tmp for one.
bool isStrangers(const std::string &socket, const std::string &directory)
{
    struct stat listening = {};
    struct stat spool = {};
    return ::lstat(socket.c_str(), &listening) == 0 && ::stat(directory.c_str(), &spool) == 0
        && listening.st_uid != ::geteuid() && listening.st_uid != 0
        && listening.st_uid != spool.st_uid;
}

int retry(const std::string &directory, const std::string &socket)
{
    if (isStrangers(socket, directory))
        return complain(socket + " belongs to another user than the spool in " + directory
                        + "; start the spool's daemon, or say --socket PATH");
    const auto folder = lockForRetry(directory);
    if (!folder)
        return complain(folder.error().message);
    Handed handed;
    int exitCode = 0;
    for (const std::string_view name : DeadLetterFiles) {
        const std::string path = directory + "/" + std::string(name);
        if (exitCode != 0 || !std::filesystem::exists(path))
            continue;
        // What an interrupted retry has left comes before the file whose place it needs.
        exitCode = name.ends_with(RetrySuffix)
            ? workOff(path, path.substr(0, path.size() - RetrySuffix.size()), socket, *folder,
                      handed)
            : retryFile(path, socket, *folder, handed);
    }
    std::printf("handed to the daemon again: %s\n", countOf(handed.count, "dead letter").c_str());
    if (!handed.refusal.empty())
        return complain("the daemon refuses others, which stay dead letters; of the first it says: "
                        + handed.refusal);
    return exitCode;
}

int purge(const std::string &directory)
{
    if (::access(directory.c_str(), W_OK | X_OK) != 0)
        return complain("cannot change the spool in " + directory + ": " + std::strerror(errno)
                        + std::string(SpoolAccessHint));
    std::error_code status;
    std::uintmax_t count = 0;
    const auto failed = [&status](const std::string &path) {
        return complain("cannot remove " + path + ": " + status.message());
    };
    for (const std::string_view name : DeadLetterFiles) {
        const std::string path = directory + "/" + std::string(name);
        count += std::filesystem::remove(path, status) ? 1 : 0;
        if (status)
            return failed(path);
    }
    const std::string quarantine = directory + "/quarantine";
    const std::uintmax_t quarantined = std::filesystem::remove_all(quarantine, status);
    if (status)
        return failed(quarantine);
    if (quarantined > 0)
        count += quarantined - 1; // the folder itself
    std::printf("%s: removed %s with dead letters and damaged pieces; calls that wait were left "
                "alone\n",
                directory.c_str(), countOf(count, "file").c_str());
    return 0;
}

} // namespace

int runSpoolCommand(const CommandLine &line, const Environment &environment)
{
    const std::string directory = clientSpoolDirectory(line.options, environment);
    if (directory.empty())
        return complain("there is no spool on disk; say --spool-dir DIR");
    switch (line.command) {
    case Command::SpoolList:
        return list(directory, line.json);
    case Command::SpoolVerify:
        return verify(directory);
    case Command::SpoolExport:
        return exportCalls(directory, line.onlyDeadLetters);
    case Command::SpoolRetry: {
        // What the system's service has given up is for no other daemon.
        const Options::Value &socket = line.options.get("socket");
        const bool isServices =
            directory == SystemSpool && socket.source == Options::Source::Default;
        return retry(directory, isServices ? std::string(SystemSocket) : socket.text);
    }
    case Command::SpoolPurge:
        return purge(directory);
    default:
        return ExitProblem; // main() calls this for the commands above alone
    }
}

} // namespace Weave
