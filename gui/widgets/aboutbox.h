#pragma once

class QWidget;

namespace Weave {

// Shows what this program is, beside the window or alone. Closing it deletes it.
void showAbout(QWidget *parent);

} // namespace Weave
