#include "config/config.h"

#include "unit/configresolving.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// Two certificates of our own, with nothing signed by them.
constexpr const char *FirstCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlzCCAT2gAwIBAgIUQVYISWGCT9n0nIL6U4YQ6sVstkEwCgYIKoZIzj0EAwIw\n"
    "IDEeMBwGA1UEAwwVd2VhdmUtc2lkZWNhciB0ZXN0IENBMCAXDTI2MTEyMzIyMTA1\n"
    "NFoYDzIxMjYxMDMwMjIxMDU0WjAgMR4wHAYDVQQDDBV3ZWF2ZS1zaWRlY2FyIHRl\n"
    "c3QgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATeagWv4zU50InWRT1HL7U6\n"
    "Eav7EFTm55ScH5gKslvCJhPcG7MWucxBshtJtVwrxwAN2aGV0+lUdCH+MKkAqJWu\n"
    "o1MwUTAdBgNVHQ4EFgQUyDZKOkxG9HsBNv/Ql2pKWM5pQDQwHwYDVR0jBBgwFoAU\n"
    "yDZKOkxG9HsBNv/Ql2pKWM5pQDQwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQD\n"
    "AgNIADBFAiEAn54pN3UNPv+n/b2CvsXKfGesMODcJGX3DfPTFwvhIPUCIDNcm5ye\n"
    "h72CCKMP0wYA6mLBJx1eNLEepFkbKmXmp77S\n"
    "-----END CERTIFICATE-----\n";
constexpr const char *SecondCertificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBmTCCAT+gAwIBAgIULFFwhjIyUY5yAhiJInXEK9NNqgwwCgYIKoZIzj0EAwIw\n"
    "ITEfMB0GA1UEAwwWd2VhdmUtc2lkZWNhciBvdGhlciBDQTAgFw0yNjExMjMyMjEw\n"
    "NTRaGA8yMTI2MTAzMDIyMTA1NFowITEfMB0GA1UEAwwWd2VhdmUtc2lkZWNhciBv\n"
    "dGhlciBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIm6CReImib0dw8LYduF\n"
    "KMMvexamBz4gxfJKHA679reREmEcfb0wqmZy4gnCjRTvoJjW1oV69/oB1Z6TbInp\n"
    "i9mjUzBRMB0GA1UdDgQWBBS8uAvsGMhJFoMeckUIl8vzbZAdSDAfBgNVHSMEGDAW\n"
    "gBS8uAvsGMhJFoMeckUIl8vzbZAdSDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49\n"
    "BAMCA0gAMEUCIAnUqAAwYtNssAVG7MGSBK58iXtJXvEkEPMe2kvIPdSdAiEAv1lo\n"
    "9bFU5SZAtH8AKLU3Z+JdIo/Zr4u3rBR+dxT0D1o=\n"
    "-----END CERTIFICATE-----\n";

} // namespace

// Where calls go, who is trusted there, and with which key.
class TstConfigBackend final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void backendIsRequired();
    void backends();
    void badBackends_data();
    void badBackends();
    void passwordsAreNotRepeated();
    void plainHttpOnlyWithAllowHttp();
    void certificates();
    void badCertificates_data();
    void badCertificates();
    void credentials();
    void badCredentials();

private:
    [[nodiscard]] QByteArray write(const char *name, const QByteArray &text) const;

    QTemporaryDir m_folder;
};

QByteArray TstConfigBackend::write(const char *name, const QByteArray &text) const
{
    QFile file(m_folder.filePath(QString::fromUtf8(name)));
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    return isWritten ? file.fileName().toUtf8() : "cannot write"_ba;
}

void TstConfigBackend::backendIsRequired()
{
    const auto config = resolve(Options());
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(messageOf(config).startsWith("--backend "), messageOf(config).constData());
    QVERIFY(messageOf(config).contains("https://"));
    QVERIFY(messageOf(config).contains("file:"));
}

void TstConfigBackend::backends()
{
    const auto http = resolve({{"backend", "https://weave.example/traces"}});
    QVERIFY2(http.ok(), messageOf(http).constData());
    QVERIFY(http->backend.kind == BackendAddress::Kind::Http);
    QCOMPARE(http->backend.url, QUrl(u"https://weave.example/traces"_s));
    const auto file = resolve({{"backend", "file:calls.ndjson"}});
    QVERIFY2(file.ok(), messageOf(file).constData());
    QVERIFY(file->backend.kind == BackendAddress::Kind::File);
    QCOMPARE(toBytes(file->backend.path), "calls.ndjson"_ba);
}

void TstConfigBackend::badBackends_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"trace.wandb.ai", "ftp://trace.wandb.ai", "https://",
                             "file:", "http://trace.wandb.ai", "https://trace.wandb.ai/?a=b"})
        QTest::newRow(text) << QByteArray(text);
}

