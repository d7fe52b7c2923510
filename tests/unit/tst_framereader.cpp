#include "protocol/framereader.h"

#include "unit/framereading.h"
#include "unit/text.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <random>

using namespace Weave;
using namespace Qt::StringLiterals;

using Status = Frame::Status;

namespace {

bool isBlank(const QByteArray &text)
{
    for (const char c : text) {
        if (c != ' ' && c != '\t' && c != '\r')
            return false;
    }
    return true;
}

// What a reader gives for the whole stream and finish(), found the simple way.
QList<Seen> naiveFrames(const QByteArray &stream, std::size_t maxLineBytes)
{
    QList<Seen> frames;
    for (const QByteArray &text : stream.split('\n')) {
        if (static_cast<std::size_t>(text.size()) > maxLineBytes)
            frames << TooLong;
        else if (!isBlank(text))
            frames << line(text);
    }
    return frames;
}

} // namespace

// How bytes become lines, however they come.
class TstFrameReader final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lines_data();
    void lines();
    void nothingFed();
    void aLineInOneFeedIsNotCopied();
    void aLineInManyFeeds();
    void textSurvivesUntilTheNextCall();
    void limit_data();
    void limit();
    void limitIsTheSameForBlankLines();
    void skippingAndRecovery();
    void finish_data();
    void finish();
    void finishTellsOfASkippedLine();
    void parkKeepsWhatIsLeft();
    void parkTwiceAndInTheMiddle();
    void hasUnfinishedLine();
    void aLineThatWasGivenOutIsFinished();
    void anyCutsGiveTheSameFrames();
};

void TstFrameReader::lines_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QList<QByteArray>>("expected");
    using Lines = QList<QByteArray>;

    QTest::newRow("one line") << "abc\n"_ba << Lines{"abc"};
    QTest::newRow("one letter") << "a\n"_ba << Lines{"a"};
    QTest::newRow("many lines") << "a\nbb\nccc\n"_ba << Lines{"a", "bb", "ccc"};
    QTest::newRow("an unfinished line behind") << "a\nb"_ba << Lines{"a"};
    QTest::newRow("no newline") << "abc"_ba << Lines{};
    QTest::newRow("blank lines") << "\n\na\n\n\nb\n\n"_ba << Lines{"a", "b"};
    QTest::newRow("lines of white space") << " \n\t\n \t \r\na\n"_ba << Lines{"a"};
    // A carriage return is white space to the parser.
    QTest::newRow("CRLF") << "a\r\nb\r\n"_ba << Lines{"a\r", "b\r"};
    QTest::newRow("blank lines in CRLF") << "\r\na\r\n\r\n\r\n"_ba << Lines{"a\r"};
    QTest::newRow("white space around text stays") << " a\t\n"_ba << Lines{" a\t"};
    QTest::newRow("white space in front of more") << "  \x01\n"_ba << Lines{"  \x01"};
    QTest::newRow("NUL is text") << "\0\na\0b\n"_ba << Lines{"\0"_ba, "a\0b"_ba};
    QTest::newRow("bytes that are not ASCII") << "\xff\xc3\n"_ba << Lines{"\xff\xc3"};
    QTest::newRow("vertical tab and form feed are text") << "\v\n\f\n"_ba << Lines{"\v", "\f"};
}

void TstFrameReader::lines()
{
    QFETCH(QByteArray, stream);
    QFETCH(QList<QByteArray>, expected);
    QList<Seen> frames;
    for (const QByteArray &text : expected)
        frames << line(text);

    ByteBudget budget(0);
    FrameReader atOnce(100, budget);
    QCOMPARE(shown(framesOf(atOnce, stream)), shown(frames));
    QVERIFY(atOnce.isDrained());

    FrameReader byteByByte(100, budget);
    QList<Seen> fromBytes;
    for (qsizetype i = 0; i < stream.size(); ++i)
        fromBytes << framesOf(byteByByte, stream.sliced(i, 1));
    QCOMPARE(shown(fromBytes), shown(frames));
}

void TstFrameReader::nothingFed()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    QVERIFY(reader.isDrained());
    QVERIFY(seen(reader.next()) == Incomplete);
    reader.feed({});
    QVERIFY(seen(reader.next()) == Incomplete);
    QVERIFY(seen(reader.finish()) == Incomplete);
}

void TstFrameReader::aLineInOneFeedIsNotCopied()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    const QByteArray stream = "abc\ndef\n";
    reader.feed(toView(stream));
    QVERIFY(!reader.isDrained());
    QVERIFY(reader.next().text.data() == stream.constData());
    QVERIFY(!reader.isDrained());
    QVERIFY(reader.next().text.data() == stream.constData() + 4);
    QVERIFY(seen(reader.next()) == Incomplete);
    QVERIFY(reader.isDrained());
}

