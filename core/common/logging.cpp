#include "common/logging.h"

#include "common/jsontext.h"
#include "common/oneline.h"
#include "common/repeatfilter.h"

#include <QDateTime>
#include <QTimer>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

Q_LOGGING_CATEGORY(lcApp, "weave.app", QtInfoMsg)
Q_LOGGING_CATEGORY(lcConfig, "weave.config", QtInfoMsg)
Q_LOGGING_CATEGORY(lcIngest, "weave.ingest", QtInfoMsg)
Q_LOGGING_CATEGORY(lcSpool, "weave.spool", QtInfoMsg)
Q_LOGGING_CATEGORY(lcForwarding, "weave.forwarding", QtInfoMsg)

namespace Weave {

namespace {

// Qt's message handler is a plain function, so its state has to live beside it. The first three are
// written before any other thread exists.
LogFormat s_format = LogFormat::Text;
bool s_isJournal = false;
std::unique_ptr<QTimer> s_repeatTimer;

// A broken disk or a client gone wild must not fill the disk with words about it. Threads log, too.
struct Repeats
{
    std::mutex mutex;
    std::optional<RepeatFilter> filter;
    bool isTimerDue = false; // the timer runs or is about to be started
};
Repeats &repeats()
{
    static Repeats instance;
    return instance;
}

const char *levelName(int type)
{
    switch (type) {
    case QtDebugMsg:
        return "debug";
    case QtInfoMsg:
        return "info";
    case QtWarningMsg:
        return "warning";
    default:
        return "error";
    }
}

// What sd-daemon(3) calls SD_WARNING and so on: the journal takes it off and keeps the priority.
std::string_view journalPrefix(int type)
{
    switch (type) {
    case QtDebugMsg:
        return "<7>";
    case QtInfoMsg:
        return "<6>";
    case QtWarningMsg:
        return "<4>";
    default:
        return "<3>";
    }
}

std::string_view shortCategory(const char *category)
{
    std::string_view name = category ? category : "default";
    if (name.starts_with("weave."))
        name.remove_prefix(6);
    return name;
}

// One write a line keeps the lines of several threads whole. A full or closed standard error must
// not stop the daemon, so what write() says is of no use to anybody.
void writeStandardError(const std::string &line)
{
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

std::string now()
{
    return QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toStdString();
}

void writeLine(const LogMessage &message, std::uint64_t heldBack)
{
    std::string text = message.text;
    if (heldBack > 0)
        text += " (" + std::to_string(heldBack) + " more like this before)";
    std::string line(s_isJournal ? journalPrefix(message.severity) : std::string_view());
    if (s_format == LogFormat::Json) {
        line.append(R"({"time":")").append(now()).append(R"(","level":")");
        line.append(levelName(message.severity)).append(R"(","category":)");
        appendJsonString(line, message.category);
        line.append(R"(,"message":)");
        appendJsonString(line, text);
        line.append("}\n");
    } else {
        if (!s_isJournal) // which has the time and the level
            line.append(now()).append(" ").append(levelName(message.severity)).append(" ");
        line.append(message.category).append(": ").append(onOneLine(std::move(text))).append("\n");
    }
    writeStandardError(line);
}

void writeLines(const std::vector<RepeatFilter::HeldBack> &messages)
{
    for (const RepeatFilter::HeldBack &held : messages)
        writeLine(held.message, held.before);
}

// From the event loop: what was held back is told at the end of its interval, also when nothing
// more of the kind comes.
void writeDueRepeats()
{
    Repeats &shared = repeats();
    std::vector<RepeatFilter::HeldBack> due;
    std::optional<TimePoint> next;
    {
        const std::lock_guard lock(shared.mutex);
        const TimePoint time = SteadyClock::now();
        due = shared.filter->takeDue(time);
        next = shared.filter->nextDue();
        shared.isTimerDue = next.has_value();
        if (next)
            s_repeatTimer->start(std::chrono::ceil<Milliseconds>(*next - time));
    }
    writeLines(due);
}

// Nothing when the message is held back.
std::optional<std::uint64_t> pass(const LogMessage &message)
{
    Repeats &shared = repeats();
    const std::lock_guard lock(shared.mutex);
    if (!shared.filter)
        return 0;
    const auto heldBack = shared.filter->pass(message, SteadyClock::now());
    if (!heldBack && s_repeatTimer && !std::exchange(shared.isTimerDue, true))
        QMetaObject::invokeMethod(
            s_repeatTimer.get(), [] { writeDueRepeats(); }, Qt::QueuedConnection);
    return heldBack;
}

void writeMessage(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    const LogMessage message{type, std::string(shortCategory(context.category)),
                             text.toStdString()};
    if (type == QtDebugMsg) // who asks for every detail gets it
        writeLine(message, 0);
    else if (const auto heldBack = pass(message))
        writeLine(message, *heldBack);
}

// $JOURNAL_STREAM names the device and inode of what systemd has connected to the journal; somebody
// may have redirected standard error since.
bool isStandardErrorJournal()
{
    const char *stream = std::getenv("JOURNAL_STREAM");
    struct stat found = {};
    return stream && ::fstat(STDERR_FILENO, &found) == 0
        && std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino) == stream;
}

} // namespace

void installLogging(LogFormat format, LogLevel level, Milliseconds repeatInterval)
{
    s_format = format;
    s_isJournal = isStandardErrorJournal();
    s_repeatTimer = std::make_unique<QTimer>();
    s_repeatTimer->setSingleShot(true);
    QObject::connect(s_repeatTimer.get(), &QTimer::timeout, &writeDueRepeats);
    {
        const std::lock_guard lock(repeats().mutex);
        repeats().filter.emplace(repeatInterval);
        repeats().isTimerDue = false;
    }
    qInstallMessageHandler(writeMessage);
    setLogLevel(level);
}

void finishLogging()
{
    Repeats &shared = repeats();
    std::vector<RepeatFilter::HeldBack> held;
    {
        const std::lock_guard lock(shared.mutex);
        s_repeatTimer.reset();
        if (shared.filter)
            held = shared.filter->takeAll();
        shared.filter.reset();
    }
    writeLines(held);
}

void writeError(std::string_view sentence)
{
    std::string line(isStandardErrorJournal() ? journalPrefix(QtCriticalMsg) : std::string_view());
    line.append("weave-sidecar: ").append(onOneLine(std::string(sentence))).append("\n");
    writeStandardError(line);
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
