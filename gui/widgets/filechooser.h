#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace Weave {

struct FileQuestion
{
    enum class Kind {
        Existing, // to be read
        Written, // to be added to, when it is there already
        Replaced, // so the dialog asks whether it may be
    };
    Kind kind = Kind::Existing;
    QString title;
    QString suggested; // a path; may be empty
    QString filter;
};

// Asks for a file without waiting for the user: meanwhile the parent may go, and the question and
// its answer with it.
void chooseFile(QWidget *parent, const FileQuestion &question,
                const std::function<void(const QString &file)> &use);

} // namespace Weave
