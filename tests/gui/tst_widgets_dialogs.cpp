#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "gui/scripteddaemon.h"
#include "gui/settingsrig.h"
#include "widgets/actions.h"
#include "widgets/autostart.h"
#include "widgets/backendform.h"
#include "widgets/daemonview.h"
#include "widgets/deadletterbox.h"
#include "widgets/firststart.h"
#include "widgets/mainwindow.h"
#include "widgets/problemspage.h"
#include "widgets/sdkhint.h"
#include "widgets/settingsdialog.h"
#include "widgets/settingsflow.h"
#include "widgets/spoolcommands.h"
#include "widgets/windowpages.h"

#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// Of the CA file, and of the file for calls.
QPushButton *chooserOf(const BackendForm &form, int which)
{
    QList<QPushButton *> found = form.findChildren<QPushButton *>();
    found.removeIf([](const QPushButton *each) { return !each->text().contains(u'…'); });
    return found.value(which);
}

// The dialog of this kind that is open; null for none.
template <typename Dialog>
Dialog *opened()
{
    for (QWidget *const each : QApplication::topLevelWidgets()) {
        auto *const found = qobject_cast<Dialog *>(each);
        if (found != nullptr && found->isVisible())
            return found;
    }
    return nullptr;
}

} // namespace

// What dialogs and boxes make of the settings and of a daemon.
class WidgetsDialogsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatCannotBeKeptStaysInTheDialog();
    void theTestOfADialogEndsWithIt();
    void whereTheSocketOfSystemdIsSet();
    void linesForAShell();
    void deadLettersAreSentAgain();
    void deadLettersOfAnotherSpool();
    void aWindowTakesItsFileChooserAlong();
    void aFileIsChosen();
    void theFirstStartLeavesWhatIsThere();
    void theFirstStartBesideAnotherDaemon();
    void nothingIsKnownBeforeALook();
    void noExportOverAFileInUse();
    void noAnswerIsNoRefusal();
    void startAtLoginIsChangedByTheUserAlone();
    void aTestOfOtherFieldsIsForgotten();
};

// Somebody edits the file while the question is open; or the environment says where HTTP goes.
void WidgetsDialogsTest::theFirstStartLeavesWhatIsThere()
{
    for (const QByteArray &line : {QByteArray("http = \"127.0.0.1:0\"\n"), QByteArray()}) {
        SettingsRig rig;
        if (line.isEmpty())
            qputenv("WEAVE_SIDECAR_HTTP", "127.0.0.1:0");
        const auto unset = qScopeGuard([] { qunsetenv("WEAVE_SIDECAR_HTTP"); });
        Autostart autostart(rig.folder.path());
        SettingsFlow flow(*rig.keeper, *rig.client, autostart);
        const QByteArray lines = "# mine\nmax-connections = 77\n";
        QVERIFY(rig.writeConfig(lines));
        flow.openFirstStart(nullptr);
        FirstStart *const dialog = opened<FirstStart>();
        QVERIFY(dialog != nullptr);
        dialog->form().setBackend(u"file:"_s + rig.folder.filePath(u"calls"_s));
        QVERIFY(rig.writeConfig(lines + line));
        Q_EMIT dialog->chosen();
        QFile config(rig.configFile);
        QVERIFY(config.open(QIODevice::ReadOnly));
        const QByteArray kept = config.readAll();
        QVERIFY2(kept.startsWith(lines + line), kept.constData());
        QVERIFY2(kept.contains("backend = \"file:"), kept.constData());
        QCOMPARE(kept.count("http ="), line.count("http ="));
        const QList<QPlainTextEdit *> hints = dialog->findChildren<QPlainTextEdit *>();
        QVERIFY(std::any_of(hints.begin(), hints.end(), [](const QPlainTextEdit *hint) {
            return hint->toPlainText().contains(u"127.0.0.1:0"_s);
        }));
        dialog->close();
    }
}

// One that somebody has started with its own settings while the question was open.
void WidgetsDialogsTest::theFirstStartBesideAnotherDaemon()
{
    SettingsRig rig;
    const ScriptedDaemon daemon(rig.socket, "{\"event\":\"status\",\"status\":{\"pid\":5}}\n");
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    flow.openFirstStart(nullptr);
    FirstStart *const dialog = opened<FirstStart>();
    QVERIFY(dialog != nullptr);
    dialog->form().setBackend(u"file:"_s + rig.folder.filePath(u"calls"_s));
    QVERIFY(rig.connectClient());
    Q_EMIT dialog->chosen();
    const QList<QLabel *> labels = dialog->findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->isVisible() && label->text().contains(u"does not read these settings"_s);
    }));
    dialog->close();
}

