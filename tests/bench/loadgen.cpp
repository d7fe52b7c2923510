// bench-loadgen: many SDK processes in one thread. Each connection keeps a number of requests
// unanswered (1 is stop-and-wait, what the SDK does) or all of them send at a given rate, and the
// time until each reply goes into a histogram. It stops by itself after its messages or its
// seconds, and when it is told to (SIGTERM), for a load that lasts as long as something else does.
// What it prints is one JSON object; its status is 0 when every message was answered.
#include "arguments.h"
#include "sdkclient.h"

#include <algorithm>
#include <memory>
#include <sys/timerfd.h>

namespace Weave {

namespace {

constexpr std::int64_t NanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t NanosecondsPerMillisecond = 1'000'000;

struct LoadOptions
{
    std::string socketPath;
    std::size_t connections = 1;
    std::size_t outstanding = 1;
    std::size_t size = 1024;
    std::uint64_t messages = 0;
    std::uint64_t rate = 0; // messages a second; 0 = as fast as the replies come
    std::int64_t secondsLimit = 0;
};

LoadOptions parseOptions(int argc, char **argv)
{
    Arguments arguments(argc, argv,
                        "usage: bench-loadgen --socket PATH [--connections N] [--outstanding N] "
                        "[--size BYTES] [--messages N] [--rate PER_SECOND] [--seconds-limit S]");
    LoadOptions options;
    options.socketPath = arguments.requiredText("--socket");
    options.connections = arguments.number("--connections", 1, 1, 10'000);
    options.outstanding = arguments.number("--outstanding", 1, 1, 10'000);
    options.size = arguments.number("--size", 1024, LeastLineSize, MostLineSize);
    options.messages = arguments.number("--messages", 10'000, 1, 1'000'000'000);
    options.rate = arguments.number("--rate", 0, 0, 10'000'000);
    options.secondsLimit = std::int64_t(arguments.number("--seconds-limit", 60, 1, 3600));
    arguments.refuseRest();
    return options;
}

// A few texts, so that the daemon does not see one line over and over; few enough to stay cached.
std::vector<ChatLine> makeLines(std::size_t size)
{
    constexpr unsigned Variants = 4;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::string prefix = idPrefix(std::uint64_t(milliseconds));
    std::vector<ChatLine> lines;
    for (unsigned variant = 0; variant < Variants; ++variant) {
        lines.push_back(makeCallStart(size, variant, prefix));
        lines.push_back(makeCallEnd(size, variant, prefix));
    }
    return lines;
}

class LoadGenerator final
{
public:
    explicit LoadGenerator(const LoadOptions &options)
        : m_options(options),
          m_lines(makeLines(options.size)),
          m_replyBuffer(ReplyBufferSize),
          m_signals(terminationSignals())
    {
        m_poller.add(m_signals.get(), EPOLLIN, &m_signals);
        // Whole calls are dealt out, so that a start and its end go over the same connection.
        const std::uint64_t calls = options.messages / 2;
        for (std::size_t i = 0; i < options.connections; ++i) {
            std::uint64_t quota = 2 * (calls / options.connections);
            quota += i < calls % options.connections ? 2 : 0;
            quota += i == 0 ? options.messages % 2 : 0;
            SdkClientOptions client{options.socketPath, options.outstanding, quota, i,
                                    options.connections};
            m_clients.push_back(std::make_unique<SdkClient>(std::move(client), m_lines, m_poller));
            m_doneClients += m_clients.back()->isDone() ? 1 : 0;
        }
    }

    void run()
    {
        m_startedAt = steadyNanoseconds();
        m_endsAt = m_startedAt + m_options.secondsLimit * NanosecondsPerSecond;
        if (m_options.rate == 0)
            fillAll();
        else
            startTimer();
        while (m_doneClients < m_clients.size() && steadyNanoseconds() < m_endsAt)
            handleEvents();
        m_endedAt = steadyNanoseconds();
    }

    bool isComplete() const { return m_tally.answered == m_options.messages; }

    void printReport() const
    {
        rusage used{};
        ::getrusage(RUSAGE_SELF, &used);
        const double cpuSeconds = double(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
            + double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
        std::uint64_t unanswered = 0;
        for (const auto &client : m_clients)
            unanswered += client->unanswered();
        const double seconds = double(m_endedAt - m_startedAt) * 1e-9;
        std::printf("{\"messages\": %llu, \"failed\": %llu, \"unanswered\": %llu, "
                    "\"seconds\": %.6f, \"messages_per_second\": %.1f, "
                    "\"reply_us_p50\": %.1f, \"reply_us_p99\": %.1f, \"reply_us_max\": %.1f, "
                    "\"cpu_seconds\": %.6f}\n",
                    asPrintable(m_tally.answered), asPrintable(m_tally.failed),
                    asPrintable(unanswered), seconds, double(m_tally.answered) / seconds,
                    double(m_tally.latency.quantile(0.5)) * 1e-3,
                    double(m_tally.latency.quantile(0.99)) * 1e-3,
                    double(m_tally.latency.max()) * 1e-3, cpuSeconds);
    }

private:
    static constexpr std::size_t ReplyBufferSize = 64 * KiB;
    // Between two looks at the clock, unless replies come. To be woken up for each message of
    // 60,000 a second took all of a processor, so that replies waited for the generator.
    static constexpr std::int64_t LeastSleep = 50'000; // nanoseconds

    static unsigned long long asPrintable(std::uint64_t value) { return value; }

    void handleEvents()
    {
        const std::int64_t left = m_endsAt - steadyNanoseconds();
        const int timeoutMs = int(std::max<std::int64_t>(0, left) / NanosecondsPerMillisecond) + 1;
        for (const epoll_event &event : m_poller.wait(timeoutMs)) {
            if (event.data.ptr == &m_signals)
                m_endsAt = steadyNanoseconds();
            else if (event.data.ptr == &m_timer)
                m_hasRung = true;
            else
                handleClient(*static_cast<SdkClient *>(event.data.ptr), event.events);
        }
        if (m_options.rate > 0)
            submitDue();
    }

    void handleClient(SdkClient &client, std::uint32_t events)
    {
        const bool wasDone = client.isDone();
        if (events & ~std::uint32_t(EPOLLOUT))
            client.read(m_replyBuffer, m_tally);
        if (m_options.rate == 0)
            fill(client, steadyNanoseconds());
        else
            client.write();
        if (!wasDone && client.isDone())
            ++m_doneClients;
    }

    void fillAll()
    {
        for (const auto &client : m_clients) {
            fill(*client, steadyNanoseconds());
            if (!client->isOpen())
                ++m_doneClients;
        }
    }

    static void fill(SdkClient &client, std::int64_t now)
    {
        while (client.canSubmit())
            client.submit(now);
        client.write();
    }

    void startTimer()
    {
        m_timer = FileDescriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
        if (!m_timer.isOpen())
            failWithErrno("timerfd_create");
        m_poller.add(m_timer.get(), EPOLLIN, &m_timer);
        submitDue();
    }

    // When message `number` should be sent. Its reply time counts from then and not from when a
    // busy daemon let it be sent; otherwise a daemon that stalls would hide its own stall.
    std::int64_t dueAt(std::uint64_t number) const
    {
        return m_startedAt + std::int64_t(double(number) / double(m_options.rate) * 1e9);
    }

    void submitDue()
    {
        const std::int64_t now = steadyNanoseconds();
        std::size_t refused = 0;
        while (refused < m_clients.size() && m_submitted < m_options.messages
               && dueAt(m_submitted) <= now) {
            SdkClient &client = *m_clients[m_nextClient];
            m_nextClient = (m_nextClient + 1) % m_clients.size();
            if (client.canSubmit()) {
                client.submit(dueAt(m_submitted++));
                client.write();
                m_doneClients += client.isOpen() ? 0 : 1;
                refused = 0;
            } else {
                ++refused;
            }
        }
        // Behind the schedule it is replies that are waited for, not the clock.
        const bool isBehind = refused == m_clients.size();
        const bool hasMore = m_submitted < m_options.messages;
        armTimer(hasMore && !isBehind ? std::max(dueAt(m_submitted), now + LeastSleep) : 0);
    }

    // 0: not at all.
    void armTimer(std::int64_t at)
    {
        const bool ringsInTime = m_timerAt != 0 && m_timerAt <= at;
        if (!m_hasRung && (at == 0 || ringsInTime))
            return;
        m_hasRung = false;
        m_timerAt = at;
        itimerspec when{};
        when.it_value.tv_sec = at / NanosecondsPerSecond;
        when.it_value.tv_nsec = at % NanosecondsPerSecond;
        if (::timerfd_settime(m_timer.get(), TFD_TIMER_ABSTIME, &when, nullptr) != 0)
            failWithErrno("timerfd_settime");
    }

    LoadOptions m_options;
    std::vector<ChatLine> m_lines;
    std::vector<char> m_replyBuffer;
    Poller m_poller;
    FileDescriptor m_signals;
    FileDescriptor m_timer;
    std::vector<std::unique_ptr<SdkClient>> m_clients;
    std::size_t m_doneClients = 0;
    std::size_t m_nextClient = 0;
    std::uint64_t m_submitted = 0; // used with a rate only
    std::int64_t m_timerAt = 0;
    bool m_hasRung = false;
    std::int64_t m_startedAt = 0;
    std::int64_t m_endsAt = 0;
    std::int64_t m_endedAt = 0;
    Tally m_tally;
};

} // namespace

} // namespace Weave

int main(int argc, char **argv)
{
    const Weave::LoadOptions options = Weave::parseOptions(argc, argv);
    std::signal(SIGPIPE, SIG_IGN); // a daemon that goes away is a figure, not the end
    Weave::raiseFileLimit();
    Weave::LoadGenerator generator(options);
    generator.run();
    generator.printReport();
    return generator.isComplete() ? 0 : 1;
}
