#include "ingest/processname.h"

#include "unit/text.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstProcessName final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thisProgram();
    void others_data();
    void others();
    void nobody();
};

void TstProcessName::thisProgram()
{
    QCOMPARE(toBytes(processName(::getpid())), "tst_processname"_ba);
}

void TstProcessName::others_data()
{
    QTest::addColumn<QString>("program"); // the first word
    QTest::addColumn<QStringList>("arguments"); // of bash, whose script "wait" is
    QTest::addColumn<QByteArray>("name");
    const auto row = [](const char *name, const QString &program, const QStringList &arguments,
                        const QByteArray &shown) {
        QTest::newRow(name) << program << arguments << shown;
    };
    row("arguments are nobody's business", u"/opt/bin/worker"_s, {u"wait"_s, u"--token=abc"_s},
        "worker");
    row("script", u"/usr/bin/python3"_s, {u"./wait"_s}, "python3 wait");
    row("module", u"python3.11"_s, {u"-m"_s, u"wait"_s, u"x"_s}, "python3.11 -m wait");
    row("code", u"python3"_s, {u"-c"_s, u"read secret"_s}, "python3");
    row("long", QString(300, u'w'), {u"wait"_s}, QByteArray(80, 'w'));
}

void TstProcessName::others()
{
    QFETCH(QString, program);
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, name);
    const QTemporaryDir folder;
    QFile script(folder.filePath(u"wait"_s));
    QVERIFY(script.open(QIODevice::WriteOnly));
    script.write("read line\n");
    script.close();
    QProcess process;
    process.setWorkingDirectory(folder.path());
    process.start(u"bash"_s,
                  QStringList{u"-c"_s, u"exec -a \"$0\" bash \"$@\""_s, program} + arguments);
    QVERIFY(process.waitForStarted());
    QTRY_COMPARE(toBytes(processName(static_cast<pid_t>(process.processId()))), name);
    process.kill();
    process.waitForFinished();
}

void TstProcessName::nobody()
{
    QCOMPARE(toBytes(processName(0)), ""_ba);
    QCOMPARE(toBytes(processName(-1)), ""_ba);
    QCOMPARE(toBytes(processName(0x7ffffff0)), ""_ba);
}

QTEST_GUILESS_MAIN(TstProcessName)
#include "tst_processname.moc"
