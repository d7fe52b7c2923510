#include "app/servicenotifier.h"
#include "fakes/notifysocket.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

class ServiceNotifierTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void reload();
    void sameStatusIsNotRepeated();
    void changesAreGathered();
    void nothingFollowsStopping();
    void silentWithoutAManager();

private:
    [[nodiscard]] ServiceNotifier::StatusSource source()
    {
        return [this] {
            ++m_asked;
            return m_status;
        };
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<NotifySocket> m_manager;
    std::string m_status;
    int m_asked = 0;
};

void ServiceNotifierTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/wnXXXXXX"));
    const QString path = m_folder->filePath(QStringLiteral("n"));
    m_manager = std::make_unique<NotifySocket>(path);
    qputenv("NOTIFY_SOCKET", path.toUtf8());
    m_status = "one";
    m_asked = 0;
}

void ServiceNotifierTest::cleanup()
{
    qunsetenv("NOTIFY_SOCKET");
}

void ServiceNotifierTest::reload()
{
    ServiceNotifier notifier(source());
    notifier.ready();
    notifier.reloading();
    notifier.ready();
    const QList<QByteArray> messages = m_manager->messages();
    QCOMPARE(messages.size(), 3);
    QCOMPARE(messages.at(0), QByteArray("READY=1\nSTATUS=one"));
    const QByteArray prefix = "RELOADING=1\nMONOTONIC_USEC=";
    QVERIFY2(messages.at(1).startsWith(prefix), messages.at(1).constData());
    QVERIFY(messages.at(1).mid(prefix.size()).toLongLong() > 0);
    QCOMPARE(messages.at(2), QByteArray("READY=1"));
}

void ServiceNotifierTest::sameStatusIsNotRepeated()
{
    ServiceNotifier notifier(source(), 1ms);
    notifier.ready();
    notifier.noteChange();
    QTRY_COMPARE(m_asked, 2);
    m_status = "two";
    notifier.noteChange();
    QTRY_COMPARE(m_manager->last("STATUS"), QByteArray("two"));
    QCOMPARE(m_manager->messages().size(), 2);
}

void ServiceNotifierTest::changesAreGathered()
{
    ServiceNotifier notifier(source(), 100ms);
    notifier.ready();
    for (const char *status : {"two", "three", "four"}) {
        m_status = status;
        notifier.noteChange();
    }
    QCOMPARE(m_asked, 1);
    QTRY_COMPARE(m_manager->messages().size(), 2);
    QCOMPARE(m_manager->messages().back(), QByteArray("STATUS=four"));
    QCOMPARE(m_asked, 2);
}

void ServiceNotifierTest::nothingFollowsStopping()
{
    ServiceNotifier notifier(source(), 0ms);
    notifier.ready();
    m_status = "two";
    notifier.noteChange();
    notifier.stopping(10s);
    notifier.noteChange();
    QCoreApplication::processEvents();
    const QList<QByteArray> messages = m_manager->messages();
    QCOMPARE(messages.size(), 2);
    QCOMPARE(messages.back(), QByteArray("STOPPING=1\nEXTEND_TIMEOUT_USEC=15000000\nSTATUS=two"));
}

void ServiceNotifierTest::silentWithoutAManager()
{
    qunsetenv("NOTIFY_SOCKET");
    ServiceNotifier notifier(source(), 0ms);
    notifier.ready();
    notifier.noteChange();
    notifier.reloading();
    notifier.stopping(10s);
    QCoreApplication::processEvents();
    QCOMPARE(m_asked, 0);
}

QTEST_GUILESS_MAIN(ServiceNotifierTest)
#include "tst_servicenotifier.moc"
