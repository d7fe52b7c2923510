#pragma once

#include <QString>

class QWidget;

namespace Weave {

// Says something that has to be read in a box of its own, without waiting for the user.
void showMessage(QWidget *parent, const QString &text, const QString &detail);

} // namespace Weave
