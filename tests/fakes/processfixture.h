#pragma once

#include "fakes/httpsink.h"
#include "fakes/sidecarprocess.h"

#include <QStringList>
#include <QTemporaryDir>

namespace Weave {

// A folder, a trace server and a daemon between them, new for every test.
class ProcessFixture
{
public:
    ProcessFixture();

    // The daemon with --backend of the sink, a short --flush-interval, and arguments; a later flag
    // wins.
    bool start(const QStringList &arguments = {});
    [[nodiscard]] QString path(const QString &name) const;
    bool writeFile(const QString &name, const QByteArray &text) const;

    // Empty when the daemon's own count of its calls adds up; otherwise the numbers.
    [[nodiscard]] QString auditError() const;
    // Runs the event loop until so many items have been answered with 2xx. The daemon may not have
    // read these answers yet: for its own numbers there is waitForNumber.
    [[nodiscard]] bool waitForDelivered(qsizetype count, int timeoutMs = 10'000) const;
    // Until the daemon's own number is this.
    [[nodiscard]] bool waitForNumber(const QString &dottedPath, qint64 value,
                                     int timeoutMs = 10'000) const;

    QTemporaryDir folder;
    HttpSink sink;
    SidecarProcess sidecar;
};

} // namespace Weave
