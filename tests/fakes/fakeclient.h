#pragma once

#include "fakes/testsocket.h"

#include <QJsonObject>
#include <QString>

#include <chrono>
#include <optional>

namespace Weave {

// A client of the Unix socket that does what it is told, right or wrong.
class FakeClient final : public TestSocket
{
public:
    FakeClient() = default;
    explicit FakeClient(const QString &path) { connectTo(path); }
    // Takes one end of a connected pair.
    explicit FakeClient(int descriptor)
        : TestSocket(descriptor)
    {
    }

    bool connectTo(const QString &path);
    [[nodiscard]] bool isConnected() const { return m_fd >= 0; }

    // The next line without its newline; nothing when none comes in time or the server closed.
    [[nodiscard]] std::optional<QByteArray>
    readLine(std::chrono::milliseconds timeout = DefaultTimeout);
    // A line sent, its reply as an object; empty when none came.
    QJsonObject ask(const QByteArray &line, std::chrono::milliseconds timeout = DefaultTimeout);
    // Sends calls and reads as many replies; how many of them say success.
    int sendCalls(const QByteArray &lines, int count);

    // Whether the server closed the connection, with nothing left to read.
    [[nodiscard]] bool waitForClose(std::chrono::milliseconds timeout = DefaultTimeout);
};

} // namespace Weave
