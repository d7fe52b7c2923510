#include "widgets/trayicons.h"

#include "widgets/svgiconengine.h"

#include <QFile>
#include <QPalette>

namespace Weave {

namespace {

constexpr QColor InkOnLight(0x2b, 0x2f, 0x36);
constexpr QColor InkOnDark(0xf2, 0xf3, 0xf5);

QByteArray drawing(const char *name)
{
    QFile file(QLatin1String(":/weave/icons/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray badge(TrayLook look)
{
    switch (look) {
    case TrayLook::Idle:
        return {};
    case TrayLook::Sending:
        return drawing("badge-sending.svg");
    case TrayLook::Paused:
        return drawing("badge-paused.svg");
    case TrayLook::Trouble:
        return drawing("badge-trouble.svg");
    }
    return {};
}

} // namespace

PanelTone panelTone(const QPalette &palette)
{
#ifdef Q_OS_MACOS
    Q_UNUSED(palette)
    return PanelTone::Template;
#else
    const bool isDark = palette.color(QPalette::Window).lightnessF()
        < palette.color(QPalette::WindowText).lightnessF();
    return isDark ? PanelTone::Dark : PanelTone::Light;
#endif
}

QIcon trayIcon(TrayLook look, PanelTone tone)
{
    const QColor ink = tone == PanelTone::Dark ? InkOnDark
        : tone == PanelTone::Light             ? InkOnLight
                                               : QColor(Qt::black);
    // QIcon takes the engine over.
    QIcon icon(
        new SvgIconEngine(drawing("mark.svg"), badge(look), ink, tone == PanelTone::Template));
    icon.setIsMask(tone == PanelTone::Template);
    return icon;
}

QIcon applicationIcon()
{
    return QIcon(new SvgIconEngine(drawing("weave-sidecar-tray.svg"), {}, {}, false));
}

} // namespace Weave
