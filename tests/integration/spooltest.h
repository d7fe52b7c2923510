#pragma once

#include "fakes/calllines.h"
#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QFile>
#include <QTest>

#include <csignal>
#include <utility>

namespace Weave {

// What the tests of the daemon's spool share.

inline const QString Pending = QStringLiteral("calls.pending");

inline QByteArray callLines(int first, int count)
{
    QByteArray lines;
    for (int i = first; i < first + count; ++i)
        lines += startLine(startPayload("a/b", QByteArray::number(i)));
    return lines;
}

inline QList<QByteArray> items(int first, int count)
{
    QList<QByteArray> expected;
    for (int i = first; i < first + count; ++i)
        expected << startItem(startPayload("a/b", QByteArray::number(i)));
    return expected;
}

// Runs `weave-sidecar spool ACTION` on the fixture's spool; the exit code, and what it printed.
inline std::pair<int, QString> spool(ProcessFixture &f, const QString &action,
                                     const QStringList &flags = {})
{
    SidecarProcess command(f.sidecar.socketPath());
    const auto code =
        command.runToEnd(QStringList{QStringLiteral("spool"), action, QStringLiteral("--socket"),
                                     f.sidecar.socketPath()}
                         + flags);
    return {code.value_or(-1), command.standardOutput()};
}

inline QString spoolFolder(const ProcessFixture &f)
{
    return f.path(QStringLiteral(".local/state/weave-sidecar/spool"));
}

inline QString lettersFile(const ProcessFixture &f)
{
    return spoolFolder(f) + QStringLiteral("/dead-letters.ndjson");
}

// As the daemon writes it.
inline QByteArray letter(int id)
{
    return R"({"time":"2026-01-31T12:00:00Z","project_id":"a/b","mode":"start","reason":"no","req":)"
        + startPayload("a/b", QByteArray::number(id)) + "}\n";
}

inline void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

inline QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Calls that are accepted while nobody takes them, and a daemon that was then killed.
inline void fillAndKill(ProcessFixture &f, int count)
{
    f.sink.answerHanging();
    QVERIFY(f.start({QStringLiteral("--flush-interval"), QStringLiteral("10ms")}));
    FakeClient client(f.sidecar.socketPath());
    QCOMPARE(client.sendCalls(callLines(0, count), count), count);
    f.sidecar.sendSignal(SIGKILL);
    QVERIFY(!f.sidecar.waitForExit());
    QVERIFY(!f.sidecar.isRunning());
}

} // namespace Weave
