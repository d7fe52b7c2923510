// Runs the parts without Qt in several threads at once, each with instances of its own. They share
// nothing by contract; ThreadSanitizer (./dev tsan) shows that they share nothing by accident, so
// that a later design may give each thread its own.

#include "batching/batcher.h"
#include "batching/upsertbody.h"
#include "protocol/framereader.h"
#include "protocol/requestparser.h"
#include "spool/memoryspool.h"
#include "stats/stats.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int Threads = 4;
constexpr int Rounds = 200;
constexpr int LinesPerRound = 50;

[[noreturn]] void fail(const char *what)
{
    std::fprintf(stderr, "tsan_stress: %s\n", what);
    std::exit(1);
}

std::string lines(int thread, int round)
{
    std::string text;
    for (int i = 0; i < LinesPerRound; ++i) {
        const std::string id =
            std::to_string(thread) + "-" + std::to_string(round) + "-" + std::to_string(i);
        text += R"({"method":"call_start","payload":{"start":{"project_id":"acme/p)"
            + std::to_string(i % 3) + R"(","id":")" + id + R"(","n":12345678901234567890}}})"
            + "\n";
    }
    return text;
}

void work(int thread)
{
    Weave::ByteBudget budget(1024 * 1024);
    Weave::FrameReader frames(64 * 1024, budget);
    Weave::RequestParser parser;
    Weave::MemorySpool spool(16 * 1024 * 1024, 4096);
    Weave::Batcher batcher({20, 100'000, Weave::Milliseconds(1)}, Weave::SteadyClock::now);
    Weave::Stats stats;
    std::array<char, 777> buffer{};

    for (int round = 0; round < Rounds; ++round) {
        const std::string text = lines(thread, round);
        frames.feed(text);
        for (auto frame = frames.next(); frame.status == Weave::Frame::Status::Line;
             frame = frames.next()) {
            const auto request = parser.parse(frame.text);
            if (!request)
                fail("a good line was refused");
            const auto record = spool.append(request->call);
            if (!record)
                fail("the spool refused a call");
            batcher.add(request->call.project, *record);
            ++stats.received;
        }
        batcher.makeAllDue();
        while (const auto batch = batcher.take()) {
            Weave::RequestBody body = Weave::upsertBody(batch->records, spool);
            std::size_t size = 0;
            while (const std::size_t length = body.read(buffer.data(), buffer.size()))
                size += length;
            if (size != batch->bodySize)
                fail("a body has another size than its batch says");
            for (const Weave::RecordRef &record : batch->records)
                spool.remove(record);
            stats.delivered += batch->records.size();
            stats.batchBytes.record(size);
        }
    }
    if (stats.received != stats.delivered || spool.usage().pendingCalls != 0)
        fail("calls are missing");
}

} // namespace

int main()
{
    std::vector<std::thread> threads;
    threads.reserve(Threads);
    for (int i = 0; i < Threads; ++i)
        threads.emplace_back(work, i);
    for (std::thread &thread : threads)
        thread.join();
    std::printf("tsan_stress: %d threads x %d lines, all delivered\n", Threads,
                Rounds * LinesPerRound);
    return 0;
}
