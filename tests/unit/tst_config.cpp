#include "config/config.h"

#include "config/optiontable.h"
#include "unit/settings.h"
#include "unit/text.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <grp.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// A flag whose value is a number in Config, whatever its unit.
struct NumberFlag
{
    const char *name;
    std::uint64_t (*read)(const Config &);
    std::uint64_t defaultValue;
    const char *allowed; // as an error says it
};

std::uint64_t count(Milliseconds duration)
{
    return static_cast<std::uint64_t>(duration.count());
}

constexpr std::uint64_t MiB = std::uint64_t{1024} * 1024;

const std::array<NumberFlag, 16> NumberFlags{{
    {"flush-interval", [](const Config &c) { return count(c.flushInterval); }, 1'000, "1ms to 1h"},
    {"flush-max-count", [](const Config &c) { return c.flushMaxCount; }, 2'000, "1 to 100000"},
    {"flush-max-bytes", [](const Config &c) { return c.flushMaxBytes; }, 10 * MiB, "1 B to 32 MiB"},
    {"request-timeout", [](const Config &c) { return count(c.requestTimeout); }, 30'000,
     "1ms to 1h"},
    {"senders", [](const Config &c) { return static_cast<std::uint64_t>(c.senders); }, 4,
     "1 to 64"},
    {"max-age", [](const Config &c) { return count(c.maxAge); }, 86'400'000, "1s to 8760h"},
    {"socket-mode", [](const Config &c) { return std::uint64_t{c.socketMode}; }, 0600, "0600"},
    {"max-connections", [](const Config &c) { return c.maxConnections; }, 1'024, "1 to 100000"},
    {"max-line-bytes", [](const Config &c) { return c.maxLineBytes; }, 32 * MiB, "1 KiB to 1 GiB"},
    {"spool-max-bytes", [](const Config &c) { return c.spoolMaxBytes; }, 1024 * MiB,
     "1 MiB to 1 TiB"},
    {"shutdown-timeout", [](const Config &c) { return count(c.shutdownTimeout); }, 10'000,
     "0s to 1h"},
    {"spool-sync", [](const Config &c) { return static_cast<std::uint64_t>(c.spoolSync); },
     std::uint64_t(SpoolSync::Lazy), "lazy, always, never"},
    {"calls-mode", [](const Config &c) { return static_cast<std::uint64_t>(c.callsMode); },
     std::uint64_t(CallsMode::Auto), "auto, upsert, complete"},
    {"pair-hold", [](const Config &c) { return count(c.pairHold); }, 60'000, "0s to 1h"},
    {"log-level", [](const Config &c) { return static_cast<std::uint64_t>(c.logLevel); },
     std::uint64_t(LogLevel::Info), "debug, info, warning, error"},
    {"log-format", [](const Config &c) { return static_cast<std::uint64_t>(c.logFormat); },
     std::uint64_t(LogFormat::Text), "text, json"},
}};

const NumberFlag &numberFlag(const QByteArray &name)
{
    for (const NumberFlag &flag : NumberFlags) {
        if (name == flag.name)
            return flag;
    }
    qFatal("no such flag");
}

constexpr const char *Backend = "https://trace.example";

constexpr const char *Home = "/home/somebody";

Result<Config> resolve(const Options &options, Settings environment = {{"HOME", Home}})
{
    return Config::resolve(options, environmentOf(environment));
}

// With a backend and the flags.
Result<Config> resolve(Settings flags)
{
    Options options = optionsOf({{"backend", Backend}});
    for (const auto &[name, text] : flags)
        options.set(name, text, Options::Source::Flag);
    return resolve(options);
}

// The same, or an empty Config when there is an error.
Config configOf(Settings flags)
{
    const auto config = resolve(flags);
    return config.ok() ? *config : Config();
}

QByteArray messageOf(const Result<Config> &config)
{
    return config.ok() ? QByteArray("no error") : toBytes(config.error().message);
}

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

class TstConfig final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaults_data();
    void defaults();
    void otherDefaults();
    void goodValues_data();
    void goodValues();
    void badValues_data();
    void badValues();
    void everyFlagIsLookedAt();
    void switches();
    void filesAreAbsolute();
    void metrics();
    void socketPath();
    void spoolDirectory_data();
    void spoolDirectory();
    void spoolDirectoryWithoutAHome();
    void spoolInMemory();
    void socketGroup();
    void badSocketGroup();
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
    void variablesAndFlags();
    void errorsNameTheVariable();
    void theFirstErrorIsGiven();

private:
    [[nodiscard]] QByteArray write(const char *name, const QByteArray &text) const;

    QTemporaryDir m_folder;
};

QByteArray TstConfig::write(const char *name, const QByteArray &text) const
{
    QFile file(m_folder.filePath(QString::fromUtf8(name)));
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    return isWritten ? file.fileName().toUtf8() : "cannot write"_ba;
}

void TstConfig::defaults_data()
{
    QTest::addColumn<QByteArray>("flag");
    for (const NumberFlag &flag : NumberFlags)
        QTest::newRow(flag.name) << QByteArray(flag.name);
}

void TstConfig::defaults()
{
    QFETCH(QByteArray, flag);
    const auto config = resolve({});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QCOMPARE(numberFlag(flag).read(*config), numberFlag(flag).defaultValue);
}

void TstConfig::otherDefaults()
{
    const auto config = resolve({});
    QVERIFY(config.ok());
    QCOMPARE(toBytes(config->socketPath), "/tmp/weave_sidecar.sock"_ba);
    QVERIFY(!config->socketGroup);
    QVERIFY(!config->headless);
    QVERIFY(config->caCertificates.isEmpty());
    QVERIFY(config->credentials.apiKey.empty());
}

void TstConfig::goodValues_data()
{
    QTest::addColumn<QByteArray>("flag");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<quint64>("value");
    const auto row = [](const char *flag, const char *text, std::uint64_t value) {
        QTest::addRow("%s %s", flag, text)
            << QByteArray(flag) << QByteArray(text) << quint64{value};
    };
    row("flush-interval", "1ms", 1);
    row("flush-interval", "1us", 1); // rounded up
    row("flush-interval", "250ms", 250);
    row("flush-interval", "1m30s", 90'000);
    row("flush-interval", "1h", 3'600'000);
    row("flush-max-count", "1", 1);
    row("flush-max-count", "0500", 500);
    row("flush-max-count", "100000", 100'000);
    row("flush-max-bytes", "1", 1);
    row("flush-max-bytes", "5MB", 5'000'000);
    row("flush-max-bytes", "1.5MiB", 1'572'864);
    row("flush-max-bytes", "32MiB", 32 * MiB);
    row("request-timeout", "1ms", 1);
    row("request-timeout", "1.5s", 1'500);
    row("request-timeout", "1h", 3'600'000);
    row("senders", "1", 1);
    row("senders", "64", 64);
    row("max-age", "1s", 1'000);
    row("max-age", "8760h", 31'536'000'000);
    row("socket-mode", "600", 0600);
    row("socket-mode", "0600", 0600);
    row("socket-mode", "0660", 0660);
    row("max-connections", "1", 1);
    row("max-connections", "100000", 100'000);
    row("max-line-bytes", "1KiB", 1'024);
    row("max-line-bytes", "1GiB", 1'024 * MiB);
    row("spool-max-bytes", "1MiB", MiB);
    row("spool-max-bytes", "1TiB", MiB * MiB);
    row("spool-sync", "lazy", std::uint64_t(SpoolSync::Lazy));
    row("spool-sync", "always", std::uint64_t(SpoolSync::Always));
    row("calls-mode", "auto", std::uint64_t(CallsMode::Auto));
    row("calls-mode", "upsert", std::uint64_t(CallsMode::Upsert));
    row("calls-mode", "complete", std::uint64_t(CallsMode::Complete));
    row("pair-hold", "0s", 0);
    row("pair-hold", "1h", 3'600'000);
    row("spool-sync", "never", std::uint64_t(SpoolSync::Never));
    row("shutdown-timeout", "0", 0);
    row("shutdown-timeout", "1h", 3'600'000);
    row("log-level", "debug", std::uint64_t(LogLevel::Debug));
    row("log-level", "info", std::uint64_t(LogLevel::Info));
    row("log-level", "warning", std::uint64_t(LogLevel::Warning));
    row("log-level", "error", std::uint64_t(LogLevel::Error));
    row("log-format", "text", std::uint64_t(LogFormat::Text));
    row("log-format", "json", std::uint64_t(LogFormat::Json));
}

void TstConfig::goodValues()
{
    QFETCH(QByteArray, flag);
    QFETCH(QByteArray, text);
    QFETCH(quint64, value);
    const auto config = resolve({{flag.constData(), text.constData()}});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QCOMPARE(quint64{numberFlag(flag).read(*config)}, value);
    // Every other one is as it was.
    for (const NumberFlag &other : NumberFlags) {
        if (flag != other.name)
            QCOMPARE(other.read(*config), other.defaultValue);
    }
}

void TstConfig::badValues_data()
{
    QTest::addColumn<QByteArray>("flag");
    QTest::addColumn<QByteArray>("text");
    const auto rows = [](const char *flag, std::initializer_list<const char *> texts) {
        for (const char *text : texts)
            QTest::addRow("%s %s", flag, text) << QByteArray(flag) << QByteArray(text);
    };
    rows("flush-interval",
         {"0", "0s", "1h1ms", "2h", "1", "1 s", "-1s", "soon", "999999999999h", ""});
    rows("flush-max-count",
         {"0", "100001", "-1", "+1", "1.5", "1k", "many", "99999999999999999999", ""});
    rows("flush-max-bytes",
         {"0", "33554433", "33MiB", "-1", "1.5", "10M", "lots", "99999999999999999999", ""});
    rows("request-timeout", {"0", "0ms", "1h1ms", "30", "-1s", "never", ""});
    rows("senders", {"0", "65", "-1", "4.0", "four", "4294967297", ""});
    rows("max-age", {"0", "999ms", "8760h1ms", "24", "1d", "forever", ""});
    rows("socket-mode",
         {"0", "0400", "0200", "0060", "0666", "0777", "0601", "0604", "0602", "0700", "01600",
          "04600", "0800", "rw-------", "-0600", "0o600", "37777777600", ""});
    rows("max-connections", {"0", "100001", "-1", "all", ""});
    rows("max-line-bytes", {"0", "1023", "1.1GiB", "1073741825", "-1", "long", ""});
    rows("spool-max-bytes", {"0", "1048575", "1025GiB", "1.1TiB", "-1", "none", ""});
    rows("spool-sync", {"Lazy", "each", "true", ""});
    rows("calls-mode", {"Auto", "v2", "upsert,complete", ""});
    rows("pair-hold", {"1h1ms", "60", "-1s", "never", ""});
    rows("shutdown-timeout", {"1h1ms", "10", "-1s", "never", ""});
    rows("log-level", {"Info", "warn", "trace", "info ", "3", ""});
    rows("log-format", {"JSON", "xml", "text,json", ""});
}

// One sentence that names the flag, what was given and what is allowed.
void TstConfig::badValues()
{
    QFETCH(QByteArray, flag);
    QFETCH(QByteArray, text);
    const auto config = resolve({{flag.constData(), text.constData()}});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    const QByteArray message = messageOf(config);
    QVERIFY2(message.startsWith("--" + flag + ": "), message.constData());
    QVERIFY2(message.contains("\"" + text + "\""), message.constData());
    QVERIFY2(message.contains(numberFlag(flag).allowed), message.constData());
    QVERIFY2(!message.contains('\n'), message.constData());
}

// A flag that is added to the table wants a place in these tests, too.
void TstConfig::everyFlagIsLookedAt()
{
    QList<QByteArray> known{
        "backend",   "socket",     "api-key-file",      "api-key", "ca-file",
        "headless",  "allow-http", "socket-group",      "version", "help",
        "spool-dir", "http",       "http-allow-remote", "metrics", "metrics-allow-remote",
        "config"};
    for (const NumberFlag &flag : NumberFlags)
        known << flag.name;
    for (const OptionSpec &spec : optionTable())
        QVERIFY2(known.contains(toBytes(spec.name)), spec.name.data());
}

void TstConfig::switches()
{
    QVERIFY(configOf({{"headless", "true"}}).headless);
    QVERIFY(resolve({{"allow-http", "true"}}).ok()); // without plain http it changes nothing
    QVERIFY(resolve({{"http-allow-remote", "true"}}).ok()); // nor without --http
    QVERIFY(resolve({{"metrics-allow-remote", "true"}}).ok());
}

// doctor and the tray are told of them, and run elsewhere.
void TstConfig::filesAreAbsolute()
{
    const Config config = configOf({{"config", "c.toml"}});
    QCOMPARE(config.files.size(), std::size_t(1));
    QCOMPARE(toBytes(config.files.front()), QDir::current().filePath(u"c.toml"_s).toUtf8());
}

void TstConfig::metrics()
{
    QVERIFY(!configOf({}).metrics);
    const Config tcp = configOf({{"metrics", "127.0.0.1:8320"}});
    QVERIFY(tcp.metrics && tcp.metrics->tcp);
    QCOMPARE(tcp.metrics->tcp->port, quint16{8320});
    QVERIFY(!tcp.http); // neither is the other
    const Config unixSocket = configOf({{"metrics", "unix:/run/m"}});
    QCOMPARE(toBytes(unixSocket.metrics->unixPath), "/run/m"_ba);

    for (const auto &[metrics, backend, word] :
         {std::tuple("nonsense", Backend, "--metrics: \"nonsense\": "),
          std::tuple("0.0.0.0:1", Backend, "--metrics-allow-remote"),
          std::tuple("unix:/tmp/weave_sidecar.sock", Backend, "--socket"),
          std::tuple("127.0.0.1:1", "http://localhost:1/traces", "--backend: ")}) {
        const auto config = resolve({{"metrics", metrics}, {"backend", backend}});
        QVERIFY(!config.ok());
        QVERIFY2(messageOf(config).contains(word), messageOf(config).constData());
    }
    // One flag does not open what the other is for.
    QVERIFY(!resolve({{"metrics", "0.0.0.0:1"}, {"http-allow-remote", "true"}}).ok());
    QVERIFY(!resolve({{"http", "0.0.0.0:1"}, {"metrics-allow-remote", "true"}}).ok());
    QVERIFY(resolve({{"metrics", "0.0.0.0:1"}, {"metrics-allow-remote", "true"}}).ok());
}

void TstConfig::socketPath()
{
    QCOMPARE(toBytes(configOf({{"socket", "/run/user/1000/weave.sock"}}).socketPath),
             "/run/user/1000/weave.sock"_ba);
    const auto config = resolve({{"socket", ""}});
    QVERIFY(!config.ok());
    QVERIFY2(messageOf(config).startsWith("--socket: "), messageOf(config).constData());
}

void TstConfig::spoolDirectory_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("stateHome");
    QTest::addColumn<QByteArray>("directory");
#if defined(Q_OS_MACOS)
    const QByteArray usual = QByteArray(Home) + "/Library/Application Support/weave-sidecar/spool";
#else
    const QByteArray usual = QByteArray(Home) + "/.local/state/weave-sidecar/spool";
    QTest::newRow("XDG_STATE_HOME") << ""_ba
                                    << "/var/state"_ba
                                    << "/var/state/weave-sidecar/spool"_ba;
#endif
    QTest::newRow("default") << ""_ba
                             << ""_ba << usual;
    QTest::newRow("XDG_STATE_HOME that is not absolute") << ""_ba
                                                         << "state"_ba << usual;
    QTest::newRow("given") << "/var/spool/weave"_ba
                           << "/var/state"_ba
                           << "/var/spool/weave"_ba;
    QTest::newRow("given, not absolute") << "calls"_ba
                                         << "/var/state"_ba
                                         << "calls"_ba;
}

void TstConfig::spoolDirectory()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, stateHome);
    QFETCH(QByteArray, directory);
    Options options = optionsOf({{"backend", Backend}});
    if (!given.isEmpty())
        options.set("spool-dir", given.toStdString(), Options::Source::Flag);
    const auto config =
        resolve(options, {{"HOME", Home}, {"XDG_STATE_HOME", stateHome.constData()}});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QCOMPARE(toBytes(config->spoolDirectory), directory);
}

void TstConfig::spoolDirectoryWithoutAHome()
{
    const auto config = resolve(optionsOf({{"backend", Backend}}), Settings{});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(messageOf(config).startsWith("--spool-dir: "), messageOf(config).constData());
    for (const char *given : {"/var/spool/weave", "none"}) {
        const auto told =
            resolve(optionsOf({{"backend", Backend}, {"spool-dir", given}}), Settings{});
        QVERIFY2(told.ok(), messageOf(told).constData());
    }
}

// Memory is dearer than disk: the default is smaller, but what is given counts.
void TstConfig::spoolInMemory()
{
    const auto config = resolve({{"spool-dir", "none"}});
    QVERIFY2(config.ok(), messageOf(config).constData());
    QVERIFY(config->spoolDirectory.empty());
    QCOMPARE(config->spoolMaxBytes, 64 * MiB);
    QCOMPARE(configOf({{"spool-dir", "none"}, {"spool-max-bytes", "1GiB"}}).spoolMaxBytes,
             1024 * MiB);
    QCOMPARE(configOf({{"spool-dir", "none"}, {"spool-max-bytes", "2MiB"}}).spoolMaxBytes, 2 * MiB);
    const auto bad = resolve({{"spool-dir", "none"}, {"spool-max-bytes", "1"}});
    QVERIFY2(messageOf(bad).startsWith("--spool-max-bytes: "), messageOf(bad).constData());
}

void TstConfig::socketGroup()
{
    const auto byNumber = resolve({{"socket-group", "4242"}});
    QVERIFY2(byNumber.ok(), messageOf(byNumber).constData());
    QVERIFY(byNumber->socketGroup == gid_t{4242});
    QVERIFY(configOf({{"socket-group", "0"}}).socketGroup == gid_t{0});

    const struct group *own = ::getgrgid(::getgid());
    if (!own)
        QSKIP("this process's group has no name");
    const gid_t id = own->gr_gid;
    const auto byName = resolve({{"socket-group", QByteArray(own->gr_name).constData()}});
    QVERIFY2(byName.ok(), messageOf(byName).constData());
    QVERIFY(byName->socketGroup == id);
}

void TstConfig::badSocketGroup()
{
    // The largest number means "no group" to chown().
    for (const char *name : {"no-such-group-here", "-1", "4294967295", "4294967296", "wheel "}) {
        const auto config = resolve({{"socket-group", name}});
        QVERIFY2(!config.ok(), name);
        const QByteArray message = messageOf(config);
        QVERIFY2(message.startsWith("--socket-group: \"" + QByteArray(name) + "\": "),
                 message.constData());
    }
}

void TstConfig::backendIsRequired()
{
    const auto config = resolve(Options());
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(messageOf(config).startsWith("--backend "), messageOf(config).constData());
    QVERIFY(messageOf(config).contains("https://"));
    QVERIFY(messageOf(config).contains("file:"));
}

void TstConfig::backends()
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

void TstConfig::badBackends_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"trace.wandb.ai", "ftp://trace.wandb.ai", "https://",
                             "file:", "http://trace.wandb.ai", "https://trace.wandb.ai/?a=b"})
        QTest::newRow(text) << QByteArray(text);
}

void TstConfig::badBackends()
{
    QFETCH(QByteArray, text);
    const auto config = resolve({{"backend", text.constData()}});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    const QByteArray message = messageOf(config);
    QVERIFY2(message.startsWith("--backend: \"" + text + "\": "), message.constData());
    QVERIFY2(!message.contains('\n'), message.constData());
}

void TstConfig::passwordsAreNotRepeated()
{
    for (const char *text : {"https://api:s3cret@trace.wandb.ai", "ftp://api:s3cret@trace.wandb.ai",
                             "https://api:s3cret@", "api:s3cret@trace.wandb.ai"}) {
        const auto config = resolve({{"backend", text}});
        QVERIFY2(!config.ok(), text);
        QVERIFY2(messageOf(config).startsWith("--backend: "), messageOf(config).constData());
        QVERIFY2(!messageOf(config).contains("s3cret"), messageOf(config).constData());
    }
}

void TstConfig::plainHttpOnlyWithAllowHttp()
{
    const auto refused = resolve({{"backend", "http://weave.example"}});
    QVERIFY(!refused.ok());
    QVERIFY2(messageOf(refused).contains("--allow-http"), messageOf(refused).constData());
    const auto allowed = resolve({{"backend", "http://weave.example"}, {"allow-http", "true"}});
    QVERIFY2(allowed.ok(), messageOf(allowed).constData());
    const auto local = resolve({{"backend", "http://localhost:8080"}});
    QVERIFY2(local.ok(), messageOf(local).constData());
}

void TstConfig::certificates()
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

void TstConfig::badCertificates_data()
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

void TstConfig::badCertificates()
{
    QFETCH(QByteArray, path);
    const auto config = resolve({{"ca-file", path.constData()}});
    QVERIFY(!config.ok());
    QVERIFY(config.error().code == ErrorCode::InvalidArgument);
    QVERIFY2(messageOf(config).startsWith("--ca-file: \"" + path + "\": "),
             messageOf(config).constData());
}

void TstConfig::credentials()
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

void TstConfig::badCredentials()
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

void TstConfig::variablesAndFlags()
{
    const Environment environment =
        environmentOf({{"WEAVE_SIDECAR_BACKEND", "https://variable.example"},
                       {"WEAVE_SIDECAR_SOCKET", "/run/variable.sock"},
                       {"WANDB_API_KEY", "variable-key"}});
    Options options;
    options.readEnvironment(environment);
    const auto variables = resolve(options);
    QVERIFY2(variables.ok(), messageOf(variables).constData());
    QCOMPARE(variables->backend.url.host(), u"variable.example"_s);
    QCOMPARE(toBytes(variables->socketPath), "/run/variable.sock"_ba);
    QCOMPARE(toBytes(variables->credentials.apiKey), "variable-key"_ba);

    options.set("backend", "https://flag.example", Options::Source::Flag);
    options.set("socket", "/run/flag.sock", Options::Source::Flag);
    options.set("api-key", "flag-key", Options::Source::Flag);
    const auto flags = resolve(options);
    QVERIFY2(flags.ok(), messageOf(flags).constData());
    QCOMPARE(flags->backend.url.host(), u"flag.example"_s);
    QCOMPARE(toBytes(flags->socketPath), "/run/flag.sock"_ba);
    QCOMPARE(toBytes(flags->credentials.apiKey), "flag-key"_ba);
}

void TstConfig::errorsNameTheVariable()
{
    Options options;
    options.readEnvironment(environmentOf({{"WEAVE_SIDECAR_BACKEND", "trace.wandb.ai"}}));
    const auto backend = resolve(options);
    QVERIFY(!backend.ok());
    QVERIFY2(messageOf(backend).startsWith("WEAVE_SIDECAR_BACKEND: \"trace.wandb.ai\": "),
             messageOf(backend).constData());

    Options key = optionsOf({{"backend", Backend}});
    key.readEnvironment(environmentOf({{"WANDB_API_KEY", "s3cret s3cret"}}));
    const auto badKey = resolve(key);
    QVERIFY(!badKey.ok());
    QVERIFY2(messageOf(badKey).startsWith("WANDB_API_KEY: "), messageOf(badKey).constData());

    // A flag hides a bad variable.
    options.set("backend", Backend, Options::Source::Flag);
    QVERIFY(resolve(options).ok());
}

void TstConfig::theFirstErrorIsGiven()
{
    // One thing at a time, and the backend last.
    const auto config = resolve({{"backend", "nonsense"}, {"senders", "0"}});
    QVERIFY(!config.ok());
    QVERIFY2(messageOf(config).startsWith("--senders: \"0\": "), messageOf(config).constData());
    QVERIFY(!messageOf(config).contains("nonsense"));
}

QTEST_GUILESS_MAIN(TstConfig)
#include "tst_config.moc"
