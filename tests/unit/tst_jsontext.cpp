#include "common/jsontext.h"

#include "unit/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <array>
#include <cstdint>
#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

std::size_t sequenceLength(std::string_view text)
{
    return utf8SequenceLength(text.data(), text.data() + text.size());
}

std::string encode(std::uint32_t point)
{
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (point < 0x80)
        return {byte(point)};
    if (point < 0x800)
        return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
    if (point < 0x10000) {
        return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)),
                byte(0x80 | (point & 0x3F))};
    }
    return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)),
            byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
}

// Another way to the same answer: take the bits out as the lead byte promises, then see whether
// the number is a character and whether these bytes are the one way to write it.
std::size_t naiveSequenceLength(std::string_view text)
{
    const auto lead = static_cast<unsigned char>(text.empty() ? '\xff' : text.front());
    std::size_t length = 1;
    std::uint32_t point = lead;
    if (lead >= 0xF0) {
        length = 4;
        point = lead & 0x07U;
    } else if (lead >= 0xE0) {
        length = 3;
        point = lead & 0x0FU;
    } else if (lead >= 0x80) {
        length = 2;
        point = lead & 0x1FU;
    }
    if (text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
    const bool isCharacter = point < 0x110000 && (point < 0xD800 || point >= 0xE000);
    return isCharacter && encode(point) == text.substr(0, length) ? length : 0;
}

QByteArray written(const QByteArray &text)
{
    std::string out = "x"; // it appends
    appendJsonString(out, toView(text));
    return toBytes(out);
}

} // namespace

class TstJsonText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCharacterIsASequence();
    void sequencesAtTheEdges();
    void truncatedSequences();
    void writes_data();
    void writes();
    void everyWrittenStringReadsBack();
    void badBytesStillGiveJson();
    void decodes_data();
    void decodes();
    void differentLoneSurrogatesStayDifferent();
    void decodesEveryEscapedCharacter();
};

void TstJsonText::everyCharacterIsASequence()
{
    for (std::uint32_t point = 0; point < 0x110000; ++point) {
        const std::string text = encode(point) + "x";
        const bool isSurrogate = point >= 0xD800 && point < 0xE000;
        if (sequenceLength(text) != (isSurrogate ? 0 : text.size() - 1))
            QFAIL(QByteArray::number(point, 16).constData());
    }
}

// Every lead byte with the bytes at which any rule changes its mind.
void TstJsonText::sequencesAtTheEdges()
{
    constexpr std::array<unsigned char, 16> Edges{0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F,
                                                  0xA0, 0xA1, 0xBE, 0xBF, 0xC0, 0xC2, 0xF0, 0xFF};
    int valid = 0;
    for (unsigned lead = 0; lead < 256; ++lead) {
        for (const unsigned char second : Edges) {
            for (const unsigned char third : Edges) {
                for (const unsigned char fourth : Edges) {
                    const std::string text{static_cast<char>(lead), static_cast<char>(second),
                                           static_cast<char>(third), static_cast<char>(fourth)};
                    const std::size_t length = sequenceLength(text);
                    valid += length > 1;
                    if (length != naiveSequenceLength(text))
                        QFAIL(toBytes(text).toHex(' ').constData());
                }
            }
        }
    }
    QVERIFY(valid > 0);
}

void TstJsonText::truncatedSequences()
{
    QCOMPARE(sequenceLength(""), std::size_t{0});
    for (const std::uint32_t point : {0xE9U, 0x20ACU, 0x1F600U}) {
        const std::string whole = encode(point);
        QCOMPARE(sequenceLength(whole), whole.size());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            // The rest is there, behind the end.
            QCOMPARE(utf8SequenceLength(whole.data(), whole.data() + length), std::size_t{0});
        }
    }
}

