#include "unit/pairingbench.h"

#include <QTest>

#include <random>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

std::string textOf(RequestBody body)
{
    std::string text(body.size(), '#');
    text.resize(body.read(text.data(), text.size()));
    return text;
}

// Adds, moves the clock, delivers and releases at random, and keeps a plain account of what the
// pairing has. What goes wrong first is kept as a sentence.
class RandomRun
{
public:
    // Tidy: a call has one start and one end and none comes twice, so that it is known where an
    // end has to go. Otherwise the same few ids come again and again.
    RandomRun(unsigned seed, bool isTidy)
        : m_random(seed),
          m_isTidy(isTidy),
          m_limits(limitsOf(isTidy)),
          m_pairing(
              m_spool, m_limits, [this] { return m_now; },
              [this](std::uint16_t client) { return !m_gone.contains(client); })
    {
        if (!isTidy)
            return;
        for (int id = 0; id < 300; ++id) {
            m_toCome.push_back(QByteArray(below(4) == 0 ? "t" : "s") + QByteArray::number(id));
            m_toCome.push_back("e" + QByteArray::number(id));
        }
        // Halves of a call come near each other, in either order.
        for (std::size_t i = 0; i + 20 < m_toCome.size(); ++i)
            std::swap(m_toCome[i], m_toCome[i + below(20)]);
    }

    void step()
    {
        switch (below(12)) {
        case 0:
        case 1:
        case 2:
        case 3:
            return add();
        case 4:
        case 5:
        case 6:
            return take();
        case 7:
        case 8:
            return settle();
        case 9:
            return pass(Milliseconds(below(below(8) == 0 ? 70000 : 1500)));
        case 10:
            return below(10) == 0 ? release() : clientComesOrGoes();
        default:
            if (below(20) == 0)
                m_pairing.promoteStarts();
        }
    }

    void drain()
    {
        m_pairing.stopHolding();
        m_pairing.promoteDue();
        check(!m_pairing.nextDue(), "something is due after the last promoteDue()");
        check(m_pairing.heldStarts() == 0, "starts are held at the end");
        check(m_pairing.heldBytes() == 0, "something waits at the end");
        for (int i = 0; i < 10000 && !(m_kept.empty() && m_sending.empty()); ++i) {
            take();
            settle();
        }
        check(m_kept.empty(), "something stayed");
        check(!m_pairing.nextDue(), "something is due at the end");
        for (const char *project : {"a", "b", "c"})
            check(!m_pairing.isFull(project), "it is full at the end");
        check(!m_pairing.takeSingle([](const auto &) { return true; }), "something came twice");
        check(m_spool.usage().pendingCalls == 0, "the spool is not empty");
    }

    QByteArray failure;

private:
    struct Kept
    {
        QByteArray name;
        std::string project;
        RecordRef record;
    };
    struct Sending
    {
        Batch batch;
        Kept start;
        bool isReleased = false;
    };

    static PairingLimits limitsOf(bool isTidy)
    {
        PairingLimits limits = maxHeld(isTidy ? 100000 : 6);
        limits.request.maxCount = 7;
        limits.request.maxBytes = 300;
        return limits;
    }

    [[nodiscard]] std::size_t below(std::size_t limit) { return m_random() % limit; }

    void check(bool isTrue, const QByteArray &text)
    {
        if (!isTrue && failure.isEmpty())
            failure = text;
    }

    [[nodiscard]] static std::string keyOf(const Kept &kept)
    {
        return kept.project + ' ' + kept.name.sliced(1).toStdString();
    }

    // The account of a record that the pairing gives back; it must not have done so before.
    Kept takeOut(const RecordRef &record, const std::string &project)
    {
        const auto found = m_kept.find(record.id.value);
        check(found != m_kept.end(), "a record came twice or was never added");
        if (found == m_kept.end())
            return {};
        Kept kept = found->second;
        check(kept.project == project, kept.name + " is in another project's batch");
        check(kept.record.kind == record.kind, kept.name + " has changed its kind");
        m_kept.erase(found);
        return kept;
    }

