#include "common/jsontext.h"

#include "unit/jsonverdict.h"
#include "unit/text.h"

#include <QTest>

#include <array>
#include <random>
#include <string>
#include <string_view>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// More than two of the blocks that a string is looked at in.
constexpr std::size_t MostBefore = 140;

// Text of so many bytes, as far as possible of the given character.
std::string textOf(std::string_view character, std::size_t size)
{
    std::string text(size % character.size(), 'x');
    while (text.size() < size)
        text += character;
    return text;
}

// Where the first byte is that is not UTF-8.
std::size_t firstBadPlace(std::string_view text)
{
    const char *place = text.data();
    const char *const end = text.data() + text.size();
    while (place != end) {
        const std::size_t length =
            static_cast<signed char>(*place) >= 0 ? 1 : utf8SequenceLength(place, end);
        if (length == 0)
            break;
        place += length;
    }
    return static_cast<std::size_t>(place - text.data());
}

} // namespace

// What may be in strings, at every place of the blocks that they are looked at in.
class TstJsonStrings final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pieces_data();
    void pieces();
    void everyPairOfBytes();
    void randomText();
};

void TstJsonStrings::pieces_data()
{
    QTest::addColumn<QByteArray>("piece");
    QTest::addColumn<int>("badAt"); // -1: it is good
    const auto row = [](const char *name, const QByteArray &piece, int badAt = -1) {
        QTest::newRow(name) << piece << badAt;
    };
    row("first of two bytes", "\xc2\x80"_ba);
    row("last of two bytes", "\xdf\xbf"_ba);
    row("first of three bytes", "\xe0\xa0\x80"_ba);
    row("before the surrogates", "\xed\x9f\xbf"_ba);
    row("behind the surrogates", "\xee\x80\x80"_ba);
    row("last of three bytes", "\xef\xbf\xbf"_ba);
    row("first of four bytes", "\xf0\x90\x80\x80"_ba);
    row("last of four bytes", "\xf4\x8f\xbf\xbf"_ba);
    row("a byte that goes on", "\x80"_ba, 0);
    row("one more that goes on", "\xbf\xbf"_ba, 0);
    row("two bytes for one", "\xc1\xbf"_ba, 0);
    row("three bytes for two", "\xe0\x9f\xbf"_ba, 0);
    row("first surrogate", "\xed\xa0\x80"_ba, 0);
    row("last surrogate", "\xed\xbf\xbf"_ba, 0);
    row("four bytes for three", "\xf0\x8f\xbf\xbf"_ba, 0);
    row("beyond Unicode", "\xf4\x90\x80\x80"_ba, 0);
    row("far beyond", "\xf5\x80\x80\x80"_ba, 0);
    row("five bytes", "\xf8\x88\x80\x80\x80"_ba, 0);
    row("no byte of UTF-8", "\xff"_ba, 0);
    row("one of two bytes", "\xc3"_ba, 0);
    row("one of three bytes", "\xe2"_ba, 0);
    row("two of three bytes", "\xe2\x82"_ba, 0);
    row("one of four bytes", "\xf0"_ba, 0);
    row("three of four bytes", "\xf0\x9f\x98"_ba, 0);
    row("three for two bytes", "\xc3\xa9\xa9"_ba, 2);
    row("four for three bytes", "\xe2\x82\xac\xac"_ba, 3);
    row("five for four bytes", "\xf0\x9f\x98\x80\x80"_ba, 4);
    row("a control character", "\x1f"_ba, 0);
    row("simple escapes", R"(\"\\\/\b\f\n\r\t)");
    row("escaped characters", R"(\u0000\u09aF\uDEad\uffff)");
    row("an escaped backslash", R"(\\u12)");
    row("no escape", R"(\x)", 0);
    row("an escape beyond ASCII", "\\\xc3\xa9"_ba, 0);
    row("an escape with the upper bit", "\\\xee"_ba, 0); // an n otherwise
    row("a wrong first digit", R"(\ug000)", 0);
    row("a wrong second digit", R"(\u0G00)", 0);
    row("a wrong third digit", R"(\u00/0)", 0);
    row("a wrong last digit", R"(\u000:)", 0);
    row("too few digits", R"(\u123 )", 0);
    row("a capital u", R"(\U0041)", 0);
}

void TstJsonStrings::pieces()
{
    QFETCH(QByteArray, piece);
    QFETCH(int, badAt);
    for (const std::string_view around :
         {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", R"(\u20ac)"}) {
        for (std::size_t before = 0; before <= MostBefore; ++before) {
            const std::string text = '"' + textOf(around, before) + piece.toStdString()
                + textOf(around, MostBefore - before) + '"';
            const Verdict verdict = bySkipping(text);
            QVERIFY2(verdict.accepted == (badAt < 0), text.c_str());
            if (badAt >= 0)
                QCOMPARE(verdict.offset, 1 + before + static_cast<std::size_t>(badAt));
        }
    }
}

void TstJsonStrings::everyPairOfBytes()
{
    std::string text = '"' + textOf("\xe2\x82\xac", MostBefore) + '"';
    const std::string whole = text;
    for (int first = 0x80; first < 0x100; ++first) {
        for (int second = 0x20; second < 0x100; ++second) {
            if (second == '"' || second == '\\')
                continue;
            text = whole;
            text.replace(70, 2, {static_cast<char>(first), static_cast<char>(second)});
            const std::size_t bad = firstBadPlace(text);
            const Verdict verdict = bySkipping(text);
            QCOMPARE(verdict.accepted, bad == text.size());
            if (!verdict.accepted)
                QCOMPARE(verdict.offset, bad);
        }
    }
}

void TstJsonStrings::randomText()
{
    constexpr std::array<std::string_view, 6> Characters{
        "a",
        "text of a plain kind, longer than a block when it comes twice",
        "\xc3\xa9",
        "\xe4\xb8\x96",
        "\xf0\x9f\x98\x80",
        "\xed\x9f\xbf"};
    std::mt19937 random(7);
    const auto below = [&random](std::size_t limit) { return random() % limit; };
    int good = 0;
    int bad = 0;
    for (int i = 0; i < 30'000; ++i) {
        std::string inside;
        for (std::size_t left = below(120); left != 0; --left)
            inside += Characters[below(Characters.size())];
        for (std::size_t damages = below(3); damages != 0 && !inside.empty(); --damages)
            inside[below(inside.size())] = static_cast<char>(0x80U | below(0x80));
        const std::size_t place = firstBadPlace(inside);
        const Verdict verdict = bySkipping('"' + inside + '"');
        QCOMPARE(verdict.accepted, place == inside.size());
        if (!verdict.accepted)
            QCOMPARE(verdict.offset, 1 + place);
        good += verdict.accepted;
        bad += !verdict.accepted;
    }
    QVERIFY(good > 5'000);
    QVERIFY(bad > 5'000);
}

QTEST_APPLESS_MAIN(TstJsonStrings)
#include "tst_jsonstrings.moc"
