#include "client/roles.h"
#include "gui/modelchecks.h"
#include "gui/scripteddaemon.h"
#include "widgets/actions.h"
#include "widgets/daemonview.h"
#include "widgets/livepage.h"
#include "widgets/mainwindow.h"
#include "widgets/problemspage.h"
#include "widgets/windowpages.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <algorithm>
#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// The window on a daemon that tells this of itself, or on none.
class WindowRig final
{
public:
    explicit WindowRig(const QByteArray &status = {})
        : view(folder.filePath(u"s"_s))
    {
        if (!status.isEmpty())
            daemon = std::make_unique<ScriptedDaemon>(
                folder.filePath(u"s"_s), "{\"event\":\"status\",\"status\":" + status + "}\n");
        pages = new WindowPages(window, view); // the window's child
        view.client().start();
        window.show();
    }

    [[nodiscard]] bool shows(const QString &text) const
    {
        const QList<QLabel *> labels = window.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&text](const QLabel *label) {
            return label->isVisible() && label->text().contains(text);
        });
    }

    QTemporaryDir folder;
    std::unique_ptr<ScriptedDaemon> daemon;
    Actions actions;
    MainWindow window{actions};
    DaemonView view;
    WindowPages *pages = nullptr;
};

} // namespace

// What the window's pages say of a daemon, and of none.
class WidgetsWindowTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noProblemsWhereAllIsWell();
    void noneYetIsNotAllIsWell();
    void endsOfCallsAreMissedWithoutADaemon();
    void wordsOfTheRowAreBelowTheTable();
    void theOverviewForgetsADaemonThatHasGone();
    void theChosenCallStaysChosen();
};

void WidgetsWindowTest::noProblemsWhereAllIsWell()
{
    WindowRig rig(R"({"pid":1,"backend":{"state":"ok"}})");
    rig.window.showPage(&rig.pages->problems());
    QTRY_VERIFY(rig.shows(u"Calls are taken and delivered"_s));
}

// Paused before this program came, and nobody has told of a request since.
void WidgetsWindowTest::noneYetIsNotAllIsWell()
{
    WindowRig paused(R"({"pid":1,"backend":{"state":"paused","paused_by":"user"}})");
    paused.window.showPage(&paused.pages->problems());
    QTRY_VERIFY(paused.view.client().isConnected());
    QVERIFY(!paused.shows(u"Calls are taken and delivered"_s));
    ProblemsPage &page = paused.pages->problems();
    const auto *const text = page.findChild<QLabel *>(QString(), Qt::FindDirectChildrenOnly);
    QTRY_COMPARE(text->text(), paused.view.state().reason());
    QVERIFY(text->text().contains(u"paused"_s));
}

void WidgetsWindowTest::endsOfCallsAreMissedWithoutADaemon()
{
    WindowRig rig(R"({"pid":1})");
    QTRY_VERIFY(rig.view.client().isConnected());
    rig.view.wantCalls(true, false);
    Q_EMIT rig.view.client().callArrived(start(u"1"_s));
    const auto status = [&rig] { return cell(rig.view.calls(), 0, CallModel::Status); };
    QCOMPARE(status(), u"running"_s);
    Q_EMIT rig.view.client().callsSkipped(3);
    QCOMPARE(status(), u"end not seen"_s);
    Q_EMIT rig.view.client().callArrived(start(u"2"_s));
    rig.view.wantCalls(false, false); // the page is no longer in sight
    QCOMPARE(status(), u"end not seen"_s);
    Q_EMIT rig.view.client().callArrived(start(u"3"_s));
    rig.daemon.reset();
    QTRY_VERIFY(!rig.view.client().isConnected());
    QCOMPARE(status(), u"end not seen"_s);
}

