#include "client/appstate.h"
#include "client/diagnostics.h"
#include "client/history.h"
#include "client/notificationpolicy.h"
#include "client/sleepmeter.h"
#include "common/version.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>

#include <cmath>

using namespace Weave;
using namespace Qt::StringLiterals;
using Kind = AppState::Kind;
using Message = NotificationPolicy::Message;

namespace {

FlushEvent flushOf(double seconds)
{
    FlushEvent flush;
    flush.seconds = seconds;
    return flush;
}

} // namespace

class ClientStateTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
    void snapshotOfNothing();
    void snapshotOfFailingProjects();
    void backendName_data();
    void backendName();
    void stateLine();
    void stateKinds();
    void aFullSpoolIsToldInEachState();
    void anotherVersionIsTold();
    void historyOfRates();
    void historyAcrossARestart();
    void historyWithGaps();
    void historyGoesOnWithoutADaemon();
    void historyInFewerPoints();
    void historyIsAnHour();
    void notifiesOnce();
    void noNotificationWithinTheGrace();
    void graceAfterAPause();
    void sleepBeginsAGrace();
    void aDaemonThatNeverStaysIsTold();
    void sleepIsMeasured();
    void oneCauseInManyWords();
    void recoveryWhenWanted();
    void diagnosticsTellNoSecrets();
};

void ClientStateTest::snapshotOfNothing()
{
    const Snapshot snapshot = Snapshot::fromJson({});
    QCOMPARE(snapshot.delivered, 0);
    QVERIFY(!snapshot.oldestPendingSeconds);
    QVERIFY(snapshot.backendState == Snapshot::Backend::Ok);
}

void ClientStateTest::snapshotOfFailingProjects()
{
    const auto status =
        QJsonDocument::fromJson(R"({"backend":{"state":"degraded","failing_projects":2,"failing":[)"
                                R"({"project":"acme/chat","state":"paused","error":"403"},)"
                                R"({"project":"b/c","state":"retrying","error":"503"}]}})");
    const Snapshot snapshot = Snapshot::fromJson(status.object());
    QVERIFY(snapshot.backendState == Snapshot::Backend::Degraded);
    QCOMPARE(snapshot.failingProjects, 2);
    QCOMPARE(snapshot.firstFailing, u"acme/chat"_s);
    QCOMPARE(snapshot.firstFailingError, u"403"_s);
}

void ClientStateTest::backendName_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("name");
    QTest::newRow("https") << u"https://trace.wandb.ai"_s << u"trace.wandb.ai"_s;
    QTest::newRow("port") << u"http://127.0.0.1:8080/x"_s << u"127.0.0.1:8080"_s;
    QTest::newRow("file") << u"file:/tmp/calls.ndjson"_s << u"calls.ndjson"_s;
}

void ClientStateTest::backendName()
{
    QFETCH(QString, url);
    Snapshot snapshot;
    snapshot.backend = url;
    QTEST(snapshot.backendName(), "name");
}

void ClientStateTest::stateLine()
{
    Snapshot snapshot;
    snapshot.delivered = 1240;
    QCOMPARE(AppState::of(snapshot, {}, 1240).line(), u"Connected · 1,240 delivered · 0 waiting"_s);
    QCOMPARE(AppState::of({}, u"No daemon"_s, 0).line(), u"Not connected"_s);
    QCOMPARE(AppState::of({}, u"No daemon"_s, 0).reason(), u"No daemon"_s);
}

