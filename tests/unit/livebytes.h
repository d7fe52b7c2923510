#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace Weave {

// What this program holds, so that a test can see memory come back. For one source file a program.
inline std::size_t g_liveBytes = 0;

// The size stands before each block.
inline constexpr std::size_t SizeBytes = alignof(std::max_align_t);

} // namespace Weave

void *operator new(std::size_t size)
{
    void *block = std::malloc(Weave::SizeBytes + size);
    if (!block)
        std::abort();
    *static_cast<std::size_t *>(block) = size;
    Weave::g_liveBytes += size;
    return static_cast<char *>(block) + Weave::SizeBytes;
}

void operator delete(void *memory) noexcept
{
    if (!memory)
        return;
    void *block = static_cast<char *>(memory) - Weave::SizeBytes;
    Weave::g_liveBytes -= *static_cast<std::size_t *>(block);
    std::free(block);
}

void operator delete(void *memory, std::size_t) noexcept
{
    operator delete(memory);
}
