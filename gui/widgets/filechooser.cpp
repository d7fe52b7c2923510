#include "widgets/filechooser.h"

#include <QFileDialog>

namespace Weave {

void chooseFile(QWidget *parent, const FileQuestion &question,
                const std::function<void(const QString &file)> &use)
{
    auto *const dialog =
        new QFileDialog(parent, question.title, question.suggested, question.filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const bool isExisting = question.kind == FileQuestion::Kind::Existing;
    dialog->setAcceptMode(isExisting ? QFileDialog::AcceptOpen : QFileDialog::AcceptSave);
    dialog->setFileMode(isExisting ? QFileDialog::ExistingFile : QFileDialog::AnyFile);
    dialog->setOption(QFileDialog::DontConfirmOverwrite,
                      question.kind == FileQuestion::Kind::Written);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, use);
    dialog->open();
}

} // namespace Weave
