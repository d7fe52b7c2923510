#include "widgets/spoolcommands.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace Weave {

namespace {

constexpr int EndTime = 1000; // ms

// What the program said when it did not end well; empty when it did.
QString problemOf(QProcess &process)
{
    if (process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0)
        return {};
    const QString said = QString::fromUtf8(process.readAllStandardError()).trimmed();
    return said.isEmpty() ? process.errorString() : said;
}

} // namespace

SpoolCommands::SpoolCommands(const QString &program, QObject *parent)
    : QObject(parent),
      m_program(program)
{
    connect(&m_process, &QProcess::finished, this, &SpoolCommands::handleEnd);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            Q_EMIT finished(tr("Cannot start %1: %2").arg(m_program, m_process.errorString()));
    });
    connect(&m_list, &QProcess::finished, this, &SpoolCommands::handleList);
}

SpoolCommands::~SpoolCommands()
{
    for (QProcess *const process : {&m_process, &m_list}) {
        process->disconnect(this);
        if (process->state() == QProcess::NotRunning)
            continue;
        process->terminate();
        process->waitForFinished(EndTime);
    }
}

void SpoolCommands::setSpool(const QString &directory, const QString &socket)
{
    m_directory = directory;
    m_socket = socket;
}

void SpoolCommands::list()
{
    if (m_list.state() == QProcess::NotRunning)
        m_list.start(m_program,
                     {QStringLiteral("spool"), QStringLiteral("ls"), QStringLiteral("--json"),
                      QStringLiteral("--spool-dir"), m_directory});
}

void SpoolCommands::exportTo(const QString &file)
{
    run({QStringLiteral("export"), QStringLiteral("--dead-letters")}, file);
}

void SpoolCommands::retry()
{
    run({QStringLiteral("retry"), QStringLiteral("--socket"), m_socket}, QString());
}

void SpoolCommands::run(const QStringList &command, const QString &outputFile)
{
    if (isRunning())
        return;
    m_process.setStandardOutputFile(outputFile);
    m_process.start(m_program,
                    QStringList{QStringLiteral("spool")} + command
                        + QStringList{QStringLiteral("--spool-dir"), m_directory});
}

void SpoolCommands::handleEnd()
{
    Q_EMIT finished(problemOf(m_process));
}

void SpoolCommands::handleList()
{
    if (const QString problem = problemOf(m_list); !problem.isEmpty()) {
        Q_EMIT notListed(problem);
        return;
    }
    QList<DeadLetterGroup> groups;
    const QJsonObject listing = QJsonDocument::fromJson(m_list.readAllStandardOutput()).object();
    for (const QJsonValue each : listing.value(QLatin1String("dead_letters")).toArray())
        groups.append({each[QLatin1String("project")].toString(),
                       each[QLatin1String("reason")].toString(),
                       each[QLatin1String("calls")].toInteger()});
    Q_EMIT listed(groups);
}

} // namespace Weave
