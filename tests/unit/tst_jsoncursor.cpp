#include "common/jsoncursor.h"

#include "unit/samples.h"
#include "unit/simdjsonopinion.h"
#include "unit/text.h"
#include "unit/textmutator.h"

#include <QTest>

#include <array>
#include <numeric>
#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

struct Verdict
{
    bool accepted = false;
    bool isHonest = false; // it failed exactly when it said so
    std::size_t offset = 0; // of the error
    std::string span; // of the value
};

Verdict verdict(JsonCursor &cursor, bool accepted)
{
    Verdict result;
    result.isHonest = accepted != cursor.failed();
    result.accepted = accepted && cursor.finish();
    result.isHonest = result.isHonest && result.accepted != cursor.failed();
    result.offset = cursor.errorOffset();
    return result;
}

Verdict bySkipping(std::string_view text)
{
    JsonCursor cursor(text);
    std::string_view span;
    const bool accepted = cursor.skipValue(span);
    Verdict result = verdict(cursor, accepted);
    result.span = span;
    return result;
}

// Enters whatever can be entered.
bool walk(JsonCursor &cursor)
{
    JsonString string;
    std::string_view span;
    switch (cursor.peek()) {
    case '{':
        if (cursor.enterObject()) {
            while (cursor.nextMember(string))
                walk(cursor);
        }
        return !cursor.failed();
    case '[':
        if (cursor.enterArray()) {
            while (cursor.nextElement())
                walk(cursor);
        }
        return !cursor.failed();
    case '"':
        return cursor.readString(string);
    default:
        return cursor.skipValue(span);
    }
}

Verdict byEntering(std::string_view text)
{
    JsonCursor cursor(text);
    const bool accepted = walk(cursor);
    return verdict(cursor, accepted);
}

// Arrays and objects in turns, the outermost an array.
std::string nested(std::size_t depth, bool mixed)
{
    std::string open;
    std::string close;
    for (std::size_t i = 0; i < depth; ++i) {
        const bool isObject = mixed && i % 2 == 1;
        open += isObject ? R"({"k":)" : "[";
        close += isObject ? '}' : ']';
    }
    return open + "1" + std::string(close.rbegin(), close.rend());
}

} // namespace

class TstJsonCursor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void refusesEveryTruncation();
    void depth_data();
    void depth();
    void depthIsGivenBack();
    void stringsOfEveryLength();
    void longTextThatIsNotAscii();
    void spansAreByteExact();
    void membersSkippedAndEntered();
    void elementsSkippedAndEntered();
    void strings_data();
    void strings();
    void peeks();
    void positionIsTheNextValue();
    void wrongTypeIsAnError();
    void nothingWorksAfterAnError();
    void brokenMembersAreNotGiven();
    void errorsTellAnEndFromAMistake();
    void aStringIsReadAnew();
    void moreTextIsAnError();
    void agreesWithSimdjson();
};

