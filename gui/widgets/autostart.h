#pragma once

#include <QString>

namespace Weave {

// Start at login: a desktop entry in the user's autostart folder, on macOS a LaunchAgent.
class Autostart final
{
public:
    // Where the entry lies and which program it starts; the defaults are the user's own folder and
    // this program.
    explicit Autostart(const QString &folder = QString(), const QString &program = QString());

    [[nodiscard]] bool isOn() const;

    // Returns what went wrong, or nothing.
    [[nodiscard]] QString setOn(bool isOn);

    [[nodiscard]] QString path() const { return m_path; }

private:
    [[nodiscard]] QByteArray entry() const;

    QString m_path;
    QString m_program;
};

} // namespace Weave
