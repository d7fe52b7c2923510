#include "config/credentials.h"

#include "unit/settings.h"
#include "unit/text.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstCredentials final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void none();
    void orderOfPrecedence();
    void keysFromAFile_data();
    void keysFromAFile();
    void badKeyFiles_data();
    void badKeyFiles();
    void keyFilesThatCannotBeRead();
    void keyFilesThatAreTooLarge();
    void keysFromTheFlag_data();
    void keysFromTheFlag();
    void badKeys_data();
    void badKeys();
    void theVariableIsNamedInErrors();
    void netrcOfTheHomeFolder();
    void netrcByItsVariable();
    void netrcMachines();
    void netrcKeysThatAreNone();
    void fileBackendsReadNoNetrc();
    void serviceCredential();
    void blankServiceCredentialIsNone();
    void badServiceCredential();

private:
    [[nodiscard]] std::string path(const char *name) const;
    std::string write(const char *name, const QByteArray &text) const;
    // With HOME in the temporary folder, and what else is given.
    [[nodiscard]] Environment environment(std::map<std::string, std::string> more = {}) const;

    std::unique_ptr<QTemporaryDir> m_home;
    BackendAddress m_cloud;
};

void TstCredentials::init()
{
    m_home = std::make_unique<QTemporaryDir>();
    QVERIFY(m_home->isValid());
    m_cloud = *parseBackend("https://trace.wandb.ai", false);
}

void TstCredentials::cleanup()
{
    m_home.reset();
}

std::string TstCredentials::path(const char *name) const
{
    return m_home->filePath(QString::fromUtf8(name)).toStdString();
}

std::string TstCredentials::write(const char *name, const QByteArray &text) const
{
    QFile file(m_home->filePath(QString::fromUtf8(name)));
    const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
    return isWritten ? path(name) : "cannot write";
}

Environment TstCredentials::environment(std::map<std::string, std::string> more) const
{
    more.emplace("HOME", m_home->path().toStdString());
    return environmentOf(std::move(more));
}

void TstCredentials::none()
{
    const auto found = findCredentials(Options(), m_cloud, environment());
    QVERIFY(found.ok());
    QVERIFY(found->apiKey.empty());
    QVERIFY(found->source.empty());
    // Nor is it an error to have no home.
    const auto homeless = findCredentials(Options(), m_cloud, environmentOf(Settings{}));
    QVERIFY(homeless.ok());
    QVERIFY(homeless->apiKey.empty());
}

void TstCredentials::orderOfPrecedence()
{
    Options options;
    const std::string keyFile = write("keyfile", "file-key\n");
    write("_netrc", "machine api.wandb.ai password underscore-key\n");
    const auto expect = [&](const char *key, const char *source, const Environment &variables) {
        const auto found = findCredentials(options, m_cloud, variables);
        QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
        QCOMPARE(toBytes(found->apiKey), QByteArray(key));
        QVERIFY2(found->source.find(source) != std::string::npos, found->source.c_str());
    };
    expect("underscore-key", "_netrc", environment());
    write(".netrc", "machine api.wandb.ai password dot-key\n");
    expect("dot-key", ".netrc", environment());
    const std::string other = write("other", "machine api.wandb.ai password named-key\n");
    expect("named-key", "other", environment({{"NETRC", other}}));

    options.readEnvironment(environmentOf({{"WANDB_API_KEY", "variable-key"}}));
    expect("variable-key", "WANDB_API_KEY", environment({{"NETRC", other}}));
    options.set("api-key", "flag-key", Options::Source::Flag);
    expect("flag-key", "--api-key", environment({{"NETRC", other}}));
    options.set("api-key-file", keyFile, Options::Source::Flag);
    expect("file-key", "--api-key-file", environment({{"NETRC", other}}));

    // Of a config file the environment knows better.
    Options fromFile;
    fromFile.set("api-key-file", keyFile, Options::Source::File, "c.toml:1");
    options = fromFile;
    expect("file-key", "c.toml:1", environment());
    options.readEnvironment(environmentOf({{"WANDB_API_KEY", "variable-key"}}));
    expect("variable-key", "WANDB_API_KEY", environment());
}

void TstCredentials::keysFromAFile_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("no newline") << "abc123"_ba
                                << "abc123"_ba;
    QTest::newRow("newline") << "abc123\n"_ba
                             << "abc123"_ba;
    QTest::newRow("CRLF") << "abc123\r\n"_ba
                          << "abc123"_ba;
    QTest::newRow("white space around it") << " \t\nabc123 \t\r\n\n"_ba
                                           << "abc123"_ba;
    QTest::newRow("every character of a header value") << "!key~\"\\:#\n"_ba
                                                       << "!key~\"\\:#"_ba;
    QTest::newRow("long") << QByteArray(4'000, 'k') << QByteArray(4'000, 'k');
}

void TstCredentials::keysFromAFile()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, key);
    const Options options = optionsOf({{"api-key-file", write("keyfile", text).c_str()}});
    const auto found = findCredentials(options, m_cloud, environment());
    QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
    QCOMPARE(toBytes(found->apiKey), key);
    QCOMPARE(toBytes(found->source), "--api-key-file"_ba);
}

