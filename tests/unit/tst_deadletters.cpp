#include "spool/deadletters.h"

#include "unit/text.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <optional>
#include <sys/resource.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

constexpr std::uint64_t Plenty = 1000000;

CallView callOf(std::string_view payload)
{
    return {CallKind::Start, "acme/support-bot", "id", payload};
}

// Lets this process write files of at most so many bytes, as a disk that is full does.
class FileSizeLimit final
{
public:
    explicit FileSizeLimit(rlim_t bytes)
        : m_oldHandler(std::signal(SIGXFSZ, SIG_IGN))
    {
        ::getrlimit(RLIMIT_FSIZE, &m_old);
        const rlimit limit{bytes, m_old.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_old);
        std::signal(SIGXFSZ, m_oldHandler);
    }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit m_old{};
    void (*m_oldHandler)(int);
};

} // namespace

class TstDeadLetters final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void nothingIsMadeBeforeTheFirst();
    void saysWhatAndWhy();
    void keepsThePayloadAsItCame();
    void oddReasonsAreStillJson();
    void addsToWhatIsThere();
    void isPrivate();
    void staysInItsBounds();
    void aCallLargerThanTheBoundIsKept();
    void noFolder();
    void aLinkIsNotFollowed();
    void aFullDiskLeavesNoHalfLine();
    void halfALineSpoilsNoOther();
    void aNewFileBeginsWithALine();
    void anOldFileInTheWay();
    void isSyncedWhenAsked();
    void isToBeSyncedStillAfterAnError();

private:
    [[nodiscard]] std::string folder() const { return m_folder->path().toStdString(); }
    [[nodiscard]] QString path() const
    {
        return m_folder->filePath(QStringLiteral("dead-letters.ndjson"));
    }
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    // The objects of a file, each of which must be on a line of its own.
    static QList<QJsonObject> objects(const QString &path)
    {
        QList<QJsonObject> found;
        QList<QByteArray> lines = read(path).split('\n');
        if (!lines.takeLast().isEmpty())
            return {};
        for (const QByteArray &line : lines)
            found << QJsonDocument::fromJson(line).object();
        return found;
    }

    std::optional<QTemporaryDir> m_folder;
};

void TstDeadLetters::init()
{
    m_folder.emplace();
    QVERIFY(m_folder->isValid());
}

void TstDeadLetters::nothingIsMadeBeforeTheFirst()
{
    DeadLetters letters(folder(), Plenty);
    QVERIFY(QDir(m_folder->path()).isEmpty());
}

void TstDeadLetters::saysWhatAndWhy()
{
    DeadLetters letters(folder(), Plenty);
    const QDateTime before = QDateTime::currentDateTimeUtc().addSecs(-1);
    QVERIFY(letters.add({CallKind::Start, "acme/a", "1", R"({"start":{"id":"1"}})"}, "too odd"));
    QVERIFY(letters.add({CallKind::End, "acme/b", "2", R"({"end":{"id":"2"}})"}, "gone"));
    const QDateTime after = QDateTime::currentDateTimeUtc().addSecs(1);

    const QList<QJsonObject> found = objects(path());
    QCOMPARE(found.size(), 2);
    QCOMPARE(found[0]["project_id"_L1].toString(), u"acme/a"_s);
    QCOMPARE(found[0]["mode"_L1].toString(), u"start"_s);
    QCOMPARE(found[0]["reason"_L1].toString(), u"too odd"_s);
    QCOMPARE(found[0]["req"_L1]["start"_L1]["id"_L1].toString(), u"1"_s);
    QCOMPARE(found[1]["mode"_L1].toString(), u"end"_s);
    QCOMPARE(found[1]["req"_L1]["end"_L1]["id"_L1].toString(), u"2"_s);
    for (const QJsonObject &object : found) {
        const auto time = QDateTime::fromString(object["time"_L1].toString(), Qt::ISODate);
        QCOMPARE(time.timeSpec(), Qt::UTC);
        QVERIFY(before <= time && time <= after);
    }
}

