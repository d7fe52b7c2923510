#include "widgets/settingsflow.h"

#include "widgets/backendform.h"
#include "widgets/daemonkeeper.h"
#include "widgets/firststart.h"
#include "widgets/settingsdialog.h"

#include <utility>

namespace Weave {

namespace {

// Where Node programs are told to find the sidecar.
const QString &usualHttpAddress()
{
    static const QString address = QStringLiteral("127.0.0.1:8319");
    return address;
}

} // namespace

SettingsFlow::SettingsFlow(DaemonKeeper &keeper, std::function<qint64()> runningPid,
                           QObject *parent)
    : QObject(parent),
      m_keeper(keeper),
      m_runningPid(std::move(runningPid))
{
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
    auto *const dialog = new SettingsDialog(parent);
    m_open = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    serveForm(dialog->form());
    dialog->setSettings(m_keeper.settings());
    const qint64 pid = m_runningPid();
    if (pid > 0 && !m_keeper.launcher().owns(pid))
        dialog->setConsequence(tr("The sidecar that runs now was not started by this program: "
                                  "what you change here is used when this program starts one."));
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_keeper.keep(dialog->settings(), dialog->form().key(), m_runningPid());
        Q_EMIT kept();
    });
    dialog->show();
    dialog->activateWindow(); // its window may be hidden, and then nobody gives it the keyboard
}

void SettingsFlow::openFirstStart(QWidget *parent)
{
    if (raiseOpen())
        return;
    auto *const dialog = new FirstStart(parent);
    m_open = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    serveForm(dialog->form());
    const auto check = [dialog] { dialog->setUsable(dialog->form().check().isEmpty()); };
    connect(&dialog->form(), &BackendForm::edited, dialog, check);
    dialog->form().setBackend(QStringLiteral("https://trace.wandb.ai"));
    check();
    connect(dialog, &FirstStart::chosen, this, [this, dialog] {
        Settings settings = m_keeper.settings();
        settings.backend = dialog->form().backend();
        settings.http = usualHttpAddress();
        m_keeper.keep(settings, dialog->form().key(), m_runningPid());
        dialog->showHint(settings.http);
        Q_EMIT kept();
    });
    // Modal, because the window has only just been shown, and could take the keyboard back.
    dialog->open();
    dialog->activateWindow();
}

void SettingsFlow::serveForm(BackendForm &form)
{
    QPointer<BackendForm> shown(&form);
    m_keeper.keys().read([this, shown](const QString &key) {
        if (shown.isNull())
            return;
        const QString source = DaemonKeeper::keySource(shown->backend());
        if (!key.isEmpty())
            shown->setKeyHint(tr("kept safe; type here to change it"));
        else if (!source.isEmpty())
            shown->setKeyHint(tr("found in %1").arg(source));
        else
            shown->setKeyHint(tr("from wandb.ai/authorize"));
    });
    connect(&form, &BackendForm::testRequested, this, [this, shown] { testConnection(*shown); });
    connect(&m_test, &ConnectionTest::finished, &form, [shown](bool isGood, const QString &text) {
        shown->setTestResult((isGood ? QStringLiteral("✓ ") : QStringLiteral("⚠ ")) + text, false);
    });
}

void SettingsFlow::testConnection(BackendForm &form)
{
    form.setTestResult(tr("Asking…"), true);
    QPointer<BackendForm> shown(&form);
    m_keeper.keys().read([this, shown](const QString &kept) {
        if (shown.isNull())
            return;
        QString key = shown->key().isEmpty() ? kept : shown->key();
        if (key.isEmpty())
            key = DaemonKeeper::foundKey(shown->backend());
        m_test.start(shown->backend(), key);
    });
}

} // namespace Weave
