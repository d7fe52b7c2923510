#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <optional>

namespace Weave {

struct HttpAnswer
{
    QByteArray statusLine;
    int status = 0;
    QList<QByteArray> headers; // "Name: value" as they came
    QByteArray body; // chunks put together
    bool isComplete = false; // false when the connection ended first

    // The value of the first header of that name; null without one.
    [[nodiscard]] QByteArray header(const QByteArray &name) const;
};

// A client of an HTTP server on this machine that does what it is told, right or wrong. Waiting
// runs the event loop, so that servers in this process can answer.
class HttpClient final
{
public:
    static constexpr std::chrono::milliseconds DefaultTimeout{8000};

    HttpClient() = default;
    explicit HttpClient(quint16 port) { connectTo(port); }
    ~HttpClient();
    HttpClient(HttpClient &&other) noexcept;
    HttpClient &operator=(HttpClient &&other) = delete;

    bool connectTo(quint16 port);
    bool connectTo(const QString &unixPath);
    // Bytes that the system keeps of what has come and is not read; before connectTo().
    void setReceiveBuffer(int bytes) { m_receiveBuffer = bytes; }

    // Sends everything; false when the server has gone or does not read in time.
    bool send(const QByteArray &bytes, std::chrono::milliseconds timeout = DefaultTimeout);
    // As much as goes without waiting.
    qsizetype sendSome(const QByteArray &bytes);
    // The next answer; nothing when none begins in time. One that ends early is not complete.
    [[nodiscard]] std::optional<HttpAnswer>
    readAnswer(std::chrono::milliseconds timeout = DefaultTimeout, bool isHead = false);
    std::optional<HttpAnswer> ask(const QByteArray &bytes) { return send(bytes), readAnswer(); }
    // What has come, raw and not read yet by readAnswer(): runs the event loop once.
    [[nodiscard]] const QByteArray &received();

    // Whether the server closed the connection in time and in order, with nothing left to read.
    [[nodiscard]] bool waitForClose(std::chrono::milliseconds timeout = DefaultTimeout);
    [[nodiscard]] bool isClosed(); // by the server, in whatever way
    void closeWriting();
    void close();
    void reset(); // closes so that the server sees an error

private:
    void beginAgain(int family);
    void readAvailable();
    void waitABit(short events) const;
    [[nodiscard]] bool takeAnswer(HttpAnswer &answer, bool isHead);
    [[nodiscard]] bool takeBody(HttpAnswer &answer, qsizetype at);

    int m_fd = -1;
    int m_receiveBuffer = 0;
    bool m_isEnded = false;
    bool m_isReset = false;
    QByteArray m_input;
};

} // namespace Weave
