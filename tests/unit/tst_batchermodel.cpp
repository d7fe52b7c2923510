#include "unit/batcherbench.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// What the batches of all projects should be, kept in the plainest way.
class Model
{
public:
    struct Expected
    {
        std::vector<RecordId> records;
        std::size_t bytes = 0;
        TimePoint openedAt;
        bool isDue = false;
        bool isClosed = false;

        [[nodiscard]] bool isReady() const { return isDue || isClosed; }
    };

    explicit Model(const BatchLimits &limits)
        : m_limits(limits)
    {
    }

    void add(const std::string &project, const RecordRef &record, TimePoint now)
    {
        const std::size_t itemBytes =
            record.payloadSize + (record.kind == CallKind::Start ? StartBytes : EndBytes);
        std::deque<Expected> &lane = lanes[project];
        if (!lane.empty() && lane.back().bytes + CommaBytes + itemBytes > m_limits.maxBytes)
            lane.back().isClosed = true;
        if (lane.empty() || lane.back().isClosed) {
            lane.push_back({});
            lane.back().bytes = FrameBytes - CommaBytes;
            lane.back().openedAt = now;
        }
        Expected &open = lane.back();
        open.records.push_back(record.id);
        open.bytes += CommaBytes + itemBytes;
        open.isClosed = open.records.size() == m_limits.maxCount || open.bytes >= m_limits.maxBytes;
    }

    void passTime(TimePoint now)
    {
        forEachOpen(
            [&](Expected &open) { open.isDue |= open.openedAt + m_limits.interval <= now; });
    }

    void makeAllDue()
    {
        forEachOpen([](Expected &open) { open.isDue = true; });
    }

    // Whether a project has a batch to give now.
    [[nodiscard]] bool isReady(const std::string &project) const
    {
        const auto lane = lanes.find(project);
        return lane != lanes.end() && !lane->second.empty() && lane->second.front().isReady();
    }

    // Whether any project has one, but for those that are blocked and the one that is refused.
    [[nodiscard]] bool anyIsReady(const std::string &refused = {}) const
    {
        return std::any_of(lanes.begin(), lanes.end(), [&](const auto &lane) {
            return !blocked.contains(lane.first) && lane.first != refused && isReady(lane.first);
        });
    }

    [[nodiscard]] std::optional<TimePoint> oldest() const
    {
        std::optional<TimePoint> result;
        for (const auto &[project, lane] : lanes) {
            if (!lane.empty() && (!result || lane.front().openedAt < *result))
                result = lane.front().openedAt;
        }
        return result;
    }

    [[nodiscard]] std::optional<TimePoint> nextDue() const
    {
        std::optional<TimePoint> result;
        for (const auto &[project, lane] : lanes) {
            if (lane.empty() || lane.back().isReady())
                continue;
            const TimePoint due = lane.back().openedAt + m_limits.interval;
            if (!result || due < *result)
                result = due;
        }
        return result;
    }

    // Whether the batch is what its project has to give next, which it is then no longer.
    [[nodiscard]] bool gives(const Batch &batch)
    {
        if (!isReady(batch.project))
            return false;
        const Expected expected = lanes[batch.project].front();
        lanes[batch.project].pop_front();
        return std::equal(batch.records.begin(), batch.records.end(), expected.records.begin(),
                          expected.records.end(),
                          [](const RecordRef &record, RecordId id) { return record.id == id; })
            && batch.bodySize == expected.bytes && batch.openedAt == expected.openedAt;
    }

    std::map<std::string, std::deque<Expected>> lanes;
    std::set<std::string> blocked;

private:
    template <class Function>
    void forEachOpen(Function function)
    {
        for (auto &[project, lane] : lanes) {
            if (!lane.empty() && !lane.back().isClosed)
                function(lane.back());
        }
    }

    BatchLimits m_limits;
};

} // namespace

// Random calls, times and limits, against the model above.
class TstBatcherModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithAModel_data();
    void agreesWithAModel();
};

