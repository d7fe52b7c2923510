#include "common/heap.h"

#include "common/bytesize.h"

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace Weave {

void keepFreedMemory()
{
#if defined(__GLIBC__)
    // Without the first, larger blocks are mapped one by one, and unmapped when they are freed.
    ::mallopt(M_MMAP_THRESHOLD, 32 * MiB);
    ::mallopt(M_TRIM_THRESHOLD, 16 * MiB);
#endif
}

void giveBackFreedMemory()
{
#if defined(__GLIBC__)
    ::malloc_trim(0);
#endif
}

} // namespace Weave
