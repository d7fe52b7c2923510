#include "client/problemtext.h"

namespace Weave {

namespace {

constexpr int Unauthorized = 401;
constexpr int Forbidden = 403;
constexpr int NotFound = 404;
constexpr int TooLarge = 413;
constexpr int TooMany = 429;
constexpr int ServerError = 500;

} // namespace

ProblemText ProblemText::ofFlush(const FlushEvent &flush)
{
    const QString kept = tr("Calls are kept and sent when it works again.");
    if (!flush.status) {
        if (flush.error.startsWith(QLatin1String("TLS")))
            return {QStringLiteral("tls"), tr("No secure connection to the trace server"),
                    tr("Check the server's address. For a server with certificates of its own, "
                       "name its CA file in the settings. %1")
                        .arg(kept)};
        if (flush.error.contains(QLatin1String("in time")))
            return {QStringLiteral("timeout"), tr("The trace server does not answer in time"),
                    kept};
        return {QStringLiteral("network"), tr("The trace server cannot be reached"),
                tr("Check the network, the proxy and the server's address. %1").arg(kept)};
    }
    const int status = *flush.status;
    const QString cause = QString::number(status);
    if (status == Unauthorized)
        return {cause, tr("The trace server refuses the API key"),
                tr("Set the right key in the settings. %1").arg(kept)};
    if (status == Forbidden)
        return {cause, tr("The API key may not write to %1").arg(flush.project),
                tr("Ask for access to the project, or use another key. %1").arg(kept)};
    if (status == NotFound)
        return {cause, tr("The trace server does not know what was asked"),
                tr("Check that the backend's address is a Weave trace server.")};
    if (status == TooMany)
        return {cause, tr("The trace server asks for fewer requests"), kept};
    if (status >= ServerError)
        return {cause, tr("The trace server has trouble of its own (%1)").arg(status), kept};
    if (status == TooLarge)
        return {cause, tr("A batch was too large for the trace server"),
                tr("It is sent again in smaller parts.")};
    return {
        cause, tr("The trace server refused calls (%1)").arg(status),
        tr("The others are sent without them; what is refused alone goes to the dead letters.")};
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
