#include "widgets/autostart.h"
#include "widgets/keystore.h"
#include "widgets/livepage.h"
#include "widgets/singleinstance.h"
#include "widgets/spoolcommands.h"
#include "widgets/translations.h"
#include "widgets/units.h"

#include <QDialogButtonBox>
#include <QFile>
#include <QFileInfo>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>

using namespace Weave;

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A program that says what it was called with, and ends with the code that its file says.
QString program(const QTemporaryDir &folder, const QByteArray &lastLine)
{
    const QString path = folder.filePath(QStringLiteral("program"));
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write("#!/bin/sh\necho \"$@\"\n" + lastLine + "\n");
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

} // namespace

// What the front-end does with the desktop: files, processes, other instances.
class TestDesktop final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_runtime.isValid());
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime.path()));
    }

    void autostartIsAFile()
    {
        const QTemporaryDir folder;
        Autostart autostart(folder.filePath(QStringLiteral("a/b")),
                            QStringLiteral("/opt/my $tools/tray"));
        QVERIFY(!autostart.isOn());
        QCOMPARE(autostart.setOn(false), QString());
        QCOMPARE(autostart.setOn(true), QString());
        QVERIFY(autostart.isOn());
        QVERIFY(contents(autostart.path()).contains(R"(Exec="/opt/my \\$tools/tray" --hidden)"));
        QCOMPARE(autostart.setOn(false), QString());
        QVERIFY(!autostart.isOn());
    }

    // GNOME's and others' settings switch an entry off this way.
    void autostartSeesDesktopsOwnSwitch()
    {
        const QTemporaryDir folder;
        Autostart autostart(folder.path(), QStringLiteral("/usr/bin/tray"));
        QCOMPARE(autostart.setOn(true), QString());
        QFile file(autostart.path());
        QVERIFY(file.open(QIODevice::Append));
        file.write("Hidden=true\n");
        file.close();
        QVERIFY(!autostart.isOn());
    }

    void autostartSaysWhatWentWrong()
    {
        Autostart autostart(QStringLiteral("/proc/none"), QStringLiteral("/usr/bin/tray"));
        QVERIFY(!autostart.setOn(true).isEmpty());
    }

    void keyIsForTheUserAlone()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("keys/api-key"));
        KeyStore store(path);
        store.useFileOnly();
        QString answer = QStringLiteral("none");
        const auto keep = [&answer](const QString &text) { answer = text; };
        store.write(QStringLiteral("secret"), keep);
        QTRY_COMPARE(answer, QString());
        QCOMPARE(
            QFile::permissions(path)
                & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
            QFile::Permissions());
        store.read(keep);
        QTRY_COMPARE(answer, QStringLiteral("secret"));
        store.write(QString(), keep);
        QTRY_COMPARE(answer, QString());
        QVERIFY(!QFile::exists(path));
    }

    void secondInstanceRaisesFirst()
    {
        SingleInstance first(QStringLiteral("/tmp/a.sock"));
        QVERIFY(first.claim(false));
        const QSignalSpy raised(&first, &SingleInstance::raiseRequested);
        SingleInstance second(QStringLiteral("/tmp/a.sock"));
        QVERIFY(!second.claim(false));
        QTRY_COMPARE(raised.count(), 1);
        // At login a second one goes without a word.
        QVERIFY(!second.claim(true));
        QTest::qWait(50);
        QCOMPARE(raised.count(), 1);
        SingleInstance other(QStringLiteral("/tmp/b.sock"));
        QVERIFY(other.claim(false));
    }

    void instanceFollowsAnEndedOne()
    {
        {
            SingleInstance first(QStringLiteral("/tmp/c.sock"));
            QVERIFY(first.claim(false));
        }
        SingleInstance second(QStringLiteral("/tmp/c.sock"));
        QVERIFY(second.claim(false));
    }

    void spoolCommandsGetTheFlags()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(program(folder, "exit 0"),
                               {QStringLiteral("--spool-dir"), QStringLiteral("/x y")});
        QSignalSpy finished(&commands, &SpoolCommands::finished);
        commands.retry();
        QVERIFY(finished.wait());
        QCOMPARE(finished.takeFirst(),
                 (QVariantList{true, QStringLiteral("spool retry --spool-dir /x y")}));
        const QString file = folder.filePath(QStringLiteral("out"));
        commands.exportTo(file);
        QVERIFY(finished.wait());
        QCOMPARE(contents(file), QByteArray("spool export --spool-dir /x y\n"));
    }

    void spoolCommandsSayWhatWentWrong()
    {
        const QTemporaryDir folder;
        SpoolCommands failing(program(folder, "echo no such spool >&2; exit 1"), {});
        QSignalSpy finished(&failing, &SpoolCommands::finished);
        failing.retry();
        QVERIFY(finished.wait());
        QCOMPARE(finished.takeFirst(), (QVariantList{false, QStringLiteral("no such spool")}));

        SpoolCommands absent(QStringLiteral("/none/weave-sidecar"), {});
        QSignalSpy failed(&absent, &SpoolCommands::finished);
        absent.retry();
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed.first().first().toBool(), false);
    }

    void speaksOtherLanguages()
    {
        const auto shown = [](const QString &language) {
            const QLocale before;
            QLocale::setDefault(QLocale(language));
            installTranslations(*qApp, QLocale(language));
            const QStringList texts{
                formatAge(125),
                LivePage::tr("%n more call(s) came too fast to be shown.", nullptr, 1),
                QDialogButtonBox(QDialogButtonBox::Cancel)
                    .button(QDialogButtonBox::Cancel)
                    ->text()};
            for (QTranslator *const translator : qApp->findChildren<QTranslator *>())
                delete translator;
            QLocale::setDefault(before);
            return texts.join(u'|');
        };
        QCOMPARE(shown(QStringLiteral("en_US")),
                 QStringLiteral("2 min|1 more call came too fast to be shown.|Cancel"));
        QCOMPARE(shown(QStringLiteral("de_AT")),
                 QStringLiteral("2 min|1 weiterer Aufruf kam zu schnell, um gezeigt zu werden."
                                "|Abbrechen"));
        QCOMPARE(shown(QStringLiteral("zh_CN")),
                 QStringLiteral("2 分钟|另有 1 个调用来得太快，未能显示。|取消"));
        // Not translated: English.
        QCOMPARE(shown(QStringLiteral("fi_FI")),
                 QStringLiteral("2 min|1 more call came too fast to be shown.|Cancel"));
    }

private:
    QTemporaryDir m_runtime;
};

QTEST_MAIN(TestDesktop)
#include "tst_widgets_desktop.moc"
