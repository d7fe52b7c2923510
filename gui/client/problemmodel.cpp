#include "client/problemmodel.h"

#include "client/problemtext.h"
#include "client/roles.h"
#include "client/timetext.h"
#include "client/tooltip.h"

#include <QLocale>

#include <algorithm>
#include <utility>

namespace Weave {

void ProblemModel::noteFlush(const FlushEvent &flush)
{
    // Another form of the same calls is the server's wish, and no problem.
    if (flush.outcome == QLatin1String("delivered")
        || flush.outcome == QLatin1String("other_route"))
        return;
    const ProblemText text = ProblemText::ofFlush(flush);
    add({text.cause, text.title, text.advice, flush.error, flush.time, 0}, 1);
}

void ProblemModel::noteSnapshot(const Snapshot &snapshot, qint64 timeMs)
{
    // In a container each daemon has the same pid.
    const bool isSameDaemon = m_last.pid == snapshot.pid
        && m_last.uptimeSeconds <= snapshot.uptimeSeconds && m_last.received <= snapshot.received;
    const Snapshot before = isSameDaemon ? m_last : Snapshot();
    for (auto reason = snapshot.refused.begin(); reason != snapshot.refused.end(); ++reason) {
        // Where this program may only look, its own asking was refused before the first snapshot.
        if ((!isSameDaemon || m_wasAbsent) && reason.key() == QLatin1String("not_allowed"))
            continue;
        if (const qint64 more = reason.value() - before.refused.value(reason.key()); more > 0) {
            const ProblemText text = ProblemText::ofRefusal(reason.key());
            add({text.cause, text.title, text.advice, {}, timeMs, 0}, more);
        }
    }
    if (const qint64 more = snapshot.deadLettered - before.deadLettered; more > 0) {
        const ProblemText text = ProblemText::ofDeadLetters();
        add({text.cause, text.title, text.advice, {}, timeMs, 0}, more);
    }
    if (const qint64 more = snapshot.spoolQuarantined - before.spoolQuarantined; more > 0) {
        const ProblemText text = ProblemText::ofDamage();
        add({text.cause, text.title, text.advice, {}, timeMs, 0}, more);
    }
    m_last = snapshot;
    m_wasAbsent = false;
}

void ProblemModel::noteAbsence(const QString &text, qint64 timeMs)
{
    m_wasAbsent = true;
    add({QStringLiteral("no_daemon"),
         text,
         tr("Calls go directly to the trace server meanwhile, as if there were no sidecar."),
         {},
         timeMs,
         0},
        1);
}

void ProblemModel::add(Problem problem, qint64 count)
{
    const auto known = std::find_if(m_problems.begin(), m_problems.end(), [&](const Problem &old) {
        return old.cause == problem.cause && old.title == problem.title;
    });
    if (known != m_problems.end()) {
        // Moved, so that whoever is on that row stays there.
        problem.count = known->count + count;
        if (const int row = static_cast<int>(known - m_problems.begin()); row > 0) {
            beginMoveRows({}, row, row, {}, 0);
            std::rotate(m_problems.begin(), known, known + 1);
            endMoveRows();
        }
        m_problems.front() = std::move(problem);
        Q_EMIT dataChanged(index(0, 0), index(0, ColumnCount - 1));
        return;
    }
    if (m_problems.size() == MaxProblems) {
        beginRemoveRows({}, MaxProblems - 1, MaxProblems - 1);
        m_problems.pop_back();
        endRemoveRows();
    }
    problem.count = count;
    beginInsertRows({}, 0, 0);
    m_problems.push_front(std::move(problem));
    endInsertRows();
}

void ProblemModel::clear()
{
    beginResetModel();
    m_problems.clear();
    endResetModel();
}

int ProblemModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_problems.size());
}

int ProblemModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ProblemModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Problem &problem = m_problems[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(problem, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Time)
            return fullTimeText(problem.lastTime);
        return toolTip(problem.detail.isEmpty() ? problem.title : problem.detail);
    case DetailRole:
        return problem.detail;
    case Qt::AccessibleDescriptionRole:
        return problem.detail.isEmpty() ? QVariant() : problem.detail;
    case Qt::TextAlignmentRole:
        if (index.column() == Count)
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    default:
        return {};
    }
}

QString ProblemModel::text(const Problem &problem, int column)
{
    const QLocale locale;
    switch (column) {
    case Time:
        return timeText(problem.lastTime, QStringLiteral("HH:mm:ss"));
    case Title:
        return problem.title;
    case Advice:
        return problem.advice;
    case Count:
        return locale.toString(problem.count);
    default:
        return {};
    }
}

QVariant ProblemModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section == Count)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Title:
        return tr("Problem");
    case Advice:
        return tr("What to do");
    case Count:
        return tr("Times");
    default:
        return {};
    }
}

} // namespace Weave
