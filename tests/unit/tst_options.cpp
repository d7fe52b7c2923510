#include "config/options.h"

#include "config/optiontable.h"
#include "unit/settings.h"
#include "unit/text.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <set>

using namespace Weave;
using namespace Qt::StringLiterals;

using Source = Options::Source;

class TstOptions final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesInTheTableAreUnique();
    void findsOptions();
    void beginsWithTheDefaults();
    void precedence_data();
    void precedence();
    void theLastOfTheSameSourceCounts();
    void readsTheEnvironment_data();
    void readsTheEnvironment();
    void readsNoOtherVariable();
    void anEmptyVariableIsNone();
    void aFlagBeatsTheEnvironment();
    void emptyTextIsNoValue();
    void unknownNames();
    void displayNames();
    void copiesAreTheirOwn();
};

void TstOptions::namesInTheTableAreUnique()
{
    std::set<std::string_view> names;
    std::set<std::string_view> variables;
    for (const OptionSpec &spec : optionTable()) {
        QVERIFY2(!spec.name.empty() && !spec.name.starts_with('-'), spec.name.data());
        QVERIFY2(names.insert(spec.name).second, spec.name.data());
        QVERIFY2(spec.environment.empty() || variables.insert(spec.environment).second,
                 spec.name.data());
        QVERIFY2(!spec.help.empty() && !spec.section.empty(), spec.name.data());
        // A switch that is on by default could not be switched off.
        QVERIFY2(!spec.valueName.empty() || spec.defaultValue.empty(), spec.name.data());
    }
    QVERIFY(names.size() > 10);
}

void TstOptions::findsOptions()
{
    for (const OptionSpec &spec : optionTable())
        QVERIFY(findOption(spec.name) == &spec);
    for (const char *name : {"", "back", "backend2", "--backend", "Backend"})
        QVERIFY2(!findOption(name), name);
}

void TstOptions::beginsWithTheDefaults()
{
    const Options options;
    for (const OptionSpec &spec : optionTable()) {
        QCOMPARE(toBytes(options.get(spec.name).text), toBytes(spec.defaultValue));
        QVERIFY(options.get(spec.name).source == Source::Default);
        QCOMPARE(options.has(spec.name), !spec.defaultValue.empty());
    }
    QCOMPARE(toBytes(options.get("socket").text), "/tmp/weave_sidecar.sock"_ba);
    QVERIFY(!options.has("backend"));
}

void TstOptions::precedence_data()
{
    QTest::addColumn<QByteArray>("order"); // f, v, d: flag, variable, default
    QTest::addColumn<QByteArray>("winner");
    for (const char *order : {"fvd", "fdv", "vfd", "vdf", "dfv", "dvf", "f", "fv", "vf"})
        QTest::newRow(order) << QByteArray(order) << "f"_ba;
    for (const char *order : {"v", "vd", "dv"})
        QTest::newRow(order) << QByteArray(order) << "v"_ba;
    QTest::newRow("d") << "d"_ba
                       << "d"_ba;
}

void TstOptions::precedence()
{
    QFETCH(QByteArray, order);
    QFETCH(QByteArray, winner);
    Options options;
    const auto sourceOf = [](char letter) {
        return letter == 'f' ? Source::Flag : letter == 'v' ? Source::Variable : Source::Default;
    };
    for (const char letter : order)
        options.set("socket", std::string(1, letter), sourceOf(letter));
    QCOMPARE(toBytes(options.get("socket").text), winner);
    QVERIFY(options.get("socket").source == sourceOf(winner.front()));
}

void TstOptions::theLastOfTheSameSourceCounts()
{
    Options options;
    options.set("senders", "1", Source::Flag);
    options.set("senders", "2", Source::Flag);
    QCOMPARE(toBytes(options.get("senders").text), "2"_ba);
}

