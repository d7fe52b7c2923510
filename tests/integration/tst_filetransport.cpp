#include "forwarding/filetransport.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <optional>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace Weave;

namespace {

OutgoingRequest request(std::initializer_list<std::string_view> payloads)
{
    RequestBody body(R"({"batch":[)", "]}");
    for (const std::string_view payload : payloads)
        body.add({"<", payload, ">"});
    return {"/call/upsert_batch", "id", std::move(body)};
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class FileTransportTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void writesALineAnItem();
    void appendsToWhatIsThere();
    void halfALineStaysALine();
    void answersLater();
    void cancelledAnswersNothing();
    void failureSaysWhyAndRecovers();
    void takesBackWhatIsNotWhole();
    void beginsAnewWhenDeleted();
    void beginsAnewWhenRenamed();
    void beginsAnewWhenReplaced();
    void failsWhenTheFolderIsGone();

private:
    SendResult sendAndWait(FileTransport &transport, OutgoingRequest outgoing);

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void FileTransportTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath(QStringLiteral("calls.ndjson"));
}

SendResult FileTransportTest::sendAndWait(FileTransport &transport, OutgoingRequest outgoing)
{
    std::optional<SendResult> result;
    transport.send(std::move(outgoing), [&result](const SendResult &answer) { result = answer; });
    return QTest::qWaitFor([&result] { return result.has_value(); }) ? *result : SendResult();
}

void FileTransportTest::writesALineAnItem()
{
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a", "b"})).status, 200);
    QCOMPARE(sendAndWait(transport, request({"c"})).status, 200);
    QCOMPARE(contents(m_path), QByteArray("<a>\n<b>\n<c>\n"));
    struct stat found = {};
    QCOMPARE(::stat(QFile::encodeName(m_path).constData(), &found), 0);
    QCOMPARE(found.st_mode & 0777U, 0600U);
}

void FileTransportTest::appendsToWhatIsThere()
{
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("old\n") == 4);
    file.close();
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a"})).status, 200);
    QCOMPARE(contents(m_path), QByteArray("old\n<a>\n"));
}

void FileTransportTest::halfALineStaysALine()
{
    QFile file(m_path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("<a>\n<b") == 6);
    file.close();
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a", "b"})).status, 200);
    QCOMPARE(sendAndWait(transport, request({"c"})).status, 200);
    QCOMPARE(contents(m_path), QByteArray("<a>\n<b\n<a>\n<b>\n<c>\n"));
}

void FileTransportTest::answersLater()
{
    FileTransport transport(m_path.toStdString());
    bool answered = false;
    transport.send(request({"a"}), [&answered](const SendResult &) { answered = true; });
    QVERIFY(!answered);
    QTRY_VERIFY(answered);
}

void FileTransportTest::cancelledAnswersNothing()
{
    FileTransport transport(m_path.toStdString());
    bool answered = false;
    transport.send(request({"a"}), [&answered](const SendResult &) { answered = true; });
    transport.cancelAll();
    QCOMPARE(sendAndWait(transport, request({"b"})).status, 200);
    QVERIFY(!answered);
}

void FileTransportTest::failureSaysWhyAndRecovers()
{
    const QString folder = m_folder->filePath(QStringLiteral("later"));
    const QString path = folder + QStringLiteral("/calls.ndjson");
    FileTransport transport(path.toStdString());
    const SendResult failed = sendAndWait(transport, request({"a"}));
    QCOMPARE(failed.kind, SendResult::Kind::NetworkError);
    QVERIFY(QString::fromStdString(failed.reason).contains(path));
    QVERIFY(QDir().mkpath(folder));
    QCOMPARE(sendAndWait(transport, request({"a"})).status, 200);
    QCOMPARE(contents(path), QByteArray("<a>\n"));
}

void FileTransportTest::takesBackWhatIsNotWhole()
{
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"first"})).status, 200);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit old = {};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{1'000'000, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const std::string large(600'000, 'x');
    const SendResult failed = sendAndWait(transport, request({large, large}));
    ::setrlimit(RLIMIT_FSIZE, &old);
    QCOMPARE(failed.kind, SendResult::Kind::NetworkError);
    QVERIFY(!failed.reason.empty());
    QCOMPARE(contents(m_path), QByteArray("<first>\n"));
    QCOMPARE(sendAndWait(transport, request({large, large})).status, 200);
    QCOMPARE(contents(m_path).count('\n'), 3);
}

void FileTransportTest::beginsAnewWhenDeleted()
{
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a"})).status, 200);
    QVERIFY(QFile::remove(m_path));
    QCOMPARE(sendAndWait(transport, request({"b"})).status, 200);
    QCOMPARE(sendAndWait(transport, request({"c"})).status, 200);
    QCOMPARE(contents(m_path), QByteArray("<b>\n<c>\n"));
    struct stat found = {};
    QCOMPARE(::stat(QFile::encodeName(m_path).constData(), &found), 0);
    QCOMPARE(found.st_mode & 0777U, 0600U);
}

// As logrotate does without copytruncate.
void FileTransportTest::beginsAnewWhenRenamed()
{
    const QString rotated = m_path + QStringLiteral(".1");
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a"})).status, 200);
    QVERIFY(QFile::rename(m_path, rotated));
    QCOMPARE(sendAndWait(transport, request({"b"})).status, 200);
    QCOMPARE(contents(rotated), QByteArray("<a>\n"));
    QCOMPARE(contents(m_path), QByteArray("<b>\n"));
}

void FileTransportTest::beginsAnewWhenReplaced()
{
    const QString rotated = m_path + QStringLiteral(".1");
    FileTransport transport(m_path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a"})).status, 200);
    QVERIFY(QFile::rename(m_path, rotated));
    QFile fresh(m_path);
    QVERIFY(fresh.open(QIODevice::WriteOnly) && fresh.write("new\n") == 4);
    fresh.close();
    QCOMPARE(sendAndWait(transport, request({"b"})).status, 200);
    QCOMPARE(contents(rotated), QByteArray("<a>\n"));
    QCOMPARE(contents(m_path), QByteArray("new\n<b>\n"));
}

void FileTransportTest::failsWhenTheFolderIsGone()
{
    const QString folder = m_folder->filePath(QStringLiteral("folder"));
    const QString path = folder + QStringLiteral("/calls.ndjson");
    QVERIFY(QDir().mkpath(folder));
    FileTransport transport(path.toStdString());
    QCOMPARE(sendAndWait(transport, request({"a"})).status, 200);
    QVERIFY(QDir(folder).removeRecursively());
    const SendResult failed = sendAndWait(transport, request({"b"}));
    QCOMPARE(failed.kind, SendResult::Kind::NetworkError); // not delivered into nothing
    QVERIFY(QString::fromStdString(failed.reason).contains(path));
}

QTEST_GUILESS_MAIN(FileTransportTest)
#include "tst_filetransport.moc"
