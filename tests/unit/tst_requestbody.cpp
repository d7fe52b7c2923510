#include "batching/requestbody.h"

#include "unit/text.h"

#include <QTest>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// Up to maxBytes a read; nothing may be written behind them.
QByteArray readInPieces(RequestBody &body, std::size_t maxBytes)
{
    QByteArray text;
    for (;;) {
        QByteArray piece(static_cast<qsizetype>(maxBytes) + 1, '#');
        const std::size_t length = body.read(piece.data(), maxBytes);
        if (length == 0 || length > maxBytes || piece.back() != '#')
            return length == 0 ? text : "wrote too much"_ba;
        text += piece.first(static_cast<qsizetype>(length));
    }
}

RequestBody sample()
{
    RequestBody body("HEAD[", "]TAIL");
    body.add({"<", "first payload", ">"});
    body.add({"<<", "", ">>"});
    body.add({"", "third", ""});
    body.add({"", "", ""});
    body.add({"(", "x", ")"});
    return body;
}

const QByteArray SampleText = "HEAD[<first payload>,<<>>,third,,(x)]TAIL";

} // namespace

class TstRequestBody final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void texts_data();
    void texts();
    void readsInPiecesOfEverySize();
    void readFillsWhatItMay();
    void gathersWhatReadGives();
    void gathersNoMoreThanThereIsRoomFor();
    void readsNothingAtTheEnd();
    void seeksToEveryPosition();
    void seeksBackAndForth();
    void copiesReadOnTheirOwn();
    void givesItsItemsBack();
};

void TstRequestBody::texts_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QList<QByteArray>>("payloads");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<QByteArray>("text");
    using Payloads = QList<QByteArray>;
    QTest::newRow("nothing") << ""_ba << Payloads{} << ""_ba
                             << ""_ba;
    QTest::newRow("no items") << "["_ba << Payloads{} << "]"_ba
                              << "[]"_ba;
    QTest::newRow("one item") << "["_ba << Payloads{"a"} << "]"_ba
                              << "[<a>]"_ba;
    QTest::newRow("two items") << "["_ba << Payloads{"a", "bc"} << "]"_ba
                               << "[<a>,<bc>]"_ba;
    QTest::newRow("empty items") << "["_ba << Payloads{"", ""} << "]"_ba
                                 << "[<>,<>]"_ba;
    QTest::newRow("no head") << ""_ba << Payloads{"a", "b"} << "]"_ba
                             << "<a>,<b>]"_ba;
    QTest::newRow("no tail") << "["_ba << Payloads{"a", "b"} << ""_ba
                             << "[<a>,<b>"_ba;
}

void TstRequestBody::texts()
{
    QFETCH(QByteArray, head);
    QFETCH(QList<QByteArray>, payloads);
    QFETCH(QByteArray, tail);
    QFETCH(QByteArray, text);
    RequestBody body(toView(head), toView(tail));
    body.reserve(1);
    for (const QByteArray &payload : payloads)
        body.add({"<", toView(payload), ">"});
    QCOMPARE(body.size(), static_cast<std::size_t>(text.size()));
    QCOMPARE(readInPieces(body, 100), text);
}

void TstRequestBody::readsInPiecesOfEverySize()
{
    for (std::size_t size = 1; size <= 60; ++size) {
        RequestBody body = sample();
        QCOMPARE(body.size(), static_cast<std::size_t>(SampleText.size()));
        QCOMPARE(readInPieces(body, size), SampleText);
    }
}

void TstRequestBody::readFillsWhatItMay()
{
    RequestBody body = sample();
    QByteArray piece(20, '#');
    QCOMPARE(body.read(piece.data(), 20), std::size_t{20});
    QCOMPARE(piece, SampleText.first(20));
}

