#include "config/metricsaddress.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstMetricsAddress final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addresses();
    void sockets_data();
    void sockets();
    void refuses_data();
    void refuses();
    void otherMachines();
};

void TstMetricsAddress::addresses()
{
    const auto address = parseMetricsAddress("[::1]:8320", false);
    QVERIFY(address && address->tcp);
    QCOMPARE(address->tcp->address.toString(), u"::1"_s);
    QCOMPARE(address->tcp->port, quint16{8320});
    QVERIFY(address->unixPath.empty());
}

void TstMetricsAddress::sockets_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("path");
    const auto row = [](const char *text, const char *path) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(path);
    };
    row("unix:/run/m.sock", "/run/m.sock");
    row("unix:///run/m.sock", "/run/m.sock");
    row("unix:m", "m");
    row("unix:/a:1", "/a:1");
}

void TstMetricsAddress::sockets()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, path);
    const auto address = parseMetricsAddress(toView(text), false);
    QVERIFY(address.ok());
    QVERIFY(!address->tcp);
    QCOMPARE(toBytes(address->unixPath), path);
}

void TstMetricsAddress::refuses_data()
{
    QTest::addColumn<QByteArray>("word"); // of the reason
    const auto row = [](const char *text, const char *word) {
        QTest::newRow(text) << QByteArray(word);
    };
    row("", "unix:PATH");
    row("8320", "unix:PATH");
    row("/run/m.sock", "unix:PATH");
    row("127.0.0.1:", "port");
    row("127.0.0.1:65536", "port");
    row("::1:8320", "brackets");
    row("example.com:8320", "IP address");
    row("unix:", "path of a socket");
    row("unix:/run/", "path of a socket");
}

void TstMetricsAddress::refuses()
{
    QFETCH(QByteArray, word);
    const auto address = parseMetricsAddress(QTest::currentDataTag(), true);
    QVERIFY(!address.ok());
    QVERIFY(address.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(toBytes(address.error().message).contains(word), address.error().message.c_str());
}

void TstMetricsAddress::otherMachines()
{
    for (const char *text : {"0.0.0.0:8320", "[::]:8320", "192.0.2.1:8320"}) {
        const auto refused = parseMetricsAddress(text, false);
        QVERIFY(!refused.ok());
        QVERIFY(toBytes(refused.error().message).contains("--metrics-allow-remote"));
        QVERIFY(parseMetricsAddress(text, true).ok());
    }
}

QTEST_APPLESS_MAIN(TstMetricsAddress)
#include "tst_metricsaddress.moc"
