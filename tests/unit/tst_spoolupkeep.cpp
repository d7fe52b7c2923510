#include "sidecar/spoolupkeep.h"

#include "unit/memorylimit.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

std::atomic<int> s_syncs = 0;
std::atomic<bool> s_isDiskStuck = false;
std::atomic<int> s_folderSyncs = 0; // and of dead letters, where there are any
std::atomic<bool> s_isFolderBroken = false;
std::atomic<int> s_syncsBeforeLetters = -1; // of segments, when the dead letters were first synced

} // namespace

// In the place of the system's own.
extern "C" int msync(void * /*address*/, std::size_t /*length*/, int /*flags*/)
{
    ++s_syncs;
    s_isDiskStuck.wait(true);
    return 0;
}

extern "C" int fsync(int /*descriptor*/)
{
    int none = -1;
    s_syncsBeforeLetters.compare_exchange_strong(none, s_syncs);
    ++s_folderSyncs;
    errno = EIO;
    return s_isFolderBroken ? -1 : 0;
}

class TstSpoolUpkeep final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nothingWasLeft();
    void tellsWhatWasLeft();
    void damageIsToldOf();
    void tellsWhatCannotBeOpened();
    void givesUpIdleFiles();
    void wakesUpAgain();
    void aVanishedFolderIsMadeAgain();
    void syncsWhatWaits_data();
    void syncsWhatWaits();
    void aVanishedFileIsSyncedInPeace();
    void aStuckDiskIsAskedOnce();
    void namesAreSyncedAfterAnError();
    void deadLettersAreSyncedFirst_data();
    void deadLettersAreSyncedFirst();

private:
    [[nodiscard]] QString folder() const { return m_parent->filePath(u"spool"_s); }
    [[nodiscard]] std::unique_ptr<DiskSpool> open() const
    {
        DiskSpoolOptions options;
        options.directory = folder().toStdString();
        options.maxBytes = 10000000;
        auto spool = DiskSpool::open(options, [] { return std::int64_t{1700000000000}; });
        if (!spool)
            qFatal("%s", spool.error().message.c_str());
        return std::move(*spool);
    }
    [[nodiscard]] static RecordRef append(DiskSpool &spool, const std::string &project)
    {
        const auto record = spool.append({CallKind::Start, project, "id", R"({"text":"abc"})"});
        if (!record)
            qFatal("%s", record.error().message.c_str());
        return *record;
    }
    void leave(const std::string &project, int calls) const
    {
        const auto spool = open();
        for (int i = 0; i < calls; ++i)
            (void)append(*spool, project);
    }
    [[nodiscard]] QStringList segmentFiles() const
    {
        return QDir(folder()).entryList({u"*.seg"_s}, QDir::Files, QDir::Name);
    }
    // Collects what recovered() says.
    void watch(SpoolUpkeep &upkeep)
    {
        connect(&upkeep, &SpoolUpkeep::recovered, this,
                [this](const std::vector<std::string> &projects) {
                    for (const std::string &project : projects)
                        m_recovered << QString::fromStdString(project);
                });
    }

    std::optional<QTemporaryDir> m_parent;
    std::optional<DeadLetters> m_deadLetters;
    QSet<QString> m_recovered;
};

void TstSpoolUpkeep::init()
{
    m_parent.emplace();
    QVERIFY(m_parent->isValid());
    m_deadLetters.emplace(folder().toStdString(), 1000000);
    m_recovered.clear();
}

void TstSpoolUpkeep::nothingWasLeft()
{
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    watch(upkeep);
    upkeep.startRecovery();
    QCoreApplication::processEvents();
    QVERIFY(m_recovered.isEmpty());
    QCOMPARE(spool->usage().pendingCalls, std::uint64_t(0));
}

