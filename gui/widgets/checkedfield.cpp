#include "widgets/checkedfield.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace Weave {

CheckedField::CheckedField(const QString &name, QWidget *parent)
    : QWidget(parent),
      m_edit(new QLineEdit(this)),
      m_problem(new QLabel(this))
{
    m_edit->setAccessibleName(name);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->hide();
    setFocusProxy(m_edit);
    auto *const row = new QHBoxLayout;
    row->addWidget(m_edit, 1);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addLayout(row);
    column->addWidget(m_problem);
    connect(m_edit, &QLineEdit::textEdited, this, &CheckedField::edited);
}

QString CheckedField::text() const
{
    return m_edit->text().trimmed();
}

void CheckedField::setText(const QString &text)
{
    m_edit->setText(text);
}

void CheckedField::setProblem(const QString &problem)
{
    // A sign beside the words, because colour alone says nothing to some.
    m_problem->setText(problem.isEmpty() ? QString() : QStringLiteral("⚠ ") + problem);
    m_problem->setVisible(!problem.isEmpty());
    m_edit->setAccessibleDescription(problem);
}

bool CheckedField::hasProblem() const
{
    return !m_problem->text().isEmpty();
}

void CheckedField::addButton(QWidget *button)
{
    static_cast<QHBoxLayout *>(layout()->itemAt(0)->layout())->addWidget(button);
}

} // namespace Weave
