#include "widgets/overviewpage.h"

#include "widgets/gauge.h"

#include <QComboBox>
#include <QFormLayout>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace Weave {

namespace {

using namespace std::chrono_literals;

} // namespace

OverviewPage::OverviewPage(QWidget *parent)
    : Page(parent)
{
    setAccessibleName(tr("Overview"));
    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(buildFacts());
    layout->addWidget(buildPlots(), 1);
}

QLabel *OverviewPage::addFact(QFormLayout &form, const QString &name)
{
    auto *const value = new QLabel(this);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    value->setTextFormat(Qt::PlainText);
    value->setWordWrap(true);
    value->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    form.addRow(name, value);
    return value;
}

QWidget *OverviewPage::buildFacts()
{
    auto *const facts = new QWidget(this);
    auto *const form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    m_backend = addFact(*form, tr("Backend:"));
    m_state = addFact(*form, tr("State:"));
    m_oldest = addFact(*form, tr("Oldest waiting call:"));
    m_error = addFact(*form, tr("Last error:"));
    m_waiting = new Gauge(tr("Waiting bytes"), Unit::Bytes, facts);
    m_spool = new Gauge(tr("Spool on disk"), Unit::Bytes, facts);
    auto *const gauges = new QVBoxLayout;
    gauges->addWidget(m_waiting);
    gauges->addWidget(m_spool);
    gauges->addStretch(1);
    auto *const row = new QHBoxLayout(facts);
    row->setContentsMargins(4, 0, 0, 0);
    row->addLayout(form, 3);
    row->addSpacing(fontMetrics().height());
    row->addLayout(gauges, 2);
    return facts;
}

QWidget *OverviewPage::buildPlots()
{
    auto *const plots = new QWidget(this);
    m_spans = new QComboBox(plots);
    m_spans->addItem(tr("Last minute"), qlonglong(std::chrono::seconds(1min).count()));
    m_spans->addItem(tr("Last 10 minutes"), qlonglong(std::chrono::seconds(10min).count()));
    m_spans->addItem(tr("Last hour"), qlonglong(std::chrono::seconds(1h).count()));
    m_spans->setAccessibleName(tr("Time span of the plots"));
    auto *const label = new QLabel(tr("Sho&w:"), plots);
    label->setBuddy(m_spans);
    connect(m_spans, &QComboBox::currentIndexChanged, this, &OverviewPage::wanted);

    m_rates = new PlotWidget(tr("Calls per second"), Unit::PerSecond, plots);
    m_calls = new PlotWidget(tr("Waiting calls"), Unit::Count, plots);
    m_bytes = new PlotWidget(tr("Waiting bytes"), Unit::Bytes, plots);
    m_latency = new PlotWidget(tr("Time the backend takes"), Unit::Seconds, plots);

    auto *const chooser = new QHBoxLayout;
    chooser->addWidget(label);
    chooser->addWidget(m_spans);
    chooser->addStretch(1);
    auto *const grid = new QGridLayout(plots);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->addLayout(chooser, 0, 0, 1, 2);
    grid->addWidget(m_rates, 1, 0);
    grid->addWidget(m_calls, 1, 1);
    grid->addWidget(m_latency, 2, 0);
    grid->addWidget(m_bytes, 2, 1);
    return plots;
}

std::chrono::seconds OverviewPage::span() const
{
    return std::chrono::seconds(m_spans->currentData().toLongLong());
}

void OverviewPage::setFacts(const OverviewFacts &facts)
{
    m_state->setText(facts.state);
    if (!facts.isKnown) {
        for (QLabel *const label : {m_backend, m_oldest, m_error})
            label->setText(tr("not known"));
        m_waiting->setUnknown(tr("not known"));
        m_spool->setUnknown(tr("not known"));
        return;
    }
    m_backend->setText(facts.backend.isEmpty() ? tr("not known") : facts.backend);
    m_oldest->setText(facts.oldestWaiting.isEmpty() ? tr("none", "oldest waiting call")
                                                    : facts.oldestWaiting);
    m_error->setText(facts.lastError.isEmpty() ? tr("none", "last error") : facts.lastError);
    m_waiting->setValue(facts.waitingBytes, facts.spoolSize);
    m_spool->setValue(facts.spoolUsed, facts.spoolSize);
}

void OverviewPage::setCurves(const OverviewCurves &curves)
{
    m_rates->setSeries({{tr("In"), curves.callsIn}, {tr("Out"), curves.callsOut}},
                       curves.stepSeconds);
    m_calls->setSeries({{tr("Calls"), curves.waitingCalls}}, curves.stepSeconds);
    m_bytes->setSeries({{tr("Bytes"), curves.waitingBytes}}, curves.stepSeconds);
    m_latency->setSeries({{tr("Time"), curves.latency}}, curves.stepSeconds);
}

void OverviewPage::watchedChanged(bool isWatched)
{
    if (isWatched)
        Q_EMIT wanted();
}

} // namespace Weave
