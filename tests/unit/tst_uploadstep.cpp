#include "forwarding/uploadstep.h"

#include "common/uniquefd.h"
#include "common/unixsocket.h"
#include "unit/text.h"

#include <QTest>

#include <array>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

using namespace Weave;

namespace {

struct Ends
{
    Ends()
    {
        std::array<int, 2> ends{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0)
            return;
        sender = UniqueFd(ends[0]);
        receiver = UniqueFd(ends[1]);
        setNonBlocking(ends[0]);
        setNonBlocking(ends[1]);
    }
    // What has come until now.
    std::string received()
    {
        std::string all;
        std::array<char, 65536> buffer;
        for (;;) {
            const ssize_t length = ::read(receiver.get(), buffer.data(), buffer.size());
            if (length <= 0)
                return all;
            all.append(buffer.data(), static_cast<std::size_t>(length));
        }
    }
    UniqueFd sender;
    UniqueFd receiver;
};

// Small and large pieces by turns, and more of them than one step holds.
struct Sample
{
    Sample()
        : large(5000, 'L'),
          small(300, 's'),
          body("head", "tail")
    {
        for (int i = 0; i < 200; ++i) {
            body.add({"<", large, ">"});
            body.add({"<", small, ">"});
        }
        RequestBody copy = body;
        text.resize(copy.size());
        copy.read(text.data(), text.size());
    }
    const std::string large;
    const std::string small;
    RequestBody body;
    std::string text;
};

} // namespace

class TstUploadStep final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsEveryByteInOrder();
    void sendsNothingWhileTheKernelIsFull();
    void sendsNothingAfterAnError();
    void givesTheBytesToAnotherWay();
    void goesOnWhereAnotherWayStopped();
    void forgetsWhatIsDropped();
};

void TstUploadStep::sendsEveryByteInOrder()
{
    Ends ends;
    QVERIFY(ends.sender.isValid());
    Sample sample;
    UploadStep step;
    std::string received;
    std::size_t sent = 0;
    while (sent != sample.text.size()) {
        if (step.isEmpty())
            step.fill(sample.body);
        QVERIFY(!step.isEmpty());
        sent += step.send(ends.sender.get());
        received += ends.received();
        QCOMPARE(received.size(), sent);
    }
    QVERIFY(step.isEmpty());
    QVERIFY(received == sample.text);
}

void TstUploadStep::sendsNothingWhileTheKernelIsFull()
{
    Ends ends;
    Sample sample;
    UploadStep step;
    std::size_t sent = 0;
    for (std::size_t now = 1; now > 0; sent += now) {
        if (step.isEmpty())
            step.fill(sample.body);
        now = step.send(ends.sender.get());
    }
    QVERIFY(sent > 0 && sent < sample.text.size());
    const std::string_view next = step.next();
    QCOMPARE(step.send(ends.sender.get()), std::size_t{0});
    QCOMPARE(step.next().data(), next.data());
    QVERIFY(sample.text.starts_with(ends.received()));
    QVERIFY(step.send(ends.sender.get()) > 0);
}

void TstUploadStep::sendsNothingAfterAnError()
{
    Ends ends;
    Sample sample;
    UploadStep step;
    step.fill(sample.body);
    ends.receiver.reset();
    QCOMPARE(step.send(ends.sender.get()), std::size_t{0});
    QVERIFY(!step.isEmpty());
    QCOMPARE(step.send(-1), std::size_t{0});
}

void TstUploadStep::givesTheBytesToAnotherWay()
{
    Sample sample;
    UploadStep step;
    QVERIFY(step.next().empty());
    std::string taken;
    while (taken.size() != sample.text.size()) {
        if (step.isEmpty())
            step.fill(sample.body);
        const std::string_view bytes = step.next().substr(0, 1234);
        QVERIFY(!bytes.empty());
        taken += bytes;
        step.take(bytes.size());
    }
    QVERIFY(step.isEmpty());
    QVERIFY(taken == sample.text);
}

// As an upload does whose kernel is full from time to time.
void TstUploadStep::goesOnWhereAnotherWayStopped()
{
    Ends ends;
    Sample sample;
    UploadStep step;
    std::string both;
    for (std::size_t turn = 0; both.size() != sample.text.size(); ++turn) {
        if (step.isEmpty())
            step.fill(sample.body);
        if (turn % 2 == 0) {
            const std::string_view bytes = step.next().substr(0, 1 + turn % 777);
            both += bytes;
            step.take(bytes.size());
        } else {
            step.send(ends.sender.get());
            both += ends.received();
        }
    }
    QVERIFY(both == sample.text);
}

void TstUploadStep::forgetsWhatIsDropped()
{
    Ends ends;
    Sample sample;
    UploadStep step;
    step.fill(sample.body);
    step.take(10);
    step.drop();
    QVERIFY(step.isEmpty());
    QVERIFY(step.next().empty());
    sample.body.seek(0);
    step.fill(sample.body);
    QVERIFY(step.send(ends.sender.get()) > 0);
    QVERIFY(sample.text.starts_with(ends.received()));
}

QTEST_APPLESS_MAIN(TstUploadStep)

#include "tst_uploadstep.moc"
