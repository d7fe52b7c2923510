#include "client/callmodel.h"
#include "client/clientmodel.h"
#include "client/flushmodel.h"
#include "client/problemmodel.h"
#include "client/roles.h"
#include "gui/modelchecks.h"

#include <QDateTime>
#include <QLocale>
#include <QTest>

#include <algorithm>

using namespace Weave;
using namespace Qt::StringLiterals;

class ClientModelsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void flushes();
    void flushesAreBounded();
    void otherDaysAreDates();
    void toolTipsAreNoPages();
    void clientRates();
    void clientsComeAndGo();
    void problemsAreCounted();
    void problemsOfASnapshot();
    void tellsDaemonsApart();
    void anotherFormIsNoProblem();
    void whatBecameOfTheCalls_data();
    void whatBecameOfTheCalls();
};

void ClientModelsTest::flushes()
{
    FlushModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    FlushEvent flush;
    flush.project = u"a/b"_s;
    flush.calls = 1240;
    flush.seconds = 0.0815;
    flush.attempts = 2;
    flush.outcome = u"retry"_s;
    flush.status = 503;
    flush.error = u"the backend answered 503: busy"_s;
    model.add(flush);
    flush.outcome = u"delivered"_s;
    flush.status = 200;
    flush.error.clear();
    model.add(flush);
    QCOMPARE(cell(model, 0, FlushModel::Status), u"200 · delivered"_s); // the newest first
    QCOMPARE(cell(model, 1, FlushModel::Status), u"503 · will be tried again"_s);
    QVERIFY(model.index(1, FlushModel::Status)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(u"the backend answered 503: busy"_s));
    // For who has no mouse to hold over it.
    QCOMPARE(model.index(1, FlushModel::Project).data(Qt::AccessibleDescriptionRole).toString(),
             u"the backend answered 503: busy"_s);
    QCOMPARE(model.index(1, FlushModel::Project).data(DetailRole).toString(),
             u"the backend answered 503: busy"_s);
    QVERIFY(!model.index(0, 0).data(Qt::AccessibleDescriptionRole).isValid());
    QCOMPARE(cell(model, 0, FlushModel::Calls), u"1240"_s);
    QCOMPARE(cell(model, 0, FlushModel::Milliseconds), u"82"_s);
}

void ClientModelsTest::flushesAreBounded()
{
    FlushModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    for (int i = 0; i < FlushModel::MaxRows + 5; ++i) {
        FlushEvent flush;
        flush.calls = i;
        model.add(flush);
    }
    QCOMPARE(model.rowCount(), int{FlushModel::MaxRows});
    QCOMPARE(cell(model, 0, FlushModel::Calls).remove(u','), u"504"_s);
}

void ClientModelsTest::otherDaysAreDates()
{
    const QDateTime today = QDateTime(QDate::currentDate(), QTime(14, 5, 9));
    const QDateTime before = today.addDays(-1);
    FlushModel flushes;
    ProblemModel problems;
    CallModel calls;
    for (const QDateTime &time : {before, today}) {
        FlushEvent flush;
        flush.time = time.toMSecsSinceEpoch();
        flush.outcome = u"retry"_s;
        flush.status = time == today ? 503 : 500;
        flushes.add(flush);
        problems.noteFlush(flush);
        CallEvent call = start(time.toString());
        call.time = flush.time;
        calls.add(call);
    }
    const QString day = QLocale().toString(before.date(), QLocale::ShortFormat);
    QCOMPARE(cell(flushes, 0, FlushModel::Time), u"14:05:09"_s);
    QCOMPARE(cell(flushes, 1, FlushModel::Time), day);
    QCOMPARE(flushes.index(1, FlushModel::Time).data(Qt::ToolTipRole).toString(),
             day + u" 14:05:09"_s);
    QCOMPARE(cell(problems, 0, ProblemModel::Time), u"14:05:09"_s);
    QCOMPARE(cell(problems, 1, ProblemModel::Time), day);
    QCOMPARE(cell(calls, 0, CallModel::Started), u"14:05:09.000"_s);
    QCOMPARE(cell(calls, 1, CallModel::Started), day);
}

// Whatever servers and programs say, it is text.
void ClientModelsTest::toolTipsAreNoPages()
{
    const QString words = u"502: <h1>Bad Gateway</h1>\n<img src='file:///x'>"_s;
    FlushEvent flush;
    flush.outcome = u"retry"_s;
    flush.error = words;
    FlushModel flushes;
    flushes.add(flush);
    ProblemModel problems;
    problems.noteFlush(flush);
    CallModel calls;
    calls.add(start(u"1"_s));
    calls.add(end(u"1"_s, words));
    ClientModel clients;
    clients.update({{1, words, 1, 0, 0, 0}}, 1000);
    const QList<QModelIndex> cells{
        flushes.index(0, FlushModel::Status), problems.index(0, ProblemModel::Title),
        calls.index(0, CallModel::Status), clients.index(0, ClientModel::Name)};
    for (const QModelIndex &index : cells) {
        const QString tip = index.data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(words.toHtmlEscaped()), qPrintable(tip));
        QVERIFY2(!tip.contains(u"<h1>"_s), qPrintable(tip));
    }
}

