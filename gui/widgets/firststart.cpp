#include "widgets/firststart.h"

#include "widgets/backendform.h"
#include "widgets/sdkhint.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace Weave {

FirstStart::FirstStart(QWidget *parent)
    : GrowingDialog(parent),
      m_form(new BackendForm(this)),
      m_steps(new QStackedWidget(this)),
      m_problem(new QLabel(this)),
      m_buttons(new QDialogButtonBox(this))
{
    setWindowTitle(tr("Welcome to Weave Sidecar"));
    m_steps->addWidget(buildChoice());
    QPushButton *const start =
        m_buttons->addButton(tr("&Start the sidecar"), QDialogButtonBox::AcceptRole);
    m_buttons->addButton(tr("Late&r"), QDialogButtonBox::RejectRole);
    start->setDefault(true);
    auto *const layout = new QVBoxLayout(this);
    layout->addWidget(m_steps, 1);
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->hide();
    layout->addWidget(m_problem);
    layout->addWidget(m_buttons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &FirstStart::chosen);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(fontMetrics().height() * 34, sizeHint().height());
}

QWidget *FirstStart::buildChoice()
{
    auto *const step = new QWidget(this);
    auto *const text = new QLabel(
        tr("The sidecar takes the trace calls of every Weave program on this computer, keeps them "
           "safe on disk, and delivers them. Where shall they go?"),
        step);
    text->setWordWrap(true);
    auto *const layout = new QVBoxLayout(step);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(text);
    layout->addWidget(m_form);
    layout->addStretch(1);
    return step;
}

void FirstStart::setUsable(bool isUsable)
{
    for (QAbstractButton *const button : m_buttons->buttons()) {
        if (m_buttons->buttonRole(button) == QDialogButtonBox::AcceptRole)
            button->setEnabled(isUsable);
    }
}

void FirstStart::setProblem(const QString &text)
{
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
}

void FirstStart::showHint(const QString &httpAddress, const QString &socket)
{
    auto *const step = new QWidget(this);
    auto *const text =
        new QLabel(tr("That is all. Now tell your programs to use the sidecar:"), step);
    text->setWordWrap(true);
    auto *const layout = new QVBoxLayout(step);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(text);
    layout->addWidget(new SdkHint(httpAddress, socket, step));
    layout->addStretch(1);
    m_steps->setCurrentIndex(m_steps->addWidget(step));
    m_buttons->clear();
    m_buttons->addButton(QDialogButtonBox::Close)->setFocus();
}

} // namespace Weave
