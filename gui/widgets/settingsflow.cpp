#include "widgets/settingsflow.h"

#include "client/daemonlog.h"
#include "widgets/autostart.h"
#include "widgets/backendform.h"
#include "widgets/firststart.h"
#include "widgets/restartquestion.h"
#include "widgets/settingsdialog.h"

#include <QTcpServer>

namespace Weave {

namespace {

// Where Node programs are told to find the sidecar: the usual port, or the next one that nobody
// has.
QString freeHttpAddress()
{
    constexpr quint16 UsualPort = 8319;
    constexpr quint16 Tries = 20;
    quint16 port = UsualPort;
    for (QTcpServer server; port < UsualPort + Tries; ++port) {
        if (server.listen(QHostAddress::LocalHost, port))
            break;
    }
    return QStringLiteral("127.0.0.1:%1").arg(port < UsualPort + Tries ? port : UsualPort);
}

QString warning(const QString &text)
{
    return QStringLiteral("⚠ ") + text;
}

} // namespace

SettingsFlow::SettingsFlow(DaemonKeeper &keeper, SidecarClient &client, Autostart &autostart,
                           QObject *parent)
    : QObject(parent),
      m_keeper(keeper),
      m_client(client),
      m_autostart(autostart)
{
    connect(&m_keeper, &DaemonKeeper::applied, this, &SettingsFlow::handleApplied);
    connect(&m_keeper, &DaemonKeeper::notKept, this, [this](const QString &text) {
        if (m_open.isNull() || !m_open->isVisible()) // else the dialog says it itself
            Q_EMIT said(tr("The settings cannot be kept"), text);
    });
}

QString SettingsFlow::notReadByRunning()
{
    return tr("The sidecar that runs now does not read these settings: what you change here is "
              "for one that this program starts.");
}

bool SettingsFlow::raiseOpen()
{
    if (m_open.isNull())
        return false;
    m_open->raise();
    m_open->activateWindow();
    return true;
}

void SettingsFlow::openSettings(QWidget *parent)
{
    if (raiseOpen())
        return;
    m_parent = parent;
    const QString problem = m_keeper.load();
    const auto options = m_keeper.config().options();
    if (!problem.isEmpty() || !options) {
        Q_EMIT said(tr("The settings cannot be read"), problem);
        return;
    }
    auto *const dialog = new SettingsDialog(parent);
    m_open = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setSettings(m_keeper.settings(), *options);
    dialog->setStartsAtLogin(m_autostart.isOn());
    serveForm(dialog->form());
    if (!m_keeper.isReadBy(m_client))
        dialog->setConsequence(notReadByRunning());
    connect(dialog, &SettingsDialog::saveRequested, this, [this, dialog] { save(*dialog); });
    connect(&m_keeper, &DaemonKeeper::notKept, dialog, [dialog](const QString &text) {
        dialog->setConsequence(warning(tr("The settings cannot be kept: %1").arg(text)));
    });
    dialog->show();
    dialog->activateWindow(); // its window may be hidden, and then nobody gives it the keyboard
}

// Each field is right by now; together they may not be.
void SettingsFlow::save(SettingsDialog &dialog)
{
    const Settings settings = dialog.settings();
    const QString key = dialog.form().key();
    // Who has named no backend does not want a daemon from here.
    const bool isWhole = !settings.backend.isEmpty() || m_keeper.isConfigured();
    if (const auto config = m_keeper.configFor(settings, key); isWhole && !config) {
        dialog.setConsequence(warning(QString::fromStdString(config.error().message)));
        return;
    }
    if (dialog.isStartAtLoginChanged()) {
        if (const QString problem = m_autostart.setOn(dialog.startsAtLogin()); !problem.isEmpty()) {
            dialog.setConsequence(warning(tr("Start at login cannot be changed: %1").arg(problem)));
            return;
        }
    }
    if (m_keeper.keep(settings, key, m_client)) // else what was typed stays to be seen
        dialog.accept();
}

void SettingsFlow::openFirstStart(QWidget *parent)
{
    if (raiseOpen())
        return;
    m_parent = parent;
    if (const QString problem = m_keeper.load(); !problem.isEmpty()) {
        Q_EMIT said(tr("The settings cannot be read"), problem);
        return;
    }
    auto *const dialog = new FirstStart(parent);
    m_open = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto check = [dialog] { dialog->setUsable(dialog->form().check().isEmpty()); };
    connect(&dialog->form(), &BackendForm::edited, dialog, check);
    Settings settings = m_keeper.settings();
    settings.backend = QStringLiteral("https://trace.wandb.ai");
    dialog->form().setSettings(settings);
    serveForm(dialog->form());
    check();
    connect(dialog, &FirstStart::chosen, this, [this, dialog] { begin(*dialog); });
    connect(&m_keeper, &DaemonKeeper::startFailed, dialog, [dialog](const QString &text) {
        dialog->setProblem(warning(tr("The sidecar cannot be started: %1").arg(text)));
    });
    connect(&m_keeper, &DaemonKeeper::notKept, dialog, [dialog](const QString &text) {
        dialog->setProblem(warning(tr("The settings cannot be kept: %1").arg(text)));
    });
    // Modal, because the window has only just been shown, and could take the keyboard back.
    dialog->open();
    dialog->activateWindow();
}

void SettingsFlow::begin(FirstStart &dialog)
{
    // Other lines of the file may be new, and are the user's.
    const QString unreadable = m_keeper.load();
    const auto options = m_keeper.config().options();
    if (!unreadable.isEmpty() || !options) {
        dialog.setProblem(warning(unreadable));
        return;
    }
    Settings settings = m_keeper.settings();
    dialog.form().writeTo(settings);
    if (!options->has("http"))
        settings.http = freeHttpAddress();
    const QString http =
        options->has("http") ? QString::fromStdString(options->get("http").text) : settings.http;
    const QString key = dialog.form().key();
    if (const auto config = m_keeper.configFor(settings, key); !config) {
        dialog.setProblem(warning(QString::fromStdString(config.error().message)));
        return;
    }
    const bool isServer = !settings.backend.startsWith(QLatin1String("file:"));
    QStringList notes;
    if (isServer && key.isEmpty() && !m_hasKey)
        notes << warning(tr("No API key was found. A trace server that needs one gets the calls "
                            "once you have set it in the settings."));
    if (!m_keeper.isReadBy(m_client)) // one that came while this was asked
        notes << warning(notReadByRunning());
    dialog.setProblem(notes.join(QLatin1Char('\n')));
    if (m_keeper.keep(settings, key, m_client))
        dialog.showHint(http, m_keeper.unusualSocketPath());
}

void SettingsFlow::handleApplied(const DaemonKeeper::Applied &applied)
{
    if (!applied.problem.isEmpty()) {
        Q_EMIT said(applied.isAnswered
                        ? tr("The sidecar goes on with its old settings")
                        : tr("The sidecar did not say that it has taken the new settings"),
                    applied.problem);
        return;
    }
    if (!applied.overruled.isEmpty())
        Q_EMIT said(tr("No effect on the running sidecar"),
                    tr("It was started with other values, on its command line or in its "
                       "environment, which win: %1")
                        .arg(Settings::namesOf(applied.overruled)));
    if (!applied.notUsed.isEmpty())
        Q_EMIT said(tr("No effect on the running sidecar"),
                    tr("systemd has made its socket, so this stays what it was: %1. Another place "
                       "is set as ListenStream= by `systemctl --user edit weave-sidecar.socket`.")
                        .arg(Settings::namesOf(applied.notUsed)));
    if (applied.needsRestart.isEmpty())
        return;
    askToRestart(m_parent, Settings::namesOf(applied.needsRestart), applied.isOurs,
                 DaemonLog::of(applied.pid), [this] { m_keeper.restartDaemon(); });
}

void SettingsFlow::serveForm(BackendForm &form)
{
    m_test.stop(); // its result is about what another dialog said
    showKeySource(form);
    const QPointer<BackendForm> shown(&form);
    connect(&form, &BackendForm::testRequested, this, [this, shown] { testConnection(*shown); });
    connect(&m_test, &ConnectionTest::finished, &form, [shown](bool isGood, const QString &text) {
        shown->setTestResult(isGood ? QStringLiteral("✓ ") + text : warning(text), false);
    });
}

void SettingsFlow::showKeySource(BackendForm &form)
{
    const QPointer<BackendForm> shown(&form);
    m_keeper.keys().read([this, shown](const QString &key, KeyStore::Place) {
        if (shown.isNull())
            return;
        Settings settings = m_keeper.settings();
        shown->writeTo(settings);
        const QString source = m_keeper.keySource(settings);
        m_hasKey = !key.isEmpty() || !source.isEmpty();
        if (!key.isEmpty())
            shown->setKeyHint(tr("kept safe; type here to change it"));
        else if (!source.isEmpty())
            shown->setKeyHint(tr("found in %1").arg(source));
        else
            shown->setKeyHint(tr("from wandb.ai/authorize"));
    });
}

void SettingsFlow::testConnection(BackendForm &form)
{
    form.setTestResult(tr("Asking…"), true);
    const QPointer<BackendForm> shown(&form);
    m_keeper.keys().read([this, shown](const QString &kept, KeyStore::Place) {
        if (shown.isNull())
            return;
        Settings settings = m_keeper.settings();
        shown->writeTo(settings);
        const auto config =
            m_keeper.configFor(settings, shown->key().isEmpty() ? kept : shown->key());
        if (config)
            m_test.start(*config);
        else
            shown->setTestResult(warning(QString::fromStdString(config.error().message)), false);
    });
}

} // namespace Weave