void ClientModelsTest::clientRates()
{
    ClientModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    model.update({{42, u"python3"_s, 1, 100, 5000, 0}}, 1000);
    QCOMPARE(cell(model, 0, ClientModel::Pid), u"42"_s);
    QCOMPARE(cell(model, 0, ClientModel::CallRate), u"0.0"_s);
    model.update({{42, u"python3"_s, 2, 300, 9000, 1}, {7, u"node"_s, 1, 5, 5, 0}}, 3000);
    QCOMPARE(cell(model, 0, ClientModel::Name), u"node"_s);
    QCOMPARE(cell(model, 1, ClientModel::CallRate), u"100"_s);
    // A connection that has closed takes its count along; that is no negative rate.
    model.update({{42, u"python3"_s, 1, 20, 9000, 1}}, 4000);
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(cell(model, 0, ClientModel::CallRate), u"0.0"_s);
}

// Whoever is on a row stays there.
void ClientModelsTest::clientsComeAndGo()
{
    ClientModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    const auto update = [&model](const QList<qint64> &pids) {
        QList<ClientSnapshot> clients;
        for (const qint64 pid : pids)
            clients << ClientSnapshot{pid, u"python3"_s, 1, 5, 5, 0};
        static qint64 now = 0;
        model.update(clients, now += 1000);
        QStringList shown;
        for (int row = 0; row < model.rowCount(); ++row)
            shown << cell(model, row, ClientModel::Pid);
        return shown.join(u' ');
    };
    QCOMPARE(update({5, 3, 9}), u"3 5 9"_s);
    const QPersistentModelIndex read = model.index(1, 0);
    QCOMPARE(update({1, 5, 7, 9}), u"1 5 7 9"_s);
    QVERIFY(read.isValid());
    QCOMPARE(read.row(), 1);
    QCOMPARE(update({5}), u"5"_s);
    QCOMPARE(read.row(), 0);
    QCOMPARE(update({0, 0, 5, 8}), u"unknown unknown 5 8"_s);
    QCOMPARE(read.row(), 2);
    QCOMPARE(update({0, 5, 8}), u"unknown 5 8"_s);
    QCOMPARE(read.row(), 1);
    QCOMPARE(update({}), QString());
    QVERIFY(!read.isValid());
}

void ClientModelsTest::problemsAreCounted()
{
    ProblemModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    FlushEvent refused;
    refused.outcome = u"paused"_s;
    refused.status = 401;
    refused.time = 5;
    FlushEvent away;
    away.outcome = u"retry"_s;
    away.error = u"the backend cannot be reached: Connection refused"_s;
    model.noteFlush(refused);
    const QPersistentModelIndex read = model.index(0, 0); // by somebody who has chosen it
    model.noteFlush(away);
    QCOMPARE(read.row(), 1);
    model.noteFlush(refused);
    QCOMPARE(model.rowCount(), 2);
    QVERIFY(read.isValid());
    QCOMPARE(read.row(), 0);
    QCOMPARE(model.problems().front().cause, u"401"_s);
    QCOMPARE(model.problems().front().count, 2);
    QVERIFY(cell(model, 0, ProblemModel::Advice).contains(u"key"_s));
    QCOMPARE(model.index(1, 0).data(Qt::AccessibleDescriptionRole).toString(), away.error);
    QCOMPARE(model.index(1, 0).data(DetailRole).toString(), away.error);
    QCOMPARE(cell(model, 0, ProblemModel::Count), u"2"_s);
    QCOMPARE(model.problems().back().cause, u"network"_s);
    for (int i = 0; i < ProblemModel::MaxProblems + 50; ++i) {
        refused.status = 400 + i;
        model.noteFlush(refused);
    }
    QCOMPARE(model.rowCount(), int{ProblemModel::MaxProblems});
}

void ClientModelsTest::problemsOfASnapshot()
{
    ProblemModel model;
    const QAbstractItemModelTester tester(&model, Fatal);
    Snapshot snapshot;
    snapshot.pid = 1;
    snapshot.refused = {{u"spool_full"_s, 3}};
    snapshot.deadLettered = 2;
    model.noteSnapshot(snapshot, 10);
    QCOMPARE(model.rowCount(), 2);
    model.noteSnapshot(snapshot, 20);
    QCOMPARE(model.problems().back().count, 3); // nothing has changed
    snapshot.refused[u"spool_full"_s] = 5;
    model.noteSnapshot(snapshot, 30);
    QCOMPARE(model.problems().front().cause, u"spool_full"_s);
    QCOMPARE(model.problems().front().count, 5);
    // Another daemon counts from nothing.
    snapshot.pid = 2;
    snapshot.refused = {{u"spool_full"_s, 1}};
    snapshot.deadLettered = 0;
    model.noteSnapshot(snapshot, 40);
    QCOMPARE(model.problems().front().count, 6);
}