void TstSpoolUpkeep::tellsWhatWasLeft()
{
    leave("acme/a", 3);
    leave("acme/b", 2);
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    watch(upkeep);
    QTest::ignoreMessage(QtInfoMsg, "waiting in the spool: 5 calls");
    upkeep.startRecovery();
    QVERIFY(m_recovered.isEmpty()); // from the event loop, piece by piece
    QTRY_COMPARE(spool->usage().pendingCalls, std::uint64_t(5));
    QTRY_COMPARE(m_recovered, (QSet<QString>{u"acme/a"_s, u"acme/b"_s}));
    QVERIFY(spool->next("acme/a"));
}

void TstSpoolUpkeep::damageIsToldOf()
{
    leave("p", 2);
    QFile file(QDir(folder()).filePath(segmentFiles().constFirst()));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QByteArray bytes = file.readAll();
    const qsizetype place = bytes.indexOf("abc");
    QVERIFY(place > 0);
    bytes[place] = 'x';
    file.seek(0);
    QCOMPARE(file.write(bytes), bytes.size());
    file.close();

    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    watch(upkeep);
    QTest::ignoreMessage(QtInfoMsg, "waiting in the spool: 1 call");
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"quarantine/: 1 damaged piece$"_s));
    upkeep.startRecovery();
    QTRY_COMPARE(m_recovered, QSet<QString>{u"p"_s});
    QTRY_COMPARE(spool->usage().quarantined, std::uint64_t(1));
}

void TstSpoolUpkeep::tellsWhatCannotBeOpened()
{
    constexpr qint64 HugeBytes = qint64(256) << 20;
    leave("p", 2);
    const QString name = segmentFiles().constFirst();
    QVERIFY(QFile::resize(QDir(folder()).filePath(name), HugeBytes));
    const MemoryLimit limit(HugeBytes / 2);
    if (!limit.isSet())
        QSKIP("needs /proc/self/statm");
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"^cannot map .*/"_s + QRegularExpression::escape(name)
                                            + u": .*next start: .*restart"_s));
    upkeep.startRecovery();
}

void TstSpoolUpkeep::givesUpIdleFiles()
{
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    spool->remove(append(*spool, "p"));
    QCOMPARE(segmentFiles().size(), 1);
    upkeep.wake();
    QTRY_COMPARE(segmentFiles().size(), 0);
    QCOMPARE(spool->usage().usedBytes, std::uint64_t(0));
}

void TstSpoolUpkeep::wakesUpAgain()
{
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Never);
    for (int round = 0; round < 2; ++round) {
        spool->remove(append(*spool, "p"));
        upkeep.wake();
        upkeep.wake();
        QTRY_COMPARE(segmentFiles().size(), 0);
    }
}

void TstSpoolUpkeep::aVanishedFolderIsMadeAgain()
{
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    const RecordRef before = append(*spool, "p");
    upkeep.wake();
    QVERIFY(QDir(folder()).removeRecursively());
    QTRY_VERIFY(QFile::exists(folder() + u"/lock"_s));
    QCOMPARE(spool->payload(before), std::string_view(R"({"text":"abc"})"));
    (void)append(*spool, "p");
    QCOMPARE(segmentFiles().size(), 1);
}

void TstSpoolUpkeep::syncsWhatWaits_data()
{
    QTest::addColumn<bool>("isLazy");
    QTest::newRow("lazy") << true;
    QTest::newRow("never") << false;
}

void TstSpoolUpkeep::syncsWhatWaits()
{
    QFETCH(bool, isLazy);
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, isLazy ? SpoolSync::Lazy : SpoolSync::Never);
    (void)append(*spool, "p");
    QCOMPARE(spool->takeUnsynced().segments.size(),
             std::size_t(0)); // from here on it has been waiting
    // A tick has come when the lock is there again.
    QVERIFY(QFile::remove(folder() + u"/lock"_s));
    upkeep.wake();
    QTRY_VERIFY(QFile::exists(folder() + u"/lock"_s));
    QCOMPARE(spool->takeUnsynced().segments.size(), isLazy ? std::size_t(0) : std::size_t(1));
}

