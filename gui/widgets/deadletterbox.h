#pragma once

#include <QGroupBox>

class QLabel;
class QPushButton;

namespace Weave {

class SpoolCommands;

// Calls that the backend refused for good: how many, a copy of them in a file, another attempt.
class DeadLetterBox final : public QGroupBox
{
    Q_OBJECT

public:
    explicit DeadLetterBox(QWidget *parent = nullptr);

    // What does the work; null when it is not known which program that is.
    void setCommands(SpoolCommands *commands);
    void setCount(qulonglong count);

private:
    void exportToFile();
    void refresh();

    SpoolCommands *m_commands = nullptr;
    qulonglong m_count = 0;
    QLabel *m_text;
    QLabel *m_result;
    QPushButton *m_export;
    QPushButton *m_retry;
};

} // namespace Weave
