#include "gui/scripteddaemon.h"
#include "widgets/daemonview.h"
#include "widgets/plotwidget.h"

#include <QAccessible>
#include <QImage>
#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace Weave;

namespace {

constexpr double Missing = std::numeric_limits<double>::quiet_NaN();

} // namespace

class TestPlot final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void saysItsNewestValues()
    {
        PlotWidget plot(QStringLiteral("Calls"), Unit::PerSecond);
        QCOMPARE(plot.accessibleName(), QStringLiteral("Calls"));
        QCOMPARE(plot.accessibleDescription(), QStringLiteral("No data yet."));
        plot.setSeries({{QStringLiteral("In"), {1, 2, 30}}, {QStringLiteral("Out"), {5, 6}}}, 1);
        QCOMPARE(plot.accessibleDescription(),
                 QStringLiteral("now: In: 30/s, Out: 6/s. Highest: 30/s."));
    }

    void isAChartToReaders()
    {
        PlotWidget plot(QStringLiteral("Calls"), Unit::PerSecond);
        QAccessibleInterface *const face = QAccessible::queryAccessibleInterface(&plot);
        QVERIFY(face != nullptr);
        QCOMPARE(face->role(), QAccessible::Chart);
        QCOMPARE(face->text(QAccessible::Name), QStringLiteral("Calls"));
        QCOMPARE(face->text(QAccessible::Description), QStringLiteral("No data yet."));
    }

    // A series that began later ends at the same moment.
    void seriesEndTogether()
    {
        PlotWidget plot(QStringLiteral("Calls"), Unit::Count);
        plot.setSeries({{QStringLiteral("a"), {1, 2, 3}}, {QStringLiteral("b"), {9}}}, 1);
        QCOMPARE(plot.reading(0), QStringLiteral("a: 1, b: no data"));
        QCOMPARE(plot.reading(2), QStringLiteral("a: 3, b: 9"));
    }

    void arrowKeysRead()
    {
        PlotWidget plot(QStringLiteral("Waiting"), Unit::Count);
        plot.setSeries({{QStringLiteral("calls"), {7, Missing, 9}}}, 10);
        plot.resize(400, 200);
        plot.show();
        QTest::keyClick(&plot, Qt::Key_Left);
        QCOMPARE(plot.accessibleDescription(),
                 QStringLiteral("10 s ago: calls: no data. Highest: 9."));
        QTest::keyClick(&plot, Qt::Key_Home);
        QCOMPARE(plot.accessibleDescription(), QStringLiteral("20 s ago: calls: 7. Highest: 9."));
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_End);
        QCOMPARE(plot.accessibleDescription(), QStringLiteral("now: calls: 9. Highest: 9."));
    }

    void survivesAnything()
    {
        PlotWidget plot(QStringLiteral("Odd"), Unit::Bytes);
        const QList<QList<double>> odd{
            {}, {1}, {Missing}, {Missing, Missing}, {0, 0, 0}, {1e18, 0}, {Missing, 1, Missing}};
        for (const QList<double> &values : odd) {
            plot.setSeries({{QStringLiteral("x"), values}}, 1);
            for (const QSize size : {QSize(400, 200), QSize(40, 20), QSize(1, 1)}) {
                plot.resize(size);
                QVERIFY(!plot.grab().isNull());
            }
            QTest::keyClick(&plot, Qt::Key_Left);
            QVERIFY(!plot.grab().isNull());
        }
    }

    void gapsStayEmpty()
    {
        PlotWidget plot(QStringLiteral("Gap"), Unit::Count);
        plot.resize(500, 200);
        QList<double> values(51, 4.0);
        const QImage whole = [&] {
            plot.setSeries({{QStringLiteral("x"), values}}, 1);
            return plot.grab().toImage();
        }();
        for (qsizetype i = 20; i < 30; ++i)
            values[i] = Missing;
        plot.setSeries({{QStringLiteral("x"), values}}, 1);
        QVERIFY(plot.grab().toImage() != whole);
    }

    void axisEndsRound()
    {
        QCOMPARE(roundedUp(0, Unit::Count), 1.0);
        QCOMPARE(roundedUp(3, Unit::Count), 4.0);
        QCOMPARE(roundedUp(37, Unit::PerSecond), 40.0);
        QCOMPARE(roundedUp(4001, Unit::Count), 6000.0);
        QCOMPARE(roundedUp(0.03, Unit::Seconds), 0.04);
        QCOMPARE(roundedUp(3000, Unit::Bytes), 4096.0);
        QCOMPARE(roundedUp(Missing, Unit::Seconds), 1.0);
    }

    void numbersHaveUnits()
    {
        QCOMPARE(formatValue(1234, Unit::Count, QLocale(QLocale::English)),
                 QStringLiteral("1,234"));
        QCOMPARE(formatValue(0.012, Unit::Seconds), QStringLiteral("12 ms"));
        QCOMPARE(formatValue(1536, Unit::Bytes), QStringLiteral("1.5 KiB"));
        QCOMPARE(formatAge(3725), QStringLiteral("1 h 2 min"));
    }

    // A daemon begins with its last requests, which may have been hours ago.
    void latencyIsOfNow_data()
    {
        const QByteArray flush = "{\"event\":\"flush\",\"time\":5,\"seconds\":0.1}\n";
        const QByteArray status = "{\"event\":\"status\",\"status\":{\"pid\":5}}\n";
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<double>("latency");
        QTest::newRow("told of") << flush + status << Missing;
        QTest::newRow("while connected") << status + flush << 100.0;
    }

    void latencyIsOfNow()
    {
        QFETCH(const QByteArray, script);
        QFETCH(const double, latency);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s"));
        const ScriptedDaemon daemon(path, script);
        QVERIFY(daemon.isListening());
        DaemonView view(path);
        const QSignalSpy flushes(&view.client(), &SidecarClient::flushArrived);
        const QSignalSpy snapshots(&view.client(), &SidecarClient::snapshotArrived);
        view.client().start();
        QTRY_VERIFY(snapshots.count() == 1 && flushes.count() == 1);
        QTest::qWait(1100);
        view.wantClients(true); // which brings another status
        QTRY_COMPARE(snapshots.count(), 2);
        QCOMPARE(view.history().values(History::Latency, 60, 60).constLast(), latency);
    }
};

QTEST_MAIN(TestPlot)
#include "tst_widgets_plot.moc"