void TstFrameReader::aLineInManyFeeds()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    QVERIFY(framesOf(reader, "ab"_ba).isEmpty());
    QVERIFY(framesOf(reader, ""_ba).isEmpty());
    QVERIFY(framesOf(reader, "cd"_ba).isEmpty());
    QCOMPARE(shown(framesOf(reader, "\nx\nef"_ba)), shown({line("abcd"), line("x")}));
    QCOMPARE(shown(framesOf(reader, "\n"_ba)), shown({line("ef")}));
}

void TstFrameReader::textSurvivesUntilTheNextCall()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    QByteArray first = "hello";
    QVERIFY(framesOf(reader, first).isEmpty());
    first.fill('#'); // the lender has it back
    QByteArray second = " world\nrest";
    reader.feed(toView(second));
    const Frame frame = reader.next();
    QCOMPARE(toBytes(frame.text), "hello world"_ba);
}

void TstFrameReader::limit_data()
{
    QTest::addColumn<int>("cut");
    QTest::newRow("in one feed") << 0;
    for (int cut : {1, 5, 9, 10, 11})
        QTest::addRow("cut after %d bytes", cut) << cut;
}

void TstFrameReader::limit()
{
    QFETCH(int, cut);
    ByteBudget budget(NoLimit);
    FrameReader reader(10, budget);
    const auto feed = [&](const QByteArray &stream) {
        QList<Seen> frames = framesOf(reader, stream.first(cut));
        frames += framesOf(reader, stream.sliced(cut));
        return frames;
    };
    QCOMPARE(shown(feed("0123456789\nnext\n")), shown({line("0123456789"), line("next")}));
    QCOMPARE(shown(feed("0123456789a\nnext\n")), shown({TooLong, line("next")}));
    QCOMPARE(shown(feed("0123456789\r\nnext\n")), shown({TooLong, line("next")}));
}

void TstFrameReader::limitIsTheSameForBlankLines()
{
    const QByteArray stream = QByteArray(11, ' ') + "\nnext\n";
    ByteBudget budget(NoLimit);
    FrameReader reader(10, budget);
    const QByteArray atOnce = shown(framesOf(reader, stream));
    QList<Seen> cut = framesOf(reader, stream.first(5));
    cut += framesOf(reader, stream.sliced(5));
    QCOMPARE(shown(cut), atOnce);
}

void TstFrameReader::skippingAndRecovery()
{
    ByteBudget budget(NoLimit);
    FrameReader reader(4, budget);
    QVERIFY(framesOf(reader, "12345"_ba).isEmpty());
    QVERIFY(reader.hasUnfinishedLine());
    QVERIFY(framesOf(reader, "67890"_ba).isEmpty());
    QCOMPARE(shown(framesOf(reader, "x\nabcd\nabcde\nab"_ba)),
             shown({TooLong, line("abcd"), TooLong}));
    QCOMPARE(shown(framesOf(reader, "cd\n"_ba)), shown({line("abcd")}));
    QVERIFY(!reader.hasUnfinishedLine());
}

void TstFrameReader::finish_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("last");
    QTest::newRow("no newline") << "a\nlast"_ba
                                << "last"_ba;
    QTest::newRow("a newline") << "a\nlast\n"_ba << QByteArray();
    QTest::newRow("white space behind the newline") << "a\n \t\r"_ba << QByteArray();
    QTest::newRow("a carriage return") << "a\nlast\r"_ba
                                       << "last\r"_ba;
    QTest::newRow("exactly the limit") << "0123456789"_ba
                                       << "0123456789"_ba;
}

void TstFrameReader::finish()
{
    QFETCH(QByteArray, stream);
    QFETCH(QByteArray, last);
    ByteBudget budget(0);
    FrameReader reader(10, budget);
    framesOf(reader, stream);
    const Seen frame = seen(reader.finish());
    QCOMPARE(frame.status, last.isEmpty() ? Status::Incomplete : Status::Line);
    QCOMPARE(frame.text, last);
    QVERIFY(seen(reader.finish()) == Incomplete); // once
}

void TstFrameReader::finishTellsOfASkippedLine()
{
    ByteBudget budget(0);
    FrameReader tooLong(10, budget);
    framesOf(tooLong, "0123456789a"_ba);
    QVERIFY(seen(tooLong.finish()) == TooLong);
    QVERIFY(seen(tooLong.finish()) == Incomplete);

    FrameReader overBudget(MiB, budget);
    framesOf(overBudget, QByteArray(MiB, 'x'));
    QVERIFY(seen(overBudget.finish()) == OverBudget);
    QVERIFY(seen(overBudget.finish()) == Incomplete);
}

