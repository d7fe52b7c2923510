#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <chrono>
#include <optional>

namespace Weave {

// A client of the Unix socket that does what it is told, right or wrong. Waiting runs the event
// loop, so that servers in this process can answer.
class FakeClient final
{
public:
    static constexpr std::chrono::milliseconds DefaultTimeout{5000};

    FakeClient() = default;
    explicit FakeClient(const QString &path) { connectTo(path); }
    // Takes one end of a connected pair.
    explicit FakeClient(int descriptor);
    ~FakeClient();
    FakeClient(FakeClient &&other) noexcept;
    FakeClient &operator=(FakeClient &&other) = delete;

    bool connectTo(const QString &path);
    [[nodiscard]] bool isConnected() const { return m_fd >= 0; }

    // Sends everything; false when the server has gone or does not read in time.
    bool send(const QByteArray &bytes,
              std::chrono::milliseconds timeout = std::chrono::milliseconds(10'000));
    // As much as goes without waiting.
    qsizetype sendSome(const QByteArray &bytes);
    // The next line without its newline; nothing when none comes in time or the server closed.
    [[nodiscard]] std::optional<QByteArray>
    readLine(std::chrono::milliseconds timeout = DefaultTimeout);
    // A line sent, its reply as an object; empty when none came.
    QJsonObject ask(const QByteArray &line, std::chrono::milliseconds timeout = DefaultTimeout);
    // Sends calls and reads as many replies; how many of them say success.
    int sendCalls(const QByteArray &lines, int count);

    // Whether the server closed the connection, with nothing left to read.
    [[nodiscard]] bool waitForClose(std::chrono::milliseconds timeout = DefaultTimeout);
    void closeWriting();
    void close();

private:
    void readAvailable();
    void waitABit(short events) const;

    int m_fd = -1;
    bool m_ended = false;
    QByteArray m_input;
};

} // namespace Weave
