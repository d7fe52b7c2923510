#include "config/smallfile.h"

#include "unit/text.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <chrono>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace Weave;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class TstSmallFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void files();
    void whatIsNoFile();
    void pipeWithoutWriter();
    void pipeWithWriter_data();
    void pipeWithWriter();
    void emptyPipe();
    void slowWriter();
    void endlessWriter();

private:
    [[nodiscard]] std::string path(const char *name) const
    {
        return m_folder.filePath(QLatin1String(name)).toStdString();
    }
    // Runs beside the test; write is given the pipe.
    [[nodiscard]] std::jthread writer(const std::string &pipe, std::function<void(int)> write)
    {
        ::unlink(pipe.c_str());
        ::mkfifo(pipe.c_str(), 0600);
        return std::jthread([pipe, write = std::move(write)] {
            const int file = ::open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
            write(file);
            ::close(file);
        });
    }

    QTemporaryDir m_folder;
};

namespace {

void put(int file, std::string_view text)
{
    [[maybe_unused]] const ssize_t written = ::write(file, text.data(), text.size());
}

} // namespace

void TstSmallFile::files()
{
    QFile file(m_folder.filePath(u"f"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("0123456789");
    file.close();
    QCOMPARE(toBytes(*readSmallFile(path("f"), 10)), "0123456789"_ba);
    QVERIFY(readSmallFile(path("f"), 9).error().code == ErrorCode::TooLarge);
    QVERIFY(readSmallFile(path("none"), 9).error().code == ErrorCode::NotFound);
    QVERIFY(readSmallFile("/dev/null", 9)->empty());
    QVERIFY(readSmallFile("/dev/zero", 100'000).error().code == ErrorCode::TooLarge);
}

void TstSmallFile::whatIsNoFile()
{
    const auto folder = readSmallFile(m_folder.path().toStdString(), 9);
    QVERIFY(!folder);
    QCOMPARE(toBytes(folder.error().message), "it is a folder; name a file"_ba);
}

void TstSmallFile::pipeWithoutWriter()
{
    for (const PipeWait wait : {PipeWait::Short, PipeWait::WhileWritten}) {
        { // one that has gone is none
            const std::jthread gone = writer(path("p"), [](int file) { put(file, "x"); });
            QCOMPARE(toBytes(*readSmallFile(path("p"), 9)), "x"_ba);
        }
        QElapsedTimer timer;
        timer.start();
        const auto text = readSmallFile(path("p"), 9, wait);
        QVERIFY(!text);
        QCOMPARE(toBytes(text.error().message),
                 "a pipe that nobody writes to; write to it first, or name a file"_ba);
        QCOMPARE_GE(timer.elapsed(), 400);
    }
}

void TstSmallFile::pipeWithWriter_data()
{
    QTest::addColumn<int>("before"); // ms
    QTest::newRow("that waits") << 100;
    QTest::newRow("that comes") << 0;
}

void TstSmallFile::pipeWithWriter()
{
    QFETCH(int, before);
    const std::jthread there = writer(path("p"), [](int file) {
        put(file, "ab");
        std::this_thread::sleep_for(20ms);
        put(file, "cd");
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(before));
    QCOMPARE(toBytes(*readSmallFile(path("p"), 9)), "abcd"_ba);
}

void TstSmallFile::emptyPipe()
{
    const std::jthread there = writer(path("p"), [](int) { std::this_thread::sleep_for(20ms); });
    std::this_thread::sleep_for(100ms);
    QVERIFY(readSmallFile(path("p"), 9)->empty());
}

void TstSmallFile::slowWriter()
{
    const auto write = [](int file) {
        std::this_thread::sleep_for(2s);
        put(file, "late");
    };
    {
        const std::jthread there = writer(path("p"), write);
        std::this_thread::sleep_for(100ms);
        QCOMPARE(toBytes(*readSmallFile(path("p"), 9, PipeWait::WhileWritten)), "late"_ba);
    }
    const std::jthread there = writer(path("p"), [](int) { std::this_thread::sleep_for(2s); });
    std::this_thread::sleep_for(100ms);
    const auto text = readSmallFile(path("p"), 9);
    QVERIFY(!text);
    QCOMPARE(toBytes(text.error().message),
             "a pipe whose writer takes too long; name a file instead"_ba);
}

void TstSmallFile::endlessWriter()
{
    const std::jthread there = writer(path("p"), [](int file) { put(file, "0123456789"); });
    QVERIFY(readSmallFile(path("p"), 9).error().code == ErrorCode::TooLarge);
}

QTEST_APPLESS_MAIN(TstSmallFile)
#include "tst_smallfile.moc"
