#pragma once

#include "common/result.h"
#include "common/uniquefd.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace Weave {

struct SocketOptions
{
    std::string path;
    mode_t mode = 0600;
    std::optional<gid_t> group;
    std::string flag = "--socket"; // which named the path; for errors
};

// A Unix domain socket at a path that nobody else is using, and the claim to that path.
//
// A lock beside the socket (path + ".lock") is what makes the claim: two daemons that start at the
// same moment cannot both find the path free. The socket is bound under another name, given its
// mode and group, and then renamed into place, so that no client ever sees it half ready or too
// open, and a stale socket is replaced without a moment in which the path is missing.
//
// Or a socket that a service manager has bound and goes on holding: then its path, mode and place
// are the service manager's, and nothing of it is changed or removed here.
class ListeningSocket
{
public:
    // Errors: InUse when a daemon listens there already; InvalidArgument when the path is too
    // long, or is something that must not be replaced; Io with the system's words.
    [[nodiscard]] static Result<ListeningSocket> open(const SocketOptions &options);

    // Takes a descriptor that came with the process. InvalidArgument when it is anything but a Unix
    // stream socket that listens.
    [[nodiscard]] static Result<ListeningSocket> adopt(UniqueFd socket);

    ListeningSocket(ListeningSocket &&other) noexcept = default;
    ListeningSocket &operator=(ListeningSocket &&other) = delete;
    ~ListeningSocket();

    // Open as long as this object lives; not blocking.
    [[nodiscard]] int descriptor() const { return m_socket.get(); }
    // Where it listens; of an adopted one as the system has it, "@name" for an abstract one.
    [[nodiscard]] const std::string &path() const { return m_path; }
    // Whoever connects after this process has let go of it waits for the next one.
    [[nodiscard]] bool isAdopted() const { return m_isAdopted; }
    // Removes the path, if it still is this socket, and gives up the claim. The descriptor stays
    // open; later clients find no socket and go another way. Nothing when it is adopted.
    void removePath();

private:
    ListeningSocket(UniqueFd socket, UniqueFd lock, std::string path);

    UniqueFd m_socket;
    UniqueFd m_lock;
    std::string m_path;
    ino_t m_inode = 0;
    bool m_isAdopted = false;
};

} // namespace Weave