void TstBatcherModel::agreesWithAModel_data()
{
    QTest::addColumn<int>("maxCount");
    QTest::addColumn<int>("maxBytes");
    QTest::newRow("count and bytes") << 5 << 600;
    QTest::newRow("mostly bytes") << 100 << 400;
    QTest::newRow("mostly count") << 3 << 100'000;
    QTest::newRow("mostly time") << 1'000 << 1'000'000;
    QTest::newRow("each call alone") << 100 << 1;
}

void TstBatcherModel::agreesWithAModel()
{
    QFETCH(int, maxCount);
    QFETCH(int, maxBytes);
    const BatchLimits bounds =
        limits(static_cast<std::size_t>(maxCount), static_cast<std::size_t>(maxBytes));
    Bench bench(bounds);
    Model model(bounds);
    std::mt19937 random(static_cast<unsigned>(maxCount * 7 + maxBytes));
    const std::array<std::string, 5> projects{"a", "b", "c/d", "e",
                                              "a-long-name/that-is-on-the-heap"};
    std::size_t added = 0;
    std::size_t taken = 0;
    const auto check = [&](const std::optional<Batch> &batch) {
        taken += batch->records.size();
        return model.gives(*batch) && batch->bodySize == bench.realBodySize(*batch)
            && (batch->records.size() == 1 || batch->bodySize <= bounds.maxBytes);
    };
    for (int i = 0; i < 20'000; ++i) {
        const std::string &project = projects.at(random() % projects.size());
        switch (const auto dice = random() % 100; dice) {
        case 0:
            bench.batcher.makeAllDue();
            model.makeAllDue();
            break;
        case 1:
        case 2:
            bench.batcher.block(project);
            model.blocked.insert(project);
            break;
        case 3:
        case 4:
        case 5:
        case 6:
            bench.batcher.unblock(project);
            model.blocked.erase(project);
            break;
        case 7:
        case 8: {
            const auto batch = bench.batcher.takeFrom(project);
            model.passTime(bench.now);
            QCOMPARE(batch.has_value(), model.isReady(project));
            if (batch) {
                QCOMPARE(toBytes(batch->project), toBytes(project));
                QVERIFY(check(batch));
            }
            break;
        }
        case 9:
        case 10: {
            const auto batch =
                bench.batcher.take([&](const std::string &name) { return name != project; });
            model.passTime(bench.now);
            QCOMPARE(batch.has_value(), model.anyIsReady(project));
            if (batch) {
                QVERIFY(batch->project != project && !model.blocked.contains(batch->project));
                QVERIFY(check(batch));
            }
            break;
        }
        default:
            if (dice < 25) {
                const auto batch = bench.batcher.take();
                model.passTime(bench.now);
                QCOMPARE(batch.has_value(), model.anyIsReady());
                if (batch) {
                    QVERIFY(!model.blocked.contains(batch->project));
                    QVERIFY(check(batch));
                }
            } else if (dice < 45) {
                bench.now += Milliseconds(random() % 60);
            } else {
                const CallKind kind = random() % 2 == 0 ? CallKind::Start : CallKind::End;
                const bool mayBeReady = bench.add(project, 2 + random() % 200, kind);
                model.add(project, bench.last, bench.now);
                ++added;
                if (model.anyIsReady())
                    QVERIFY(mayBeReady);
            }
        }
        QVERIFY(bench.batcher.oldest() == model.oldest());
        QVERIFY(bench.batcher.nextDue() == model.nextDue());
    }

    for (const std::string &project : projects)
        bench.batcher.unblock(project);
    bench.batcher.makeAllDue();
    model.makeAllDue();
    while (const auto batch = bench.batcher.take())
        QVERIFY(check(batch));
    QVERIFY(added > 5'000);
    QCOMPARE(taken, added);
    QVERIFY(!bench.batcher.oldest());
    QVERIFY(!bench.batcher.nextDue());
}

QTEST_APPLESS_MAIN(TstBatcherModel)
#include "tst_batchermodel.moc"
