#include "batching/completebody.h"

#include "batching/upsertbody.h"
#include "unit/completebodybench.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

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
    void placesAreUsed();
    void placesOfOtherRecordsAreNotUsed();
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
