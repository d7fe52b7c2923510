#pragma once

#include "client/snapshot.h"

#include <QAbstractItemModel>
#include <QHash>

#include <memory>
#include <vector>

namespace Weave {

// Calls as they pass: starts and ends joined, each call below its parent, the newest trace first.
// What comes before its parent stands at the top until the parent comes.
class CallModel final : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column {
        Operation,
        Project,
        Status,
        Duration,
        Started,
        ColumnCount,
    };
    static constexpr int MaxCalls = 5000; // beyond that the oldest traces go

    explicit CallModel(QObject *parent = nullptr);
    ~CallModel() override;

    void add(const CallEvent &event);
    // Calls may have ended without anybody being told.
    void noteGap();
    void clear();
    [[nodiscard]] qsizetype callCount() const { return m_nodes.size(); }

    [[nodiscard]] QModelIndex index(int row, int column,
                                    const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

    // "weave:///acme/demo/op/answer:v3" is known to people as "answer".
    [[nodiscard]] static QString shortOperation(const QString &operation);

private:
    struct Node;
    using Nodes = std::vector<std::unique_ptr<Node>>;

    [[nodiscard]] static QString keyOf(const QString &project, const QString &id);
    [[nodiscard]] Node *nodeAt(const QModelIndex &index) const;
    [[nodiscard]] QModelIndex indexOf(const Node &node, int column = 0) const;
    [[nodiscard]] int rowOf(const Node &node) const;
    [[nodiscard]] bool isBelow(const Node &node, const Node &ancestor) const;

    Node &insert(const CallEvent &event);
    void attach(std::unique_ptr<Node> node, Node *parent);
    [[nodiscard]] std::unique_ptr<Node> detach(Node &node);
    void adopt(Node &parent);
    void place(Node &node);
    void markUnended(Node &above);
    void trim();
    void forget(const Node &node);
    void waitNoMore(const Node &node);
    [[nodiscard]] static QString text(const Node &node, int column);
    [[nodiscard]] static QString detail(const Node &node);

    std::unique_ptr<Node> m_root;
    QHash<QString, Node *> m_nodes;
    QMultiHash<QString, Node *> m_orphans; // by the key of the parent that they wait for
};

} // namespace Weave
