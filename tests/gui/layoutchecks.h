#pragma once

#include <QStringList>

class QWidget;

namespace Weave {

// What a user would see cut off: visible labels, buttons, fields, tabs, table headers and list
// items of the window that are smaller than what stands in them. The window has to be shown.
[[nodiscard]] QStringList clippedTexts(const QWidget &window);

// Visible neighbours in the window that lie on one another.
[[nodiscard]] QStringList overlaps(const QWidget &window);

// Letters that are underlined twice among what Alt reaches in the window, or lead nowhere: such a
// key does nothing.
[[nodiscard]] QStringList clashingMnemonics(const QWidget &window);

} // namespace Weave
