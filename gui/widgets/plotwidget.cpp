#include "widgets/plotwidget.h"

#include "widgets/plotaccessible.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace Weave {

namespace {

constexpr int GridLines = 4;
constexpr qreal LineWidth = 1.8;
constexpr qreal Gap = 6;
constexpr int LegendSample = 4; // characters

// Told apart by people who see few colours; a set for each ground.
constexpr std::array<QColor, 3> OnLight{QColor(0x1f, 0x6f, 0xc4), QColor(0xc2, 0x5a, 0x00),
                                        QColor(0x0b, 0x85, 0x6c)};
constexpr std::array<QColor, 3> OnDark{QColor(0x6f, 0xb4, 0xf7), QColor(0xf2, 0xa3, 0x4f),
                                       QColor(0x45, 0xd0, 0xb0)};

QColor mixed(const QColor &one, const QColor &other, qreal share)
{
    return QColor::fromRgbF(float(one.redF() * (1 - share) + other.redF() * share),
                            float(one.greenF() * (1 - share) + other.greenF() * share),
                            float(one.blueF() * (1 - share) + other.blueF() * share));
}

} // namespace

PlotWidget::PlotWidget(const QString &title, Unit unit, QWidget *parent)
    : QWidget(parent),
      m_title(title),
      m_unit(unit)
{
    makePlotsAccessible();
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(title);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_top = roundedUp(0, unit);
    describe();
}

void PlotWidget::setSeries(const QList<PlotSeries> &series, double stepSeconds)
{
    const bool isOtherLegend = series.size() != m_series.size();
    m_series = series;
    if (isOtherLegend)
        updateGeometry();
    m_step = stepSeconds;
    if (m_cursor >= length())
        m_cursor = -1;
    m_top = roundedUp(highest(), m_unit);
    describe();
    update();
}

qsizetype PlotWidget::length() const
{
    qsizetype longest = 0;
    for (const PlotSeries &series : m_series)
        longest = std::max(longest, series.values.size());
    return longest;
}

double PlotWidget::highest() const
{
    double most = 0;
    for (const PlotSeries &series : m_series) {
        for (const double value : series.values) {
            if (value > most) // false for NaN
                most = value;
        }
    }
    return most;
}

QString PlotWidget::reading(qsizetype index) const
{
    QStringList parts;
    for (const PlotSeries &series : m_series) {
        // Shorter series end at the same moment as the longest.
        const qsizetype own = index - (length() - series.values.size());
        const bool hasValue =
            own >= 0 && own < series.values.size() && !std::isnan(series.values.at(own));
        parts.append(tr("%1: %2").arg(
            series.name, hasValue ? formatValue(series.values.at(own), m_unit) : tr("no data")));
    }
    return parts.join(QStringLiteral(", "));
}

QString PlotWidget::ago(double seconds) const
{
    return seconds < m_step / 2 ? tr("now") : tr("%1 ago").arg(formatAge(seconds));
}

void PlotWidget::describe()
{
    if (length() == 0) {
        setAccessibleDescription(tr("No data yet."));
        return;
    }
    const qsizetype index = m_cursor >= 0 ? m_cursor : length() - 1;
    setAccessibleDescription(tr("%1: %2. Highest: %3.")
                                 .arg(ago(double(length() - 1 - index) * m_step), reading(index),
                                      formatValue(highest(), m_unit)));
}

QSize PlotWidget::sizeHint() const
{
    const QFontMetrics metrics = fontMetrics();
    return {metrics.averageCharWidth() * 52, metrics.height() * 11};
}

QSize PlotWidget::minimumSizeHint() const
{
    const QFontMetrics metrics = fontMetrics();
    QFont bold = font();
    bold.setBold(true);
    // The title and the legend stand in one line.
    int line = QFontMetrics(bold).horizontalAdvance(m_title) + 4 * int(Gap);
    if (m_series.size() > 1) {
        for (const PlotSeries &series : m_series)
            line += metrics.horizontalAdvance(series.name)
                + metrics.averageCharWidth() * LegendSample + 3 * int(Gap);
    }
    return {std::max(line, metrics.averageCharWidth() * 30), metrics.height() * 7};
}

