#pragma once

namespace Weave {

// For quiet moments: takes the pages of the program and its libraries that hold code and constants
// out of this process. They stay in the system's cache, as pages that nobody uses and that are
// given away first when memory is short, and are mapped again when they are touched. Most belong to
// Qt, ICU and OpenSSL and were needed for the start alone: a daemon at rest has 8 MiB resident
// instead of 24 with a TLS backend, 4 instead of 15 with a plain one (./dev bench, idle). The first
// call after that costs a millisecond of CPU more, and is answered as fast as before.
//
// Pages that somebody has written to, as a debugger does for its breakpoints, stay. Does nothing
// where the system is not Linux or does not tell which those are (/proc/self/pagemap).
void unmapCodePages();

} // namespace Weave
