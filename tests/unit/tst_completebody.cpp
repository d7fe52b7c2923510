#include "batching/completebody.h"

#include "batching/calltext.h"
#include "batching/upsertbody.h"
#include "common/jsoncursor.h"
#include "spool/memoryspool.h"
#include "unit/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <array>
#include <map>
#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

struct Calls
{
    MemorySpool spool{1000000, 10000};
    std::vector<RecordRef> records;

    void add(CallKind kind, std::string_view payload)
    {
        records.push_back(*spool.append({kind, "acme/bot", "id", payload}));
    }

    // Of a start and its end, the inside of their objects.
    void addPair(std::string_view start, std::string_view end)
    {
        add(CallKind::Start, R"({"start":{)" + std::string(start) + "}}");
        add(CallKind::End, R"({"end":{)" + std::string(end) + "}}");
    }

    [[nodiscard]] RequestBody body() const { return completeBody(records, spool); }

    // As pairing would have seen them.
    [[nodiscard]] std::vector<MembersPlace> places() const
    {
        std::vector<MembersPlace> places;
        CallText text;
        for (const RecordRef &record : records) {
            const std::string_view payload = spool.payload(record);
            readCallText(record.kind, payload, text);
            places.push_back(text.membersPlace(payload));
        }
        return places;
    }
};

QByteArray textOf(RequestBody body, std::size_t pieceSize = 4096)
{
    QByteArray text;
    QByteArray piece(static_cast<qsizetype>(pieceSize), '#');
    while (const std::size_t length = body.read(piece.data(), pieceSize))
        text += piece.first(static_cast<qsizetype>(length));
    return text;
}

Calls mixedCalls()
{
    Calls calls;
    calls.addPair(R"("id":"1","old":0,"inputs":{"b":1.0,"a":[ ]},"x":{},"op_name":"f")",
                  R"("id":"1","output":-0.0,"is_eval":null,"summary":{})");
    calls.add(CallKind::Start, "{ \"start\" : { \"id\" : \"\\u0032\" , \"trace_id\":\"t\" } }");
    calls.add(CallKind::End, "{ \"end\" : { \"id\" : \"2\" , \"ended_at\" :\t\"now\" } }");
    return calls;
}

const QByteArray MixedText =
    R"({"batch":[{"id":"1","inputs":{"b":1.0,"a":[ ]},"op_name":"f","output":-0.0,"summary":{}},)"
    R"({"id" : "\u0032" , "trace_id":"t","ended_at" :)"
    "\t\"now\"}]}";

constexpr std::array StartFields{"project_id",   "id",         "trace_id",   "op_name",
                                 "display_name", "parent_id",  "thread_id",  "turn_id",
                                 "started_at",   "attributes", "inputs",     "otel_dump",
                                 "wb_user_id",   "wb_run_id",  "wb_run_step"};
constexpr std::array EndFields{"ended_at", "exception", "output", "summary", "wb_run_step_end"};
constexpr std::array UnknownFields{"is_eval", "start", "end", "mode", "ids", "Output", "", "\\n"};

// What a reader that builds values would change or lose.
constexpr std::array Values{"1.0",
                            "-0.0",
                            "1.50E+7",
                            "12345678901234567890123",
                            "0.1000000000000000055511151231257827",
                            R"("\ud800")",
                            R"("\u0041\/")",
                            R"("}],\"id\":{")",
                            "\"\xc3\xa4\xf0\x9f\x99\x8f\"",
                            R"({"z":1,"a":{"c":[],"b":{}},"a":2})",
                            "[ 1 , {\"id\": null} ]",
                            "null",
                            "true",
                            R"("")"};

using Fields = std::map<std::string, std::string>; // the text of a value by its name

// Objects with members in any order, and what should be left of them in a complete call.
class RandomCalls
{
public:
    explicit RandomCalls(unsigned seed)
        : m_random(seed)
    {
    }

