#pragma once

#include "client/appstate.h"
#include "client/notificationpolicy.h"
#include "client/sleepmeter.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

namespace Weave {

// Watches the state and says what of it is worth a notification.
class Notifier final : public QObject
{
    Q_OBJECT

public:
    explicit Notifier(QObject *parent = nullptr);

    // Which ones the user wants.
    void setWanted(bool problems, bool recovery) { m_policy.setWanted(problems, recovery); }
    // Call it with every state; isConnected: a daemon answers.
    void note(const AppState &state, bool isConnected);

Q_SIGNALS:
    void worthTelling(const QString &title, const QString &text, bool isBad);

private:
    void look();

    NotificationPolicy m_policy;
    SleepMeter m_sleep;
    QElapsedTimer m_clock;
    QTimer m_timer; // trouble becomes worth a word while nothing else happens
    AppState m_state;
};

} // namespace Weave
