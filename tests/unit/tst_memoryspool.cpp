#include "spool/memoryspool.h"

#include "fakes/sanitizer.h"
#include "unit/memorylimit.h"
#include "unit/text.h"

#include <QTest>

#include <deque>
#include <map>
#include <random>
#include <vector>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

Result<RecordRef> append(Spool &spool, std::string_view payload, CallKind kind = CallKind::End)
{
    return spool.append({kind, "acme/bot", "id", payload});
}

std::string payloadOf(std::size_t size, char first)
{
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>(first + static_cast<char>(i % 7));
    return text;
}

// Appends equal payloads until the spool says no.
std::vector<RecordRef> fill(Spool &spool, std::size_t size)
{
    std::vector<RecordRef> records;
    const std::string payload = payloadOf(size, 'a');
    for (auto record = append(spool, payload); record.ok(); record = append(spool, payload))
        records.push_back(*record);
    return records;
}

void removeAll(Spool &spool, const std::vector<RecordRef> &records)
{
    for (const RecordRef &record : records)
        spool.remove(record);
}

} // namespace

class TstMemorySpool final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty();
    void keepsTheCall();
    void keepsEveryByte();
    void copiesThePayload();
    void viewsStayValid();
    void idsGrow();
    void usage();
    void fullIsAnError();
    void lastRoomIsForEnds_data();
    void lastRoomIsForEnds();
    void roomComesBack_data();
    void roomComesBack();
    void roomOfALargeCallComesBack();
    void roomInTheMiddleComesBack();
    void roomBehindALiveCallComesBack();
    void memoryIsUsedAgain();
    void nothingGrowsBehindALiveCall();
    void largeCalls();
    void aCallLargerThanTheSpool();
    void aRefusedCallChangesNothing();
    void knowsHowOldACallIs();
    void agreesWithAMap();
};

