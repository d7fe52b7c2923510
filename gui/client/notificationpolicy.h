#pragma once

#include "client/appstate.h"

#include <QHash>
#include <QString>

#include <optional>

namespace Weave {

// Which changes are worth a notification: the beginning and the end of trouble, not its course.
class NotificationPolicy
{
public:
    enum class Message {
        Trouble,
        Recovered,
    };
    static constexpr qint64 GraceMs = 15'000; // trouble that goes by itself is not told of
    static constexpr qint64 QuietMs = 3'600'000; // between two of one cause

    // Which ones the user wants.
    void setWanted(bool problems, bool recovery);

    // Call it with every state. cause tells kinds of trouble apart. nowMs is on a steady clock.
    // The first call and the end of a pause begin a time of grace.
    [[nodiscard]] std::optional<Message> update(AppState::Kind kind, const QString &cause,
                                                qint64 nowMs);
    // The machine woke up: trouble has its time of grace again.
    void noteResume(qint64 nowMs);
    // Call it with every state. So it has when the daemon has gone, which may be back in a moment;
    // but not time and again, when it never stays.
    void noteConnection(bool isConnected, qint64 nowMs);

private:
    bool m_wantsProblems = true;
    bool m_wantsRecovery = false;
    std::optional<qint64> m_quietUntil; // grace
    QString m_cause; // of the trouble that is on now, once it is told or passed over
    std::optional<qint64> m_connectedSince;
    bool m_isTold = false; // of that trouble
    bool m_wasPaused = false;
    QHash<QString, qint64> m_lastTold;
};

} // namespace Weave
