#include "common/jsoncursor.h"

#include "unit/jsonverdict.h"
#include "unit/text.h"

#include <QTest>

#include <array>
#include <numeric>
#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

// The way through a text: what is entered, read and passed over, and what an error leaves.
class TstJsonCursor final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stringsOfEveryLength();
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
};

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

QTEST_APPLESS_MAIN(TstJsonCursor)
#include "tst_jsoncursor.moc"
