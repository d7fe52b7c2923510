#pragma once

#include "widgets/page.h"

#include <QSortFilterProxyModel>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTreeView;

namespace Weave {

// Calls as they come, as a tree of traces. Asks for them only while it is looked at, and for what
// is inside them only when the user says so.
class LivePage final : public Page
{
    Q_OBJECT

public:
    // The model has SearchRole, DetailRole and KeyRole.
    explicit LivePage(QAbstractItemModel &calls, QWidget *parent = nullptr);

    // The daemon has left out so many calls, because there were too many to show.
    void noteSkipped(qint64 count);

    // Another sentence for when there are no calls.
    void setEmptyText(const QString &text);

    [[nodiscard]] bool showsPayloads() const;
    [[nodiscard]] QTreeView &tree() { return *m_tree; }

Q_SIGNALS:
    // What the page needs of the daemon now.
    void wanted(bool calls, bool payloads);
    void clearRequested();

protected:
    void watchedChanged(bool isWatched) override;

private:
    QWidget *buildBar();
    void noteRemoval(const QModelIndex &parent, int first, int last);
    void noteInsertion(const QModelIndex &parent, int first, int last);
    [[nodiscard]] QModelIndex find(const QModelIndex &parent, int first, int last,
                                   const QString &key) const;
    void updateDetail();
    void updateEmpty();
    void tell();

    QAbstractItemModel &m_calls;
    QSortFilterProxyModel m_filter;
    QTreeView *m_tree;
    QLabel *m_empty;
    QLabel *m_skipped;
    qint64 m_skippedCount = 0;
    QPlainTextEdit *m_detail;
    QString m_shownDetail; // what stands in it
    QString m_movedKey; // of the current call, while it is on its way to another place
    QLineEdit *m_search = nullptr;
    QCheckBox *m_payloads = nullptr;
    bool m_isFitted = false;
};

} // namespace Weave