void ClientModelsTest::tellsDaemonsApart()
{
    const auto spoolWasFull = [](const ProblemModel &model) {
        const auto &problems = model.problems();
        const auto isIt = [](const auto &problem) { return problem.cause == u"spool_full"_s; };
        return std::find_if(problems.begin(), problems.end(), isIt)->count;
    };
    ProblemModel model;
    Snapshot snapshot;
    snapshot.pid = 1;
    snapshot.uptimeSeconds = 100;
    snapshot.refused = {{u"spool_full"_s, 3}};
    model.noteSnapshot(snapshot, 10);
    // The same one, after a while in which nobody heard of it.
    model.noteAbsence(u"away"_s, 20);
    snapshot.uptimeSeconds = 200;
    snapshot.refused = {{u"spool_full"_s, 4}, {u"not_allowed"_s, 1}}; // the latter by our asking
    model.noteSnapshot(snapshot, 30);
    QCOMPARE(spoolWasFull(model), 4);
    QCOMPARE(model.rowCount(), 2);
    // The next one in the same container.
    snapshot.uptimeSeconds = 1;
    snapshot.received = 10;
    snapshot.refused = {{u"spool_full"_s, 5}};
    model.noteSnapshot(snapshot, 40);
    QCOMPARE(spoolWasFull(model), 9);
    // And one that has been up for longer when it is heard of.
    snapshot.uptimeSeconds = 100;
    snapshot.received = 1;
    snapshot.refused = {{u"spool_full"_s, 6}};
    model.noteSnapshot(snapshot, 50);
    QCOMPARE(spoolWasFull(model), 15);
}

void ClientModelsTest::anotherFormIsNoProblem()
{
    ProblemModel model;
    FlushEvent flush;
    flush.status = 400;
    flush.outcome = u"other_route"_s;
    model.noteFlush(flush);
    flush.outcome = u"delivered"_s;
    model.noteFlush(flush);
    QCOMPARE(model.rowCount(), 0);
}

void ClientModelsTest::whatBecameOfTheCalls_data()
{
    QTest::addColumn<int>("status"); // 0 for no answer
    QTest::addColumn<QString>("outcome");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("advice");
    QTest::addColumn<QString>("shown");
    const auto row = [](int status, const char *outcome, const char *title, const char *advice,
                        const char *shown) {
        QTest::addRow("%d %s", status, outcome)
            << status << QString::fromLatin1(outcome) << QString::fromLatin1(title)
            << QString::fromLatin1(advice) << QString::fromLatin1(shown);
    };
    row(401, "paused", "refuses the API key", "right key", "delivery stopped");
    row(403, "paused", "may not write to a/b", "access to the project", "the project waits");
    row(404, "paused", "does not know", "the server's address", "delivery stopped");
    row(405, "paused", "does not know", "the server's address", "delivery stopped");
    row(400, "paused", "refused calls (400)", "Calls are kept", "the project waits");
    row(402, "paused", "refused calls (402)", "Calls are kept", "delivery stopped");
    row(301, "paused", "refused calls (301)", "the server's address", "delivery stopped");
    row(501, "paused", "trouble of its own (501)", "the server's address", "delivery stopped");
    row(503, "retry", "trouble of its own (503)", "Calls are kept", "tried again");
    row(429, "retry", "fewer requests", "Calls are kept", "tried again");
    row(408, "retry", "refused calls (408)", "Calls are kept", "tried again");
    row(0, "retry", "cannot be reached", "Calls are kept", "tried again");
    row(413, "halved", "too large", "smaller parts", "in halves");
    row(404, "halved", "does not know", "smaller parts", "in halves");
    row(413, "given_up", "too large", "dead letter", "dead letter");
    row(404, "given_up", "does not know", "dead letter", "dead letter");
    row(422, "given_up", "refused calls (422)", "dead letter", "dead letter");
}

// The same status may cost nothing, or the calls: the outcome tells.
void ClientModelsTest::whatBecameOfTheCalls()
{
    QFETCH(int, status);
    QFETCH(QString, outcome);
    QFETCH(QString, title);
    QFETCH(QString, advice);
    QFETCH(QString, shown);
    FlushEvent flush;
    flush.project = u"a/b"_s;
    flush.outcome = outcome;
    if (status != 0)
        flush.status = status;
    ProblemModel problems;
    problems.noteFlush(flush);
    const QString said = cell(problems, 0, ProblemModel::Title);
    QVERIFY2(said.contains(title), qPrintable(said));
    const QString advised = cell(problems, 0, ProblemModel::Advice);
    QVERIFY2(advised.contains(advice), qPrintable(advised));
    const bool isKept = outcome == u"retry"_s || outcome == u"paused"_s;
    QCOMPARE(advised.contains(u"Calls are kept"_s), isKept);
    QCOMPARE(advised.contains(u"dead letter"_s), outcome == u"given_up"_s);
    FlushModel flushes;
    flushes.add(flush);
    const QString statusText = cell(flushes, 0, FlushModel::Status);
    QVERIFY2(statusText.contains(shown), qPrintable(statusText));
}

QTEST_GUILESS_MAIN(ClientModelsTest)
#include "tst_client_models.moc"
