#pragma once

#include <QList>
#include <QObject>
#include <QProcess>
#include <QSaveFile>
#include <QString>
#include <QStringList>

#include <memory>

namespace Weave {

// Calls of a project that were given up for the same reason.
struct DeadLetterGroup
{
    QString project;
    QString reason;
    qint64 calls = 0;
};

// Runs `weave-sidecar spool …` and says how it ended.
class SpoolCommands final : public QObject
{
    Q_OBJECT

public:
    explicit SpoolCommands(const QString &program, QObject *parent = nullptr);
    ~SpoolCommands() override;

    // Which spool, and the socket of the daemon that works with it.
    void setSpool(const QString &directory, const QString &socket);
    [[nodiscard]] QString directory() const { return m_directory; }

    // Whether exportTo() or retry() is at work: one at a time.
    [[nodiscard]] bool isRunning() const { return m_process.state() != QProcess::NotRunning; }

    // Looks for what was given up; listed() follows, or notListed(). False while it is at it
    // already.
    bool list();
    // What was given up, a call a line, into the file, which is replaced when all went well.
    void exportTo(const QString &file);
    // Hands what was given up to the daemon once more.
    void retry();

Q_SIGNALS:
    void listed(const QList<Weave::DeadLetterGroup> &groups);
    void notListed(const QString &problem);
    // problem is what the command said; empty when all went well.
    void finished(const QString &problem);

private:
    void run(const QStringList &command);
    void keepOutput();
    void handleEnd();
    void end(const QString &problem);
    [[nodiscard]] QString notWritten() const;
    void handleList();

    QString m_program;
    QString m_directory;
    QString m_socket;
    std::unique_ptr<QSaveFile> m_export; // while exportTo() is at work
    QProcess m_process;
    QProcess m_list;
};

} // namespace Weave