// Held by the mouse a tool tip says them; who has none reads them here.
void WidgetsWindowTest::wordsOfTheRowAreBelowTheTable()
{
    WindowRig rig(R"({"pid":1})");
    ProblemsPage &page = rig.pages->problems();
    rig.window.showPage(&page);
    const QString words = u"the backend answered 503: <b>busy</b>"_s;
    FlushEvent flush;
    flush.outcome = u"retry"_s;
    flush.error = words;
    QVERIFY(!rig.shows(words));
    rig.view.problems().noteFlush(flush);
    QVERIFY(!rig.shows(words));
    page.table().setCurrentIndex(page.table().model()->index(0, 1));
    QVERIFY(rig.shows(words));
    flush.error = u"the backend answered 503: still busy"_s;
    rig.view.problems().noteFlush(flush);
    QVERIFY(rig.shows(flush.error));
    const QList<QLabel *> labels = page.findChildren<QLabel *>();
    const auto shown = std::find_if(labels.begin(), labels.end(), [&flush](const QLabel *label) {
        return label->text() == flush.error;
    });
    QVERIFY(shown != labels.end());
    QCOMPARE((*shown)->textFormat(), Qt::PlainText);
    QVERIFY((*shown)->textInteractionFlags() & Qt::TextSelectableByKeyboard);
    rig.view.problems().clear();
    QVERIFY(!rig.shows(u"busy"_s));
}

// Its ages would stand still.
void WidgetsWindowTest::theOverviewForgetsADaemonThatHasGone()
{
    WindowRig rig(R"({"pid":1,"backend":{"url":"https://x.test","state":"retrying",)"
                  R"("last_error":"busy","last_error_seconds_ago":7},)"
                  R"("calls":{"oldest_pending_seconds":8,"pending_bytes":2048},)"
                  R"("spool":{"used_bytes":4096,"max_bytes":8192}})");
    QTRY_VERIFY(rig.shows(u"busy (7 s ago)"_s));
    QVERIFY(rig.shows(u"8 s"_s) && rig.shows(u"x.test"_s) && rig.shows(u"KiB"_s));
    rig.daemon.reset();
    QTRY_VERIFY(rig.shows(rig.view.client().absenceText()) && !rig.view.client().isConnected());
    QTRY_VERIFY(rig.shows(u"not known"_s));
    QVERIFY(!rig.shows(u"busy"_s) && !rig.shows(u"8 s"_s) && !rig.shows(u"x.test"_s));
    QVERIFY(!rig.shows(u"KiB"_s) && !rig.shows(u"0 B"_s));
}

// Its parent comes later, and then it stands below that.
void WidgetsWindowTest::theChosenCallStaysChosen()
{
    CallModel calls;
    LivePage page(calls);
    page.show();
    calls.add(start(u"3"_s));
    calls.add(start(u"2"_s, u"1"_s));
    calls.add(start(u"4"_s));
    const auto current = [&page] {
        return page.tree().currentIndex().siblingAtColumn(0).data(DetailRole).toString();
    };
    page.tree().setCurrentIndex(page.tree().model()->index(1, CallModel::Status));
    QVERIFY2(current().startsWith(u"Call 2 "_s), qPrintable(current()));
    auto *const detail = page.findChild<QPlainTextEdit *>();
    detail->selectAll();
    calls.add(start(u"1"_s, u"0"_s));
    QVERIFY2(current().startsWith(u"Call 2 "_s), qPrintable(current()));
    QVERIFY(page.tree().currentIndex().parent().isValid());
    calls.add(start(u"0"_s)); // and the parent's, with all that is below
    QVERIFY2(current().startsWith(u"Call 2 "_s), qPrintable(current()));
    QVERIFY(detail->toPlainText().startsWith(u"Call 2 "_s));
    QVERIFY(detail->textCursor().hasSelection()); // what is being copied
    // One that goes for good is not looked for for ever.
    calls.clear();
    calls.add(start(u"2"_s));
    QVERIFY(!page.tree().currentIndex().isValid());
}

QTEST_MAIN(WidgetsWindowTest)
#include "tst_widgets_window.moc"