    QByteArray nextName()
    {
        if (m_isTidy) {
            QByteArray name = m_toCome.back();
            m_toCome.pop_back();
            return name;
        }
        constexpr std::string_view Kinds = "sste";
        QByteArray name(1, Kinds[below(Kinds.size())]);
        name += QByteArray::number(below(15));
        return below(3) == 0 ? name + 'x' : name;
    }

    // A tidy call's project comes of its id, so that its halves meet.
    std::string projectOf(const QByteArray &name)
    {
        const std::size_t number = m_isTidy ? name.sliced(1).toUInt() : below(3);
        return std::string(1, static_cast<char>('a' + number % 3));
    }

    void add()
    {
        std::map<std::string, Batch> batches;
        for (std::size_t count = 1 + below(8); count != 0; --count) {
            if (m_isTidy && m_toCome.empty())
                break;
            const QByteArray name = nextName();
            const std::string project = projectOf(name);
            const QByteArray payload = payloadOf(name);
            const CallKind kind = name.startsWith('e') ? CallKind::End : CallKind::Start;
            const auto client = static_cast<std::uint16_t>(below(4));
            const RecordRef record =
                *m_spool.append({kind, project, "id", toView(payload), client});
            m_kept[record.id.value] = {name, project, record};
            batches[project].records.push_back(record);
        }
        for (auto &[project, batch] : batches) {
            batch.project = project;
            takeApart(batch);
        }
    }

    // In parts, as the daemon does.
    void takeApart(const Batch &batch)
    {
        BatchPacker pairs = m_pairing.packerFor(batch);
        for (std::span<const RecordRef> rest = batch.records; !rest.empty();) {
            const std::size_t count = std::min<std::size_t>(1 + below(4), rest.size());
            take(m_pairing.add(batch.project, rest.first(count), pairs));
            rest = rest.subspan(count);
        }
        for (const Batch &complete : pairs.take())
            takeComplete(complete);
    }

    void take(const CompletePairing::Added &added)
    {
        check(m_pairing.heldStarts() <= m_limits.maxHeld, "too many starts are held");
        for (const RecordRef &record : added.held)
            check(record.wasHeld, "a held start is not marked");
        for (const RecordRef &record : added.repeated) {
            const auto found = m_kept.find(record.id.value);
            check(found != m_kept.end() && !m_isTidy, "what came once is called repeated");
            m_kept.erase(record.id.value);
            m_spool.remove(record);
        }
    }

    void takeComplete(const Batch &batch)
    {
        const std::size_t count = batch.records.size();
        check(batch.route == Route::Complete, "pairs are not for the complete route");
        check(count != 0 && count % 2 == 0 && count <= m_limits.request.maxCount,
              "a batch of wrong count");
        check(count == 2 || batch.bodySize <= m_limits.request.maxBytes, "a batch is too large");
        check(completeBody(batch.records, m_spool).size() <= batch.bodySize, "a size is too small");
        check(batch.membersPlaces.size() == count
                  && textOf(completeBody(batch.records, m_spool, batch.membersPlaces))
                      == textOf(completeBody(batch.records, m_spool)),
              "places of members are not where they are");
        if (count == 2 && below(3) == 0)
            return m_pairing.separate(batch);
        for (std::size_t i = 0; i + 1 < count; i += 2) {
            const Kept start = takeOut(batch.records[i], batch.project);
            const Kept end = takeOut(batch.records[i + 1], batch.project);
            check(start.name.startsWith('s') && end.name.startsWith('e'),
                  start.name + ' ' + end.name + " is no pair");
            check(start.name.mid(1).replace('x', "") == end.name.mid(1).replace('x', ""),
                  start.name + ' ' + end.name + " are of two calls");
        }
        for (const RecordRef &record : batch.records)
            m_spool.remove(record);
    }

    void take()
    {
        const std::string refused(below(3) == 0 ? 1 : 0, static_cast<char>('a' + below(3)));
        const auto batch =
            m_pairing.takeSingle([&](const std::string &project) { return project != refused; });
        if (!batch)
            return;
        check(batch->records.size() == 1, "a single that is not one");
        check(batch->project != refused, "a project that may not be taken");
        const Kept kept = takeOut(batch->records.front(), batch->project);
        if (kept.name.startsWith('e')) {
            check(batch->route == Route::End, "an end is not for the end's route");
            checkSingleEnd(*batch, kept);
            m_spool.remove(batch->records.front());
        } else {
            check(batch->route == Route::Start, "a start is not for the start's route");
            m_sending.push_back({*batch, kept, false});
        }
    }

