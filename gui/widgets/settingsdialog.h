#pragma once

#include "client/settings.h"

#include <QDialog>
#include <QString>

#include <vector>

class QCheckBox;
class QDialogButtonBox;
class QFormLayout;
class QLabel;
class QTabWidget;

namespace Weave {

class BackendForm;
class CheckedField;

// The settings, checked as they are typed, in the daemon's own words. Keeping them is the caller's.
class SettingsDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit SettingsDialog(QWidget *parent = nullptr);

    [[nodiscard]] BackendForm &form() { return *m_form; }
    // Shows the settings, and gives them back as they stand in the fields.
    void setSettings(const Settings &settings);
    [[nodiscard]] Settings settings() const;

    // A sentence about what keeping the settings does, "The sidecar is started anew."
    void setConsequence(const QString &text);

private:
    // A flag of the daemon, its field, and where the settings keep it.
    struct Field
    {
        const char *flag;
        QString Settings::*text;
        CheckedField *widget;
    };

    void addField(QFormLayout &form, const Field &field, const QString &label, const QString &name,
                  const QString &help, const QString &placeholder = {});
    void check();
    QWidget *buildDelivery();
    QWidget *buildStorage();
    QWidget *buildBatches();
    QWidget *buildNotifications();

    BackendForm *m_form = nullptr;
    std::vector<Field> m_fields;
    QCheckBox *m_notifyProblems = nullptr;
    QCheckBox *m_notifyRecovery = nullptr;
    QLabel *m_consequence = nullptr;
    QTabWidget *m_tabs;
    QDialogButtonBox *m_buttons;
};

} // namespace Weave
