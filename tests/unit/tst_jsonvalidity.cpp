#include "common/jsoncursor.h"

#include "unit/jsonverdict.h"
#include "unit/samples.h"
#include "unit/simdjsonopinion.h"
#include "unit/text.h"
#include "unit/textmutator.h"

#include <QTest>

#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

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

// Which texts JsonCursor takes for JSON, and where the others go wrong.
class TstJsonValidity final : public QObject
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
    void longTextThatIsNotAscii();
    void agreesWithSimdjson();
};

void TstJsonValidity::accepts_data()
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

void TstJsonValidity::accepts()
{
    QFETCH(QByteArray, text);
    const Verdict skipped = bySkipping(toView(text));
    QVERIFY2(skipped.accepted, std::to_string(skipped.offset).c_str());
    QCOMPARE(toBytes(skipped.span), text.trimmed());
    const Verdict entered = byEntering(toView(text));
    QVERIFY2(entered.accepted, std::to_string(entered.offset).c_str());
}

// A value that is wrong is reported at its first byte, a byte that is wrong at its own place.
void TstJsonValidity::refuses_data()
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

void TstJsonValidity::refuses()
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

void TstJsonValidity::refusesEveryTruncation()
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

void TstJsonValidity::depth_data()
{
    QTest::addColumn<bool>("mixed");
    QTest::newRow("arrays") << false;
    QTest::newRow("arrays and objects") << true;
}

void TstJsonValidity::depth()
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

void TstJsonValidity::depthIsGivenBack()
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

void TstJsonValidity::longTextThatIsNotAscii()
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

void TstJsonValidity::agreesWithSimdjson()
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

QTEST_APPLESS_MAIN(TstJsonValidity)
#include "tst_jsonvalidity.moc"
