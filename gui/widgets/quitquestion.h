#pragma once

#include <functional>

class QMessageBox;
class QWidget;

namespace Weave {

// Asks whether the daemon that this program has started shall go on. Is not answered when the user
// would rather stay. The box that asks deletes itself when it is closed.
QMessageBox *askHowToQuit(QWidget *parent, const std::function<void(bool stopsDaemon)> &answer);

} // namespace Weave
