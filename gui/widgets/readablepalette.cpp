#include "widgets/readablepalette.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>

#include <cmath>

namespace Weave {

namespace {

constexpr float LeastDifference = 0.3F; // of lightness, from 0 to 1
constexpr float Faintness = 0.55F;

// What of the colour is seen on the ground.
float lightnessOn(const QColor &ground, const QColor &colour)
{
    const float share = colour.alphaF();
    return colour.lightnessF() * share + ground.lightnessF() * (1 - share);
}

} // namespace

QPalette withReadableHints(QPalette palette)
{
    for (const auto group : {QPalette::Active, QPalette::Inactive}) {
        const QColor ground = palette.color(group, QPalette::Base);
        const QColor hint = palette.color(group, QPalette::PlaceholderText);
        if (std::abs(lightnessOn(ground, hint) - ground.lightnessF()) >= LeastDifference)
            continue;
        QColor faint = palette.color(group, QPalette::Text);
        faint.setAlphaF(Faintness);
        palette.setColor(group, QPalette::PlaceholderText, faint);
    }
    return palette;
}

ReadablePalette::ReadablePalette(QObject &application)
    : m_application(application)
{
    m_application.installEventFilter(this);
    QApplication::setPalette(withReadableHints(QApplication::palette()));
}

bool ReadablePalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ApplicationPaletteChange && watched == &m_application) {
        const QPalette now = QApplication::palette();
        const QPalette wanted = withReadableHints(now);
        if (wanted != now) // which brings this event once more
            QApplication::setPalette(wanted);
    }
    return QObject::eventFilter(watched, event);
}

} // namespace Weave
