#include "widgets/messagebox.h"

#include <QGuiApplication>
#include <QMessageBox>
#include <QTextDocument>

namespace Weave {

void showMessage(QWidget *parent, const QString &text, const QString &detail)
{
    auto *const box =
        new QMessageBox(QMessageBox::Warning, QGuiApplication::applicationDisplayName(), text,
                        QMessageBox::Ok, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText); // of the text alone
    box->setInformativeText(Qt::convertFromPlainText(detail, Qt::WhiteSpaceNormal));
    box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    box->show();
    box->raise();
    box->activateWindow();
}

} // namespace Weave
