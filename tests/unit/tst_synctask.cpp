#include "spool/synctask.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <string>

using namespace Weave;

class TstSyncTask final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingToDo();
    void finishesWhatWasAskedFor();
    void keepsSegmentsUntilTheyAreSynced();
    void manyRequests();

private:
    [[nodiscard]] std::shared_ptr<const Segment> makeSegment(int number);

    QTemporaryDir m_folder;
    int m_errors = 0; // in the thread; looked at when it has ended
};

std::shared_ptr<const Segment> TstSyncTask::makeSegment(int number)
{
    const std::string path = m_folder.filePath(QStringLiteral("%1.seg").arg(number)).toStdString();
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
        const SyncTask idle([this](const Error &) { ++m_errors; });
    }
    {
        SyncTask task([this](const Error &) { ++m_errors; });
        task.sync({});
    }
    QCOMPARE(m_errors, 0);
}

void TstSyncTask::finishesWhatWasAskedFor()
{
    const auto first = makeSegment(1);
    const auto second = makeSegment(2);
    {
        SyncTask task([this](const Error &) { ++m_errors; });
        task.sync({first, second});
    }
    QCOMPARE(m_errors, 0);
    // Nothing of it is left behind.
    QCOMPARE(first.use_count(), 1L);
    QCOMPARE(second.use_count(), 1L);
}

void TstSyncTask::keepsSegmentsUntilTheyAreSynced()
{
    auto segment = makeSegment(3);
    const std::weak_ptr<const Segment> watch = segment;
    SyncTask task([this](const Error &) { ++m_errors; });
    task.sync({std::move(segment)});
    // The file may be unmapped here only when the thread has done with it.
    QTRY_VERIFY(watch.expired());
    QCOMPARE(m_errors, 0);
}

void TstSyncTask::manyRequests()
{
    const auto first = makeSegment(4);
    const auto second = makeSegment(5);
    {
        SyncTask task([this](const Error &) { ++m_errors; });
        for (int i = 0; i < 100; ++i)
            task.sync({i % 2 == 0 ? first : second});
    }
    QCOMPARE(m_errors, 0);
    QCOMPARE(first.use_count(), 1L);
    QCOMPARE(second.use_count(), 1L);
}

QTEST_APPLESS_MAIN(TstSyncTask)
#include "tst_synctask.moc"
