#include "app/daemon.h"

#include "app/exitcodes.h"
#include "app/servicemanager.h"
#include "app/servicenotifier.h"
#include "app/signalwatcher.h"
#include "common/logging.h"
#include "common/version.h"
#include "sidecar/sidecar.h"
#include "sidecar/spoolfactory.h"
#include "sidecar/transportfactory.h"
#include "stats/statusline.h"

#include <QCoreApplication>
#include <QScopeGuard>

#include <csignal>
#include <utility>

namespace Weave {

namespace {

void logStart(const Config &config, const std::string &socketPath)
{
    qCInfo(lcApp, "weave-sidecar %s is ready on %s and delivers to %s",
           std::string(version()).c_str(), socketPath.c_str(), config.backend.display().c_str());
    if (!config.headless)
        qCInfo(lcApp, "on a desktop, weave-sidecar-tray shows what it does");
    if (config.backend.kind != BackendAddress::Kind::Http)
        return;
    if (config.credentials.apiKey.empty()) {
        qCWarning(lcConfig,
                  "no API key was found (--api-key-file, WANDB_API_KEY, the service manager's "
                  "credential api-key, netrc); requests go without one");
    } else {
        qCInfo(lcConfig, "the API key comes from %s", config.credentials.source.c_str());
    }
}

// As the log is written, where programs read it; people get the sentence alone.
int failToStart(const Config &config, const std::string &sentence)
{
    if (config.logFormat == LogFormat::Json)
        qCCritical(lcApp, "%s", sentence.c_str());
    else
        writeError(sentence);
    return ExitProblem;
}

} // namespace

int runDaemon(const Config &config, ConfigReloader reloader)
{
    installLogging(config.logFormat, config.logLevel);
    const auto logEnd = qScopeGuard(&finishLogging);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a limit of file sizes is an error where a file grows
    SignalWatcher signalWatcher; // before anything that could need an orderly end
    auto serviceSocket = ServiceManager::takeSocket();
    if (!serviceSocket)
        return failToStart(config, serviceSocket.error().message);
    auto spool = makeSpool(config);
    if (!spool) {
        const std::string prefix = config.spoolName.empty() ? "" : config.spoolName + ": ";
        return failToStart(config, prefix + spool.error().message);
    }
    Sidecar sidecar(config, makeTransport, std::move(*spool));
    sidecar.setReloader(std::move(reloader));
    ServiceNotifier serviceNotifier([&] { return statusLine(sidecar.watchStatus()); });
    QObject::connect(&sidecar, &Sidecar::changed, &serviceNotifier, &ServiceNotifier::noteChange);
    QObject::connect(&sidecar, &Sidecar::reloadBegins, &serviceNotifier,
                     &ServiceNotifier::reloading);
    QObject::connect(&sidecar, &Sidecar::reloadEnds, &serviceNotifier, &ServiceNotifier::ready);
    bool isStopping = false;
    QObject::connect(&signalWatcher, &SignalWatcher::terminationRequested, &sidecar, [&] {
        if (isStopping) {
            qCWarning(lcApp, "asked to stop a second time; stopping at once");
            QCoreApplication::exit(0);
            return;
        }
        isStopping = true;
        sidecar.shutdown();
        serviceNotifier.stopping(sidecar.shutdownTimeout());
    });
    QObject::connect(&signalWatcher, &SignalWatcher::reloadRequested, &sidecar,
                     [&sidecar] { [[maybe_unused]] const auto logged = sidecar.reload(); });
    QObject::connect(&sidecar, &Sidecar::stopped, &sidecar, [] { QCoreApplication::exit(0); });
    if (const auto started = sidecar.start(std::move(*serviceSocket)); !started)
        return failToStart(config, started.error().message);
    logStart(config, sidecar.socketPath());
    serviceNotifier.ready();
    return QCoreApplication::exec();
}

} // namespace Weave