void TstConfigBackend::badBackends()
{
    QFETCH(QByteArray, text);
    const auto config = resolve({{"backend", text.constData()}});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    const QByteArray message = messageOf(config);
    QVERIFY2(message.startsWith("--backend: \"" + text + "\": "), message.constData());
    QVERIFY2(!message.contains('\n'), message.constData());
}

void TstConfigBackend::passwordsAreNotRepeated()
{
    for (const char *text : {"https://api:s3cret@trace.wandb.ai", "ftp://api:s3cret@trace.wandb.ai",
                             "https://api:s3cret@", "api:s3cret@trace.wandb.ai"}) {
        const auto config = resolve({{"backend", text}});
        QVERIFY2(!config.ok(), text);
        QVERIFY2(messageOf(config).startsWith("--backend: "), messageOf(config).constData());
        QVERIFY2(!messageOf(config).contains("s3cret"), messageOf(config).constData());
    }
}

void TstConfigBackend::plainHttpOnlyWithAllowHttp()
{
    const auto refused = resolve({{"backend", "http://weave.example"}});
    QVERIFY(!refused.ok());
    QVERIFY2(messageOf(refused).contains("--allow-http"), messageOf(refused).constData());
    const auto allowed = resolve({{"backend", "http://weave.example"}, {"allow-http", "true"}});
    QVERIFY2(allowed.ok(), messageOf(allowed).constData());
    const auto local = resolve({{"backend", "http://localhost:8080"}});
    QVERIFY2(local.ok(), messageOf(local).constData());
}

void TstConfigBackend::certificates()
{
    const QByteArray one = write("one.pem", FirstCertificate);
    const auto config = resolve({{"ca-file", one.constData()}});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QCOMPARE(config->caCertificates.size(), 1);
    QCOMPARE(config->caCertificates.first().subjectDisplayName(), u"weave-sidecar test CA"_s);

    const QByteArray two =
        write("two.pem", QByteArray("a comment\n") + FirstCertificate + SecondCertificate);
    const auto both = resolve({{"ca-file", two.constData()}});
    QVERIFY2(both.ok(), messageOf(both).constData());
    QCOMPARE(both->caCertificates.size(), 2);
    QCOMPARE(both->caCertificates.last().subjectDisplayName(), u"weave-sidecar other CA"_s);
}

void TstConfigBackend::badCertificates_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("missing") << m_folder.filePath(u"missing.pem"_s).toUtf8();
    QTest::newRow("a folder") << m_folder.path().toUtf8();
    QTest::newRow("empty") << write("empty.pem", "");
    QTest::newRow("no certificate") << write("text.pem", "hello\n");
    QTest::newRow("a certificate cut off")
        << write("cut.pem", QByteArray(FirstCertificate).first(200));
    const QByteArray endless = write("endless.pem", FirstCertificate); // as good as /dev/zero
    QVERIFY(QFile::resize(QString::fromUtf8(endless), qint64{17} * 1024 * 1024));
    QTest::newRow("endless") << endless;
}

void TstConfigBackend::badCertificates()
{
    QFETCH(QByteArray, path);
    const auto config = resolve({{"ca-file", path.constData()}});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(messageOf(config).startsWith("--ca-file: \"" + path + "\": "),
             messageOf(config).constData());
}

void TstConfigBackend::credentials()
{
    const auto flag = resolve({{"api-key", "flag-key"}});
    QVERIFY(flag.ok());
    QCOMPARE(toBytes(flag->credentials.apiKey), "flag-key"_ba);

    const QByteArray keyFile = write("keyfile", "file-key\n");
    const auto file = resolve({{"api-key", "flag-key"}, {"api-key-file", keyFile.constData()}});
    QVERIFY2(file.ok(), messageOf(file).constData());
    QCOMPARE(toBytes(file->credentials.apiKey), "file-key"_ba);

    // The netrc file is found by the environment that was given, for the backend's host.
    const QByteArray netrc = write("netrc", "machine trace.example password netrc-key\n");
    const auto entry =
        resolve(optionsOf({{"backend", Backend}}), {{"HOME", Home}, {"NETRC", netrc.constData()}});
    QVERIFY(entry.ok());
    QCOMPARE(toBytes(entry->credentials.apiKey), "netrc-key"_ba);
}

void TstConfigBackend::badCredentials()
{
    const auto key = resolve({{"api-key", "s3cret s3cret"}});
    QVERIFY(!key.ok());
    QVERIFY2(messageOf(key).startsWith("--api-key: "), messageOf(key).constData());
    QVERIFY(!messageOf(key).contains("s3cret"));
    const auto file = resolve({{"api-key-file", "/no/such/file"}});
    QVERIFY(!file.ok());
    QVERIFY2(messageOf(file).startsWith("--api-key-file: /no/such/file: "),
             messageOf(file).constData());
    // No other error may repeat the key.
    const auto other = resolve({{"api-key", "s3cret"}, {"senders", "none"}});
    QVERIFY(!messageOf(other).contains("s3cret"));
}

QTEST_GUILESS_MAIN(TstConfigBackend)
#include "tst_configbackend.moc"
