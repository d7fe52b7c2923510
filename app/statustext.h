#pragma once

#include "common/result.h"

#include <QJsonObject>

#include <string>
#include <string_view>

namespace Weave {

// The object under "status" of a daemon's reply line.
[[nodiscard]] Result<QJsonObject> parseStatusReply(std::string_view replyLine);

// The same for people, some ten lines.
[[nodiscard]] std::string statusText(const QJsonObject &status);

} // namespace Weave
