#include "batching/batchpacker.h"

#include "batching/upsertbody.h"

#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

RecordRef record(std::uint64_t id)
{
    RecordRef record;
    record.id = RecordId{id};
    return record;
}

BatchPacker packer(std::size_t maxCount, std::size_t maxBytes)
{
    return {"acme/bot", Route::Complete, TimePoint(5h), PackLimits{maxCount, maxBytes}};
}

// "1 2|3 4": the ids of each batch.
QByteArray idsOf(const std::vector<Batch> &batches)
{
    QByteArrayList texts;
    for (const Batch &batch : batches) {
        QByteArrayList ids;
        for (const RecordRef &record : batch.records)
            ids << QByteArray::number(quint64(record.id.value));
        texts << ids.join(' ');
    }
    return texts.join('|');
}

} // namespace

class TstBatchPacker final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingMakesNoBatch();
    void aBatchIsOfItsProjectAndRoute();
    void splitsByCount();
    void splitsByBytes();
    void keepsTogetherWhatBelongsTogether();
    void whatIsTooLargeGoesAlone();
};

void TstBatchPacker::nothingMakesNoBatch()
{
    QVERIFY(packer(10, 1000).take().empty());
}

void TstBatchPacker::aBatchIsOfItsProjectAndRoute()
{
    BatchPacker batches = packer(10, 1000);
    batches.add({record(1)}, 20);
    batches.add({record(2)}, 30);
    const std::vector<Batch> taken = batches.take();
    QCOMPARE(idsOf(taken), "1 2");
    QCOMPARE(taken[0].project, std::string("acme/bot"));
    QCOMPARE(taken[0].route, Route::Complete);
    QCOMPARE(taken[0].openedAt, TimePoint(5h));
    QCOMPARE(taken[0].bodySize, upsertFrameSize() + 20 + 1 + 30 + 1);
}

void TstBatchPacker::splitsByCount()
{
    BatchPacker batches = packer(2, 1000);
    for (std::uint64_t id = 1; id <= 5; ++id)
        batches.add({record(id)}, 1);
    QCOMPARE(idsOf(batches.take()), "1 2|3 4|5");
}

void TstBatchPacker::splitsByBytes()
{
    BatchPacker batches = packer(10, upsertFrameSize() + 2 * 20);
    batches.add({record(1)}, 19);
    batches.add({record(2)}, 19); // just fits, with its comma
    batches.add({record(3)}, 19);
    batches.add({record(4)}, 20);
    QCOMPARE(idsOf(batches.take()), "1 2|3|4");
}

void TstBatchPacker::keepsTogetherWhatBelongsTogether()
{
    BatchPacker batches = packer(3, 1000);
    batches.add({record(1), record(2)}, 10);
    batches.add({record(3), record(4)}, 10);
    QCOMPARE(idsOf(batches.take()), "1 2|3 4");
}

void TstBatchPacker::whatIsTooLargeGoesAlone()
{
    BatchPacker batches = packer(1, 10);
    batches.add({record(1), record(2)}, 500);
    batches.add({record(3)}, 500);
    QCOMPARE(idsOf(batches.take()), "1 2|3");
}

QTEST_APPLESS_MAIN(TstBatchPacker)
#include "tst_batchpacker.moc"