QRectF PlotWidget::plotArea() const
{
    const QFontMetricsF metrics(font());
    qreal labelWidth = 0;
    for (int line = 0; line <= GridLines; ++line)
        labelWidth = std::max(
            labelWidth, metrics.horizontalAdvance(formatValue(m_top * line / GridLines, m_unit)));
    const QRectF whole = rect();
    return whole.adjusted(labelWidth + 2 * Gap, metrics.height() + 3 * Gap, -2 * Gap,
                          -metrics.height() - 2 * Gap);
}

QColor PlotWidget::colorOf(qsizetype series) const
{
    const bool isDark = palette().color(QPalette::Base).lightnessF() < 0.5F;
    const auto &colors = isDark ? OnDark : OnLight;
    return colors.at(static_cast<std::size_t>(series) % colors.size());
}

QPen PlotWidget::penOf(qsizetype series) const
{
    QPen pen(colorOf(series), LineWidth);
    pen.setJoinStyle(Qt::BevelJoin); // round ones cost more, and are not seen
    pen.setCapStyle(Qt::FlatCap);
    if (series == 1)
        pen.setDashPattern({5, 2});
    else if (series > 1)
        pen.setDashPattern({1.5, 1.5});
    return pen;
}

void PlotWidget::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor frame =
        mixed(palette().color(QPalette::Base), palette().color(QPalette::Text), .2);
    painter.setPen(hasFocus() ? QPen(palette().color(QPalette::Highlight), 2) : QPen(frame, 1));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);

    const QRectF area = plotArea();
    if (area.width() <= 0 || area.height() <= 0)
        return;
    drawAxes(painter, area);
    drawLegend(painter);
    for (qsizetype series = 0; series < m_series.size(); ++series)
        drawLine(painter, area, series);
    if (m_cursor >= 0)
        drawCursor(painter, area);
}

void PlotWidget::drawAxes(QPainter &painter, const QRectF &area) const
{
    const QColor base = palette().color(QPalette::Base);
    const QColor text = palette().color(QPalette::Text);
    const QPen gridPen(mixed(base, text, .14), 1);
    const QPen textPen(mixed(base, text, .72));
    const QFontMetricsF metrics(font());
    for (int line = 0; line <= GridLines; ++line) {
        const qreal y = std::round(area.bottom() - area.height() * line / GridLines) + .5;
        painter.setPen(gridPen);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        // Labels that would touch leave every second one out.
        if (line % 2 == 1 && area.height() < metrics.height() * (GridLines + 2))
            continue;
        painter.setPen(textPen);
        painter.drawText(
            QRectF(Gap, y - metrics.height() / 2, area.left() - 2 * Gap + 1, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, formatValue(m_top * line / GridLines, m_unit));
    }
    painter.setPen(textPen);
    const QRectF below(area.left(), area.bottom() + Gap, area.width(), metrics.height());
    const double span = double(std::max<qsizetype>(length() - 1, 0)) * m_step;
    if (span > 0)
        painter.drawText(below, Qt::AlignLeft, ago(span));
    painter.drawText(below, Qt::AlignRight, tr("now"));
    if (length() == 0)
        painter.drawText(area, Qt::AlignCenter, tr("No data yet."));
}

void PlotWidget::drawLegend(QPainter &painter) const
{
    const QFontMetricsF metrics(font());
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(palette().color(QPalette::Text));
    const QRectF line = QRectF(rect()).adjusted(2 * Gap, Gap, -2 * Gap, 0);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignTop, m_title);
    painter.setFont(font());
    if (m_series.size() < 2)
        return;
    const qreal sample = metrics.averageCharWidth() * LegendSample;
    qreal right = line.right();
    for (qsizetype series = m_series.size() - 1; series >= 0; --series) {
        const QString &name = m_series.at(series).name;
        right -= metrics.horizontalAdvance(name);
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QPointF(right, line.top() + metrics.ascent()), name);
        painter.setPen(penOf(series));
        const qreal y = line.top() + metrics.height() / 2;
        painter.drawLine(QPointF(right - Gap - sample, y), QPointF(right - Gap, y));
        right -= sample + 3 * Gap;
    }
}

