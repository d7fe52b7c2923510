#pragma once

#include <QString>
#include <QStringList>

namespace Weave {

// Where a daemon writes its log, as Linux tells it of a process.
struct DaemonLog
{
    enum class Kind {
        File,
        Journal, // systemd runs it
        Terminal, // somebody has started it by hand
        Unknown, // another user's process, or another system
    };
    Kind kind = Kind::Unknown;
    QString place; // path of the file or the terminal, name of the systemd unit
    bool isUserUnit = false; // the user's own systemd runs it

    // processes: the folder that the kernel describes processes in.
    [[nodiscard]] static DaemonLog of(qint64 pid,
                                      const QString &processes = QStringLiteral("/proc"));

    // The program that prints the end of the journal, and its arguments.
    [[nodiscard]] QStringList journalCommand() const;
};

} // namespace Weave