// Nor is what another spool holds.
void WidgetsDialogsTest::nothingIsKnownBeforeALook()
{
    DeadLetterBox box;
    const auto *const text = box.findChild<QLabel *>();
    QVERIFY2(text->text().contains(u"not known yet"_s), qPrintable(text->text()));
    box.setGroups({});
    QVERIFY2(text->text().contains(u"No call was given up"_s), qPrintable(text->text()));
    const QTemporaryDir folder;
    SpoolCommands commands(folder.filePath(u"program"_s));
    box.setCommands(&commands);
    commands.setSpool(u"/other"_s, u"/s"_s);
    box.setCount(0);
    QVERIFY2(text->text().contains(u"not known yet"_s), qPrintable(text->text()));
}

void WidgetsDialogsTest::noAnswerIsNoRefusal()
{
    SettingsRig rig;
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    const QSignalSpy said(&flow, &SettingsFlow::said);
    DaemonKeeper::Applied applied;
    applied.problem = u"line 3: no"_s;
    Q_EMIT rig.keeper->applied(applied);
    QVERIFY(said.constLast()[0].toString().contains(u"old settings"_s));
    applied.problem = u"not in time"_s;
    applied.isAnswered = false;
    Q_EMIT rig.keeper->applied(applied);
    QVERIFY(!said.constLast()[0].toString().contains(u"old settings"_s));
    QCOMPARE(said.constLast()[1].toString(), applied.problem);
}

// The menu has changed it while the settings were open.
void WidgetsDialogsTest::startAtLoginIsChangedByTheUserAlone()
{
    SettingsRig rig;
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    flow.openSettings(nullptr);
    auto *const dialog = opened<SettingsDialog>();
    QVERIFY(dialog != nullptr);
    QCOMPARE(autostart.setOn(true), QString());
    Q_EMIT dialog->saveRequested();
    QVERIFY(!dialog->isVisible());
    QVERIFY(autostart.isOn());
}

void WidgetsDialogsTest::aTestOfOtherFieldsIsForgotten()
{
    BackendForm form;
    form.show();
    const auto shows = [&form](const QString &text) {
        const QList<QLabel *> labels = form.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [&text](const QLabel *label) {
            return label->isVisible() && label->text() == text;
        });
    };
    auto *const address = form.findChild<QLineEdit *>();
    QTest::keyClicks(address, u"https://a.test"_s);
    form.setTestResult(u"asking"_s, true);
    QVERIFY(shows(u"asking"_s));
    form.setTestResult(u"fine"_s, false);
    QVERIFY(shows(u"fine"_s));
    form.setTestResult(u"asking"_s, true);
    QTest::keyClicks(address, u"/b"_s);
    form.setTestResult(u"fine"_s, false);
    QVERIFY(!shows(u"fine"_s));
}

// The file would be replaced under the daemon, which goes on writing to the one that has gone.
void WidgetsDialogsTest::noExportOverAFileInUse()
{
    const QTemporaryDir folder;
    const QString live = folder.filePath(u"calls.ndjson"_s);
    const QString letters = folder.filePath(u"dead-letters.ndjson"_s);
    for (const QString &name : {live, letters})
        QVERIFY(QFile(name).open(QIODevice::WriteOnly));
    QVERIFY(QFile::link(live, folder.filePath(u"link"_s)));
    SpoolCommands commands(u"/bin/echo"_s);
    commands.setSpool(folder.path(), u"/s"_s);
    DeadLetterBox box;
    box.setCommands(&commands);
    box.setGroups({{u"a/b"_s, u"no"_s, 3}});
    box.setLiveFile(live);
    box.show();
    const auto exportTo = [&box](const QString &name) {
        box.findChild<QPushButton *>()->click();
        auto *const chooser = box.findChild<QFileDialog *>();
        Q_EMIT chooser->fileSelected(name);
        chooser->reject();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return box.findChildren<QLabel *>()[1]->text();
    };
    for (const QString &name : {live, letters, folder.filePath(u"link"_s)}) {
        const QString said = exportTo(name);
        QVERIFY2(said.contains(name) && said.contains(u"Choose another one"_s), qPrintable(said));
        QCOMPARE(QFileInfo(name).size(), 0);
    }
    box.setLiveFile({});
    exportTo(folder.filePath(u"other"_s));
    QTRY_VERIFY(QFile::exists(folder.filePath(u"other"_s)));
}

