#include "stats/readiness.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using Condition = DeliveryState::Condition;

namespace {

StatusReport report(Condition condition, double oldestSeconds)
{
    StatusReport report;
    report.delivery.condition = condition;
    report.delivery.lastError = "the backend answered 503";
    report.pendingCalls = 1;
    report.oldestPendingSeconds = oldestSeconds;
    report.spoolUsedBytes = 10;
    report.spoolMaxBytes = 1000;
    return report;
}

bool isReady(const StatusReport &report)
{
    return whyNotReady(report).empty();
}

} // namespace

// When a daemon that runs is not ready: calls do not get through.
class TstReadiness final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readyAtTheStart();
    void pausedIsNotReady();
    void retryingHasSomeTime();
    void oldCallsAloneAreNoTrouble();
    void someProjectsAreNotAll();
    void fullSpool();
};

void TstReadiness::readyAtTheStart()
{
    QVERIFY(isReady(StatusReport()));
}

void TstReadiness::pausedIsNotReady()
{
    const QByteArray why = toBytes(whyNotReady(report(Condition::Paused, 0)));
    QVERIFY(why.contains("paused"));
    QVERIFY(why.contains("the backend answered 503"));
    StatusReport byUser = report(Condition::Paused, 0);
    byUser.delivery.isPausedByUser = true;
    QVERIFY(toBytes(whyNotReady(byUser)).contains("weave-sidecar pause"));
}

void TstReadiness::retryingHasSomeTime()
{
    QVERIFY(isReady(report(Condition::Retrying, 0)));
    QVERIFY(isReady(report(Condition::Retrying, 29)));
    const QByteArray why = toBytes(whyNotReady(report(Condition::Retrying, 31)));
    QVERIFY(why.contains("31 s"));
    QVERIFY(why.contains("the backend answered 503"));
    StatusReport empty = report(Condition::Retrying, 0);
    empty.oldestPendingSeconds.reset();
    QVERIFY2(isReady(empty), "nothing waits");
}

// They come from a backlog that is being worked off.
void TstReadiness::oldCallsAloneAreNoTrouble()
{
    QVERIFY(isReady(report(Condition::Ok, 100'000)));
}

// One project that the key may not write to is no reason to take the daemon from all others.
void TstReadiness::someProjectsAreNotAll()
{
    QVERIFY(isReady(report(Condition::Degraded, 100'000)));
    StatusReport full = report(Condition::Degraded, 100'000);
    full.spoolUsedBytes = 901;
    QVERIFY(!isReady(full));
}

void TstReadiness::fullSpool()
{
    StatusReport full = report(Condition::Ok, 0);
    full.spoolUsedBytes = 899;
    QVERIFY(isReady(full));
    full.spoolUsedBytes = 901;
    const QByteArray why = toBytes(whyNotReady(full));
    QVERIFY(why.contains("901") && why.contains("1000"));
    full.pendingCalls = 0;
    QVERIFY2(isReady(full), "spare files count as used and are no calls");
}

QTEST_APPLESS_MAIN(TstReadiness)
#include "tst_readiness.moc"
