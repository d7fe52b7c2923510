#pragma once

#include <QDialog>

namespace Weave {

// A dialog that makes room for the sentences that appear in it.
class GrowingDialog : public QDialog
{
    Q_OBJECT

public:
    using QDialog::QDialog;

protected:
    bool event(QEvent *event) override;
};

} // namespace Weave
