#include "widgets/deadletterbox.h"

#include "widgets/filechooser.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <utility>

namespace Weave {

namespace {

using namespace std::chrono_literals;

// A look reads the whole spool.
constexpr auto Pause = 5s;
constexpr qsizetype MaxLines = 4;
constexpr int LongestReason = 160; // characters

int forPlural(qint64 count)
{
    return int(std::min<qint64>(count, std::numeric_limits<int>::max()));
}

} // namespace

DeadLetterBox::DeadLetterBox(QWidget *parent)
    : QGroupBox(tr("Dead letters"), parent),
      m_text(new QLabel(this)),
      m_result(new QLabel(this)),
      m_export(new QPushButton(tr("&Export…"), this)),
      m_retry(new QPushButton(tr("Send them a&gain"), this))
{
    for (QLabel *const label : {m_text, m_result}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_result->hide();
    auto *const row = new QHBoxLayout;
    row->addWidget(m_text, 1);
    row->addWidget(m_export, 0, Qt::AlignTop);
    row->addWidget(m_retry, 0, Qt::AlignTop);
    auto *const layout = new QVBoxLayout(this);
    layout->addLayout(row);
    layout->addWidget(m_result);
    m_pause.setSingleShot(true);
    m_pause.setInterval(Pause);
    connect(&m_pause, &QTimer::timeout, this, &DeadLetterBox::look);
    connect(m_export, &QPushButton::clicked, this, &DeadLetterBox::askWhereTo);
    connect(m_retry, &QPushButton::clicked, this, &DeadLetterBox::retry);
    refresh();
}

void DeadLetterBox::setCommands(SpoolCommands *commands)
{
    if (m_commands != nullptr)
        m_commands->disconnect(this);
    m_commands = commands;
    if (m_commands != nullptr) {
        connect(m_commands, &SpoolCommands::finished, this, &DeadLetterBox::handleEnd);
        connect(m_commands, &SpoolCommands::listed, this, &DeadLetterBox::setGroups);
        connect(m_commands, &SpoolCommands::notListed, this, &DeadLetterBox::setProblem);
    }
    m_isStale = true;
    look();
    refresh();
}

void DeadLetterBox::setCount(qint64 count)
{
    const bool isOtherSpool = m_commands != nullptr && m_commands->directory() != m_seen;
    if (count == std::exchange(m_count, count) && !isOtherSpool)
        return;
    m_result->hide(); // of what there was before
    if (isOtherSpool) {
        m_isKnown = false;
        m_groups.clear();
        refresh();
    }
    m_isStale = true;
    look();
}

void DeadLetterBox::setGroups(const QList<DeadLetterGroup> &groups)
{
    m_groups = groups;
    m_isKnown = true;
    m_problem.clear();
    refresh();
}

void DeadLetterBox::setProblem(const QString &text)
{
    m_groups.clear();
    m_problem = text;
    refresh();
}

void DeadLetterBox::setObstacle(const QString &text)
{
    if (text == m_obstacle)
        return;
    m_obstacle = text;
    refresh();
}

void DeadLetterBox::showEvent(QShowEvent *event)
{
    QGroupBox::showEvent(event);
    m_isStale = true; // other programs may have worked with the spool
    look();
}

void DeadLetterBox::look()
{
    const bool canLook = m_commands != nullptr && !m_commands->directory().isEmpty();
    if (!canLook || !m_isStale || !isVisible() || m_pause.isActive())
        return;
    m_isStale = !m_commands->list(); // one that is at work may be of another spool
    m_seen = m_commands->directory();
    m_pause.start();
}

void DeadLetterBox::askWhereTo()
{
    // Not the name that the settings suggest for the file with all calls, which it would replace.
    const FileQuestion question{FileQuestion::Kind::Replaced, tr("Export calls"),
                                QDir::homePath() + QStringLiteral("/weave-dead-letters.ndjson"),
                                tr("Lines of JSON (*.ndjson)")};
    chooseFile(this, question, [this](const QString &file) { exportTo(file); });
}

void DeadLetterBox::exportTo(const QString &file)
{
    if (m_commands == nullptr)
        return;
    if (isInUse(file)) {
        say(tr("%1 is a file that the sidecar writes to. Choose another one.")
                .arg(QDir::toNativeSeparators(file)));
        return;
    }
    m_success = tr("They were written to %1.").arg(QDir::toNativeSeparators(file));
    m_commands->exportTo(file);
    refresh();
}

void DeadLetterBox::retry()
{
    m_success = tr("They were handed to the sidecar once more.");
    m_commands->retry();
    refresh();
}

void DeadLetterBox::handleEnd(const QString &problem)
{
    say(problem.isEmpty() ? std::exchange(m_success, {})
                          : tr("This did not work: %1").arg(problem));
    m_isStale = true;
    m_pause.stop();
    look();
    refresh();
}

void DeadLetterBox::say(const QString &text)
{
    m_result->setText(text);
    m_result->show();
}

// An export takes the place of the file, and the daemon would go on with the one that has gone.
bool DeadLetterBox::isInUse(const QString &file) const
{
    const QFileInfo chosen(file);
    const QFileInfo letters(m_commands->directory() + QStringLiteral("/dead-letters.ndjson"));
    const QFileInfo live(m_liveFile);
    return (letters.exists() && chosen == letters)
        || (!m_liveFile.isEmpty() && live.exists() && chosen == live);
}

qint64 DeadLetterBox::total() const
{
    return std::accumulate(
        m_groups.begin(), m_groups.end(), qint64{0},
        [](qint64 sum, const DeadLetterGroup &group) { return sum + group.calls; });
}

void DeadLetterBox::refresh()
{
    const qint64 count = total();
    QStringList lines;
    if (!m_obstacle.isEmpty())
        lines << m_obstacle;
    else if (!m_problem.isEmpty())
        lines << tr("What was given up cannot be looked at: %1").arg(m_problem);
    else if (!m_isKnown)
        lines << tr("It is not known yet whether calls were given up.");
    else if (count == 0)
        lines << tr("No call was given up.");
    else
        lines << tr("%n call(s) were given up. They are kept on disk, with the reason.", nullptr,
                    forPlural(count));
    if (m_obstacle.isEmpty()) {
        for (const DeadLetterGroup &group : m_groups.mid(0, MaxLines))
            lines << QStringLiteral("%1 · %2 · %3")
                         .arg(group.project, tr("%n call(s)", nullptr, forPlural(group.calls)),
                              group.reason.left(LongestReason));
        if (m_groups.size() > MaxLines)
            lines << QStringLiteral("…");
    }
    m_text->setText(lines.join(u'\n'));
    const bool canAct =
        m_commands != nullptr && m_obstacle.isEmpty() && !m_commands->isRunning() && count > 0;
    m_export->setEnabled(canAct);
    m_retry->setEnabled(canAct);
}

} // namespace Weave
