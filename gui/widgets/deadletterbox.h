#pragma once

#include "widgets/spoolcommands.h"

#include <QGroupBox>
#include <QTimer>

class QLabel;
class QPushButton;

namespace Weave {

// Calls that were given up: how many and why, a copy of them in a file, another attempt.
class DeadLetterBox final : public QGroupBox
{
    Q_OBJECT

public:
    explicit DeadLetterBox(QWidget *parent = nullptr);

    // What does the work; null where nothing can be done.
    void setCommands(SpoolCommands *commands);
    // Another number than before, or the commands' spool is another one: there is something new to
    // look for.
    void setCount(qint64 count);
    // Where the daemon writes calls to, as long as it writes to a file; else empty.
    void setLiveFile(const QString &file) { m_liveFile = file; }
    // What there is.
    void setGroups(const QList<DeadLetterGroup> &groups);
    // What there is cannot be known.
    void setProblem(const QString &text);
    // Says why nothing can be done here; empty when it can.
    void setObstacle(const QString &text);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void look();
    void askWhereTo();
    void exportTo(const QString &file);
    void retry();
    void handleEnd(const QString &problem);
    void say(const QString &text);
    [[nodiscard]] bool isInUse(const QString &file) const;
    void refresh();
    [[nodiscard]] qint64 total() const;

    SpoolCommands *m_commands = nullptr;
    QList<DeadLetterGroup> m_groups;
    QString m_problem; // of the last look
    QString m_obstacle;
    QString m_liveFile;
    QString m_success; // what is said when the command that runs ends well
    qint64 m_count = 0;
    QString m_seen; // the spool of the last look
    QTimer m_pause; // between two looks
    bool m_isStale = true;
    bool m_isKnown = false; // what there is
    QLabel *m_text;
    QLabel *m_result;
    QPushButton *m_export;
    QPushButton *m_retry;
};

} // namespace Weave
