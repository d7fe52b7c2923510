#pragma once

#include <QWidget>

class QFormLayout;
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
    [[nodiscard]] bool hasProblem() const { return m_hasProblem; }
    // Said in the problem's place while there is none.
    void setNote(const QString &note);

    // As a row of the form. The label's key leads into the field.
    void addTo(QFormLayout &form, const QString &label);
    // A button beside the field.
    void addButton(QWidget *button);

Q_SIGNALS:
    void edited(const QString &text);

private:
    QLineEdit *m_edit;
    QLabel *m_problem;
    QString m_note;
    bool m_hasProblem = false;
};

} // namespace Weave
