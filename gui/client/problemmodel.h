#pragma once

#include "client/snapshot.h"

#include <QAbstractTableModel>

#include <deque>

namespace Weave {

// What went wrong lately, in plain words, and what to do about it; the latest first. The same
// problem again is counted, not repeated.
class ProblemModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        Time,
        Title,
        Advice,
        Count,
        ColumnCount,
    };
    struct Problem
    {
        QString cause; // tells problems apart: "401", "network", "spool_full"…
        QString title;
        QString advice;
        QString detail; // the words of the daemon or the server
        qint64 lastTime = 0; // ms since 1970
        qint64 count = 0;
    };
    static constexpr int MaxProblems = 100;

    using QAbstractTableModel::QAbstractTableModel;

    void noteFlush(const FlushEvent &flush);
    // Tells problems from what has changed since the snapshot before. timeMs is since 1970.
    void noteSnapshot(const Snapshot &snapshot, qint64 timeMs);
    void noteAbsence(const QString &text, qint64 timeMs);
    void clear();

    [[nodiscard]] const std::deque<Problem> &problems() const { return m_problems; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    void add(Problem problem, qint64 count);
    [[nodiscard]] static QString text(const Problem &problem, int column);

    std::deque<Problem> m_problems;
    Snapshot m_last;
    bool m_wasAbsent = false; // since m_last
};

} // namespace Weave