    void checkSingleEnd(const Batch &batch, const Kept &end)
    {
        if (!m_isTidy)
            return;
        const bool isDelivered = m_delivered.contains(keyOf(end));
        const QByteArray startedAt = "\"T" + end.name.mid(1) + '"';
        check(toBytes(batch.startedAt) == (isDelivered ? startedAt : ""_ba),
              end.name + " has a wrong started_at");
        const auto isItsStart = [&](const Kept &other) {
            return !other.name.startsWith('e') && keyOf(other) == keyOf(end);
        };
        for (const auto &[id, kept] : m_kept)
            check(!isItsStart(kept), end.name + " goes before its start");
        for (const Sending &sending : m_sending)
            check(sending.isReleased || !isItsStart(sending.start),
                  end.name + " goes while its start is under way");
    }

    void settle()
    {
        if (m_sending.empty())
            return;
        const auto place = m_sending.begin() + static_cast<std::ptrdiff_t>(below(m_sending.size()));
        const Sending sending = *place;
        m_sending.erase(place);
        m_pairing.settle(sending.batch);
        m_spool.remove(sending.batch.records.front());
        if (!sending.isReleased)
            m_delivered.insert(keyOf(sending.start));
    }

    void release()
    {
        const std::string project(1, static_cast<char>('a' + below(3)));
        std::optional<RecordId> last;
        for (const Batch &batch : m_pairing.release(project)) {
            check(batch.route == Route::Upsert, "what is released is not for the upsert route");
            check(batch.records.size() <= m_limits.request.maxCount,
                  "a released batch has too many");
            for (const RecordRef &record : batch.records) {
                check(!last || *last < record.id, "what is released is out of order");
                last = record.id;
                takeOut(record, project);
                m_spool.remove(record);
            }
        }
        for (const auto &[id, kept] : m_kept)
            check(kept.project != project, kept.name + " was not released");
        for (Sending &sending : m_sending)
            sending.isReleased |= sending.batch.project == project;
        std::erase_if(m_delivered,
                      [&](const std::string &key) { return key.starts_with(project + ' '); });
    }

    void pass(Milliseconds time)
    {
        m_now += time;
        m_pairing.promoteDue();
        const auto next = m_pairing.nextDue();
        check(!next || *next > m_now, "promoteDue() has left something due");
    }

    void clientComesOrGoes()
    {
        const auto client = static_cast<std::uint16_t>(below(4));
        if (m_gone.erase(client) != 0)
            return;
        m_gone.insert(client);
        m_pairing.clientGone(client);
    }

    std::mt19937 m_random;
    const bool m_isTidy;
    const PairingLimits m_limits;
    TimePoint m_now = TimePoint(1000h);
    MemorySpool m_spool{std::uint64_t{1} << 30U, 1000};
    std::set<std::uint16_t> m_gone;
    CompletePairing m_pairing;

    std::vector<QByteArray> m_toCome;
    std::map<std::uint64_t, Kept> m_kept; // by RecordId: added, and not come back yet
    std::vector<Sending> m_sending;
    std::set<std::string> m_delivered;
};

} // namespace

// Against a plain account of what has to come out.
class TstPairingModel final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesEverythingOnce_data();
    void givesEverythingOnce();
};

void TstPairingModel::givesEverythingOnce_data()
{
    QTest::addColumn<unsigned>("seed");
    QTest::addColumn<bool>("isTidy");
    for (unsigned seed = 1; seed <= 50; ++seed) {
        QTest::addRow("tidy %u", seed) << seed << true;
        QTest::addRow("wild %u", seed) << seed << false;
    }
}

void TstPairingModel::givesEverythingOnce()
{
    QFETCH(unsigned, seed);
    QFETCH(bool, isTidy);
    RandomRun run(seed, isTidy);
    for (int i = 0; i < 1500; ++i) {
        run.step();
        QCOMPARE(run.failure, QByteArray());
    }
    run.drain();
    QCOMPARE(run.failure, QByteArray());
}

QTEST_APPLESS_MAIN(TstPairingModel)
#include "tst_pairingmodel.moc"
