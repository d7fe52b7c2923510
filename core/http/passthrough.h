#pragma once

#include "common/clock.h"
#include "http/httprequest.h"

#include <QByteArray>
#include <QList>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QObject>
#include <QPair>
#include <QPointer>
#include <QSslConfiguration>
#include <QTimer>
#include <QUrl>

#include <memory>
#include <vector>

namespace Weave {

struct PassthroughOptions
{
    QUrl backend; // http or https; empty when there is no trace server
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    QSslConfiguration tls;
    QByteArray instance; // this daemon's name in Via headers
    // Without a byte from the trace server, and while it takes the request's body, without
    // progress.
    Milliseconds timeout{0};
};

// One of Qt's clients and the connections that it keeps.
struct PassingLine
{
    QNetworkAccessManager manager;
    // Qt took an answer on one of the connections for another one's: none of them is to be trusted.
    bool isOutOfStep = false;
};

// A request on its way to the trace server, and the answer as it comes. The answer is read with
// read(); what is not read is not asked of the server either, but for a few hundred KiB.
class PassedRequest final : public QObject
{
    Q_OBJECT

public:
    // line: the reply's; it is kept for as long as the request.
    PassedRequest(QNetworkReply *reply, std::shared_ptr<PassingLine> line, qint64 bodyBytes,
                  Milliseconds timeout);
    ~PassedRequest() override; // gives the request up

    struct Head
    {
        int status = 0;
        QByteArray reason;
        QList<QPair<QByteArray, QByteArray>> headers; // of the message; none of the connection
        bool hasLength = false;
    };
    // From headReady() on.
    [[nodiscard]] Head head() const;
    [[nodiscard]] QByteArray read(qint64 maxBytes);
    [[nodiscard]] bool isFinished() const { return m_isFinished && m_reply->bytesAvailable() == 0; }

Q_SIGNALS:
    void headReady();
    void dataReady();
    // All of the answer has come; some of it may not have been read.
    void finished();
    // There is no answer, or no more of it: 502 or 504, and why.
    void failed(int status, const QString &reason);

private:
    void handleProgress(qint64 sent);
    void handleHead();
    [[nodiscard]] bool isRightAnswer();
    void handleData();
    void handleFinished();
    void handleTimeout();

    std::shared_ptr<PassingLine> m_line;
    QPointer<QNetworkReply> m_reply;
    QTimer m_timer;
    const qint64 m_bodyBytes; // of the request; Qt does not know it of every one
    const Milliseconds m_timeout;
    qint64 m_sentAtStart = 0; // of the body, when m_timer was started for it last
    bool m_hasHead = false;
    bool m_isFinished = false;
};

// Sends requests on to the trace server with their own credentials. Here QNetworkAccessManager is
// right: these requests are few, of every shape, and their answers may be streams.
class Passthrough final
{
public:
    explicit Passthrough(PassthroughOptions options);
    // For requests from now on; those under way come to their end where they began.
    void setOptions(PassthroughOptions options);

    [[nodiscard]] bool isPossible() const { return !m_options.backend.isEmpty(); }
    // Takes the request's body. Only when isPossible().
    [[nodiscard]] std::unique_ptr<PassedRequest> send(HttpRequest &request);

private:
    [[nodiscard]] QNetworkRequest outgoing(const HttpRequest &request) const;
    [[nodiscard]] const std::shared_ptr<PassingLine> &nextLine();

    PassthroughOptions m_options;
    QByteArray m_base; // the backend's URL without a slash at its end
    // Qt opens six connections a host and manager; a stream may keep one for long.
    std::vector<std::shared_ptr<PassingLine>> m_lines;
    std::size_t m_next = 0;
};

} // namespace Weave
