#pragma once

#include "common/clock.h"

#include <QLoggingCategory>

#include <string_view>

// One category a layer. Never log a payload and never a key: log ids, counts, sizes and reasons.
Q_DECLARE_LOGGING_CATEGORY(lcApp)
Q_DECLARE_LOGGING_CATEGORY(lcConfig)
Q_DECLARE_LOGGING_CATEGORY(lcIngest)
Q_DECLARE_LOGGING_CATEGORY(lcSpool)
Q_DECLARE_LOGGING_CATEGORY(lcForwarding)

namespace Weave {

enum class LogFormat {
    Text, // 2026-01-31T12:00:00.123Z WARN forwarding: sentence
    Json, // {"time":…,"level":…,"category":…,"message":…}
};

enum class LogLevel {
    Debug,
    Info,
    Warning,
    Error,
};

// Sends all of Qt's and our messages to standard error, a line each. Call in the thread of the
// event loop, before the first message; safe to be logged to from any thread afterwards.
//
// A message that is repeated is shown once in the interval, then with the number of those that were
// held back; debug messages are all shown. Where standard error is systemd's journal, lines begin
// with its mark of the priority, and text has no time of its own.
void installLogging(LogFormat format, LogLevel level,
                    Milliseconds repeatInterval = std::chrono::seconds(10));
// Shows what is held back. Nothing is held back afterwards.
void finishLogging();

// For what goes to people before there is a log, and for commands: "weave-sidecar: SENTENCE".
void writeError(std::string_view sentence);

void setLogLevel(LogLevel level);

inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace Weave
