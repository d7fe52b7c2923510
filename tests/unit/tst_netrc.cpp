#include "config/netrc.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

// The expected passwords are what Python 3.11's netrc module gives for the same text, except where
// it gives up on text that makes no sense.
class TstNetrc final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passwords_data();
    void passwords();
    void noPassword_data();
    void noPassword();
    void everyMachineOfAFile();
    void survivesEveryTruncation();
};

void TstNetrc::passwords_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("password"); // of machine api.wandb.ai
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &password) {
        QTest::newRow(name) << text << password;
    };

    row("as wandb writes it", "machine api.wandb.ai\n  login user\n  password key\n", "key");
    row("on one line", "machine api.wandb.ai login user password key", "key");
    row("password before login", "machine api.wandb.ai password key login user\n", "key");
    row("user for login", "machine api.wandb.ai user me password key\n", "key");
    row("account", "machine api.wandb.ai login user account acct password key\n", "key");
    row("no login", "machine api.wandb.ai password key\n", "key");
    row("tabs and empty lines", "\n\nmachine\tapi.wandb.ai\n\n\tpassword\t\tkey\n\n", "key");
    row("CRLF", "machine api.wandb.ai\r\n  login user\r\n  password key\r\n", "key");
    row("other machines around it",
        "machine a login x password 1\nmachine api.wandb.ai login y password key\n"
        "machine b login z password 2\n",
        "key");
    row("names that begin alike",
        "machine api.wandb.ai.example password 1\nmachine api.wandb.ai password key\n"
        "machine api.wandb password 2\n",
        "key");
    row("the same machine twice",
        "machine api.wandb.ai password old\nmachine api.wandb.ai password key\n", "key");
    row("two passwords", "machine api.wandb.ai password old password key\n", "key");

    row("default", "machine a password 1\ndefault login x password key\n", "key");
    row("default behind the machine", "machine api.wandb.ai password key\ndefault password 1\n",
        "key");
    row("default before the machine", "default password 1\nmachine api.wandb.ai password key\n",
        "key");
    row("default twice", "default password old\ndefault password key\n", "key");

    row("quotes", R"(machine "api.wandb.ai" login "user" password "key")", "key");
    row("blanks in quotes", R"(machine api.wandb.ai password "pass word")", "pass word");
    row("a newline in quotes", "machine api.wandb.ai password \"pass\nword\"", "pass\nword");
    row("an escaped quote in quotes", R"(machine api.wandb.ai password "\"key")", "\"key");
    row("an escaped quote", R"(machine api.wandb.ai password \"key)", "\"key");
    row("an escaped backslash", R"(machine api.wandb.ai password a\\b)", R"(a\b)");
    row("an escaped blank", R"(machine api.wandb.ai password a\ b)", "a b");
    row("a quote in the middle", "machine api.wandb.ai password a\"b\n", "a\"b");
    row("not ASCII", "machine api.wandb.ai password \xc2\xa1\xc3\x9f\n", "\xc2\xa1\xc3\x9f");
    row("keywords as values", "machine api.wandb.ai login machine password password\n", "password");
    row("default as a login", "machine api.wandb.ai login default password key\n", "key");

    row("hash behind", "machine api.wandb.ai password key#\n", "key#");
    row("hash inside", "machine api.wandb.ai password k#ey\n", "k#ey");
    row("hash in front", "machine api.wandb.ai login user password #key\n", "#key");
    row("hash in front of every value",
        "machine api.wandb.ai login #user account #acct password #key\nmachine b password 2\n",
        "#key");
    row("hash in front and a comment",
        "machine api.wandb.ai login user password #key #comment\nmachine b password 2\n", "#key");
    row("hash in quotes", R"(machine api.wandb.ai password "#key")", "#key");
    row("comment before", "# comment\nmachine api.wandb.ai password key\n", "key");
    row("comment without a blank", "#comment\nmachine api.wandb.ai password key\n", "key");
    row("comment of a hash alone", "#\nmachine api.wandb.ai password key\n", "key");
    row("comment with keywords",
        "# machine api.wandb.ai password no\nmachine api.wandb.ai password key\n", "key");
    row("comment between machines",
        "machine a password 1\n# comment\nmachine api.wandb.ai password key\n", "key");
    row("comment inside an entry",
        "machine api.wandb.ai\n# password no\nlogin user\n#password no\npassword key\n", "key");
    row("comment at the end of a line",
        "machine api.wandb.ai login user # password no\npassword key # comment\n", "key");
    row("comment at the end without a blank", "machine api.wandb.ai password key #comment\n",
        "key");

    row("macro before",
        "macdef init\ncd /pub\nmachine x password no\n\nmachine api.wandb.ai password key\n",
        "key");
    row("macro behind", "machine api.wandb.ai password key\nmacdef init\npassword no\n\n", "key");
    row("macro with the machine's words",
        "macdef init\nmachine api.wandb.ai password no\n\nmachine api.wandb.ai password key\n",
        "key");
    row("two macros",
        "macdef one\nline 1\n\nmacdef two\nline 2\n\nmachine api.wandb.ai password key\n", "key");
    row("empty macro", "macdef init\n\nmachine api.wandb.ai password key\n", "key");
    row("macro in CRLF", "macdef init\r\ncd /pub\r\n\r\nmachine api.wandb.ai password key\r\n",
        "key");
    row("macro without an end", "machine api.wandb.ai password key\nmacdef init\nmachine a\n",
        "key");

    row("words that mean nothing", "hello machine api.wandb.ai port 8080 password key\n", "key");
}

