#pragma once

#include "client/snapshot.h"

#include <QCoreApplication>
#include <QString>

namespace Weave {

// A problem in plain words, and what to do about it.
struct ProblemText
{
    Q_DECLARE_TR_FUNCTIONS(ProblemText)

public:
    QString cause; // the same for the same problem
    QString title;
    QString advice;

    // A request that was not answered with 2xx.
    [[nodiscard]] static ProblemText ofFlush(const FlushEvent &flush);
    // reason is one of status's "calls.refused".
    [[nodiscard]] static ProblemText ofRefusal(const QString &reason);
    [[nodiscard]] static ProblemText ofDeadLetters();
    [[nodiscard]] static ProblemText ofDamage();

private:
    [[nodiscard]] static QString titleOf(const FlushEvent &flush);
    [[nodiscard]] static QString adviceFor(const FlushEvent &flush);
};

} // namespace Weave
