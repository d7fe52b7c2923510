#include "client/daemonlog.h"
#include "widgets/autostart.h"
#include "widgets/backendform.h"
#include "widgets/deadletterbox.h"
#include "widgets/keystore.h"
#include "widgets/livepage.h"
#include "widgets/logopener.h"
#include "widgets/singleinstance.h"
#include "widgets/spoolcommands.h"
#include "widgets/translations.h"
#include "widgets/units.h"

#include <QApplication>
#include <QDesktopServices>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QTranslator>
#include <QUrl>

#include <csignal>
#include <sys/resource.h>

using namespace Weave;

namespace {

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A program that does this; without output of its own it says what it was called with.
QString program(const QTemporaryDir &folder, const QByteArray &line,
                const QByteArray &output = "echo \"$@\"")
{
    const QString path = folder.filePath(QStringLiteral("program"));
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
        file.write("#!/bin/sh\n" + output + "\n" + line + "\n");
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path;
}

} // namespace

// What the front-end does with the desktop: files, processes, other instances.
class TestDesktop final : public QObject
{
    Q_OBJECT

public:
    Q_INVOKABLE void noteOpened(const QUrl &url) { m_opened << url.toLocalFile(); }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_runtime.isValid());
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime.path()));
        QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "noteOpened");
    }

    void cleanupTestCase() { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

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
        auto place = KeyStore::Place::Keychain;
        const auto keep = [&](const QString &text, KeyStore::Place where) {
            answer = text;
            place = where;
        };
        store.write(QStringLiteral("secret"), KeyStore::Place::Keychain, keep);
        QTRY_COMPARE(answer, QString());
        QCOMPARE(place, KeyStore::Place::File); // there is no keychain
        QCOMPARE(
            QFile::permissions(path)
                & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther),
            QFile::Permissions());
        store.read(keep);
        QTRY_COMPARE(answer, QStringLiteral("secret"));
        QCOMPARE(place, KeyStore::Place::File);
        store.write(QString(), KeyStore::Place::Keychain, keep);
        QTRY_COMPARE(answer, QString());
        QVERIFY(!QFile::exists(path));
        store.read(keep);
        QTRY_COMPARE(place, KeyStore::Place::Nowhere);
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

    // A full disk, say, must not leave the user without an icon and without a word.
    void instanceWithoutALock()
    {
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        const rlimit nothing{0, before.rlim_max};
        std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &nothing), 0);
        SingleInstance first(QStringLiteral("/tmp/d.sock"));
        const bool isFirst = first.claim(false);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        std::signal(SIGXFSZ, SIG_DFL);
        QVERIFY(isFirst);
    }

    void spoolCommandsGetTheFlags()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(program(folder, "exit 0"));
        commands.setSpool(QStringLiteral("/x y"), QStringLiteral("/s"));
        QSignalSpy finished(&commands, &SpoolCommands::finished);
        const QString file = folder.filePath(QStringLiteral("out"));
        commands.exportTo(file);
        QVERIFY(finished.wait());
        QCOMPARE(finished.takeFirst(), QVariantList{QString()});
        QCOMPARE(contents(file), QByteArray("spool export --dead-letters --spool-dir /x y\n"));
    }

    // It may hold calls of which there is no other copy.
    void exportThatFailsLeavesTheFile()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("calls.ndjson"));
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::WriteOnly));
        kept.write("kept\n");
        kept.close();
        SpoolCommands commands(program(folder, "echo no such spool >&2; exit 1"));
        QSignalSpy finished(&commands, &SpoolCommands::finished);
        commands.exportTo(file);
        QVERIFY(finished.wait());
        QCOMPARE(finished.takeFirst(), QVariantList{QStringLiteral("no such spool")});
        QCOMPARE(contents(file), QByteArray("kept\n"));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files),
                 (QStringList{QStringLiteral("calls.ndjson"), QStringLiteral("program")}));

        const QString nowhere = folder.filePath(QStringLiteral("none/calls.ndjson"));
        commands.exportTo(nowhere);
        QCOMPARE(finished.count(), 1);
        QVERIFY(finished.takeFirst().first().toString().contains(nowhere));
        commands.retry(); // goes on, and into no file
        QVERIFY(finished.wait());
        QCOMPARE(contents(file), QByteArray("kept\n"));
    }

    void exportReplacesTheFile()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("calls.ndjson"));
        QFile old(file);
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("old\n");
        old.close();
        SpoolCommands commands(program(folder, "exit 0", "head -c 1000000 /dev/zero"));
        QSignalSpy finished(&commands, &SpoolCommands::finished);
        commands.exportTo(file);
        QVERIFY(finished.wait());
        QCOMPARE(finished.takeFirst(), QVariantList{QString()});
        QCOMPARE(contents(file), QByteArray(1'000'000, '\0'));
    }

    // Payloads are nobody else's business; who has made the file has said whose they are.
    void exportIsForTheUserAlone()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("calls.ndjson"));
        constexpr QFile::Permissions Others =
            QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        SpoolCommands commands(program(folder, "exit 0", "echo '{}'"));
        QSignalSpy finished(&commands, &SpoolCommands::finished);
        commands.exportTo(file);
        QVERIFY(finished.wait());
        QCOMPARE(contents(file), QByteArray("{}\n"));
        QCOMPARE(QFile::permissions(file) & Others, QFile::Permissions());
        QVERIFY(QFile::setPermissions(file, QFile::permissions(file) | QFile::ReadGroup));
        commands.exportTo(file);
        QVERIFY(finished.wait());
        QCOMPARE(QFile::permissions(file) & Others, QFile::Permissions(QFile::ReadGroup));
    }

    // The settings suggest a name for the file in which a daemon keeps all calls.
    void exportSuggestsAFileOfItsOwn()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(program(folder, "exit 0"));
        DeadLetterBox box;
        box.setCommands(&commands);
        box.setGroups({{QStringLiteral("a/b"), QStringLiteral("no"), 3}});
        BackendForm form;
        form.setBackend(QStringLiteral("file:"));
        Settings settings;
        form.writeTo(settings);
        box.findChild<QPushButton *>()->click();
        auto *const dialog = box.findChild<QFileDialog *>();
        QVERIFY(dialog != nullptr);
        const QStringList suggested = dialog->selectedFiles();
        dialog->reject();
        QCOMPARE(suggested.size(), 1);
        QVERIFY2(QStringLiteral("file:") + suggested[0] != settings.backend,
                 qPrintable(suggested[0]));
    }

    void listingWithoutTheProgramIsToldOf()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(folder.filePath(QStringLiteral("none")));
        QSignalSpy notListed(&commands, &SpoolCommands::notListed);
        commands.list();
        QTRY_COMPARE(notListed.count(), 1);
        const QString said = notListed[0][0].toString();
        QVERIFY2(said.contains(folder.filePath(QStringLiteral("none"))), qPrintable(said));
    }

    void spoolCommandsListGroups()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(
            program(folder, "[ \"$*\" = 'spool ls --json --spool-dir /x' ] || exit 1",
                    R"(echo '{"dead_letters":[{"project":"a/b","reason":"no","calls":3}]}')"));
        commands.setSpool(QStringLiteral("/x"), QStringLiteral("/s"));
        QList<DeadLetterGroup> groups;
        connect(&commands, &SpoolCommands::listed, this,
                [&groups](const QList<DeadLetterGroup> &listed) { groups = listed; });
        commands.list();
        QTRY_COMPARE(groups.size(), 1);
        QCOMPARE(groups[0].project, QStringLiteral("a/b"));
        QCOMPARE(groups[0].reason, QStringLiteral("no"));
        QCOMPARE(groups[0].calls, 3);
    }

    // What waits and is damaged says nothing against the dead letters.
    void listingBesideDamageIsShown()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(
            program(folder, "echo left out: 1.seg >&2; exit 1",
                    R"(echo '{"dead_letters":[{"project":"a/b","reason":"no","calls":3}]}')"));
        QSignalSpy listed(&commands, &SpoolCommands::listed);
        QSignalSpy notListed(&commands, &SpoolCommands::notListed);
        commands.list();
        QTRY_COMPARE(listed.count() + notListed.count(), 1);
        QCOMPARE(listed.count(), 1);
    }

    // The spool of a daemon in a container, for one: that nothing is seen does not mean that
    // nothing is there.
    void spoolThatCannotBeSeenIsNotEmpty()
    {
        const QTemporaryDir folder;
        SpoolCommands commands(program(folder, "echo no such spool >&2; exit 1"));
        commands.setSpool(QStringLiteral("/x"), QStringLiteral("/s"));
        DeadLetterBox box;
        box.setCommands(&commands);
        box.setCount(3);
        box.show();
        const auto *const text = box.findChild<QLabel *>();
        QTRY_VERIFY2(text->text().contains(QStringLiteral("no such spool")),
                     qPrintable(text->text()));
        box.setGroups({{QStringLiteral("a/b"), QStringLiteral("no"), 3}});
        QVERIFY2(!text->text().contains(QStringLiteral("no such spool")), qPrintable(text->text()));
    }

    void spoolCommandsSayWhatWentWrong()
    {
        const QTemporaryDir folder;
        SpoolCommands failing(program(folder, "echo no such spool >&2; exit 1"));
        QSignalSpy finished(&failing, &SpoolCommands::finished);
        failing.retry();
        QVERIFY(finished.wait());
        QCOMPARE(finished.takeFirst(), QVariantList{QStringLiteral("no such spool")});

        SpoolCommands absent(QStringLiteral("/none/weave-sidecar"));
        QSignalSpy failed(&absent, &SpoolCommands::finished);
        absent.retry();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("/none/weave-sidecar")));
    }

    void logInAFileIsOpened()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("daemon.log"));
        LogOpener opener(folder.filePath(QStringLiteral("own.log")));
        const QSignalSpy failed(&opener, &LogOpener::failed);
        opener.open(5, {DaemonLog::Kind::File, path, false});
        QCOMPARE(m_opened.takeFirst(), path);
        // Nothing is known of the daemon, or none runs: what the last one of ours has said.
        opener.open(0, {});
        QCOMPARE(m_opened.size(), 0);
        QCOMPARE(failed.count(), 1);
        QFile own(folder.filePath(QStringLiteral("own.log")));
        QVERIFY(own.open(QIODevice::WriteOnly));
        opener.open(0, {});
        QCOMPARE(m_opened.takeFirst(), own.fileName());
    }

    void logInTheJournalIsCopied()
    {
        const QTemporaryDir folder;
        QVERIFY(QFile::rename(program(folder, "exit 0"),
                              folder.filePath(QStringLiteral("journalctl"))));
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QFile::encodeName(folder.path()) + ':' + path);
        LogOpener opener(folder.filePath(QStringLiteral("own.log")));
        QSignalSpy failed(&opener, &LogOpener::failed);
        const DaemonLog log{DaemonLog::Kind::Journal, QStringLiteral("sidecar.service"), true};
        opener.open(5, log);
        QTRY_COMPARE(m_opened.size(), 1);
        QCOMPARE(contents(m_opened.takeFirst()),
                 QByteArray("--user --unit sidecar.service --lines=2000 --no-pager\n"));
        QCOMPARE(failed.count(), 0);
        // Where it cannot be read, how to read it is said.
        QVERIFY(QFile::remove(folder.filePath(QStringLiteral("journalctl"))));
        QVERIFY(QFile::rename(program(folder, "exit 1"),
                              folder.filePath(QStringLiteral("journalctl"))));
        opener.open(5, log);
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed.first().first().toString().contains(
            QStringLiteral("journalctl --user --unit sidecar.service")));
        qputenv("PATH", path);
    }

    void logOnATerminalIsNamed()
    {
        LogOpener opener(QStringLiteral("/none"));
        QSignalSpy failed(&opener, &LogOpener::failed);
        opener.open(5, {DaemonLog::Kind::Terminal, QStringLiteral("/dev/pts/7"), false});
        QCOMPARE(failed.count(), 1);
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("/dev/pts/7")));
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
    QStringList m_opened; // files, by the desktop's program for them
};

QTEST_MAIN(TestDesktop)
#include "tst_widgets_desktop.moc"
