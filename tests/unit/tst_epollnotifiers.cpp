#include "eventloop/epolldispatcher.h"

#include "unit/epolltest.h"

#include <array>
#include <fcntl.h>
#include <memory>
#include <utility>
#include <vector>

using namespace Weave;

// Who hears what of a descriptor, and who must not.
class TstEpollNotifiers final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { startAfresh(); }
    void isInstalled();
    void tellsAReaderAsLongAsThereIsData();
    void tellsAWriterAsLongAsThereIsRoom();
    void tellsReaderAndWriterOfOneDescriptor();
    void aDisabledNotifierIsSilent();
    void theLastWordBeforeAWaitCounts();
    void deletedInAnothersHandlerItHearsNothing();
    void disabledInAnothersHandlerItHearsNothing();
    void aWriterDisabledByTheReaderHearsNothing();
    void aHandlerMayRemoveAllNotifiers();
    void aHandlerMayUseHigherNumbers();
    void aNotifierMadeInAHandlerIsServed();
};

void TstEpollNotifiers::isInstalled()
{
    QVERIFY(qobject_cast<EpollDispatcher *>(dispatcher()));
}

void TstEpollNotifiers::tellsAReaderAsLongAsThereIsData()
{
    const Pair pair;
    const Listener reader(pair.here);
    turn();
    QCOMPARE(reader.count, 0);
    send(pair.there);
    send(pair.there);
    turn();
    QCOMPARE(reader.count, 1);
    char byte = 0;
    QCOMPARE(::read(pair.here.get(), &byte, 1), ssize_t{1});
    turn();
    QCOMPARE(reader.count, 2); // for what is left
    drain(pair.here);
    turn();
    QCOMPARE(reader.count, 2);
    send(pair.there);
    turn();
    QCOMPARE(reader.count, 3);
}

void TstEpollNotifiers::tellsAWriterAsLongAsThereIsRoom()
{
    const Pair pair;
    const Listener writer(pair.here, QSocketNotifier::Write);
    turn();
    turn();
    QCOMPARE(writer.count, 2);
    fill(pair.here);
    turn();
    QCOMPARE(writer.count, 2);
    drain(pair.there);
    turn();
    QCOMPARE(writer.count, 3);
}

void TstEpollNotifiers::tellsReaderAndWriterOfOneDescriptor()
{
    const Pair pair;
    Listener reader(pair.here);
    Listener writer(pair.here, QSocketNotifier::Write);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(0, 1));
    send(pair.there);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(1, 2));
    writer.notifier.setEnabled(false);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(2, 2));
    reader.notifier.setEnabled(false);
    writer.notifier.setEnabled(true);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(2, 3));
    reader.notifier.setEnabled(true);
    fill(pair.here);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(3, 3));
}

void TstEpollNotifiers::aDisabledNotifierIsSilent()
{
    const Pair pair;
    Listener reader(pair.here);
    send(pair.there);
    reader.notifier.setEnabled(false);
    turn();
    QCOMPARE(reader.count, 0);
    reader.notifier.setEnabled(true);
    turn();
    QCOMPARE(reader.count, 1);
    reader.notifier.setEnabled(false);
    turn();
    QCOMPARE(reader.count, 1);
    QVERIFY(isIdle());
    reader.notifier.setEnabled(true);
    turn();
    QCOMPARE(reader.count, 2);
}

void TstEpollNotifiers::theLastWordBeforeAWaitCounts()
{
    const Pair pair;
    Listener reader(pair.here);
    Listener writer(pair.here, QSocketNotifier::Write);
    turn();
    send(pair.there);
    for (int i = 0; i < 3; ++i) {
        for (const bool isOn : {false, true, false}) {
            reader.notifier.setEnabled(isOn);
            writer.notifier.setEnabled(!isOn);
        }
    }
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(0, 2));
    for (const bool isOn : {true, false, true}) {
        reader.notifier.setEnabled(isOn);
        writer.notifier.setEnabled(!isOn);
    }
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(1, 2));
}

