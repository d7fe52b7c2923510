#include "widgets/trayicon.h"

#include "widgets/actions.h"

#include <QAction>
#include <QEvent>
#include <QGuiApplication>
#include <QPalette>
#include <QSystemTrayIcon>

#include <chrono>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// Desktops' guidelines: what changes faster flickers.
constexpr std::chrono::milliseconds UpdateInterval = 1s;
constexpr int NotificationTime = 10000; // ms

} // namespace

TrayIcon::TrayIcon(Actions &actions, QObject *parent)
    : QObject(parent),
      m_line(m_menu.addAction(QString()))
{
    // Built once and only changed afterwards: some panels lose a menu that is built anew. The line
    // is enabled, because screen readers pass over what is not, and opens the window like the next
    // one.
    connect(m_line, &QAction::triggered, actions.open, &QAction::trigger);
    m_menu.addSeparator();
    m_menu.addActions(
        {actions.open, actions.pause, actions.flush, actions.retry, actions.startDaemon});
    m_menu.addSeparator();
    m_menu.addActions({actions.openLog, actions.copyDiagnostics});
    m_menu.addSeparator();
    m_menu.addActions({actions.settings, actions.startAtLogin, actions.about});
    m_menu.addSeparator();
    m_menu.addAction(actions.quit);

    m_updateTimer.setSingleShot(true);
    connect(&m_updateTimer, &QTimer::timeout, this, &TrayIcon::update);
    connect(&m_host, &TrayHost::found, this, &TrayIcon::create);
    connect(&m_host, &TrayHost::missing, this, &TrayIcon::hostMissing);
    qGuiApp->installEventFilter(this);
}

TrayIcon::~TrayIcon() = default;

void TrayIcon::start()
{
    m_host.start();
}

void TrayIcon::create()
{
    m_icon = std::make_unique<QSystemTrayIcon>();
    m_icon->setContextMenu(&m_menu);
    connect(m_icon.get(), &QSystemTrayIcon::activated, this,
            [this](QSystemTrayIcon::ActivationReason reason) {
                if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
                    Q_EMIT activated();
            });
    connect(m_icon.get(), &QSystemTrayIcon::messageClicked, this, &TrayIcon::notificationClicked);
    update();
    m_icon->show();
    Q_EMIT hostFound();
}

void TrayIcon::setState(TrayLook look, const QString &line)
{
    if (look == m_look && line == m_text)
        return;
    m_look = look;
    m_text = line;
    if (m_updateTimer.isActive())
        return;
    const auto since = m_sinceUpdate.isValid() ? std::chrono::milliseconds(m_sinceUpdate.elapsed())
                                               : UpdateInterval;
    if (since >= UpdateInterval)
        update();
    else
        m_updateTimer.start(UpdateInterval - since);
}

void TrayIcon::update()
{
    m_sinceUpdate.start();
    // In a menu an ampersand stands for a mnemonic.
    m_line->setText(QString(m_text).replace(u'&', QStringLiteral("&&")));
    if (!m_icon)
        return;
    const std::pair wanted(m_look, panelTone(QGuiApplication::palette()));
    if (m_drawn != wanted) {
        m_drawn = wanted;
        m_icon->setIcon(trayIcon(wanted.first, wanted.second));
    }
    m_icon->setToolTip(tr("Weave Sidecar") + u'\n' + m_text);
}

// On a Linux desktop Qt hands the text to the notification server as it is, and most of them take
// it for markup, in which a trace server's words could place a link. Entities are no help: whether
// they are understood depends on the server, and elsewhere they never are. So what begins markup
// gives way to characters that look like it.
QString TrayIcon::notificationText(QString text)
{
    return text.replace(u'<', u'\u2039').replace(u'&', u'\uff06');
}

void TrayIcon::notify(const QString &title, const QString &text, bool isBad)
{
    if (m_icon)
        m_icon->showMessage(title, notificationText(text),
                            isBad ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information,
                            NotificationTime);
}

bool TrayIcon::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange && watched == qGuiApp)
        update();
    return QObject::eventFilter(watched, event);
}

} // namespace Weave
