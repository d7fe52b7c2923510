#include "client/callmodel.h"

#include "client/roles.h"
#include "client/timetext.h"
#include "client/tooltip.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <optional>
#include <utility>

namespace Weave {

struct CallModel::Node
{
    Node *parent = nullptr;
    Nodes children;
    QString key;
    CallEvent start; // of an end without its start only project and id
    CallEvent end;
    bool hasStart = false;
    bool hasEnd = false;
    bool mayHaveEnded = false; // unseen

    [[nodiscard]] std::optional<qint64> milliseconds() const
    {
        if (!hasStart || !hasEnd)
            return std::nullopt;
        const auto from = QDateTime::fromString(start.startedAt, Qt::ISODateWithMs);
        const auto to = QDateTime::fromString(end.endedAt, Qt::ISODateWithMs);
        if (from.isValid() && to.isValid())
            return from.msecsTo(to);
        return end.time - start.time;
    }
};

CallModel::CallModel(QObject *parent)
    : QAbstractItemModel(parent),
      m_root(std::make_unique<Node>())
{
}

CallModel::~CallModel() = default;

void CallModel::add(const CallEvent &event)
{
    const QString key = keyOf(event.project, event.id);
    Node *node = m_nodes.value(key);
    if (!node)
        node = &insert(event);
    if (event.isStart) {
        waitNoMore(*node); // it may name another parent than before
        node->start = event;
        node->hasStart = true;
        place(*node);
    } else {
        node->end = event;
        node->hasEnd = true;
    }
    Q_EMIT dataChanged(indexOf(*node), indexOf(*node, ColumnCount - 1));
    trim();
}

void CallModel::noteGap()
{
    markUnended(*m_root);
}

// Those below the node. Told once for those that are side by side: a row's place is looked for
// among all of its siblings.
void CallModel::markUnended(Node &above)
{
    int first = -1;
    int last = -1;
    for (int row = 0; row < static_cast<int>(above.children.size()); ++row) {
        Node &node = *above.children[static_cast<std::size_t>(row)];
        markUnended(node);
        if (node.hasEnd || std::exchange(node.mayHaveEnded, true))
            continue;
        first = first < 0 ? row : first;
        last = row;
    }
    if (first < 0)
        return;
    const QModelIndex parent = &above == m_root.get() ? QModelIndex() : indexOf(above);
    Q_EMIT dataChanged(index(first, Status, parent), index(last, Status, parent));
}

CallModel::Node &CallModel::insert(const CallEvent &event)
{
    auto owned = std::make_unique<Node>();
    Node &node = *owned;
    node.key = keyOf(event.project, event.id);
    node.start.project = event.project;
    node.start.id = event.id;
    node.start.time = event.time;
    m_nodes.insert(node.key, &node);
    Node *parent = nullptr;
    if (event.isStart && !event.parentId.isEmpty())
        parent = m_nodes.value(keyOf(event.project, event.parentId));
    attach(std::move(owned), parent == &node ? nullptr : parent);
    adopt(node);
    return node;
}

// Below its parent, which may have come before it or is yet to come.
void CallModel::place(Node &node)
{
    if (node.start.parentId.isEmpty() || node.parent != m_root.get())
        return;
    const QString parentKey = keyOf(node.start.project, node.start.parentId);
    Node *parent = m_nodes.value(parentKey);
    if (!parent) {
        if (!m_orphans.contains(parentKey, &node))
            m_orphans.insert(parentKey, &node);
    } else if (!isBelow(*parent, node)) {
        attach(detach(node), parent);
    }
}

void CallModel::adopt(Node &parent)
{
    const QList<Node *> children = m_orphans.values(parent.key);
    m_orphans.remove(parent.key);
    // QMultiHash gives the latest first.
    for (auto child = children.crbegin(); child != children.crend(); ++child) {
        if (!isBelow(parent, **child))
            attach(detach(**child), &parent);
    }
}

// Broken clients may send calls that are each other's parents.
bool CallModel::isBelow(const Node &node, const Node &ancestor) const
{
    for (const Node *at = &node; at != m_root.get(); at = at->parent) {
        if (at == &ancestor)
            return true;
    }
    return false;
}

void CallModel::attach(std::unique_ptr<Node> node, Node *parent)
{
    const bool isTop = !parent;
    Node &above = isTop ? *m_root : *parent;
    const int row = isTop ? 0 : static_cast<int>(above.children.size());
    node->parent = &above;
    beginInsertRows(isTop ? QModelIndex() : indexOf(above), row, row);
    above.children.insert(above.children.begin() + row, std::move(node));
    endInsertRows();
}

std::unique_ptr<CallModel::Node> CallModel::detach(Node &node)
{
    Node &above = *node.parent;
    const int row = rowOf(node);
    beginRemoveRows(&above == m_root.get() ? QModelIndex() : indexOf(above), row, row);
    std::unique_ptr<Node> owned = std::move(above.children[static_cast<std::size_t>(row)]);
    above.children.erase(above.children.begin() + row);
    endRemoveRows();
    return owned;
}

void CallModel::trim()
{
    while (m_nodes.size() > MaxCalls) {
        if (m_root->children.size() == 1) {
            clear(); // one trace that is larger than all that is kept
            return;
        }
        forget(*detach(*m_root->children.back()));
    }
}

void CallModel::forget(const Node &node)
{
    m_nodes.remove(node.key);
    waitNoMore(node);
    for (const auto &child : node.children)
        forget(*child);
}

void CallModel::waitNoMore(const Node &node)
{
    if (!node.start.parentId.isEmpty())
        m_orphans.remove(keyOf(node.start.project, node.start.parentId), const_cast<Node *>(&node));
}

void CallModel::clear()
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    m_nodes.clear();
    m_orphans.clear();
    endResetModel();
}