void TstJsonCursor::accepts_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &text) { QTest::newRow(name) << text; };

    row("object", "{}");
    row("array", "[]");
    row("string", R"("")");
    row("true", "true");
    row("false", "false");
    row("null", "null");
    row("white space of every kind", " \t\r\n{ \t\r\n\"a\" : [ 1 , 2 ] , \"b\" : { } }\n\r\t ");
    row("containers in containers", R"([[],{},[[]],[{}],{"a":[]},{"a":{}}])");
    row("members of every kind", R"({"a":1,"b":"c","d":true,"e":false,"f":null,"g":[],"h":{}})");
    row("empty key", R"({"":0})");
    row("the same key twice", R"({"a":1,"a":2})");
    row("zero", "0");
    row("minus zero", "-0");
    row("fraction of zero", "-0.0");
    row("fraction", "10.25");
    row("exponent", "1e5");
    row("exponent of zero", "0e0");
    row("exponent in upper case", "1E5");
    row("exponent with plus", "1e+5");
    row("exponent with minus", "1e-5");
    row("exponent with zeros in front", "1e0005");
    row("fraction and exponent", "-12.50E-07");
    row("integer beyond 64 bits", "12345678901234567890123");
    row("negative integer beyond 64 bits", "-12345678901234567890123");
    row("number beyond a double", "1e400");
    row("number below a double", "1e-400");
    row("more digits than a double has", "0.1234567890123456789012345678901234567890");
    row("every short escape", R"("\"\\\/\b\f\n\r\t")");
    row("escapes by number", R"("\u0000\u0019\u00e9\uABCD\uabcd\uFfAa")");
    row("escaped pair", R"("\ud83d\ude00")");
    row("escaped high surrogate alone", R"("\ud800")");
    row("escaped low surrogate alone", R"("\udc00")");
    row("escaped surrogates the wrong way round", R"("\udc00\ud800")");
    row("DEL", "\"\x7f\"");
    row("UTF-8 of two bytes", "\"\xc2\x80 \xdf\xbf\"");
    row("UTF-8 of three bytes", "\"\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf\"");
    row("UTF-8 of four bytes", "\"\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf\"");
    row("byte order mark inside a string", "\"\xef\xbb\xbf\"");
    row("line separators that JavaScript refuses", "\"\xe2\x80\xa8\xe2\x80\xa9\"");
    row("UTF-8 in a key", "{\"\xc3\xa9\":1}");
    row("the line of a call's start", toBytes(StartLine));
    row("the line of a call's end", toBytes(EndLine));
}

void TstJsonCursor::accepts()
{
    QFETCH(QByteArray, text);
    const Verdict skipped = bySkipping(toView(text));
    QVERIFY2(skipped.accepted, std::to_string(skipped.offset).c_str());
    QCOMPARE(toBytes(skipped.span), text.trimmed());
    const Verdict entered = byEntering(toView(text));
    QVERIFY2(entered.accepted, std::to_string(entered.offset).c_str());
}

