// A tray host and a notification service for tests: owns both names on the session bus and prints
// what it is told, a line each. Draws nothing.
#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusContext>
#include <QDBusMessage>
#include <QStringList>
#include <QTextStream>
#include <QVariantMap>

namespace {

void say(const QString &line)
{
    QTextStream(stdout) << line << Qt::endl;
}

} // namespace

class FakeWatcher final : public QObject, protected QDBusContext
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.StatusNotifierWatcher")
    Q_PROPERTY(bool IsStatusNotifierHostRegistered READ hasHost)
    Q_PROPERTY(int ProtocolVersion READ protocolVersion)
    Q_PROPERTY(QStringList RegisteredStatusNotifierItems READ items)

public:
    [[nodiscard]] bool hasHost() const { return true; }
    [[nodiscard]] int protocolVersion() const { return 0; }
    [[nodiscard]] QStringList items() const { return m_items; }

public Q_SLOTS:
    void RegisterStatusNotifierItem(const QString &)
    {
        // Items of Qt live at this path of the caller's connection.
        m_items.append(message().service() + QStringLiteral("/StatusNotifierItem"));
        say(QStringLiteral("item %1").arg(message().service()));
        Q_EMIT StatusNotifierItemRegistered(m_items.last());
    }
    void RegisterStatusNotifierHost(const QString &) { }

Q_SIGNALS:
    void StatusNotifierItemRegistered(const QString &item);
    void StatusNotifierItemUnregistered(const QString &item);
    void StatusNotifierHostRegistered();

private:
    QStringList m_items;
};

class FakeNotifications final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public Q_SLOTS:
    QStringList GetCapabilities() { return {QStringLiteral("body")}; }
    QString GetServerInformation(QString &vendor, QString &version, QString &specification)
    {
        vendor = QStringLiteral("tests");
        version = QStringLiteral("1");
        specification = QStringLiteral("1.2");
        return QStringLiteral("fake");
    }
    uint Notify(const QString &, uint, const QString &, const QString &summary, const QString &body,
                const QStringList &, const QVariantMap &, int)
    {
        say(QStringLiteral("notification %1: %2").arg(summary, body));
        return 1;
    }
    void CloseNotification(uint) { }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QDBusConnection bus = QDBusConnection::sessionBus();
    FakeWatcher watcher;
    FakeNotifications notifications;
    constexpr auto Everything = QDBusConnection::ExportAllContents;
    bus.registerObject(QStringLiteral("/StatusNotifierWatcher"), &watcher, Everything);
    bus.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &notifications,
                       Everything);
    const bool isUp = bus.registerService(QStringLiteral("org.kde.StatusNotifierWatcher"))
        && bus.registerService(QStringLiteral("org.freedesktop.Notifications"));
    say(isUp ? QStringLiteral("up") : QStringLiteral("no bus"));
    return isUp ? app.exec() : 1;
}

#include "fakewatcher.moc"
