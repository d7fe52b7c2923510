#include "common/jsoncursor.h"

#include <QTest>

#include <array>
#include <random>
#include <string>

using namespace Weave;

namespace {

using Wanted = std::array<JsonMember, 2>;

Wanted idAndName()
{
    return {JsonMember{"id"}, JsonMember{"name"}};
}

// What findMembers() is to find, by the slower way.
bool findOneByOne(JsonCursor &cursor, Wanted &wanted)
{
    if (!cursor.enterObject())
        return false;
    JsonString key;
    while (cursor.nextMember(key)) {
        JsonMember *found = nullptr;
        for (JsonMember &member : wanted) {
            if (key.equals(member.key))
                found = &member;
        }
        JsonString string;
        std::string_view ignored;
        const bool isString = cursor.peek() == '"';
        if (!(isString ? cursor.readString(string) : cursor.skipValue(ignored)))
            return false;
        if (found) {
            found->isPresent = true;
            found->string = string;
        }
    }
    return !cursor.failed();
}

class Generator
{
public:
    explicit Generator(unsigned seed)
        : m_random(seed)
    {
    }

    std::string object(int members, int depth)
    {
        std::string text = "{";
        for (int i = 0; i < members; ++i) {
            text += (i == 0 ? "" : ",") + space() + key() + space() + ":" + space() + value(depth)
                + space();
        }
        return text + "}";
    }

    int below(int bound) { return static_cast<int>(m_random() % static_cast<unsigned>(bound)); }

private:
    std::string space() { return std::string(below(4) == 0 ? below(90) : 0, ' '); }
    std::string key()
    {
        static const std::array<std::string, 8> Keys{"id",  "name",   "i\\u0064",    "",
                                                     "ids", "\\\"id", "nam\\u0065x", "id\\\\"};
        return '"' + (below(3) > 0 ? 'k' + std::to_string(below(1000)) : Keys.at(below(8))) + '"';
    }
    std::string value(int depth)
    {
        switch (below(depth > 0 ? 6 : 4)) {
        case 0:
            return std::to_string(below(100000));
        case 1:
            return below(2) == 0 ? "null" : "true";
        case 2:
            return '"' + std::string(below(200), 'x') + "\\n\"";
        case 3:
            return "\"v\" ";
        case 4:
            return object(below(4), depth - 1);
        default:
            return "[" + value(depth - 1) + "," + object(1, depth - 1) + "]";
        }
    }

    std::mt19937 m_random;
};

} // namespace

class JsonMembersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void finds_data();
    void finds();
    void namesAreComparedDecoded();
    void agreesWithOneByOne();
    void failsWhereSkippingFails();
};

void JsonMembersTest::finds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isPresent");
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("none") << QByteArray("{}") << false << QByteArray();
    QTest::newRow("alone") << QByteArray(R"({"id":"a"})") << true << QByteArray("a");
    QTest::newRow("spaces") << QByteArray("{ \"id\" :\n\"a\" }") << true << QByteArray("a");
    QTest::newRow("twice") << QByteArray(R"({"id":"a","id":"b"})") << true << QByteArray("b");
    QTest::newRow("a number at last") << QByteArray(R"({"id":"a","id":1})") << true << QByteArray();
    QTest::newRow("empty") << QByteArray(R"({"id":""})") << true << QByteArray();
    QTest::newRow("deeper") << QByteArray(R"({"x":{"id":"a"},"y":[{"id":"b"}]})") << false
                            << QByteArray();
    QTest::newRow("behind deeper ones")
        << QByteArray(R"({"x":{"id":"a"},"y":[{"id":"b"}],"id":"c"})") << true << QByteArray("c");
    QTest::newRow("escaped key") << QByteArray(R"({"\u0069d":"a"})") << true << QByteArray("a");
    QTest::newRow("as a value") << QByteArray(R"({"x":"id","y":"id"})") << false << QByteArray();
    QTest::newRow("longer") << QByteArray(R"({"ids":"a","i":"b"})") << false << QByteArray();
}

