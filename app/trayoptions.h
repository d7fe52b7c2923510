#pragma once

#include "config/optiontable.h"

#include <QString>
#include <QStringList>

#include <span>

namespace Weave {

// What weave-sidecar-tray was started with.
struct TrayOptions
{
    enum class Action { Run, Help, Version };
    Action action = Action::Run;
    QString socket; // empty: as the settings say
    bool isHidden = false; // do not open the window
    QString error; // not empty: a flag is wrong
};

// The arguments after the program's name. Flags of Qt itself must be taken out before.
[[nodiscard]] TrayOptions parseTrayOptions(const QStringList &arguments);

// Its flags, in the order of its help page. Man page and completions come from here, too.
[[nodiscard]] std::span<const OptionSpec> trayOptionTable();

[[nodiscard]] QString trayHelpText();

} // namespace Weave
