#pragma once

#include <QObject>

class QPalette;

namespace Weave {

// The palette with hints in empty fields that can be read. Not every desktop's colours have one for
// them, and Qt's own is black, which is nothing on a dark ground.
[[nodiscard]] QPalette withReadableHints(QPalette palette);

// Sees to it that the application's palette is such a one, also when the desktop changes from light
// to dark.
class ReadablePalette final : public QObject
{
    Q_OBJECT

public:
    // The application must outlive it.
    explicit ReadablePalette(QObject &application);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QObject &m_application;
};

} // namespace Weave