void TstFrameReader::parkKeepsWhatIsLeft()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    QByteArray stream = "one\ntwo\nthree\nfo";
    reader.feed(toView(stream));
    QVERIFY(seen(reader.next()) == line("one"));
    reader.park();
    stream.fill('#');
    QVERIFY(!reader.isDrained());
    QVERIFY(seen(reader.next()) == line("two"));
    QVERIFY(seen(reader.next()) == line("three"));
    QVERIFY(seen(reader.next()) == Incomplete);
    QVERIFY(reader.isDrained());
    QVERIFY(reader.hasUnfinishedLine());
    QCOMPARE(shown(framesOf(reader, "ur\n"_ba)), shown({line("four")}));
}

void TstFrameReader::parkTwiceAndInTheMiddle()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    framesOf(reader, "un"_ba);
    // The first line is longer than what a short std::string holds in itself.
    QByteArray stream = "finished line with a long end\n" + QByteArray(60, 'b') + "\nc\n";
    reader.feed(toView(stream));
    reader.park();
    stream.fill('#');
    reader.park();
    QVERIFY(seen(reader.next()) == line("unfinished line with a long end"));
    reader.park();
    reader.park();
    QVERIFY(seen(reader.next()) == line(QByteArray(60, 'b')));
    reader.park();
    QVERIFY(seen(reader.next()) == line("c"));
    reader.park();
    QVERIFY(reader.isDrained());
    QVERIFY(seen(reader.next()) == Incomplete);
}

void TstFrameReader::hasUnfinishedLine()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    QVERIFY(!reader.hasUnfinishedLine());
    framesOf(reader, "a\n"_ba);
    QVERIFY(!reader.hasUnfinishedLine());
    framesOf(reader, "b"_ba);
    QVERIFY(reader.hasUnfinishedLine());
    framesOf(reader, "c\n"_ba);
    QVERIFY(!reader.hasUnfinishedLine());
}

void TstFrameReader::aLineThatWasGivenOutIsFinished()
{
    ByteBudget budget(0);
    FrameReader reader(100, budget);
    framesOf(reader, "a"_ba);
    const QByteArray rest = "b\n";
    reader.feed(toView(rest));
    QVERIFY(seen(reader.next()) == line("ab"));
    QVERIFY(!reader.hasUnfinishedLine());
}

void TstFrameReader::anyCutsGiveTheSameFrames()
{
    constexpr std::size_t MaxLine = 12;
    constexpr std::array<const char *, 12> Pieces{"\n",   "\r\n", " ",         "\t",
                                                  "a",    "bcd",  "{\"k\":1}", "0123456789",
                                                  "\xff", "\n\n", "\r",        "x\n"};
    std::mt19937 random(4711);
    int tooLong = 0;
    for (int round = 0; round < 3'000; ++round) {
        QByteArray stream;
        for (std::size_t i = random() % 40; i != 0; --i)
            stream += Pieces.at(random() % Pieces.size());
        // A blank line that is too long has a test of its own.
        QByteArray checked;
        for (const QByteArray &text : stream.split('\n'))
            checked +=
                (isBlank(text) ? text.first(std::min(text.size(), qsizetype{3})) : text) + "\n";
        checked.chop(1 + static_cast<qsizetype>(random() % 2));

        ByteBudget budget(0);
        FrameReader reader(MaxLine, budget);
        QList<Seen> frames;
        qsizetype at = 0;
        while (at < checked.size()) {
            const qsizetype length =
                std::min(static_cast<qsizetype>(random() % 20), checked.size() - at);
            QByteArray lent = checked.sliced(at, length);
            at += length;
            reader.feed(toView(lent));
            for (;;) {
                if (random() % 8 == 0) {
                    reader.park();
                    lent.fill('#');
                }
                const Seen frame = seen(reader.next());
                if (frame == Incomplete)
                    break;
                frames << frame;
            }
            QVERIFY(reader.isDrained());
        }
        const Seen last = seen(reader.finish());
        if (last != Incomplete)
            frames << last;
        tooLong += frames.contains(TooLong);
        QCOMPARE(shown(frames), shown(naiveFrames(checked, MaxLine)));
    }
    QVERIFY(tooLong > 100);
}

QTEST_APPLESS_MAIN(TstFrameReader)
#include "tst_framereader.moc"