void ClientStateTest::stateKinds()
{
    Snapshot snapshot;
    const auto kind = [&](qint64 before = 0) { return AppState::of(snapshot, {}, before).kind(); };
    QVERIFY(kind() == Kind::Idle);
    snapshot.delivered = 5;
    QVERIFY(kind(4) == Kind::Sending);
    QVERIFY(kind(5) == Kind::Idle);
    snapshot.spoolMaxBytes = 100;
    snapshot.spoolUsedBytes = 92;
    QVERIFY(kind(5) == Kind::Trouble);
    snapshot.spoolUsedBytes = 0;
    snapshot.backendState = Snapshot::Backend::Paused;
    snapshot.lastError = u"401"_s;
    QVERIFY(kind(5) == Kind::Trouble);
    QCOMPARE(AppState::of(snapshot, {}, 0).reason(), u"401"_s);
    snapshot.backendState = Snapshot::Backend::Degraded;
    snapshot.failingProjects = 1;
    snapshot.firstFailing = u"acme/chat"_s;
    snapshot.firstFailingError = u"403"_s;
    QVERIFY(kind(5) == Kind::Trouble);
    QCOMPARE(AppState::of(snapshot, {}, 0).line(), u"Some calls wait · 5 delivered · 0 waiting"_s);
    QCOMPARE(AppState::of(snapshot, {}, 0).reason(), u"acme/chat: 403"_s);
    snapshot.failingProjects = 2;
    QCOMPARE(AppState::of(snapshot, {}, 0).reason(), u"acme/chat and others: 403"_s);
    snapshot.backendState = Snapshot::Backend::Paused;
    snapshot.isPausedByUser = true;
    QVERIFY(kind(5) == Kind::Paused);
    snapshot.backendState = Snapshot::Backend::Retrying;
    QVERIFY(kind(5) == Kind::Trouble);
    QVERIFY(AppState::of({}, {}, 0).kind() == Kind::Trouble);
}

// Who pauses reads that calls are kept; soon they are not.
void ClientStateTest::aFullSpoolIsToldInEachState()
{
    using Backend = Snapshot::Backend;
    Snapshot snapshot;
    snapshot.spoolMaxBytes = 100;
    snapshot.lastError = snapshot.firstFailingError = u"the backend answered 503"_s;
    const auto reason = [&snapshot] { return AppState::of(snapshot, {}, 0).reason(); };
    for (const Backend state : {Backend::Paused, Backend::Retrying, Backend::Degraded}) {
        for (const bool isPausedByUser : {false, true}) {
            snapshot.backendState = state;
            snapshot.isPausedByUser = isPausedByUser;
            snapshot.spoolUsedBytes = 92;
            QVERIFY2(reason().contains(u"will soon be refused"_s), qPrintable(reason()));
            QVERIFY2(!reason().contains(u"Calls are kept"_s), qPrintable(reason()));
            const bool isByUser = isPausedByUser && state == Backend::Paused;
            QCOMPARE(reason().contains(u"503"_s), !isByUser);
            snapshot.spoolUsedBytes = 90;
            QVERIFY2(!reason().contains(u"refused"_s), qPrintable(reason()));
        }
    }
}

void ClientStateTest::anotherVersionIsTold()
{
    const std::string_view own = version();
    Snapshot snapshot;
    snapshot.version = QString::fromUtf8(own.data(), static_cast<qsizetype>(own.size()));
    QCOMPARE(AppState::of(snapshot, {}, 0).reason(), QString());
    snapshot.version = u"9.9.9"_s;
    QVERIFY(AppState::of(snapshot, {}, 0).reason().contains(u"9.9.9"_s));
    QVERIFY(AppState::of(snapshot, {}, 0).kind() == Kind::Idle); // told, and no trouble
}

void ClientStateTest::historyOfRates()
{
    History history;
    Snapshot snapshot;
    history.noteSnapshot(snapshot, 1000);
    snapshot.received = 10;
    snapshot.delivered = 4;
    snapshot.pending = 6;
    history.noteFlush(flushOf(0.1));
    history.noteFlush(flushOf(0.3));
    history.noteSnapshot(snapshot, 2000);
    QCOMPARE(history.values(History::CallsIn, 60, 60).constLast(), 10.0);
    QCOMPARE(history.values(History::CallsOut, 60, 60).constLast(), 4.0);
    QCOMPARE(history.values(History::Pending, 60, 60).constLast(), 6.0);
    QCOMPARE(history.values(History::Latency, 60, 60).constLast(), 200.0);
    history.noteSnapshot(snapshot, 3000);
    QCOMPARE(history.values(History::CallsIn, 60, 60).constLast(), 0.0);
    QVERIFY(std::isnan(history.values(History::Latency, 60, 60).constLast()));
}

