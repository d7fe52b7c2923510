#include "widgets/restartquestion.h"

#include "client/daemonlog.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QGridLayout>
#include <QMessageBox>
#include <QPushButton>
#include <QSpacerItem>

namespace Weave {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Weave::RestartQuestion)
};

QString command(const DaemonLog &daemon)
{
    if (daemon.kind != DaemonLog::Kind::Journal)
        return {};
    const QString pattern = daemon.isUserUnit ? QStringLiteral("systemctl --user restart %1")
                                              : QStringLiteral("sudo systemctl restart %1");
    return pattern.arg(daemon.place);
}

QString howTo(const QString &command)
{
    return command.isEmpty()
        ? Words::tr("This program has not started it: stop it and start it again where it was "
                    "started.")
        : Words::tr("systemd runs it. In a terminal, start it again by: %1").arg(command);
}

// A message box is as narrow as its buttons allow; what is to be typed should stay on one line.
void makeRoomFor(const QString &text, QMessageBox &box)
{
    auto *const grid = qobject_cast<QGridLayout *>(box.layout());
    if (!grid)
        return;
    const int width = box.fontMetrics().horizontalAdvance(text);
    grid->addItem(new QSpacerItem(width, 0), grid->rowCount(), grid->columnCount() - 1);
}

} // namespace

void askToRestart(QWidget *parent, const QString &names, bool isOurs, const DaemonLog &daemon,
                  const std::function<void()> &restart)
{
    auto *const box = new QMessageBox(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIcon(isOurs ? QMessageBox::Question : QMessageBox::Information);
    box->setWindowTitle(Words::tr("Settings of Weave Sidecar"));
    box->setTextFormat(Qt::PlainText); // the names may be a daemon's of another version
    box->setText(
        Words::tr("These settings take effect when the sidecar is started again: %1").arg(names));
    if (isOurs) {
        box->setInformativeText(Words::tr("Starting it again takes a moment. Calls that wait are "
                                          "kept on disk."));
        QPushButton *const now =
            box->addButton(Words::tr("&Start it again now"), QMessageBox::AcceptRole);
        box->addButton(Words::tr("&Later"), QMessageBox::RejectRole);
        box->setDefaultButton(now);
        QObject::connect(now, &QPushButton::clicked, box, restart);
    } else {
        const QString typed = command(daemon);
        box->setInformativeText(howTo(typed));
        makeRoomFor(typed, *box);
        box->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        box->addButton(QMessageBox::Ok);
    }
    box->show();
    box->raise();
    box->activateWindow();
}

} // namespace Weave
