#include "client/clientmodel.h"

#include "client/tooltip.h"

#include <QLocale>

#include <algorithm>

namespace Weave {

void ClientModel::update(const QList<ClientSnapshot> &clients, qint64 nowMs)
{
    constexpr double MsPerSecond = 1000;
    const double seconds = static_cast<double>(nowMs - m_lastMs) / MsPerSecond;
    QList<Row> rows;
    rows.reserve(clients.size());
    for (const ClientSnapshot &client : clients) {
        Row row{client};
        const auto before = std::find_if(m_rows.cbegin(), m_rows.cend(), [&](const Row &old) {
            return old.client.pid == client.pid;
        });
        // A connection that has gone takes its count along.
        if (before != m_rows.cend() && m_lastMs > 0 && seconds > 0) {
            row.callsPerSecond =
                static_cast<double>(std::max<qint64>(0, client.calls - before->client.calls))
                / seconds;
            row.bytesPerSecond =
                static_cast<double>(std::max<qint64>(0, client.bytes - before->client.bytes))
                / seconds;
        }
        rows.append(row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row &left, const Row &right) {
        return left.client.pid < right.client.pid;
    });
    m_lastMs = nowMs;

    merge(rows);
    if (!m_rows.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

// Row by row, so that who stays keeps the user's selection and place.
void ClientModel::merge(const QList<Row> &rows)
{
    const auto remove = [this](qsizetype at) {
        beginRemoveRows({}, static_cast<int>(at), static_cast<int>(at));
        m_rows.removeAt(at);
        endRemoveRows();
    };
    for (qsizetype at = 0; at < rows.size(); ++at) {
        const qint64 pid = rows[at].client.pid;
        while (at < m_rows.size() && m_rows[at].client.pid < pid)
            remove(at);
        if (at == m_rows.size() || m_rows[at].client.pid > pid) {
            beginInsertRows({}, static_cast<int>(at), static_cast<int>(at));
            m_rows.insert(at, rows[at]);
            endInsertRows();
        } else {
            m_rows[at] = rows[at];
        }
    }
    while (m_rows.size() > rows.size())
        remove(m_rows.size() - 1);
}

void ClientModel::clear()
{
    beginResetModel();
    m_rows.clear();
    m_lastMs = 0;
    endResetModel();
}

int ClientModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ClientModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ClientModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row &row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return toolTip(text(row, index.column()));
    case Qt::TextAlignmentRole:
        if (index.column() != Name)
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    default:
        return {};
    }
}

QString ClientModel::text(const Row &row, int column)
{
    const QLocale locale;
    switch (column) {
    case Pid:
        // A process id is a name, not a quantity: no grouping.
        return row.client.pid > 0 ? QString::number(row.client.pid) : tr("unknown");
    case Name:
        return row.client.name.isEmpty() ? tr("unknown") : row.client.name;
    case CallRate:
        return locale.toString(row.callsPerSecond, 'f', row.callsPerSecond < 10 ? 1 : 0);
    case ByteRate:
        return tr("%1/s").arg(locale.formattedDataSize(static_cast<qint64>(row.bytesPerSecond), 1,
                                                       QLocale::DataSizeIecFormat));
    case Connections:
        return locale.toString(row.client.connections);
    case Refused:
        return locale.toString(row.client.refused);
    default:
        return {};
    }
}

QVariant ClientModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section != Name)
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Pid:
        return tr("Process");
    case Name:
        return tr("Name");
    case Connections:
        return tr("Connections");
    case CallRate:
        return tr("Calls/s");
    case ByteRate:
        return tr("Bytes/s");
    case Refused:
        return tr("Refused");
    default:
        return {};
    }
}

} // namespace Weave