void ClientStateTest::historyAcrossARestart()
{
    History history;
    Snapshot snapshot;
    snapshot.received = 1000;
    history.noteSnapshot(snapshot, 1000);
    snapshot.received = 7;
    history.noteSnapshot(snapshot, 2000);
    QCOMPARE(history.values(History::CallsIn, 60, 60).constLast(), 7.0);
}

void ClientStateTest::historyWithGaps()
{
    History history;
    Snapshot snapshot;
    history.noteSnapshot(snapshot, 1000);
    history.noteSnapshot(snapshot, 2000);
    history.noteAbsence(2000);
    snapshot.received = 500;
    history.noteSnapshot(snapshot, 12'000);
    const QList<double> values = history.values(History::CallsIn, 60, 60);
    QCOMPARE(values.size(), 60);
    QVERIFY(std::isnan(values[58]));
    QVERIFY(std::isnan(values[50]));
    QCOMPARE(values[49], 0.0);
    QVERIFY(std::isnan(values[48]));
}

void ClientStateTest::historyGoesOnWithoutADaemon()
{
    History history;
    history.noteAbsence(500'000);
    Snapshot snapshot;
    history.noteSnapshot(snapshot, 501'000);
    history.noteSnapshot(snapshot, 502'000);
    history.noteAbsence(502'400);
    QCOMPARE(history.values(History::Pending, 60, 60)[59], 0.0);
    history.noteAbsence(503'900);
    history.noteAbsence(504'900);
    QList<double> values = history.values(History::Pending, 60, 60);
    QVERIFY(std::isnan(values[59]) && std::isnan(values[58]));
    QCOMPARE(values[57], 0.0);
    history.noteSnapshot(snapshot, 505'000);
    values = history.values(History::Pending, 60, 60);
    QCOMPARE(values[59], 0.0);
    QVERIFY(std::isnan(values[58]) && std::isnan(values[57]));
    QCOMPARE(values[56], 0.0);
}

void ClientStateTest::historyInFewerPoints()
{
    History history;
    Snapshot snapshot;
    for (int second = 0; second <= 600; ++second) {
        snapshot.received += second == 595 ? 50 : 1;
        history.noteSnapshot(snapshot, 1000 * (second + 1));
    }
    QCOMPARE(History::stepSeconds(600, 200), 3);
    const QList<double> values = history.values(History::CallsIn, 600, 200);
    QCOMPARE(values.size(), 200);
    QCOMPARE(*std::max_element(values.begin(), values.end()), 50.0); // a peak stays
    QCOMPARE(values.constFirst(), 1.0);
}

void ClientStateTest::historyIsAnHour()
{
    History history;
    Snapshot snapshot;
    for (int second = 0; second <= 2 * History::Seconds; ++second) {
        snapshot.received += second > History::Seconds ? 2 : 1;
        history.noteSnapshot(snapshot, 1000 * (second + 1));
    }
    const QList<double> values = history.values(History::CallsIn, History::Seconds, 360);
    QCOMPARE(values.size(), 360);
    QCOMPARE(values.constFirst(), 2.0);
    QCOMPARE(values.constLast(), 2.0);
}

void ClientStateTest::notifiesOnce()
{
    NotificationPolicy policy;
    QVERIFY(!policy.update(Kind::Idle, {}, 0));
    constexpr qint64 Later = NotificationPolicy::GraceMs + 1;
    QVERIFY(policy.update(Kind::Trouble, u"a"_s, Later) == Message::Trouble);
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, Later + 1000));
    QVERIFY(!policy.update(Kind::Idle, {}, Later + 2000));
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, Later + 3000)); // the same within the hour
    QVERIFY(policy.update(Kind::Trouble, u"b"_s, Later + 4000) == Message::Trouble);
    QVERIFY(!policy.update(Kind::Idle, {}, Later + 5000));
    QVERIFY(policy.update(Kind::Trouble, u"a"_s, Later + NotificationPolicy::QuietMs + 1)
            == Message::Trouble);
    QVERIFY(!policy.update(Kind::Paused, {}, Later + NotificationPolicy::QuietMs + 2));
}

void ClientStateTest::noNotificationWithinTheGrace()
{
    NotificationPolicy policy;
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, 0));
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, NotificationPolicy::GraceMs - 1));
    // Trouble that is still there then is told of.
    QVERIFY(policy.update(Kind::Trouble, u"a"_s, NotificationPolicy::GraceMs) == Message::Trouble);
    QVERIFY(!policy.update(Kind::Idle, {}, 100'000));
    policy.noteResume(200'000);
    QVERIFY(!policy.update(Kind::Trouble, u"b"_s, 200'001));
    QVERIFY(!policy.update(Kind::Idle, {}, 200'002));
}

void ClientStateTest::graceAfterAPause()
{
    NotificationPolicy policy;
    QVERIFY(!policy.update(Kind::Idle, {}, 0));
    QVERIFY(!policy.update(Kind::Paused, {}, 100'000));
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, 200'000));
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, 200'000 + NotificationPolicy::GraceMs - 1));
    QVERIFY(policy.update(Kind::Trouble, u"a"_s, 200'000 + NotificationPolicy::GraceMs)
            == Message::Trouble);
}

void ClientStateTest::sleepBeginsAGrace()
{
    NotificationPolicy policy;
    QVERIFY(!policy.update(Kind::Idle, {}, 0));
    policy.noteResume(100'000);
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, 100'000 + NotificationPolicy::GraceMs - 1));
    QVERIFY(policy.update(Kind::Trouble, u"a"_s, 100'000 + NotificationPolicy::GraceMs)
            == Message::Trouble);
}

// One that ends as soon as it is started, and is started again by systemd.
void ClientStateTest::aDaemonThatNeverStaysIsTold()
{
    constexpr qint64 Grace = NotificationPolicy::GraceMs;
    NotificationPolicy policy;
    qint64 now = 0;
    const auto tell = [&policy, &now](bool isConnected) {
        policy.noteConnection(isConnected, now);
        return policy.update(isConnected ? Kind::Idle : Kind::Trouble, u"no_daemon"_s, now);
    };
    QVERIFY(!tell(true));
    now += Grace;
    QVERIFY(!tell(false)); // it may come back in a moment
    int told = 0;
    for (int i = 0; i < 20; ++i) {
        now += Grace / 10;
        told += tell(true) ? 1 : 0;
        now += Grace / 10;
        told += tell(false) ? 1 : 0;
    }
    QCOMPARE(told, 1);
}

void ClientStateTest::sleepIsMeasured()
{
    using namespace std::chrono_literals;
    Milliseconds awake = 5s;
    Milliseconds asleep = 7s; // before this program began
    SleepMeter meter([&] { return awake + asleep; }, [&] { return awake; });
    QVERIFY(!meter.hasSlept());
    awake += 100s; // busy elsewhere, but awake
    QVERIFY(!meter.hasSlept());
    asleep += 3s;
    QVERIFY(meter.hasSlept());
    QVERIFY(!meter.hasSlept()); // told once
    asleep += 999ms;
    QVERIFY(!meter.hasSlept());
    asleep -= 500ms; // a correction
    QVERIFY(!meter.hasSlept());
    asleep += 8h;
    QVERIFY(meter.hasSlept());
    // This machine's own clocks: a test does not sleep.
    SleepMeter real;
    QVERIFY(!real.hasSlept());
}

// An hour's peace for one cause, although its words change with every answer.
void ClientStateTest::oneCauseInManyWords()
{
    Snapshot snapshot;
    snapshot.backendState = Snapshot::Backend::Retrying;
    NotificationPolicy policy;
    int told = 0;
    for (qint64 second = 0; second < 600; ++second) {
        snapshot.lastError = u"the backend answered 503: request %1"_s.arg(second);
        const AppState state = AppState::of(snapshot, {}, 0);
        told += policy.update(state.kind(), state.cause(), second * 1000) ? 1 : 0;
    }
    QCOMPARE(told, 1);
    const QString retrying = AppState::of(snapshot, {}, 0).cause();
    snapshot.backendState = Snapshot::Backend::Paused;
    QVERIFY(AppState::of(snapshot, {}, 0).cause() != retrying);
    QVERIFY(AppState::of({}, {}, 0).cause() != retrying);
}

void ClientStateTest::recoveryWhenWanted()
{
    NotificationPolicy policy;
    policy.setWanted(true, true);
    QVERIFY(!policy.update(Kind::Idle, {}, 0));
    QVERIFY(policy.update(Kind::Trouble, u"a"_s, 20'000) == Message::Trouble);
    QVERIFY(policy.update(Kind::Idle, {}, 30'000) == Message::Recovered);
    QVERIFY(!policy.update(Kind::Idle, {}, 31'000));
    // Trouble that nobody was told of again has no end worth telling.
    QVERIFY(!policy.update(Kind::Trouble, u"a"_s, 32'000));
    QVERIFY(!policy.update(Kind::Idle, {}, 33'000));
    // A pause is no end.
    QVERIFY(policy.update(Kind::Trouble, u"b"_s, 34'000) == Message::Trouble);
    QVERIFY(!policy.update(Kind::Paused, {}, 35'000));
    QVERIFY(!policy.update(Kind::Idle, {}, 36'000));
    policy.setWanted(false, true);
    QVERIFY(!policy.update(Kind::Trouble, u"c"_s, 60'000));
    QVERIFY(!policy.update(Kind::Idle, {}, 70'000));
}

void ClientStateTest::diagnosticsTellNoSecrets()
{
    const QString key = u"0123456789abcdef0123456789abcdef01234567"_s;
    Snapshot snapshot;
    snapshot.backend = u"https://ada:secret@trace.test/x?token=hidden"_s;
    snapshot.lastError = "Authorization: Basic YXBpOjEyMw== "_L1 + key;
    snapshot.socket = QDir::homePath() + "/s"_L1;
    snapshot.configFiles = {u"/etc/c.toml"_s, QDir::homePath() + "/c.toml"_L1};
    snapshot.spoolDirectory = QDir::homePath() + "/spool"_L1;
    ProblemModel problems;
    FlushEvent flush;
    flush.outcome = u"paused"_s;
    flush.status = 401;
    flush.error = "the key "_L1 + key + " is wrong"_L1;
    problems.noteFlush(flush);
    const QString text = diagnosticsText(snapshot, {}, problems);
    QVERIFY(text.contains(u"trace.test"_s));
    QVERIFY(text.contains(u"401"_s));
    QVERIFY(text.contains(u"~/s"_s));
    QVERIFY(text.contains(u"/etc/c.toml, ~/c.toml"_s));
    QVERIFY(text.contains(u"~/spool, 0 of 0 bytes"_s));
    if (QDir::homePath().size() > 1)
        QVERIFY2(!text.contains(QDir::homePath()), qPrintable(text));
    for (const QString &secret : {key, u"secret"_s, u"hidden"_s, u"YXBpOjEyMw"_s})
        QVERIFY2(!text.contains(secret), qPrintable(text));
}

QTEST_GUILESS_MAIN(ClientStateTest)
#include "tst_client_state.moc"
