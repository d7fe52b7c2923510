// HttpSession's requests that the trace server answers.
#include "common/logging.h"
#include "http/httpsession.h"

#include <QPointer>

#include <sys/socket.h>

namespace Weave {

namespace {

constexpr qint64 MostAtOnce = qint64{64} * 1024;

void resetOnClose(const QTcpSocket &socket)
{
    const linger atOnce{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce,
                 sizeof atOnce);
}

} // namespace

void HttpSession::flushAndPass()
{
    m_state = State::Flushing;
    const QPointer<HttpSession> self(this);
    // Delivered or not, and after some seconds at most: what is asked is asked then.
    m_context.handler.flush([self](const std::string & /*reply*/) {
        if (self && self->m_state == State::Flushing)
            self->pass();
    });
}

void HttpSession::pass()
{
    ++m_context.counts.passed;
    if (!m_context.passthrough.isPossible()) {
        constexpr int BadGateway = 502;
        reply(errorReply(BadGateway,
                         "the sidecar keeps calls in a file; there is no trace server "
                         "that this request could be passed on to"));
        nextRequest();
        if (!m_isProcessing)
            readSome(); // behind a flush: what has come meanwhile tells of itself no more
        return;
    }
    m_state = State::Passing;
    m_hasBegun = false;
    m_isChunked = false;
    m_endsByClosing = false;
    m_passed = m_context.passthrough.send(m_reader.request());
    connect(m_passed.get(), &PassedRequest::headReady, this, &HttpSession::beginPassedAnswer);
    connect(m_passed.get(), &PassedRequest::dataReady, this, &HttpSession::writePassedAnswer);
    connect(m_passed.get(), &PassedRequest::finished, this, &HttpSession::writePassedAnswer);
    connect(m_passed.get(), &PassedRequest::failed, this, &HttpSession::handlePassFailure);
}

void HttpSession::beginPassedAnswer()
{
    const HttpRequest &request = m_reader.request();
    const PassedRequest::Head head = m_passed->head();
    const bool hasNoBody = request.method == "HEAD" || head.status == 204 || head.status == 304;
    m_hasBegun = true;
    m_isChunked = !head.hasLength && !hasNoBody && !request.isHttp10;
    m_endsByClosing = !head.hasLength && !hasNoBody && request.isHttp10;
    m_closesAfterAnswer = m_closesAfterAnswer || m_endsByClosing;
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(head.status) + ' ' + head.reason + "\r\n";
    for (const auto &[name, value] : head.headers)
        bytes += name + ": " + value + "\r\n";
    if (m_isChunked)
        bytes += "Transfer-Encoding: chunked\r\n";
    bytes += m_closesAfterAnswer ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
    m_socket->write(bytes);
}

void HttpSession::writePassedAnswer()
{
    if (!m_passed || !m_hasBegun)
        return;
    while (!hasMuchUnsent()) {
        const QByteArray bytes = m_passed->read(MostAtOnce);
        if (bytes.isEmpty())
            break;
        if (m_isChunked)
            m_socket->write(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n");
        else
            m_socket->write(bytes);
    }
    if (m_passed->isFinished())
        endPassedAnswer();
}

void HttpSession::endPassedAnswer()
{
    if (m_isChunked)
        m_socket->write("0\r\n\r\n");
    // It may be what called us.
    m_passed->disconnect(this);
    m_passed.release()->deleteLater();
    nextRequest();
    readSome();
}

void HttpSession::handlePassFailure(int status, const QString &reason)
{
    qCInfo(lcIngest, "%s %s could not be passed on: %s", m_reader.request().method.c_str(),
           std::string(m_reader.request().path()).c_str(), qUtf8Printable(reason));
    if (m_hasBegun) {
        // The only way to say that an answer is not complete. Where closing says that it is, as to
        // nginx, which speaks HTTP/1.0 to us by default, only a reset does.
        if (m_endsByClosing)
            resetOnClose(*m_socket);
        close();
        return;
    }
    reply(errorReply(status,
                     "the trace server cannot be reached by the sidecar: " + reason.toStdString()));
    m_passed->disconnect(this);
    m_passed.release()->deleteLater();
    nextRequest();
    readSome();
}

} // namespace Weave
