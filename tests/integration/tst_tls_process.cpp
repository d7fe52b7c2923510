#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"
#include "fakes/testcertificates.h"

#include <QFile>
#include <QTest>

using namespace Weave;

namespace {

QByteArray callLine(int number)
{
    return startLine(startPayload("a/b", QByteArray::number(number)));
}

} // namespace

// The real daemon towards a server whose certificate comes from a private CA.
class TlsProcessTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void privateCaIsTrustedWhenNamed();
    void unknownCaIsRefused();
    void wrongHostNameIsRefused();
    void httpsToAPlainPort();
    void plainBackendDoesWithoutOpenSsl();

private:
    void prepare(ProcessFixture &f, const QString &folder);

    QTemporaryDir m_good{QStringLiteral("/tmp/wcXXXXXX")};
    QTemporaryDir m_otherName{QStringLiteral("/tmp/wcXXXXXX")};
};

void TlsProcessTest::initTestCase()
{
    QVERIFY(makeCertificates(m_good.path(), QStringLiteral("IP:127.0.0.1,DNS:localhost")));
    QVERIFY(makeCertificates(m_otherName.path(), QStringLiteral("DNS:trace.example")));
}

void TlsProcessTest::prepare(ProcessFixture &f, const QString &folder)
{
    QFile certificate(folder + QStringLiteral("/server.pem"));
    QFile key(folder + QStringLiteral("/server.key"));
    QVERIFY(certificate.open(QIODevice::ReadOnly) && key.open(QIODevice::ReadOnly));
    f.sink.useTls(QSslCertificate(&certificate), QSslKey(&key, QSsl::Ec));
}

void TlsProcessTest::privateCaIsTrustedWhenNamed()
{
    ProcessFixture f;
    prepare(f, m_good.path());
    QVERIFY(f.start({QStringLiteral("--ca-file"), m_good.filePath(QStringLiteral("ca.pem"))}));
    FakeClient client(f.sidecar.socketPath());
    for (int i = 0; i < 10; ++i) {
        QCOMPARE(client.sendCalls(callLine(i), 1), 1);
        QVERIFY(client.ask(R"({"method":"flush"})").value(QLatin1String("success")).toBool());
    }
    QCOMPARE(f.sink.delivered().size(), 10);
    QCOMPARE_LE(f.sink.connectionCount(), 4);
    QCOMPARE(f.auditError(), QString());
}

void TlsProcessTest::unknownCaIsRefused()
{
    ProcessFixture f;
    prepare(f, m_good.path());
    QVERIFY(f.start({QStringLiteral("--api-key"), QStringLiteral("secret")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine(1), 1), 1);
    QTRY_COMPARE_GE(f.sidecar.number(QStringLiteral("requests.failed.tls")), 1);
    const QString error = f.sidecar.status()
                              .value(QLatin1String("backend"))
                              .toObject()
                              .value(QLatin1String("last_error"))
                              .toString();
    QVERIFY2(error.contains(QLatin1String("TLS")), qPrintable(error));
    QVERIFY2(error.contains(QLatin1String("certificate")), qPrintable(error));
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.pending")), 1);
    QCOMPARE(f.sink.requestCount(), 0); // nothing was said to it, the key least of all
    QCOMPARE(f.auditError(), QString());
}

void TlsProcessTest::wrongHostNameIsRefused()
{
    ProcessFixture f;
    prepare(f, m_otherName.path());
    QVERIFY(f.start({QStringLiteral("--ca-file"), m_otherName.filePath(QStringLiteral("ca.pem"))}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine(1), 1), 1);
    QTRY_COMPARE_GE(f.sidecar.number(QStringLiteral("requests.failed.tls")), 1);
    const QString error = f.sidecar.status()
                              .value(QLatin1String("backend"))
                              .toObject()
                              .value(QLatin1String("last_error"))
                              .toString();
    QVERIFY2(error.contains(QLatin1String("host name")), qPrintable(error));
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.pending")), 1);
    QCOMPARE(f.sink.requestCount(), 0);
}

void TlsProcessTest::httpsToAPlainPort()
{
    ProcessFixture f;
    QVERIFY(f.start({QStringLiteral("--backend"),
                     QStringLiteral("https://127.0.0.1:%1").arg(f.sink.port()),
                     QStringLiteral("--request-timeout"), QStringLiteral("1s")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine(1), 1), 1);
    QTRY_COMPARE_GE(f.sidecar.number(QStringLiteral("requests.retried")), 1);
    QCOMPARE(f.sidecar.number(QStringLiteral("calls.pending")), 1);
    QCOMPARE(f.sink.requestCount(), 0);
}

// It takes more memory than all that the daemon has of its own.
void TlsProcessTest::plainBackendDoesWithoutOpenSsl()
{
#ifdef Q_OS_LINUX
    const auto hasOpenSsl = [](const ProcessFixture &f) {
        QFile maps(QStringLiteral("/proc/%1/maps").arg(f.sidecar.pid()));
        return maps.open(QIODevice::ReadOnly) && maps.readAll().contains("qopensslbackend");
    };
    ProcessFixture plain;
    QVERIFY(plain.start());
    FakeClient client(plain.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLine(1), 1), 1);
    QVERIFY(plain.waitForDelivered(1));
    QVERIFY(!hasOpenSsl(plain));

    ProcessFixture encrypted;
    prepare(encrypted, m_good.path());
    QVERIFY(
        encrypted.start({QStringLiteral("--ca-file"), m_good.filePath(QStringLiteral("ca.pem"))}));
    QVERIFY(hasOpenSsl(encrypted));
#else
    QSKIP("the libraries of a process are read in /proc");
#endif
}

QTEST_GUILESS_MAIN(TlsProcessTest)
#include "tst_tls_process.moc"
