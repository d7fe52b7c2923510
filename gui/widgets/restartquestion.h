#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace Weave {

struct DaemonLog;

// Says which settings wait for the daemon to be started again. Offers to do it for a daemon that
// this program has started (isOurs); for others it says how. names is a list for people.
void askToRestart(QWidget *parent, const QString &names, bool isOurs, const DaemonLog &daemon,
                  const std::function<void()> &restart);

} // namespace Weave
