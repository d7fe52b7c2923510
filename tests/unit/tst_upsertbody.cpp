#include "batching/upsertbody.h"

#include "spool/memoryspool.h"
#include "unit/text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

struct Calls
{
    MemorySpool spool{100'000, 1'000};
    std::vector<RecordRef> records;

    void add(CallKind kind, std::string_view payload)
    {
        records.push_back(*spool.append({kind, "acme/bot", "id", payload}));
    }

    [[nodiscard]] RequestBody body() const { return upsertBody(records, spool); }
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
    calls.add(CallKind::Start, R"({"start":{"id":"1"}})");
    calls.add(CallKind::End, "{ \"end\" : {\"id\":\"\\u0031\", \"n\":12345678901234567890123} }");
    calls.add(CallKind::Start, "{}");
    return calls;
}

const QByteArray MixedText = R"({"batch":[{"mode":"start","req":{"start":{"id":"1"}}},)"
                             R"({"mode":"end","req":{ "end" : {"id":"\u0031", )"
                             R"("n":12345678901234567890123} }},{"mode":"start","req":{}}]})";

} // namespace

class TstUpsertBody final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noCalls();
    void oneCall_data();
    void oneCall();
    void payloadsStayAsTheyCame();
    void partOfABatch();
    void readsInPiecesOfEverySize();
    void seeksToEveryPosition();
    void borrowsFromTheSpool();
    void sizesAddUp();
    void isTheJsonThatTheServerReads();
};

void TstUpsertBody::noCalls()
{
    const Calls calls;
    QCOMPARE(textOf(calls.body()), R"({"batch":[]})"_ba);
    QCOMPARE(calls.body().size(), std::size_t{12});
}

void TstUpsertBody::oneCall_data()
{
    QTest::addColumn<bool>("isStart");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("start") << true << R"({"batch":[{"mode":"start","req":{"x":1}}]})"_ba;
    QTest::newRow("end") << false << R"({"batch":[{"mode":"end","req":{"x":1}}]})"_ba;
}

void TstUpsertBody::oneCall()
{
    QFETCH(bool, isStart);
    QFETCH(QByteArray, text);
    Calls calls;
    calls.add(isStart ? CallKind::Start : CallKind::End, R"({"x":1})");
    QCOMPARE(textOf(calls.body()), text);
    QCOMPARE(calls.body().size(), static_cast<std::size_t>(text.size()));
}

void TstUpsertBody::payloadsStayAsTheyCame()
{
    const Calls calls = mixedCalls();
    QCOMPARE(textOf(calls.body()), MixedText);
}

void TstUpsertBody::partOfABatch()
{
    const Calls calls = mixedCalls();
    const std::span<const RecordRef> records = calls.records;
    QCOMPARE(textOf(upsertBody(records.subspan(2), calls.spool)),
             R"({"batch":[{"mode":"start","req":{}}]})"_ba);
}

void TstUpsertBody::readsInPiecesOfEverySize()
{
    const Calls calls = mixedCalls();
    for (std::size_t size = 1; size <= 40; ++size)
        QCOMPARE(textOf(calls.body(), size), MixedText);
}

void TstUpsertBody::seeksToEveryPosition()
{
    const Calls calls = mixedCalls();
    for (qsizetype position = 0; position <= MixedText.size(); ++position) {
        RequestBody body = calls.body();
        body.seek(static_cast<std::size_t>(position));
        QCOMPARE(textOf(body, 7), MixedText.sliced(position));
    }
}

void TstUpsertBody::borrowsFromTheSpool()
{
    const Calls calls = mixedCalls();
    const RequestBody body = calls.body();
    QCOMPARE(body.items().size(), std::size_t{3});
    for (std::size_t i = 0; i < body.items().size(); ++i)
        QVERIFY(body.items()[i].payload.data() == calls.spool.payload(calls.records[i]).data());
}

void TstUpsertBody::sizesAddUp()
{
    Calls calls;
    std::size_t size = upsertFrameSize();
    QCOMPARE(calls.body().size(), size);
    for (int i = 0; i < 20; ++i) {
        calls.add(i % 3 == 0 ? CallKind::End : CallKind::Start,
                  std::string(static_cast<std::size_t>(i * i + 2), 'x'));
        size += upsertItemSize(calls.records.back()) + (i == 0 ? 0 : 1);
        QCOMPARE(calls.body().size(), size);
        QCOMPARE(textOf(calls.body()).size(), static_cast<qsizetype>(size));
    }
}

void TstUpsertBody::isTheJsonThatTheServerReads()
{
    const Calls calls = mixedCalls();
    const QJsonObject root = QJsonDocument::fromJson(textOf(calls.body())).object();
    QCOMPARE(root.keys(), QStringList{u"batch"_s});
    const QJsonArray batch = root.value("batch"_L1).toArray();
    QCOMPARE(batch.size(), 3);
    for (const auto &item : batch)
        QCOMPARE(item.toObject().keys(), (QStringList{u"mode"_s, u"req"_s}));
    QCOMPARE(batch.at(0)["mode"_L1].toString(), u"start"_s);
    QCOMPARE(batch.at(1)["mode"_L1].toString(), u"end"_s);
    QCOMPARE(batch.at(1)["req"_L1]["end"_L1]["id"_L1].toString(), u"1"_s);
}

QTEST_APPLESS_MAIN(TstUpsertBody)
#include "tst_upsertbody.moc"
