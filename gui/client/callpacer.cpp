#include "client/callpacer.h"

#include "client/callmodel.h"

#include <utility>

namespace Weave {

CallPacer::CallPacer(CallModel &calls, QObject *parent)
    : QObject(parent),
      m_calls(calls)
{
    m_timer.setInterval(Interval);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &CallPacer::handOver);
}

void CallPacer::add(const CallEvent &event)
{
    m_waiting << event;
    if (!m_timer.isActive() || m_waiting.size() >= CallModel::MaxCalls)
        handOver();
}

void CallPacer::noteGap()
{
    handOver();
    m_calls.noteGap();
}

void CallPacer::clear()
{
    m_waiting.clear();
    m_calls.clear();
}

void CallPacer::handOver()
{
    if (m_waiting.isEmpty())
        return;
    m_timer.start(); // also the next one waits its time
    for (const CallEvent &event : std::exchange(m_waiting, {}))
        m_calls.add(event);
}

} // namespace Weave
