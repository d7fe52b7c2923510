#include "client/appstate.h"

#include "common/logging.h"
#include "common/version.h"

#include <QLocale>

namespace Weave {

namespace {

QString ownVersion()
{
    return toQString(version());
}

} // namespace

AppState AppState::of(const std::optional<Snapshot> &snapshot, const QString &absence,
                      qint64 deliveredBefore)
{
    AppState state;
    if (!snapshot) {
        state.m_line = tr("Not connected");
        state.m_reason = absence;
        state.m_cause = QStringLiteral("no_daemon");
        return state;
    }
    const bool isFull = snapshot->isSpoolNearlyFull();
    QString word;
    if (snapshot->backendState == Snapshot::Backend::Paused && snapshot->isPausedByUser) {
        state.m_kind = Kind::Paused;
        word = tr("Paused");
        state.m_reason = isFull
            ? tr("Delivery is paused and the spool nearly full: new calls will soon be refused.")
            : tr("Delivery is paused. Calls are kept.");
    } else if (snapshot->backendState == Snapshot::Backend::Paused) {
        word = tr("Delivery stopped");
        state.m_cause = QStringLiteral("backend_paused");
        state.m_reason = snapshot->lastError;
    } else if (snapshot->backendState == Snapshot::Backend::Retrying) {
        word = tr("Trying again");
        state.m_cause = QStringLiteral("backend_retrying");
        state.m_reason = snapshot->lastError;
    } else if (snapshot->backendState == Snapshot::Backend::Degraded) {
        word = tr("Some calls wait");
        state.m_cause = QStringLiteral("backend_degraded");
        const QString projects = snapshot->failingProjects > 1
            ? tr("%1 and others").arg(snapshot->firstFailing)
            : snapshot->firstFailing;
        state.m_reason = QStringLiteral("%1: %2").arg(projects, snapshot->firstFailingError);
    } else if (isFull) {
        word = tr("Spool nearly full");
        state.m_cause = QStringLiteral("spool_full");
    } else {
        const bool isSending =
            snapshot->requestsInFlight > 0 || snapshot->delivered > deliveredBefore;
        state.m_kind = isSending ? Kind::Sending : Kind::Idle;
        word = tr("Connected");
    }
    if (isFull && state.m_kind == Kind::Trouble) {
        if (!state.m_reason.isEmpty())
            state.m_reason += QLatin1Char('\n');
        state.m_reason += tr("New calls will soon be refused.");
    }
    if (state.m_reason.isEmpty() && snapshot->version != ownVersion())
        state.m_reason =
            tr("The sidecar has version %1, this program has %2. Restart the older one.")
                .arg(snapshot->version, ownVersion());
    const QLocale locale;
    state.m_line =
        tr("%1 · %2 delivered · %3 waiting")
            .arg(word, locale.toString(snapshot->delivered), locale.toString(snapshot->pending));
    return state;
}

} // namespace Weave
