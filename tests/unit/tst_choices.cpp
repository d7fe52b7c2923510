#include "config/choices.h"

#include "config/optiontable.h"
#include "unit/settings.h"
#include "unit/text.h"

#include <QTest>

#include <algorithm>

using namespace Weave;

namespace {

// What Config says to this text of this option; empty when it takes it.
std::string objection(const std::string &name, const std::string &text)
{
    Options options = optionsOf({{"backend", "https://trace.example"}});
    options.set(name, text, Options::Source::Flag);
    const auto config = Config::resolve(options, environmentOf({{"HOME", "/home/somebody"}}));
    return config ? std::string() : config.error().message;
}

} // namespace

class TstChoices final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void configTakesEachAndNoOther_data();
    void configTakesEachAndNoOther();
    void whatConfigListsIsOffered();
    void defaultsAreOffered();
    void nothingElseHasWords();
};

void TstChoices::configTakesEachAndNoOther_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const OptionSpec &spec : optionTable()) {
        if (!choicesOf(spec.name).empty())
            QTest::newRow(std::string(spec.name).c_str()) << toBytes(spec.name);
    }
}

void TstChoices::configTakesEachAndNoOther()
{
    QFETCH(QByteArray, name);
    const std::string option = name.toStdString();
    for (const std::string_view word : choicesOf(option))
        QCOMPARE(toBytes(objection(option, std::string(word))), QByteArray());
    QVERIFY(!objection(option, "no-such-word").empty());
}

// An option with a list in Config that completions do not know would be found here.
void TstChoices::whatConfigListsIsOffered()
{
    int lists = 0;
    for (const OptionSpec &spec : optionTable()) {
        const std::string error = objection(std::string(spec.name), "no-such-word");
        const std::string_view before = "not one of: ";
        const std::size_t found = error.find(before);
        if (found == std::string::npos)
            continue;
        std::string words;
        for (const std::string_view word : choicesOf(spec.name))
            words.append(words.empty() ? "" : ", ").append(word);
        QCOMPARE(toBytes(error.substr(found + before.size())), toBytes(words));
        ++lists;
    }
    QVERIFY(lists >= 4);
}

void TstChoices::defaultsAreOffered()
{
    for (const OptionSpec &spec : optionTable()) {
        const auto words = choicesOf(spec.name);
        QVERIFY2(words.empty()
                     || std::find(words.begin(), words.end(), spec.defaultValue) != words.end(),
                 spec.name.data());
    }
}

void TstChoices::nothingElseHasWords()
{
    for (const char *name : {"", "backend", "headless", "no-such-option"})
        QVERIFY2(choicesOf(name).empty(), name);
}

QTEST_APPLESS_MAIN(TstChoices)
#include "tst_choices.moc"
