#include "widgets/trayhost.h"

#include <QGuiApplication>
#include <QSystemTrayIcon>

#ifdef WEAVE_HAVE_DBUS
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusServiceWatcher>
#endif
#ifdef WEAVE_HAVE_XCB
#include <cstdlib>
#include <xcb/xcb.h>
#endif

#include <chrono>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// A desktop that is logging in may take this long to start its panel.
constexpr auto Patience = 15s;
constexpr auto ScreenInterval = 1s;
// A host's own set-up goes on for a moment after its name is on the bus.
constexpr auto SettlingTime = 100ms;

#ifdef WEAVE_HAVE_DBUS
const QString &watcherService()
{
    static const QString name = QStringLiteral("org.kde.StatusNotifierWatcher");
    return name;
}
#endif

// Whether a panel of the older kind owns the tray of the X screen. Asked of the X server itself:
// asking Qt would make it look at the bus.
bool hasXembedHost()
{
#ifdef WEAVE_HAVE_XCB
    auto *const x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>();
    xcb_connection_t *const connection = x11 != nullptr ? x11->connection() : nullptr;
    // Qt's offscreen platform has the interface, too, and without an X server no connection.
    if (connection == nullptr)
        return false;
    constexpr char Name[] = "_NET_SYSTEM_TRAY_S0";
    xcb_intern_atom_reply_t *const atom = xcb_intern_atom_reply(
        connection, xcb_intern_atom(connection, 0, sizeof Name - 1, Name), nullptr);
    if (atom == nullptr)
        return false;
    xcb_get_selection_owner_reply_t *const owner = xcb_get_selection_owner_reply(
        connection, xcb_get_selection_owner(connection, atom->atom), nullptr);
    const bool hasOwner = owner != nullptr && owner->owner != XCB_NONE;
    std::free(owner);
    std::free(atom);
    return hasOwner;
#else
    return false;
#endif
}

bool hasSessionBus()
{
#ifdef WEAVE_HAVE_DBUS
    return QDBusConnection::sessionBus().isConnected();
#else
    return false;
#endif
}

} // namespace

TrayHost::TrayHost(QObject *parent)
    : QObject(parent)
{
    m_patience.setSingleShot(true);
    m_patience.setInterval(Patience);
    m_screenTimer.setInterval(ScreenInterval);
    connect(&m_patience, &QTimer::timeout, this, &TrayHost::giveUp);
    connect(&m_screenTimer, &QTimer::timeout, this, &TrayHost::lookOnScreen);
}

TrayHost::~TrayHost() = default;

void TrayHost::start()
{
    if (!hasSessionBus()) {
        // Nothing there to remember a no for: Qt may be asked, now and when a panel comes.
        if (QSystemTrayIcon::isSystemTrayAvailable()) {
            announce();
            return;
        }
    }
    m_patience.start();
    m_screenTimer.start();
    lookOnBus();
    lookOnScreen();
}

void TrayHost::lookOnBus()
{
#ifdef WEAVE_HAVE_DBUS
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    auto *const watcher = new QDBusServiceWatcher(watcherService(), bus,
                                                  QDBusServiceWatcher::WatchForRegistration, this);
    connect(watcher, &QDBusServiceWatcher::serviceRegistered, this,
            [this] { QTimer::singleShot(SettlingTime, this, &TrayHost::announce); });
    if (bus.interface()->isServiceRegistered(watcherService()))
        announce();
#endif
}

void TrayHost::lookOnScreen()
{
    if (!m_isAnnounced && hasXembedHost())
        announce();
}

void TrayHost::announce()
{
    if (m_isAnnounced)
        return;
    m_isAnnounced = true;
    m_patience.stop();
    m_screenTimer.stop();
    Q_EMIT found();
}

void TrayHost::giveUp()
{
#ifdef WEAVE_HAVE_XCB
    const bool mayAskQt = false; // the X server answers instead
#else
    const bool mayAskQt = true;
#endif
    if (!m_isAnnounced && mayAskQt && QSystemTrayIcon::isSystemTrayAvailable())
        announce();
    if (!m_isAnnounced)
        Q_EMIT missing();
}

} // namespace Weave
