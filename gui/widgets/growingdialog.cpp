#include "widgets/growingdialog.h"

#include <QEvent>
#include <QLayout>

namespace Weave {

// A layout of its own accord gives a dialog no more height for lines that are wrapped.
bool GrowingDialog::event(QEvent *event)
{
    const bool isDone = QDialog::event(event);
    if (event->type() != QEvent::LayoutRequest || layout() == nullptr)
        return isDone;
    const int wanted = layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width())
                                                     : layout()->totalSizeHint().height();
    if (wanted > height())
        resize(width(), wanted);
    return isDone;
}

} // namespace Weave
