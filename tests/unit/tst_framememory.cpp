#include "protocol/framereader.h"

#include "unit/framereading.h"
#include "unit/livebytes.h"
#include "unit/text.h"

#include <QTest>

#include <cstddef>

using namespace Weave;
using namespace Qt::StringLiterals;

using Status = Frame::Status;

// What a FrameReader keeps, and what it gives back.
class TstFrameMemory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void skippingTakesNoMemory();
    void smallLinesNeedNoBudget();
    void budgetIsTakenAndGivenBack();
    void budgetIsGivenBackByTheDestructor();
    void exhaustedBudget();
    void budgetCounts();
    void memoryComesBackAfterALongLine();
    void parkedBytesTakeBudget();
    void parkedRestsOfLinesTakeBudget();
    void parkingGivesBackTheLineBefore();
    void littleIsReadWithoutBudget();
};

void TstFrameMemory::skippingTakesNoMemory()
{
    ByteBudget budget(NoLimit);
    FrameReader reader(MiB, budget);
    const QByteArray block(64 * KiB, 'x');
    for (std::size_t size = 0; size < MiB; size += 64 * KiB)
        QVERIFY(framesOf(reader, block).isEmpty());
    QVERIFY(budget.used() > 0);
    QVERIFY(framesOf(reader, block).isEmpty());
    QCOMPARE(budget.used(), std::size_t{0});
    const std::size_t liveBytes = g_liveBytes;
    for (int i = 0; i < 100; ++i)
        QVERIFY(framesOf(reader, block).isEmpty());
    QCOMPARE(budget.used(), std::size_t{0});
    QVERIFY(g_liveBytes <= liveBytes);
    QCOMPARE(shown(framesOf(reader, "\nnext\n"_ba)), shown({TooLong, line("next")}));
}

