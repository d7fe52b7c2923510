#pragma once

#include "fakes/testsocket.h"

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

// A client of an HTTP server on this machine that does what it is told, right or wrong.
class HttpClient final : public TestSocket
{
public:
    HttpClient() = default;
    explicit HttpClient(quint16 port) { connectTo(port); }

    bool connectTo(quint16 port);
    bool connectTo(const QString &unixPath);
    // Bytes that the system keeps of what has come and is not read; before connectTo().
    void setReceiveBuffer(int bytes) { m_receiveBuffer = bytes; }

    // The next answer; nothing when none begins in time. One that ends early is not complete.
    [[nodiscard]] std::optional<HttpAnswer>
    readAnswer(std::chrono::milliseconds timeout = DefaultTimeout, bool isHead = false);
    std::optional<HttpAnswer> ask(const QByteArray &bytes) { return send(bytes), readAnswer(); }
    // What has come, raw and not read yet by readAnswer(): runs the event loop once.
    [[nodiscard]] const QByteArray &received();

    // Whether the server closed the connection in time and in order, with nothing left to read.
    [[nodiscard]] bool waitForClose(std::chrono::milliseconds timeout = DefaultTimeout);
    void reset(); // closes so that the server sees an error

private:
    [[nodiscard]] bool takeAnswer(HttpAnswer &answer, bool isHead);
    [[nodiscard]] bool takeBody(HttpAnswer &answer, qsizetype at);

    int m_receiveBuffer = 0;
};

} // namespace Weave
