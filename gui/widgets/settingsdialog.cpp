#include "widgets/settingsdialog.h"

#include "widgets/backendform.h"
#include "widgets/checkedfield.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace Weave {

SettingsDialog::SettingsDialog(QWidget *parent)
    : GrowingDialog(parent),
      m_tabs(new QTabWidget(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Settings of Weave Sidecar"));
    m_tabs->setAccessibleName(tr("Kinds of settings"));
    m_tabs->tabBar()->setAccessibleName(tr("Kinds of settings"));
    m_tabs->addTab(buildDelivery(), tr("&Delivery"));
    m_tabs->addTab(buildStorage(), tr("Stora&ge and sockets"));
    m_tabs->addTab(buildBatches(), tr("&Batches"));
    m_tabs->addTab(buildDesktop(), tr("De&sktop"));
    m_consequence = new QLabel(this);
    m_consequence->setWordWrap(true);
    m_consequence->setTextFormat(Qt::PlainText);
    auto *const layout = new QVBoxLayout(this);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(m_consequence);
    layout->addWidget(m_buttons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &SettingsDialog::saveRequested);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(fontMetrics().height() * 36, sizeHint().height());
}

void SettingsDialog::addField(QFormLayout &form, const Field &field, const QString &label,
                              const QString &name, const QString &help, const QString &placeholder)
{
    Field added = field;
    added.widget = new CheckedField(name, this);
    added.widget->edit().setToolTip(help);
    added.widget->edit().setPlaceholderText(placeholder);
    added.widget->addTo(form, label);
    connect(added.widget, &CheckedField::edited, this, &SettingsDialog::check);
    m_fields.push_back(added);
}

QWidget *SettingsDialog::buildDelivery()
{
    auto *const page = new QWidget(this);
    m_form = new BackendForm(page);
    m_form->setMayBeEmpty(true);
    connect(m_form, &BackendForm::edited, this, &SettingsDialog::check);
    auto *const layout = new QVBoxLayout(page);
    layout->addWidget(m_form);
    layout->addStretch(1);
    return page;
}

QWidget *SettingsDialog::buildStorage()
{
    auto *const page = new QWidget(this);
    auto *const form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    addField(*form, {"socket", &Settings::socket, nullptr}, tr("Soc&ket:"),
             tr("Socket of the sidecar"), tr("Where Python programs hand over their calls."),
             QStringLiteral("/tmp/weave_sidecar.sock"));
    addField(*form, {"http", &Settings::http, nullptr}, tr("&HTTP address:"),
             tr("HTTP address of the sidecar"),
             tr("Where Node programs hand over their calls, 127.0.0.1:8319; empty for none."),
             tr("none"));
    addField(*form, {"max-connections", &Settings::maxConnections, nullptr}, tr("Conn&ections:"),
             tr("Connections at a time"), tr("More programs than this are turned away."),
             QStringLiteral("1024"));
    addField(*form, {"spool-dir", &Settings::spoolDir, nullptr}, tr("S&pool folder:"),
             tr("Folder of the spool"), tr("Where calls are kept until they are delivered."),
             tr("the usual one"));
    addField(*form, {"spool-max-bytes", &Settings::spoolMaxBytes, nullptr}, tr("Spool &limit:"),
             tr("Size that the spool may take"),
             tr("With more than this waiting, calls are refused: 500MiB, 2GiB."),
             QStringLiteral("1GiB"));
    return page;
}

QWidget *SettingsDialog::buildBatches()
{
    auto *const page = new QWidget(this);
    auto *const form = new QFormLayout(page);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    addField(*form, {"flush-interval", &Settings::flushInterval, nullptr}, tr("Send a&fter:"),
             tr("Time after which a batch is sent"), tr("After its first call: 500ms, 2s."),
             QStringLiteral("1s"));
    addField(*form, {"flush-max-count", &Settings::flushMaxCount, nullptr}, tr("&Most calls:"),
             tr("Calls in a batch at most"), tr("A batch with this many calls is sent at once."),
             QStringLiteral("2000"));
    addField(*form, {"flush-max-bytes", &Settings::flushMaxBytes, nullptr}, tr("Most b&ytes:"),
             tr("Size of a batch at most"), tr("A larger call travels alone: 10MiB."),
             QStringLiteral("10MiB"));
    return page;
}

QWidget *SettingsDialog::buildDesktop()
{
    auto *const page = new QWidget(this);
    m_startAtLogin = new QCheckBox(tr("Start at log&in, as an icon"), page);
    m_notifyProblems = new QCheckBox(tr("Tell me when &calls are not delivered"), page);
    m_notifyRecovery = new QCheckBox(tr("Tell me when delivery &works again"), page);
    auto *const layout = new QVBoxLayout(page);
    for (QCheckBox *const box : {m_startAtLogin, m_notifyProblems, m_notifyRecovery}) {
        layout->addWidget(box);
    }
    layout->addStretch(1);
    return page;
}

void SettingsDialog::setStartsAtLogin(bool isOn)
{
    m_startAtLogin->setChecked(isOn);
    m_startedAtLogin = isOn;
}

bool SettingsDialog::startsAtLogin() const
{
    return m_startAtLogin->isChecked();
}

bool SettingsDialog::isStartAtLoginChanged() const
{
    return startsAtLogin() != m_startedAtLogin;
}

void SettingsDialog::setSettings(const Settings &settings, const Options &options)
{
    m_form->setSettings(settings);
    m_form->setNotes(options);
    for (const Field &field : m_fields) {
        field.widget->setText(settings.*field.text);
        setNote(field, options.get(field.flag));
    }
    m_notifyProblems->setChecked(settings.notifiesProblems);
    m_notifyRecovery->setChecked(settings.notifiesRecovery);
    m_shown = settings;
    check();
}

// An empty field stands for what holds without it: the system's file may say something there.
void SettingsDialog::setNote(const Field &field, const Options::Value &value)
{
    const QString text = QString::fromStdString(value.text);
    if (value.source == Options::Source::Variable)
        field.widget->setNote(tr("Set in the environment, which wins: %1").arg(text));
    else if (value.source == Options::Source::File)
        field.widget->edit().setPlaceholderText(text);
}

Settings SettingsDialog::settings() const
{
    Settings settings = m_shown;
    m_form->writeTo(settings);
    for (const Field &field : m_fields)
        settings.*field.text = field.widget->text();
    settings.notifiesProblems = m_notifyProblems->isChecked();
    settings.notifiesRecovery = m_notifyRecovery->isChecked();
    return settings;
}

void SettingsDialog::check()
{
    const QString backend = m_form->check();
    bool isUsable = backend.isEmpty();
    for (const Field &field : m_fields) {
        const QString problem =
            Settings::problemOf(QString::fromLatin1(field.flag), field.widget->text());
        field.widget->setProblem(problem);
        isUsable = isUsable && problem.isEmpty();
    }
    m_buttons->button(QDialogButtonBox::Save)->setEnabled(isUsable);
}

void SettingsDialog::setConsequence(const QString &text)
{
    m_consequence->setText(text);
}

} // namespace Weave
