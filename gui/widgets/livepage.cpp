#include "widgets/livepage.h"

#include "client/callmodel.h"
#include "client/roles.h"
#include "widgets/roomystyle.h"

#include <QCheckBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>
#include <utility>

namespace Weave {

namespace {

// In characters; what comes later may be longer than the first.
constexpr int LongOperation = 42;
constexpr int LongProject = 24;
constexpr int LongestFitted = 40; // what is longer leaves the other columns in sight

} // namespace

LivePage::LivePage(QAbstractItemModel &calls, QWidget *parent)
    : Page(parent),
      m_calls(calls),
      m_tree(new QTreeView(this)),
      m_empty(new QLabel(this)),
      m_skipped(new QLabel(this)),
      m_detail(new QPlainTextEdit(this))
{
    setAccessibleName(tr("Live calls"));
    // Before the filter hears of it, and the tree, which makes another row the current one.
    connect(&calls, &QAbstractItemModel::rowsAboutToBeRemoved, this, &LivePage::noteRemoval);
    m_filter.setSourceModel(&calls);
    m_filter.setFilterRole(SearchRole);
    m_filter.setFilterKeyColumn(0);
    m_filter.setRecursiveFilteringEnabled(true);
    m_filter.setAutoAcceptChildRows(true);
    m_filter.setFilterCaseSensitivity(Qt::CaseInsensitive);

    auto *const style = new RoomyStyle;
    style->setParent(m_tree); // a widget does not own its style
    m_tree->setStyle(style);
    m_tree->setModel(&m_filter);
    m_tree->setAccessibleName(tr("Calls"));
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->header()->setStretchLastSection(true);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);

    m_detail->setReadOnly(true);
    m_detail->setTabChangesFocus(true);
    m_detail->setAccessibleName(tr("Details of the selected call"));
    m_detail->setPlaceholderText(tr("Choose a call to see more of it."));
    m_detail->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));

    auto *const splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_tree);
    splitter->addWidget(m_detail);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);

    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(buildBar());
    layout->addWidget(m_empty, 1);
    layout->addWidget(splitter, 1);
    layout->addWidget(m_skipped);
    m_skipped->hide();

    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &LivePage::updateDetail);
    connect(&calls, &QAbstractItemModel::dataChanged, this, &LivePage::updateDetail);
    connect(&calls, &QAbstractItemModel::rowsInserted, this, &LivePage::noteInsertion);
    connect(&calls, &QAbstractItemModel::rowsInserted, this, &LivePage::updateEmpty);
    connect(&calls, &QAbstractItemModel::rowsRemoved, this, &LivePage::updateEmpty);
    connect(&calls, &QAbstractItemModel::modelReset, this, &LivePage::updateEmpty);
    updateEmpty();
}

QWidget *LivePage::buildBar()
{
    auto *const bar = new QWidget(this);
    m_search = new QLineEdit(bar);
    m_search->setClearButtonEnabled(true);
    m_search->setPlaceholderText(tr("Search in calls"));
    m_search->setAccessibleName(tr("Search in calls"));
    auto *const label = new QLabel(tr("S&earch:"), bar);
    label->setBuddy(m_search);
    m_payloads = new QCheckBox(tr("Show pay&loads"), bar);
    m_payloads->setToolTip(tr("Inputs and outputs of calls may be confidential. "
                              "They are shown here and kept nowhere."));
    auto *const clear = new QPushButton(tr("Clea&r"), bar);

    auto *const row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(label);
    row->addWidget(m_search, 1);
    row->addWidget(m_payloads);
    row->addWidget(clear);

    connect(m_search, &QLineEdit::textChanged, &m_filter,
            &QSortFilterProxyModel::setFilterFixedString);
    connect(m_payloads, &QCheckBox::toggled, this, &LivePage::tell);
    connect(clear, &QPushButton::clicked, this, [this] {
        m_skippedCount = 0; // they are as old as what goes
        m_skipped->hide();
        Q_EMIT clearRequested();
    });
    auto *const find = new QShortcut(QKeySequence::Find, this);
    connect(find, &QShortcut::activated, m_search, [this] { m_search->setFocus(); });
    return bar;
}

void LivePage::setEmptyText(const QString &text)
{
    m_empty->setText(text);
}

bool LivePage::showsPayloads() const
{
    return m_payloads->isChecked();
}

void LivePage::watchedChanged(bool isWatched)
{
    tell();
    if (isWatched)
        updateEmpty();
}

void LivePage::noteSkipped(qint64 count)
{
    m_skippedCount += count;
    const int shown = int(std::min<qint64>(m_skippedCount, std::numeric_limits<int>::max()));
    m_skipped->setText(tr("%n more call(s) came too fast to be shown.", nullptr, shown));
    m_skipped->show();
}

void LivePage::tell()
{
    Q_EMIT wanted(isWatched(), isWatched() && showsPayloads());
}

// A call whose parent comes later is taken out and put below it at once. Moving the row instead
// would have the filter and the tree lay out all of their rows anew.
void LivePage::noteRemoval(const QModelIndex &parent, int first, int last)
{
    m_movedKey.clear();
    const QModelIndex current = m_filter.mapToSource(m_tree->currentIndex()).siblingAtColumn(0);
    for (QModelIndex at = current; at.isValid(); at = at.parent()) {
        if (at.parent() == parent && at.row() >= first && at.row() <= last)
            m_movedKey = current.data(KeyRole).toString();
    }
}

void LivePage::noteInsertion(const QModelIndex &parent, int first, int last)
{
    if (m_movedKey.isEmpty())
        return;
    const QModelIndex found = find(parent, first, last, std::exchange(m_movedKey, {}));
    if (const QModelIndex shown = m_filter.mapFromSource(found); shown.isValid())
        m_tree->setCurrentIndex(shown);
    updateDetail();
}

// Among the rows and what is below them.
QModelIndex LivePage::find(const QModelIndex &parent, int first, int last, const QString &key) const
{
    for (int row = first; row <= last; ++row) {
        const QModelIndex index = m_calls.index(row, 0, parent);
        if (index.data(KeyRole).toString() == key)
            return index;
        if (const QModelIndex below = find(index, 0, m_calls.rowCount(index) - 1, key);
            below.isValid())
            return below;
    }
    return {};
}

void LivePage::updateDetail()
{
    if (!m_movedKey.isEmpty())
        return; // what is selected in it stays
    const QModelIndex current = m_tree->currentIndex();
    const QString text = current.siblingAtColumn(0).data(DetailRole).toString();
    // Not compared with toPlainText(), which gives no-break spaces and some line ends otherwise.
    if (text != std::exchange(m_shownDetail, text))
        m_detail->setPlainText(text);
}

void LivePage::updateEmpty()
{
    const bool isEmpty = m_calls.rowCount() == 0;
    m_empty->setVisible(isEmpty);
    m_tree->parentWidget()->setVisible(!isEmpty);
    if (isEmpty || !isWatched() || m_isFitted)
        return;
    m_isFitted = true;
    const int em = fontMetrics().averageCharWidth();
    m_tree->setColumnWidth(0, em * LongOperation);
    for (int column = 1; column + 1 < m_calls.columnCount(); ++column) {
        m_tree->resizeColumnToContents(column);
        const int least = em * (column == CallModel::Project ? LongProject : 0);
        m_tree->setColumnWidth(
            column, std::clamp(m_tree->columnWidth(column) + 3 * em, least, em * LongestFitted));
    }
}

} // namespace Weave
