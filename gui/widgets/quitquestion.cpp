#include "widgets/quitquestion.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>

namespace Weave {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Weave::QuitQuestion)
};

} // namespace

QMessageBox *askHowToQuit(QWidget *parent, const std::function<void(bool)> &answer)
{
    auto *const box = new QMessageBox(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(QMessageBox::Question);
    box->setWindowTitle(Words::tr("Quit Weave Sidecar"));
    box->setText(Words::tr("Shall the sidecar go on taking and delivering calls?"));
    box->setInformativeText(Words::tr("Stopped, it keeps on disk what is not delivered yet. "
                                      "Programs then send their calls directly."));
    QPushButton *const leave =
        box->addButton(Words::tr("&Leave it running"), QMessageBox::AcceptRole);
    QPushButton *const stop =
        box->addButton(Words::tr("&Stop it too"), QMessageBox::DestructiveRole);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(leave);
    QObject::connect(leave, &QPushButton::clicked, box, [answer] { answer(false); });
    QObject::connect(stop, &QPushButton::clicked, box, [answer] { answer(true); });
    box->show();
    box->raise();
    box->activateWindow();
    return box;
}

} // namespace Weave
