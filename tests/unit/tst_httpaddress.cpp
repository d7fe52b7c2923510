#include "config/httpaddress.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstHttpAddress final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addresses_data();
    void addresses();
    void refuses_data();
    void refuses();
    void otherMachines_data();
    void otherMachines();
    void leadsBack_data();
    void leadsBack();
    void filesLeadNowhere();
};

void TstHttpAddress::addresses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("address");
    QTest::addColumn<int>("port");
    const auto row = [](const char *text, const char *address, int port) {
        QTest::newRow(text) << QByteArray(text) << QString::fromLatin1(address) << port;
    };
    row("127.0.0.1:8319", "127.0.0.1", 8319);
    row("127.3.2.1:1", "127.3.2.1", 1);
    row("127.0.0.1:0", "127.0.0.1", 0);
    row("127.0.0.1:65535", "127.0.0.1", 65535);
    row("localhost:8319", "127.0.0.1", 8319);
    row("weave.localhost:8319", "127.0.0.1", 8319);
    row("[::1]:8319", "::1", 8319);
}

void TstHttpAddress::addresses()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, address);
    QFETCH(int, port);
    for (const bool allowRemote : {false, true}) {
        const auto door = parseHttpAddress(toView(text), allowRemote);
        QVERIFY2(door.ok(), door.ok() ? "" : door.error().message.c_str());
        QCOMPARE(door->address.toString(), address);
        QCOMPARE(int{door->port}, port);
    }
}

void TstHttpAddress::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("word"); // of the reason
    const auto row = [](const char *text, const char *word) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(word);
    };
    row("", "HOST:PORT");
    row("8319", "HOST:PORT");
    row("127.0.0.1", "HOST:PORT");
    row("127.0.0.1:", "port");
    row("127.0.0.1:65536", "port");
    row("127.0.0.1:-1", "port");
    row("127.0.0.1:+1", "port");
    row("127.0.0.1: 1", "port");
    row("127.0.0.1:http", "port");
    row("127.0.0.1:99999999999999999999", "port");
    row("http://127.0.0.1:8319", "bracket");
    row("::1:8319", "bracket");
    row("[::1]", "port");
    row("[::1:8319", "bracket");
    row(":8319", "neither");
    row("*:8319", "neither");
    row("example.com:8319", "neither");
    row("localhost.example.com:8319", "neither");
    row("notlocalhost:8319", "neither");
    row("127.0.0.1.5:8319", "neither");
    row("[]:8319", "neither");
    row("127.0.0.1/8:8319", "neither");
}

void TstHttpAddress::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, word);
    const auto door = parseHttpAddress(toView(text), true);
    QVERIFY(!door);
    QVERIFY(door.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(toBytes(door.error().message).contains(word), door.error().message.c_str());
}

void TstHttpAddress::otherMachines_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"0.0.0.0:8319", "[::]:8319", "192.0.2.1:8319", "10.0.0.1:8319",
                             "[2001:db8::1]:8319", "[fe80::1]:8319"})
        QTest::newRow(text) << QByteArray(text);
}

void TstHttpAddress::otherMachines()
{
    QFETCH(QByteArray, text);
    const auto refused = parseHttpAddress(toView(text), false);
    QVERIFY(!refused);
    QVERIFY(toBytes(refused.error().message).contains("--http-allow-remote"));
    QVERIFY(parseHttpAddress(toView(text), true).ok());
}

void TstHttpAddress::leadsBack_data()
{
    QTest::addColumn<QByteArray>("backend");
    QTest::addColumn<QByteArray>("door");
    QTest::addColumn<bool>("leads");
    const auto row = [](const char *backend, const char *door, bool leads) {
        QTest::addRow("%s to %s", backend, door)
            << QByteArray(backend) << QByteArray(door) << leads;
    };
    row("http://127.0.0.1:8319", "127.0.0.1:8319", true);
    row("http://127.0.0.1:8319/path", "127.0.0.1:8319", true);
    row("https://127.0.0.1:8319", "127.0.0.1:8319", true);
    row("http://localhost:8319", "127.0.0.1:8319", true);
    row("http://LOCALHOST:8319", "localhost:8319", true);
    row("http://a.localhost:8319", "127.0.0.1:8319", true);
    row("http://127.0.0.1:8319", "0.0.0.0:8319", true);
    row("http://localhost:8319", "0.0.0.0:8319", true);
    row("http://[::1]:8319", "[::]:8319", true);
    row("http://[::1]:8319", "[::1]:8319", true);
    row("http://127.0.0.1:80", "127.0.0.1:80", true);
    row("http://127.0.0.1", "127.0.0.1:80", true);
    row("https://127.0.0.1", "127.0.0.1:443", true);
    // localhost may be either, and a door at one of them is not meant for a backend at the other.
    row("http://[::1]:8319", "127.0.0.1:8319", true);

    row("http://127.0.0.1:8320", "127.0.0.1:8319", false);
    row("http://127.0.0.1", "127.0.0.1:443", false);
    row("https://trace.wandb.ai:8319", "127.0.0.1:8319", false);
    row("https://192.0.2.1:8319", "127.0.0.1:8319", false);
    row("https://192.0.2.1:8319", "0.0.0.0:8319", false);
    row("https://192.0.2.1:8319", "192.0.2.1:8319", true);
    row("http://127.0.0.1:8319", "192.0.2.1:8319", false);
}

void TstHttpAddress::leadsBack()
{
    QFETCH(QByteArray, backend);
    QFETCH(QByteArray, door);
    QFETCH(bool, leads);
    const auto from = parseBackend(toView(backend), true);
    const auto to = parseHttpAddress(toView(door), true);
    QVERIFY(from.ok() && to.ok());
    QCOMPARE(Weave::leadsBack(*from, *to), leads);
}

void TstHttpAddress::filesLeadNowhere()
{
    const auto file = parseBackend("file:/tmp/calls", false);
    QVERIFY(file.ok());
    const auto door = parseHttpAddress("127.0.0.1:80", false);
    QVERIFY(door.ok());
    QVERIFY(!Weave::leadsBack(*file, *door));
}

QTEST_APPLESS_MAIN(TstHttpAddress)
#include "tst_httpaddress.moc"
