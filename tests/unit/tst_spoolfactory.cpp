#include "sidecar/spoolfactory.h"

#include "spool/diskspool.h"
#include "spool/memoryspool.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstSpoolFactory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inMemory();
    void onDisk();
    void aFolderInUse();
    void noFolder();
};

void TstSpoolFactory::inMemory()
{
    Config config;
    config.spoolMaxBytes = 5000000;
    const auto spool = makeSpool(config);
    QVERIFY(spool);
    QVERIFY(dynamic_cast<const MemorySpool *>(spool->get()));
    QCOMPARE((*spool)->usage().maxBytes, std::uint64_t(5000000));
}

void TstSpoolFactory::onDisk()
{
    const QTemporaryDir folder;
    Config config;
    config.spoolDirectory = folder.filePath(u"spool"_s).toStdString();
    config.spoolMaxBytes = 5000000;
    {
        const auto spool = makeSpool(config);
        QVERIFY(spool);
        QVERIFY(dynamic_cast<const DiskSpool *>(spool->get()));
        QCOMPARE((*spool)->usage().maxBytes, std::uint64_t(5000000));
        QVERIFY((*spool)->append({CallKind::Start, "p", "id", "{}"}));
    }
    // It is there for the next process.
    QVERIFY(QFile::exists(folder.filePath(u"spool/0000000000000001.seg"_s)));
}

void TstSpoolFactory::aFolderInUse()
{
    const QTemporaryDir folder;
    Config config;
    config.spoolDirectory = folder.path().toStdString();
    config.spoolMaxBytes = 5000000;
    const auto first = makeSpool(config);
    QVERIFY(first);
    const auto second = makeSpool(config);
    QVERIFY(!second);
    QVERIFY(second.error().code == ErrorCode::InUse);
}

void TstSpoolFactory::noFolder()
{
    Config config;
    config.spoolDirectory = "/dev/null/spool";
    config.spoolMaxBytes = 5000000;
    QVERIFY(!makeSpool(config));
}

QTEST_APPLESS_MAIN(TstSpoolFactory)
#include "tst_spoolfactory.moc"
