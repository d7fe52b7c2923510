#pragma once

#include "widgets/page.h"

class QAbstractItemModel;
class QLabel;
class QTableView;

namespace Weave {

// A page with a table, and in its place a sentence while the table is empty. What the model has to
// say of the current row besides (DetailRole) stands below the table.
class TablePage : public Page
{
    Q_OBJECT

public:
    // emptyText says what will stand here; wideColumn gets the room that is left. The model must
    // outlive the page.
    TablePage(const QString &name, const QString &emptyText, QAbstractItemModel &model,
              int wideColumn, QWidget *parent = nullptr);

    // Another sentence for the empty table.
    void setEmptyText(const QString &text);

    [[nodiscard]] QTableView &table() { return *m_table; }

protected:
    void watchedChanged(bool isWatched) override;

private:
    void updateEmpty();
    void updateDetail();
    void fitColumns();

    QAbstractItemModel &m_model;
    int m_wideColumn;
    QTableView *m_table;
    QLabel *m_empty;
    QLabel *m_detail;
    bool m_isFitted = false;
};

} // namespace Weave
