#include "http/passthrough.h"

#include <QIODevice>
#include <QNetworkCookieJar>
#include <QNetworkRequest>

#include <algorithm>
#include <array>
#include <utility>

namespace Weave {

namespace {

constexpr std::size_t LineCount = 4;
constexpr qint64 ReadBufferBytes = qint64{256} * 1024;
// A server that takes less of a body for so long is late.
constexpr qint64 ProgressBytes = qint64{256} * 1024;

// RFC 9110, 7.6.1: they speak of one connection, not of the message.
constexpr std::array<std::string_view, 9> HopByHop{"connection",
                                                   "keep-alive",
                                                   "proxy-authenticate",
                                                   "proxy-authorization",
                                                   "proxy-connection",
                                                   "te",
                                                   "trailer",
                                                   "transfer-encoding",
                                                   "upgrade"};

bool isHopByHop(std::string_view name)
{
    return std::any_of(HopByHop.begin(), HopByHop.end(),
                       [name](std::string_view hop) { return equalsIgnoringCase(name, hop); });
}

// Whether the Connection header says that the named header goes no further.
bool isListed(std::string_view list, std::string_view name)
{
    while (!list.empty()) {
        const std::size_t length = std::min(list.find(','), list.size());
        std::string_view entry = list.substr(0, length);
        list.remove_prefix(std::min(length + 1, list.size()));
        while (entry.starts_with(' '))
            entry.remove_prefix(1);
        while (entry.ends_with(' '))
            entry.remove_suffix(1);
        if (equalsIgnoringCase(entry, name))
            return true;
    }
    return false;
}

// RFC 9110, 9.2.2: what may be sent twice when nobody knows whether the server has done it.
bool isIdempotent(std::string_view method)
{
    constexpr std::array<std::string_view, 6> Methods{"GET",    "HEAD",    "PUT",
                                                      "DELETE", "OPTIONS", "TRACE"};
    return std::find(Methods.begin(), Methods.end(), method) != Methods.end();
}

// A body that can be read once. When a server closes the connection instead of answering, Qt sends
// a request again, up to three times, whatever its method, unless its body cannot be rewound.
class BodyOnce final : public QIODevice
{
public:
    explicit BodyOnce(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] qint64 bytesAvailable() const override { return m_bytes.size() - m_done; }
    [[nodiscard]] bool atEnd() const override { return bytesAvailable() == 0; }
    bool reset() override { return false; }

protected:
    qint64 readData(char *to, qint64 maxBytes) override
    {
        const qint64 length = std::min(maxBytes, bytesAvailable());
        if (length == 0 && maxBytes > 0)
            return -1;
        std::copy_n(m_bytes.constData() + m_done, length, to);
        m_done += length;
        return length;
    }
    qint64 writeData(const char * /*from*/, qint64 /*bytes*/) override { return -1; }

private:
    const QByteArray m_bytes;
    qint64 m_done = 0;
};

QNetworkReply *sendOnce(QNetworkAccessManager &manager, QNetworkRequest request,
                        const QByteArray &verb, const QByteArray &body)
{
    request.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    request.setHeader(QNetworkRequest::ContentLengthHeader, body.size()); // else Qt buffers it
    auto *once = new BodyOnce(body);
    QNetworkReply *reply = manager.sendCustomRequest(request, verb, once);
    once->setParent(reply);
    return reply;
}

QByteArray toBytes(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

} // namespace

PassedRequest::PassedRequest(QNetworkReply *reply, std::shared_ptr<PassingLine> line,
                             qint64 bodyBytes, Milliseconds timeout)
    : m_line(std::move(line)),
      m_reply(reply),
      m_bodyBytes(bodyBytes),
      m_timeout(timeout)
{
    m_reply->setReadBufferSize(ReadBufferBytes);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &PassedRequest::handleTimeout);
    connect(m_reply, &QNetworkReply::uploadProgress, this, &PassedRequest::handleProgress);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &PassedRequest::handleHead);
    connect(m_reply, &QNetworkReply::readyRead, this, &PassedRequest::handleData);
    connect(m_reply, &QNetworkReply::finished, this, &PassedRequest::handleFinished);
    m_timer.start(m_timeout);
}