void TstMemorySpool::empty()
{
    const MemorySpool spool(1'000, 100);
    const SpoolUsage usage = spool.usage();
    QCOMPARE(usage.pendingCalls, std::uint64_t{0});
    QCOMPARE(usage.pendingBytes, std::uint64_t{0});
    QCOMPARE(usage.usedBytes, std::uint64_t{0});
    QCOMPARE(usage.maxBytes, std::uint64_t{1'000});
}

void TstMemorySpool::keepsTheCall()
{
    MemorySpool spool(1'000, 100);
    const auto start = append(spool, R"({"start":{}})", CallKind::Start);
    const auto end = append(spool, R"({"end":{}})", CallKind::End);
    QVERIFY(start.ok() && end.ok());
    QVERIFY(start->kind == CallKind::Start);
    QVERIFY(end->kind == CallKind::End);
    QCOMPARE(start->payloadSize, 12U);
    QCOMPARE(end->payloadSize, 10U);
    QCOMPARE(toBytes(spool.payload(*start)), R"({"start":{}})"_ba);
    QCOMPARE(toBytes(spool.payload(*end)), R"({"end":{}})"_ba);
}

void TstMemorySpool::keepsEveryByte()
{
    MemorySpool spool(10'000, 300);
    QByteArray payload;
    for (int i = 0; i < 256; ++i)
        payload += static_cast<char>(i);
    for (int i = 0; i < 5; ++i) {
        const auto record = append(spool, toView(payload));
        QVERIFY(record.ok());
        QCOMPARE(toBytes(spool.payload(*record)), payload);
    }
}

void TstMemorySpool::copiesThePayload()
{
    MemorySpool spool(1'000, 100);
    QByteArray payload = "{\"a\":1}";
    const auto record = append(spool, toView(payload));
    payload.fill('#');
    QCOMPARE(toBytes(spool.payload(*record)), "{\"a\":1}"_ba);
}

void TstMemorySpool::viewsStayValid()
{
    MemorySpool spool(100'000, 100);
    const auto first = append(spool, "first payload");
    const std::string_view view = spool.payload(*first);
    std::vector<RecordRef> others;
    others.reserve(500);
    for (int i = 0; i < 500; ++i)
        others.push_back(*append(spool, payloadOf(50, 'a')));
    removeAll(spool, others);
    for (int i = 0; i < 500; ++i)
        QVERIFY(append(spool, payloadOf(60, 'k')).ok());
    QCOMPARE(toBytes(view), "first payload"_ba);
    QVERIFY(spool.payload(*first).data() == view.data());
}

void TstMemorySpool::idsGrow()
{
    MemorySpool spool(1'000, 100);
    std::deque<RecordRef> kept;
    RecordId last;
    bool isFirst = true;
    for (int i = 0; i < 1'000; ++i) {
        const RecordId announced = spool.nextId();
        const auto record = append(spool, payloadOf(static_cast<std::size_t>(10 + i % 50), 'a'));
        QVERIFY(record.ok());
        QVERIFY(isFirst || record->id > last);
        QVERIFY(record->id >= announced);
        QVERIFY(spool.nextId() > record->id);
        isFirst = false;
        last = record->id;
        kept.push_back(*record);
        // Emptied again and again, so that segments are used many times over.
        while (kept.size() > static_cast<std::size_t>(i % 7)) {
            const RecordId before = spool.nextId();
            spool.remove(kept.front());
            kept.pop_front();
            QVERIFY(spool.nextId() >= before);
        }
    }
}

void TstMemorySpool::usage()
{
    MemorySpool spool(1'000, 100);
    const auto first = append(spool, payloadOf(40, 'a'));
    const auto second = append(spool, payloadOf(60, 'a'));
    QCOMPARE(spool.usage().pendingCalls, std::uint64_t{2});
    QCOMPARE(spool.usage().pendingBytes, std::uint64_t{100});
    QCOMPARE(spool.usage().usedBytes, std::uint64_t{100});
    const auto third = append(spool, payloadOf(1, 'a'));
    QCOMPARE(spool.usage().pendingCalls, std::uint64_t{3});
    QCOMPARE(spool.usage().pendingBytes, std::uint64_t{101});
    QCOMPARE(spool.usage().usedBytes, std::uint64_t{200});
    spool.remove(*first);
    QCOMPARE(spool.usage().pendingCalls, std::uint64_t{2});
    QCOMPARE(spool.usage().pendingBytes, std::uint64_t{61});
    QCOMPARE(spool.usage().usedBytes, std::uint64_t{200});
    spool.remove(*second);
    QCOMPARE(spool.usage().usedBytes, std::uint64_t{100});
    spool.remove(*third);
    QCOMPARE(spool.usage().pendingCalls, std::uint64_t{0});
    QCOMPARE(spool.usage().pendingBytes, std::uint64_t{0});
    QCOMPARE(spool.usage().maxBytes, std::uint64_t{1'000});
}

void TstMemorySpool::fullIsAnError()
{
    MemorySpool spool(1'000, 100);
    const auto records = fill(spool, 50);
    QCOMPARE(records.size(), std::size_t{20});
    QCOMPARE(spool.usage().usedBytes, std::uint64_t{1'000});
    const auto refused = append(spool, "x");
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().code == ErrorCode::Full);
    QVERIFY2(refused.error().message.find("1000 B") != std::string::npos,
             refused.error().message.c_str());
    // What is in it is not hurt.
    for (const RecordRef &record : records)
        QCOMPARE(toBytes(spool.payload(record)), toBytes(payloadOf(50, 'a')));
}

void TstMemorySpool::lastRoomIsForEnds_data()
{
    QTest::addColumn<int>("segmentBytes");
    QTest::newRow("in one segment") << 1'600;
    QTest::newRow("in two") << 800;
    QTest::newRow("in segments of its size") << 100;
    QTest::newRow("in small segments") << 10;
}

void TstMemorySpool::lastRoomIsForEnds()
{
    QFETCH(int, segmentBytes);
    MemorySpool spool(1'600, static_cast<std::size_t>(segmentBytes));
    std::vector<RecordRef> starts;
    const std::string start = payloadOf(10, 'a');
    auto record = append(spool, start, CallKind::Start);
    for (; record.ok(); record = append(spool, start, CallKind::Start))
        starts.push_back(*record);
    QCOMPARE(starts.size(), std::size_t{150});
    QVERIFY(record.error().code == ErrorCode::Full);
    QVERIFY2(record.error().message.find("100 B are for ends") != std::string::npos,
             record.error().message.c_str());
    const std::vector<RecordRef> ends = fill(spool, start.size());
    QCOMPARE(ends.size(), std::size_t{10});
    removeAll(spool, starts);
    removeAll(spool, ends);
    QVERIFY(append(spool, start, CallKind::Start).ok());
}

void TstMemorySpool::roomComesBack_data()
{
    QTest::addColumn<int>("segments");
    for (const int segments : {1, 2, 3, 10, 20})
        QTest::addRow("%d segments", segments) << segments;
}

void TstMemorySpool::roomComesBack()
{
    QFETCH(int, segments);
    MemorySpool spool(static_cast<std::uint64_t>(segments) * 100, 100);
    for (int round = 0; round < 5; ++round) {
        const auto records = fill(spool, 50);
        // The segment that is filled last may be half in use from the round before.
        QVERIFY2(records.size() >= static_cast<std::size_t>(segments) * 2 - 1,
                 std::to_string(records.size()).c_str());
        QVERIFY(spool.usage().usedBytes <= spool.usage().maxBytes);
        removeAll(spool, records);
        QCOMPARE(spool.usage().pendingCalls, std::uint64_t{0});
    }
}

void TstMemorySpool::roomOfALargeCallComesBack()
{
    MemorySpool spool(1'000, 100);
    for (int round = 0; round < 3; ++round) {
        const auto record = append(spool, payloadOf(700, 'a'));
        QVERIFY2(record.ok(), std::to_string(round).c_str());
        spool.remove(*record);
    }
}

// Calls are delivered in any order; one that stays must not hold the room of those behind it.
void TstMemorySpool::roomInTheMiddleComesBack()
{
    MemorySpool spool(1'000, 100);
    auto records = fill(spool, 50);
    const RecordRef first = records.front();
    records.erase(records.begin());
    removeAll(spool, records);
    QVERIFY(spool.usage().usedBytes <= 200);
    const auto again = fill(spool, 50);
    QVERIFY(again.size() >= 16);
    QCOMPARE(toBytes(spool.payload(first)), toBytes(payloadOf(50, 'a')));
    QVERIFY(again.front().id > records.back().id);
}

void TstMemorySpool::roomBehindALiveCallComesBack()
{
    MemorySpool spool(1'000, 100);
    const auto kept = append(spool, payloadOf(100, 'a'));
    for (int i = 0; i < 20; ++i) {
        const auto record = append(spool, payloadOf(100, 'b'));
        QVERIFY(record.ok());
        QCOMPARE(spool.usage().usedBytes, std::uint64_t{200});
        spool.remove(*record);
    }
    QCOMPARE(toBytes(spool.payload(*kept)), toBytes(payloadOf(100, 'a')));
}

// Fresh pages cost more than all else that a call needs.
void TstMemorySpool::memoryIsUsedAgain()
{
    MemorySpool spool(1'000, 100);
    const auto first = append(spool, payloadOf(100, 'a'));
    const char *place = spool.payload(*first).data();
    const auto second = append(spool, payloadOf(100, 'b'));
    spool.remove(*first);
    const auto third = append(spool, payloadOf(100, 'c'));
    QVERIFY(spool.payload(*third).data() == place);
    QCOMPARE(toBytes(spool.payload(*second)), toBytes(payloadOf(100, 'b')));
    QCOMPARE(toBytes(spool.payload(*third)), toBytes(payloadOf(100, 'c')));
}

// One of a project that the server refuses for the day, in front of those of all others.
void TstMemorySpool::nothingGrowsBehindALiveCall()
{
    if (MemoryIsPadded)
        QSKIP("a sanitizer needs more addresses than that");
    MemorySpool spool(1'000, 100);
    const std::string payload = payloadOf(100, 'a'); // a segment of its own
    const auto first = append(spool, payload);
    QVERIFY(first);
    const MemoryLimit limit(8 << 20);
    if (!limit.isSet())
        QSKIP("needs /proc/self/statm");
    for (int i = 0; i < 1'000'000; ++i) {
        const auto record = append(spool, payload);
        if (!record || spool.payload(*record) != payload)
            QFAIL("a call was not kept");
        spool.remove(*record);
    }
    QCOMPARE(spool.payload(*first), std::string_view(payload));
    QCOMPARE(spool.usage().pendingCalls, 1U);
}

void TstMemorySpool::largeCalls()
{
    MemorySpool spool(10'000, 100);
    const auto small = append(spool, payloadOf(30, 'a'));
    const auto large = append(spool, payloadOf(5'000, 'b'));
    const auto exact = append(spool, payloadOf(100, 'c'));
    const auto larger = append(spool, payloadOf(101, 'd'));
    const auto last = append(spool, payloadOf(30, 'e'));
    QVERIFY(small.ok() && large.ok() && exact.ok() && larger.ok() && last.ok());
    QCOMPARE(spool.usage().pendingBytes, std::uint64_t{5'261});
    QVERIFY(spool.usage().usedBytes <= 5'501);
    QCOMPARE(toBytes(spool.payload(*small)), toBytes(payloadOf(30, 'a')));
    QCOMPARE(toBytes(spool.payload(*large)), toBytes(payloadOf(5'000, 'b')));
    QCOMPARE(toBytes(spool.payload(*exact)), toBytes(payloadOf(100, 'c')));
    QCOMPARE(toBytes(spool.payload(*larger)), toBytes(payloadOf(101, 'd')));
    QCOMPARE(toBytes(spool.payload(*last)), toBytes(payloadOf(30, 'e')));
    spool.remove(*large);
    QVERIFY(spool.usage().usedBytes <= 501);
}

void TstMemorySpool::aCallLargerThanTheSpool()
{
    MemorySpool spool(1'000, 100);
    const auto refused = append(spool, payloadOf(1'001, 'a'));
    QVERIFY(!refused.ok());
    QVERIFY(refused.error().code == ErrorCode::Full);
    const auto largest = append(spool, payloadOf(1'000, 'a'));
    QVERIFY(largest.ok());
    QCOMPARE(spool.usage().usedBytes, std::uint64_t{1'000});
}

void TstMemorySpool::aRefusedCallChangesNothing()
{
    MemorySpool spool(1'000, 100);
    const auto kept = append(spool, payloadOf(60, 'a'));
    const RecordId nextId = spool.nextId();
    const SpoolUsage before = spool.usage();
    QVERIFY(!append(spool, payloadOf(950, 'b')).ok());
    QVERIFY(spool.nextId() == nextId);
    QCOMPARE(spool.usage().pendingCalls, before.pendingCalls);
    QCOMPARE(spool.usage().pendingBytes, before.pendingBytes);
    QCOMPARE(spool.usage().usedBytes, before.usedBytes);
    // The room behind the last record is still there.
    const auto record = append(spool, payloadOf(40, 'c'));
    QVERIFY(record.ok());
    QCOMPARE(spool.usage().usedBytes, before.usedBytes);
    QCOMPARE(toBytes(spool.payload(*kept)), toBytes(payloadOf(60, 'a')));
}

void TstMemorySpool::knowsHowOldACallIs()
{
    TimePoint now(1000h);
    MemorySpool spool(1'000, 100, [&now] { return now; });
    const auto first = append(spool, payloadOf(40, 'a'));
    now += 999ms;
    const auto second = append(spool, payloadOf(20, 'b'));
    now += 1h;
    const auto third = append(spool, payloadOf(20, 'c'));
    now += 5s;
    const auto inAnotherSegment = append(spool, payloadOf(60, 'd'));
    now += 2s;
    QCOMPARE(spool.age(*first), Milliseconds(1h + 7s + 999ms));
    // Of calls that came within a second it knows the first one's time.
    QCOMPARE(spool.age(*second), Milliseconds(1h + 7s + 999ms));
    QCOMPARE(spool.age(*third), Milliseconds(7s));
    QCOMPARE(spool.age(*inAnotherSegment), Milliseconds(2s));

    // A segment that is used again has forgotten its earlier calls.
    for (const auto &record : {first, second, third})
        spool.remove(*record);
    const auto inTheFirstSegment = append(spool, payloadOf(80, 'e'));
    now += 3s;
    QCOMPARE(spool.age(*inTheFirstSegment), Milliseconds(3s));
}

void TstMemorySpool::agreesWithAMap()
{
    constexpr std::uint64_t MaxBytes = 20'000;
    MemorySpool spool(MaxBytes, 1'000);
    std::map<RecordId, std::pair<RecordRef, std::string>> oracle;
    std::uint64_t oracleBytes = 0;
    std::mt19937 random(99);
    RecordId lastId;
    int refusals = 0;
    for (int i = 0; i < 50'000; ++i) {
        // Phases of filling and emptying.
        const bool adds = random() % 10 < (i / 500 % 2 == 0 ? 8U : 3U);
        if (adds) {
            const std::size_t size = random() % 20 == 0 ? random() % 3'000 : 2 + random() % 200;
            const std::string payload =
                payloadOf(std::max(size, std::size_t{2}), static_cast<char>(random() % 60 + 'A'));
            const CallKind kind = random() % 2 == 0 ? CallKind::Start : CallKind::End;
            const auto record = append(spool, payload, kind);
            if (!record) {
                ++refusals;
                QVERIFY(record.error().code == ErrorCode::Full);
                // It may say so only when it has something to give back first.
                QVERIFY(!oracle.empty());
                continue;
            }
            QVERIFY(record->kind == kind);
            QVERIFY(lastId == RecordId{} || record->id > lastId);
            lastId = record->id;
            oracle.emplace(record->id, std::make_pair(*record, payload));
            oracleBytes += payload.size();
        } else if (!oracle.empty()) {
            // Mostly the oldest, as delivery does, and sometimes any.
            auto place = oracle.begin();
            if (random() % 4 == 0)
                std::advance(place, static_cast<std::ptrdiff_t>(random() % oracle.size()));
            const auto &[record, payload] = place->second;
            QVERIFY(spool.payload(record) == payload);
            oracleBytes -= payload.size();
            spool.remove(record);
            oracle.erase(place);
        }
        const SpoolUsage usage = spool.usage();
        QCOMPARE(usage.pendingCalls, std::uint64_t{oracle.size()});
        QCOMPARE(usage.pendingBytes, oracleBytes);
        QVERIFY(usage.usedBytes >= oracleBytes);
        QVERIFY(usage.usedBytes <= MaxBytes);
        if (i % 100 == 0) {
            for (const auto &[id, entry] : oracle)
                QVERIFY(spool.payload(entry.first) == entry.second);
        }
    }
    QVERIFY(refusals > 100);
}

QTEST_APPLESS_MAIN(TstMemorySpool)
#include "tst_memoryspool.moc"
