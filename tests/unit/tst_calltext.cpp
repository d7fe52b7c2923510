#include "batching/calltext.h"

#include "unit/samples.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// Of a start; the payload outlives it.
CallText textOf(const QByteArray &payload)
{
    CallText text;
    readCallText(CallKind::Start, toView(payload), text);
    return text;
}

QByteArrayList membersOf(CallKind kind, const QByteArray &payload)
{
    CallText text;
    readCallText(kind, toView(payload), text);
    QByteArrayList members;
    for (const std::string_view piece : text.members)
        members += toBytes(piece);
    return members;
}

} // namespace

class TstCallText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void id_data();
    void id();
    void values_data();
    void values();
    void object_data();
    void object();
    void startMembers_data();
    void startMembers();
    void endMembers_data();
    void endMembers();
    void membersPlace();
    void everyFieldOfAStart();
    void everyFieldOfAnEnd();
    void aTextIsUsedAgain();
    void viewsPointIntoThePayload();
    void whatTheSdkSends();
};

void TstCallText::id_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("plain") << R"({"start":{"id":"0199-ab"}})"_ba
                           << "0199-ab"_ba;
    QTest::newRow("escapes") << R"({"start":{"id":"\u0041\"\\\/\n"}})"_ba
                             << "A\"\\/\n"_ba;
    QTest::newRow("surrogates") << R"({"start":{"id":"\ud83d\ude4f"}})"_ba
                                << "\xf0\x9f\x99\x8f"_ba;
    QTest::newRow("not ASCII") << "{\"start\":{\"id\":\"\xc3\xa4\"}}"_ba
                               << "\xc3\xa4"_ba;
    QTest::newRow("escaped key") << R"({"start":{"\u0069d":"1"}})"_ba
                                 << "1"_ba;
    QTest::newRow("escaped object") << R"({"st\u0061rt":{"id":"1"}})"_ba
                                    << "1"_ba;
    QTest::newRow("twice") << R"({"start":{"id":"1","id":"2"}})"_ba
                           << "2"_ba;
    QTest::newRow("twice, number first") << R"({"start":{"id":1,"id":"2"}})"_ba
                                         << "2"_ba;
    QTest::newRow("twice, two spellings") << R"({"start":{"id":"1","i\u0064":"2"}})"_ba
                                          << "2"_ba;
    QTest::newRow("deeper") << R"({"start":{"id":"1","inputs":{"id":"2"}}})"_ba
                            << "1"_ba;
    QTest::newRow("outside") << R"({"id":"0","start":{"id":"1"},"id":"2"})"_ba
                             << "1"_ba;
    QTest::newRow("beside an end") << R"({"start":{"id":"1"},"end":{"id":"2"}})"_ba
                                   << "1"_ba;
    QTest::newRow("two starts") << R"({"start":{"id":"1"},"start":{"id":"2"}})"_ba
                                << "2"_ba;
    QTest::newRow("a null before") << R"({"start":null,"start":{"id":"2"}})"_ba
                                   << "2"_ba;
    QTest::newRow("no id") << R"({"start":{"trace_id":"1"}})"_ba
                           << ""_ba;
    QTest::newRow("a second start without") << R"({"start":{"id":"1"},"start":{"trace_id":"2"}})"_ba
                                            << ""_ba;
    QTest::newRow("empty object") << R"({"start":{}})"_ba
                                  << ""_ba;
}

void TstCallText::id()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, id);
    QCOMPARE(toBytes(textOf(payload).id), id);
}

