#pragma once

#include "client/settings.h"
#include "widgets/growingdialog.h"

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
class SettingsDialog final : public GrowingDialog
{
    Q_OBJECT

public:
    explicit SettingsDialog(QWidget *parent = nullptr);

    [[nodiscard]] BackendForm &form() { return *m_form; }
    // Shows the settings, and gives them back as they stand in the fields. options: what a daemon
    // would read now, so what holds where a field is left empty.
    void setSettings(const Settings &settings, const Options &options = {});
    [[nodiscard]] Settings settings() const;
    void setStartsAtLogin(bool isOn);
    [[nodiscard]] bool startsAtLogin() const;
    // By the user: the menu may have changed it meanwhile.
    [[nodiscard]] bool isStartAtLoginChanged() const;

    // A sentence about what keeping the settings does, or why they cannot be kept.
    void setConsequence(const QString &text);

Q_SIGNALS:
    void saveRequested(); // nothing is wrong with any field

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
    QWidget *buildDesktop();
    void setNote(const Field &field, const Options::Value &value);

    BackendForm *m_form = nullptr;
    std::vector<Field> m_fields;
    Settings m_shown;
    QCheckBox *m_startAtLogin = nullptr;
    bool m_startedAtLogin = false; // as it was shown first
    QCheckBox *m_notifyProblems = nullptr;
    QCheckBox *m_notifyRecovery = nullptr;
    QLabel *m_consequence = nullptr;
    QTabWidget *m_tabs;
    QDialogButtonBox *m_buttons;
};

} // namespace Weave
