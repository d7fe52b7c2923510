#include "widgets/deadletterbox.h"

#include "widgets/spoolcommands.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <limits>

namespace Weave {

DeadLetterBox::DeadLetterBox(QWidget *parent)
    : QGroupBox(tr("Refused calls"), parent),
      m_text(new QLabel(this)),
      m_result(new QLabel(this)),
      m_export(new QPushButton(tr("&Export…"), this)),
      m_retry(new QPushButton(tr("Send them a&gain"), this))
{
    m_text->setWordWrap(true);
    m_result->setWordWrap(true);
    m_result->setTextFormat(Qt::PlainText);
    m_result->hide();
    auto *const buttons = new QHBoxLayout;
    buttons->addWidget(m_text, 1);
    buttons->addWidget(m_export);
    buttons->addWidget(m_retry);
    auto *const layout = new QVBoxLayout(this);
    layout->addLayout(buttons);
    layout->addWidget(m_result);
    connect(m_export, &QPushButton::clicked, this, &DeadLetterBox::exportToFile);
    connect(m_retry, &QPushButton::clicked, this, [this] {
        m_commands->retry();
        refresh();
    });
    refresh();
}

void DeadLetterBox::setCommands(SpoolCommands *commands)
{
    if (m_commands != nullptr)
        m_commands->disconnect(this);
    m_commands = commands;
    if (m_commands != nullptr)
        connect(m_commands, &SpoolCommands::finished, this,
                [this](bool isGood, const QString &text) {
                    const QString said = isGood && text.isEmpty() ? tr("Done.") : text;
                    m_result->setText(isGood ? said : tr("This did not work: %1").arg(said));
                    m_result->show();
                    refresh();
                });
    refresh();
}

void DeadLetterBox::setCount(qulonglong count)
{
    if (count == m_count)
        return;
    m_count = count;
    refresh();
}

void DeadLetterBox::exportToFile()
{
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Export calls"), QDir::homePath() + QStringLiteral("/weave-calls.ndjson"),
        tr("Lines of JSON (*.ndjson)"));
    if (file.isEmpty() || m_commands == nullptr)
        return;
    m_commands->exportTo(file);
    refresh();
}

void DeadLetterBox::refresh()
{
    const int shown = int(std::min<qulonglong>(m_count, std::numeric_limits<int>::max()));
    m_text->setText(m_count == 0
                        ? tr("No call was refused for good.")
                        : tr("%n call(s) were refused by the backend for good. They are kept on "
                             "disk, with the reason.",
                             nullptr, shown));
    const bool canAct = m_commands != nullptr && !m_commands->isRunning();
    m_export->setEnabled(canAct);
    m_retry->setEnabled(canAct && m_count > 0);
}

} // namespace Weave