void TstCallText::values_data()
{
    QTest::addColumn<QByteArray>("object");
    QTest::addColumn<QByteArray>("startedAt");
    QTest::addColumn<QByteArray>("traceId");
    QTest::addColumn<bool>("isGiven"); // either
    QTest::newRow("strings") << R"({"started_at":"10:15","trace_id":"t"})"_ba
                             << R"("10:15")"_ba
                             << R"("t")"_ba << true;
    QTest::newRow("missing") << R"({"id":"1"})"_ba
                             << ""_ba
                             << ""_ba << false;
    QTest::newRow("empty object") << "{}"_ba
                                  << ""_ba
                                  << ""_ba << false;
    QTest::newRow("null") << R"({"trace_id":null,"started_at":null})"_ba
                          << "null"_ba
                          << "null"_ba << false;
    QTest::newRow("empty strings") << R"({"started_at":"","trace_id":""})"_ba
                                   << R"("")"_ba
                                   << R"("")"_ba << true;
    QTest::newRow("the string null") << R"({"started_at":"null","trace_id":"null"})"_ba
                                     << R"("null")"_ba
                                     << R"("null")"_ba << true;
    QTest::newRow("numbers") << R"({"started_at":1.50e3,"trace_id":-0.0})"_ba
                             << "1.50e3"_ba
                             << "-0.0"_ba << true;
    QTest::newRow("containers") << R"({"started_at":{ "id":"2" },"trace_id":[1, 2]})"_ba
                                << R"({ "id":"2" })"_ba
                                << "[1, 2]"_ba << true;
    QTest::newRow("booleans") << R"({"started_at":false,"trace_id":true})"_ba
                              << "false"_ba
                              << "true"_ba << true;
    QTest::newRow("escapes stay") << R"({"started_at":"\u0031","trace_id":"\ud800"})"_ba
                                  << R"("\u0031")"_ba
                                  << R"("\ud800")"_ba << true;
    QTest::newRow("white space") << "{ \"started_at\"\t: \"1\"\n, \"trace_id\" :\r\"2\" }"_ba
                                 << R"("1")"_ba
                                 << R"("2")"_ba << true;
    QTest::newRow("the last one counts")
        << R"({"started_at":1,"trace_id":null,"trace_id":"t","started_at":"2"})"_ba
        << R"("2")"_ba
        << R"("t")"_ba << true;
    QTest::newRow("the last one is null")
        << R"({"started_at":"1","trace_id":"t","trace_id":null,"started_at":null})"_ba
        << "null"_ba
        << "null"_ba << false;
    QTest::newRow("escaped keys") << R"({"started\u005fat":"1","trac\u0065_id":"2"})"_ba
                                  << R"("1")"_ba
                                  << R"("2")"_ba << true;
    QTest::newRow("deeper") << R"({"inputs":{"started_at":"1","trace_id":"2"}})"_ba
                            << ""_ba
                            << ""_ba << false;
}

void TstCallText::values()
{
    QFETCH(QByteArray, object);
    QFETCH(QByteArray, startedAt);
    QFETCH(QByteArray, traceId);
    QFETCH(bool, isGiven);
    const QByteArray payload = R"({"start":)" + object + '}';
    const CallText text = textOf(payload);
    QCOMPARE(toBytes(text.startedAt), startedAt);
    QCOMPARE(toBytes(text.traceId), traceId);
    QCOMPARE(CallText::isGiven(text.startedAt), isGiven);
    QCOMPARE(CallText::isGiven(text.traceId), isGiven);
}

void TstCallText::object_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("object");
    QTest::newRow("plain") << R"({"start":{"id":"1"}})"_ba
                           << R"({"id":"1"})"_ba;
    QTest::newRow("empty") << R"({"start":{}})"_ba
                           << "{}"_ba;
    QTest::newRow("white space") << "{ \"start\" : { \"id\" : \"1\" } }\n"_ba
                                 << R"({ "id" : "1" })"_ba;
    QTest::newRow("others beside it")
        << R"({"a":{"id":"0"},"start":{"id":"1"},"end":{"id":"2"}})"_ba
        << R"({"id":"1"})"_ba;
    QTest::newRow("two starts") << R"({"start":{"id":"1","op_name":"f"},"start":{"id":"2"}})"_ba
                                << R"({"id":"2"})"_ba;
}

void TstCallText::object()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, object);
    QCOMPARE(toBytes(textOf(payload).object), object);
}

