#include "config/configtext.h"

#include "config/optiontable.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// "name=text" of each line, in their order; or the error.
QByteArray read(const QByteArray &text)
{
    const auto settings = parseConfigText(toView(text));
    if (!settings)
        return "error: " + toBytes(settings.error().message);
    QByteArray all;
    for (const ConfigSetting &setting : *settings)
        all += QByteArray::number(setting.line) + ':' + toBytes(setting.name) + '='
            + toBytes(setting.text) + '\n';
    return all;
}

QByteArray edit(const QByteArray &text, const std::vector<ConfigChange> &changes)
{
    const auto edited = editConfigText(toView(text), changes);
    return edited ? toBytes(*edited) : "error: " + toBytes(edited.error().message);
}

} // namespace

class TstConfigText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void everyFlagThatMayStandInAFile();
    void faults_data();
    void faults();
    void tildeIsAscii();
    void deepNesting();
    void edits_data();
    void edits();
    void editsSeveral();
    void editsKeepEveryOtherByte();
    void noEditOfAFileWithAFault();
    void noEditOfWhatIsNoSetting();
};

void TstConfigText::reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("settings");
    QTest::newRow("empty") << ""_ba
                           << ""_ba;
    QTest::newRow("comments") << "# one\n\n  # two\n"_ba
                              << ""_ba;
    QTest::newRow("string") << "backend = \"https://trace.example\""_ba
                            << "1:backend=https://trace.example\n"_ba;
    QTest::newRow("literal") << "backend = 'file:C:\\x'"_ba
                             << "1:backend=file:C:\\x\n"_ba;
    QTest::newRow("number") << "senders = 4"_ba
                            << "1:senders=4\n"_ba;
    QTest::newRow("number with separators") << "flush-max-bytes = 10_485_760"_ba
                                            << "1:flush-max-bytes=10485760\n"_ba;
    QTest::newRow("number as text") << "senders = \"4\""_ba
                                    << "1:senders=4\n"_ba;
    QTest::newRow("on") << "allow-http = true"_ba
                        << "1:allow-http=true\n"_ba;
    QTest::newRow("off") << "allow-http = false"_ba
                         << "1:allow-http=\n"_ba;
    QTest::newRow("lines in their order") << "\nsenders = 4 # four\nca-file = \"/x\"\n"_ba
                                          << "2:senders=4\n3:ca-file=/x\n"_ba;
    QTest::newRow("quoted key") << "\"senders\" = 4"_ba
                                << "1:senders=4\n"_ba;
    QTest::newRow("letters in quotes and comments")
        << "backend = \"\xd2\x97\" # \xd2\x97\nca-file = \"\"\"\\\"\xd2\x97\"\"\"\n"_ba
        << "1:backend=\xd2\x97\n2:ca-file=\"\xd2\x97\n"_ba;
    QTest::newRow("letters on a continued line")
        << "ca-file = \"\"\"a\\\n\n  \xef\xbb\xb7\"\"\"\n"_ba
        << "1:ca-file=a\xef\xbb\xb7\n"_ba;
    QTest::newRow("tildes") << "ca-file = \"~/~41~c3~bc~\" # ~\n"_ba
                            << "1:ca-file=~/~41~c3~bc~\n"_ba;
    QTest::newRow("byte order mark") << "\xef\xbb\xbfsenders = 4\n"_ba.mid(0) << "1:senders=4\n"_ba;
    QTest::newRow("CRLF") << "senders = 4\r\nmax-age = \"1h\"\r\n"_ba
                          << "1:senders=4\n2:max-age=1h\n"_ba;
}

void TstConfigText::reads()
{
    QFETCH(QByteArray, text);
    QTEST(read(text), "settings");
}

void TstConfigText::everyFlagThatMayStandInAFile()
{
    QByteArray text;
    QByteArray expected;
    int line = 0;
    for (const OptionSpec &spec : optionTable()) {
        if (spec.onReload == OnReload::NotInFile) {
            QVERIFY2(read(toBytes(spec.name) + " = true").startsWith("error: "), spec.name.data());
            continue;
        }
        const bool isSwitch = spec.isSwitch();
        text += toBytes(spec.name) + (isSwitch ? " = true\n" : " = \"x\"\n");
        expected +=
            QByteArray::number(++line) + ':' + toBytes(spec.name) + (isSwitch ? "=true\n" : "=x\n");
    }
    QVERIFY(line > 20);
    QCOMPARE(read(text), expected);
}

