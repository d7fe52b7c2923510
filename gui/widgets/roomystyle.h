#pragma once

#include <QProxyStyle>

namespace Weave {

// The application's style with more air between the cells of a table or a tree.
class RoomyStyle final : public QProxyStyle
{
    Q_OBJECT

public:
    [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption *option,
                                  const QWidget *widget) const override;
    [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption *option,
                                         const QSize &size, const QWidget *widget) const override;
};

} // namespace Weave