// A value that is wrong is reported at its first byte, a byte that is wrong at its own place.
void TstJsonCursor::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("offset");
    const auto row = [](const char *name, const QByteArray &text, int offset) {
        QTest::newRow(name) << text << offset;
    };

    row("nothing", "", 0);
    row("white space alone", " \n\t", 3);
    row("two values", "1 2", 2);
    row("a closing bracket alone", "]", 0);
    row("a closing brace too many", "{}}", 2);
    row("closed by the wrong bracket", "[1}", 2);
    row("closed by the wrong brace", R"({"a":1])", 6);
    row("comma alone", ",", 0);
    row("colon alone", ":", 0);
    row("comma in an empty array", "[,]", 1);
    row("comma in front", "[,1]", 1);
    row("comma behind the last element", "[1,]", 3);
    row("two commas", "[1,,2]", 3);
    row("no comma between elements", "[1 2]", 3);
    row("colon between elements", "[1:2]", 2);
    row("comma in an empty object", "{,}", 1);
    row("comma behind the last member", R"({"a":1,})", 7);
    row("no comma between members", R"({"a":1 "b":2})", 7);
    row("no colon", R"({"a" 1})", 5);
    row("comma for a colon", R"({"a",1})", 4);
    row("two colons", R"({"a"::1})", 5);
    row("no value", R"({"a":})", 5);
    row("no key", "{:1}", 1);
    row("key without quotes", "{a:1}", 1);
    row("number as a key", "{1:1}", 1);
    row("array as a key", "{[]:1}", 1);
    row("single quotes", "'a'", 0);
    row("comment", "/**/1", 0);
    row("comment behind", "1//", 1);
    row("vertical tab as white space", "\v1", 0);
    row("form feed as white space", "\f1", 0);
    row("no-break space as white space",
        "\xc2\xa0"
        "1",
        0);
    row("plus", "+1", 0);
    row("minus alone", "-", 0);
    row("two minuses", "--1", 0);
    row("minus and a letter", "-a", 0);
    row("zero in front", "01", 0);
    row("zero in front of a negative", "-01", 0);
    row("two zeros", "00", 0);
    row("two zeros before a point", "00.5", 0);
    row("nothing behind the point", "1.", 0);
    row("nothing between point and exponent", "1.e5", 0);
    row("nothing before the point", ".5", 0);
    row("minus and a point", "-.5", 0);
    row("two points", "1.2.3", 3);
    row("nothing in the exponent", "1e", 0);
    row("only a sign in the exponent", "1e+", 0);
    row("two signs in the exponent", "1e+-5", 0);
    row("a fraction in the exponent", "1e5.5", 3);
    row("hexadecimal", "0x10", 1);
    row("digits in groups", "1_000", 1);
    row("number inside", R"([1,{"a":-}])", 8);
    row("NaN", "NaN", 0);
    row("nan", "nan", 0);
    row("Infinity", "Infinity", 0);
    row("minus Infinity", "-Infinity", 0);
    row("NaN inside", R"({"a":NaN})", 5);
    row("truncated true", "tru", 0);
    row("truncated false", "fals", 0);
    row("truncated null", "nul", 0);
    row("truncated null inside", "[nul]", 1);
    row("more than true", "truex", 4);
    row("upper-case literal", "True", 0);
    row("undefined", "undefined", 0);
    row("string not closed", R"( "abc)", 1);
    row("string closed by an escaped quote only", R"("abc\")", 0);
    row("backslash at the end", R"("a\)", 3);
    row("unknown escape", R"("a\x41")", 2);
    row("escaped single quote", R"("\'")", 1);
    row("escape in upper case", R"("\N")", 1);
    row("escaped newline", "\"\\\n\"", 1);
    row("escaped NUL byte", "\"\\\0\""_ba, 1);
    row("escape with three digits", R"("\u123")", 1);
    row("escape with a digit that is none", R"("\u12g4")", 1);
    row("escape with a sign", R"("\u+123")", 1);
    row("escape with U", R"("\U00000041")", 1);
    row("truncated escape", R"("\u12)", 5);
    row("newline in a string", "\"a\nb\"", 2);
    row("tab in a string", "\"a\tb\"", 2);
    row("the last control character", "\"\x1f\"", 1);
    row("NUL in a string", "\"a\0b\""_ba, 2);
    row("NUL in a key", "{\"\0\":1}"_ba, 2);
    row("NUL in front", "\0 1"_ba, 0);
    row("NUL behind", "1\0"_ba, 1);
    row("NUL for a comma", "[1\0 2]"_ba, 2);
    row("NUL for an element", "[\0]"_ba, 1);
    row("byte order mark", "\xef\xbb\xbf{}", 0);
    row("UTF-16", "\xff\xfe{\0}\0"_ba, 0);
    row("UTF-8 outside a string", "[\xc3\xa9]", 1);
    row("continuation byte alone", "\"a\x80\"", 2);
    row("two continuation bytes", "\"\xc3\xa9\xa9\"", 3);
    row("lead byte of two before a quote", "\"\xc3\"", 1);
    row("lead byte of two before ASCII", "\"\xc3z\"", 1);
    row("two lead bytes", "\"\xc3\xc3\xa9\"", 1);
    row("overlong slash of two bytes", "\"\xc0\xaf\"", 1);
    row("overlong NUL of two bytes", "\"\xc0\x80\"", 1);
    row("overlong DEL of two bytes", "\"\xc1\xbf\"", 1);
    row("overlong slash of three bytes", "\"\xe0\x80\xaf\"", 1);
    row("overlong of three bytes, the last", "\"\xe0\x9f\xbf\"", 1);
    row("overlong slash of four bytes", "\"\xf0\x80\x80\xaf\"", 1);
    row("overlong of four bytes, the last", "\"\xf0\x8f\xbf\xbf\"", 1);
    row("three bytes, one missing", "\"\xe2\x82\"", 1);
    row("three bytes, two missing", "\"\xe2\"", 1);
    row("four bytes, one missing", "\"\xf0\x9f\x98\"", 1);
    row("the first surrogate", "\"\xed\xa0\x80\"", 1);
    row("the last surrogate", "\"\xed\xbf\xbf\"", 1);
    row("a pair of surrogates", "\"\xed\xa0\xbd\xed\xb8\x80\"", 1);
    row("above U+10FFFF", "\"\xf4\x90\x80\x80\"", 1);
    row("far above U+10FFFF", "\"\xf5\x80\x80\x80\"", 1);
    row("five bytes", "\"\xf8\x88\x80\x80\x80\"", 1);
    row("0xFE", "\"\xfe\"", 1);
    row("0xFF", "\"\xff\"", 1);
    row("bad byte behind good ones", "\"\xc3\xa9\xe2\x82\xac\xff\"", 6);
    row("bad byte in a key", "{\"\xff\":1}", 2);
    row("bad byte in a skipped member", "{\"a\":{\"b\":[\"\xff\"]}}", 12);
}

