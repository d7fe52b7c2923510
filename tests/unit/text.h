#pragma once

#include <QByteArray>

#include <string_view>

namespace Weave {

// QtTest prints a QByteArray when a comparison fails, and rows of data can hold one.
inline QByteArray toBytes(std::string_view text)
{
    return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}

inline std::string_view toView(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

} // namespace Weave
