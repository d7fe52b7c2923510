#include "config/configfile.h"

#include "unit/settings.h"
#include "unit/text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstConfigFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void whichFiles();
    void aFileThatIsNotThere();
    void aNamedFileThatIsNotThere();
    void precedence();
    void originsAndNames();
    void theFileIsNamedInErrors();
    void keysOnlyInPrivateFiles();
    void aFileThatCannotBeRead();
    void aKeyWinsOverThatOfAnEarlierFile();
    void tooLarge();
    void notAFile();
    void editMakesAPrivateFile();
    void editKeepsMode();
    void editOfABadFileChangesNothing();
    void editWhereNothingCanBeWritten();

private:
    QString write(const QString &name, const QByteArray &text) const;
    // --config of that file.
    [[nodiscard]] static Options with(const QString &path);

    std::unique_ptr<QTemporaryDir> m_folder;
    const Environment m_nothing = environmentOf(Settings{});
};

void TstConfigFile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

QString TstConfigFile::write(const QString &name, const QByteArray &text) const
{
    const QString path = m_folder->filePath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    file.open(QIODevice::WriteOnly);
    file.write(text);
    return path;
}

Options TstConfigFile::with(const QString &path)
{
    return optionsOf({{"config", path.toUtf8().constData()}});
}

void TstConfigFile::whichFiles()
{
    using Files = std::vector<std::string>;
    const std::string system = "/etc/weave-sidecar/config.toml";
    const Options none;
    QVERIFY((configFiles(none, m_nothing) == Files{system}));
    QVERIFY((configFiles(none, environmentOf({{"HOME", "/home/ada"}}))
             == Files{system, "/home/ada/.config/weave-sidecar/config.toml"}));
    QVERIFY((configFiles(none, environmentOf({{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "/c"}}))
             == Files{system, "/c/weave-sidecar/config.toml"}));
    // The XDG specification: a relative path is to be ignored.
    QVERIFY((configFiles(none, environmentOf({{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "c"}}))
             == Files{system, "/home/ada/.config/weave-sidecar/config.toml"}));
    QVERIFY((configFiles(with(u"/x.toml"_s), environmentOf({{"HOME", "/home/ada"}}))
             == Files{"/x.toml"}));
    QVERIFY(configFiles(with(u"none"_s), environmentOf({{"HOME", "/home/ada"}})).empty());
    QVERIFY(userConfigFile(m_nothing).empty());
}

void TstConfigFile::aFileThatIsNotThere()
{
    Options options;
    const std::string home = m_folder->path().toStdString();
    QVERIFY(readConfigFiles(environmentOf({{"HOME", home.c_str()}}), options));
    QVERIFY(!options.has("backend"));
}

void TstConfigFile::aNamedFileThatIsNotThere()
{
    Options options = with(m_folder->filePath(u"none.toml"_s));
    const auto read = readConfigFiles(m_nothing, options);
    QVERIFY(!read);
    QVERIFY(read.error().message.starts_with("--config: there is no file "));
}

void TstConfigFile::precedence()
{
    write(u".config/weave-sidecar/config.toml"_s,
          "backend = \"https://file\"\nsocket = \"/file\"\nsenders = 2\n");
    const std::string home = m_folder->path().toStdString();
    const Environment environment =
        environmentOf({{"HOME", home.c_str()}, {"WEAVE_SIDECAR_SOCKET", "/variable"}});
    Options options = optionsOf({{"backend", "https://flag"}});
    options.readEnvironment(environment);
    QVERIFY(readConfigFiles(environment, options));
    QCOMPARE(toBytes(options.get("backend").text), "https://flag"_ba);
    QCOMPARE(toBytes(options.get("socket").text), "/variable"_ba);
    QCOMPARE(toBytes(options.get("senders").text), "2"_ba);
    QCOMPARE(toBytes(options.get("max-age").text), "24h"_ba);
}

void TstConfigFile::originsAndNames()
{
    const QString path = write(u"c.toml"_s, "# x\nsenders = 2\n");
    Options options = with(path);
    options.set("socket", "/x", Options::Source::Variable);
    QVERIFY(readConfigFiles(m_nothing, options));
    QCOMPARE(toBytes(options.origin("senders")), path.toUtf8() + ":2");
    QCOMPARE(toBytes(options.displayName("senders")), path.toUtf8() + ":2: senders");
    QCOMPARE(toBytes(options.origin("socket")), "WEAVE_SIDECAR_SOCKET"_ba);
    QCOMPARE(toBytes(options.origin("config")), "--config"_ba);
    QCOMPARE(toBytes(options.origin("max-age")), "default"_ba);
}

void TstConfigFile::theFileIsNamedInErrors()
{
    const QString path = write(u"c.toml"_s, "\nsender = 2\n");
    Options options = with(path);
    const auto read = readConfigFiles(m_nothing, options);
    QVERIFY(!read);
    QVERIFY(toBytes(read.error().message).startsWith(path.toUtf8() + ": line 2: unknown setting"));
}