    [[nodiscard]] std::size_t below(std::size_t limit) { return m_random() % limit; }

    std::string object(std::span<const char *const> wanted, std::span<const char *const> unwanted,
                       Fields &expected)
    {
        std::vector<std::string> members;
        for (const char *name : wanted) {
            if (below(2) == 0)
                continue;
            const std::string value = Values[below(Values.size())];
            expected[name] = value;
            members.push_back(member(name, value));
        }
        for (const char *name : unwanted) {
            if (below(4) == 0)
                members.push_back(member(name, Values[below(Values.size())]));
        }
        std::shuffle(members.begin(), members.end(), m_random);
        std::string text = "{" + space();
        for (const std::string &part : members)
            text += (&part == &members.front() ? "" : ",") + part;
        return text + "}";
    }

    std::string space() { return std::string(below(3) / 2, ' '); }

private:
    std::string member(std::string_view name, const std::string &value)
    {
        std::string key(name);
        if (!key.empty() && key.front() == 'i' && below(2) == 0)
            key.replace(0, 1, R"(\u0069)");
        return space() + '"' + key + '"' + space() + ':' + space() + value + space();
    }

    std::mt19937 m_random;
};

struct RandomBatch
{
    Calls calls;
    std::vector<Fields> expected;

    explicit RandomBatch(unsigned seed)
    {
        RandomCalls random(seed);
        std::vector<const char *> unwantedInStart(UnknownFields.begin(), UnknownFields.end());
        unwantedInStart.insert(unwantedInStart.end(), EndFields.begin(), EndFields.end());
        std::vector<const char *> unwantedInEnd(UnknownFields.begin(), UnknownFields.end());
        unwantedInEnd.insert(unwantedInEnd.end(), StartFields.begin(), StartFields.end());
        for (std::size_t count = 1 + random.below(5); count != 0; --count) {
            Fields &fields = expected.emplace_back();
            calls.add(CallKind::Start,
                      R"({"start":)" + random.object(StartFields, unwantedInStart, fields)
                          + random.space() + "}");
            calls.add(CallKind::End,
                      R"({"end":)" + random.object(EndFields, unwantedInEnd, fields)
                          + random.space() + "}");
        }
    }
};

// The members of every call of a body; none when it is no such body.
std::vector<Fields> callsOf(const QByteArray &body)
{
    std::vector<Fields> calls;
    JsonCursor cursor(toView(body));
    JsonString key;
    cursor.enterObject();
    cursor.nextMember(key);
    cursor.enterArray();
    while (cursor.nextElement()) {
        Fields &fields = calls.emplace_back();
        cursor.enterObject();
        while (cursor.nextMember(key)) {
            std::string_view value;
            cursor.skipValue(value);
            fields[key.decoded()] += value; // so that a name that stands twice shows
        }
    }
    if (cursor.nextMember(key) || !cursor.finish())
        return {};
    return calls;
}

} // namespace

class TstCompleteBody final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noCalls();
    void onePair_data();
    void onePair();
    void severalPairs();
    void partOfABatch();
    void readsInPiecesOfEverySize();
    void seeksToEveryPosition();
    void borrowsFromTheSpool();
    void hasWhatTheClientsSent_data();
    void hasWhatTheClientsSent();
    void knownPlacesMakeTheSameBody_data();
    void knownPlacesMakeTheSameBody();
    void placesAreUsed();
    void placesOfOtherRecordsAreNotUsed();
    void isJson_data();
    void isJson();
    void sizesAreEnough_data();
    void sizesAreEnough();
    void sizeOfTheSmallestPair();
    void startIsThePayload();
    void endGetsTheStartedAt_data();
    void endGetsTheStartedAt();
    void endReadsInPiecesOfEverySize();
};

void TstCompleteBody::noCalls()
{
    const Calls calls;
    QCOMPARE(textOf(calls.body()), R"({"batch":[]})"_ba);
    QCOMPARE(calls.body().size(), std::size_t{12});
}

