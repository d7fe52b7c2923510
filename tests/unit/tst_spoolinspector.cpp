#include "spool/spoolinspector.h"

#include "common/bytesize.h"
#include "unit/diskspoolbench.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace Weave;

// A look at a spool beside the daemon that works there.
class TstSpoolInspector final : public QObject, private DiskSpoolBench
{
    Q_OBJECT

private Q_SLOTS:
    void init() { useNewFolder(); }

    // Whoever reads slowly what is printed has the daemon deliver the calls and use the file again
    // in the middle of it.
    void aFileThatIsUsedAgainMeanwhile_data()
    {
        QTest::addColumn<QByteArray>("project");
        QTest::addColumn<int>("calls");
        QTest::newRow("by the same project") << QByteArray("a/one") << 3;
        QTest::newRow("by another") << QByteArray("b/two") << 3;
        QTest::newRow("by one with a longer name") << "b/" + QByteArray(1000, 'b') << 3;
        QTest::newRow("by none yet") << QByteArray("b/two") << 0;
    }
    void aFileThatIsUsedAgainMeanwhile()
    {
        QFETCH(const QByteArray, project);
        QFETCH(const int, calls);
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("1.seg")).toStdString();
        auto segment = Segment::create(path, 1, "a/one", 64 * KiB);
        QVERIFY(segment.ok());
        const std::string before(3000, 'a');
        for (int i = 0; i < 3; ++i)
            QVERIFY(segment->append({CallKind::Start, "a/one", "id", before}, 1, 1));
        std::vector<std::string> visited;
        const auto inspection =
            inspectSpool(folder.path().toStdString(),
                         [&](std::string_view owner, const Segment::Record &record) {
                             segment->reuse(segment->number() + 1, project.toStdString());
                             for (int i = 0; i < calls; ++i)
                                 QVERIFY(segment->append({CallKind::Start, project.toStdString(),
                                                          "id", std::string(3000, 'b')},
                                                         2, 2));
                             QCOMPARE(owner, std::string_view("a/one"));
                             visited.emplace_back(record.payload);
                         });
        QVERIFY(inspection.ok());
        QCOMPARE(visited, std::vector<std::string>{before});
        QCOMPARE(inspection->pendingCalls, std::uint64_t(1));
        QCOMPARE(inspection->problems, std::vector<std::string>());
    }

    // Calls that come and go, by projects of which each has a letter of its own.
    void aBusySpoolIsWhole()
    {
        auto spool = open();
        std::atomic<bool> isEnough = false;
        std::thread daemon([&] {
            std::deque<RecordRef> waiting;
            for (std::size_t i = 0; !isEnough; ++i) {
                const char letter = static_cast<char>('a' + i / 64 % 7);
                const std::string project(1 + i / 64 % 7, letter);
                const auto record = spool->append(
                    {CallKind::Start, project, "id", std::string(1 + i % 4000, letter)});
                if (record)
                    waiting.push_back(*record);
                while (waiting.size() > 100 || (!record && !waiting.empty())) {
                    spool->remove(waiting.front());
                    waiting.pop_front();
                }
            }
        });
        std::uint64_t foreign = 0;
        std::vector<std::string> problems;
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 500) {
            const auto inspection = inspectSpool(
                options().directory, [&](std::string_view project, const Segment::Record &record) {
                    if (record.payload.find_first_not_of(project[0]) != std::string_view::npos)
                        ++foreign;
                });
            if (inspection)
                problems.insert(problems.end(), inspection->problems.begin(),
                                inspection->problems.end());
        }
        isEnough = true;
        daemon.join();
        QCOMPARE(foreign, std::uint64_t(0));
        QCOMPARE(problems, std::vector<std::string>());
    }

    void damageIsTold()
    {
        writeThree();
        const QString path = segmentFiles().constFirst();
        QByteArray bytes = readAll(path);
        bytes[bytes.indexOf(payloadOf("2").c_str())] = '?';
        overwrite(path, bytes);
        std::vector<std::string> visited;
        const auto inspection =
            inspectSpool(options().directory, [&](std::string_view, const Segment::Record &record) {
                visited.emplace_back(record.payload);
            });
        QVERIFY(inspection.ok());
        QCOMPARE(visited, (std::vector<std::string>{payloadOf("1"), payloadOf("3")}));
        QCOMPARE(inspection->problems.size(), std::size_t(1));
        QVERIFY(inspection->problems[0].find("damaged from byte") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TstSpoolInspector)
#include "tst_spoolinspector.moc"
