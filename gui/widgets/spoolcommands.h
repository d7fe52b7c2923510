#pragma once

#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <functional>

namespace Weave {

// Runs `weave-sidecar spool …` and says how it ended. One at a time.
class SpoolCommands final : public QObject
{
    Q_OBJECT

public:
    // flags are those that say which spool and socket, as the daemon was given them.
    SpoolCommands(const QString &program, const QStringList &flags, QObject *parent = nullptr);
    ~SpoolCommands() override;

    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

    // What waits and what was given up, a call a line, into the file.
    void exportTo(const QString &file);
    // Hands what was given up to the daemon once more.
    void retry();

Q_SIGNALS:
    // text is what the command said, for people.
    void finished(bool isGood, const QString &text);

private:
    void run(const QString &command, const QString &outputFile);
    void handleEnd();

    QString m_program;
    QStringList m_flags;
    QProcess m_process;
};

} // namespace Weave
