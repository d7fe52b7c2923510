#pragma once

#include <QDialog>

class QDialogButtonBox;
class QStackedWidget;

namespace Weave {

class BackendForm;

// The first start: where calls shall go, then how programs find the sidecar.
class FirstStart final : public QDialog
{
    Q_OBJECT

public:
    explicit FirstStart(QWidget *parent = nullptr);

    [[nodiscard]] BackendForm &form() { return *m_form; }

    // Whether what stands in the form can be used.
    void setUsable(bool isUsable);

    // After the choice has been kept.
    void showHint(const QString &httpAddress);

Q_SIGNALS:
    void chosen(); // the form is ready to be kept

private:
    QWidget *buildChoice();

    BackendForm *m_form;
    QStackedWidget *m_steps;
    QDialogButtonBox *m_buttons;
};

} // namespace Weave
