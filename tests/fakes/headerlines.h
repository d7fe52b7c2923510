#pragma once

#include <QByteArray>
#include <QList>

#include <algorithm>

namespace Weave {

// Whether one of the lines "Name: value" is that one. The case of names does not matter: Qt sends
// them as they were given before 6.8, and in lower case since then.
inline bool hasHeaderLine(const QList<QByteArray> &lines, const QByteArray &wanted)
{
    const auto normal = [](const QByteArray &line) {
        const qsizetype colon = line.indexOf(':');
        return line.left(colon).toLower() + line.mid(colon).trimmed();
    };
    return std::any_of(lines.begin(), lines.end(),
                       [&](const QByteArray &line) { return normal(line) == normal(wanted); });
}

} // namespace Weave
