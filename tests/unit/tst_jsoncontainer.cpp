#include "common/jsoncontainer.h"

#include "common/jsoncursor.h"
#include "unit/samples.h"
#include "unit/textmutator.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace Weave;

namespace {

// The bytes at the places of a text, as JsonPlaces lists them; a key or a string is its quote.
struct Bytes
{
    explicit Bytes(std::string_view places)
        : text(" " + std::string(places) + std::string(JsonPlaces::BlockBytes + 2, '}'))
    {
    }
    [[nodiscard]] const char *begin() const { return text.data() + 1; }
    std::string text;
};

bool check(std::string_view places, std::size_t maxDepth = 100)
{
    JsonContainer container;
    return container.check(Bytes(places).begin(), places.size(), maxDepth);
}

struct Outcome
{
    bool isGood = false;
    std::string errorText;
    std::size_t errorOffset = 0;
    std::string span;
    std::vector<std::string> values;

    bool operator==(const Outcome &) const = default;
};

constexpr std::array<std::string_view, 4> Keys{"id", "trace_id", "a", "project_id"};

// What is made of a value, with that much behind it. The x ends one that is not closed.
Outcome outcomeOf(const std::string &value, std::string_view behind)
{
    const std::string text = "[" + value + " x" + std::string(behind);
    JsonCursor cursor(text);
    Outcome outcome;
    std::vector<JsonMember> members;
    for (const std::string_view key : Keys)
        members.push_back({key});
    if (!cursor.enterArray() || !cursor.nextElement())
        return outcome;
    const char *begin = cursor.peek() == '{' ? cursor.position() : nullptr;
    std::string_view span;
    outcome.isGood = begin ? cursor.findMembers(members) : cursor.skipValue(span);
    if (outcome.isGood)
        outcome.span = begin ? std::string(begin, cursor.position()) : std::string(span);
    for (const JsonMember &member : members)
        outcome.values.push_back(member.isPresent ? "=" + std::string(member.string.inside) : "");
    if (!outcome.isGood) {
        outcome.errorText = cursor.errorText();
        // A string that is not closed ends with the text, wherever that is.
        outcome.errorOffset = std::min(cursor.errorOffset(), value.size() + 3);
        outcome.values.clear(); // of no use then
    }
    return outcome;
}

// With nothing behind it but room for what an escape lacks.
constexpr std::string_view ShortRest = "      ";

// With so many places behind it, a container is looked at place by place.
const std::string &longRest()
{
    static const std::string rest = [] {
        std::string text;
        for (std::size_t i = 0; i < JsonPlaces::MaxPlaces; ++i)
            text += ",0";
        return text;
    }();
    return rest;
}

} // namespace

class TstJsonContainer final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void takes_data();
    void takes();
    void doubts_data();
    void doubts();
    void depth();
    void endsWithItsBracket();
    void tellsOfScalarsAndKeys();
    void everyLengthAndMistake();
    void agreesWithTheLookPlaceByPlace();

private:
    bool m_canCheck = JsonPlaces("{}").hasBytes();
};

void TstJsonContainer::initTestCase()
{
    if (!m_canCheck)
        QSKIP("this processor has no AVX-512 with VBMI 2: every container is looked at by place");
}

void TstJsonContainer::takes_data()
{
    QTest::addColumn<QByteArray>("places");
    for (const char *places :
         {"{}", "[]", "[1]", "[1,1]", "[\",1,\"]", "{\":1}", "{\":\"}", "{\":1,\":1}", "{\":{}}",
          "{\":[]}", "[{}]", "[[]]", "[{},{}]", "[[],[]]", "[{\":1},{\":1}]",
          "{\":[1,1],\":{\":1,\":\"},\":1}", "[\"]", "[1,{}]", "{\":[{\":1}],\":1}"})
        QTest::addRow("%s", places) << QByteArray(places);
}

void TstJsonContainer::takes()
{
    QFETCH(const QByteArray, places);
    QVERIFY(check(places.toStdString()));
}

void TstJsonContainer::doubts_data()
{
    QTest::addColumn<QByteArray>("places");
    for (const char *places : {"{",
                               "[",
                               "{]",
                               "[}",
                               "[1",
                               "{1}",
                               "{1:1}",
                               "{\"}",
                               "{\",\":1}",
                               "{\":}",
                               "{\":1,}",
                               "{,\":1}",
                               "{\":1,1}",
                               "{\":1,\"}",
                               "{\":1\":1}",
                               "{\":1:1}",
                               "{\":\":1}",
                               "{:1}",
                               "{\"1}",
                               "{\"\":1}",
                               "{\":1,{}}",
                               "{\":1,[]}",
                               "{{}}",
                               "{[]}",
                               "[,]",
                               "[1,]",
                               "[,1]",
                               "[1 1]",
                               "[11]",
                               "[\"1]",
                               "[\":1]",
                               "[1,\":1]",
                               "[:1]",
                               "[1:1]",
                               "[{}{}]",
                               "[[][]]",
                               "[{}[]]",
                               "[{},\":1]",
                               "[[1,\":1]]",
                               "[{\":1},\":1]",
                               "{\":[1,\":1]}",
                               "{\":[],1}",
                               "{\":{},[]}",
                               "{\":[}]",
                               "[{]}",
                               "{\":{]}",
                               "[[}]",
                               "[{\":1]}",
                               "{\":[1}]",
                               "[{\":1,1}]"})
        QTest::addRow("%s", places) << QByteArray(places);
    QTest::addRow("not ASCII, and { but for that") << QByteArray("[\xfb]");
    QTest::addRow("not ASCII, and , but for that") << QByteArray("[1\xac"
                                                                 "1]");
}

