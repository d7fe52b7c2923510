#include "client/callmodel.h"
#include "client/roles.h"
#include "gui/scripteddaemon.h"
#include "gui/widgetchecks.h"
#include "widgets/actions.h"
#include "widgets/backendform.h"
#include "widgets/checkedfield.h"
#include "widgets/daemonview.h"
#include "widgets/firststart.h"
#include "widgets/livepage.h"
#include "widgets/mainwindow.h"
#include "widgets/settingsdialog.h"
#include "widgets/tablepage.h"
#include "widgets/trayicon.h"

#include <QAction>
#include <QCheckBox>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScreen>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace Weave;

namespace {

void addCall(QStandardItemModel &model, const QString &name)
{
    auto *const item = new QStandardItem(name);
    item->setData(name + QStringLiteral(" in full"), DetailRole);
    item->setData(name, SearchRole);
    model.appendRow({item, new QStandardItem(QStringLiteral("done"))});
}

} // namespace

class TestPages final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tableGivesWayToASentence()
    {
        QStandardItemModel model(0, 2);
        TablePage page(QStringLiteral("Clients"), QStringLiteral("Nobody yet."), model, 0);
        page.show();
        QVERIFY(!page.table().isVisible());
        QVERIFY(page.findChild<QLabel *>()->isVisible());
        addCall(model, QStringLiteral("one"));
        QVERIFY(page.table().isVisible());
        model.removeRow(0);
        QVERIFY(!page.table().isVisible());
    }

    // Payloads may be confidential: not without being asked for, not for a page that nobody sees.
    void liveCallsAreAskedForInSight()
    {
        QStandardItemModel model(0, 2);
        LivePage page(model);
        QSignalSpy wanted(&page, &LivePage::wanted);
        QCOMPARE(page.showsPayloads(), false);
        page.show();
        QCOMPARE(wanted.takeFirst(), (QVariantList{true, false}));
        page.findChild<QCheckBox *>()->click();
        QCOMPARE(wanted.takeFirst(), (QVariantList{true, true}));
        page.hide();
        QCOMPARE(wanted.takeFirst(), (QVariantList{false, false}));
    }

    void liveCallsAreFound()
    {
        QStandardItemModel model(0, 2);
        LivePage page(model);
        page.show();
        addCall(model, QStringLiteral("answer"));
        addCall(model, QStringLiteral("summarise"));
        QTest::keyClicks(page.findChild<QLineEdit *>(), QStringLiteral("SUMM"));
        QCOMPARE(page.tree().model()->rowCount(), 1);
        page.tree().setCurrentIndex(page.tree().model()->index(0, 0));
        QCOMPARE(page.findChild<QPlainTextEdit *>()->toPlainText(),
                 QStringLiteral("summarise in full"));
    }

    // A second that nobody tells of is no second like the last one.
    void plotsGoOnWithoutADaemon()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("s"));
        auto daemon = std::make_unique<ScriptedDaemon>(
            path,
            R"({"event":"status","status":{"pid":4711,"calls":{"pending":7}}})"
            "\n");
        QVERIFY(daemon->isListening());
        DaemonView view(path);
        const auto newest = [&view] {
            return view.history().values(History::Pending, 60, 60).constLast();
        };
        view.client().start();
        QTRY_VERIFY(view.client().isConnected());
        QTest::qWait(1100);
        view.wantClients(true); // which brings another status
        QTRY_COMPARE(newest(), 7.0);
        daemon.reset();
        QTRY_VERIFY(!view.client().isConnected());
        QTRY_VERIFY(std::isnan(newest()));
    }

    // Other calls come and end meanwhile, up to hundreds a second.
    void detailsStayAsTheyAreRead()
    {
        QStandardItemModel model(0, 2);
        LivePage page(model);
        page.show();
        addCall(model, QStringLiteral("r\u00e9sum\u00e9\u00a0: \u00ab\u00a0oui\u00a0\u00bb\r\n"));
        addCall(model, QStringLiteral("other"));
        page.tree().setCurrentIndex(page.tree().model()->index(0, 0));
        auto *const detail = page.findChild<QPlainTextEdit *>();
        detail->selectAll();
        const QString selected = detail->textCursor().selectedText();
        QVERIFY(!selected.isEmpty());
        model.item(1, 1)->setText(QStringLiteral("failed"));
        QCOMPARE(detail->textCursor().selectedText(), selected);
    }

    void clearingForgetsWhatWasSkipped()
    {
        QStandardItemModel model(0, 2);
        LivePage page(model);
        page.show();
        page.noteSkipped(5);
        const QList<QLabel *> labels = page.findChildren<QLabel *>();
        const auto skipped = std::find_if(labels.begin(), labels.end(), [](const QLabel *label) {
            return label->text().startsWith(QStringLiteral("5 "));
        });
        QVERIFY(skipped != labels.end() && (*skipped)->isVisible());
        for (QPushButton *const button : page.findChildren<QPushButton *>())
            button->click(); // the page's only one
        QVERIFY(!(*skipped)->isVisible());
        page.noteSkipped(2);
        QVERIFY2((*skipped)->text().startsWith(QStringLiteral("2 ")),
                 qPrintable((*skipped)->text()));
    }

    // The status and the duration stay in sight, whatever the first project is called.
    void longNamesLeaveRoom()
    {
        CallModel calls;
        LivePage page(calls);
        page.resize(900, 500);
        page.show();
        CallEvent call;
        call.isStart = true;
        call.id = QStringLiteral("1");
        call.project = QStringLiteral("acme/") + QString(123, u'x');
        calls.add(call);
        const int first = page.tree().columnViewportPosition(CallModel::Status);
        QVERIFY2(first < page.tree().viewport()->width(), qPrintable(QString::number(first)));
    }

    void windowIsForKeysAndReaders()
    {
        QStandardItemModel model(0, 2);
        Actions actions;
        actions.setConnected(true);
        MainWindow window(actions);
        addCall(model, QStringLiteral("one"));
        window.addPage(QStringLiteral("Clients"),
                       new TablePage(QStringLiteral("Clients"), QString(), model, 0));
        window.addPage(QStringLiteral("Live"), new LivePage(model));
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        for (int page = 0; page < 2; ++page) {
            QTest::keyClick(&window, Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
            QCOMPARE(window.currentPage(), page);
            QCOMPARE(namelessControls(window), QStringList());
            QCOMPARE(unreachableControls(window), QStringList());
        }
    }

    // A screen reader selects the entry of a list without making it the current one.
    void selectionTurnsPages()
    {
        Actions actions;
        MainWindow window(actions);
        QStandardItemModel model(0, 2);
        for (const char *const name : {"one", "two"})
            window.addPage(QString::fromLatin1(name),
                           new TablePage(QString::fromLatin1(name), QString(), model, 0));
        auto *const list = window.findChild<QListWidget *>();
        list->selectionModel()->select(list->model()->index(1, 0),
                                       QItemSelectionModel::ClearAndSelect);
        QCOMPARE(window.currentPage(), 1);
    }

    void dialogsAreForKeysAndReaders()
    {
        SettingsDialog settings;
        FirstStart firstStart;
        settings.setSettings({}, Options());
        Settings usual;
        usual.backend = QStringLiteral("https://trace.wandb.ai");
        firstStart.form().setSettings(usual);
        const auto check = [](QWidget &dialog) {
            dialog.show();
            dialog.activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&dialog));
            QCOMPARE(namelessControls(dialog), QStringList());
            QCOMPARE(unreachableControls(dialog), QStringList());
        };
        auto *const tabs = settings.findChild<QTabWidget *>();
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            check(settings);
        }
        settings.hide();
        check(firstStart);
        firstStart.showHint(QStringLiteral("127.0.0.1:8319"), QStringLiteral("/x"));
        check(firstStart);
    }

    void settingsAreCheckedAsTheyAreTyped()
    {
        SettingsDialog dialog;
        Settings settings;
        settings.backend = QStringLiteral("https://trace.wandb.ai");
        settings.spoolMaxBytes = QStringLiteral("2GiB");
        dialog.setSettings(settings, Options());
        QVERIFY(dialog.settings() == settings);
        const auto *const save =
            dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save);
        QVERIFY(save->isEnabled());
        for (CheckedField *const field : dialog.findChildren<CheckedField *>()) {
            if (field->text() != settings.spoolMaxBytes)
                continue;
            field->edit().selectAll();
            QTest::keyClicks(&field->edit(), QStringLiteral("lots"));
            QVERIFY(field->hasProblem());
        }
        QVERIFY(!save->isEnabled());
    }

    // Who only wants other notifications need not say where calls go; the first start asks for it.
    void addressMayBeLeftEmpty()
    {
        SettingsDialog dialog;
        dialog.setSettings({}, Options());
        QVERIFY(
            dialog.findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Save)->isEnabled());
        FirstStart firstStart;
        firstStart.form().setSettings({});
        QVERIFY(!firstStart.form().check().isEmpty());
    }

    // The key behind a label's underlined letter leads into its field.
    void labelsLeadIntoFields()
    {
        SettingsDialog dialog;
        dialog.setSettings({}, Options());
        dialog.show();
        for (const QLabel *const label : dialog.findChildren<QLabel *>()) {
            if (label->text().contains(u'&'))
                QVERIFY2(qobject_cast<QLineEdit *>(label->buddy()), qPrintable(label->text()));
        }
    }

    // What stands elsewhere and holds, or wins, is not left unsaid.
    void settingsTellOfOtherPlaces()
    {
        Options options;
        options.set("socket", "/run/x.sock", Options::Source::File, "/etc/x.toml:1");
        options.set("http", "127.0.0.1:99", Options::Source::Variable);
        SettingsDialog dialog;
        dialog.setSettings({}, options);
        QStringList placeholders;
        for (const QLineEdit *const edit : dialog.findChildren<QLineEdit *>())
            placeholders << edit->placeholderText();
        QVERIFY(placeholders.contains(QStringLiteral("/run/x.sock")));
        QStringList texts;
        for (const QLabel *const label : dialog.findChildren<QLabel *>())
            texts << label->text();
        QVERIFY(!texts.filter(QStringLiteral("127.0.0.1:99")).isEmpty());
    }

    void dialogGrowsWithItsSentences()
    {
        FirstStart dialog;
        Settings settings;
        settings.backend = QStringLiteral("https://trace.wandb.ai");
        dialog.form().setSettings(settings);
        dialog.show();
        QCoreApplication::processEvents();
        const int before = dialog.height();
        dialog.form().setTestResult(QStringLiteral("many words ").repeated(60), false);
        QTRY_VERIFY(dialog.height() > before + 3 * dialog.fontMetrics().height());
    }

    void plainHttpIsAskedForWhereItMatters()
    {
        FirstStart dialog;
        auto *const allow = dialog.findChild<QCheckBox *>();
        Settings settings;
        settings.backend = QStringLiteral("https://trace.test");
        dialog.form().setSettings(settings);
        QVERIFY(!allow->isVisibleTo(&dialog));
        settings.backend = QStringLiteral("http://trace.test");
        dialog.form().setSettings(settings);
        QVERIFY(allow->isVisibleTo(&dialog));
        QVERIFY(!dialog.form().check().isEmpty());
        allow->click();
        QCOMPARE(dialog.form().check(), QString());
        Settings written;
        dialog.form().writeTo(written);
        QCOMPARE(written.allowHttp, QStringLiteral("true"));
        QCOMPARE(written.backend, settings.backend);
    }

    // What is typed as the key is seen by nobody, and is not in the settings.
    void keyIsNotShown()
    {
        FirstStart dialog;
        int hidden = 0;
        for (const QLineEdit *const edit : dialog.findChildren<QLineEdit *>())
            hidden += edit->echoMode() == QLineEdit::Password ? 1 : 0;
        QCOMPARE(hidden, 1);
    }

    void windowTellsWhetherItIsSeen()
    {
        Actions actions;
        MainWindow window(actions);
        const QSignalSpy watched(&window, &MainWindow::watchedChanged);
        window.show();
        window.close();
        QCOMPARE(watched.count(), 2);
        QCOMPARE(watched.last().first().toBool(), false);
    }

    void windowFitsOnASmallScreen()
    {
        const QFont usual = QApplication::font();
        QFont large = usual;
        large.setPixelSize(20); // this screen is to it what a small one is to a usual font
        QApplication::setFont(large);
        Actions actions;
        const MainWindow window(actions);
        QApplication::setFont(usual);
        const int room = window.screen()->availableSize().height();
        QVERIFY2(window.height() < room, qPrintable(QString::number(window.height())));
        QVERIFY2(window.minimumHeight() < room, qPrintable(QString::number(room)));
    }

    void windowComesForwardAsLargeAsItWas()
    {
        Actions actions;
        MainWindow window(actions);
        window.showMaximized();
        window.showMinimized();
        window.comeForward();
        QVERIFY(!window.isMinimized());
        QVERIFY(window.isMaximized());
    }

    void menuSaysTheStateFirst()
    {
        Actions actions;
        TrayIcon icon(actions);
        icon.setState(TrayLook::Paused, QStringLiteral("Paused & waiting"));
        const QList<QAction *> entries = icon.menu().actions();
        QCOMPARE(entries.first()->text(), QStringLiteral("Paused && waiting"));
        for (QAction *const action : {actions.open, actions.pause, actions.flush, actions.retry,
                                      actions.openLog, actions.copyDiagnostics, actions.settings,
                                      actions.startAtLogin, actions.about, actions.quit})
            QVERIFY2(entries.contains(action), qPrintable(action->text()));
    }

    void stateChangesAtMostOnceASecond()
    {
        Actions actions;
        TrayIcon icon(actions);
        icon.setState(TrayLook::Idle, QStringLiteral("one"));
        icon.setState(TrayLook::Sending, QStringLiteral("two"));
        QCOMPARE(icon.menu().actions().first()->text(), QStringLiteral("one"));
        QTRY_COMPARE_WITH_TIMEOUT(icon.menu().actions().first()->text(), QStringLiteral("two"),
                                  3000);
    }

    void pauseSaysWhatItDoes()
    {
        Actions actions;
        QVERIFY(!actions.pause->isEnabled());
        actions.setDaemon(false, false); // another user's
        QVERIFY(!actions.pause->isEnabled() && !actions.startDaemon->isVisible());
        actions.setDaemon(true, false);
        QVERIFY(actions.pause->isEnabled());
        const QString before = actions.pause->text();
        actions.setPaused(true);
        QVERIFY(actions.pause->text() != before);
    }
};

QTEST_MAIN(TestPages)
#include "tst_widgets_pages.moc"