PassedRequest::~PassedRequest()
{
    if (!m_reply)
        return;
    m_reply->disconnect(this);
    m_reply->abort();
    m_reply->deleteLater();
    // The last owner of a line may be this request, and its manager's code may be on the stack.
    QTimer::singleShot(0, [line = std::move(m_line)] {});
}

// While the body goes on its way, the server is not late: a large file on a slow line takes longer
// than any answer may.
void PassedRequest::handleProgress(qint64 sent)
{
    const qint64 more = sent - m_sentAtStart;
    if (!m_timer.isActive() || more <= 0 || (more < ProgressBytes && sent != m_bodyBytes))
        return;
    m_sentAtStart = sent;
    m_timer.start(m_timeout);
}

void PassedRequest::handleHead()
{
    if (m_hasHead || !m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).isValid())
        return;
    if (!isRightAnswer()) {
        constexpr int BadGateway = 502;
        m_timer.stop();
        m_reply->disconnect(this);
        Q_EMIT failed(
            BadGateway,
            QStringLiteral("on one of the connections an interim answer came, which is not "
                           "understood here"));
        return;
    }
    m_hasHead = true;
    m_timer.start(m_timeout);
    Q_EMIT headReady();
}

// Qt takes 103 for the answer, and the answer that follows for the next request's: one client would
// read what another one asked for. Which connection that was Qt does not tell, so all of the line
// go.
bool PassedRequest::isRightAnswer()
{
    constexpr int FirstFinalStatus = 200;
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_line->isOutOfStep = m_line->isOutOfStep || status < FirstFinalStatus;
    return !m_line->isOutOfStep;
}

void PassedRequest::handleData()
{
    handleHead();
    // While the client has not read what is here, it is not the server that is late.
    m_timer.stop();
    Q_EMIT dataReady();
}

QByteArray PassedRequest::read(qint64 maxBytes)
{
    QByteArray bytes = m_reply->read(maxBytes);
    if (!m_isFinished && m_reply->bytesAvailable() == 0)
        m_timer.start(m_timeout);
    return bytes;
}

void PassedRequest::handleFinished()
{
    m_timer.stop();
    handleHead();
    // Errors of the connection have numbers below 100; above are answers such as 404.
    constexpr int FirstErrorOfAnswer = 100;
    const QNetworkReply::NetworkError error = m_reply->error();
    const bool isCut = error != QNetworkReply::NoError && int(error) < FirstErrorOfAnswer;
    if (!m_hasHead || isCut) {
        constexpr int BadGateway = 502;
        // Qt has no words of its own for what it would have sent again.
        const bool isClosed = error == QNetworkReply::ContentReSendError;
        Q_EMIT failed(BadGateway,
                      isClosed ? QStringLiteral("it closed the connection without an answer; it "
                                                "may have done what was asked for all the same")
                               : m_reply->errorString());
        return;
    }
    m_isFinished = true;
    Q_EMIT finished();
}

void PassedRequest::handleTimeout()
{
    constexpr int GatewayTimeout = 504;
    m_reply->disconnect(this);
    Q_EMIT failed(GatewayTimeout, QStringLiteral("no answer in time"));
}

PassedRequest::Head PassedRequest::head() const
{
    Head head;
    head.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    head.reason = m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toByteArray();
    const QByteArray connection = m_reply->rawHeader("Connection");
    for (const auto &[name, value] : m_reply->rawHeaderPairs()) {
        const std::string_view key(name.data(), static_cast<std::size_t>(name.size()));
        if (isHopByHop(key) || isListed(connection.toStdString(), key))
            continue;
        head.hasLength = head.hasLength || equalsIgnoringCase(key, "content-length");
        // Qt joins cookies, which have commas of their own, by newlines.
        for (const QByteArray &line : value.split('\n'))
            head.headers.append({name, line});
    }
    return head;
}