void TstCredentials::badKeyFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("white space") << " \r\n\t\n"_ba;
    QTest::newRow("two lines") << "s3cret\ns3cret\n"_ba;
    QTest::newRow("a blank inside") << "s3cret s3cret\n"_ba;
    QTest::newRow("a netrc file") << "machine api.wandb.ai password s3cret\n"_ba;
    QTest::newRow("a carriage return inside") << "s3cret\rX: s3cret"_ba;
    QTest::newRow("a NUL behind") << "s3cret\0"_ba;
    QTest::newRow("a control character") << "s3cret\x1b[0m"_ba;
    QTest::newRow("DEL") << "s3cret\x7f"_ba;
    QTest::newRow("not ASCII") << "s3cret\xc3\xa9"_ba;
    QTest::newRow("byte order mark") << "\xef\xbb\xbfs3cret"_ba;
}

void TstCredentials::badKeyFiles()
{
    QFETCH(QByteArray, text);
    // Nothing else is asked when a file was named.
    write(".netrc", "machine api.wandb.ai password netrc-key\n");
    const std::string keyFile = write("keyfile", text);
    const Options options = optionsOf({{"api-key-file", keyFile.c_str()}, {"api-key", "flag-key"}});
    const auto found = findCredentials(options, m_cloud, environment());
    QVERIFY(!found.ok());
    QVERIFY(found.error().code == ErrorCode::InvalidArgument);
    const QByteArray message = toBytes(found.error().message);
    QVERIFY2(message.contains("--api-key-file") && message.contains(toBytes(keyFile)),
             message.constData());
    QVERIFY2(!message.contains("s3cret") && !message.contains("flag-key"), message.constData());
}

void TstCredentials::keyFilesThatCannotBeRead()
{
    const std::string missing = path("missing");
    for (const std::string &name : {missing, m_home->path().toStdString()}) {
        const Options options = optionsOf({{"api-key-file", name.c_str()}});
        const auto found = findCredentials(options, m_cloud, environment());
        QVERIFY2(!found.ok(), name.c_str());
        QVERIFY(found.error().code == (name == missing ? ErrorCode::NotFound : ErrorCode::Io));
        const QByteArray message = toBytes(found.error().message);
        QVERIFY2(message.startsWith("--api-key-file: " + toBytes(name) + ": "),
                 message.constData());
        QVERIFY(message.size() > toBytes(name).size() + 20); // and the reason
    }
}

void TstCredentials::keyFilesThatAreTooLarge()
{
    const QByteArray largest = "key" + QByteArray(1024 * 1024 - 3, '\n');
    const Options allowed = optionsOf({{"api-key-file", write("keyfile", largest).c_str()}});
    const auto found = findCredentials(allowed, m_cloud, environment());
    QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
    QCOMPARE(toBytes(found->apiKey), "key"_ba);

    const Options refused = optionsOf({{"api-key-file", write("keyfile", largest + "\n").c_str()}});
    const auto none = findCredentials(refused, m_cloud, environment());
    QVERIFY(!none.ok());
    QVERIFY(none.error().code == ErrorCode::TooLarge);
    QVERIFY(none.error().message.find("1 MiB") != std::string::npos);
}

void TstCredentials::keysFromTheFlag_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("plain") << "abc123"_ba;
    QTest::newRow("newline behind, as from $(cat)") << "abc123\n"_ba;
    QTest::newRow("blanks around") << " abc123 "_ba;
}

void TstCredentials::keysFromTheFlag()
{
    QFETCH(QByteArray, text);
    const auto found =
        findCredentials(optionsOf({{"api-key", text.constData()}}), m_cloud, environment());
    QVERIFY(found.ok());
    QCOMPARE(toBytes(found->apiKey), "abc123"_ba);
    QCOMPARE(toBytes(found->source), "--api-key"_ba);
}

void TstCredentials::badKeys_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("white space") << " \n"_ba;
    QTest::newRow("a blank inside") << "s3cret s3cret"_ba;
    QTest::newRow("a header injected") << "s3cret\r\nX-Admin: 1"_ba;
    QTest::newRow("a control character") << "s3cret\x01"_ba;
    QTest::newRow("not ASCII") << "s3cret\xc3\xa9"_ba;
}

void TstCredentials::badKeys()
{
    QFETCH(QByteArray, text);
    const auto found =
        findCredentials(optionsOf({{"api-key", text.constData()}}), m_cloud, environment());
    QVERIFY(!found.ok());
    QVERIFY(found.error().code == ErrorCode::InvalidArgument);
    const QByteArray message = toBytes(found.error().message);
    QVERIFY2(message.startsWith("--api-key: "), message.constData());
    QVERIFY2(!message.contains("s3cret"), message.constData());
}

void TstCredentials::theVariableIsNamedInErrors()
{
    Options options;
    options.readEnvironment(environmentOf({{"WANDB_API_KEY", "s3cret s3cret"}}));
    const auto found = findCredentials(options, m_cloud, environment());
    QVERIFY(!found.ok());
    QVERIFY2(found.error().message.starts_with("WANDB_API_KEY: "), found.error().message.c_str());
    QVERIFY(found.error().message.find("s3cret") == std::string::npos);
}

