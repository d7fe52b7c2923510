#pragma once

namespace Weave {

// What the C library does with memory that is freed. Lines and batches come and go all the time,
// and memory that went back to the system each time would have to be zeroed each time: a fifth of
// the daemon's time on calls of 800 KB (./dev bench, 1,183 µs a call, and 959 with this).
//
// Does nothing where the C library is not glibc.

// Before other threads are started: up to 16 MiB that are free are kept.
void keepFreedMemory();
// For quiet moments: gives them back to the system.
void giveBackFreedMemory();

} // namespace Weave
