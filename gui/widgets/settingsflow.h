#pragma once

#include "client/connectiontest.h"
#include "widgets/daemonkeeper.h"

#include <QObject>
#include <QPointer>

class QDialog;

namespace Weave {

class Autostart;
class BackendForm;
class FirstStart;
class SettingsDialog;

// Opens the dialogs that ask for settings, hands over what the user has chosen, and says what has
// become of it.
class SettingsFlow final : public QObject
{
    Q_OBJECT

public:
    SettingsFlow(DaemonKeeper &keeper, SidecarClient &client, Autostart &autostart,
                 QObject *parent = nullptr);

    void openSettings(QWidget *parent);
    void openFirstStart(QWidget *parent);

Q_SIGNALS:
    void said(const QString &title, const QString &text);

private:
    // Shows the dialog if it is not there already.
    bool raiseOpen();
    [[nodiscard]] static QString notReadByRunning();
    void serveForm(BackendForm &form);
    void showKeySource(BackendForm &form);
    void testConnection(BackendForm &form);
    void save(SettingsDialog &dialog);
    void begin(FirstStart &dialog);
    void handleApplied(const DaemonKeeper::Applied &applied);

    DaemonKeeper &m_keeper;
    SidecarClient &m_client;
    Autostart &m_autostart;
    ConnectionTest m_test;
    QPointer<QDialog> m_open;
    QPointer<QWidget> m_parent; // of the dialogs
    bool m_hasKey = false; // kept, or found where the daemon looks
};

} // namespace Weave