void PlotWidget::drawLine(QPainter &painter, const QRectF &area, qsizetype series) const
{
    const QList<double> &values = m_series.at(series).values;
    const qsizetype count = length();
    const qreal step = count > 1 ? area.width() / double(count - 1) : 0;
    QPainterPath path;
    bool isOpen = false;
    for (qsizetype i = 0; i < values.size(); ++i) {
        const double value = values.at(i);
        if (std::isnan(value)) {
            isOpen = false;
            continue;
        }
        const QPointF point(area.right() - double(values.size() - 1 - i) * step,
                            area.bottom() - area.height() * std::min(value / m_top, 1.0));
        const bool isAlone = !isOpen && (i + 1 == values.size() || std::isnan(values.at(i + 1)));
        if (isAlone)
            path.addEllipse(point, LineWidth / 2, LineWidth / 2);
        else if (isOpen)
            path.lineTo(point);
        else
            path.moveTo(point);
        isOpen = !isAlone;
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(penOf(series));
    painter.drawPath(path);
}

void PlotWidget::drawCursor(QPainter &painter, const QRectF &area) const
{
    const qsizetype count = length();
    if (count < 2)
        return;
    const qreal x = area.left() + area.width() * double(m_cursor) / double(count - 1);
    painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    const QString text =
        reading(m_cursor) + QStringLiteral(" · ") + ago(double(count - 1 - m_cursor) * m_step);
    const QFontMetricsF metrics(font());
    QRectF box(0, 0, metrics.horizontalAdvance(text) + 2 * Gap, metrics.height() + Gap);
    box.moveTop(area.top() + 2);
    box.moveLeft(x + Gap);
    if (box.right() > width() - Gap)
        box.moveRight(std::max(x - Gap, box.width() + Gap));
    painter.setPen(QPen(palette().color(QPalette::ToolTipText), .5));
    painter.setBrush(palette().color(QPalette::ToolTipBase));
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(palette().color(QPalette::ToolTipText));
    painter.drawText(box, Qt::AlignCenter, text);
}

void PlotWidget::setCursorIndex(qsizetype index)
{
    if (index == m_cursor)
        return;
    m_cursor = index;
    describe();
    update();
}

void PlotWidget::mouseMoveEvent(QMouseEvent *event)
{
    const QRectF area = plotArea();
    const qsizetype count = length();
    if (count < 2 || !area.adjusted(-Gap, 0, Gap, 0).contains(event->position())) {
        setCursorIndex(-1);
        return;
    }
    const qreal share = (event->position().x() - area.left()) / area.width();
    setCursorIndex(std::clamp<qsizetype>(std::llround(share * double(count - 1)), 0, count - 1));
}

void PlotWidget::leaveEvent(QEvent *)
{
    setCursorIndex(-1);
}

void PlotWidget::keyPressEvent(QKeyEvent *event)
{
    const qsizetype last = length() - 1;
    const qsizetype from = m_cursor >= 0 ? m_cursor : last;
    switch (event->key()) {
    case Qt::Key_Left:
        setCursorIndex(std::max<qsizetype>(from - 1, std::min<qsizetype>(last, 0)));
        break;
    case Qt::Key_Right:
        setCursorIndex(std::min(from + 1, last));
        break;
    case Qt::Key_Home:
        setCursorIndex(std::min<qsizetype>(last, 0));
        break;
    case Qt::Key_End:
        setCursorIndex(last);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void PlotWidget::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void PlotWidget::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    setCursorIndex(-1);
    update();
}

} // namespace Weave
