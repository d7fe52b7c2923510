#pragma once

#include <QIcon>

class QPalette;

namespace Weave {

// What the tray shows of the daemon. Each is told by its shape as well as by its colour.
enum class TrayLook {
    Idle, // a W
    Sending, // with an arrow
    Paused, // with two bars
    Trouble, // with a warning triangle
};

// The panel that the icon stands on.
enum class PanelTone {
    Light,
    Dark,
    Template, // macOS colours the mask itself
};

// The tone of panels, guessed from the desktop's window colours: nothing tells it.
[[nodiscard]] PanelTone panelTone(const QPalette &palette);

// Sharp at every size and device pixel ratio.
[[nodiscard]] QIcon trayIcon(TrayLook look, PanelTone tone);

[[nodiscard]] QIcon applicationIcon();

} // namespace Weave