void TstCredentials::netrcOfTheHomeFolder()
{
    // What one file does not have, the next may.
    write(".netrc", "machine other.example password no\n");
    write("_netrc", "machine api.wandb.ai login user password the-key\n");
    const auto found = findCredentials(Options(), m_cloud, environment());
    QVERIFY(found.ok());
    QCOMPARE(toBytes(found->apiKey), "the-key"_ba);
    QVERIFY(found->source.ends_with("_netrc"));
}

void TstCredentials::netrcByItsVariable()
{
    write(".netrc", "machine api.wandb.ai password home-key\n");
    // A file that was named is the only one, even when it is missing or has no key.
    const std::string other = write("other", "machine other.example password no\n");
    for (const std::string &name : {other, path("missing")}) {
        const auto found = findCredentials(Options(), m_cloud, environment({{"NETRC", name}}));
        QVERIFY(found.ok());
        QVERIFY2(found->apiKey.empty(), found->apiKey.c_str());
    }
    const auto empty = findCredentials(Options(), m_cloud, environment({{"NETRC", ""}}));
    QVERIFY(empty.ok());
    QCOMPARE(toBytes(empty->apiKey), "home-key"_ba);
}

void TstCredentials::netrcMachines()
{
    write(".netrc",
          "machine localhost password host-key\nmachine localhost:8080 password port-key\n"
          "machine api.wandb.ai password cloud-key\nmachine trace.wandb.ai password no\n");
    const auto keyFor = [&](const char *url) {
        const auto found = findCredentials(Options(), *parseBackend(url, true), environment());
        return found.ok() ? toBytes(found->apiKey) : "error"_ba;
    };
    QCOMPARE(keyFor("http://localhost"), "host-key"_ba);
    QCOMPARE(keyFor("http://localhost:8080"), "port-key"_ba);
    QCOMPARE(keyFor("http://localhost:9090"), "host-key"_ba);
    QCOMPARE(keyFor("https://trace.wandb.ai"), "cloud-key"_ba);
    // One server's key is not sent to another.
    QCOMPARE(keyFor("https://weave.example"), ""_ba);
}

void TstCredentials::netrcKeysThatAreNone()
{
    write(".netrc", "machine api.wandb.ai login user password \"two words\"\n");
    const auto found = findCredentials(Options(), m_cloud, environment());
    QVERIFY(found.ok());
    QVERIFY(found->apiKey.empty());
}

void TstCredentials::fileBackendsReadNoNetrc()
{
    write(".netrc", "default login user password default-key\n");
    const auto found =
        findCredentials(Options(), *parseBackend("file:calls.ndjson", false), environment());
    QVERIFY(found.ok());
    QVERIFY(found->apiKey.empty());
}

void TstCredentials::serviceCredential()
{
    write(".netrc", "machine api.wandb.ai password netrc-key\n");
    const Environment variables =
        environment({{"CREDENTIALS_DIRECTORY", m_home->path().toStdString()}});
    const auto missing = findCredentials(Options(), m_cloud, variables);
    QVERIFY(missing.ok());
    QCOMPARE(toBytes(missing->apiKey), "netrc-key"_ba);

    write("api-key", "service-key\n");
    const auto found = findCredentials(Options(), m_cloud, variables);
    QVERIFY(found.ok());
    QCOMPARE(toBytes(found->apiKey), "service-key"_ba);
    QVERIFY(toBytes(found->source).contains("service manager"));
    const Options given = optionsOf({{"api-key", "flag-key"}});
    QCOMPARE(toBytes(findCredentials(given, m_cloud, variables)->apiKey), "flag-key"_ba);
}

void TstCredentials::blankServiceCredentialIsNone()
{
    write("api-key", "\n");
    write(".netrc", "machine api.wandb.ai password netrc-key\n");
    const auto found = findCredentials(
        Options(), m_cloud, environment({{"CREDENTIALS_DIRECTORY", m_home->path().toStdString()}}));
    QVERIFY(found.ok());
    QCOMPARE(toBytes(found->apiKey), "netrc-key"_ba);
}

void TstCredentials::badServiceCredential()
{
    const std::string file = write("api-key", "s3cret s3cret\n");
    const Environment variables =
        environment({{"CREDENTIALS_DIRECTORY", m_home->path().toStdString()}});
    const auto bad = findCredentials(Options(), m_cloud, variables);
    QVERIFY(!bad.ok());
    QVERIFY(toBytes(bad.error().message).contains(QByteArray::fromStdString(file)));
    QVERIFY(!toBytes(bad.error().message).contains("s3cret"));
    // It is there and says nothing: that must not pass for no key.
    QVERIFY(QFile::remove(QString::fromStdString(file)));
    QVERIFY(QDir(m_home->path()).mkdir(u"api-key"_s));
    QVERIFY(!findCredentials(Options(), m_cloud, variables).ok());
}

QTEST_GUILESS_MAIN(TstCredentials)
#include "tst_credentials.moc"
