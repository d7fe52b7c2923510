#include "client/problemtext.h"

namespace Weave {

namespace {

constexpr int Unauthorized = 401;
constexpr int Forbidden = 403;
constexpr int NotFound = 404;
constexpr int NotAllowed = 405;
constexpr int TooLarge = 413;
constexpr int TooMany = 429;
constexpr int ServerError = 500;

} // namespace

ProblemText ProblemText::ofFlush(const FlushEvent &flush)
{
    if (flush.status)
        return {QString::number(*flush.status), titleOf(flush), adviceFor(flush)};
    const QString kept = tr("Calls are kept and sent when it works again.");
    if (flush.error.startsWith(QLatin1String("TLS")))
        return {QStringLiteral("tls"), tr("No secure connection to the trace server"),
                tr("Check the server's address. For a server with certificates of its own, "
                   "name its CA file in the settings. %1")
                    .arg(kept)};
    if (flush.error.contains(QLatin1String("in time")))
        return {QStringLiteral("timeout"), tr("The trace server does not answer in time"), kept};
    return {QStringLiteral("network"), tr("The trace server cannot be reached"),
            tr("Check the network, the proxy and the server's address. %1").arg(kept)};
}

// By what the server answered.
QString ProblemText::titleOf(const FlushEvent &flush)
{
    const int status = *flush.status;
    switch (status) {
    case Unauthorized:
        return tr("The trace server refuses the API key");
    case Forbidden:
        return tr("The API key may not write to %1").arg(flush.project);
    case NotFound:
    case NotAllowed:
        return tr("The trace server does not know what was asked");
    case TooLarge:
        return tr("A batch was too large for the trace server");
    case TooMany:
        return tr("The trace server asks for fewer requests");
    default:
        return status >= ServerError
            ? tr("The trace server has trouble of its own (%1)").arg(status)
            : tr("The trace server refused calls (%1)").arg(status);
    }
}

// By what became of the calls, which the same status does not tell: with the server's words a 404
// is about the calls, without them about the address.
QString ProblemText::adviceFor(const FlushEvent &flush)
{
    QString kept = tr("Calls are kept and sent when it works again.");
    if (flush.outcome == QLatin1String("halved"))
        return tr("The batch is sent again in smaller parts.");
    if (flush.outcome == QLatin1String("given_up"))
        return tr("What is refused alone is kept as a dead letter: export it, or try it again.");
    if (flush.outcome != QLatin1String("paused"))
        return kept;
    if (*flush.status == Unauthorized)
        return tr("Set the right key in the settings. %1").arg(kept);
    if (*flush.status == Forbidden)
        return tr("Ask for access to the project, or use another key. %1").arg(kept);
    return tr("Check the server's address, the proxy and the key in the settings. %1").arg(kept);
}

ProblemText ProblemText::ofRefusal(const QString &reason)
{
    const QString direct = tr("Programs send these calls directly.");
    if (reason == QLatin1String("spool_full"))
        return {reason, tr("The spool is full: calls are refused"),
                tr("Get the trace server back, or allow more in the settings. %1").arg(direct)};
    if (reason == QLatin1String("spool_error"))
        return {reason, tr("The disk does not take calls"),
                tr("Look for a full or read-only disk. %1").arg(direct)};
    if (reason == QLatin1String("malformed") || reason == QLatin1String("unknown_method"))
        return {reason, tr("A program sends what the sidecar does not understand"),
                tr("Its SDK may be newer or older than the sidecar; the log says more.")};
    if (reason == QLatin1String("not_allowed"))
        return {reason, tr("Another user tried to control the sidecar"), {}};
    if (reason == QLatin1String("shutting_down"))
        return {reason, tr("Calls came while the sidecar was stopping"), direct};
    return {reason, tr("Calls were refused: too large, or too many at once"), direct};
}

ProblemText ProblemText::ofDeadLetters()
{
    return {QStringLiteral("dead_letter"), tr("Calls were given up"),
            tr("The trace server refused them for good, or they waited too long. They are kept as "
               "dead letters: export them, or try them again.")};
}

ProblemText ProblemText::ofDamage()
{
    return {QStringLiteral("quarantine"), tr("A part of the spool was damaged"),
            tr("What could be read is delivered; the rest is put aside in the spool's quarantine "
               "folder.")};
}

} // namespace Weave
