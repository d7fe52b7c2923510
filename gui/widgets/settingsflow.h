#pragma once

#include "client/connectiontest.h"

#include <QObject>
#include <QPointer>

#include <functional>

class QDialog;

namespace Weave {

class BackendForm;
class DaemonKeeper;

// Opens the dialogs that ask for settings, and hands over what the user has chosen.
class SettingsFlow final : public QObject
{
    Q_OBJECT

public:
    // runningPid says which daemon answers now; 0 for none.
    SettingsFlow(DaemonKeeper &keeper, std::function<qint64()> runningPid,
                 QObject *parent = nullptr);

    void openSettings(QWidget *parent);
    void openFirstStart(QWidget *parent);

Q_SIGNALS:
    void kept();

private:
    // Shows the dialog if it is not there already.
    bool raiseOpen();
    void serveForm(BackendForm &form);
    void testConnection(BackendForm &form);

    DaemonKeeper &m_keeper;
    std::function<qint64()> m_runningPid;
    ConnectionTest m_test;
    QPointer<QDialog> m_open;
};

} // namespace Weave