void TstJsonCursor::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, offset);
    const Verdict skipped = bySkipping(toView(text));
    QVERIFY(!skipped.accepted);
    QVERIFY(skipped.isHonest);
    QCOMPARE(skipped.offset, static_cast<std::size_t>(offset));
    const Verdict entered = byEntering(toView(text));
    QVERIFY(!entered.accepted);
    QVERIFY(entered.isHonest);
    QCOMPARE(entered.offset, static_cast<std::size_t>(offset));
}

void TstJsonCursor::refusesEveryTruncation()
{
    for (const std::string_view line : {StartLine, EndLine}) {
        QVERIFY(bySkipping(line).accepted);
        for (std::size_t length = 0; length < line.size(); ++length) {
            const std::string_view part = line.substr(0, length);
            const Verdict skipped = bySkipping(part);
            const Verdict entered = byEntering(part);
            QVERIFY2(!skipped.accepted, std::to_string(length).c_str());
            QVERIFY2(!entered.accepted, std::to_string(length).c_str());
            QVERIFY(skipped.offset <= length);
            QVERIFY(entered.offset <= length);
        }
    }
}

void TstJsonCursor::depth_data()
{
    QTest::addColumn<bool>("mixed");
    QTest::newRow("arrays") << false;
    QTest::newRow("arrays and objects") << true;
}

void TstJsonCursor::depth()
{
    QFETCH(bool, mixed);
    const std::string deepest = nested(JsonCursor::MaxDepth, mixed);
    QVERIFY(bySkipping(deepest).accepted);
    QVERIFY(byEntering(deepest).accepted);

    const std::string tooDeep = nested(JsonCursor::MaxDepth + 1, mixed);
    const std::size_t lastBracket = tooDeep.find('1') - 1;
    QVERIFY(!bySkipping(tooDeep).accepted);
    QVERIFY(!byEntering(tooDeep).accepted);
    QCOMPARE(bySkipping(tooDeep).offset, lastBracket);
    QCOMPARE(byEntering(tooDeep).offset, lastBracket);

    // What was entered counts for what is skipped.
    for (const std::size_t entered :
         {std::size_t{1}, JsonCursor::MaxDepth / 2, JsonCursor::MaxDepth}) {
        for (const std::string &text : {deepest, tooDeep}) {
            JsonCursor cursor(text);
            JsonString key;
            for (std::size_t i = 0; i < entered; ++i) {
                if (cursor.peek() == '{')
                    QVERIFY(cursor.enterObject() && cursor.nextMember(key));
                else
                    QVERIFY(cursor.enterArray() && cursor.nextElement());
            }
            std::string_view span;
            QCOMPARE(cursor.skipValue(span), text == deepest);
        }
    }
}

void TstJsonCursor::depthIsGivenBack()
{
    const std::string deep = nested(JsonCursor::MaxDepth - 1, true);
    const std::string text = "[" + deep + "," + deep + "," + deep + "]";
    QVERIFY(bySkipping(text).accepted);
    QVERIFY(byEntering(text).accepted);
    JsonCursor cursor(text);
    QVERIFY(cursor.enterArray());
    std::string_view span;
    int elements = 0;
    for (; cursor.nextElement(); ++elements)
        QVERIFY(elements % 2 == 0 ? cursor.skipValue(span) : walk(cursor));
    QCOMPARE(elements, 3);
    QVERIFY(cursor.finish());
}