void TstCallText::startMembers_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArrayList>("members");
    QTest::newRow("one") << R"({"start":{"id":"1"}})"_ba << QByteArrayList{R"("id":"1")"_ba};
    QTest::newRow("none") << R"({"start":{}})"_ba << QByteArrayList{};
    QTest::newRow("no wanted one") << R"({"start":{"a":1,"output":2}})"_ba << QByteArrayList{};
    QTest::newRow("neighbours are one piece")
        << R"({"start":{"id":"1","inputs":{"b":1,"a":2},"op_name":"f"}})"_ba
        << QByteArrayList{R"("id":"1","inputs":{"b":1,"a":2},"op_name":"f")"_ba};
    QTest::newRow("an unwanted one between")
        << R"({"start":{"id":"1","a":0,"inputs":{}}})"_ba
        << QByteArrayList{R"("id":"1")"_ba, R"("inputs":{})"_ba};
    QTest::newRow("several unwanted ones between")
        << R"({"start":{"id":"1","op_name":"f","a":0,"b":[1,2],"inputs":{},"trace_id":"t"}})"_ba
        << QByteArrayList{R"("id":"1","op_name":"f")"_ba, R"("inputs":{},"trace_id":"t")"_ba};
    QTest::newRow("unwanted ones around")
        << R"({"start":{"a":0,"id":"1","b":0}})"_ba << QByteArrayList{R"("id":"1")"_ba};
    QTest::newRow("white space inside stays")
        << "{\"start\":{ \"id\" : \"1\" ,\n\"inputs\"\t:\t{ } , \"a\" : 0 , \"op_name\": \"f\" }}"_ba
        << QByteArrayList{"\"id\" : \"1\" ,\n\"inputs\"\t:\t{ }"_ba, R"("op_name": "f")"_ba};
    QTest::newRow("escaped key stays")
        << R"({"start":{"\u0069d":"1","\u0061":0}})"_ba << QByteArrayList{R"("\u0069d":"1")"_ba};
    QTest::newRow("a key that stands twice")
        << R"({"start":{"id":"1","id":"2"}})"_ba << QByteArrayList{R"("id":"1","id":"2")"_ba};
    QTest::newRow("two starts") << R"({"start":{"id":"1","op_name":"f"},"start":{"id":"2"}})"_ba
                                << QByteArrayList{R"("id":"2")"_ba};
    QTest::newRow("an end's field") << R"({"start":{"summary":{},"id":"1","ended_at":"2"}})"_ba
                                    << QByteArrayList{R"("id":"1")"_ba};
    QTest::newRow("names that only begin alike")
        << R"({"start":{"ids":0,"id":"1","i":0,"ID":0,"":0}})"_ba
        << QByteArrayList{R"("id":"1")"_ba};
    QTest::newRow("values of every kind")
        << R"({"start":{"id":"}\"{","inputs":[{"id":"0"}],"wb_run_step":null,"attributes":1.0}})"_ba
        << QByteArrayList{
               R"("id":"}\"{","inputs":[{"id":"0"}],"wb_run_step":null,"attributes":1.0)"_ba};
}

void TstCallText::startMembers()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArrayList, members);
    QCOMPARE(membersOf(CallKind::Start, payload), members);
}

void TstCallText::endMembers_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArrayList>("members");
    QTest::newRow("what the start says already")
        << R"({"end":{"project_id":"a/b","id":"1","started_at":"0","trace_id":"t","ended_at":"1"}})"_ba
        << QByteArrayList{R"("ended_at":"1")"_ba};
    QTest::newRow("an unwanted one between")
        << R"({"end":{"output":1.0,"is_eval":true,"summary":{}}})"_ba
        << QByteArrayList{R"("output":1.0)"_ba, R"("summary":{})"_ba};
    QTest::newRow("none") << R"({"end":{"id":"1"}})"_ba << QByteArrayList{};
    QTest::newRow("a start beside it")
        << R"({"end":{"output":1},"start":{"output":2}})"_ba << QByteArrayList{R"("output":1)"_ba};
}

