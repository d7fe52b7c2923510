#include "client/flushmodel.h"

#include "client/roles.h"
#include "client/timetext.h"
#include "client/tooltip.h"

#include <QLocale>

namespace Weave {

namespace {

// A right that a project lacks, or a form of its calls that is wanted: others are delivered.
bool isOfOneProject(const FlushEvent &flush)
{
    constexpr int BadRequest = 400;
    constexpr int Forbidden = 403;
    const int status = flush.status.value_or(0);
    return status == BadRequest || status == Forbidden;
}

} // namespace

void FlushModel::add(const FlushEvent &flush)
{
    if (rowCount() == MaxRows) {
        beginRemoveRows({}, MaxRows - 1, MaxRows - 1);
        m_flushes.pop_back();
        endRemoveRows();
    }
    beginInsertRows({}, 0, 0);
    m_flushes.push_front(flush);
    endInsertRows();
}

void FlushModel::clear()
{
    beginResetModel();
    m_flushes.clear();
    endResetModel();
}

int FlushModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_flushes.size());
}

int FlushModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FlushModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const FlushEvent &flush = m_flushes[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(flush, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Time)
            return fullTimeText(flush.time);
        return toolTip(flush.error.isEmpty() ? text(flush, index.column()) : flush.error);
    case DetailRole:
        return flush.error;
    case Qt::AccessibleDescriptionRole:
        return flush.error.isEmpty() ? QVariant() : flush.error;
    case Qt::TextAlignmentRole:
        if (index.column() >= Calls && index.column() <= Attempts)
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    default:
        return {};
    }
}

QString FlushModel::text(const FlushEvent &flush, int column)
{
    constexpr double MsPerSecond = 1000;
    const QLocale locale;
    switch (column) {
    case Time:
        return timeText(flush.time, QStringLiteral("HH:mm:ss"));
    case Project:
        return flush.project;
    case Calls:
        return locale.toString(flush.calls);
    case Bytes:
        return locale.formattedDataSize(flush.bytes, 1, QLocale::DataSizeIecFormat);
    case Milliseconds:
        return locale.toString(flush.seconds * MsPerSecond, 'f', 0);
    case Attempts:
        return locale.toString(flush.attempts);
    case Status:
        return statusText(flush);
    default:
        return {};
    }
}

// The outcomes of docs/protocol.md, for people.
QString FlushModel::statusText(const FlushEvent &flush)
{
    QString outcome = flush.outcome;
    if (outcome == QLatin1String("delivered"))
        outcome = tr("delivered");
    else if (outcome == QLatin1String("retry"))
        outcome = tr("will be tried again");
    else if (outcome == QLatin1String("halved"))
        outcome = tr("refused, sent again in halves");
    else if (outcome == QLatin1String("given_up"))
        outcome = tr("refused, now a dead letter");
    else if (outcome == QLatin1String("paused"))
        outcome = isOfOneProject(flush) ? tr("refused, the project waits")
                                        : tr("refused, delivery stopped");
    else if (outcome == QLatin1String("other_route"))
        outcome = tr("sent again in another form");
    return flush.status ? QStringLiteral("%1 · %2").arg(*flush.status).arg(outcome) : outcome;
}

QVariant FlushModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section >= Calls
        && section <= Attempts)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Project:
        return tr("Project");
    case Calls:
        return tr("Calls");
    case Bytes:
        return tr("Bytes");
    case Milliseconds:
        return tr("ms");
    case Attempts:
        return tr("Attempts");
    case Status:
        return tr("Status");
    default:
        return {};
    }
}

} // namespace Weave
