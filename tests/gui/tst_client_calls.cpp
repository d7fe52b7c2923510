#include "client/callmodel.h"
#include "client/callpacer.h"
#include "client/roles.h"
#include "gui/modelchecks.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <utility>

using namespace Weave;
using namespace Qt::StringLiterals;

class ClientCallsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void callsAreJoined();
    void childrenBelowParents();
    void parentAfterChildren();
    void eachOthersParents();
    void anotherParentMeanwhile();
    void endBeforeStart();
    void endsThatPassUnseen();
    void oldTracesGo();
    void oneHugeTrace();
    void anyOrder();
    void shownInIntervals();
    void noMoreThanAreKeptWait();
    void clearedWithThoseThatWait();
    void shortNames();
};

void ClientCallsTest::callsAreJoined()
{
    CallModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    model.add(start(u"1"_s));
    QCOMPARE(cell(model, 0, CallModel::Operation), u"answer"_s);
    QCOMPARE(cell(model, 0, CallModel::Status), u"running"_s);
    QCOMPARE(cell(model, 0, CallModel::Duration), QString());
    model.add(end(u"1"_s, u"ValueError: no"_s));
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(cell(model, 0, CallModel::Status), u"failed"_s);
    QCOMPARE(cell(model, 0, CallModel::Duration), u"1.50 s"_s);
    QVERIFY(model.index(0, 0).data(SearchRole).toString().contains(u"ValueError"_s));
    QVERIFY(model.index(0, 0).data(DetailRole).toString().contains(u"ValueError"_s));
}

void ClientCallsTest::childrenBelowParents()
{
    CallModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    model.add(start(u"1"_s));
    model.add(start(u"2"_s, u"1"_s));
    model.add(start(u"3"_s, u"2"_s));
    QCOMPARE(model.rowCount(), 1);
    const QModelIndex top = model.index(0, 0);
    QCOMPARE(model.rowCount(top), 1);
    QCOMPARE(model.rowCount(model.index(0, 0, top)), 1);
    QCOMPARE(model.parent(model.index(0, 0, top)), top);
}

void ClientCallsTest::parentAfterChildren()
{
    CallModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    model.add(start(u"2"_s, u"1"_s));
    model.add(start(u"3"_s, u"1"_s));
    QCOMPARE(model.rowCount(), 2);
    model.add(start(u"1"_s));
    QCOMPARE(model.rowCount(), 1);
    const QModelIndex top = model.index(0, 0);
    QCOMPARE(model.rowCount(top), 2);
    QVERIFY(model.index(0, 0, top).data(DetailRole).toString().contains(u"Call 2"_s));
    QCOMPARE(model.callCount(), 3);
}

void ClientCallsTest::eachOthersParents()
{
    CallModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    model.add(start(u"1"_s, u"2"_s));
    model.add(start(u"2"_s, u"1"_s));
    model.add(start(u"3"_s, u"3"_s));
    QCOMPARE(model.callCount(), 3);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
}

// A call that waits for its parent, is then sent with another one, and goes with the oldest: the
// first parent comes to nobody.
void ClientCallsTest::anotherParentMeanwhile()
{
    CallModel model;
    model.add(start(u"1"_s, u"first"_s));
    model.add(start(u"1"_s, u"second"_s));
    model.add(start(u"2"_s, u"first"_s));
    model.add(start(u"2"_s)); // and with none
    for (int i = 0; i < CallModel::MaxCalls; ++i)
        model.add(start(u"later %1"_s.arg(i)));
    model.add(start(u"first"_s));
    QCOMPARE(model.rowCount(model.index(0, 0)), 0);
    QCOMPARE(model.callCount(), qsizetype{CallModel::MaxCalls});
}

void ClientCallsTest::endBeforeStart()
{
    CallModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    model.add(end(u"1"_s));
    QCOMPARE(cell(model, 0, CallModel::Status), u"done"_s);
    QCOMPARE(cell(model, 0, CallModel::Operation), u"(began before)"_s);
    QCOMPARE(cell(model, 0, CallModel::Started), QString()); // and not when it ended
    QVERIFY(model.index(0, CallModel::Started).data(Qt::ToolTipRole).toString().isEmpty());
    model.add(start(u"1"_s));
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(cell(model, 0, CallModel::Operation), u"answer"_s);
    QCOMPARE(cell(model, 0, CallModel::Duration), u"1.50 s"_s);
}

// While nobody listens, or more pass than are told.
void ClientCallsTest::endsThatPassUnseen()
{
    CallModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    CallPacer pacer(model);
    pacer.add(start(u"1"_s));
    pacer.add(start(u"2"_s, u"1"_s));
    pacer.add(start(u"3"_s, u"1"_s));
    pacer.add(end(u"2"_s));
    QList<QPair<QModelIndex, int>> changed;
    connect(&model, &CallModel::dataChanged, this, [&changed](const QModelIndex &first) {
        changed.append({first.parent(), first.row()});
    });
    pacer.noteGap(); // those that wait to be shown came before it
    const QModelIndex top = model.index(0, 0);
    QCOMPARE(model.rowCount(top), 2);
    QCOMPARE(cell(model, 0, CallModel::Status), u"end not seen"_s);
    QCOMPARE(cell(model, 0, CallModel::Status, top), u"done"_s);
    QCOMPARE(cell(model, 1, CallModel::Status, top), u"end not seen"_s);
    QVERIFY(changed.contains({QModelIndex(), 0}));
    QVERIFY(changed.contains({top, 1}));
    changed.clear();
    pacer.noteGap();
    QVERIFY(changed.isEmpty()); // nothing new
    model.add(end(u"1"_s));
    model.add(start(u"4"_s));
    QCOMPARE(cell(model, 1, CallModel::Status), u"done"_s);
    QCOMPARE(cell(model, 0, CallModel::Status), u"running"_s);
}