void TstDeadLetters::keepsThePayloadAsItCame()
{
    DeadLetters letters(folder(), Plenty);
    const std::string_view payload = "{ \"start\" : {\"n\":1.50e+01,\"t\":\"\\u00e9\xc3\xa9\"}}";
    QVERIFY(letters.add(callOf(payload), "why"));
    QVERIFY(read(path()).contains(",\"req\":" + toBytes(payload) + "}\n"));
}

void TstDeadLetters::oddReasonsAreStillJson()
{
    DeadLetters letters(folder(), Plenty);
    for (const std::string_view reason : {"", "with \"quotes\" and \\", "two\nlines", "\xff bytes"})
        QVERIFY(letters.add(callOf("{}"), reason));
    const QList<QJsonObject> found = objects(path());
    QCOMPARE(found.size(), 4);
    QCOMPARE(found[0]["reason"_L1].toString(), QString());
    QCOMPARE(found[1]["reason"_L1].toString(), u"with \"quotes\" and \\"_s);
    QCOMPARE(found[2]["reason"_L1].toString(), u"two\nlines"_s);
    QCOMPARE(found[3]["reason"_L1].toString(), u"\uFFFD bytes"_s);
}

void TstDeadLetters::addsToWhatIsThere()
{
    QVERIFY(DeadLetters(folder(), Plenty).add(callOf("{}"), "first"));
    QVERIFY(DeadLetters(folder(), Plenty).add(callOf("{}"), "second"));
    const QList<QJsonObject> found = objects(path());
    QCOMPARE(found.size(), 2);
    QCOMPARE(found[0]["reason"_L1].toString(), u"first"_s);
    QCOMPARE(found[1]["reason"_L1].toString(), u"second"_s);
}

void TstDeadLetters::isPrivate()
{
    QVERIFY(DeadLetters(folder(), Plenty).add(callOf("{}"), "why"));
    const QFile::Permissions others = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup
        | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFile::permissions(path()) & others));
}

void TstDeadLetters::staysInItsBounds()
{
    constexpr std::uint64_t MaxBytes = 10000;
    DeadLetters letters(folder(), MaxBytes);
    const QString oldPath = path() + u".old"_s;
    for (int i = 0; i < 200; ++i) {
        QVERIFY(letters.add(callOf("{\"n\":" + std::to_string(i) + "}"), "why"));
        QVERIFY(static_cast<std::uint64_t>(QFile(path()).size()) <= MaxBytes / 2);
        QVERIFY(static_cast<std::uint64_t>(QFile(oldPath).size()) <= MaxBytes / 2);
    }
    // The newest are there, in order, without a gap.
    const QList<QJsonObject> kept = objects(oldPath) + objects(path());
    QVERIFY(kept.size() > 40);
    for (qsizetype i = 0; i < kept.size(); ++i)
        QCOMPARE(kept[i]["req"_L1]["n"_L1].toInt(), static_cast<int>(200 - kept.size() + i));
}

void TstDeadLetters::aCallLargerThanTheBoundIsKept()
{
    DeadLetters letters(folder(), 100);
    const std::string payload = "{\"t\":\"" + std::string(1000, 'x') + "\"}";
    QVERIFY(letters.add(callOf(payload), "first"));
    QVERIFY(!QFile::exists(path() + u".old"_s));
    QVERIFY(letters.add(callOf(payload), "second"));
    QCOMPARE(objects(path()).value(0)["reason"_L1].toString(), u"second"_s);
    QCOMPARE(objects(path() + u".old"_s).value(0)["reason"_L1].toString(), u"first"_s);
}

void TstDeadLetters::noFolder()
{
    const auto added = DeadLetters(folder() + "/none", Plenty).add(callOf("{}"), "why");
    QVERIFY(!added);
    QVERIFY(added.error().code == ErrorCode::Io);
    QVERIFY(added.error().message.find("/none/dead-letters.ndjson") != std::string::npos);
}