// Both are ready, so whichever comes first deletes the other.
void TstEpollNotifiers::deletedInAnothersHandlerItHearsNothing()
{
    const std::array<Pair, 2> pairs;
    std::array<std::unique_ptr<Listener>, 2> readers;
    int count = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        send(pairs[i].there);
        readers[i] = std::make_unique<Listener>(pairs[i].here);
        readers[i]->handler = [&, i] {
            ++count;
            readers[1 - i].reset();
        };
    }
    turn();
    QCOMPARE(count, 1);
    turn();
    QCOMPARE(count, 2);
}

void TstEpollNotifiers::disabledInAnothersHandlerItHearsNothing()
{
    const std::array<Pair, 2> pairs;
    std::array<Listener, 2> readers{Listener(pairs[0].here), Listener(pairs[1].here)};
    for (std::size_t i = 0; i < 2; ++i) {
        send(pairs[i].there);
        readers[i].handler = [&, i] { readers[1 - i].notifier.setEnabled(false); };
    }
    turn();
    turn();
    QCOMPARE(readers[0].count + readers[1].count, 2);
    QVERIFY(readers[0].count == 0 || readers[1].count == 0);
}

void TstEpollNotifiers::aWriterDisabledByTheReaderHearsNothing()
{
    const Pair pair;
    Listener reader(pair.here);
    Listener writer(pair.here, QSocketNotifier::Write);
    reader.handler = [&writer] { writer.notifier.setEnabled(false); };
    send(pair.there);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(1, 0));
}

void TstEpollNotifiers::aHandlerMayRemoveAllNotifiers()
{
    const std::array<Pair, 3> pairs;
    std::vector<std::unique_ptr<Listener>> listeners;
    for (const Pair &pair : pairs) {
        send(pair.there);
        listeners.push_back(std::make_unique<Listener>(pair.here));
        listeners.push_back(std::make_unique<Listener>(pair.here, QSocketNotifier::Write));
    }
    int count = 0;
    for (const auto &listener : listeners) {
        listener->handler = [&, self = listener.get()] {
            ++count;
            self->notifier.setEnabled(false);
            for (auto &other : listeners) {
                if (other.get() != self)
                    other.reset();
            }
        };
    }
    turn();
    QCOMPARE(count, 1);
    turn();
    QCOMPARE(count, 1);
}

// What the dispatcher keeps by number has to grow meanwhile.
void TstEpollNotifiers::aHandlerMayUseHigherNumbers()
{
    const Pair pair;
    Listener reader(pair.here);
    const Listener writer(pair.here, QSocketNotifier::Write);
    UniqueFd high;
    std::unique_ptr<Listener> made;
    reader.handler = [&] {
        high = UniqueFd(::fcntl(pair.here.get(), F_DUPFD_CLOEXEC, 900));
        made = std::make_unique<Listener>(high);
        reader.notifier.setEnabled(false);
    };
    send(pair.there);
    turn();
    QCOMPARE(std::pair(reader.count, writer.count), std::pair(1, 1));
    QVERIFY(high.isValid());
    turn();
    QCOMPARE(made->count, 1);
}

void TstEpollNotifiers::aNotifierMadeInAHandlerIsServed()
{
    const Pair first;
    const Pair second;
    Listener reader(first.here);
    std::unique_ptr<Listener> made;
    reader.handler = [&] {
        drain(first.here);
        made = std::make_unique<Listener>(second.here);
    };
    send(first.there);
    send(second.there);
    turn();
    QVERIFY(made);
    turn();
    QCOMPARE(std::pair(reader.count, made->count), std::pair(1, 1));
}

int main(int argc, char **argv)
{
    return runOnEpoll<TstEpollNotifiers>(argc, argv);
}

#include "tst_epollnotifiers.moc"