void TstCompleteBody::onePair_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<QByteArray>("end");
    QTest::addColumn<QByteArray>("call");
    QTest::newRow("both") << R"("id":"1","inputs":{})"_ba
                          << R"("id":"1","output":2)"_ba
                          << R"({"id":"1","inputs":{},"output":2})"_ba;
    QTest::newRow("only the start") << R"("id":"1")"_ba
                                    << R"("id":"1")"_ba
                                    << R"({"id":"1"})"_ba;
    QTest::newRow("only the end") << R"("a":1)"_ba
                                  << R"("output":2)"_ba
                                  << R"({"output":2})"_ba;
    QTest::newRow("neither") << R"("a":1)"_ba
                             << ""_ba
                             << "{}"_ba;
    QTest::newRow("pieces") << R"("id":"1","a":0,"op_name":"f")"_ba
                            << R"("output":2,"a":0,"summary":{})"_ba
                            << R"({"id":"1","op_name":"f","output":2,"summary":{}})"_ba;
    QTest::newRow("each half has the other's fields")
        << R"("id":"1","output":0,"ended_at":0)"_ba
        << R"("started_at":0,"trace_id":0,"output":2)"_ba
        << R"({"id":"1","output":2})"_ba;
    QTest::newRow("bytes stay")
        << R"("id":"\u0031","inputs":{ "b":1.0, "a":12345678901234567890123})"_ba
        << R"("output":-0.0,"exception":"\ud800")"_ba
        << R"({"id":"\u0031","inputs":{ "b":1.0, "a":12345678901234567890123},)"
           R"("output":-0.0,"exception":"\ud800"})"_ba;
}

void TstCompleteBody::onePair()
{
    QFETCH(QByteArray, start);
    QFETCH(QByteArray, end);
    QFETCH(QByteArray, call);
    Calls calls;
    calls.addPair(toView(start), toView(end));
    QCOMPARE(textOf(calls.body()), R"({"batch":[)" + call + "]}");
    QCOMPARE(calls.body().size(), static_cast<std::size_t>(call.size()) + 12);
}

void TstCompleteBody::severalPairs()
{
    const Calls calls = mixedCalls();
    QCOMPARE(textOf(calls.body()), MixedText);
    QCOMPARE(calls.body().size(), static_cast<std::size_t>(MixedText.size()));
}

void TstCompleteBody::partOfABatch()
{
    const Calls calls = mixedCalls();
    const std::span<const RecordRef> records = calls.records;
    QCOMPARE(textOf(completeBody(records.first(2), calls.spool)),
             MixedText.first(MixedText.indexOf(R"(,{"id" )")) + "]}");
}

void TstCompleteBody::readsInPiecesOfEverySize()
{
    const Calls calls = mixedCalls();
    for (std::size_t size = 1; size <= calls.body().size() + 1; ++size)
        QCOMPARE(textOf(calls.body(), size), MixedText);
}

void TstCompleteBody::seeksToEveryPosition()
{
    const Calls calls = mixedCalls();
    for (qsizetype position = 0; position <= MixedText.size(); ++position) {
        RequestBody body = calls.body();
        body.seek(static_cast<std::size_t>(position));
        QCOMPARE(textOf(body, 7), MixedText.sliced(position));
    }
}

void TstCompleteBody::borrowsFromTheSpool()
{
    Calls calls;
    calls.addPair(R"("id":"1")", R"("output":2)");
    const RequestBody body = calls.body();
    const auto isWithin = [&](std::string_view part, const RecordRef &record) {
        const std::string_view payload = calls.spool.payload(record);
        return part.data() >= payload.data()
            && part.data() + part.size() <= payload.data() + payload.size();
    };
    QVERIFY(isWithin(body.items().at(0).payload, calls.records[0]));
    QVERIFY(isWithin(body.items().at(1).payload, calls.records[1]));
}