void TstDeadLetters::aLinkIsNotFollowed()
{
    const QString target = m_folder->filePath(u"elsewhere"_s);
    QVERIFY(QFile::link(target, path()));
    QVERIFY(!DeadLetters(folder(), Plenty).add(callOf("{}"), "why"));
    QVERIFY(!QFile::exists(target));
}

void TstDeadLetters::aFullDiskLeavesNoHalfLine()
{
    DeadLetters letters(folder(), Plenty);
    QVERIFY(letters.add(callOf("{}"), "first"));
    const QByteArray before = read(path());
    for (const qsizetype room : {0, 1, 20}) {
        const FileSizeLimit limit(static_cast<rlim_t>(before.size() + room));
        const auto added = letters.add(callOf("{}"), "second");
        QVERIFY(!added);
        QVERIFY(added.error().code == ErrorCode::Io);
        QCOMPARE(read(path()), before);
    }
    QVERIFY(letters.add(callOf("{}"), "third"));
    QCOMPARE(objects(path()).size(), 2);
}

// As a kill leaves it that comes in the middle of a write.
void TstDeadLetters::halfALineSpoilsNoOther()
{
    DeadLetters letters(folder(), Plenty);
    QVERIFY(letters.add(callOf("{}"), "first"));
    QVERIFY(letters.add(callOf("{}"), "second"));
    QVERIFY(QFile::resize(path(), read(path()).size() - 5));
    QVERIFY(letters.add(callOf("{}"), "third"));
    const QList<QJsonObject> found = objects(path());
    QCOMPARE(found.size(), 3);
    QCOMPARE(found[0]["reason"_L1].toString(), u"first"_s);
    QVERIFY(found[1].isEmpty());
    QCOMPARE(found[2]["reason"_L1].toString(), u"third"_s);
}

void TstDeadLetters::aNewFileBeginsWithALine()
{
    DeadLetters letters(folder(), 200);
    QVERIFY(letters.add(callOf("{}"), "first"));
    QVERIFY(QFile::resize(path(), read(path()).size() - 5));
    QVERIFY(letters.add(callOf("{}"), "second"));
    QVERIFY(QFile::exists(path() + u".old"_s));
    QVERIFY(read(path()).startsWith('{'));
    QCOMPARE(objects(path()).size(), 1);
}

void TstDeadLetters::anOldFileInTheWay()
{
    // A folder with something in it is nothing that a file could take the place of.
    QVERIFY(QDir(m_folder->path()).mkpath(u"dead-letters.ndjson.old/inside"_s));
    DeadLetters letters(folder(), 100);
    QVERIFY(letters.add(callOf("{}"), "first"));
    const auto added = letters.add(callOf("{}"), "second");
    QVERIFY(!added);
    QVERIFY(added.error().code == ErrorCode::Io);
    QCOMPARE(objects(path()).size(), 1);
}

void TstDeadLetters::isSyncedWhenAsked()
{
    DeadLetters letters(folder(), 2 * 300);
    QVERIFY(!letters.isUnsynced());
    QVERIFY(letters.sync()); // there is nothing yet
    const std::string payload(100, '1');
    for (int i = 0; i < 5; ++i) { // and the older file is another one
        QVERIFY(letters.add(callOf(payload), "no"));
        QVERIFY(letters.isUnsynced());
        QVERIFY(letters.sync());
        QVERIFY(!letters.isUnsynced());
    }
}

void TstDeadLetters::isToBeSyncedStillAfterAnError()
{
    DeadLetters letters(folder(), Plenty);
    QVERIFY(letters.add(callOf("{}"), "no"));
    QVERIFY(QFile::remove(path()));
    QVERIFY(QFile::link(u"/dev/null"_s, path())); // links are not followed
    const auto synced = letters.sync();
    QVERIFY(!synced);
    QVERIFY(QByteArray::fromStdString(synced.error().message).contains("dead-letters.ndjson"));
    QVERIFY(letters.isUnsynced());
}

QTEST_APPLESS_MAIN(TstDeadLetters)
#include "tst_deadletters.moc"
