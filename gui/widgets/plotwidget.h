#pragma once

#include "widgets/units.h"

#include <QList>
#include <QString>
#include <QWidget>

namespace Weave {

// One line of a plot. Values are evenly spaced in time, the newest last; NaN is a gap.
struct PlotSeries
{
    QString name;
    QList<double> values;
};

// A line plot of the last while: several series, axis labels, a legend and the value under the
// mouse or, with the arrow keys, under a cursor. Colours follow the palette; lines differ by dashes
// too.
class PlotWidget final : public QWidget
{
    Q_OBJECT

public:
    PlotWidget(const QString &title, Unit unit, QWidget *parent = nullptr);

    // step is the time between two values. The plot spans all values.
    void setSeries(const QList<PlotSeries> &series, double stepSeconds);

    [[nodiscard]] const QList<PlotSeries> &series() const { return m_series; }
    [[nodiscard]] QString title() const { return m_title; }

    // What stands in the reading of the value at index, "Calls in 12/s, Calls out 11/s".
    [[nodiscard]] QString reading(qsizetype index) const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    [[nodiscard]] qsizetype length() const;
    [[nodiscard]] double highest() const;
    [[nodiscard]] QRectF plotArea() const;
    [[nodiscard]] QString ago(double seconds) const;
    [[nodiscard]] QColor colorOf(qsizetype series) const;
    void setCursorIndex(qsizetype index);
    void describe();
    void drawAxes(QPainter &painter, const QRectF &area) const;
    void drawLegend(QPainter &painter) const;
    void drawLine(QPainter &painter, const QRectF &area, qsizetype series) const;
    void drawCursor(QPainter &painter, const QRectF &area) const;
    [[nodiscard]] QPen penOf(qsizetype series) const;

    QString m_title;
    Unit m_unit;
    QList<PlotSeries> m_series;
    double m_step = 1;
    double m_top = 1;
    qsizetype m_cursor = -1; // the value that is read out, or none
};

} // namespace Weave
