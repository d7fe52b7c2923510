#include "stats/processinfo.h"

#include <QDateTime>
#include <QFile>
#include <QTest>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;

class TstProcessInfo final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void startTimeIsNow();
    void agreesWithTheSystem();
    void countsDescriptors();
    void asksOnceASecond();
    void processorTimeGrows();
};

void TstProcessInfo::startTimeIsNow()
{
    const double before = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
    ProcessWatch watch(SteadyClock::now);
    const double started = watch.current().startTimeSeconds;
    QCOMPARE_GE(started, before - 1);
    QCOMPARE_LE(started, before + 10);
}

void TstProcessInfo::agreesWithTheSystem()
{
    ProcessWatch watch(SteadyClock::now);
    const ProcessInfo &info = watch.current();
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    QCOMPARE(info.maxFiles, std::uint64_t{limit.rlim_cur});
#ifdef Q_OS_LINUX
    QFile file(QStringLiteral("/proc/self/statm"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> pages = file.readAll().split(' ');
    const auto bytes = [&pages](int field) {
        return pages.value(field).toDouble() * static_cast<double>(::sysconf(_SC_PAGESIZE));
    };
    const auto isNear = [](std::uint64_t left, double right) {
        return left > 0 && qAbs(static_cast<double>(left) - right) < 0.2 * right;
    };
    QVERIFY(isNear(info.virtualBytes, bytes(0)));
    QVERIFY(isNear(info.residentBytes, bytes(1)));
    QCOMPARE_GE(info.threads, 1U);
#endif
}

void TstProcessInfo::countsDescriptors()
{
    TimePoint now = SteadyClock::now();
    ProcessWatch watch([&now] { return now; });
    const std::uint64_t before = watch.current().openFiles;
    rlimit limit = {};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    std::uint64_t open = 0;
    for (int descriptor = 0; descriptor < static_cast<int>(qMin<rlim_t>(limit.rlim_cur, 4096));
         ++descriptor)
        open += ::fcntl(descriptor, F_GETFD) >= 0 ? 1 : 0;
    QCOMPARE(before, open);
    std::vector<int> opened;
    for (int i = 0; i < 7; ++i)
        opened.push_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    now += 2s;
    QCOMPARE(watch.current().openFiles, before + 7);
    for (const int descriptor : opened)
        ::close(descriptor);
    now += 2s;
    QCOMPARE(watch.current().openFiles, before);
}

void TstProcessInfo::asksOnceASecond()
{
    TimePoint now = SteadyClock::now();
    ProcessWatch watch([&now] { return now; });
    const std::uint64_t before = watch.current().openFiles;
    const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    now += 999ms;
    QCOMPARE(watch.current().openFiles, before);
    now += 1ms;
    QCOMPARE(watch.current().openFiles, before + 1);
    ::close(descriptor);
}

void TstProcessInfo::processorTimeGrows()
{
    TimePoint now = SteadyClock::now();
    ProcessWatch watch([&now] { return now; });
    const double before = watch.current().cpuSeconds;
    QVERIFY(QTest::qWaitFor([&] {
        now += 2s;
        return watch.current().cpuSeconds > before;
    }));
}

QTEST_APPLESS_MAIN(TstProcessInfo)
#include "tst_processinfo.moc"