QString CallModel::keyOf(const QString &project, const QString &id)
{
    return project + QLatin1Char('\n') + id;
}

CallModel::Node *CallModel::nodeAt(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : m_root.get();
}

int CallModel::rowOf(const Node &node) const
{
    const Nodes &siblings = node.parent->children;
    const auto place = std::find_if(siblings.begin(), siblings.end(),
                                    [&node](const auto &other) { return other.get() == &node; });
    return static_cast<int>(place - siblings.begin());
}

QModelIndex CallModel::indexOf(const Node &node, int column) const
{
    return createIndex(rowOf(node), column, &node);
}

QModelIndex CallModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeAt(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex CallModel::parent(const QModelIndex &child) const
{
    if (!child.isValid())
        return {};
    const Node *above = nodeAt(child)->parent;
    return above == m_root.get() ? QModelIndex() : indexOf(*above);
}

int CallModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeAt(parent)->children.size());
}

int CallModel::columnCount(const QModelIndex & /*parent*/) const
{
    return ColumnCount;
}

QVariant CallModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node &node = *nodeAt(index);
    switch (role) {
    case Qt::DisplayRole:
        return text(node, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Operation)
            return toolTip(node.start.operation);
        if (index.column() == Started)
            return node.hasStart ? fullTimeText(node.start.time) : QString();
        return toolTip(index.column() == Status && !node.end.error.isEmpty()
                           ? node.end.error
                           : text(node, index.column()));
    case SearchRole:
        return QStringList{node.start.operation, node.start.project, node.start.id,
                           node.end.error,       node.start.payload, node.end.payload}
            .join(QLatin1Char('\n'));
    case DetailRole:
        return detail(node);
    case KeyRole:
        return node.key;
    case Qt::TextAlignmentRole:
        if (index.column() == Duration)
            return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    default:
        return {};
    }
}

QString CallModel::text(const Node &node, int column)
{
    const QLocale locale;
    switch (column) {
    case Operation:
        return node.hasStart ? shortOperation(node.start.operation) : tr("(began before)");
    case Project:
        return node.start.project;
    case Status:
        if (!node.hasEnd)
            return node.mayHaveEnded ? tr("end not seen") : tr("running");
        return node.end.error.isEmpty() ? tr("done") : tr("failed");
    case Duration: {
        constexpr qint64 Second = 1000;
        const std::optional<qint64> duration = node.milliseconds();
        if (!duration)
            return {};
        return *duration < Second
            ? tr("%1 ms").arg(locale.toString(*duration))
            : tr("%1 s").arg(locale.toString(static_cast<double>(*duration) / Second, 'f', 2));
    }
    case Started:
        return node.hasStart ? timeText(node.start.time, QStringLiteral("HH:mm:ss.zzz"))
                             : QString();
    default:
        return {};
    }
}

QString CallModel::detail(const Node &node)
{
    QStringList lines{tr("Call %1 of trace %2").arg(node.start.id, node.start.traceId)};
    if (!node.end.error.isEmpty())
        lines << tr("Error: %1").arg(node.end.error);
    if (!node.start.payload.isEmpty())
        lines << tr("Inputs: %1").arg(node.start.payload);
    if (!node.end.payload.isEmpty())
        lines << tr("Output: %1").arg(node.end.payload);
    return lines.join(QLatin1Char('\n'));
}

QVariant CallModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Operation:
        return tr("Operation");
    case Project:
        return tr("Project");
    case Status:
        return tr("Status");
    case Duration:
        return tr("Duration");
    case Started:
        return tr("Started");
    default:
        return {};
    }
}

QString CallModel::shortOperation(const QString &operation)
{
    const qsizetype op = operation.lastIndexOf(QLatin1String("/op/"));
    if (op < 0)
        return operation;
    const QString name = operation.mid(op + 4);
    const qsizetype version = name.lastIndexOf(QLatin1Char(':'));
    return version > 0 ? name.left(version) : name;
}

} // namespace Weave
