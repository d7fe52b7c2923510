#include "config/config.h"

#include "config/optiontable.h"
#include "unit/configresolving.h"

#include <QTest>

#include <array>

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

} // namespace

// What the value of a flag may be, and which one counts of several.
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
    void variablesAndFlags();
    void errorsNameTheVariable();
    void theFirstErrorIsGiven();
};

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
