// What drawing costs the processor. Measured in processor time, so that a busy machine changes
// little; the limits leave room for slower ones.
#include "client/callmodel.h"
#include "client/callpacer.h"
#include "widgets/livepage.h"
#include "widgets/overviewpage.h"

#include <QApplication>
#include <QLineEdit>
#include <QTest>
#include <QTreeView>

#include <cmath>
#include <ctime>

using namespace Weave;

namespace {

// Of this process, all threads.
double processorMilliseconds()
{
    return double(std::clock()) * 1000 / CLOCKS_PER_SEC;
}

QList<double> curve(int points, double phase)
{
    QList<double> values;
    for (int i = 0; i < points; ++i)
        values << 5000 + 4000 * std::sin(i / 7.0 + phase) + i * 37 % 90;
    return values;
}

CallEvent call(int number, bool isStart, qint64 time)
{
    CallEvent event;
    event.time = time;
    event.isStart = isStart;
    event.project = QStringLiteral("acme/support-bot");
    event.id = QStringLiteral("0199b7a2-%1").arg(number);
    // Five calls make a trace: one, and four below it.
    event.traceId = QStringLiteral("0199b7a2-%1").arg(number / 5 * 5);
    event.parentId = number % 5 == 0 ? QString() : event.traceId;
    event.operation = QStringLiteral("weave:///acme/support-bot/op/step_%1:v1").arg(number % 5);
    return event;
}

} // namespace

class TestSpeed final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // A status comes each second, and the four plots are drawn anew: within two frames of a screen
    // with 60 Hz, so that nothing is seen to stop.
    void overviewIsDrawnWithinTwoFrames()
    {
        constexpr int Updates = 100;
        constexpr int Points = 300;
        constexpr double TwoFrames = 2 * 1000.0 / 60;
        OverviewPage page;
        page.resize(1200, 800);
        page.show();
        QApplication::processEvents();
        const double before = processorMilliseconds();
        for (int update = 0; update < Updates; ++update) {
            OverviewCurves curves;
            curves.callsIn = curve(Points, update);
            curves.callsOut = curve(Points, update + 1);
            curves.waitingCalls = curve(Points, update + 2);
            curves.waitingBytes = curve(Points, update + 3);
            curves.latency = curve(Points, update + 4);
            page.setCurves(curves);
            QApplication::processEvents(); // draws
        }
        const double each = (processorMilliseconds() - before) / Updates;
        qInfo("an update and its drawing take %.1f ms", each);
        QVERIFY2(each < TwoFrames, qPrintable(QString::number(each)));
    }

    // With as many calls as are kept, all unfolded: the 300 events that the daemon tells of in a
    // second, drawn as often as CallPacer lets them, take a quarter of a processor at most.
    void fullLivePageKeepsUp_data()
    {
        QTest::addColumn<QString>("search");
        QTest::newRow("all") << QString();
        QTest::newRow("searched") << QStringLiteral("step_3");
    }
    void fullLivePageKeepsUp()
    {
        QFETCH(const QString, search);
        constexpr int EventsPerSecond = 300;
        constexpr int Frames = 1000 / int(CallPacer::Interval.count()); // in a second
        CallModel calls;
        LivePage page(calls);
        page.resize(1200, 800);
        page.show();
        int number = 0;
        for (; number < CallModel::MaxCalls; ++number)
            calls.add(call(number, true, number));
        page.tree().expandAll();
        page.findChild<QLineEdit *>()->setText(search);
        QApplication::processEvents();
        const double before = processorMilliseconds();
        for (int event = 0; event < EventsPerSecond; ++event) {
            const bool isStart = event % 2 == 0;
            calls.add(call(number, isStart, number));
            number += isStart ? 0 : 1;
            if (event % (EventsPerSecond / Frames) == 0)
                QApplication::processEvents(); // draws
        }
        const double all = processorMilliseconds() - before;
        qInfo("a second's events take %.0f ms", all);
        QVERIFY2(all < 250, qPrintable(QString::number(all)));
    }
};

QTEST_MAIN(TestSpeed)
#include "tst_widgets_speed.moc"
