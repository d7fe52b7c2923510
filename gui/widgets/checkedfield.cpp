#include "widgets/checkedfield.h"

#include <QFormLayout>
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
    m_hasProblem = !problem.isEmpty();
    // A sign beside the words, because colour alone says nothing to some.
    const QString text = m_hasProblem ? QStringLiteral("⚠ ") + problem : m_note;
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
    m_edit->setAccessibleDescription(m_hasProblem ? problem : m_note);
}

void CheckedField::setNote(const QString &note)
{
    m_note = note;
    if (!m_hasProblem)
        setProblem({});
}

void CheckedField::addTo(QFormLayout &form, const QString &label)
{
    form.addRow(label, this);
    // Left to itself the layout names this widget, which does not take the keyboard.
    static_cast<QLabel *>(form.labelForField(this))->setBuddy(m_edit);
}

void CheckedField::addButton(QWidget *button)
{
    static_cast<QHBoxLayout *>(layout()->itemAt(0)->layout())->addWidget(button);
}

} // namespace Weave
