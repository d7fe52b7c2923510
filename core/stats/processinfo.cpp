#include "stats/processinfo.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <mach/mach.h>
#endif

namespace Weave {

namespace {

using namespace std::chrono_literals;

double seconds(const timeval &time)
{
    constexpr double Microsecond = 1e-6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * Microsecond;
}

void readMemory(ProcessInfo &info)
{
#if defined(__APPLE__)
    mach_task_basic_info_data_t basic = {};
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    if (::task_info(mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&basic),
                    &count)
        == KERN_SUCCESS) {
        info.residentBytes = basic.resident_size;
        info.virtualBytes = basic.virtual_size;
    }
#else
    // proc(5). The program's name comes second, in parentheses, and may hold anything.
    std::ifstream file("/proc/self/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::size_t at = text.rfind(')');
    constexpr int Threads = 20;
    constexpr int VirtualBytes = 23;
    constexpr int ResidentPages = 24;
    for (int field = 3; field <= ResidentPages && at < text.size(); ++field) {
        at = text.find_first_not_of(' ', at + 1);
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string number = at < end ? text.substr(at, end - at) : std::string();
        const std::uint64_t value = std::strtoull(number.c_str(), nullptr, 10);
        if (field == Threads)
            info.threads = value;
        else if (field == VirtualBytes)
            info.virtualBytes = value;
        else if (field == ResidentPages)
            info.residentBytes = value * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
        at = end;
    }
#endif
}

std::uint64_t countOpenFiles()
{
#if defined(__APPLE__)
    const char *folder = "/dev/fd";
#else
    const char *folder = "/proc/self/fd";
#endif
    std::error_code status;
    std::uint64_t count = 0;
    auto entry = std::filesystem::directory_iterator(folder, status);
    for (; !status && entry != std::filesystem::directory_iterator(); entry.increment(status))
        ++count;
    return count > 0 ? count - 1 : 0; // the one that looks
}

} // namespace

ProcessWatch::ProcessWatch(NowFunction now)
    : m_now(std::move(now)),
      m_readAt(m_now() - 1h)
{
    const auto today = std::chrono::system_clock::now().time_since_epoch();
    m_info.startTimeSeconds = std::chrono::duration<double>(today).count();
}

const ProcessInfo &ProcessWatch::current()
{
    constexpr Milliseconds Interval = 1s;
    const TimePoint now = m_now();
    if (now - m_readAt < Interval)
        return m_info;
    m_readAt = now;
    rusage used = {};
    if (::getrusage(RUSAGE_SELF, &used) == 0)
        m_info.cpuSeconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        m_info.maxFiles = limit.rlim_cur;
    readMemory(m_info);
    m_info.openFiles = countOpenFiles();
    return m_info;
}

} // namespace Weave
