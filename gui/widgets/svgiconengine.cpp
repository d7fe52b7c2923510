#include "widgets/svgiconengine.h"

#include <QImage>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

#include <algorithm>
#include <array>

namespace Weave {

namespace {

constexpr std::array<int, 7> UsualSizes{16, 22, 24, 32, 48, 64, 128};

// With a badge the mark moves to the upper left, and what is still in the badge's way goes, so that
// the badge stands free. In units of the 22 x 22 drawing.
constexpr qreal DrawingWidth = 22;
constexpr qreal BesideBadge = 0.8;
constexpr QRectF Rim{9.4, 9.0, 13.6, 13.6};
constexpr qreal RimRadius = 5;

// The drawing takes this share of the image, from the upper left.
QImage rendered(const QByteArray &svg, const QSize &size, qreal share = 1)
{
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    renderer.setAspectRatioMode(Qt::KeepAspectRatio);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(size) * share));
    return image;
}

void fillShape(QImage &image, const QColor &ink)
{
    QPainter painter(&image);
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(image.rect(), ink);
}

} // namespace

SvgIconEngine::SvgIconEngine(const QByteArray &mark, const QByteArray &badge, const QColor &ink,
                             bool onlyInk)
    : m_mark(mark),
      m_badge(badge),
      m_ink(ink),
      m_onlyInk(onlyInk)
{
}

QImage SvgIconEngine::drawn(const QSize &size) const
{
    QImage image = rendered(m_mark, size, m_badge.isEmpty() ? 1 : BesideBadge);
    if (m_ink.isValid())
        fillShape(image, m_ink);
    if (m_badge.isEmpty())
        return image;
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal scale = std::min(size.width(), size.height()) / DrawingWidth;
    painter.save();
    painter.translate((size.width() - DrawingWidth * scale) / 2,
                      (size.height() - DrawingWidth * scale) / 2);
    painter.scale(scale, scale);
    painter.setCompositionMode(QPainter::CompositionMode_DestinationOut);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Qt::black);
    painter.drawRoundedRect(Rim, RimRadius, RimRadius);
    painter.restore();
    QImage badge = rendered(m_badge, size);
    if (m_onlyInk)
        fillShape(badge, m_ink);
    painter.drawImage(0, 0, badge);
    return image;
}

void SvgIconEngine::paint(QPainter *painter, const QRect &rect, QIcon::Mode mode,
                          QIcon::State state)
{
    const qreal ratio = painter->device()->devicePixelRatioF();
    painter->drawPixmap(rect, pixmap(rect.size() * ratio, mode, state));
}

// In pixels of the device.
QPixmap SvgIconEngine::pixmap(const QSize &size, QIcon::Mode mode, QIcon::State)
{
    if (size.isEmpty())
        return {};
    QImage image = drawn(size);
    if (mode == QIcon::Disabled) {
        QPainter painter(&image);
        painter.setCompositionMode(QPainter::CompositionMode_DestinationIn);
        painter.fillRect(image.rect(), QColor(0, 0, 0, 110));
    }
    return QPixmap::fromImage(std::move(image));
}

// Since 6.8 Qt gives the size without the device's scale here, before that with it.
QPixmap SvgIconEngine::scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state,
                                    [[maybe_unused]] qreal scale)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
    return pixmap(size * scale, mode, state);
#else
    return pixmap(size, mode, state);
#endif
}

QList<QSize> SvgIconEngine::availableSizes(QIcon::Mode, QIcon::State)
{
    QList<QSize> sizes;
    for (const int side : UsualSizes)
        sizes.append(QSize(side, side));
    return sizes;
}

QIconEngine *SvgIconEngine::clone() const
{
    return new SvgIconEngine(*this);
}

} // namespace Weave
