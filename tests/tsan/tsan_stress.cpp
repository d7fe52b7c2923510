// Runs the parts without Qt in several threads at once, each with instances of its own. They share
// nothing by contract; ThreadSanitizer (./dev tsan) shows that they share nothing by accident, so
// that a later design may give each thread its own. The threads that the daemon does share a spool
// with, for syncing and for deleting files, work beside them.

#include "batching/batcher.h"
#include "batching/completebody.h"
#include "batching/completepairing.h"
#include "batching/upsertbody.h"
#include "protocol/framereader.h"
#include "protocol/requestparser.h"
#include "spool/diskspool.h"
#include "spool/memoryspool.h"
#include "spool/synctask.h"
#include "stats/stats.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
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

// Pairs in the thread's own pairing.
void pairUp(int thread)
{
    Weave::MemorySpool spool(16 * 1024 * 1024, 4096);
    Weave::CompletePairing pairing(spool, {}, Weave::SteadyClock::now,
                                   [](std::uint16_t) { return true; });
    const std::string project = "acme/p" + std::to_string(thread);
    for (int round = 0; round < Rounds; ++round) {
        Weave::Batch batch;
        batch.project = project;
        for (int i = 0; i < LinesPerRound; ++i) {
            const std::string id = R"("id":")" + std::to_string(i) + R"(")";
            const std::string start = R"({"start":{)" + id + R"(,"trace_id":"t","inputs":{}}})";
            const std::string end = R"({"end":{)" + id + R"(,"output":1}})";
            batch.records.push_back(*spool.append({Weave::CallKind::Start, project, "", start}));
            batch.records.push_back(*spool.append({Weave::CallKind::End, project, "", end}));
        }
        Weave::BatchPacker pairs = pairing.packerFor(batch);
        if (!pairing.add(project, batch.records, pairs).repeated.empty())
            fail("a half came once and counts as repeated");
        for (const Weave::Batch &complete : pairs.take()) {
            if (Weave::completeBody(complete.records, spool).size() > complete.bodySize)
                fail("a complete body is larger than its batch says");
            for (const Weave::RecordRef &record : complete.records)
                spool.remove(record);
        }
    }
    if (spool.usage().pendingCalls != 0)
        fail("halves of calls are left");
}

// Appends and removes while the task syncs the same segments.
void syncMeanwhile()
{
    std::string directory = "/tmp/weave-tsan-XXXXXX";
    if (!::mkdtemp(directory.data()))
        fail("cannot make a directory");
    std::atomic<int> synced = 0;
    {
        Weave::DiskSpoolOptions options;
        options.directory = directory + "/spool";
        options.maxBytes = 64U << 20U;
        options.maxSegmentBytes = 64U << 10U;
        options.minSegmentBytes = 16U << 10U;
        options.collectsAppended = true;
        auto spool = Weave::DiskSpool::open(options, [] { return std::int64_t{1}; });
        if (!spool)
            fail(spool.error().message.c_str());
        Weave::SyncTask task;
        const std::string payload(500, 'x');
        for (int round = 0; round < Rounds; ++round) {
            std::vector<Weave::RecordRef> records;
            for (int i = 0; i < LinesPerRound; ++i)
                records.push_back(
                    *(*spool)->append({Weave::CallKind::Start, "a/b", "id", payload}));
            Weave::SyncTask::Job job = (*spool)->takeAppended();
            job.done = [&synced](const Weave::Result<void> &result) {
                if (!result)
                    fail(result.error().message.c_str());
                ++synced;
            };
            task.sync(std::move(job));
            for (const Weave::RecordRef &record : records)
                (*spool)->remove(record);
        }
    }
    std::filesystem::remove_all(directory);
    if (synced != Rounds)
        fail("a sync was forgotten");
}

} // namespace

int main()
{
    std::vector<std::thread> threads;
    threads.reserve(2 * Threads + 1);
    for (int i = 0; i < Threads; ++i) {
        threads.emplace_back(work, i);
        threads.emplace_back(pairUp, i);
    }
    threads.emplace_back(syncMeanwhile);
    for (std::thread &thread : threads)
        thread.join();
    std::printf("tsan_stress: %d threads x %d lines, all delivered\n", Threads,
                Rounds * LinesPerRound);
    return 0;
}
