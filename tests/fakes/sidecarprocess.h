#pragma once

#include <QJsonObject>
#include <QList>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace Weave {

// The real weave-sidecar as a child. It is ended, by its own process id, when this object goes.
class SidecarProcess final
{
public:
    explicit SidecarProcess(QString socketPath);
    ~SidecarProcess();
    SidecarProcess(const SidecarProcess &) = delete;
    SidecarProcess &operator=(const SidecarProcess &) = delete;

    // The child sees nothing of the test's own keys and proxies; this adds a variable.
    void setEnvironment(const QString &name, const QString &value);
    // Hands it descriptors as a service manager does, from 3 on; --socket is then left out. They
    // are this process's all the time.
    void passSockets(const QList<int> &descriptors) { m_passed = descriptors; }
    // Instead of standardOutput().
    void setOutputFile(const QString &path) { m_process.setStandardOutputFile(path); }
    // RLIMIT_NOFILE of the child, soft and hard.
    void setFileLimit(unsigned long files) { m_fileLimit = files; }

    // --headless --socket PATH and arguments; returns when the socket answers. False when the
    // process ended instead.
    bool start(const QStringList &arguments);
    // Exactly these arguments; waits for nothing.
    void launch(const QStringList &arguments);
    // Exactly these arguments; waits for the end. For what does not become a daemon.
    std::optional<int> runToEnd(const QStringList &arguments);

    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] qint64 pid() const { return m_process.processId(); }
    [[nodiscard]] const QString &socketPath() const { return m_socketPath; }
    [[nodiscard]] QString standardError();
    [[nodiscard]] QString standardOutput();

    void sendSignal(int signal);
    // The exit code; nothing when it goes on running or was ended by a signal. The event loop
    // runs meanwhile.
    [[nodiscard]] std::optional<int>
    waitForExit(std::chrono::milliseconds timeout = std::chrono::seconds(15));

    // The object under "status", asked through the socket.
    [[nodiscard]] QJsonObject status() const;
    // The same through `weave-sidecar status --json`.
    [[nodiscard]] QJsonObject statusByCommand() const;
    // A number such as status "calls.received"; -1 when there is none.
    [[nodiscard]] qint64 number(const QString &dottedPath) const;

    // From /proc: resident memory in bytes and processor time used so far.
    [[nodiscard]] qint64 residentBytes() const;
    [[nodiscard]] std::chrono::milliseconds processorTime() const;
    [[nodiscard]] int openFiles() const;

private:
    const QString m_socketPath;
    QProcess m_process;
    QProcessEnvironment m_environment;
    unsigned long m_fileLimit = 0;
    QList<int> m_passed;
    QString m_standardError;
    QString m_standardOutput;
};

} // namespace Weave
