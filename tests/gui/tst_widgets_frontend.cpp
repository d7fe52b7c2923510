#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/sidecarprocess.h"
#include "gui/scripteddaemon.h"
#include "gui/settingsrig.h"
#include "widgets/firststart.h"
#include "widgets/frontend.h"
#include "widgets/mainwindow.h"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocalServer>
#include <QTest>

#include <algorithm>
#include <memory>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

template <typename Window>
bool isShown()
{
    const QWidgetList all = QApplication::allWidgets();
    return std::any_of(all.begin(), all.end(), [](const QWidget *one) {
        return qobject_cast<const Window *>(one) != nullptr && one->isVisible();
    });
}

} // namespace

// What the front-end does of itself.
class WidgetsFrontendTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksWhereNoDaemonIs();
    void asksBesideADaemonOfOthers();
    void asksNothingWhileADaemonRestarts();
    void startsNoneBesideAFullOne();
};

void WidgetsFrontendTest::asksWhereNoDaemonIs()
{
    const SettingsRig rig; // without settings
    Frontend frontend(rig.socket);
    frontend.start(false);
    QTRY_VERIFY(isShown<FirstStart>());
}

// The system's service is there for other users.
void WidgetsFrontendTest::asksBesideADaemonOfOthers()
{
    if (::geteuid() == 0)
        QSKIP("root may use every socket");
    const SettingsRig rig;
    qputenv("XDG_RUNTIME_DIR", rig.folder.path().toUtf8());
    if (QFile::exists(DaemonKeeper({}).socketPath()))
        QSKIP("this machine has a weave-sidecar");
    const QString service = rig.folder.filePath(u"weave-sidecar/weave-sidecar.sock"_s);
    QVERIFY(QDir().mkpath(QFileInfo(service).path()));
    QLocalServer server;
    QVERIFY(server.listen(service));
    QVERIFY(QFile::setPermissions(service, {}));
    {
        Frontend named(service); // by who knows what it is
        named.start(false);
        QTRY_VERIFY(isShown<MainWindow>());
        QTest::qWait(300);
        QVERIFY(!isShown<FirstStart>());
    }
    Frontend frontend({});
    frontend.start(false);
    QTRY_VERIFY(isShown<FirstStart>());
}

// Somebody has started it by hand, with flags, so that the settings say nothing of a backend.
void WidgetsFrontendTest::asksNothingWhileADaemonRestarts()
{
    const SettingsRig rig;
    const QByteArray status = "{\"event\":\"status\",\"status\":{\"pid\":5}}\n";
    auto daemon = std::make_unique<ScriptedDaemon>(rig.socket, status);
    QVERIFY(daemon->isListening());
    Frontend frontend(rig.socket);
    frontend.start(false);
    QAction *const start = frontend.actions().startDaemon;
    QTRY_VERIFY(!start->isVisible()); // one is there
    QTRY_VERIFY(isShown<MainWindow>());
    daemon.reset();
    QTRY_VERIFY(start->isVisible());
    QTest::qWait(500);
    QVERIFY(!isShown<FirstStart>());
    start->trigger(); // who wants one is asked
    QTRY_VERIFY(isShown<FirstStart>());
}

void WidgetsFrontendTest::startsNoneBesideAFullOne()
{
    const SettingsRig rig;
    SidecarProcess daemon(rig.socket);
    QVERIFY(daemon.start({u"--backend"_s, rig.sink.url(), u"--max-connections"_s, u"1"_s}));
    std::unique_ptr<FakeClient> only = takeTheOnlyPlace(rig.socket);
    QVERIFY(only);
    Frontend frontend(rig.socket);
    frontend.start(false);
    const QAction *const start = frontend.actions().startDaemon;
    QTRY_VERIFY(!start->isVisible());
    QVERIFY(!frontend.actions().pause->isEnabled());
    only.reset();
    QTRY_VERIFY(frontend.actions().pause->isEnabled());
}

QTEST_MAIN(WidgetsFrontendTest)
#include "tst_widgets_frontend.moc"
