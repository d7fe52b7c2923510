#pragma once

#include "client/settings.h"

#include <QWidget>

class QCheckBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QRadioButton;

namespace Weave {

class CheckedField;

// Where calls go: a trace server with its key, or a file. Part of the settings and of the first
// start.
class BackendForm final : public QWidget
{
    Q_OBJECT

public:
    explicit BackendForm(QWidget *parent = nullptr);

    // Shows of the settings what is about the backend, and puts it back into them.
    void setSettings(const Settings &settings);
    void writeTo(Settings &settings) const;
    // "https://…", or "file:PATH".
    void setBackend(const QString &backend);

    // Says what else holds, as far as the fields do not show it. options: as a daemon would read
    // them now.
    void setNotes(const Options &options);

    // The address may be left empty: another place says where calls go, or nobody asks.
    void setMayBeEmpty(bool mayBeEmpty) { m_mayBeEmpty = mayBeEmpty; }

    // What was typed; empty when the kept key stays.
    [[nodiscard]] QString key() const;
    // Where a key comes from when none is typed: "found in WANDB_API_KEY".
    void setKeyHint(const QString &hint);

    // Looks at what stands in the form; says there, and returns, what is wrong with it.
    QString check();
    // What the test of the connection said; isRunning takes the button away meanwhile. What it says
    // of fields that have been edited since it began is not shown.
    void setTestResult(const QString &text, bool isRunning);

Q_SIGNALS:
    void edited();
    void testRequested();

private:
    [[nodiscard]] QString backend() const;
    [[nodiscard]] bool hasAddress() const;
    void addServer(QFormLayout &form);
    void addFile(QFormLayout &form);
    void handleEdit();
    void updateChoice();
    void chooseCallsFile();
    void chooseCaFile();

    QRadioButton *m_toServer;
    QRadioButton *m_toFile;
    CheckedField *m_url = nullptr;
    CheckedField *m_key = nullptr;
    CheckedField *m_caFile = nullptr;
    QCheckBox *m_allowHttp = nullptr; // in sight where it is needed
    CheckedField *m_file = nullptr;
    QPushButton *m_test = nullptr;
    QLabel *m_result = nullptr;
    bool m_isTesting = false;
    bool m_isEdited = false; // since the test began
    bool m_mayBeEmpty = false;
    bool m_isGivenElsewhere = false;
};

} // namespace Weave
