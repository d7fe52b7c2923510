#include "widgets/plotaccessible.h"

#include "widgets/plotwidget.h"

#include <QAccessible>
#include <QAccessibleWidget>

namespace Weave {

namespace {

QAccessibleInterface *makePlot(const QString & /*className*/, QObject *object)
{
    auto *const plot = qobject_cast<PlotWidget *>(object);
    return plot == nullptr ? nullptr : new QAccessibleWidget(plot, QAccessible::Chart);
}

} // namespace

void makePlotsAccessible()
{
    QAccessible::installFactory(&makePlot);
}

} // namespace Weave
