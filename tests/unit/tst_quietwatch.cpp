#include "sidecar/quietwatch.h"

#include "spool/memoryspool.h"

#include <QSignalSpy>
#include <QTest>

using namespace Weave;
using namespace std::chrono_literals;

class TstQuietWatch final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sleepsUntilItIsWoken();
    void tellsOnce();
    void waitsForCallsThatCome();
    void waitsForCallsThatGo();
    void callsThatWaitAreQuiet();

private:
    RecordRef append()
    {
        const auto record = m_spool.append({CallKind::Start, "acme/a", "id", R"({"text":"abc"})"});
        if (!record)
            qFatal("%s", record.error().message.c_str());
        return *record;
    }

    MemorySpool m_spool{1 << 20};
};

void TstQuietWatch::sleepsUntilItIsWoken()
{
    QuietWatch watch(m_spool, 5ms);
    const QSignalSpy quiet(&watch, &QuietWatch::becameQuiet);
    QTest::qWait(50);
    QCOMPARE(quiet.count(), 0);
}

void TstQuietWatch::tellsOnce()
{
    QuietWatch watch(m_spool, 5ms);
    QSignalSpy quiet(&watch, &QuietWatch::becameQuiet);
    watch.wake();
    watch.wake();
    QVERIFY(quiet.wait());
    QTest::qWait(50);
    QCOMPARE(quiet.count(), 1);
    watch.wake();
    QVERIFY(quiet.wait());
    QCOMPARE(quiet.count(), 2);
}

void TstQuietWatch::waitsForCallsThatCome()
{
    QuietWatch watch(m_spool, 200ms);
    QSignalSpy quiet(&watch, &QuietWatch::becameQuiet);
    watch.wake();
    QTRY_COMPARE(quiet.count(), 1);
    watch.wake();
    for (int i = 0; i < 80; ++i) {
        m_spool.remove(append()); // as many wait as before
        QTest::qWait(5);
    }
    QCOMPARE(quiet.count(), 1);
    QVERIFY(quiet.wait());
}

void TstQuietWatch::waitsForCallsThatGo()
{
    std::vector<RecordRef> records;
    for (int i = 0; i < 80; ++i)
        records.push_back(append());
    QuietWatch watch(m_spool, 200ms);
    QSignalSpy quiet(&watch, &QuietWatch::becameQuiet);
    watch.wake();
    QTRY_COMPARE(quiet.count(), 1);
    watch.wake();
    for (const RecordRef &record : records) {
        m_spool.remove(record);
        QTest::qWait(5);
    }
    QCOMPARE(quiet.count(), 1);
    QVERIFY(quiet.wait());
}

// As in an outage while nobody traces.
void TstQuietWatch::callsThatWaitAreQuiet()
{
    const RecordRef record = append();
    QuietWatch watch(m_spool, 5ms);
    QSignalSpy quiet(&watch, &QuietWatch::becameQuiet);
    watch.wake();
    QVERIFY(quiet.wait());
    m_spool.remove(record);
}

QTEST_GUILESS_MAIN(TstQuietWatch)
#include "tst_quietwatch.moc"
