#include "eventloop/epolldispatcher.h"

#include "unit/epolltest.h"

#include <QRegularExpression>
#include <QTemporaryFile>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <memory>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

const QRegularExpression Unwatchable(u"^cannot watch the descriptor \\d+: ."_s);

// So many descriptors that are always ready, and who reads them.
class ManyReady
{
public:
    explicit ManyReady(int count)
    {
        for (int i = 0; i < count; ++i) {
            m_descriptors.emplace_back(::eventfd(1, EFD_CLOEXEC));
            m_readers.push_back(std::make_unique<Listener>(m_descriptors.back()));
        }
    }
    [[nodiscard]] int fewest() const { return counts().first; }
    [[nodiscard]] int most() const { return counts().second; }

private:
    [[nodiscard]] std::pair<int, int> counts() const
    {
        const auto [fewest, most] =
            std::minmax_element(m_readers.begin(), m_readers.end(),
                                [](const auto &a, const auto &b) { return a->count < b->count; });
        return {(*fewest)->count, (*most)->count};
    }

    std::vector<UniqueFd> m_descriptors;
    std::vector<std::unique_ptr<Listener>> m_readers;
};

} // namespace

// Descriptors that end, fail, are used anew, or are many.
class TstEpollDescriptors final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { startAfresh(); }
    void aNumberUsedAnewHasNothingPending();
    void aNumberMayBeClosedBeforeItsNotifierGoes();
    void tellsAReaderOfTheEnd_data();
    void tellsAReaderOfTheEnd();
    void tellsAWriterOfTheEnd();
    void tellsOfAnError();
    void anEndThatNobodyWaitsForIsNoWork();
    void aFileIsSwitchedOff();
    void theNumberOfASwitchedOffFileIsOfUseAgain();
    void aClosedDescriptorIsSwitchedOff();
    void servesAllThatAreReady();
    void servesAllEquallyOften();
    void theBusyStarveNothingElse();
};

// Whichever comes first closes the other, whose event is pending, and takes its number for a new
// one.
void TstEpollDescriptors::aNumberUsedAnewHasNothingPending()
{
    std::array<Pair, 2> pairs;
    const Pair fresh;
    std::array<std::unique_ptr<Listener>, 2> readers;
    std::unique_ptr<Listener> newcomer;
    const auto replace = [&](std::size_t i) {
        const int number = pairs[i].here.get();
        readers[i].reset();
        pairs[i].here.reset();
        pairs[i].here = UniqueFd(::dup2(fresh.here.get(), number));
        newcomer = std::make_unique<Listener>(number);
    };
    for (std::size_t i = 0; i < 2; ++i) {
        send(pairs[i].there);
        readers[i] = std::make_unique<Listener>(pairs[i].here);
        readers[i]->handler = [&, i] {
            if (!newcomer)
                replace(1 - i);
        };
    }
    turn();
    QVERIFY(newcomer);
    turn();
    QCOMPARE(newcomer->count, 0);
    send(fresh.there);
    turn();
    QCOMPARE(newcomer->count, 1);
}

void TstEpollDescriptors::aNumberMayBeClosedBeforeItsNotifierGoes()
{
    Pair pair;
    const Pair fresh;
    auto old = std::make_unique<Listener>(pair.here);
    turn();
    const int number = pair.here.get();
    pair.here.reset();
    old.reset();
    pair.here = UniqueFd(::dup2(fresh.here.get(), number));
    const Listener reader(number);
    turn();
    QCOMPARE(reader.count, 0);
    send(fresh.there);
    turn();
    QCOMPARE(reader.count, 1);
}

void TstEpollDescriptors::tellsAReaderOfTheEnd_data()
{
    QTest::addColumn<bool>("isHalf");
    QTest::newRow("the peer closes") << false;
    QTest::newRow("the peer ends its stream") << true;
}