// A client's usual lines must go on while others hold all the memory.
void TstFrameMemory::smallLinesNeedNoBudget()
{
    ByteBudget budget(0);
    FrameReader reader(MiB, budget);
    const QByteArray text(64 * KiB, 'x');
    QVERIFY(framesOf(reader, text.first(40'000)).isEmpty());
    QCOMPARE(shown(framesOf(reader, text.sliced(40'000) + "\n")), shown({line(text)}));
    // A line that comes whole is not kept at all, however long it is.
    const QByteArray whole(512 * KiB, 'y');
    QCOMPARE(shown(framesOf(reader, whole + "\n")), shown({line(whole)}));
    QCOMPARE(budget.used(), std::size_t{0});
}

void TstFrameMemory::budgetIsTakenAndGivenBack()
{
    ByteBudget budget(MiB);
    {
        FrameReader reader(MiB, budget);
        const QByteArray text(300 * KiB, 'x');
        for (int i = 0; i < 3; ++i) {
            framesOf(reader, text.first(100 * KiB));
            const std::size_t afterFirst = budget.used();
            QVERIFY(afterFirst > 0 && afterFirst <= 100 * KiB);
            framesOf(reader, text.sliced(100 * KiB));
            QVERIFY(budget.used() > afterFirst && budget.used() <= 300 * KiB);
            QCOMPARE(shown(framesOf(reader, "\n"_ba)), shown({line(text)}));
            QCOMPARE(budget.used(), std::size_t{0});
        }
    }
    QCOMPARE(budget.used(), std::size_t{0}); // nothing is given back twice
}

void TstFrameMemory::budgetIsGivenBackByTheDestructor()
{
    ByteBudget budget(MiB);
    {
        FrameReader reader(MiB, budget);
        framesOf(reader, QByteArray(300 * KiB, 'x'));
        QVERIFY(budget.used() > 0);
        FrameReader other(MiB, budget);
        framesOf(other, QByteArray(200 * KiB, 'x'));
        QVERIFY(budget.used() > 400 * KiB);
    }
    QCOMPARE(budget.used(), std::size_t{0});
}

void TstFrameMemory::exhaustedBudget()
{
    ByteBudget budget(256 * KiB);
    FrameReader holder(MiB, budget);
    framesOf(holder, QByteArray(200 * KiB, 'h'));
    FrameReader reader(MiB, budget);
    QVERIFY(framesOf(reader, QByteArray(100 * KiB, 'x')).isEmpty());
    QVERIFY(reader.hasUnfinishedLine());
    QVERIFY(budget.used() <= 256 * KiB);
    QCOMPARE(shown(framesOf(reader, "xxx\nnext\n"_ba)), shown({OverBudget, line("next")}));

    // The one that holds the memory is not hurt, and others get it afterwards.
    QCOMPARE(shown(framesOf(holder, "\n"_ba)), shown({line(QByteArray(200 * KiB, 'h'))}));
    QVERIFY(framesOf(reader, QByteArray(100 * KiB, 'y')).isEmpty());
    QCOMPARE(shown(framesOf(reader, "\n"_ba)), shown({line(QByteArray(100 * KiB, 'y'))}));
}

void TstFrameMemory::budgetCounts()
{
    ByteBudget budget(10);
    QVERIFY(budget.tryTake(0));
    QVERIFY(!budget.tryTake(11));
    QVERIFY(budget.tryTake(4));
    QVERIFY(!budget.tryTake(7));
    QVERIFY(!budget.tryTake(~std::size_t{0}));
    QCOMPARE(budget.used(), std::size_t{4});
    QVERIFY(budget.tryTake(6));
    QVERIFY(!budget.tryTake(1));
    budget.giveBack(3);
    QVERIFY(budget.tryTake(3));
    budget.giveBack(10);
    QCOMPARE(budget.used(), std::size_t{0});
}

void TstFrameMemory::memoryComesBackAfterALongLine()
{
    ByteBudget budget(NoLimit);
    FrameReader reader(16 * MiB, budget);
    const QByteArray block(64 * KiB, 'x');
    const std::size_t before = g_liveBytes;
    for (std::size_t size = 0; size < 8 * MiB; size += 64 * KiB) {
        reader.feed(toView(block));
        QVERIFY(reader.next().status == Status::Incomplete);
    }
    QVERIFY(g_liveBytes - before >= 8 * MiB);
    reader.feed("\n");
    QVERIFY(reader.next().status == Status::Line);
    QVERIFY(reader.next().status == Status::Incomplete);
    QVERIFY(g_liveBytes - before <= 128 * KiB);
}

void TstFrameMemory::parkedBytesTakeBudget()
{
    ByteBudget budget(MiB);
    const std::size_t before = g_liveBytes;
    {
        FrameReader reader(MiB, budget);
        const QByteArray lines = QByteArray("line\n").repeated(50'000);
        for (int round = 0; round < 3; ++round) {
            reader.feed(toView(lines));
            QCOMPARE(shown({seen(reader.next())}), shown({line("line")}));
            reader.park();
            QCOMPARE(budget.used(), std::size_t(lines.size() - 5));
            QCOMPARE(shown({seen(reader.next())}), shown({line("line")}));
            reader.park(); // once more, with less
            QCOMPARE(budget.used(), std::size_t(lines.size() - 10));
            while (reader.next().status == Status::Line) { }
            QVERIFY(reader.isDrained());
            QCOMPARE(budget.used(), std::size_t{0});
            QVERIFY(g_liveBytes - before <= 64 * KiB);
        }
        reader.feed(toView(lines));
        reader.park();
    }
    QCOMPARE(budget.used(), std::size_t{0});
    // What every client may hold anyway.
    FrameReader reader(MiB, budget);
    const QByteArray few = QByteArray("line\n").repeated(10'000);
    reader.feed(toView(few));
    reader.park();
    QCOMPARE(budget.used(), std::size_t{0});
}

void TstFrameMemory::parkedRestsOfLinesTakeBudget()
{
    ByteBudget budget(300 * KiB);
    FrameReader reader(MiB, budget);
    const QByteArray rest(250 * KiB, 'r');
    const QByteArray input = "line\n" + rest;
    reader.feed(toView(input));
    QCOMPARE(shown({seen(reader.next())}), shown({line("line")}));
    reader.park();
    // As an unfinished line it is not counted a second time.
    QVERIFY(reader.next().status == Status::Incomplete);
    QCOMPARE(budget.used(), std::size_t(rest.size()));
    QCOMPARE(shown(framesOf(reader, "\n"_ba)), shown({line(rest)}));
    QCOMPARE(budget.used(), std::size_t{0});
}

// It has been handled, and its client may wait for long now.
void TstFrameMemory::parkingGivesBackTheLineBefore()
{
    ByteBudget budget(MiB);
    FrameReader reader(MiB, budget);
    const std::size_t before = g_liveBytes;
    framesOf(reader, QByteArray(300 * KiB, 'x'));
    reader.feed("\nline\n");
    QVERIFY(reader.next().status == Status::Line);
    reader.park();
    QCOMPARE(budget.used(), std::size_t{0});
    QVERIFY(g_liveBytes - before <= 64 * KiB);
    QCOMPARE(shown({seen(reader.next())}), shown({line("line")}));
}

// What is read may have to be parked.
void TstFrameMemory::littleIsReadWithoutBudget()
{
    ByteBudget budget(MiB);
    FrameReader reader(MiB, budget);
    QCOMPARE(reader.mostToFeed(256 * KiB), 256 * KiB);
    QVERIFY(budget.tryTake(MiB - 256 * KiB));
    QCOMPARE(reader.mostToFeed(256 * KiB), 64 * KiB); // an unfinished line may take more than it
    QCOMPARE(reader.mostToFeed(1000), std::size_t{1000});
    QVERIFY(budget.tryTake(256 * KiB));
    QCOMPARE(reader.mostToFeed(256 * KiB), 64 * KiB);
    QCOMPARE(reader.mostToFeed(1000), std::size_t{1000});
}

QTEST_APPLESS_MAIN(TstFrameMemory)
#include "tst_framememory.moc"
