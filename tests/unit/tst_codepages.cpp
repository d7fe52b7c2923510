#include "common/codepages.h"
#include "common/uniquefd.h"

#include <QFile>
#include <QTest>

#include <cstdint>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

// KiB of this process that are pages of files, and resident.
qint64 residentOfFiles()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("RssFile:"))
            return line.mid(8).trimmed().split(' ').first().toLongLong();
    }
    return -1;
}

} // namespace

class TstCodePages final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mostOfThemGo();
    void theProgramGoesOn();
    void whatSomebodyHasWrittenStays();
};

void TstCodePages::mostOfThemGo()
{
    const qint64 before = residentOfFiles();
    if (before < 0)
        QSKIP("this system does not tell what is resident");
    unmapCodePages();
    const qint64 after = residentOfFiles();
    QVERIFY2(after < before / 2, qPrintable(u"%1 KiB, before %2"_s.arg(after).arg(before)));
}

// What the loader and the program have written stays, and the rest comes back.
void TstCodePages::theProgramGoesOn()
{
    static int written = 1;
    static const char *const relocated = "relocated";
    written = 2;
    unmapCodePages();
    QCOMPARE(written, 2);
    QCOMPARE(QString::fromLatin1(relocated).toUpper(), u"RELOCATED"_s);
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, throw std::runtime_error("caught"));
    QCOMPARE(metaObject()->className(), "TstCodePages");
}

// As a debugger writes, into pages that the program cannot write to.
void TstCodePages::whatSomebodyHasWrittenStays()
{
    static constexpr int Before = 1;
    static constexpr int After = 2;
    static const int constant = Before;
    const volatile int *const place = &constant;
    const UniqueFd memory(::open("/proc/self/mem", O_RDWR | O_CLOEXEC));
    const auto address = static_cast<off_t>(reinterpret_cast<std::uintptr_t>(place));
    if (::pwrite(memory.get(), &After, sizeof After, address) != sizeof After)
        QSKIP("this system does not let a program write so");
    QCOMPARE(*place, After);
    unmapCodePages();
    QCOMPARE(*place, After);
}

QTEST_GUILESS_MAIN(TstCodePages)
#include "tst_codepages.moc"
