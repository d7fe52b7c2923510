#pragma once

// The compiler's names for the vector instructions of x86.

#if defined(__SSE2__)
#if !defined(__clang__)
#pragma GCC diagnostic push
// gcc 12 warns of its own header.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif
