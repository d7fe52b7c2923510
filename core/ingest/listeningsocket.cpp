#include "ingest/listeningsocket.h"

#include "common/unixsocket.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <utility>

namespace Weave {

namespace {

// More clients than this wait in connect(); the daemon accepts them one after the other.
constexpr int Backlog = 1024;
constexpr const char *LockSuffix = ".lock";
constexpr const char *TemporarySuffix = ".new";

Error systemError(const std::string &what, int number = errno)
{
    return {ErrorCode::Io, what + ": " + std::strerror(number)};
}

// The longest name, the temporary one, has to fit too.
Result<void> checkLength(const SocketOptions &options)
{
    const std::string &path = options.path;
    const std::size_t longest = MaxUnixPathBytes - std::strlen(TemporarySuffix);
    if (path.size() <= longest)
        return {};
    return Error{ErrorCode::InvalidArgument,
                 "the socket path has " + std::to_string(path.size()) + " bytes; the system allows "
                     + std::to_string(longest) + ". Choose a shorter " + options.flag + ": "
                     + path};
}

// The two lock calls and the check between them close the gap in which the last owner has removed
// the lock file that we have just opened.
Result<UniqueFd> takeLock(const SocketOptions &options)
{
    const std::string path = options.path + LockSuffix;
    for (int attempt = 0; attempt < 10; ++attempt) {
        UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!lock.isValid())
            return Error{ErrorCode::Io,
                         "cannot open the lock file " + path + ": " + std::strerror(errno)
                             + ". Make its folder and let this user write to it, or choose another "
                             + options.flag};
        if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK)
                return systemError("cannot lock " + path);
            return Error{ErrorCode::InUse,
                         "another weave-sidecar is using " + options.path
                             + ". Stop it, or choose another " + options.flag};
        }
        struct stat opened = {};
        struct stat named = {};
        if (::fstat(lock.get(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev)
            return lock;
    }
    return Error{ErrorCode::InUse, "the lock file " + path + " keeps changing; try again"};
}

// A socket that answers belongs to somebody, a lock or not (the Go predecessor has none).
bool isAnswering(const std::string &path)
{
    const UniqueFd probe = makeUnixSocket();
    setNonBlocking(probe.get());
    // EAGAIN: somebody listens and is too busy to take us.
    return connectUnix(probe.get(), unixAddress(path)) == 0 || errno == EAGAIN
        || errno == EINPROGRESS;
}

// Whether what lies at the path now may be replaced.
Result<void> checkPlace(const SocketOptions &options)
{
    const std::string &path = options.path;
    const auto refuse = [&path](ErrorCode code, const std::string &what) {
        return Error{code, path + what};
    };
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT)
            return {};
        return systemError("cannot look at " + path);
    }
    if (S_ISLNK(found.st_mode))
        return refuse(ErrorCode::InvalidArgument,
                      " is a symbolic link; " + options.flag + " must name the socket itself");
    if (!S_ISSOCK(found.st_mode))
        return refuse(ErrorCode::InvalidArgument,
                      " exists and is not a socket; it was left alone. Choose another "
                          + options.flag);
    if (found.st_uid != ::geteuid() && ::geteuid() != 0)
        return refuse(ErrorCode::InvalidArgument,
                      " belongs to another user; choose another " + options.flag);
    if (isAnswering(path))
        return refuse(ErrorCode::InUse,
                      " is in use by a running program. Stop it, or choose another "
                          + options.flag);
    return {};
}

Result<UniqueFd> bindSocket(const SocketOptions &options)
{
    UniqueFd socket = makeUnixSocket();
    if (!socket.isValid())
        return systemError("cannot make a socket");
    setNonBlocking(socket.get());
    const std::string path = options.path + TemporarySuffix;
    ::unlink(path.c_str()); // ours alone: the lock is held
    const mode_t oldMask = ::umask(0177);
    const int bound = bindUnix(socket.get(), unixAddress(path));
    ::umask(oldMask);
    if (bound != 0)
        return systemError("cannot make the socket " + options.path);
    const auto failed = [&](const std::string &what, const char *advice = "") {
        Error error = systemError(what + options.path);
        error.message += advice;
        ::unlink(path.c_str());
        return error;
    };
    if (options.group && ::chown(path.c_str(), static_cast<uid_t>(-1), *options.group) != 0)
        return failed("cannot set the --socket-group of ",
                      ". The user that the daemon runs as has to be a member of the group");
    if (::chmod(path.c_str(), options.mode) != 0)
        return failed("cannot set the --socket-mode of ");
    if (::listen(socket.get(), Backlog) != 0)
        return failed("cannot listen on ");
    if (::rename(path.c_str(), options.path.c_str()) != 0)
        return failed("cannot put the socket in place at ");
    return socket;
}

template <class T>
T socketOption(int descriptor, int option)
{
    T value{};
    socklen_t length = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 ? value : T{};
}

// What is wrong with a descriptor that should listen on a Unix stream socket; empty when nothing.
std::string problemOfSocket(int descriptor)
{
    sockaddr_storage address = {};
    socklen_t length = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &length) != 0)
        return errno == ENOTSOCK ? "it is not a socket" : std::strerror(errno);
    if (address.ss_family != AF_UNIX)
        return "it is not a Unix socket (ListenStream= must be a path)";
    if (socketOption<int>(descriptor, SO_TYPE) != SOCK_STREAM)
        return "it is not a stream socket (use ListenStream=)";
    if (socketOption<int>(descriptor, SO_ACCEPTCONN) == 0)
        return "it does not listen (use Accept=no)";
    return {};
}

} // namespace

Result<ListeningSocket> ListeningSocket::adopt(UniqueFd socket)
{
    if (const std::string problem = problemOfSocket(socket.get()); !problem.empty())
        return Error{ErrorCode::InvalidArgument,
                     "the descriptor " + std::to_string(socket.get())
                         + " that the service manager hands over cannot be used: " + problem};
    setNonBlocking(socket.get());
    std::string path = boundPath(socket.get());
    ListeningSocket adopted(std::move(socket), UniqueFd(), std::move(path));
    adopted.m_isAdopted = true;
    return adopted;
}

Result<ListeningSocket> ListeningSocket::open(const SocketOptions &options)
{
    if (const auto checked = checkLength(options); !checked)
        return checked.error();
    auto lock = takeLock(options);
    if (!lock)
        return lock.error();
    const auto unlock = [&] { ::unlink((options.path + LockSuffix).c_str()); };
    if (const auto place = checkPlace(options); !place) {
        unlock();
        return place.error();
    }
    auto socket = bindSocket(options);
    if (!socket) {
        unlock();
        return socket.error();
    }
    return ListeningSocket(std::move(*socket), std::move(*lock), options.path);
}

ListeningSocket::ListeningSocket(UniqueFd socket, UniqueFd lock, std::string path)
    : m_socket(std::move(socket)),
      m_lock(std::move(lock)),
      m_path(std::move(path))
{
    struct stat made = {};
    if (::lstat(m_path.c_str(), &made) == 0)
        m_inode = made.st_ino;
}

ListeningSocket::~ListeningSocket()
{
    removePath();
}

void ListeningSocket::removePath()
{
    if (!m_lock.isValid())
        return;
    struct stat found = {};
    if (::lstat(m_path.c_str(), &found) == 0 && found.st_ino == m_inode)
        ::unlink(m_path.c_str());
    ::unlink((m_path + LockSuffix).c_str());
    m_lock.reset();
}

} // namespace Weave
