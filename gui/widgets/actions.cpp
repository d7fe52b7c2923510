#include "widgets/actions.h"

#include <QAction>
#include <QKeySequence>

namespace Weave {

Actions::Actions(QObject *parent)
    : QObject(parent),
      open(new QAction(tr("&Open Weave Sidecar"), this)),
      pause(new QAction(this)),
      flush(new QAction(tr("&Flush now"), this)),
      retry(new QAction(tr("&Retry now"), this)),
      startDaemon(new QAction(tr("Start the s&idecar"), this)),
      connectPrograms(new QAction(tr("Connect &programs…"), this)),
      openLog(new QAction(tr("Open &log"), this)),
      copyDiagnostics(new QAction(tr("&Copy diagnostics"), this)),
      settings(new QAction(tr("&Settings…"), this)),
      startAtLogin(new QAction(tr("Start at lo&gin"), this)),
      about(new QAction(tr("&About Weave Sidecar"), this)),
      quit(new QAction(this))
{
    startAtLogin->setCheckable(true);
    flush->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return));
    retry->setShortcut(QKeySequence(Qt::Key_F5));
    settings->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Comma));
    quit->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Q));
    settings->setMenuRole(QAction::PreferencesRole);
    about->setMenuRole(QAction::AboutRole);
    quit->setMenuRole(QAction::QuitRole);
    flush->setStatusTip(tr("Send what waits without waiting for fuller batches"));
    retry->setStatusTip(tr("Try the backend again at once"));
    copyDiagnostics->setStatusTip(tr("Copy a report without keys or contents of calls"));
    setPaused(false);
    setConnected(false);
}

void Actions::setPaused(bool isPaused)
{
    pause->setText(isPaused ? tr("Resume &delivery") : tr("Pause &delivery"));
    pause->setStatusTip(isPaused ? tr("Send calls to the backend again")
                                 : tr("Keep taking calls, but do not send them yet"));
}

void Actions::setConnected(bool isConnected)
{
    for (QAction *const action : {pause, flush, retry})
        action->setEnabled(isConnected);
    startDaemon->setVisible(!isConnected);
    if (!isConnected)
        quit->setText(tr("&Quit"));
}

void Actions::setDaemon(bool mayControl, bool isOurs)
{
    setConnected(true);
    for (QAction *const action : {pause, flush, retry})
        action->setEnabled(mayControl);
    quit->setText(isOurs ? tr("&Quit…") : tr("&Quit (the sidecar goes on)"));
}

} // namespace Weave
