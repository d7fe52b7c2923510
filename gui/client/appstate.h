#pragma once

#include "client/snapshot.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace Weave {

// What the icon, the tooltip and the first line of the menu say.
class AppState
{
    Q_DECLARE_TR_FUNCTIONS(AppState)

public:
    enum class Kind {
        Idle,
        Sending,
        Paused,
        Trouble, // also without a daemon
    };

    // snapshot is empty without a connection; absence says why. deliveredBefore is the snapshot's
    // number a second ago.
    [[nodiscard]] static AppState of(const std::optional<Snapshot> &snapshot,
                                     const QString &absence, qint64 deliveredBefore);

    [[nodiscard]] Kind kind() const { return m_kind; }
    // "Connected · 1,240 delivered · 0 waiting"
    [[nodiscard]] QString line() const { return m_line; }
    // What is the matter, in a sentence: trouble, a pause, a daemon of another version. Else empty.
    [[nodiscard]] QString reason() const { return m_reason; }
    // What kind of trouble it is: the same while the words of it change. Else empty.
    [[nodiscard]] QString cause() const { return m_cause; }

private:
    Kind m_kind = Kind::Trouble;
    QString m_line;
    QString m_reason;
    QString m_cause;
};

} // namespace Weave
