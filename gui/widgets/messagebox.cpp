#include "widgets/messagebox.h"

#include <QGuiApplication>
#include <QMessageBox>

namespace Weave {

void showMessage(QWidget *parent, const QString &text, const QString &detail)
{
    auto *const box =
        new QMessageBox(QMessageBox::Warning, QGuiApplication::applicationDisplayName(), text,
                        QMessageBox::Ok, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(detail);
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->show();
    box->raise();
    box->activateWindow();
}

} // namespace Weave
