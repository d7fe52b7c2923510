#include "common/codepages.h"

#include <QFile>
#include <QTest>

#include <stdexcept>

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

QTEST_GUILESS_MAIN(TstCodePages)
#include "tst_codepages.moc"
