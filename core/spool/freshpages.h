#pragma once

#include "spool/filenames.h"

#include <cstddef>
#include <string>

namespace Weave {

// Has the kernel make the pages of a new file before anything is written to them. Made one by one,
// when they are touched, they take 4.3 ms for a file of 4 MiB, which is more than a microsecond a
// call, and clients wait 1.1 ms for the first of them; so 1.8 ms in all. On ext4 since Linux 6.16
// the kernel makes one large page of each write and takes half the time to unmap and delete the
// file, too; elsewhere this does nothing.
//
// One thread at a time.
class FreshPages
{
public:
    // With nothing to make.
    FreshPages() = default;

    // Of an empty file that has so many bytes: those up to `end`, and some more. A later grow()
    // looks for the file at path; end = bytes spares that. The system's error number, or 0.
    [[nodiscard]] int make(int descriptor, const std::string &path, std::size_t end,
                           std::size_t bytes);

    // Before anything is written beyond what it was called with before. Nothing may have been
    // written there: it is written over with zeros.
    void grow(std::size_t end)
    {
        if (end > m_made && m_made < m_bytes)
            makeMore(end);
    }

private:
    void makeMore(std::size_t end);

    std::size_t m_bytes = 0; // of the file; 0: there is nothing to make
    std::size_t m_made = 0;
    // The file, which may have another name by now, while its old one is another file's.
    std::string m_path;
    FileId m_id;
};

} // namespace Weave
