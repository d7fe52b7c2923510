#include "deliveryrig.h"

#include <QRegularExpression>

#include <array>
#include <random>
#include <set>

using namespace Weave;
using namespace std::chrono_literals;

namespace {

constexpr unsigned Projects = 6;

QByteArray projectName(unsigned number)
{
    return "p/" + QByteArray::number(number);
}

std::vector<QByteArray> idsIn(const QByteArray &body)
{
    static const QRegularExpression Id(QStringLiteral("\"id\":\"(c[0-9]+)\""));
    std::vector<QByteArray> ids;
    auto matches = Id.globalMatch(QString::fromLatin1(body));
    while (matches.hasNext())
        ids.push_back(matches.next().captured(1).toLatin1());
    return ids;
}

// Keeps each project in one of two ways, as the trace server does, and knows what it has.
class Server final
{
public:
    // What it says to a request that reaches it.
    SendResult take(const FakeTransport::Request &request)
    {
        const bool isUpsert = request.path == "/call/upsert_batch";
        const std::vector<QByteArray> ids = idsIn(request.body);
        const bool isComplete = m_complete.contains(projectIn(request.body));
        if (isUpsert && isComplete)
            return needsComplete();
        if (!isUpsert && !isComplete)
            return FakeTransport::answered(404);
        if (request.path.ends_with("/call/end")) {
            if (m_started.contains(ids.front()))
                return FakeTransport::answered(200);
            m_endsWithoutStart.insert(ids.front());
            return FakeTransport::answered(404, "no start found");
        }
        m_started.insert(ids.begin(), ids.end());
        return FakeTransport::answered(200);
    }

    void change(const QByteArray &project)
    {
        if (m_complete.erase(project) == 0)
            m_complete.insert(project);
    }

    [[nodiscard]] const std::set<QByteArray> &endsWithoutStart() const
    {
        return m_endsWithoutStart;
    }

private:
    static QByteArray projectIn(const QByteArray &body)
    {
        const qsizetype begin = body.indexOf("\"project_id\":\"") + 14;
        return body.mid(begin, body.indexOf('"', begin) - begin);
    }

    std::set<QByteArray> m_complete; // projects
    std::set<QByteArray> m_started; // calls; also those of which only the end has come by an upsert
    std::set<QByteArray> m_endsWithoutStart;
};

// What may go wrong on the way or be wrong with the server.
SendResult trouble(std::mt19937 &random)
{
    constexpr std::array Statuses{500, 503, 429, 408, 400, 413, 422, 401, 403, 404, 301, 501};
    switch (random() % 6) {
    case 0:
        return networkError();
    case 1:
        return unreachable();
    case 2:
        return retryAfter(503, Milliseconds(random() % 20'000));
    default:
        return FakeTransport::answered(Statuses.at(random() % Statuses.size()));
    }
}

} // namespace

// Everything that can happen to requests, in any order.
class DeliveryRandomTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsLost_data();
    void nothingIsLost();

private:
    static void addSome(DeliveryRig &rig, std::mt19937 &random);
    static void command(DeliveryRig &rig, std::mt19937 &random);
    static void checkAll(const DeliveryRig &rig);
};

void DeliveryRandomTest::nothingIsLost_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<CallsMode>("mode");
    for (unsigned seed = 1; seed <= 30; ++seed) {
        QTest::addRow("upsert %u", seed) << seed << CallsMode::Upsert;
        QTest::addRow("auto %u", seed) << seed << CallsMode::Auto;
        QTest::addRow("complete %u", seed) << seed << CallsMode::Complete;
    }
}

// Whole calls, of which some end later than others start.
void DeliveryRandomTest::addSome(DeliveryRig &rig, std::mt19937 &random)
{
    struct Open
    {
        QByteArray project;
        QByteArray id;
    };
    static std::vector<Open> open;
    static int next = 0;
    if (rig.stats.received == 0)
        open.clear();
    for (unsigned i = random() % 20; i > 0; --i) {
        if (open.empty() || random() % 2 == 0) {
            open.push_back({projectName(random() % Projects), "c" + QByteArray::number(next++)});
            const auto &[project, id] = open.back();
            rig.add(CallKind::Start, project, startPayload(project, id, R"(,"trace_id":"t")"));
        } else {
            std::swap(open.at(random() % open.size()), open.back());
            const auto &[project, id] = open.back();
            rig.add(CallKind::End, project, endPayload(project, id));
            open.pop_back();
        }
    }
}

