#pragma once

#include "client/snapshot.h"

#include <QAbstractTableModel>

#include <deque>

namespace Weave {

// The last requests to the trace server, newest first.
class FlushModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Time,
        Project,
        Calls,
        Bytes,
        Milliseconds,
        Attempts,
        Status,
        ColumnCount,
    };
    static constexpr int MaxRows = 500;

    using QAbstractTableModel::QAbstractTableModel;

    void add(const FlushEvent &flush);
    void clear();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    [[nodiscard]] static QString text(const FlushEvent &flush, int column);
    [[nodiscard]] static QString statusText(const FlushEvent &flush);

    std::deque<FlushEvent> m_flushes;
};

} // namespace Weave