Passthrough::Passthrough(PassthroughOptions options)
{
    setOptions(std::move(options));
}

void Passthrough::setOptions(PassthroughOptions options)
{
    m_options = std::move(options);
    m_lines.clear();
    m_base = m_options.backend.toEncoded();
    while (m_base.endsWith('/'))
        m_base.chop(1);
}

std::unique_ptr<PassedRequest> Passthrough::send(HttpRequest &request)
{
    const QNetworkRequest outgoing = this->outgoing(request);
    const QByteArray verb = toBytes(request.method);
    const QByteArray body = toBytes(request.body);
    request.body = std::string();
    const std::shared_ptr<PassingLine> line = nextLine();
    QNetworkAccessManager &manager = line->manager;
    // A proxy that takes plain HTTP asks for its password in answer to a request, which Qt then has
    // to send again.
    const bool isAsked =
        m_options.backend.scheme() == QLatin1String("http") && !m_options.proxy.user().isEmpty();
    const bool mayRepeat = isAsked || isIdempotent(request.method);
    QNetworkReply *reply = verb == "HEAD" ? manager.head(outgoing)
        : verb == "GET" && body.isEmpty() ? manager.get(outgoing)
        : mayRepeat                       ? manager.sendCustomRequest(outgoing, verb, body)
                                          : sendOnce(manager, outgoing, verb, body);
    return std::make_unique<PassedRequest>(reply, line, body.size(), m_options.timeout);
}

QNetworkRequest Passthrough::outgoing(const HttpRequest &request) const
{
    QNetworkRequest outgoing(QUrl::fromEncoded(m_base + toBytes(request.target)));
    outgoing.setSslConfiguration(m_options.tls);
    outgoing.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                          QNetworkRequest::ManualRedirectPolicy);
    outgoing.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    outgoing.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    outgoing.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    outgoing.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);

    // Qt fills in what is missing; an encoding that the client asked for itself is left packed.
    outgoing.setRawHeader("Accept-Encoding", "identity");
    outgoing.setRawHeader("User-Agent", "weave-sidecar");
    if (!request.body.empty())
        outgoing.setRawHeader("Content-Type", "application/json");
    std::string connection; // of several lines, one list
    for (const auto &[name, value] : request.headers) {
        if (equalsIgnoringCase(name, "Connection"))
            connection += value + ',';
    }
    QByteArray via;
    for (auto at = request.headers.begin(); at != request.headers.end(); ++at) {
        const auto &[name, value] = *at;
        const auto is = [&key = name](std::string_view text) {
            return equalsIgnoringCase(key, text);
        };
        if (is("Via")) {
            via += toBytes(value) + ", ";
        } else if (!isHopByHop(name) && !isListed(connection, name) && !is("Host")
                   && !is("Content-Length") && !is("Expect")) {
            // Qt keeps one line of a name; several mean the same as one list (RFC 9110, 5.2).
            const bool isRepeated = std::any_of(request.headers.begin(), at,
                                                [&](const auto &other) { return is(other.first); });
            const QByteArray key = toBytes(name);
            const QByteArray before =
                isRepeated ? outgoing.rawHeader(key) + (is("Cookie") ? "; " : ", ") : QByteArray();
            outgoing.setRawHeader(key, before + toBytes(value));
        }
    }
    outgoing.setRawHeader("Via", via + "1.1 " + m_options.instance);
    return outgoing;
}

const std::shared_ptr<PassingLine> &Passthrough::nextLine()
{
    std::erase_if(m_lines, [](const auto &line) { return line->isOutOfStep; });
    if (m_lines.size() < LineCount) {
        m_lines.push_back(std::make_shared<PassingLine>());
        m_lines.back()->manager.setProxy(m_options.proxy);
        return m_lines.back();
    }
    m_next = (m_next + 1) % LineCount;
    return m_lines[m_next];
}

} // namespace Weave