void TstCompleteBody::hasWhatTheClientsSent_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 200; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TstCompleteBody::hasWhatTheClientsSent()
{
    QFETCH(unsigned, seed);
    const RandomBatch batch(seed);
    QCOMPARE(callsOf(textOf(batch.calls.body())), batch.expected);
}

void TstCompleteBody::knownPlacesMakeTheSameBody_data()
{
    hasWhatTheClientsSent_data();
}

void TstCompleteBody::knownPlacesMakeTheSameBody()
{
    QFETCH(unsigned, seed);
    const Calls calls = std::move(RandomBatch(seed).calls);
    std::vector<MembersPlace> places = calls.places();
    const QByteArray text = textOf(calls.body());
    QCOMPARE(textOf(completeBody(calls.records, calls.spool, places)), text);
    places[seed % places.size()] = {}; // not known
    QCOMPARE(textOf(completeBody(calls.records, calls.spool, places)), text);
}

void TstCompleteBody::placesAreUsed()
{
    Calls calls;
    calls.addPair(R"("id":"1")", R"("output":2)");
    std::vector<MembersPlace> places = calls.places();
    places[1] = {8, 8}; // "output"
    QCOMPARE(textOf(completeBody(calls.records, calls.spool, places)),
             R"({"batch":[{"id":"1","output"}]})"_ba);
}

// Records have been taken out of the batch since.
void TstCompleteBody::placesOfOtherRecordsAreNotUsed()
{
    const Calls calls = mixedCalls();
    const std::vector<MembersPlace> places = calls.places();
    const std::span<const RecordRef> records = calls.records;
    const std::span<const RecordRef> rest = records.subspan(2);
    QCOMPARE(textOf(completeBody(rest, calls.spool, places)),
             textOf(completeBody(rest, calls.spool)));
}

void TstCompleteBody::isJson_data()
{
    hasWhatTheClientsSent_data();
}

// The second opinion, of a reader that is not ours.
void TstCompleteBody::isJson()
{
    QFETCH(unsigned, seed);
    const RandomBatch batch(seed);
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(textOf(batch.calls.body()), &error);
    QCOMPARE(error.errorString(), u"no error occurred"_s);
    const QJsonObject root = document.object();
    QCOMPARE(root.keys(), QStringList{u"batch"_s});
    const QJsonArray calls = root.value("batch"_L1).toArray();
    QCOMPARE(static_cast<std::size_t>(calls.size()), batch.expected.size());
    for (std::size_t i = 0; i < batch.expected.size(); ++i) {
        QStringList names;
        for (const auto &[name, value] : batch.expected[i])
            names += QString::fromStdString(name);
        QCOMPARE(calls.at(static_cast<qsizetype>(i)).toObject().keys(), names);
    }
}

void TstCompleteBody::sizesAreEnough_data()
{
    hasWhatTheClientsSent_data();
}

void TstCompleteBody::sizesAreEnough()
{
    QFETCH(unsigned, seed);
    const Calls calls = std::move(RandomBatch(seed).calls);
    const std::span<const RecordRef> records = calls.records;
    std::size_t most = upsertFrameSize();
    for (std::size_t i = 0; i < records.size(); i += 2) {
        most += maxCompleteItemSize(records[i], records[i + 1]) + (i == 0 ? 0 : 1);
        const RequestBody body = completeBody(records.first(i + 2), calls.spool);
        QVERIFY(body.size() <= most);
        QCOMPARE(static_cast<std::size_t>(textOf(body).size()), body.size());
    }
}

void TstCompleteBody::sizeOfTheSmallestPair()
{
    Calls calls;
    calls.addPair("", "");
    QVERIFY(calls.body().size()
            <= upsertFrameSize() + maxCompleteItemSize(calls.records[0], calls.records[1]));
}