void TstNetrc::passwords()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, password);
    const auto found = netrcPassword(toView(text), "api.wandb.ai");
    QVERIFY(found.has_value());
    QCOMPARE(toBytes(*found), password);
}

void TstNetrc::noPassword_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &text) { QTest::newRow(name) << text; };

    row("nothing", "");
    row("white space", " \n\t\r\n");
    row("only comments", "# machine api.wandb.ai password key\n");
    row("another machine", "machine trace.wandb.ai login user password key\n");
    row("another case", "machine API.WANDB.AI login user password key\n");
    row("no password", "machine api.wandb.ai login user\n");
    row("no password at the end", "machine api.wandb.ai password");
    row("the next machine's password", "machine api.wandb.ai login user\nmachine b password key\n");
    row("a password before any machine", "password key\nmachine api.wandb.ai login user\n");
    row("machine at the end", "machine");
    row("in a macro", "macdef init\nmachine api.wandb.ai password key\n\n");
    row("in a macro without an end", "macdef init\nmachine api.wandb.ai password key");
    row("named without a password, with a default",
        "machine api.wandb.ai login user\ndefault login x password key\n");
    row("an empty password, with a default",
        "machine api.wandb.ai password \"\"\ndefault login x password key\n");
}

// None, or an empty one: no key either way.
void TstNetrc::noPassword()
{
    QFETCH(QByteArray, text);
    QCOMPARE(toBytes(netrcPassword(toView(text), "api.wandb.ai").value_or("")), ""_ba);
}

void TstNetrc::everyMachineOfAFile()
{
    constexpr std::string_view text = "machine localhost:8080 login a password one\n"
                                      "machine localhost login b password two\n"
                                      "# machine c password no\n"
                                      "default login d password other\n"
                                      "machine last login e password three\n";
    QCOMPARE(toBytes(netrcPassword(text, "localhost:8080").value_or("none")), "one"_ba);
    QCOMPARE(toBytes(netrcPassword(text, "localhost").value_or("none")), "two"_ba);
    QCOMPARE(toBytes(netrcPassword(text, "last").value_or("none")), "three"_ba);
    QCOMPARE(toBytes(netrcPassword(text, "c").value_or("none")), "other"_ba);
    QCOMPARE(toBytes(netrcPassword(text, "").value_or("none")), "other"_ba);
}

void TstNetrc::survivesEveryTruncation()
{
    constexpr std::string_view text =
        "# c\nmacdef m\nx\n\nmachine \"a b\" login l password \"p w\"\n"
        "machine m password \"the key\"\n";
    QCOMPARE(toBytes(netrcPassword(text, "m").value_or("")), "the key"_ba);
    for (std::size_t length = 0; length < text.size(); ++length) {
        const std::string part = netrcPassword(text.substr(0, length), "m").value_or("");
        QVERIFY2(std::string_view("the key").starts_with(part), part.c_str());
    }
}

QTEST_APPLESS_MAIN(TstNetrc)
#include "tst_netrc.moc"