// In steps of many sizes; what is large lies where it lay, what is small side by side.
void TstRequestBody::gathersWhatReadGives()
{
    const std::string large(10'000, 'L');
    const std::string edge(2048, 'E');
    const std::string small(2047, 's');
    RequestBody body("HEAD[", "]TAIL");
    for (const std::string_view payload :
         {std::string_view(large), std::string_view(small), std::string_view(edge),
          std::string_view("x"), std::string_view(large)})
        body.add({"<", payload, ">"});
    body.add({"", large, ""});
    body.add({"", large, "", true}); // nothing between the two
    RequestBody same = body;
    QByteArray whole(static_cast<qsizetype>(body.size()), '#');
    QCOMPARE(same.read(whole.data(), body.size()), body.size());
    for (const std::size_t step : {1U, 7U, 100U, 2048U, 5000U, 30'000U, 200'000U}) {
        body.seek(0);
        std::string scratch(step, '#');
        QByteArray text;
        bool hasSharedLarge = false;
        for (;;) {
            std::vector<std::string_view> parts;
            const std::size_t length = body.gather(scratch, parts);
            if (length == 0)
                break;
            QVERIFY(length <= step);
            std::size_t sum = 0;
            for (const std::string_view part : parts) {
                QVERIFY(!part.empty());
                sum += part.size();
                text += toBytes(part);
                hasSharedLarge = hasSharedLarge || part.data() == large.data();
            }
            QCOMPARE(sum, length);
        }
        QCOMPARE(text, whole);
        QCOMPARE(hasSharedLarge, step >= 5000U);
    }
}

void TstRequestBody::gathersNoMoreThanThereIsRoomFor()
{
    RequestBody body = sample();
    for (std::size_t position = 0; position < body.size(); ++position) {
        for (std::size_t room = 1; room <= body.size() + 1; ++room) {
            body.seek(position);
            std::string scratch(room + 1, '#');
            std::vector<std::string_view> parts;
            const std::size_t length = body.gather(std::span(scratch).first(room), parts);
            QCOMPARE(length, std::min(room, body.size() - position));
            QCOMPARE(QByteArray::fromStdString(scratch.substr(0, length)),
                     SampleText.sliced(qsizetype(position), qsizetype(length)));
            QCOMPARE(scratch.back(), '#');
        }
    }
}

void TstRequestBody::readsNothingAtTheEnd()
{
    RequestBody body = sample();
    QByteArray text(100, '#');
    QCOMPARE(body.read(text.data(), 0), std::size_t{0});
    QCOMPARE(body.read(text.data(), 100), body.size());
    QCOMPARE(text.back(), '#');
    QCOMPARE(body.read(text.data(), 100), std::size_t{0});
    QCOMPARE(body.read(text.data(), 100), std::size_t{0});
}

void TstRequestBody::seeksToEveryPosition()
{
    RequestBody body = sample();
    for (qsizetype position = 0; position <= SampleText.size(); ++position) {
        body.seek(static_cast<std::size_t>(position));
        QCOMPARE(readInPieces(body, 100), SampleText.sliced(position));
        body.seek(static_cast<std::size_t>(position));
        QCOMPARE(readInPieces(body, 3), SampleText.sliced(position));
    }
}

void TstRequestBody::seeksBackAndForth()
{
    RequestBody body = sample();
    QByteArray piece(4, '#');
    QCOMPARE(body.read(piece.data(), 4), std::size_t{4});
    body.seek(0);
    QCOMPARE(readInPieces(body, 7), SampleText);
    body.seek(body.size());
    QCOMPARE(readInPieces(body, 7), ""_ba);
    body.seek(10);
    body.seek(6);
    QCOMPARE(readInPieces(body, 7), SampleText.sliced(6));
}

void TstRequestBody::copiesReadOnTheirOwn()
{
    RequestBody body = sample();
    QByteArray piece(8, '#');
    QCOMPARE(body.read(piece.data(), 8), std::size_t{8});
    RequestBody copy = body;
    QCOMPARE(readInPieces(copy, 5), SampleText.sliced(8));
    QCOMPARE(readInPieces(body, 5), SampleText.sliced(8));
}

void TstRequestBody::givesItsItemsBack()
{
    const RequestBody body = sample();
    QCOMPARE(body.items().size(), std::size_t{5});
    QCOMPARE(toBytes(body.items().front().before), "<"_ba);
    QCOMPARE(toBytes(body.items().front().payload), "first payload"_ba);
    QCOMPARE(toBytes(body.items().front().after), ">"_ba);
    QCOMPARE(toBytes(body.items().back().payload), "x"_ba);
}

QTEST_APPLESS_MAIN(TstRequestBody)
#include "tst_requestbody.moc"
