#pragma once

#include "client/snapshot.h"

#include <QList>
#include <QObject>
#include <QTimer>

#include <chrono>

namespace Weave {

class CallModel;

// Hands calls to the model a few times a second at most. A view lays out its whole tree anew after
// each change that is drawn: with all calls that are kept and 300 events a second, 30 changes a
// second are half of a processor, 5 a tenth.
//
// Lives in the main thread; the model outlives it.
class CallPacer final : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds Interval{200};

    explicit CallPacer(CallModel &calls, QObject *parent = nullptr);

    // At once when none has come lately, else with those that come within Interval, in their order.
    void add(const CallEvent &event);
    // Calls pass that nobody tells of: see CallModel.
    void noteGap();
    // Forgets those that have not been handed over, and all that are in the model.
    void clear();

private:
    void handOver();

    CallModel &m_calls;
    QList<CallEvent> m_waiting; // at most CallModel::MaxCalls
    QTimer m_timer;
};

} // namespace Weave
