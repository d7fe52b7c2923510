#pragma once

#include "app/doctor/finding.h"

#include <QByteArray>

#include <algorithm>

namespace Weave {

// What a test asks of findings.

inline QByteArray textOf(const Findings &findings)
{
    QByteArray text;
    for (const Finding &finding : findings)
        text += QByteArray::fromStdString(finding.check + ": " + finding.text + " -> "
                                          + finding.advice + "\n");
    return text;
}

inline QByteArray textOf(const Finding &finding)
{
    return textOf(Findings{finding});
}

inline Finding::Level worst(const Findings &findings)
{
    Finding::Level level = Finding::Level::Ok;
    for (const Finding &finding : findings)
        level = std::max(level, finding.level);
    return level;
}

} // namespace Weave
