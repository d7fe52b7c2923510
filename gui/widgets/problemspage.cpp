#include "widgets/problemspage.h"

#include "client/problemmodel.h"
#include "widgets/deadletterbox.h"

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace Weave {

ProblemsPage::ProblemsPage(QAbstractItemModel &problems, QWidget *parent)
    : TablePage(tr("Problems"), {}, problems, ProblemModel::Advice, parent),
      m_deadLetters(new DeadLetterBox(this))
{
    // Whole sentences, few of them: rows as high as their texts.
    table().setWordWrap(true);
    table().setTextElideMode(Qt::ElideNone);
    table().verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    layout()->addWidget(m_deadLetters);
}

} // namespace Weave
