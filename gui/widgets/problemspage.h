#pragma once

#include "widgets/tablepage.h"

namespace Weave {

class DeadLetterBox;

// What is wrong and what to do about it, in words, and the calls that the backend refused.
class ProblemsPage final : public TablePage
{
    Q_OBJECT

public:
    explicit ProblemsPage(QAbstractItemModel &problems, QWidget *parent = nullptr);

    [[nodiscard]] DeadLetterBox &deadLetters() { return *m_deadLetters; }

private:
    DeadLetterBox *m_deadLetters;
};

} // namespace Weave
