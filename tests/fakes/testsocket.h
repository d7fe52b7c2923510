#pragma once

#include <QByteArray>

#include <chrono>

namespace Weave {

// What the clients of tests do with their socket. Waiting runs the event loop, so that servers in
// this process can answer.
class TestSocket
{
public:
    static constexpr std::chrono::milliseconds DefaultTimeout{8000};

    TestSocket(const TestSocket &) = delete;
    TestSocket &operator=(const TestSocket &) = delete;
    TestSocket &operator=(TestSocket &&) = delete;

    // Sends everything; false when the server has gone or does not read in time.
    bool send(const QByteArray &bytes, std::chrono::milliseconds timeout = DefaultTimeout);
    // As much as goes without waiting.
    qsizetype sendSome(const QByteArray &bytes);

    [[nodiscard]] bool isClosed(); // by the server, in whatever way
    void closeWriting();
    void close();

protected:
    TestSocket() = default;
    // Takes a connected socket.
    explicit TestSocket(int descriptor)
        : m_fd(descriptor)
    {
    }
    TestSocket(TestSocket &&other) noexcept;
    ~TestSocket();

    // A new socket in place of the old one; not connected.
    void beginAgain(int family);
    void readAvailable(); // into m_input
    void waitABit(short events) const;
    [[nodiscard]] bool waitUntilClosed(std::chrono::milliseconds timeout);

    int m_fd = -1;
    bool m_isEnded = false;
    bool m_isReset = false;
    QByteArray m_input; // what has come and has not been taken
};

} // namespace Weave
