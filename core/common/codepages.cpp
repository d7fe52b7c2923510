#include "common/codepages.h"

#if defined(__linux__)
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#endif

namespace Weave {

#if defined(__linux__)

namespace {

// Segments that are loaded without PF_W are as their file is, so nothing is lost with a page. What
// the loader has written to, relocated constants above all, lies in segments with it.
int unmapObject(dl_phdr_info *object, std::size_t /*size*/, void * /*data*/)
{
    const auto pageSize = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr) &segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0)
            continue;
        const std::uintptr_t address = object->dlpi_addr + segment.p_vaddr;
        const std::uintptr_t start = address & ~(pageSize - 1);
        if (start == ::getauxval(AT_SYSINFO_EHDR))
            continue; // the kernel's own, of no file
        // Where it is not possible, as with locked memory, the pages stay. The loader tells
        // addresses as numbers: NOLINTNEXTLINE(performance-no-int-to-ptr)
        (void)::madvise(reinterpret_cast<void *>(start), address + segment.p_memsz - start,
                        MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void unmapCodePages()
{
    ::dl_iterate_phdr(&unmapObject, nullptr);
}

#else

void unmapCodePages()
{
}

#endif

} // namespace Weave