void JsonMembersTest::finds()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isPresent);
    QFETCH(const QByteArray, id);
    JsonCursor cursor({text.constData(), static_cast<std::size_t>(text.size())});
    Wanted wanted = idAndName();
    QVERIFY(cursor.findMembers(wanted));
    QVERIFY(cursor.finish());
    QCOMPARE(wanted[0].isPresent, isPresent);
    QCOMPARE(wanted[0].string.inside, std::string_view(id.constData(), id.size()));
    QVERIFY(!wanted[1].isPresent);
}

// Every key of up to three of these pieces by every name of up to three letters.
void JsonMembersTest::namesAreComparedDecoded()
{
    static constexpr std::array<const char *, 6> Pieces{"", "a", "b", "\\u0061", "\\\\", "\\\""};
    static constexpr std::array<const char *, 3> Letters{"", "a", "b"};
    std::size_t same = 0;
    for (int k = 0; k < 6 * 6 * 6; ++k) {
        const std::string inside =
            std::string(Pieces.at(k % 6)) + Pieces.at(k / 6 % 6) + Pieces.at(k / 36);
        const std::string text = "{\"" + inside + "\":\"x\"}";
        const JsonString key{inside};
        QVERIFY(key.equals(key.decoded()));
        QVERIFY(!key.equals(key.decoded() + "a"));
        for (int n = 1; n < 3 * 3 * 3; ++n) {
            const std::string name =
                std::string(Letters.at(n % 3)) + Letters.at(n / 3 % 3) + Letters.at(n / 9);
            std::array wanted{JsonMember{name}};
            JsonCursor cursor(text);
            QVERIFY2(cursor.findMembers(wanted), text.c_str());
            const bool isExpected = key.decoded() == name;
            QVERIFY2(wanted[0].isPresent == isExpected, (text + " by " + name).c_str());
            QVERIFY2(key.equals(name) == isExpected, (text + " by " + name).c_str());
            same += isExpected ? 1 : 0;
        }
    }
    QCOMPARE_GT(same, 100U);
}

void JsonMembersTest::agreesWithOneByOne()
{
    for (unsigned seed = 0; seed < 3000; ++seed) {
        Generator generator(seed);
        const std::string text = generator.object(generator.below(seed % 50 == 0 ? 2000 : 40), 3);
        JsonCursor cursor(text);
        JsonCursor reference(text);
        Wanted found = idAndName();
        Wanted expected = idAndName();
        QVERIFY2(findOneByOne(reference, expected), reference.errorText());
        QVERIFY2(cursor.findMembers(found), cursor.errorText());
        QCOMPARE(cursor.position(), reference.position());
        for (std::size_t i = 0; i < found.size(); ++i) {
            QCOMPARE(found[i].isPresent, expected[i].isPresent);
            QCOMPARE(found[i].string.inside.data() - text.data(),
                     expected[i].string.inside.data() - text.data());
            QCOMPARE(found[i].string.inside.size(), expected[i].string.inside.size());
        }
    }
}

void JsonMembersTest::failsWhereSkippingFails()
{
    for (unsigned seed = 0; seed < 3000; ++seed) {
        Generator generator(seed);
        std::string text = generator.object(1 + generator.below(30), 2);
        text.resize(static_cast<std::size_t>(generator.below(static_cast<int>(text.size()))));
        if (!text.empty() && generator.below(2) == 0)
            text[text.size() / 2] = "\"{}[]:,x\\\x01"[generator.below(10)];
        JsonCursor cursor(text);
        JsonCursor reference(text);
        Wanted wanted = idAndName();
        std::string_view ignored;
        const bool isFound = cursor.peek() == '{' && cursor.findMembers(wanted);
        const bool isSkipped = reference.peek() == '{' && reference.skipValue(ignored);
        QCOMPARE(isFound, isSkipped);
        QCOMPARE(cursor.errorText(), reference.errorText());
        QCOMPARE(cursor.errorOffset(), reference.errorOffset());
    }
}

QTEST_APPLESS_MAIN(JsonMembersTest)
#include "tst_jsonmembers.moc"