// Strings are searched 64 bytes at a time: every length around that, one with blocks that lie in it
// as a whole, and every place in them. The text goes on behind its end, with what would close it.
void TstJsonCursor::stringsOfEveryLength()
{
    struct Special
    {
        const char *name;
        QByteArray bytes;
        bool isValid;
    };
    const std::array<Special, 12> specials{{
        {"nothing", "", true},
        {"escape", R"(\n)", true},
        {"escaped backslash", R"(\\)", true},
        {"escape by number", R"(\u00e9)", true},
        {"unknown escape", R"(\x)", false},
        {"escape by a number that is none", R"(\u00g9)", false},
        {"two bytes", "\xc3\xa9", true},
        {"four bytes", "\xf0\x9f\x98\x80", true},
        {"DEL", "\x7f", true},
        {"control character", "\x1f", false},
        {"NUL", "\0"_ba, false},
        {"continuation byte", "\x80", false},
    }};
    std::vector<qsizetype> lengths(71);
    std::iota(lengths.begin(), lengths.end(), 0);
    lengths.push_back(4 * 64);
    for (const Special &special : specials) {
        for (const qsizetype length : lengths) {
            for (qsizetype place = 0; place <= length; ++place) {
                QByteArray inside(length, 'a');
                inside.insert(place, special.bytes);
                const QByteArray buffer = "\"" + inside + "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
                const std::string_view text = toView(buffer).substr(0, size_t(inside.size()) + 2);
                JsonCursor cursor(text);
                JsonString string;
                const bool accepted = cursor.readString(string) && cursor.finish();
                if (accepted != special.isValid)
                    QFAIL(buffer.constData());
                if (accepted) {
                    QCOMPARE(toBytes(string.inside), inside);
                    QCOMPARE(string.hasEscapes(), special.bytes.startsWith('\\'));
                } else {
                    QCOMPARE(cursor.errorOffset(), static_cast<std::size_t>(place) + 1);
                }
                // Without its closing quote, which stands behind the end.
                JsonCursor open(text.substr(0, text.size() - 1));
                QVERIFY(!open.readString(string));
            }
        }
    }
}

void TstJsonCursor::longTextThatIsNotAscii()
{
    QByteArray inside;
    while (inside.size() < 4000)
        inside += "\xd0\xaf \xe2\x82\xac"
                  "abcdefghijklmnopqrstuvwxyz\xf0\x9f\x98\x80";
    const QByteArray text = "\"" + inside + "\"";
    QVERIFY(bySkipping(toView(text)).accepted);
    for (qsizetype length = 1; length < text.size(); ++length)
        QVERIFY(!bySkipping(toView(text).substr(0, size_t(length))).accepted);
}

void TstJsonCursor::spansAreByteExact()
{
    const std::string_view text = "\n { \"a\" :\t-1.50E+00 ,\"b\": [ 1 , {\"x\" : \"\\u0041\"} ]\r,"
                                  "\"c\":\"d\\n\" , \"e\" :null} \n";
    JsonCursor cursor(text);
    QVERIFY(cursor.enterObject());
    QList<QByteArray> spans;
    JsonString key;
    while (cursor.nextMember(key)) {
        std::string_view span;
        QVERIFY(cursor.skipValue(span));
        QVERIFY(span.data() >= text.data()
                && span.data() + span.size() <= text.data() + text.size());
        spans << toBytes(key.inside) << toBytes(span);
    }
    QVERIFY(cursor.finish());
    const QList<QByteArray> expected{"a", "-1.50E+00", "b", R"([ 1 , {"x" : "\u0041"} ])",
                                     "c", R"("d\n")",  "e", "null"};
    QCOMPARE(spans, expected);
}

