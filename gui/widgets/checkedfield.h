#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace Weave {

// A line edit that says below itself what is wrong with what stands in it.
class CheckedField final : public QWidget
{
    Q_OBJECT

public:
    explicit CheckedField(const QString &name, QWidget *parent = nullptr);

    [[nodiscard]] QString text() const;
    void setText(const QString &text);
    [[nodiscard]] QLineEdit &edit() { return *m_edit; }

    // Empty: all is well.
    void setProblem(const QString &problem);
    [[nodiscard]] bool hasProblem() const;

    // A button beside the field.
    void addButton(QWidget *button);

Q_SIGNALS:
    void edited(const QString &text);

private:
    QLineEdit *m_edit;
    QLabel *m_problem;
};

} // namespace Weave
