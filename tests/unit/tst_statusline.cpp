#include "stats/statusline.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using Condition = DeliveryState::Condition;

class TstStatusLine final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void atTheStart();
    void connected();
    void deadLetters();
    void paused();
    void retrying();
    void degraded();
    void stopping();
    void fullSpool();
    void reasonIsOneShortLine();

private:
    [[nodiscard]] QByteArray line() const { return toBytes(statusLine(m_report)); }

    Stats m_stats;
    StatusReport m_report;
};

void TstStatusLine::init()
{
    m_stats = {};
    m_report = {};
    m_report.stats = &m_stats;
    m_report.spoolMaxBytes = 100;
}

void TstStatusLine::atTheStart()
{
    QCOMPARE(line(), "Ready · 0 delivered · 0 waiting"_ba);
}

void TstStatusLine::connected()
{
    m_stats.delivered = 1240;
    m_report.pendingCalls = 12'000;
    QCOMPARE(line(), "Connected · 1,240 delivered · 12,000 waiting"_ba);
}

void TstStatusLine::deadLetters()
{
    m_stats.delivered = 1;
    m_stats.giveUp(DeadLetterReason::Refused, 3);
    QCOMPARE(line(), "Connected · 1 delivered · 0 waiting · 3 dead-lettered"_ba);
}

void TstStatusLine::paused()
{
    m_report.delivery.condition = Condition::Paused;
    m_report.delivery.lastError = "the backend answered 401";
    QCOMPARE(line(), "Paused: the backend answered 401 · 0 delivered · 0 waiting"_ba);
    m_report.delivery.isPausedByUser = true;
    QCOMPARE(line(), "Paused by `weave-sidecar pause` · 0 delivered · 0 waiting"_ba);
}

void TstStatusLine::retrying()
{
    m_report.delivery.condition = Condition::Retrying;
    m_report.delivery.lastError = "connection refused";
    m_report.pendingCalls = 7;
    QCOMPARE(line(), "Retrying: connection refused · 0 delivered · 7 waiting"_ba);
}

void TstStatusLine::degraded()
{
    m_report.delivery.condition = Condition::Degraded;
    m_report.delivery.lastError = "the backend answered 503";
    m_report.delivery.failingProjects = 1;
    m_report.delivery.failingNamed = {{"acme/chat", true, "the backend answered 403"}};
    m_stats.delivered = 1;
    m_report.pendingCalls = 7;
    QCOMPARE(line(),
             "Degraded: calls of acme/chat wait: the backend answered 403"
             " · 1 delivered · 7 waiting"_ba);
    m_report.delivery.failingProjects = 3;
    QVERIFY(line().startsWith("Degraded: calls of acme/chat and 2 more projects wait: "));
    m_report.spoolUsedBytes = 99;
    QVERIFY2(line().startsWith("Trouble: the spool is nearly full"), line().constData());
}

void TstStatusLine::stopping()
{
    m_report.isStopping = true;
    m_report.pendingCalls = 7;
    QCOMPARE(line(), "Stopping · 0 delivered · 7 waiting"_ba);
}

void TstStatusLine::fullSpool()
{
    m_report.pendingCalls = 7;
    m_report.spoolUsedBytes = 99;
    QVERIFY2(line().startsWith("Trouble: the spool is nearly full"), line().constData());
    QVERIFY(line().endsWith(" · 0 delivered · 7 waiting"));
}

// A service manager takes a line as the end of the status.
void TstStatusLine::reasonIsOneShortLine()
{
    m_report.delivery.condition = Condition::Retrying;
    m_report.delivery.lastError = "one\nREADY=1\r\ttwo\x7f";
    QCOMPARE(line(), "Retrying: one READY=1  two  · 0 delivered · 0 waiting"_ba);
    m_report.delivery.lastError = "x" + u"ü"_s.repeated(200).toStdString();
    const QString decoded = QString::fromUtf8(line());
    QVERIFY(!decoded.contains(QChar::ReplacementCharacter));
    QCOMPARE_LT(line().size(), 300);
    QVERIFY(line().contains("... · "));
}

QTEST_APPLESS_MAIN(TstStatusLine)
#include "tst_statusline.moc"