void ClientCallsTest::oldTracesGo()
{
    CallModel model;
    for (int i = 0; i < CallModel::MaxCalls; i += 2) {
        model.add(start(QString::number(i)));
        model.add(start(QString::number(i + 1), QString::number(i)));
    }
    QCOMPARE(model.callCount(), qsizetype{CallModel::MaxCalls});
    model.add(start(u"new"_s));
    QCOMPARE(model.callCount(), qsizetype{CallModel::MaxCalls - 1}); // a trace of two has gone
    model.add(end(u"0"_s));
    QCOMPARE(cell(model, 0, CallModel::Operation), u"(began before)"_s);
}

void ClientCallsTest::oneHugeTrace()
{
    CallModel model;
    model.add(start(u"top"_s));
    for (int i = 0; i < CallModel::MaxCalls + 10; ++i)
        model.add(start(QString::number(i), u"top"_s));
    QVERIFY(model.callCount() <= CallModel::MaxCalls);
}

// Starts and ends of a random forest in any order, some of them twice.
void ClientCallsTest::anyOrder()
{
    QRandomGenerator random(20'261'124);
    for (int round = 0; round < 30; ++round) {
        CallModel model;
        const QAbstractItemModelTester tester(&model, Fatal);
        QList<CallEvent> events;
        for (int i = 0; i < 40; ++i) {
            const int parent = i == 0 ? -1 : random.bounded(-1, i);
            events << start(QString::number(i), parent < 0 ? QString() : QString::number(parent))
                   << end(QString::number(i));
        }
        events << events.mid(0, 10);
        std::shuffle(events.begin(), events.end(), random);
        for (const CallEvent &event : events)
            model.add(event);
        QCOMPARE(model.callCount(), 40);
        // Whatever the order was, no call that has a parent stands at the top.
        for (int row = 0; row < model.rowCount(); ++row) {
            const QModelIndex top = model.index(row, 0);
            const QString detail = top.data(DetailRole).toString();
            for (const CallEvent &event : std::as_const(events)) {
                if (event.isStart && detail.startsWith("Call "_L1 + event.id + ' '_L1))
                    QVERIFY2(event.parentId.isEmpty(), qPrintable(event.id));
            }
        }
    }
}

void ClientCallsTest::shownInIntervals()
{
    CallModel model;
    CallPacer pacer(model);
    QElapsedTimer since;
    since.start();
    pacer.add(start(u"1"_s));
    QCOMPARE(model.rowCount(), 1); // at once
    pacer.add(start(u"2"_s));
    pacer.add(end(u"2"_s));
    pacer.add(start(u"3"_s));
    QCOMPARE(model.rowCount(), 1);
    QTRY_COMPARE(model.rowCount(), 3);
    QCOMPARE(cell(model, 1, CallModel::Status), u"done"_s); // the end came behind its start
    pacer.add(start(u"4"_s));
    QCOMPARE(model.rowCount(), 3); // those were shown just now
    QTRY_COMPARE(model.rowCount(), 4);
    QCOMPARE_GE(since.elapsed(), CallPacer::Interval.count() * 2 * 9 / 10); // timers may be early
    QTest::qWait(int(CallPacer::Interval.count()) * 3 / 2);
    pacer.add(start(u"5"_s));
    QCOMPARE(model.rowCount(), 5);
}

void ClientCallsTest::noMoreThanAreKeptWait()
{
    CallModel model;
    CallPacer pacer(model);
    for (int i = 0; i <= CallModel::MaxCalls; ++i)
        pacer.add(start(QString::number(i)));
    QCOMPARE(model.rowCount(), CallModel::MaxCalls);
}

void ClientCallsTest::clearedWithThoseThatWait()
{
    CallModel model;
    CallPacer pacer(model);
    pacer.add(start(u"1"_s));
    pacer.add(start(u"2"_s));
    pacer.clear();
    QCOMPARE(model.rowCount(), 0);
    QTest::qWait(int(CallPacer::Interval.count()) * 3 / 2);
    QCOMPARE(model.rowCount(), 0);
}

void ClientCallsTest::shortNames()
{
    QCOMPARE(CallModel::shortOperation(u"weave:///a/b/op/answer:v3"_s), u"answer"_s);
    QCOMPARE(CallModel::shortOperation(u"weave:///a/b/op/A.b:*"_s), u"A.b"_s);
    QCOMPARE(CallModel::shortOperation(u"plain"_s), u"plain"_s);
    QCOMPARE(CallModel::shortOperation({}), QString());
}

QTEST_GUILESS_MAIN(ClientCallsTest)
#include "tst_client_calls.moc"
