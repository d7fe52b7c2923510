#pragma once

#include "widgets/page.h"
#include "widgets/plotwidget.h"

#include <chrono>

class QComboBox;
class QFormLayout;
class QLabel;

namespace Weave {

class Gauge;

// What the overview says in words and bars.
struct OverviewFacts
{
    bool isKnown = true; // else only the state is
    QString backend;
    QString state;
    QString oldestWaiting;
    QString lastError;
    double waitingBytes = 0;
    double spoolUsed = 0;
    double spoolSize = 0; // 0: not known
};

// What it draws. Values a step apart, the newest last.
struct OverviewCurves
{
    double stepSeconds = 1;
    QList<double> callsIn; // a second
    QList<double> callsOut;
    QList<double> waitingCalls;
    QList<double> waitingBytes;
    QList<double> latency; // seconds
};

// How delivery goes: facts, gauges, and plots of the last while.
class OverviewPage final : public Page
{
    Q_OBJECT

public:
    explicit OverviewPage(QWidget *parent = nullptr);

    void setFacts(const OverviewFacts &facts);
    void setCurves(const OverviewCurves &curves);

    // How far back the plots reach.
    [[nodiscard]] std::chrono::seconds span() const;

Q_SIGNALS:
    // The page came into sight, or another span was chosen: it wants facts and curves now.
    void wanted();

protected:
    void watchedChanged(bool isWatched) override;

private:
    QWidget *buildFacts();
    QWidget *buildPlots();
    QLabel *addFact(QFormLayout &form, const QString &name);
    QLabel *m_backend = nullptr;
    QLabel *m_state = nullptr;
    QLabel *m_oldest = nullptr;
    QLabel *m_error = nullptr;
    Gauge *m_waiting = nullptr;
    Gauge *m_spool = nullptr;
    QComboBox *m_spans = nullptr;
    PlotWidget *m_rates = nullptr;
    PlotWidget *m_calls = nullptr;
    PlotWidget *m_bytes = nullptr;
    PlotWidget *m_latency = nullptr;
};

} // namespace Weave
