#include "common/codepages.h"

#if defined(__linux__)
#include "common/uniquefd.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace Weave {

#if defined(__linux__)

namespace {

// What /proc/self/pagemap says of a page (pagemap.rst of the kernel's documentation).
constexpr std::uint64_t IsHere = 3ULL << 62U; // in memory, or swapped out
constexpr std::uint64_t IsOfFile = 1ULL << 61U;

struct Pages
{
    UniqueFd map; // /proc/self/pagemap
    std::uintptr_t size; // of one
};

void unmapPages(std::uintptr_t start, std::uintptr_t end)
{
    // Where it is not possible, as with locked memory, the pages stay. The loader tells addresses
    // as numbers: NOLINTNEXTLINE(performance-no-int-to-ptr)
    (void)::madvise(reinterpret_cast<void *>(start), end - start, MADV_DONTNEED);
}

// Pages that somebody has written to all the same are no longer the file's, and would be lost: a
// debugger's breakpoint, a function that a tool has replaced, code that a tool has moved to large
// pages, addresses in code (DT_TEXTREL).
void unmapUnwritten(const Pages &pages, std::uintptr_t start, std::uintptr_t end)
{
    std::array<std::uint64_t, 512> entries{};
    while (start < end) {
        const auto count = std::min((end - start) / pages.size, entries.size());
        const auto bytes = count * sizeof entries[0];
        const auto place = static_cast<off_t>(start / pages.size * sizeof entries[0]);
        if (::pread(pages.map.get(), entries.data(), bytes, place) != static_cast<ssize_t>(bytes))
            return;
        std::uintptr_t begin = start;
        for (std::size_t i = 0; i < count; ++i, start += pages.size) {
            if ((entries[i] & IsHere) == 0 || (entries[i] & IsOfFile) != 0)
                continue;
            if (begin < start)
                unmapPages(begin, start);
            begin = start + pages.size;
        }
        if (begin < start)
            unmapPages(begin, start);
    }
}

// Segments that are loaded without PF_W are as their file is, so nothing is lost with a page. What
// the loader has written to, relocated constants above all, lies in segments with it.
int unmapObject(dl_phdr_info *object, std::size_t /*size*/, void *data)
{
    const Pages &pages = *static_cast<const Pages *>(data);
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr) &segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
            continue;
        const std::uintptr_t address = object->dlpi_addr + segment.p_vaddr;
        const std::uintptr_t start = address & ~(pages.size - 1);
        const std::uintptr_t end = (address + segment.p_memsz + pages.size - 1) & ~(pages.size - 1);
        if (start != ::getauxval(AT_SYSINFO_EHDR)) // the kernel's own, of no file
            unmapUnwritten(pages, start, end);
    }
    return 0;
}

} // namespace

void unmapCodePages()
{
    Pages pages{UniqueFd(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)),
                static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE))};
    if (pages.map.isValid())
        ::dl_iterate_phdr(&unmapObject, &pages);
}

#else

void unmapCodePages()
{
}

#endif

} // namespace Weave