void TstOptions::readsTheEnvironment_data()
{
    QTest::addColumn<QByteArray>("variable");
    QTest::addColumn<QByteArray>("option");
    QTest::newRow("backend") << "WEAVE_SIDECAR_BACKEND"_ba
                             << "backend"_ba;
    QTest::newRow("socket") << "WEAVE_SIDECAR_SOCKET"_ba
                            << "socket"_ba;
    QTest::newRow("http") << "WEAVE_SIDECAR_HTTP"_ba
                          << "http"_ba;
    QTest::newRow("key") << "WANDB_API_KEY"_ba
                         << "api-key"_ba;
}

void TstOptions::readsTheEnvironment()
{
    QFETCH(QByteArray, variable);
    QFETCH(QByteArray, option);
    Options options;
    options.readEnvironment(environmentOf({{variable.constData(), "a value"}}));
    QCOMPARE(toBytes(options.get(toView(option)).text), "a value"_ba);
    QVERIFY(options.get(toView(option)).source == Source::Variable);
    // And nothing else.
    for (const OptionSpec &spec : optionTable()) {
        if (spec.name != toView(option))
            QVERIFY2(options.get(spec.name).source == Source::Default, spec.name.data());
    }
}

void TstOptions::readsNoOtherVariable()
{
    std::set<std::string> asked;
    Options options;
    options.readEnvironment([&asked](const char *name) {
        asked.insert(name);
        return std::optional<std::string>();
    });
    QVERIFY((asked
             == std::set<std::string>{"WEAVE_SIDECAR_BACKEND", "WEAVE_SIDECAR_CONFIG",
                                      "WEAVE_SIDECAR_HTTP", "WEAVE_SIDECAR_METRICS",
                                      "WEAVE_SIDECAR_SOCKET", "WANDB_API_KEY"}));
}

void TstOptions::anEmptyVariableIsNone()
{
    Options options;
    options.readEnvironment(environmentOf({{"WEAVE_SIDECAR_SOCKET", ""}}));
    QCOMPARE(toBytes(options.get("socket").text), "/tmp/weave_sidecar.sock"_ba);
    QVERIFY(options.get("socket").source == Source::Default);
}

void TstOptions::aFlagBeatsTheEnvironment()
{
    const Environment environment = environmentOf({{"WEAVE_SIDECAR_SOCKET", "/from/env"}});
    Options flagFirst = optionsOf({{"socket", "/from/flag"}});
    flagFirst.readEnvironment(environment);
    QCOMPARE(toBytes(flagFirst.get("socket").text), "/from/flag"_ba);

    Options variableFirst;
    variableFirst.readEnvironment(environment);
    variableFirst.set("socket", "/from/flag", Source::Flag);
    QCOMPARE(toBytes(variableFirst.get("socket").text), "/from/flag"_ba);
}

void TstOptions::emptyTextIsNoValue()
{
    Options options;
    options.set("socket", "", Source::Flag);
    QVERIFY(!options.has("socket"));
    QVERIFY(options.get("socket").source == Source::Flag);
}

void TstOptions::unknownNames()
{
    Options options;
    options.set("no-such-flag", "value", Source::Flag);
    QVERIFY(!options.has("no-such-flag"));
    QVERIFY(options.get("no-such-flag").text.empty());
}

void TstOptions::displayNames()
{
    Options options;
    QCOMPARE(toBytes(options.displayName("socket")), "--socket"_ba);
    options.set("socket", "/x", Source::Variable);
    QCOMPARE(toBytes(options.displayName("socket")), "WEAVE_SIDECAR_SOCKET"_ba);
    QCOMPARE(toBytes(options.displayName("backend")), "--backend"_ba);
    options.set("socket", "/y", Source::Flag);
    QCOMPARE(toBytes(options.displayName("socket")), "--socket"_ba);
}

void TstOptions::copiesAreTheirOwn()
{
    Options options;
    Options copy = options;
    copy.set("senders", "9", Source::Flag);
    QCOMPARE(toBytes(options.get("senders").text), "4"_ba);
    QCOMPARE(toBytes(copy.get("senders").text), "9"_ba);
}

QTEST_APPLESS_MAIN(TstOptions)
#include "tst_options.moc"
