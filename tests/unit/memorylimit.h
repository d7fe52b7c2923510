#pragma once

#include <QFile>
#include <QTest>

#include <cstdint>
#include <sys/resource.h>
#include <unistd.h>

// As `ulimit -v` while it lives: this process may take so many bytes of addresses more than it has.
// Where the system does not say how many those are, isSet() is false.
class MemoryLimit
{
public:
    explicit MemoryLimit(std::uint64_t moreBytes)
    {
        QFile file(QStringLiteral("/proc/self/statm")); // pages
        if (!file.open(QIODevice::ReadOnly) || ::getrlimit(RLIMIT_AS, &m_old) != 0)
            return;
        const std::uint64_t pages = file.readAll().split(' ').constFirst().toULongLong();
        const auto pageBytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        const rlimit limit{pages * pageBytes + moreBytes, m_old.rlim_max};
        m_isSet = pages > 0 && ::setrlimit(RLIMIT_AS, &limit) == 0;
    }
    ~MemoryLimit()
    {
        if (m_isSet)
            ::setrlimit(RLIMIT_AS, &m_old);
    }
    MemoryLimit(const MemoryLimit &) = delete;
    MemoryLimit &operator=(const MemoryLimit &) = delete;

    [[nodiscard]] bool isSet() const { return m_isSet; }

private:
    rlimit m_old = {};
    bool m_isSet = false;
};