void TstJsonContainer::doubts()
{
    QFETCH(const QByteArray, places);
    QVERIFY(!check(places.toStdString()));
}

void TstJsonContainer::depth()
{
    for (std::size_t depth = 1; depth < 140; ++depth) {
        const std::string text = std::string(depth, '[') + std::string(depth, ']');
        QVERIFY(check(text, depth));
        QVERIFY(!check(text, depth - 1));
    }
}

void TstJsonContainer::endsWithItsBracket()
{
    for (const char *behind : {"", "]", "}", "1", ":", "\"", ",\":", "[{"}) {
        const std::string places = std::string("[1,{}]") + behind;
        JsonContainer container;
        QVERIFY2(container.check(Bytes(places).begin(), places.size(), 9), behind);
        QCOMPARE(container.places(), std::size_t{6});
    }
}

void TstJsonContainer::tellsOfScalarsAndKeys()
{
    const std::string places = "{\":1,\":{\":1,\":\"},\":[1,1],\":\"}";
    JsonContainer container;
    QVERIFY(container.check(Bytes(places).begin(), places.size(), 9));
    QCOMPARE(container.scalars().size(), std::size_t{1});
    std::uint64_t scalars = 0;
    for (std::size_t i = 0; i < places.size(); ++i)
        scalars |= std::uint64_t{places[i] == '1'} << i;
    QCOMPARE(container.scalars()[0], scalars);
    QCOMPARE(container.keys()[0],
             (std::uint64_t{1} << 1 | std::uint64_t{1} << 5)
                 | std::uint64_t{1} << places.find("\":[")
                 | std::uint64_t{1} << places.rfind("\":\""));
}

// With a mistake at each place, so at each side of where a group of 64 ends.
void TstJsonContainer::everyLengthAndMistake()
{
    for (std::size_t elements = 1; elements < 120; ++elements) {
        std::string array = "[1";
        std::string object = "{\"a\":1";
        for (std::size_t i = 1; i < elements; ++i) {
            array += i % 7 == 0 ? ",{}" : ",1";
            object += i % 7 == 0 ? ",\"b\":[]" : ",\"b\":1";
        }
        array += ']';
        object += '}';
        for (const std::string &text : {array, object}) {
            QVERIFY(outcomeOf(text, ShortRest).isGood);
            QVERIFY(outcomeOf(text, ShortRest) == outcomeOf(text, longRest()));
            if (elements % 13 != 0)
                continue;
            for (std::size_t at = 1; at < text.size(); ++at) {
                for (const char mistake : {',', ':', '1', '"', '{', ']', '}'}) {
                    std::string wrong = text;
                    wrong[at] = mistake;
                    if (outcomeOf(wrong, ShortRest) != outcomeOf(wrong, longRest()))
                        QFAIL(("the ways differ: " + wrong).c_str());
                }
            }
        }
    }
}

void TstJsonContainer::agreesWithTheLookPlaceByPlace()
{
    const std::vector<std::string> seeds{
        std::string(StartLine),
        std::string(EndLine),
        R"([true,false,null,[],{},[[]],{"a":{}}])",
        R"({"id":"x","a":[1,{"id":2}],"trace_id":"y","id":"z"})",
        R"([0,-0,1.5,-1.25e-3,[[1],[2,[3]]],{"a":1,"b":[{}]}])",
        R"({"a":{"b":{"c":[{"d":1},{"e":[2,3]}]}},"\u0061":"escaped","project_id":null})",
    };
    TextMutator mutator(20261128);
    int good = 0;
    constexpr int Texts = 200'000;
    for (int i = 0; i < Texts; ++i) {
        const std::string text = mutator.damaged(seeds[mutator.below(seeds.size())]);
        const Outcome atOnce = outcomeOf(text, ShortRest);
        const Outcome byPlace = outcomeOf(text, longRest());
        good += atOnce.isGood;
        if (atOnce != byPlace)
            QFAIL(("the ways differ: " + text).c_str());
    }
    QVERIFY(good > Texts / 10 && good < Texts - Texts / 10);
}

QTEST_APPLESS_MAIN(TstJsonContainer)
#include "tst_jsoncontainer.moc"