void TstCallText::endMembers()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArrayList, members);
    QCOMPARE(membersOf(CallKind::End, payload), members);
}

void TstCallText::membersPlace()
{
    const auto placeOf = [](std::string_view payload) {
        CallText text;
        readCallText(CallKind::End, payload, text);
        return text.membersPlace(payload);
    };
    const std::string_view onePiece = R"({"end":{"id":"1","output":1,"summary":{}}})";
    const MembersPlace place = placeOf(onePiece);
    QVERIFY(place.isKnown());
    QCOMPARE(toBytes(onePiece.substr(place.offset, place.size)), R"("output":1,"summary":{})"_ba);
    QVERIFY(!placeOf(R"({"end":{"output":1,"id":"1","summary":{}}})").isKnown());
    QVERIFY(!placeOf(R"({"end":{"id":"1"}})").isKnown());
}

void TstCallText::everyFieldOfAStart()
{
    const QByteArray members =
        R"("project_id":1,"id":2,"trace_id":3,"op_name":4,"display_name":5,"parent_id":6,)"
        R"("thread_id":7,"turn_id":8,"started_at":9,"attributes":10,"inputs":11,"otel_dump":12,)"
        R"("wb_user_id":13,"wb_run_id":14,"wb_run_step":15)"_ba;
    QCOMPARE(membersOf(CallKind::Start, R"({"start":{)" + members + R"(,"a":16}})"),
             QByteArrayList{members});
}

void TstCallText::everyFieldOfAnEnd()
{
    const QByteArray members =
        R"("ended_at":1,"exception":2,"output":3,"summary":4,"wb_run_step_end":5)"_ba;
    QCOMPARE(membersOf(CallKind::End, R"({"end":{)" + members + R"(,"a":6}})"),
             QByteArrayList{members});
}

void TstCallText::aTextIsUsedAgain()
{
    CallText text;
    readCallText(CallKind::Start, R"({"start":{"id":"1","trace_id":"t","started_at":"0"}})", text);
    readCallText(CallKind::End, R"({"end":{"id":"2","output":3}})", text);
    QCOMPARE(text.id, std::string("2"));
    QVERIFY(text.startedAt.empty());
    QVERIFY(text.traceId.empty());
    QCOMPARE(text.members, std::vector<std::string_view>{R"("output":3)"});
}

void TstCallText::viewsPointIntoThePayload()
{
    const QByteArray payload = R"({"start":{"id":"1","trace_id":"t"}})"_ba;
    const CallText text = textOf(payload);
    QVERIFY(text.object.data() == payload.data() + payload.indexOf(R"({"id")"));
    QVERIFY(text.members.front().data() == payload.data() + payload.indexOf(R"("id")"));
    QVERIFY(text.traceId.data() == payload.data() + payload.indexOf(R"("t")"));
}

void TstCallText::whatTheSdkSends()
{
    const QByteArray line = toBytes(StartLine);
    const qsizetype begin = line.indexOf(R"({"start")");
    const QByteArray payload = line.sliced(begin, line.size() - begin - 1);
    const CallText text = textOf(payload);
    QCOMPARE(toBytes(text.id), "0199b7a2-4c2e-7d31-8b5a-6e0f9a1b2c3d"_ba);
    QCOMPARE(toBytes(text.startedAt), R"("2026-11-23T10:15:30.123456Z")"_ba);
    QCOMPARE(toBytes(text.traceId), R"("0199b7a2-4c10-7a42-b3d9-5c7e1f2a3b4c")"_ba);
    QCOMPARE(text.members.size(), std::size_t{1}); // it writes no field that is not wanted
    QCOMPARE(toBytes(text.members.front()), toBytes(text.object.substr(1, text.object.size() - 2)));
}

QTEST_APPLESS_MAIN(TstCallText)
#include "tst_calltext.moc"
