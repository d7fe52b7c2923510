#include "widgets/tablepage.h"

#include "client/roles.h"
#include "widgets/roomystyle.h"

#include <QAbstractItemModel>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

namespace Weave {

TablePage::TablePage(const QString &name, const QString &emptyText, QAbstractItemModel &model,
                     int wideColumn, QWidget *parent)
    : Page(parent),
      m_model(model),
      m_wideColumn(wideColumn),
      m_table(new QTableView(this)),
      m_empty(new QLabel(emptyText, this)),
      m_detail(new QLabel(this))
{
    setAccessibleName(name);
    m_table->setAccessibleName(name);
    auto *const style = new RoomyStyle;
    style->setParent(m_table); // a widget does not own its style
    m_table->setStyle(style);
    m_table->setModel(&model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setTabKeyNavigation(false); // Tab leaves the table, the arrows move in it
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    // For the wide column in a narrow window; the others have been fitted to their texts.
    m_table->horizontalHeader()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 8);
    m_table->horizontalHeader()->setSectionResizeMode(wideColumn, QHeaderView::Stretch);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);

    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setMargin(24);

    m_detail->setTextFormat(Qt::PlainText);
    m_detail->setWordWrap(true);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);

    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_detail);

    connect(&model, &QAbstractItemModel::rowsInserted, this, &TablePage::updateEmpty);
    connect(&model, &QAbstractItemModel::rowsRemoved, this, &TablePage::updateEmpty);
    connect(&model, &QAbstractItemModel::modelReset, this, &TablePage::updateEmpty);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &TablePage::updateDetail);
    connect(&model, &QAbstractItemModel::dataChanged, this, &TablePage::updateDetail);
    connect(&model, &QAbstractItemModel::modelReset, this, &TablePage::updateDetail);
    updateEmpty();
    updateDetail();
}

void TablePage::setEmptyText(const QString &text)
{
    m_empty->setText(text);
}

void TablePage::watchedChanged(bool isWatched)
{
    if (isWatched)
        updateEmpty();
}

void TablePage::updateEmpty()
{
    const bool isEmpty = m_model.rowCount() == 0;
    m_table->setVisible(!isEmpty);
    m_empty->setVisible(isEmpty);
    if (!isEmpty && isWatched() && !m_isFitted)
        fitColumns();
}

void TablePage::updateDetail()
{
    const QString text = m_table->currentIndex().data(DetailRole).toString();
    if (text != m_detail->text()) // else what is selected in it stays
        m_detail->setText(text);
    m_detail->setVisible(!text.isEmpty());
}

// Once, with the first rows: columns that jump while rows come are hard to read.
void TablePage::fitColumns()
{
    m_isFitted = true;
    m_table->resizeColumnsToContents();
    const int spare = fontMetrics().averageCharWidth() * 3;
    const int widest = fontMetrics().averageCharWidth() * 40;
    for (int column = 0; column < m_model.columnCount(); ++column) {
        if (column == m_wideColumn)
            continue;
        m_table->setColumnWidth(column, std::min(m_table->columnWidth(column) + spare, widest));
    }
}

} // namespace Weave