// What users and the disk do.
void DeliveryRandomTest::command(DeliveryRig &rig, std::mt19937 &random)
{
    switch (random() % 40) {
    case 0:
        rig.queue.setPausedByUser(!rig.queue.isPausedByUser());
        break;
    case 1:
    case 2:
        rig.queue.retryNow();
        break;
    case 3:
        rig.hasPlaceForDeadLetters = !rig.hasPlaceForDeadLetters;
        break;
    case 4:
        rig.queue.forgetPaths();
        break;
    case 5:
        if (random() % 10 == 0)
            rig.advance(25h);
        break;
    default:
        break;
    }
}

void DeliveryRandomTest::nothingIsLost()
{
    QFETCH(const unsigned, seed);
    QFETCH(const CallsMode, mode);
    std::mt19937 random(seed);
    const auto below = [&random](unsigned limit) { return random() % limit; };
    DeliveryRig rig(static_cast<int>(1 + below(5)), 1 + below(30), mode);
    std::set<QByteArray> givenUpStarts;
    rig.whenGivenUp = [&](const CallView &call) {
        if (call.kind == CallKind::Start)
            givenUpStarts.insert(
                idsIn(QByteArray::fromStdString(std::string(call.payload))).front());
    };
    const bool isNested = below(2) == 0; // whoever hears of an answer has something to send
    if (isNested)
        connect(&rig.queue, &DeliveryQueue::requestFinished, &rig.queue, &DeliveryQueue::pump);
    Server server;
    for (unsigned i = 0; mode != CallsMode::Upsert && i < Projects; i += 2)
        server.change(projectName(i));

    const unsigned troubleEvery = std::array{3U, 10U, 40U}.at(seed % 3);
    bool isHealed = false;
    for (int step = 0; step < 100'000 && !(isHealed && rig.pending() == 0); ++step) {
        if (step == 1500) {
            isHealed = true;
            rig.hasPlaceForDeadLetters = true;
            rig.queue.setPausedByUser(false);
        }
        if (!isHealed) {
            addSome(rig, random);
            command(rig, random);
            if (mode == CallsMode::Auto && below(50) == 0)
                server.change(projectName(below(Projects)));
        }
        rig.random = below(1000) / 1000.0;
        rig.advance(Milliseconds(isHealed ? 31'000 : below(4000)));
        for (unsigned answers = below(4); answers > 0 && rig.transport.count() > 0; --answers) {
            const std::size_t index = below(static_cast<unsigned>(rig.transport.count()));
            const bool isTrouble = !isHealed && below(troubleEvery) == 0;
            const bool isTaken = !isTrouble || below(4) == 0; // perhaps only the answer is lost
            const SendResult answer =
                isTaken ? server.take(rig.transport.waiting().at(index)) : SendResult();
            rig.transport.answer(isTrouble ? trouble(random) : answer, index);
            QVERIFY(rig.addsUp());
        }
    }
    QCOMPARE(rig.pending(), 0U);
    QCOMPARE(rig.transport.count(), 0U);
    QCOMPARE(rig.queue.state().condition, DeliveryState::Condition::Ok);
    QVERIFY(!rig.queue.oldest());
    QCOMPARE(rig.pairing.heldStarts(), 0U);
    checkAll(rig);
    for (const QByteArray &id : server.endsWithoutStart())
        QVERIFY2(givenUpStarts.contains(id), id.constData());
}

// Each call has left once, and is counted as what it left as.
void DeliveryRandomTest::checkAll(const DeliveryRig &rig)
{
    QCOMPARE(rig.deliveredIds.size() + rig.givenUpIds.size(), rig.stats.received);
    for (const auto &[id, times] : rig.deliveredIds)
        QVERIFY(times == 1 && !rig.givenUpIds.contains(id));
    for (const auto &[id, times] : rig.givenUpIds)
        QCOMPARE(times, 1);
    QCOMPARE(rig.stats.delivered, rig.deliveredIds.size());
    QCOMPARE(rig.stats.deadLettered(), rig.givenUpIds.size());
}

QTEST_GUILESS_MAIN(DeliveryRandomTest)
#include "tst_deliveryrandom.moc"
