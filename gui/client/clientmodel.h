#pragma once

#include "client/snapshot.h"

#include <QAbstractTableModel>

namespace Weave {

// The processes that are connected to the daemon's socket.
class ClientModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Pid,
        Name,
        Connections,
        CallRate,
        ByteRate,
        Refused,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    // nowMs is on a steady clock, in ms.
    void update(const QList<ClientSnapshot> &clients, qint64 nowMs);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row
    {
        ClientSnapshot client;
        double callsPerSecond = 0;
        double bytesPerSecond = 0;
    };

    void merge(const QList<Row> &rows); // by pid
    [[nodiscard]] static QString text(const Row &row, int column);

    QList<Row> m_rows; // by pid
    qint64 m_lastMs = 0;
};

} // namespace Weave