void TstConfigText::faults_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("part"); // of the error
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &part) {
        QTest::newRow(name) << text << part;
    };
    row("no TOML", "senders", "line 1: ");
    row("the line is named", "senders = 4\n\nbackend = \n", "line 3: ");
    row("no quotes", "max-age = 24h\n", "such as flush-interval = \"2s\"");
    row("no quotes around a word", "spool-dir = none\n", "such as flush-interval = \"2s\"");
    row("twice", "senders = 4\nsenders = 5\n", "line 2: ");
    row("unknown", "sendres = 4\n", "line 1: unknown setting \"sendres\"; did you mean senders?");
    row("underscore", "flush_interval = \"1s\"", "did you mean flush-interval?");
    row("far from any", "colour = 1", "weave-sidecar --help");
    row("table", "[batching]\nsenders = 4", "unknown setting \"batching\"");
    row("dotted", "a.senders = 4", "unknown setting \"a\"");
    row("command line only", "headless = true", "is for the command line alone");
    row("help", "help = true", "is for the command line alone");
    row("config", "config = \"/x\"", "is for the command line alone");
    row("list", "senders = [4]", "senders expects a string in quotes or a whole number");
    row("fraction", "senders = 1.5", "senders expects");
    row("truth", "senders = true", "senders expects");
    row("date", "max-age = 2026-01-01", "max-age expects");
    row("switch with text", "allow-http = \"yes\"", "allow-http expects true or false");
    row("switch with a number", "allow-http = 1", "allow-http expects true or false");
    row("not UTF-8", "backend = \"\xff\"", "line 1: ");
    row("beyond ASCII outside of quotes", "# \xc3\xbc\nsenders = 4\n\xc3\xbc = 1\n",
        "(characters beyond ASCII belong in quotes)");
    row("a space of its own", "senders\xe2\x80\x83= 4\n", "beyond ASCII");
    row("behind a string", "ca-file = \'\'\'a\'\'\'\'\' \xd2\x97", "beyond ASCII");
    // Where the library's look for a value's end goes past quotes.
    for (const char *before : {"1.", "1[", "1{", "1=", "[1.", "[[1[", "[1, 1.", "[{}, 1."})
        row(before, QByteArray("senders = ") + before + "\'\'\'a\xef\xbb\xb7", "beyond ASCII");
    row("as an escape", "ca-file = \"\"\"a\\\xef\xbb\xb7\"\"\"", "beyond ASCII");
    row("behind a key in quotes", "a.\"#\" \xd1\x8a", "beyond ASCII");
    row("list of strings", "senders = [\'a\', \"\xc3\xbc\", \'\'\'\xc3\xbc\'\'\']",
        "senders expects");
    row("table of strings", "senders = {a = \"\xc3\xbc\", b = \'\xc3\xbc\'}", "senders expects");
    row("a long name is cut", QByteArray(5000, 'a') + " = 1", "unknown setting \"aaa");
}

void TstConfigText::faults()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, part);
    const QByteArray result = read(text);
    QVERIFY2(result.startsWith("error: line "), result.constData());
    QVERIFY2(result.contains(part), result.constData());
    QVERIFY(result.size() < 400);
}

// A path without its quotes is a likely mistake, and gets no advice for another one.
void TstConfigText::tildeIsAscii()
{
    const QByteArray result = read("senders = 4\nca-file = ~/x.pem\n");
    QVERIFY2(result.startsWith("error: line 2: "), result.constData());
    QVERIFY2(!result.contains("beyond ASCII"), result.constData());
    QVERIFY2(!result.contains("~7e"), result.constData());
}

