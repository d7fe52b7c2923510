#include "batching/upsertbody.h"
#include "common/jsoncursor.h"
#include "unit/completebodybench.h"
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

// Bodies of random calls, against what should be left of these.
class TstCompleteBodyModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void hasWhatTheClientsSent_data();
    void hasWhatTheClientsSent();
    void knownPlacesMakeTheSameBody_data();
    void knownPlacesMakeTheSameBody();
    void isJson_data();
    void isJson();
    void sizesAreEnough_data();
    void sizesAreEnough();
};

void TstCompleteBodyModel::hasWhatTheClientsSent_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 200; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TstCompleteBodyModel::hasWhatTheClientsSent()
{
    QFETCH(unsigned, seed);
    const RandomBatch batch(seed);
    QCOMPARE(callsOf(textOf(batch.calls.body())), batch.expected);
}

void TstCompleteBodyModel::knownPlacesMakeTheSameBody_data()
{
    hasWhatTheClientsSent_data();
}

void TstCompleteBodyModel::knownPlacesMakeTheSameBody()
{
    QFETCH(unsigned, seed);
    const Calls calls = std::move(RandomBatch(seed).calls);
    std::vector<MembersPlace> places = calls.places();
    const QByteArray text = textOf(calls.body());
    QCOMPARE(textOf(completeBody(calls.records, calls.spool, places)), text);
    places[seed % places.size()] = {}; // not known
    QCOMPARE(textOf(completeBody(calls.records, calls.spool, places)), text);
}

void TstCompleteBodyModel::isJson_data()
{
    hasWhatTheClientsSent_data();
}

// The second opinion, of a reader that is not ours.
void TstCompleteBodyModel::isJson()
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

void TstCompleteBodyModel::sizesAreEnough_data()
{
    hasWhatTheClientsSent_data();
}

void TstCompleteBodyModel::sizesAreEnough()
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

QTEST_APPLESS_MAIN(TstCompleteBodyModel)
#include "tst_completebodymodel.moc"
