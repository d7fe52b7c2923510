#pragma once

namespace Weave {

// Whether everything here is built with a sanitizer that keeps freed memory for a while, so that
// the resident memory of a process says nothing.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool MemoryIsPadded = true;
#elif defined(__has_feature)
inline constexpr bool MemoryIsPadded = __has_feature(address_sanitizer);
#else
inline constexpr bool MemoryIsPadded = false;
#endif

} // namespace Weave
