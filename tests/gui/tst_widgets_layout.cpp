// Every page and dialog in every language: no text is cut off, nothing lies on something else, and
// no key is promised twice. Runs at 100 % and, as another test, at 200 %.
#include "client/connectionverdict.h"
#include "client/daemonlog.h"
#include "gui/layoutchecks.h"
#include "gui/scripteddaemon.h"
#include "widgets/aboutbox.h"
#include "widgets/actions.h"
#include "widgets/backendform.h"
#include "widgets/checkedfield.h"
#include "widgets/daemonview.h"
#include "widgets/deadletterbox.h"
#include "widgets/firststart.h"
#include "widgets/mainwindow.h"
#include "widgets/problemspage.h"
#include "widgets/quitquestion.h"
#include "widgets/restartquestion.h"
#include "widgets/settingsdialog.h"
#include "widgets/settingsflow.h"
#include "widgets/translations.h"
#include "widgets/trayicon.h"
#include "widgets/windowpages.h"

#include <QDir>
#include <QMessageBox>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

using namespace Weave;

namespace {

// Long but usual: a daemon in trouble, with all kinds of answers behind it.
QByteArray script()
{
    QByteArray text =
        R"({"event":"status","status":{"version":"0.1.0","pid":4711,"uptime_seconds":9e4,)"
        R"("socket":"/tmp/weave_sidecar.sock","backend":{"url":"https://trace.wandb.ai",)"
        R"("state":"retrying","paused_by":null,"last_error":"trace.wandb.ai:443 does not )"
        R"(answer: connection timed out after 30 s","last_error_seconds_ago":75,)"
        R"("next_attempt_seconds":28},"calls":{"received":1234567,"delivered":1230000,)"
        R"("pending":4321,"pending_bytes":26791212,"oldest_pending_seconds":4000,)"
        R"("dead_lettered":246,"refused":{"spool_full":12,"malformed":3}},)"
        R"("spool":{"kind":"disk","used_bytes":34603008,"max_bytes":1073741824,)"
        R"("quarantined":1}},"clients":[{"pid":4711,"name":"python -m search.evaluate",)"
        R"("connections":8,"calls":10000,"bytes":60000000,"refused":3}],)"
        R"("calls_skipped":120}
)";
    int second = 0;
    const std::array<std::pair<int, const char *>, 6> answers{{{200, "delivered"},
                                                               {503, "retry"},
                                                               {422, "given_up"},
                                                               {413, "halved"},
                                                               {403, "paused"},
                                                               {400, "other_route"}}};
    for (const auto &[status, outcome] : answers) {
        text += QStringLiteral(R"({"event":"flush","time":%1,"project":"acme/support-bot",)"
                               R"("route":"upsert","calls":1234,"bytes":7654321,"seconds":12.345,)"
                               R"("attempts":12,"outcome":"%2","status":%3,"error":"HTTP %3"})"
                               "\n")
                    .arg(1767225600000 + 1000 * second++)
                    .arg(QLatin1String(outcome))
                    .arg(status)
                    .toUtf8();
    }
    return text;
}

constexpr const char *Languages[]{"en", "de", "es", "fr", "ja", "zh_CN"};

} // namespace

class TestLayout final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void pages_data() { addLanguages(); }
    void pages();
    void settings_data() { addLanguages(); }
    void settings();
    void firstStart_data() { addLanguages(); }
    void firstStart();
    void boxes_data() { addLanguages(); }
    void boxes();
    void trayMenu_data() { addLanguages(); }
    void trayMenu();

private:
    static void addLanguages();
    // Notes what is wrong, and keeps a picture when LAYOUT_PICTURES names a folder for it.
    void check(QWidget &window, const QString &name);

    QStringList m_problems; // of all windows of a language, which are told together
};

void TestLayout::addLanguages()
{
    QTest::addColumn<QString>("language");
    for (const char *const language : Languages)
        QTest::newRow(language) << QString::fromLatin1(language);
}

void TestLayout::init()
{
    QFETCH(const QString, language);
    QLocale::setDefault(QLocale(language));
    installTranslations(*qApp, QLocale(language));
    m_problems.clear();
}

void TestLayout::cleanup()
{
    for (QTranslator *const translator : qApp->findChildren<QTranslator *>())
        delete translator;
    QLocale::setDefault(QLocale::c());
    QVERIFY2(m_problems.isEmpty(), qPrintable(u'\n' + m_problems.join(u'\n')));
}

void TestLayout::check(QWidget &window, const QString &name)
{
    // What a layout asks for goes up from parent to parent, an event each.
    for (int depth = 0; depth < 8; ++depth)
        QApplication::processEvents();
    if (const QString folder = qEnvironmentVariable("LAYOUT_PICTURES"); !folder.isEmpty())
        window.grab().save(QStringLiteral("%1/%2-%3-%4x.png")
                               .arg(folder, name, QString::fromUtf8(QTest::currentDataTag()))
                               .arg(window.devicePixelRatio()));
    for (const QString &problem : clippedTexts(window))
        m_problems << QStringLiteral("%1: %2").arg(name, problem);
    for (const QString &problem : overlaps(window))
        m_problems << QStringLiteral("%1: on one another: %2").arg(name, problem);
    for (const QString &problem : clashingMnemonics(window))
        m_problems << QStringLiteral("%1: %2").arg(name, problem);
}

