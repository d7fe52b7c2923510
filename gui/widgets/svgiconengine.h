#pragma once

#include <QByteArray>
#include <QColor>
#include <QIconEngine>

namespace Weave {

// An icon of a mark and, over it, a badge with a clear rim. Both are SVG, drawn anew for each size.
class SvgIconEngine final : public QIconEngine
{
public:
    // badge may be empty. What is black in the mark gets the ink; with onlyInk the badge too.
    SvgIconEngine(const QByteArray &mark, const QByteArray &badge, const QColor &ink, bool onlyInk);

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override;
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override;
    QList<QSize> availableSizes(QIcon::Mode mode, QIcon::State state) override;
    [[nodiscard]] QIconEngine *clone() const override;

private:
    [[nodiscard]] QImage drawn(const QSize &size) const;

    QByteArray m_mark;
    QByteArray m_badge;
    QColor m_ink;
    bool m_onlyInk;
};

} // namespace Weave
