#include "widgets/backendform.h"

#include "client/settings.h"
#include "widgets/checkedfield.h"

#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>

namespace Weave {

namespace {

const QString &filePrefix()
{
    static const QString prefix = QStringLiteral("file:");
    return prefix;
}

} // namespace

BackendForm::BackendForm(QWidget *parent)
    : QWidget(parent),
      m_toServer(new QRadioButton(tr("Send calls to a &trace server"), this)),
      m_toFile(new QRadioButton(tr("Keep calls in a &local file"), this))
{
    auto *const form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->addRow(m_toServer);
    addServer(*form);
    form->addRow(m_toFile);
    addFile(*form);
    m_toServer->setChecked(true);
    connect(m_toServer, &QRadioButton::toggled, this, &BackendForm::updateChoice);
    updateChoice();
}

void BackendForm::addServer(QFormLayout &form)
{
    m_url = new CheckedField(tr("Address of the trace server"), this);
    m_url->edit().setPlaceholderText(QStringLiteral("https://trace.wandb.ai"));
    form.addRow(tr("&Address:"), m_url);
    connect(m_url, &CheckedField::edited, this, &BackendForm::edited);

    m_key = new CheckedField(tr("API key"), this);
    m_key->edit().setEchoMode(QLineEdit::Password);
    form.addRow(tr("API &key:"), m_key);
    connect(m_key, &CheckedField::edited, this, &BackendForm::edited);

    m_test = new QPushButton(tr("T&est connection"), this);
    m_test->setAutoDefault(false);
    m_result = new QLabel(this);
    m_result->setWordWrap(true);
    m_result->setTextFormat(Qt::PlainText);
    auto *const row = new QHBoxLayout;
    row->addWidget(m_test, 0, Qt::AlignTop);
    row->addWidget(m_result, 1);
    form.addRow(QString(), row);
    connect(m_test, &QPushButton::clicked, this, &BackendForm::testRequested);
}

void BackendForm::addFile(QFormLayout &form)
{
    m_file = new CheckedField(tr("File for the calls"), this);
    auto *const choose = new QPushButton(tr("C&hoose…"), this);
    choose->setAutoDefault(false);
    m_file->addButton(choose);
    form.addRow(tr("&File:"), m_file);
    connect(choose, &QPushButton::clicked, this, &BackendForm::chooseFile);
    connect(m_file, &CheckedField::edited, this, &BackendForm::edited);
}

QString BackendForm::backend() const
{
    return m_toFile->isChecked() ? filePrefix() + m_file->text() : m_url->text();
}

void BackendForm::setBackend(const QString &backend)
{
    const bool isFile = backend.startsWith(filePrefix());
    if (isFile)
        m_file->setText(backend.mid(filePrefix().size()));
    else
        m_url->setText(backend);
    if (m_file->text().isEmpty())
        m_file->setText(QDir::homePath() + QStringLiteral("/weave-calls.ndjson"));
    (isFile ? m_toFile : m_toServer)->setChecked(true);
    updateChoice();
}

QString BackendForm::key() const
{
    return m_key->text();
}

void BackendForm::setKeyHint(const QString &hint)
{
    m_key->edit().setPlaceholderText(hint);
}

QString BackendForm::check()
{
    const bool isFile = m_toFile->isChecked();
    QString problem = Settings::problemOf(QStringLiteral("backend"), backend());
    // That nothing has been typed yet is seen without words.
    m_url->setProblem(isFile || m_url->text().isEmpty() ? QString() : problem);
    m_file->setProblem(isFile ? problem : QString());
    m_test->setEnabled(!isFile && problem.isEmpty());
    return problem;
}

void BackendForm::setTestResult(const QString &text, bool isRunning)
{
    m_result->setText(text);
    m_test->setEnabled(!isRunning && m_toServer->isChecked());
}

void BackendForm::updateChoice()
{
    const bool isFile = m_toFile->isChecked();
    m_url->setEnabled(!isFile);
    m_key->setEnabled(!isFile);
    m_test->setEnabled(!isFile);
    m_file->setEnabled(isFile);
    Q_EMIT edited();
}

void BackendForm::chooseFile()
{
    const QString path = QFileDialog::getSaveFileName(
        this, tr("File for the calls"), m_file->text(), tr("Lines of JSON (*.ndjson)"), nullptr,
        QFileDialog::DontConfirmOverwrite);
    if (path.isEmpty())
        return;
    m_file->setText(path);
    Q_EMIT edited();
}

} // namespace Weave