void TestLayout::pages()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("s"));
    const ScriptedDaemon daemon(path, script());
    QVERIFY(daemon.isListening());
    DaemonView view(path);
    Actions actions;
    actions.setConnected(true);
    MainWindow window(actions);
    const WindowPages *const pages = new WindowPages(window, view); // the window's
    // At 200 % this platform's screen is smaller than any that people have.
    const int em = window.fontMetrics().height();
    window.resize(66 * em, 42 * em);
    window.show();
    view.client().start();
    QTRY_COMPARE(view.flushes().rowCount(), 6);
    QTRY_VERIFY(view.problems().rowCount() > 6);
    Q_UNUSED(pages)
    const QSize usual = window.size();
    for (int page = 0; page < 5; ++page) {
        QTest::keyClick(&window, Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
        QCOMPARE(window.currentPage(), page);
        if (page == 2)
            QTRY_COMPARE(view.clients().rowCount(), 1);
        check(window, QStringLiteral("page%1").arg(page + 1));
    }
    // As small as it gets on a usual screen: for half a laptop's that is not too much.
    window.resize(
        window.minimumSizeHint().expandedTo(window.minimumSize()).expandedTo({54 * em, 36 * em}));
    QVERIFY2(window.width() <= usual.width(), qPrintable(QString::number(window.width())));
    for (int page = 0; page < 5; ++page) {
        QTest::keyClick(&window, Qt::Key(Qt::Key_1 + page), Qt::ControlModifier);
        check(window, QStringLiteral("small-page%1").arg(page + 1));
    }
}

void TestLayout::settings()
{
    SettingsDialog dialog;
    Settings settings;
    settings.backend = QStringLiteral("https://trace.wandb.ai");
    dialog.setSettings(settings);
    dialog.form().setKeyHint(QStringLiteral("kept safe; type here to change it"));
    dialog.show();
    auto *const tabs = dialog.findChild<QTabWidget *>();
    for (int tab = 0; tab < tabs->count(); ++tab) {
        tabs->setCurrentIndex(tab);
        check(dialog, QStringLiteral("settings%1").arg(tab + 1));
    }
    tabs->setCurrentIndex(0);
    dialog.form().setTestResult(
        ConnectionVerdict::tr("%1 answers (%2), but not as a Weave trace server does. Check the "
                              "address and the path in it; the login page of a network answers "
                              "like this, too.")
            .arg(QStringLiteral("trace.wandb.ai"))
            .arg(404),
        false);
    check(dialog, QStringLiteral("settings-tested"));
    dialog.form().setBackend(QStringLiteral("http://trace.test"));
    check(dialog, QStringLiteral("settings-plain-http"));
    dialog.form().setBackend(QStringLiteral("file:/home/you/weave-calls.ndjson"));
    check(dialog, QStringLiteral("settings-file"));
}

void TestLayout::firstStart()
{
    FirstStart dialog;
    dialog.form().setBackend(QStringLiteral("https://trace.wandb.ai"));
    dialog.show();
    check(dialog, QStringLiteral("first-start"));
    dialog.form().setBackend(QStringLiteral("file:/home/you/weave-calls.ndjson"));
    check(dialog, QStringLiteral("first-start-file"));
    dialog.setProblem(SettingsFlow::tr("No API key was found. A trace server that needs one gets "
                                       "the calls once you have set it in the settings."));
    dialog.showHint(QStringLiteral("127.0.0.1:8319"), QStringLiteral("/run/user/1000/x.sock"));
    check(dialog, QStringLiteral("first-start-done"));
}

void TestLayout::boxes()
{
    showAbout(nullptr);
    askHowToQuit(nullptr, [](bool) {});
    const DaemonLog systemds{DaemonLog::Kind::Journal, QStringLiteral("weave-sidecar.service"),
                             true};
    const QString names =
        Settings::namesOf({QStringLiteral("socket"), QStringLiteral("spool-dir")});
    askToRestart(nullptr, names, true, {}, [] {});
    askToRestart(nullptr, names, false, systemds, [] {});
    int count = 0;
    for (QWidget *const widget : QApplication::topLevelWidgets()) {
        if (qobject_cast<QMessageBox *>(widget) == nullptr || !widget->isVisible())
            continue;
        check(*widget, QStringLiteral("box%1").arg(++count));
        widget->close();
    }
    QCOMPARE(count, 4);
    QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

void TestLayout::trayMenu()
{
    Actions actions;
    const TrayIcon icon(actions);
    for (const bool isPaused : {false, true}) {
        actions.setPaused(isPaused);
        QHash<QString, QString> keys;
        for (const QAction *const action : icon.menu().actions()) {
            const QString key = QKeySequence::mnemonic(action->text()).toString();
            QVERIFY2(key.isEmpty() || !keys.contains(key),
                     qPrintable(action->text() + QStringLiteral(" / ") + keys.value(key)));
            keys.insert(key, action->text());
        }
        QVERIFY(keys.size() > 10);
    }
}

QTEST_MAIN(TestLayout)
#include "tst_widgets_layout.moc"