void TstEpollDescriptors::tellsAReaderOfTheEnd()
{
    QFETCH(bool, isHalf);
    Pair pair;
    const Listener reader(pair.here);
    turn();
    if (isHalf)
        ::shutdown(pair.there.get(), SHUT_WR);
    else
        pair.there.reset();
    turn();
    QCOMPARE(reader.count, 1);
    turn();
    QCOMPARE(reader.count, 2);
}

void TstEpollDescriptors::tellsAWriterOfTheEnd()
{
    Pair pair;
    const Listener writer(pair.here, QSocketNotifier::Write);
    fill(pair.here);
    turn();
    QCOMPARE(writer.count, 0);
    pair.there.reset();
    turn();
    QCOMPARE(writer.count, 1);
}

// A full pipe that nobody reads from any more is not writable; it is in error.
void TstEpollDescriptors::tellsOfAnError()
{
    std::array<int, 2> ends{-1, -1};
    QCOMPARE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
    UniqueFd readEnd(ends[0]);
    const UniqueFd writeEnd(ends[1]);
    fill(writeEnd);
    const Listener writer(writeEnd, QSocketNotifier::Write);
    turn();
    QCOMPARE(writer.count, 0);
    readEnd.reset();
    turn();
    QCOMPARE(writer.count, 1);
}

void TstEpollDescriptors::anEndThatNobodyWaitsForIsNoWork()
{
    Pair pair;
    Listener reader(pair.here);
    turn();
    reader.notifier.setEnabled(false);
    pair.there.reset();
    QVERIFY(isIdle());
    QCOMPARE(reader.count, 0);
}

// Epoll cannot watch it.
void TstEpollDescriptors::aFileIsSwitchedOff()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    const Pair pair;
    Listener reader(file.handle());
    Listener writer(file.handle(), QSocketNotifier::Write);
    Listener other(pair.here);
    QTest::ignoreMessage(QtWarningMsg, Unwatchable); // a second one would fail the test
    turn();
    QVERIFY(!reader.notifier.isEnabled() && !writer.notifier.isEnabled());
    QVERIFY(other.notifier.isEnabled());
    QVERIFY(isIdle());
    send(pair.there);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(0, 0));
    QCOMPARE(other.count, 1);
}

void TstEpollDescriptors::theNumberOfASwitchedOffFileIsOfUseAgain()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    const UniqueFd number(::dup(file.handle()));
    {
        const Listener reader(number);
        QTest::ignoreMessage(QtWarningMsg, Unwatchable);
        turn();
    }
    const Pair pair;
    QCOMPARE(::dup2(pair.here.get(), number.get()), number.get());
    const Listener reader(number);
    send(pair.there);
    turn();
    QCOMPARE(reader.count, 1);
}

void TstEpollDescriptors::aClosedDescriptorIsSwitchedOff()
{
    Pair pair;
    const Listener reader(pair.here);
    pair.here.reset();
    QTest::ignoreMessage(QtWarningMsg, Unwatchable);
    turn();
    QVERIFY(!reader.notifier.isEnabled());
    QVERIFY(isIdle());
}

// More than are taken at once.
void TstEpollDescriptors::servesAllThatAreReady()
{
    ManyReady many(400);
    for (int i = 0; i < 3; ++i)
        turn();
    QVERIFY(many.fewest() >= 1);
}

void TstEpollDescriptors::servesAllEquallyOften()
{
    const ManyReady many(400);
    for (int i = 0; i < 50; ++i)
        turn();
    QVERIFY(many.fewest() > 10);
    QVERIFY(many.most() - many.fewest() <= 1);
}

void TstEpollDescriptors::theBusyStarveNothingElse()
{
    const ManyReady many(400);
    Probe probe;
    probe.startTimer(0);
    for (int i = 1; i <= 5; ++i) {
        post(&probe);
        turn();
        QCOMPARE(std::pair(probe.timers, probe.events), std::pair(i, i));
    }
}

int main(int argc, char **argv)
{
    return runOnEpoll<TstEpollDescriptors>(argc, argv);
}

#include "tst_epolldescriptors.moc"