void TstConfigFile::keysOnlyInPrivateFiles()
{
    const QString path = write(u"c.toml"_s, "api-key = \"canary-key\"\n");
    for (const QFile::Permissions open :
         {QFile::ReadGroup, QFile::ReadOther, QFile::WriteGroup, QFile::WriteOther}) {
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | open);
        Options options = with(path);
        const auto read = readConfigFiles(m_nothing, options);
        QVERIFY(!read);
        QVERIFY(toBytes(read.error().message).contains("chmod 600"));
        QVERIFY(!toBytes(read.error().message).contains("canary"));
        QVERIFY(!options.has("api-key"));
    }
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
    Options options = with(path);
    QVERIFY(readConfigFiles(m_nothing, options));
    QCOMPARE(toBytes(options.get("api-key").text), "canary-key"_ba);
}

void TstConfigFile::aFileThatCannotBeRead()
{
    constexpr uid_t Nobody = 65534;
    const QString path = write(u"c.toml"_s, "senders = 2\n");
    QCOMPARE(::chmod(m_folder->path().toUtf8().constData(), 0755), 0);
    QCOMPARE(::chmod(path.toUtf8().constData(), 0), 0);
    Options options = with(path);
    const bool isRoot = ::geteuid() == 0; // who may read every file
    QCOMPARE(isRoot ? ::seteuid(Nobody) : 0, 0);
    const auto read = readConfigFiles(m_nothing, options);
    QCOMPARE(isRoot ? ::seteuid(0) : 0, 0);
    QVERIFY(!read);
    for (const char *part : {"Permission denied", "say --config FILE"})
        QVERIFY2(toBytes(read.error().message).contains(part), read.error().message.c_str());
}

// Whichever of the two settings for it each file uses.
void TstConfigFile::aKeyWinsOverThatOfAnEarlierFile()
{
    const QString path = write(u"c.toml"_s, "api-key = \"users\"\n");
    QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
    const QString other = write(u"d.toml"_s, "api-key-file = \"/users\"\n");
    const QString none = write(u"e.toml"_s, "senders = 2\n");
    const auto after = [](const QString &file, const char *name, Options::Source source) {
        Options options = with(file);
        options.set(name, "systems", source, "/etc/weave-sidecar/config.toml:1");
        return readConfigFiles(environmentOf({}), options).ok() ? options : Options();
    };
    Options options = after(path, "api-key-file", Options::Source::File);
    QVERIFY(!options.has("api-key-file"));
    QCOMPARE(toBytes(options.get("api-key").text), "users"_ba);
    options = after(other, "api-key", Options::Source::File);
    QVERIFY(!options.has("api-key"));
    QCOMPARE(toBytes(options.get("api-key-file").text), "/users"_ba);
    QVERIFY(after(none, "api-key-file", Options::Source::File).has("api-key-file"));
    QVERIFY(after(other, "api-key", Options::Source::Variable).has("api-key"));
}

void TstConfigFile::tooLarge()
{
    Options options = with(write(u"c.toml"_s, QByteArray(1'048'577, '#')));
    const auto read = readConfigFiles(m_nothing, options);
    QVERIFY(!read);
    QVERIFY(read.error().code == ErrorCode::TooLarge);
}

void TstConfigFile::notAFile()
{
    Options options = with(m_folder->path());
    const auto read = readConfigFiles(m_nothing, options);
    QVERIFY(!read);
    QVERIFY(read.error().code == ErrorCode::Io);
}

void TstConfigFile::editMakesAPrivateFile()
{
    const QString path = m_folder->filePath(u"new/folder/config.toml"_s);
    QVERIFY(editConfigFile(path.toStdString(), {{"senders", "3"}}));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "senders = \"3\"\n"_ba);
    QVERIFY(!(file.permissions()
              & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther)));
}

void TstConfigFile::editKeepsMode()
{
    const QString path = write(u"c.toml"_s, "# mine\n");
    const QFile::Permissions mode = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup;
    QFile::setPermissions(path, mode);
    QVERIFY(editConfigFile(path.toStdString(), {{"senders", "3"}}));
    QVERIFY(QFile::permissions(path).testFlags(mode));
    QVERIFY(!(QFile::permissions(path) & QFile::ReadOther));
}

void TstConfigFile::editOfABadFileChangesNothing()
{
    const QByteArray before = "senders = [\n";
    const QString path = write(u"c.toml"_s, before);
    const auto edited = editConfigFile(path.toStdString(), {{"senders", "3"}});
    QVERIFY(!edited);
    QVERIFY(toBytes(edited.error().message).startsWith(path.toUtf8() + ": line "));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), before);
}

void TstConfigFile::editWhereNothingCanBeWritten()
{
    const auto edited = editConfigFile("/proc/weave/config.toml", {{"senders", "3"}});
    QVERIFY(!edited);
    QVERIFY(edited.error().code == ErrorCode::Io);
    QVERIFY(toBytes(edited.error().message).contains("cannot be written"));
}

QTEST_APPLESS_MAIN(TstConfigFile)
#include "tst_configfile.moc"
