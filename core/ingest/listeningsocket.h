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
class ListeningSocket
{
public:
    // Errors: InUse when a daemon listens there already; InvalidArgument when the path is too
    // long, or is something that must not be replaced; Io with the system's words.
    [[nodiscard]] static Result<ListeningSocket> open(const SocketOptions &options);

    ListeningSocket(ListeningSocket &&other) noexcept = default;
    ListeningSocket &operator=(ListeningSocket &&other) = delete;
    ~ListeningSocket();

    // Open as long as this object lives; not blocking.
    [[nodiscard]] int descriptor() const { return m_socket.get(); }
    // Removes the path, if it still is this socket, and gives up the claim. The descriptor stays
    // open; later clients find no socket and go another way.
    void removePath();

private:
    ListeningSocket(UniqueFd socket, UniqueFd lock, std::string path);

    UniqueFd m_socket;
    UniqueFd m_lock;
    std::string m_path; // empty once removed
    ino_t m_inode = 0;
};

} // namespace Weave