// Quit in the tray's menu ends all windows, also while a file is being chosen.
void WidgetsDialogsTest::aWindowTakesItsFileChooserAlong()
{
    const QTemporaryDir folder;
    SpoolCommands commands(folder.filePath(u"program"_s));
    for (int i = 0; i < 3; ++i) {
        auto window = std::make_unique<QWidget>();
        auto *const box = new DeadLetterBox(window.get());
        box->setCommands(&commands);
        box->setGroups({{u"a/b"_s, u"no"_s, 3}});
        auto *const form = new BackendForm(window.get());
        form->setBackend(i == 1 ? u"file:/x"_s : u"https://x.test"_s);
        window->show();
        const QList<QPushButton *> buttons = {chooserOf(*form, 0), chooserOf(*form, 1),
                                              box->findChild<QPushButton *>()};
        QVERIFY(buttons[i]->isEnabled());
        QTimer::singleShot(0, window.get(), [&window] { window.reset(); });
        buttons[i]->click();
        QTRY_VERIFY(!window);
    }
}

void WidgetsDialogsTest::aFileIsChosen()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"ca.pem"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    BackendForm form;
    form.show();
    const auto choose = [&form, &file](int which) {
        chooserOf(form, which)->click();
        auto *const chooser = form.findChild<QFileDialog *>();
        QVERIFY(chooser != nullptr);
        chooser->selectFile(file.fileName());
        static_cast<QDialog *>(chooser)->accept();
        QTRY_VERIFY(form.findChild<QFileDialog *>() == nullptr);
    };
    Settings settings;
    choose(0);
    form.writeTo(settings);
    QCOMPARE(settings.caFile, file.fileName());
    form.setBackend(u"file:/x"_s);
    choose(1); // and nobody asks whether it may be replaced: it is added to
    form.writeTo(settings);
    QCOMPARE(settings.backend, u"file:"_s + file.fileName());
}

// The page may be open before a daemon is there, and its daemon may be followed by one with another
// spool; their counts say nothing of that.
void WidgetsDialogsTest::deadLettersOfAnotherSpool()
{
    const QTemporaryDir folder;
    QFile program(folder.filePath(u"program"_s));
    QVERIFY(program.open(QIODevice::WriteOnly));
    program.write("#!/bin/sh\n"
                  "echo '{\"dead_letters\":[{\"project\":\"'\"$5\"'\",\"calls\":3}]}'\n");
    program.close();
    QVERIFY(program.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
    SpoolCommands commands(program.fileName());
    DeadLetterBox box;
    box.setCommands(&commands);
    box.show();
    const auto *const text = box.findChild<QLabel *>();
    commands.setSpool(u"/one"_s, u"/s"_s);
    box.setCount(0);
    QTRY_VERIFY2(text->text().contains(u"/one"_s), qPrintable(text->text()));
    commands.setSpool(u"/two"_s, u"/s"_s);
    box.setCount(0);
    QTRY_VERIFY2_WITH_TIMEOUT(text->text().contains(u"/two"_s), qPrintable(text->text()), 10'000);
}

// By the buttons, in a spool whose place only the daemon knows.
void WidgetsDialogsTest::deadLettersAreSentAgain()
{
    ProcessFixture f;
    bool isMended = false;
    f.sink.setScript([&isMended](const SinkRequest &request) {
        const bool isBad = !isMended && request.body.contains("\"3\"");
        return SinkAnswer{.status = isBad ? 400 : 200, .body = R"({"reason":"three is bad"})"};
    });
    QVERIFY(f.start({u"--spool-dir"_s, f.path(u"elsewhere"_s)}));
    FakeClient sender(f.sidecar.socketPath());
    for (const char *id : {"2", "3"})
        QCOMPARE(sender.sendCalls(startLine(startPayload("a/b", id)), 1), 1);
    QVERIFY(f.waitForNumber(u"calls.dead_lettered"_s, 1));

    Actions actions;
    MainWindow window(actions);
    DaemonView daemon([&f] { return f.sidecar.socketPath(); });
    auto *const pages = new WindowPages(window, daemon);
    daemon.client().start();
    window.show();
    window.showPage(&pages->problems());
    DeadLetterBox &box = pages->problems().deadLetters();
    const auto buttons = box.findChildren<QPushButton *>();
    QCOMPARE(buttons.size(), 2);
    QPushButton *const retry = buttons[1];
    QTRY_VERIFY_WITH_TIMEOUT(retry->isEnabled(), 10'000);
    const auto says = [&box](const QString &text) {
        for (const QLabel *const label : box.findChildren<QLabel *>()) {
            if (label->isVisible() && label->text().contains(text))
                return true;
        }
        return false;
    };
    QVERIFY(says(u"three is bad"_s));
    isMended = true;
    retry->click();
    QTRY_VERIFY(says(u"handed to the sidecar once more"_s));
    QTRY_VERIFY(says(u"No call was given up."_s));
    QVERIFY(!retry->isEnabled());
    QVERIFY(f.waitForDelivered(2));
    QCOMPARE(f.auditError(), QString());
}

// The next dialog may show another address.
void WidgetsDialogsTest::whatCannotBeKeptStaysInTheDialog()
{
    SettingsRig rig;
    qputenv("WEAVE_SIDECAR_CONFIG", "none"); // so that there is no file to keep them in
    const auto unset = qScopeGuard([] { qunsetenv("WEAVE_SIDECAR_CONFIG"); });
    rig.makeKeeper();
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    flow.openSettings(nullptr);
    QPointer<SettingsDialog> dialog;
    for (QWidget *const each : QApplication::topLevelWidgets()) {
        if (auto *const found = qobject_cast<SettingsDialog *>(each))
            dialog = found;
    }
    QVERIFY(dialog);
    const QString backend = u"file:"_s + rig.folder.filePath(u"calls"_s);
    dialog->form().setBackend(backend);
    Q_EMIT dialog->saveRequested();
    QVERIFY(dialog->isVisible());
    QCOMPARE(dialog->settings().backend, backend);
    const QList<QLabel *> labels = dialog->findChildren<QLabel *>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel *label) {
        return label->text().contains(u"WEAVE_SIDECAR_CONFIG"_s);
    }));
    dialog->close();
}

