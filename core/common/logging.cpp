#include "common/logging.h"

#include "common/jsontext.h"
#include "common/repeatfilter.h"

#include <QDateTime>

#include <mutex>
#include <string>
#include <unistd.h>

Q_LOGGING_CATEGORY(lcApp, "weave.app", QtInfoMsg)
Q_LOGGING_CATEGORY(lcConfig, "weave.config", QtInfoMsg)
Q_LOGGING_CATEGORY(lcIngest, "weave.ingest", QtInfoMsg)
Q_LOGGING_CATEGORY(lcSpool, "weave.spool", QtInfoMsg)
Q_LOGGING_CATEGORY(lcForwarding, "weave.forwarding", QtInfoMsg)

namespace Weave {

namespace {

// Qt's message handler is a plain function, so the format has to live beside it. Written once,
// before any other thread exists.
LogFormat s_format = LogFormat::Text;

// A broken disk or a client gone wild must not fill the disk with words about it. Threads log, too.
struct Repeats
{
    std::mutex mutex;
    RepeatFilter filter;
};
Repeats &repeats()
{
    static Repeats instance;
    return instance;
}

std::optional<std::uint64_t> passed(std::string_view category, const QByteArray &text)
{
    Repeats &shared = repeats();
    const std::lock_guard lock(shared.mutex);
    const std::string message = std::string(category) + ": " + text.toStdString();
    return shared.filter.pass(message, SteadyClock::now());
}

const char *levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug";
    case QtInfoMsg:
        return "info";
    case QtWarningMsg:
        return "warning";
    case QtCriticalMsg:
    case QtFatalMsg:
        return "error";
    }
    return "info";
}

std::string_view shortCategory(const char *category)
{
    std::string_view name = category ? category : "default";
    if (name.starts_with("weave."))
        name.remove_prefix(6);
    return name;
}

void writeMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    QByteArray text = message.toUtf8();
    const QByteArray time = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toUtf8();
    const std::string_view category = shortCategory(context.category);
    if (type != QtDebugMsg) { // who asks for every detail gets it
        const auto heldBack = passed(category, text);
        if (!heldBack)
            return;
        if (*heldBack > 0)
            text += " (" + QByteArray::number(qulonglong(*heldBack)) + " more like this before)";
    }
    std::string line;
    if (s_format == LogFormat::Json) {
        line.append(R"({"time":")").append(time.constData()).append(R"(","level":")");
        line.append(levelName(type)).append(R"(","category":)");
        appendJsonString(line, category);
        line.append(R"(,"message":)");
        appendJsonString(line, {text.constData(), static_cast<std::size_t>(text.size())});
        line.append("}\n");
    } else {
        line.append(time.constData()).append(" ").append(levelName(type)).append(" ");
        line.append(category).append(": ").append(text.constData()).append("\n");
    }
    // One write a line keeps the lines of several threads whole. A full or closed standard error
    // must not stop the daemon, so what write() says is of no use to anybody.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace

void installLogging(LogFormat format, LogLevel level)
{
    s_format = format;
    repeats().filter = RepeatFilter();
    qInstallMessageHandler(writeMessage);
    setLogLevel(level);
}

void setLogLevel(LogLevel level)
{
    QString rules = QStringLiteral("*.debug=false\n");
    const auto set = [&rules](const char *type, bool enabled) {
        rules += QStringLiteral("weave.*.%1=%2\n")
                     .arg(QLatin1String(type), QLatin1String(enabled ? "true" : "false"));
    };
    set("debug", level <= LogLevel::Debug);
    set("info", level <= LogLevel::Info);
    set("warning", level <= LogLevel::Warning);
    QLoggingCategory::setFilterRules(rules);
}

} // namespace Weave
