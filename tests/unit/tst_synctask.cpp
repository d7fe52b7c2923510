#include "spool/synctask.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <thread>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

std::atomic<std::chrono::milliseconds> s_diskTime = 0ms; // for a sync
std::atomic<int> s_syncs = 0;

} // namespace

// In the place of the system's own.
extern "C" int msync(void * /*address*/, std::size_t /*length*/, int /*flags*/)
{
    ++s_syncs;
    std::this_thread::sleep_for(s_diskTime.load());
    return 0;
}

class TstSyncTask final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder.emplace();
        m_done = 0;
        m_error.clear();
    }
    void nothingToDo();
    void finishesWhatWasAskedFor();
    void endsWithoutWaitingForAll();
    void keepsSegmentsUntilTheyAreSynced();
    void manyRequests();
    void syncsTheDirectory();
    void tellsOfErrors();

private:
    [[nodiscard]] std::shared_ptr<const Segment> makeSegment(int number);
    [[nodiscard]] SyncTask::Job job(SyncTask::Segments segments, const std::string &directory = {})
    {
        return {{}, std::move(segments), directory, [this](const Result<void> &result) {
                    ++m_done;
                    if (!result)
                        m_error = result.error().message;
                }};
    }

    std::optional<QTemporaryDir> m_folder;
    std::atomic<int> m_done = 0;
    std::string m_error; // written in the thread; looked at when it has ended
};

std::shared_ptr<const Segment> TstSyncTask::makeSegment(int number)
{
    const std::string path = m_folder->filePath(QStringLiteral("%1.seg").arg(number)).toStdString();
    auto segment = Segment::create(path, static_cast<std::uint64_t>(number), "p", 65536);
    if (!segment)
        qFatal("%s", segment.error().message.c_str());
    if (!segment->append({CallKind::Start, "p", "id", "{}"}, 1, 1))
        qFatal("no room for a call");
    return std::make_shared<const Segment>(std::move(*segment));
}

void TstSyncTask::nothingToDo()
{
    {
        const SyncTask idle;
    }
    {
        SyncTask task;
        task.sync(job({}));
    }
    QCOMPARE(m_error, std::string());
}

void TstSyncTask::finishesWhatWasAskedFor()
{
    const auto first = makeSegment(1);
    const auto second = makeSegment(2);
    {
        SyncTask task;
        task.sync(job({first, second}));
    }
    QCOMPARE(m_error, std::string());
    // Nothing of it is left behind.
    QCOMPARE(first.use_count(), 1L);
    QCOMPARE(second.use_count(), 1L);
}

// Of a daemon that ends with a slow disk.
void TstSyncTask::endsWithoutWaitingForAll()
{
    constexpr int Segments = 20;
    SyncTask::Segments segments;
    for (int i = 0; i < Segments; ++i)
        segments.push_back(makeSegment(i));
    s_syncs = 0;
    s_diskTime = 500ms;
    {
        SyncTask task;
        task.sync(job(segments));
    }
    s_diskTime = 0ms;
    QCOMPARE_GE(s_syncs.load(), 1);
    QCOMPARE_LT(s_syncs.load(), Segments);
    QCOMPARE(m_done.load(), 1);
    QVERIFY(!m_error.empty());
}

void TstSyncTask::keepsSegmentsUntilTheyAreSynced()
{
    auto segment = makeSegment(3);
    const std::weak_ptr<const Segment> watch = segment;
    SyncTask task;
    task.sync(job({std::move(segment)}));
    // The file may be unmapped here only when the thread has done with it.
    QTRY_VERIFY(watch.expired());
    QCOMPARE(m_error, std::string());
}

void TstSyncTask::manyRequests()
{
    const auto first = makeSegment(4);
    const auto second = makeSegment(5);
    {
        SyncTask task;
        for (int i = 0; i < 100; ++i)
            task.sync(job({i % 2 == 0 ? first : second}));
    }
    QCOMPARE(m_error, std::string());
    QCOMPARE(first.use_count(), 1L);
    QCOMPARE(second.use_count(), 1L);
}

void TstSyncTask::syncsTheDirectory()
{
    {
        SyncTask task;
        task.sync(job({}, m_folder->path().toStdString()));
    }
    QCOMPARE(m_done.load(), 1);
    QCOMPARE(m_error, std::string());
}

void TstSyncTask::tellsOfErrors()
{
    const std::string nowhere = m_folder->filePath(QStringLiteral("nowhere")).toStdString();
    {
        SyncTask task;
        task.sync(job({makeSegment(6)}, nowhere));
    }
    QCOMPARE(m_done.load(), 1);
    QVERIFY(m_error.find(nowhere) != std::string::npos);
}

QTEST_APPLESS_MAIN(TstSyncTask)
#include "tst_synctask.moc"
