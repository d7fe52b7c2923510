#include "widgets/page.h"

namespace Weave {

void Page::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!m_isWatched) {
        m_isWatched = true;
        watchedChanged(true);
        Q_EMIT watched(true);
    }
}

void Page::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    if (m_isWatched) {
        m_isWatched = false;
        watchedChanged(false);
        Q_EMIT watched(false);
    }
}

void Page::watchedChanged(bool)
{
}

} // namespace Weave