void TstJsonCursor::membersSkippedAndEntered()
{
    JsonCursor cursor(R"({"skip":{"a":[1,{"b":2}]},"enter":{"c":"d","e":{}},"":[],"last":true})");
    JsonString key;
    std::string_view span;
    QVERIFY(cursor.enterObject());
    QVERIFY(cursor.nextMember(key) && key.equals("skip"));
    QVERIFY(cursor.skipValue(span));
    QCOMPARE(toBytes(span), R"({"a":[1,{"b":2}]})"_ba);
    QVERIFY(cursor.nextMember(key) && key.equals("enter"));
    QVERIFY(cursor.enterObject());
    QVERIFY(cursor.nextMember(key) && key.equals("c"));
    JsonString value;
    QVERIFY(cursor.readString(value));
    QCOMPARE(toBytes(value.inside), "d"_ba);
    QVERIFY(cursor.nextMember(key) && key.equals("e"));
    QVERIFY(cursor.enterObject());
    QVERIFY(!cursor.nextMember(key));
    QVERIFY(!cursor.nextMember(key)); // of "enter"
    QVERIFY(cursor.nextMember(key) && key.equals(""));
    QVERIFY(cursor.enterArray());
    QVERIFY(!cursor.nextElement());
    QVERIFY(cursor.nextMember(key) && key.equals("last"));
    QVERIFY(cursor.skipValue(span));
    QCOMPARE(toBytes(span), "true"_ba);
    QVERIFY(!cursor.nextMember(key));
    QVERIFY(!cursor.failed());
    QVERIFY(cursor.finish());
}

void TstJsonCursor::elementsSkippedAndEntered()
{
    JsonCursor cursor("[ [1,[2]] , [] ,3]");
    std::string_view span;
    QVERIFY(cursor.enterArray());
    QVERIFY(cursor.nextElement());
    QVERIFY(cursor.enterArray());
    QVERIFY(cursor.nextElement());
    QVERIFY(cursor.skipValue(span));
    QCOMPARE(toBytes(span), "1"_ba);
    QVERIFY(cursor.nextElement());
    QVERIFY(cursor.skipValue(span));
    QCOMPARE(toBytes(span), "[2]"_ba);
    QVERIFY(!cursor.nextElement());
    QVERIFY(cursor.nextElement());
    QVERIFY(cursor.enterArray());
    QVERIFY(!cursor.nextElement());
    QVERIFY(cursor.nextElement());
    QVERIFY(cursor.skipValue(span));
    QCOMPARE(toBytes(span), "3"_ba);
    QVERIFY(!cursor.nextElement());
    QVERIFY(cursor.finish());
}

void TstJsonCursor::strings_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("decoded");
    QTest::addColumn<bool>("hasEscapes");
    QTest::newRow("empty") << R"("")"_ba
                           << ""_ba << false;
    QTest::newRow("plain") << R"("method")"_ba
                           << "method"_ba << false;
    QTest::newRow("UTF-8") << "\"\xc3\xa9\""_ba
                           << "\xc3\xa9"_ba << false;
    QTest::newRow("escaped letter") << R"("m\u0065thod")"_ba
                                    << "method"_ba << true;
    QTest::newRow("short escape") << R"("a\"b")"_ba
                                  << "a\"b"_ba << true;
}

void TstJsonCursor::strings()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, decoded);
    QFETCH(bool, hasEscapes);
    JsonCursor cursor(toView(json));
    JsonString string;
    QVERIFY(cursor.readString(string));
    QCOMPARE(toBytes(string.inside), json.sliced(1, json.size() - 2));
    QCOMPARE(string.hasEscapes(), hasEscapes);
    QCOMPARE(toBytes(string.decoded()), decoded);
    QVERIFY(string.equals(toView(decoded)));
    QVERIFY(!string.equals(toView(decoded + "x")));
    QVERIFY(!string.equals("other"));
    QCOMPARE(string.equals(string.inside), !hasEscapes);
}