void WidgetsDialogsTest::theTestOfADialogEndsWithIt()
{
    SettingsRig rig;
    rig.sink.setScript([](const SinkRequest &) { return SinkAnswer{.isHanging = true}; });
    QVERIFY(rig.writeConfig("backend = \"" + rig.sink.url().toUtf8() + "\"\n"));
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    QPointer<SettingsDialog> dialog;
    const auto open = [&flow, &dialog] {
        flow.openSettings(nullptr);
        for (QWidget *const each : QApplication::topLevelWidgets()) {
            if (auto *const found = qobject_cast<SettingsDialog *>(each))
                dialog = found;
        }
    };
    open();
    QVERIFY(dialog);
    Q_EMIT dialog->form().testRequested();
    QTRY_COMPARE(rig.sink.requestCount(), 1);
    dialog->close();
    QTRY_VERIFY(!dialog);
    open();
    QVERIFY(dialog);
    rig.sink.answerHanging();
    QTest::qWait(300);
    for (const QLabel *const label : dialog->form().findChildren<QLabel *>())
        QVERIFY2(!label->text().contains(u"127.0.0.1 "_s), qPrintable(label->text()));
    dialog->close();
}

void WidgetsDialogsTest::whereTheSocketOfSystemdIsSet()
{
    SettingsRig rig;
    Autostart autostart(rig.folder.path());
    SettingsFlow flow(*rig.keeper, *rig.client, autostart);
    QSignalSpy said(&flow, &SettingsFlow::said);
    DaemonKeeper::Applied applied;
    applied.notUsed << u"socket"_s;
    Q_EMIT rig.keeper->applied(applied);
    QCOMPARE(said.count(), 1);
    const QString text = said.constFirst().at(1).toString();
    QVERIFY2(text.contains(Settings::nameOf(u"socket"_s)), qPrintable(text));
    QVERIFY2(text.contains(u"ListenStream="_s), qPrintable(text));
    QVERIFY2(text.contains(u"systemctl --user edit weave-sidecar.socket"_s), qPrintable(text));
}

void WidgetsDialogsTest::linesForAShell()
{
    const auto linesWith = [](const QString &socket) {
        const SdkHint hint(QString(), socket);
        return hint.findChild<QPlainTextEdit *>()->toPlainText();
    };
    QVERIFY(linesWith(u"/run/a-b/s.sock"_s)
                .endsWith(u"\nexport WEAVE_SIDECAR_SOCKET=/run/a-b/s.sock"_s));
    QVERIFY(linesWith(u"/home/Ada's PC/$s"_s)
                .endsWith(u"\nexport WEAVE_SIDECAR_SOCKET='/home/Ada'\\''s PC/$s'"_s));
}

QTEST_MAIN(WidgetsDialogsTest)
#include "tst_widgets_dialogs.moc"
