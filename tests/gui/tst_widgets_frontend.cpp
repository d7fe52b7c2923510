#include "gui/scripteddaemon.h"
#include "gui/settingsrig.h"
#include "widgets/firststart.h"
#include "widgets/frontend.h"
#include "widgets/mainwindow.h"

#include <QAction>
#include <QApplication>
#include <QTest>

#include <algorithm>
#include <memory>

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
    void asksNothingWhileADaemonRestarts();
};

void WidgetsFrontendTest::asksWhereNoDaemonIs()
{
    const SettingsRig rig; // without settings
    Frontend frontend(rig.socket);
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

QTEST_MAIN(WidgetsFrontendTest)
#include "tst_widgets_frontend.moc"
