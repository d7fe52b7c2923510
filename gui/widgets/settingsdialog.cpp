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
    : QDialog(parent),
      m_tabs(new QTabWidget(this)),
      m_buttons(new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel, this))
{
    setWindowTitle(tr("Settings of Weave Sidecar"));
    m_tabs->setAccessibleName(tr("Kinds of settings"));
    m_tabs->tabBar()->setAccessibleName(tr("Kinds of settings"));
    m_tabs->addTab(buildDelivery(), tr("&Delivery"));
    m_tabs->addTab(buildStorage(), tr("St&orage and sockets"));
    m_tabs->addTab(buildBatches(), tr("&Batches"));
    m_tabs->addTab(buildNotifications(), tr("&Notifications"));
    m_consequence = new QLabel(this);
    m_consequence->setWordWrap(true);
    auto *const layout = new QVBoxLayout(this);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(m_consequence);
    layout->addWidget(m_buttons);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
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
    form.addRow(label, added.widget);
    connect(added.widget, &CheckedField::edited, this, &SettingsDialog::check);
    m_fields.push_back(added);
}

QWidget *SettingsDialog::buildDelivery()
{
    auto *const page = new QWidget(this);
    m_form = new BackendForm(page);
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
             tr("the usual number"));
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

QWidget *SettingsDialog::buildNotifications()
{
    auto *const page = new QWidget(this);
    m_notifyProblems = new QCheckBox(tr("Tell me when &calls are not delivered"), page);
    m_notifyRecovery = new QCheckBox(tr("Tell me when delivery &works again"), page);
    auto *const layout = new QVBoxLayout(page);
    for (QCheckBox *const box : {m_notifyProblems, m_notifyRecovery}) {
        layout->addWidget(box);
    }
    layout->addStretch(1);
    return page;
}

void SettingsDialog::setSettings(const Settings &settings)
{
    m_form->setBackend(settings.backend);
    for (const Field &field : m_fields)
        field.widget->setText(settings.*field.text);
    m_notifyProblems->setChecked(settings.notifiesProblems);
    m_notifyRecovery->setChecked(settings.notifiesRecovery);
    check();
}

Settings SettingsDialog::settings() const
{
    Settings settings;
    settings.backend = m_form->backend();
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