void TstConfigText::deepNesting()
{
    QVERIFY(read("senders = " + QByteArray(100'000, '[')).startsWith("error: "));
}

void TstConfigText::edits_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char *name, const char *before, const char *setting,
                        const char *value, const char *after) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(setting) << QByteArray(value)
                            << QByteArray(after);
    };
    row("new file", "", "senders", "5", "senders = \"5\"\n");
    row("at the end", "# mine\n", "senders", "5", "# mine\nsenders = \"5\"\n");
    row("no newline there", "max-age = \"1h\"", "senders", "5",
        "max-age = \"1h\"\nsenders = \"5\"\n");
    row("in place", "senders = 4 # four\nmax-age = '1h'\n", "senders", "5",
        "senders = \"5\" # four\nmax-age = '1h'\n");
    row("the same", "senders = \"4\"\n", "senders", "4", "senders = \"4\"\n");
    row("behind letters of two bytes", "backend = \"https://\xc3\xbc.example\" # \xc3\x9f\n",
        "backend", "file:/x", "backend = \"file:/x\" # \xc3\x9f\n");
    row("tildes", "backend = \"file:~/\xc3\xbc\" # ~7e \xc3\x9f\n", "backend", "file:/~41~",
        "backend = \"file:/~41~\" # ~7e \xc3\x9f\n");
    row("behind a byte order mark", "\xef\xbb\xbfsenders = 4 # four\n", "senders", "5",
        "\xef\xbb\xbfsenders = \"5\" # four\n");
    row("to letters of two bytes", "senders = 4\n", "backend", "file:/\xc3\xbc",
        "senders = 4\nbackend = \"file:/\xc3\xbc\"\n");
    row("quotes and backslashes", "", "backend", "file:/\"\\x", "backend = \"file:/\\\"\\\\x\"\n");
    row("over several lines", "backend = \"\"\"\nfile:/x\"\"\" # here\nsenders = 4\n", "backend",
        "file:/y", "backend = \"file:/y\" # here\nsenders = 4\n");
    row("taken out", "# a\nsenders = 4 # b\nmax-age = \"1h\"\n", "senders", "",
        "# a\nmax-age = \"1h\"\n");
    row("taken out at the end", "max-age = \"1h\"\nsenders = 4", "senders", "",
        "max-age = \"1h\"\n");
    row("taken out of nothing", "max-age = \"1h\"\n", "senders", "", "max-age = \"1h\"\n");
    row("switched on", "", "allow-http", "true", "allow-http = true\n");
    row("switched on in place", "allow-http = false\n", "allow-http", "true",
        "allow-http = true\n");
    row("switched off", "allow-http = true\n", "allow-http", "", "");
    row("CRLF", "senders = 3\r\n# x\r\n", "senders", "4", "senders = \"4\"\r\n# x\r\n");
}

void TstConfigText::edits()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QTEST(edit(before, {{name.toStdString(), value.toStdString()}}), "after");
}

void TstConfigText::editsSeveral()
{
    QCOMPARE(edit("senders = 1\n# c\nmax-age = \"1h\"\nca-file = \"/x\"\n",
                  {{"max-age", "2h"}, {"senders", ""}, {"pair-hold", "3s"}, {"ca-file", "/y"}}),
             "# c\nmax-age = \"2h\"\nca-file = \"/y\"\npair-hold = \"3s\"\n"_ba);
}

void TstConfigText::editsKeepEveryOtherByte()
{
    const QByteArray before = "#!x\n\n\tsenders   =\t4   #  four \n\n\n# end without newline";
    QByteArray expected = before;
    expected.replace("\t4 ", "\t\"5\" ");
    QCOMPARE(edit(before, {{"senders", "5"}}), expected);
}

void TstConfigText::noEditOfAFileWithAFault()
{
    QVERIFY(edit("senders = [", {{"senders", "5"}}).startsWith("error: line 1: "));
    QVERIFY(edit("sender = 1\n", {{"senders", "5"}}).contains("unknown setting"));
}

void TstConfigText::noEditOfWhatIsNoSetting()
{
    QVERIFY(edit("", {{"colour", "5"}}).contains("unknown setting"));
    QVERIFY(edit("", {{"help", "true"}}).contains("command line alone"));
}

QTEST_APPLESS_MAIN(TstConfigText)
#include "tst_configtext.moc"
