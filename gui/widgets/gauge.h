#pragma once

#include "widgets/units.h"

#include <QWidget>

class QLabel;
class QProgressBar;

namespace Weave {

// A name, a bar and "12 MiB of 1 GiB".
class Gauge final : public QWidget
{
    Q_OBJECT

public:
    Gauge(const QString &name, Unit unit, QWidget *parent = nullptr);

    // most 0: not known, the bar stays empty.
    void setValue(double value, double most);

    // Where there is no value; in words.
    void setUnknown(const QString &words);
    [[nodiscard]] QString text() const;

private:
    Unit m_unit;
    QProgressBar *m_bar;
    QLabel *m_text;
};

} // namespace Weave
