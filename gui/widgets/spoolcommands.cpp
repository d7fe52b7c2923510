#include "widgets/spoolcommands.h"

namespace Weave {

SpoolCommands::SpoolCommands(const QString &program, const QStringList &flags, QObject *parent)
    : QObject(parent),
      m_program(program),
      m_flags(flags)
{
    connect(&m_process, &QProcess::finished, this, &SpoolCommands::handleEnd);
    connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            Q_EMIT finished(false,
                            tr("Cannot start %1: %2").arg(m_program, m_process.errorString()));
    });
}

SpoolCommands::~SpoolCommands()
{
    m_process.disconnect(this);
    if (isRunning()) {
        m_process.terminate();
        m_process.waitForFinished(1000);
    }
}

void SpoolCommands::exportTo(const QString &file)
{
    run(QStringLiteral("export"), file);
}

void SpoolCommands::retry()
{
    run(QStringLiteral("retry"), QString());
}

void SpoolCommands::run(const QString &command, const QString &outputFile)
{
    if (isRunning())
        return;
    m_process.setStandardOutputFile(outputFile);
    m_process.start(m_program, QStringList{QStringLiteral("spool"), command} + m_flags);
}

void SpoolCommands::handleEnd()
{
    const bool isGood = m_process.exitStatus() == QProcess::NormalExit && m_process.exitCode() == 0;
    const QByteArray said =
        isGood ? m_process.readAllStandardOutput() : m_process.readAllStandardError();
    Q_EMIT finished(isGood, QString::fromUtf8(said).trimmed());
}

} // namespace Weave
