#pragma once

#include <QString>

namespace Weave {

// Shows the text word by word, in lines that fit: Qt takes a tool tip for HTML when it looks like
// it, as servers' errors and programs' do, and wraps nothing else.
[[nodiscard]] inline QString toolTip(const QString &text)
{
    return text.isEmpty()
        ? text
        : QStringLiteral("<p style='white-space:pre-wrap'>%1</p>").arg(text.toHtmlEscaped());
}

} // namespace Weave
