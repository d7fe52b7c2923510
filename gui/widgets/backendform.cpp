#include "widgets/backendform.h"

#include "widgets/checkedfield.h"
#include "widgets/filechooser.h"

#include <QCheckBox>
#include <QDir>
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
    m_url->addTo(form, tr("&Address:"));
    connect(m_url, &CheckedField::edited, this, &BackendForm::handleEdit);

    m_key = new CheckedField(tr("API key"), this);
    m_key->edit().setEchoMode(QLineEdit::Password);
    m_key->addTo(form, tr("API &key:"));
    connect(m_key, &CheckedField::edited, this, &BackendForm::handleEdit);

    m_caFile = new CheckedField(tr("File with certificates to trust"), this);
    m_caFile->edit().setPlaceholderText(tr("the system's certificates"));
    m_caFile->edit().setToolTip(tr("For a server with certificates of its own."));
    auto *const choose = new QPushButton(tr("Cho&ose…"), this);
    choose->setAutoDefault(false);
    m_caFile->addButton(choose);
    m_caFile->addTo(form, tr("&CA file:"));
    connect(choose, &QPushButton::clicked, this, &BackendForm::chooseCaFile);
    connect(m_caFile, &CheckedField::edited, this, &BackendForm::handleEdit);

    m_allowHttp = new QCheckBox(
        tr("Allow plain htt&p: on the way, others can read the key and the calls"), this);
    form.addRow(QString(), m_allowHttp);
    connect(m_allowHttp, &QCheckBox::toggled, this, &BackendForm::handleEdit);

    m_test = new QPushButton(tr("T&est connection"), this);
    m_test->setAutoDefault(false);
    m_result = new QLabel(this);
    m_result->setWordWrap(true);
    m_result->setAlignment(Qt::AlignTop | Qt::AlignLeading);
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
    m_file->addTo(form, tr("&File:"));
    connect(choose, &QPushButton::clicked, this, &BackendForm::chooseCallsFile);
    connect(m_file, &CheckedField::edited, this, &BackendForm::edited);
}

QString BackendForm::backend() const
{
    return m_toFile->isChecked() ? filePrefix() + m_file->text() : m_url->text();
}

void BackendForm::setSettings(const Settings &settings)
{
    m_caFile->setText(settings.caFile);
    m_allowHttp->setChecked(!settings.allowHttp.isEmpty());
    setBackend(settings.backend);
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

void BackendForm::writeTo(Settings &settings) const
{
    settings.backend = backend();
    settings.caFile = m_caFile->text();
    settings.allowHttp = m_allowHttp->isChecked() ? QStringLiteral("true") : QString();
}

QString BackendForm::key() const
{
    return m_key->text();
}

void BackendForm::setKeyHint(const QString &hint)
{
    m_key->edit().setPlaceholderText(hint);
}

bool BackendForm::hasAddress() const
{
    return !m_url->text().isEmpty() || m_isGivenElsewhere;
}

QString BackendForm::check()
{
    const bool isFile = m_toFile->isChecked();
    const bool needsAllowHttp = !isFile && Settings::needsAllowHttp(m_url->text());
    m_allowHttp->setVisible(needsAllowHttp);
    QString problem = Settings::problemOf(QStringLiteral("backend"), backend(),
                                          needsAllowHttp && m_allowHttp->isChecked());
    if (m_mayBeEmpty && !isFile && m_url->text().isEmpty())
        problem.clear();
    // That nothing has been typed yet is seen without words.
    m_url->setProblem(isFile || m_url->text().isEmpty() ? QString() : problem);
    m_file->setProblem(isFile ? problem : QString());
    const QString caProblem =
        isFile ? QString() : Settings::problemOf(QStringLiteral("ca-file"), m_caFile->text());
    m_caFile->setProblem(caProblem);
    if (problem.isEmpty())
        problem = caProblem;
    m_test->setEnabled(!isFile && !m_isTesting && problem.isEmpty() && hasAddress());
    return problem;
}

void BackendForm::setTestResult(const QString &text, bool isRunning)
{
    m_result->setText(m_isTesting && !isRunning && m_isEdited ? QString() : text);
    m_isTesting = isRunning;
    m_isEdited = false;
    check();
}

// What was tested is no longer what stands there.
void BackendForm::handleEdit()
{
    m_isEdited = true;
    if (!m_isTesting)
        m_result->clear();
    Q_EMIT edited();
}

void BackendForm::setNotes(const Options &options)
{
    const Options::Value &backend = options.get("backend");
    m_isGivenElsewhere = !backend.text.empty();
    if (backend.source == Options::Source::Variable)
        m_url->setNote(tr("WEAVE_SIDECAR_BACKEND is set in the environment and wins: %1")
                           .arg(QString::fromStdString(backend.text)));
    else if (backend.source == Options::Source::File)
        m_url->edit().setPlaceholderText(QString::fromStdString(backend.text));
}

void BackendForm::updateChoice()
{
    const bool isFile = m_toFile->isChecked();
    for (QWidget *const each : {static_cast<QWidget *>(m_url), static_cast<QWidget *>(m_key),
                                static_cast<QWidget *>(m_caFile)})
        each->setEnabled(!isFile);
    m_file->setEnabled(isFile);
    check();
    Q_EMIT edited();
}

void BackendForm::chooseCaFile()
{
    const FileQuestion question{FileQuestion::Kind::Existing, tr("File with certificates to trust"),
                                m_caFile->text(),
                                tr("Certificates (*.pem *.crt *.cer);;All files (*)")};
    chooseFile(this, question, [this](const QString &file) {
        m_caFile->setText(file);
        handleEdit();
    });
}

void BackendForm::chooseCallsFile()
{
    const FileQuestion question{FileQuestion::Kind::Written, tr("File for the calls"),
                                m_file->text(), tr("Lines of JSON (*.ndjson)")};
    chooseFile(this, question, [this](const QString &file) {
        m_file->setText(file);
        Q_EMIT edited();
    });
}

} // namespace Weave
