#include "widgets/spoolcommands.h"

#include <QDir>
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
            end(tr("Cannot start %1: %2").arg(m_program, m_process.errorString()));
    });
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &SpoolCommands::keepOutput);
    connect(&m_list, &QProcess::finished, this, &SpoolCommands::handleList);
    connect(&m_list, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            Q_EMIT notListed(tr("Cannot start %1: %2").arg(m_program, m_list.errorString()));
    });
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

bool SpoolCommands::list()
{
    if (m_list.state() != QProcess::NotRunning)
        return false;
    m_list.start(m_program,
                 {QStringLiteral("spool"), QStringLiteral("ls"), QStringLiteral("--json"),
                  QStringLiteral("--spool-dir"), m_directory});
    return true;
}

// A file that is there already stays what it is until all of the new one has been written: it may
// hold calls of which there is no other copy, and the command may fail.
void SpoolCommands::exportTo(const QString &file)
{
    if (isRunning())
        return;
    const bool isNew = !QFile::exists(file); // else it stays as readable as it is
    m_export = std::make_unique<QSaveFile>(file);
    if (m_export->open(QIODevice::WriteOnly)
        && (!isNew || m_export->setPermissions(QFile::ReadOwner | QFile::WriteOwner)))
        run({QStringLiteral("export"), QStringLiteral("--dead-letters")});
    else
        end(notWritten());
}

void SpoolCommands::retry()
{
    run({QStringLiteral("retry"), QStringLiteral("--socket"), m_socket});
}

void SpoolCommands::run(const QStringList &command)
{
    if (isRunning())
        return;
    m_process.start(m_program,
                    QStringList{QStringLiteral("spool")} + command
                        + QStringList{QStringLiteral("--spool-dir"), m_directory});
}

void SpoolCommands::keepOutput()
{
    if (m_export)
        m_export->write(m_process.readAllStandardOutput()); // commit() tells of what failed
}

void SpoolCommands::handleEnd()
{
    QString problem = problemOf(m_process);
    keepOutput();
    if (problem.isEmpty() && m_export && !m_export->commit())
        problem = notWritten();
    end(problem);
}

// What has not been committed is forgotten.
void SpoolCommands::end(const QString &problem)
{
    m_export.reset();
    Q_EMIT finished(problem);
}

QString SpoolCommands::notWritten() const
{
    return tr("Cannot write %1: %2")
        .arg(QDir::toNativeSeparators(m_export->fileName()), m_export->errorString());
}

// It also ends with an error when it had to leave out some of what waits, and lists the rest.
void SpoolCommands::handleList()
{
    const QJsonObject listing = QJsonDocument::fromJson(m_list.readAllStandardOutput()).object();
    if (const QString problem = problemOf(m_list); !problem.isEmpty() && listing.isEmpty()) {
        Q_EMIT notListed(problem);
        return;
    }
    QList<DeadLetterGroup> groups;
    for (const QJsonValue each : listing.value(QLatin1String("dead_letters")).toArray())
        groups.append({each[QLatin1String("project")].toString(),
                       each[QLatin1String("reason")].toString(),
                       each[QLatin1String("calls")].toInteger()});
    Q_EMIT listed(groups);
}

} // namespace Weave
