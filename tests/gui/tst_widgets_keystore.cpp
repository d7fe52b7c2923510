#include "gui/settingsrig.h"
#include "widgets/keystore.h"

#include <QDBusConnection>
#include <QFile>
#include <QMap>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

constexpr int EndTime = 5000; // ms

// A desktop's keychain, as far as one entry needs it.
class FakeWallet final : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.KWallet")

public:
    bool isLocked = false;
    QMap<QString, QString> entries;

public Q_SLOTS:
    QString networkWallet() { return u"wallet"_s; }
    int open(const QString &, qlonglong, const QString &) { return isLocked ? -1 : 1; }
    int entryType(int, const QString &, const QString &key, const QString &)
    {
        return entries.contains(key) ? 1 : 0; // a password, nothing
    }
    QString readPassword(int, const QString &, const QString &key, const QString &)
    {
        return entries.value(key);
    }
    int writePassword(int, const QString &, const QString &key, const QString &text,
                      const QString &)
    {
        entries.insert(key, text);
        return 0;
    }
    int removeEntry(int, const QString &, const QString &key, const QString &)
    {
        return entries.remove(key) > 0 ? 0 : -3;
    }
};

} // namespace

// What becomes of the key where there is a keychain: one on a session bus of the test's own.
class WidgetsKeyStoreTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase();
    void theKeychainIsFirst();
    void aFileTakesItsPlace();
    void whatCannotBeKeptLeavesWhatIsKept();
    void aClosedKeychain();
    void noKey();
    void theUsersOwnKeyFileStays();

private:
    // The problem, once the key has been kept.
    QString write(KeyStore &store, const QString &key, KeyStore::Place wanted);

    QProcess m_bus;
    FakeWallet m_wallet;
    KeyStore::Place m_place = KeyStore::Place::Nowhere;
};

void WidgetsKeyStoreTest::initTestCase()
{
    m_bus.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
    if (!m_bus.waitForReadyRead(EndTime))
        QSKIP("there is no dbus-daemon");
    qputenv("DBUS_SESSION_BUS_ADDRESS", m_bus.readLine().trimmed());
    qputenv("XDG_CURRENT_DESKTOP", "KDE");
    qputenv("KDE_SESSION_VERSION", "5");
    QDBusConnection bus = QDBusConnection::sessionBus();
    QVERIFY(
        bus.registerObject(u"/modules/kwalletd5"_s, &m_wallet, QDBusConnection::ExportAllSlots));
    QVERIFY(bus.registerService(u"org.kde.kwalletd5"_s));
}

void WidgetsKeyStoreTest::init()
{
    m_wallet.isLocked = false;
    m_wallet.entries = {{u"api-key"_s, u"old"_s}};
}

void WidgetsKeyStoreTest::cleanupTestCase()
{
    m_bus.terminate();
    m_bus.waitForFinished(EndTime);
}

QString WidgetsKeyStoreTest::write(KeyStore &store, const QString &key, KeyStore::Place wanted)
{
    bool isDone = false;
    QString problem;
    store.write(key, wanted, [&](const QString &text, KeyStore::Place place) {
        problem = text;
        m_place = place;
        isDone = true;
    });
    return QTest::qWaitFor([&isDone] { return isDone; }) ? problem : u"no answer"_s;
}

void WidgetsKeyStoreTest::theKeychainIsFirst()
{
    const QTemporaryDir folder;
    KeyStore store(folder.filePath(u"api-key"_s));
    QCOMPARE(write(store, u"new"_s, KeyStore::Place::Keychain), QString());
    QCOMPARE(m_place, KeyStore::Place::Keychain);
    QCOMPARE(m_wallet.entries.value(u"api-key"_s), u"new"_s);
    QString found;
    store.read([&found](const QString &key, KeyStore::Place) { found = key; });
    QTRY_COMPARE(found, u"new"_s);
    QVERIFY(!QFile::exists(store.file()));
}

void WidgetsKeyStoreTest::aFileTakesItsPlace()
{
    const QTemporaryDir folder;
    KeyStore store(folder.filePath(u"api-key"_s));
    QCOMPARE(write(store, u"new"_s, KeyStore::Place::File), QString());
    QCOMPARE(m_place, KeyStore::Place::File);
    QVERIFY(QFile::exists(store.file()));
    QTRY_VERIFY(m_wallet.entries.isEmpty()); // or it would come back
}

// The keychain's may be the only one that there is.
void WidgetsKeyStoreTest::whatCannotBeKeptLeavesWhatIsKept()
{
    const QTemporaryDir folder;
    QFile obstacle(folder.filePath(u"keys"_s)); // where the folder would have to be
    QVERIFY(obstacle.open(QIODevice::WriteOnly));
    KeyStore store(folder.filePath(u"keys/api-key"_s));
    QVERIFY(write(store, u"new"_s, KeyStore::Place::File).contains(store.file()));
    QCOMPARE(m_place, KeyStore::Place::Nowhere);
    QString found;
    store.read([&found](const QString &key, KeyStore::Place) { found = key; });
    QTRY_COMPARE(found, u"old"_s); // by the same way, so that a removal would have been before
}

void WidgetsKeyStoreTest::aClosedKeychain()
{
    const QTemporaryDir folder;
    KeyStore store(folder.filePath(u"api-key"_s));
    m_wallet.isLocked = true;
    QCOMPARE(write(store, u"new"_s, KeyStore::Place::Keychain), QString());
    QCOMPARE(m_place, KeyStore::Place::File);
    QVERIFY(QFile::exists(store.file()));
}

void WidgetsKeyStoreTest::noKey()
{
    const QTemporaryDir folder;
    KeyStore store(folder.filePath(u"api-key"_s));
    QCOMPARE(write(store, QString(), KeyStore::Place::Keychain), QString());
    QCOMPARE(m_place, KeyStore::Place::Nowhere);
    QTRY_VERIFY(m_wallet.entries.isEmpty());
}

// Its line in the config is the user's: what is typed comes from the keychain and wins while it is
// there.
void WidgetsKeyStoreTest::theUsersOwnKeyFileStays()
{
    SettingsRig rig;
    rig.keeper = std::make_unique<DaemonKeeper>(rig.socket); // with the keychain
    const QByteArray before = "api-key-file = \"/run/secrets/key\"\n";
    QVERIFY(rig.writeConfig(before));
    QCOMPARE(rig.keeper->load(), QString());
    QCOMPARE(rig.keep(rig.keeper->settings(), u"typed"_s).problem, QString());
    QCOMPARE(m_wallet.entries.value(u"api-key"_s), u"typed"_s);
    QFile file(rig.configFile);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), before);
}

QTEST_MAIN(WidgetsKeyStoreTest)
#include "tst_widgets_keystore.moc"
