#pragma once

#include "widgets/growingdialog.h"

class QDialogButtonBox;
class QLabel;
class QStackedWidget;

namespace Weave {

class BackendForm;

// The first start: where calls shall go, then how programs find the sidecar.
class FirstStart final : public GrowingDialog
{
    Q_OBJECT

public:
    explicit FirstStart(QWidget *parent = nullptr);

    [[nodiscard]] BackendForm &form() { return *m_form; }

    // Whether what stands in the form can be used.
    void setUsable(bool isUsable);

    // After the choice has been made.
    void showHint(const QString &httpAddress, const QString &socket = {});
    // Below all the rest, in either step; empty for none.
    void setProblem(const QString &text);

Q_SIGNALS:
    void chosen(); // the form is ready to be kept

private:
    QWidget *buildChoice();

    BackendForm *m_form;
    QStackedWidget *m_steps;
    QLabel *m_problem;
    QDialogButtonBox *m_buttons;
};

} // namespace Weave