void TstJsonText::writes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("json");

    QTest::newRow("empty") << ""_ba
                           << R"(x"")"_ba;
    QTest::newRow("plain") << "a/b <&> 'c'"_ba
                           << R"(x"a/b <&> 'c'")"_ba;
    QTest::newRow("quote") << R"(")"_ba
                           << R"(x"\"")"_ba;
    QTest::newRow("backslash") << R"(\)"_ba
                               << R"(x"\\")"_ba;
    QTest::newRow("newline") << "a\nb"_ba
                             << R"(x"a\u000ab")"_ba;
    QTest::newRow("NUL") << "\0"_ba
                         << R"(x"\u0000")"_ba;
    QTest::newRow("the last control character") << "\x1f"_ba
                                                << R"(x"\u001f")"_ba;
    QTest::newRow("a blank is none") << "\x20"_ba
                                     << R"(x" ")"_ba;
    QTest::newRow("DEL is none") << "\x7f"_ba
                                 << "x\"\x7f\""_ba;
    QTest::newRow("two bytes") << "\xc3\xa9"_ba
                               << "x\"\xc3\xa9\""_ba;
    QTest::newRow("three bytes") << "\xe2\x82\xac"_ba
                                 << "x\"\xe2\x82\xac\""_ba;
    QTest::newRow("four bytes") << "\xf0\x9f\x98\x80"_ba
                                << "x\"\xf0\x9f\x98\x80\""_ba;
    QTest::newRow("a stray byte") << "a\xffz"_ba
                                  << "x\"a\xef\xbf\xbdz\""_ba;
    QTest::newRow("two stray bytes") << "\x80\xbf"_ba
                                     << "x\"\xef\xbf\xbd\xef\xbf\xbd\""_ba;
    QTest::newRow("cut off") << "a\xe2\x82"_ba
                             << "x\"a\xef\xbf\xbd\xef\xbf\xbd\""_ba;
    QTest::newRow("cut off before a quote") << "\xc3\""_ba
                                            << "x\"\xef\xbf\xbd\\\"\""_ba;
    QTest::newRow("overlong") << "\xc0\xaf"_ba
                              << "x\"\xef\xbf\xbd\xef\xbf\xbd\""_ba;
    QTest::newRow("surrogate") << "\xed\xa0\x80"_ba
                               << "x\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""_ba;
}

void TstJsonText::writes()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, json);
    QCOMPARE(written(text), json);
}

void TstJsonText::everyWrittenStringReadsBack()
{
    QString text;
    for (char32_t point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 97) {
        if (point < 0xD800 || point >= 0xE000)
            text += QString::fromUcs4(&point, 1);
    }
    std::string json;
    appendJsonString(json, toView(text.toUtf8()));
    const auto document = QJsonDocument::fromJson("[" + toBytes(json) + "]");
    QCOMPARE(document.array().size(), 1);
    QCOMPARE(document.array().first().toString(), text);
    QByteArray decoded;
    {
        std::string out;
        appendDecodedJsonString(out, std::string_view(json).substr(1, json.size() - 2));
        decoded = toBytes(out);
    }
    QCOMPARE(decoded, text.toUtf8());
}

void TstJsonText::badBytesStillGiveJson()
{
    std::mt19937 random(1);
    for (int i = 0; i < 2'000; ++i) {
        std::string text(random() % 20, ' ');
        for (char &c : text)
            c = static_cast<char>(random() % 4 == 0 ? random() : random() % 0x60 + 0x80);
        std::string json = "[";
        appendJsonString(json, text);
        json += ']';
        const auto document = QJsonDocument::fromJson(toBytes(json));
        QVERIFY2(document.isArray(), toBytes(text).toHex(' ').constData());
        QCOMPARE(document.array().size(), 1);
    }
}