void TstJsonCursor::peeks()
{
    QCOMPARE(JsonCursor("").peek(), '\0');
    QCOMPARE(JsonCursor(" \t\r\n").peek(), '\0');
    QCOMPARE(JsonCursor(std::string_view()).peek(), '\0');
    for (const char first : {'{', '[', '"', 't', 'f', 'n', '-', '0', '9'}) {
        const std::string text = std::string(" \n") + first;
        JsonCursor cursor(text);
        QCOMPARE(cursor.peek(), first);
        QCOMPARE(cursor.peek(), first); // it takes nothing
    }
}

void TstJsonCursor::positionIsTheNextValue()
{
    const std::string_view text = R"({"a":  [1] })";
    JsonCursor cursor(text);
    QVERIFY(cursor.position() == text.data());
    JsonString key;
    QVERIFY(cursor.enterObject() && cursor.nextMember(key));
    QCOMPARE(cursor.peek(), '[');
    QCOMPARE(cursor.position() - text.data(), std::ptrdiff_t{7});
    std::string_view span;
    QVERIFY(cursor.skipValue(span));
    QCOMPARE(cursor.position() - text.data(), std::ptrdiff_t{10});
    QVERIFY(!cursor.nextMember(key));
    QVERIFY(cursor.position() == text.data() + text.size());
}

void TstJsonCursor::wrongTypeIsAnError()
{
    JsonString string;
    JsonCursor notAnObject("  [1]");
    QVERIFY(!notAnObject.enterObject());
    QVERIFY(notAnObject.failed());
    QCOMPARE(notAnObject.errorOffset(), std::size_t{2});

    JsonCursor notAnArray("  {}");
    QVERIFY(!notAnArray.enterArray());
    QVERIFY(notAnArray.failed());
    QCOMPARE(notAnArray.errorOffset(), std::size_t{2});

    JsonCursor notAString("  1");
    QVERIFY(!notAString.readString(string));
    QVERIFY(notAString.failed());
    QCOMPARE(notAString.errorOffset(), std::size_t{2});

    JsonCursor nothing("  ");
    QVERIFY(!nothing.enterObject());
    QVERIFY(nothing.failed());
    QCOMPARE(nothing.errorOffset(), std::size_t{2});
}

void TstJsonCursor::nothingWorksAfterAnError()
{
    JsonCursor cursor(R"([1,x,{"a":"b"},[2],"s"])");
    std::string_view span;
    JsonString string;
    QVERIFY(!cursor.failed());
    QVERIFY(!cursor.errorText());
    QVERIFY(cursor.enterArray() && cursor.nextElement() && cursor.skipValue(span));
    QVERIFY(cursor.nextElement());
    QVERIFY(!cursor.skipValue(span));
    QVERIFY(cursor.failed());
    const QByteArray errorText = cursor.errorText();
    QVERIFY(!errorText.isEmpty());

    QVERIFY(!cursor.nextElement());
    QVERIFY(!cursor.skipValue(span));
    QVERIFY(!cursor.enterObject());
    QVERIFY(!cursor.nextMember(string));
    QVERIFY(!cursor.enterArray());
    QVERIFY(!cursor.readString(string));
    QVERIFY(!cursor.finish());
    QCOMPARE(cursor.peek(), '\0');
    QCOMPARE(cursor.errorOffset(), std::size_t{3});
    QCOMPARE(QByteArray(cursor.errorText()), errorText);
}

