#include "widgets/aboutbox.h"

#include "common/logging.h"
#include "common/version.h"
#include "widgets/trayicons.h"

#include <QCoreApplication>
#include <QMessageBox>

namespace Weave {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Weave::About)
};

} // namespace

void showAbout(QWidget *parent)
{
    auto *const box = new QMessageBox(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(Words::tr("About Weave Sidecar"));
    box->setIconPixmap(applicationIcon().pixmap(64));
    box->setText(
        QStringLiteral("<b>%1</b>").arg(Words::tr("Weave Sidecar %1").arg(toQString(version()))));
    box->setInformativeText(
        Words::tr("Takes the trace calls of every Weave process on this computer and delivers "
                  "them. Free software under the Apache License 2.0, made with Qt %1.")
            .arg(QString::fromLatin1(qVersion())));
    box->open();
    box->activateWindow();
}

} // namespace Weave
