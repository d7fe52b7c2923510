#pragma once

#include <QWidget>

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

    // "https://…", or "file:PATH".
    [[nodiscard]] QString backend() const;
    void setBackend(const QString &backend);

    // What was typed; empty when the kept key stays.
    [[nodiscard]] QString key() const;
    // Where a key comes from when none is typed: "the variable WANDB_API_KEY".
    void setKeyHint(const QString &hint);

    // Looks at what stands in the form; says there, and returns, what is wrong with it.
    QString check();
    // What the test of the connection said; isRunning takes the button away meanwhile.
    void setTestResult(const QString &text, bool isRunning);

Q_SIGNALS:
    void edited();
    void testRequested();

private:
    void addServer(QFormLayout &form);
    void addFile(QFormLayout &form);
    void updateChoice();
    void chooseFile();

    QRadioButton *m_toServer;
    QRadioButton *m_toFile;
    CheckedField *m_url = nullptr;
    CheckedField *m_key = nullptr;
    CheckedField *m_file = nullptr;
    QPushButton *m_test = nullptr;
    QLabel *m_result = nullptr;
};

} // namespace Weave
