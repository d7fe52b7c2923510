#pragma once

#include "batching/requestbody.h"
#include "common/bytesize.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace Weave {

// The next bytes of a request's body on their way to a socket. Small pieces are copied here, side
// by side; large ones are sent from where they lie, in the spool.
class UploadStep
{
public:
    // Large enough that its system call does not matter, small enough to stay in the cache between
    // the copy out of the spool and the copy into the kernel.
    static constexpr std::size_t MaxBytes = 256 * KiB;

    UploadStep();

    [[nodiscard]] bool isEmpty() const { return m_parts.empty(); }
    // Only when isEmpty(). What the body's views point to stays until it is sent or dropped.
    void fill(RequestBody &body);
    void drop();

    // Sends what the kernel takes at once and returns how many bytes that were: 0 when it takes
    // none now, and after an error, which the next write to the same socket meets again.
    std::size_t send(int descriptor);

    // For another way to the socket: bytes that lie side by side, empty when isEmpty(), and how
    // many of them have gone.
    [[nodiscard]] std::string_view next() const;
    void take(std::size_t bytes);

private:
    std::vector<char> m_copied;
    std::vector<std::string_view> m_parts; // in m_copied or in the spool; none of them is empty
    std::size_t m_first = 0; // of the parts, that has not gone
};

} // namespace Weave
