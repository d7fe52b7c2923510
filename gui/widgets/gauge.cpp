#include "widgets/gauge.h"

#include <QLabel>
#include <QProgressBar>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace Weave {

namespace {

constexpr int Full = 1000;

} // namespace

Gauge::Gauge(const QString &name, Unit unit, QWidget *parent)
    : QWidget(parent),
      m_unit(unit),
      m_bar(new QProgressBar(this)),
      m_text(new QLabel(this))
{
    m_bar->setRange(0, Full);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(fontMetrics().height() * 2 / 3);
    m_bar->setAccessibleName(name);
    auto *const top = new QHBoxLayout;
    top->addWidget(new QLabel(name, this));
    top->addStretch(1);
    top->addWidget(m_text);
    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(top);
    layout->addWidget(m_bar);
    setValue(0, 0);
}

void Gauge::setValue(double value, double most)
{
    const double share = most > 0 ? std::clamp(value / most, 0.0, 1.0) : 0;
    // Something is never drawn as nothing.
    const int filled = value > 0 && most > 0 ? std::max(1, int(std::lround(share * Full))) : 0;
    m_bar->setValue(filled);
    m_text->setText(most > 0
                        ? tr("%1 of %2").arg(formatValue(value, m_unit), formatValue(most, m_unit))
                        : formatValue(value, m_unit));
    m_bar->setAccessibleDescription(m_text->text());
}

void Gauge::setUnknown(const QString &words)
{
    m_bar->setValue(0);
    m_text->setText(words);
    m_bar->setAccessibleDescription(words);
}

QString Gauge::text() const
{
    return m_text->text();
}

} // namespace Weave