void TstJsonText::decodes_data()
{
    QTest::addColumn<QByteArray>("inside");
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("empty") << ""_ba
                           << ""_ba;
    QTest::newRow("no escape") << "plain \xc3\xa9"_ba
                               << "plain \xc3\xa9"_ba;
    QTest::newRow("every short escape") << R"(\"\\\/\b\f\n\r\t)"_ba
                                        << "\"\\/\b\f\n\r\t"_ba;
    QTest::newRow("text around an escape") << R"(a\nb)"_ba
                                           << "a\nb"_ba;
    QTest::newRow("an escaped backslash before u") << R"(\\u0041)"_ba
                                                   << R"(\u0041)"_ba;
    QTest::newRow("ASCII by number") << R"(m\u0065thod)"_ba
                                     << "method"_ba;
    QTest::newRow("upper and lower case digits") << R"(\u00e9\u00E9)"_ba
                                                 << "\xc3\xa9\xc3\xa9"_ba;
    QTest::newRow("NUL") << R"(a\u0000b)"_ba
                         << "a\0b"_ba;
    QTest::newRow("the last of one byte") << R"(\u007f)"_ba
                                          << "\x7f"_ba;
    QTest::newRow("the first of two bytes") << R"(\u0080)"_ba
                                            << "\xc2\x80"_ba;
    QTest::newRow("the last of two bytes") << R"(\u07ff)"_ba
                                           << "\xdf\xbf"_ba;
    QTest::newRow("the first of three bytes") << R"(\u0800)"_ba
                                              << "\xe0\xa0\x80"_ba;
    QTest::newRow("the last of three bytes") << R"(\uffff)"_ba
                                             << "\xef\xbf\xbf"_ba;
    QTest::newRow("the first pair") << R"(\ud800\udc00)"_ba
                                    << "\xf0\x90\x80\x80"_ba;
    QTest::newRow("the last pair") << R"(\uDBFF\uDFFF)"_ba
                                   << "\xf4\x8f\xbf\xbf"_ba;
    QTest::newRow("text behind a pair") << R"(\ud83d\ude00!)"_ba
                                        << "\xf0\x9f\x98\x80!"_ba;
    QTest::newRow("high alone at the end") << R"(a\ud800)"_ba
                                           << "a\xed\xa0\x80"_ba;
    QTest::newRow("high before text") << R"(\ud800abcdef)"_ba
                                      << "\xed\xa0\x80"_ba + "abcdef";
    QTest::newRow("high before another escape") << R"(\ud800\n12345)"_ba
                                                << "\xed\xa0\x80\n12345"_ba;
    QTest::newRow("high before no surrogate") << R"(\ud800\u0041)"_ba
                                              << "\xed\xa0\x80"
                                                 "A"_ba;
    QTest::newRow("high before text that looks like one") << R"(\ud800xudc00)"_ba
                                                          << "\xed\xa0\x80"_ba + "xudc00";
    QTest::newRow("high before what lies behind the surrogates") << R"(\ud800\ue000)"_ba
                                                                 << "\xed\xa0\x80\xee\x80\x80"_ba;
    QTest::newRow("low before low") << R"(\udc00\udc00)"_ba
                                    << "\xed\xb0\x80\xed\xb0\x80"_ba;
    QTest::newRow("high before a pair") << R"(\ud800\ud83d\ude00)"_ba
                                        << "\xed\xa0\x80\xf0\x9f\x98\x80"_ba;
    QTest::newRow("low alone") << R"(\udfff)"_ba
                               << "\xed\xbf\xbf"_ba;
    QTest::newRow("the wrong way round") << R"(\udc00\ud800)"_ba
                                         << "\xed\xb0\x80\xed\xa0\x80"_ba;
    QTest::newRow("before the surrogates") << R"(\ud7ff\udc00)"_ba
                                           << "\xed\x9f\xbf\xed\xb0\x80"_ba;
    QTest::newRow("behind the surrogates") << R"(\ue000)"_ba
                                           << "\xee\x80\x80"_ba;
}

void TstJsonText::decodes()
{
    QFETCH(QByteArray, inside);
    QFETCH(QByteArray, text);
    std::string out = "x";
    appendDecodedJsonString(out, toView(inside));
    QCOMPARE(toBytes(out), "x" + text);
}

void TstJsonText::differentLoneSurrogatesStayDifferent()
{
    std::string first;
    std::string second;
    appendDecodedJsonString(first, R"(call-\ud800)");
    appendDecodedJsonString(second, R"(call-\ud801)");
    QVERIFY(first != second);
}

void TstJsonText::decodesEveryEscapedCharacter()
{
    for (std::uint32_t point = 0; point < 0x110000; point += point < 0x3000 ? 1 : 13) {
        const auto escape = [](std::uint32_t unit) {
            return "\\u" + QByteArray::number(unit, 16).rightJustified(4, '0').toStdString();
        };
        const std::string inside = point < 0x10000
            ? escape(point)
            : escape(0xD7C0 + (point >> 10U)) + escape(0xDC00 + (point & 0x3FFU));
        std::string out;
        appendDecodedJsonString(out, inside);
        if (out != encode(point))
            QFAIL(inside.c_str());
    }
}

QTEST_APPLESS_MAIN(TstJsonText)
#include "tst_jsontext.moc"