void TstCompleteBody::startIsThePayload()
{
    const QByteArray payload = "{ \"start\" : {\"id\":\"\\u0031\",\"x\":1.0}, \"a\":0 } "_ba;
    Calls calls;
    calls.add(CallKind::Start, toView(payload));
    const RequestBody body = startBody(calls.records.front(), calls.spool);
    QCOMPARE(textOf(body), payload);
    QCOMPARE(body.size(), static_cast<std::size_t>(payload.size()));
}

void TstCompleteBody::endGetsTheStartedAt_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("startedAt");
    QTest::addColumn<QByteArray>("body");
    const QByteArray without = R"({"end":{"id":"1","x":1.0}})";
    const QByteArray with = R"({"end":{"id":"1","started_at":"0"}})";
    const QByteArray null = R"({"end":{"id":"1","started_at": null ,"x":1.0}})";
    QTest::newRow("has none") << without << R"("10:15")"_ba
                              << R"({"end":{"started_at":"10:15","id":"1","x":1.0}})"_ba;
    QTest::newRow("has one") << with << R"("10:15")"_ba << with;
    QTest::newRow("has null") << null << R"("10:15")"_ba
                              << R"({"end":{"id":"1","started_at": "10:15" ,"x":1.0}})"_ba;
    QTest::newRow("has none, nothing known") << without << ""_ba << without;
    QTest::newRow("has one, nothing known") << with << ""_ba << with;
    QTest::newRow("has null, nothing known") << null << ""_ba << null;
    QTest::newRow("the text of any value") << without << "12345678901234567890.0"_ba
                                           << R"({"end":{"started_at":12345678901234567890.0,)"
                                              R"("id":"1","x":1.0}})"_ba;
    QTest::newRow("white space") << R"({ "end" : { "id":"1" } , "a":{} } )"_ba
                                 << R"("0")"_ba
                                 << R"({ "end" : {"started_at":"0", "id":"1" } , "a":{} } )"_ba;
    QTest::newRow("two ends") << R"({"end":{"id":"1"},"end":{"id":"2"}})"_ba
                              << R"("0")"_ba
                              << R"({"end":{"id":"1"},"end":{"started_at":"0","id":"2"}})"_ba;
    QTest::newRow("one that is deeper")
        << R"({"end":{"id":"1","output":{"started_at":"9"}}})"_ba
        << R"("0")"_ba
        << R"({"end":{"started_at":"0","id":"1","output":{"started_at":"9"}}})"_ba;
    QTest::newRow("the last one is null")
        << R"({"end":{"id":"1","started_at":"9","started_at":null}})"_ba
        << R"("0")"_ba
        << R"({"end":{"id":"1","started_at":"9","started_at":"0"}})"_ba;
    QTest::newRow("escaped key") << R"({"end":{"id":"1","st\u0061rted_at":null}})"_ba
                                 << R"("0")"_ba
                                 << R"({"end":{"id":"1","st\u0061rted_at":"0"}})"_ba;
}

void TstCompleteBody::endGetsTheStartedAt()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, startedAt);
    QFETCH(QByteArray, body);
    Calls calls;
    calls.add(CallKind::End, toView(payload));
    const RequestBody made = endBody(calls.records.front(), toView(startedAt), calls.spool);
    QCOMPARE(textOf(made), body);
    QCOMPARE(made.size(), static_cast<std::size_t>(body.size()));
}

void TstCompleteBody::endReadsInPiecesOfEverySize()
{
    Calls calls;
    calls.add(CallKind::End, R"({"end":{"id":"1","x":1.0}})");
    const RequestBody body = endBody(calls.records.front(), R"("10:15")", calls.spool);
    for (std::size_t size = 1; size <= body.size() + 1; ++size)
        QCOMPARE(textOf(body, size), R"({"end":{"started_at":"10:15","id":"1","x":1.0}})"_ba);
}

QTEST_APPLESS_MAIN(TstCompleteBody)
#include "tst_completebody.moc"