// The memory of a file whose name is gone can still be synced; nobody is bothered with it.
void TstSpoolUpkeep::aVanishedFileIsSyncedInPeace()
{
    const auto spool = open();
    {
        SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
        (void)append(*spool, "p");
        (void)spool->takeUnsynced();
        QVERIFY(QDir(folder()).removeRecursively());
        upkeep.wake();
        QTRY_VERIFY(QFile::exists(folder() + u"/lock"_s));
    }
    QCOMPARE(spool->usage().pendingCalls, std::uint64_t(1));
}

// Every tick finds something new that waits.
void TstSpoolUpkeep::aStuckDiskIsAskedOnce()
{
    const auto spool = open();
    {
        SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
        (void)append(*spool, "p");
        (void)spool->takeUnsynced();
        s_syncs = 0;
        s_isDiskStuck = true;
        const auto mend = qScopeGuard([] { // also when the test fails
            s_isDiskStuck = false;
            s_isDiskStuck.notify_all();
        });
        for (int tick = 0; tick < 3; ++tick) {
            (void)append(*spool, "p");
            // A tick has come when the lock is there again.
            QVERIFY(QFile::remove(folder() + u"/lock"_s));
            upkeep.wake();
            QTRY_VERIFY(QFile::exists(folder() + u"/lock"_s));
        }
    }
    QCOMPARE(s_syncs.load(), 1);
}

void TstSpoolUpkeep::namesAreSyncedAfterAnError()
{
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, SpoolSync::Lazy);
    s_folderSyncs = 0;
    s_isFolderBroken = true;
    const auto heal = qScopeGuard([] { s_isFolderBroken = false; });
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"^cannot sync .*spool"_s));
    (void)append(*spool, "a/b");
    upkeep.wake();
    QTRY_COMPARE(s_folderSyncs.load(), 1);
    s_isFolderBroken = false;
    QTest::qWait(100); // it has been told
    (void)append(*spool, "a/b"); // in the same file
    QTRY_COMPARE(s_folderSyncs.load(), 2);
    (void)append(*spool, "a/b");
    QTest::qWait(1500);
    QCOMPARE(s_folderSyncs.load(), 2); // nothing is new in it
}

void TstSpoolUpkeep::deadLettersAreSyncedFirst_data()
{
    QTest::addColumn<SpoolSync>("mode");
    QTest::addColumn<bool>("isSynced");
    QTest::newRow("lazy") << SpoolSync::Lazy << true;
    QTest::newRow("always") << SpoolSync::Always << true;
    QTest::newRow("never") << SpoolSync::Never << false;
}

// Or a power cut would leave neither the call nor its letter.
void TstSpoolUpkeep::deadLettersAreSyncedFirst()
{
    QFETCH(const SpoolSync, mode);
    QFETCH(const bool, isSynced);
    const auto spool = open();
    SpoolUpkeep upkeep(*spool, *m_deadLetters, mode);
    (void)append(*spool, "a/b");
    upkeep.wake();
    QTest::qWait(600); // a tick: the next one syncs the call
    s_syncs = 0;
    s_syncsBeforeLetters = -1;
    QVERIFY(m_deadLetters->add({CallKind::Start, "a/b", "id", "{}"}, "refused"));
    if (isSynced) {
        QTRY_VERIFY(!m_deadLetters->isUnsynced());
        QTRY_COMPARE(s_syncs.load(), mode == SpoolSync::Lazy ? 1 : 0);
        QCOMPARE(s_syncsBeforeLetters.load(), 0);
    } else {
        QTest::qWait(1200);
        QCOMPARE(s_syncsBeforeLetters.load(), -1);
    }
}

QTEST_GUILESS_MAIN(TstSpoolUpkeep)
#include "tst_spoolupkeep.moc"