void TstJsonCursor::brokenMembersAreNotGiven()
{
    for (const char *text : {"{1:2}", R"({"a" 1})", R"({"a)", R"({"a")", R"({,"a":1})"}) {
        JsonCursor cursor(text);
        JsonString key;
        QVERIFY(cursor.enterObject());
        QVERIFY2(!cursor.nextMember(key), text);
        QVERIFY2(cursor.failed(), text);
    }
}

// A line that was cut off and a line that was written wrong want different answers.
void TstJsonCursor::errorsTellAnEndFromAMistake()
{
    const auto errorOf = [](std::string_view text) {
        JsonCursor cursor(text);
        walk(cursor);
        return QByteArray(cursor.errorText());
    };
    const auto errorOfEntering = [](std::string_view text) {
        JsonCursor cursor(text);
        cursor.enterObject();
        return QByteArray(cursor.errorText());
    };
    const QByteArray endText = errorOf("");
    QVERIFY(!endText.isEmpty());
    for (const char *text :
         {"{", R"({"a")", R"({"a":)", R"({"a":1)", R"({"a":1,)", "[", "[1", "[1,"})
        QCOMPARE(errorOf(text), endText);
    for (const char *text :
         {"]", "{1", R"({"a"1)", R"({"a":})", R"({"a":1 2)", "[,", "[1 2", "[1,]"})
        QVERIFY2(errorOf(text) != endText, text);
    QCOMPARE(errorOfEntering(" "), endText);
    QVERIFY(errorOfEntering("[") != endText);
}

void TstJsonCursor::aStringIsReadAnew()
{
    JsonCursor cursor(R"(["a\nb","plain"])");
    JsonString string;
    QVERIFY(cursor.enterArray() && cursor.nextElement() && cursor.readString(string));
    QVERIFY(string.hasEscapes());
    QVERIFY(cursor.nextElement() && cursor.readString(string));
    QVERIFY(!string.hasEscapes());
    QVERIFY(string.equals("plain"));
}

void TstJsonCursor::moreTextIsAnError()
{
    JsonCursor cursor("{} \n x");
    std::string_view span;
    QVERIFY(cursor.skipValue(span));
    QVERIFY(!cursor.finish());
    QVERIFY(cursor.failed());
    QCOMPARE(cursor.errorOffset(), std::size_t{5});
}

void TstJsonCursor::agreesWithSimdjson()
{
    const std::vector<std::string> seeds{
        std::string(StartLine),
        std::string(EndLine),
        R"({"method":"flush"})",
        R"([0,-0,1.5,-1.25e-3,1E+2,9223372036854775807,18446744073709551615,0.0])",
        R"([18446744073709551616,-9223372036854775809,1e308,1e309,123456789012345678901234])",
        R"(["\u0041\ud83d\ude00\ud800","\"\\\/\b\f\n\r\t",""])",
        "{\"\xc3\xa9\":\"\xe2\x82\xac\xf0\x9f\x98\x80\xed\x9f\xbf\xf4\x8f\xbf\xbf\"}",
        "[true,false,null,[],{},[[]],{\"a\":{}}]",
        " \t\r\n [ 1 , \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" ] \n",
        "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\"",
        "-12.5e+10",
        "null",
    };
    SimdjsonOpinion simdjson;
    TextMutator mutator(20261123);
    int accepted = 0;
    int refused = 0;
    int known = 0;
    for (int i = 0; i < 300'000; ++i) {
        // The two long lines less often than the rest, which has more to say a byte.
        const std::size_t pick = mutator.below(40);
        const std::string text =
            mutator.damaged(seeds[pick < 2 ? pick : pick % (seeds.size() - 2) + 2]);
        const bool ours = bySkipping(text).accepted;
        if (byEntering(text).accepted != ours)
            QFAIL(("skipping and entering differ: " + text).c_str());
        const bool theirs = simdjson.accepts(text);
        accepted += ours;
        refused += !ours;
        if (ours == theirs)
            continue;
        QVERIFY2(ours, ("only simdjson takes it: " + text).c_str());
        ++known;
        const std::string plain = withoutKnownDifferences(text);
        QVERIFY2(plain != text && simdjson.accepts(plain),
                 ("only JsonCursor takes it: " + text).c_str());
    }
    qInfo("%d accepted, %d refused, %d known differences", accepted, refused, known);
    // The damage is neither too small nor too large to find something.
    QVERIFY(accepted > 50'000);
    QVERIFY(refused > 50'000);
    QVERIFY(known > 1'000);
}

QTEST_APPLESS_MAIN(TstJsonCursor)
#include "tst_jsoncursor.moc"
