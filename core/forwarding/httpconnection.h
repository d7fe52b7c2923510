#pragma once

#include "batching/requestbody.h"
#include "common/clock.h"
#include "forwarding/httpresponse.h"
#include "forwarding/requestdeadline.h"
#include "forwarding/transport.h"
#include "forwarding/uploadpace.h"
#include "forwarding/uploadstep.h"

#include <QByteArray>
#include <QHostAddress>
#include <QHostInfo>
#include <QNetworkProxy>
#include <QObject>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>

#include <cstddef>
#include <memory>
#include <optional>

namespace Weave {

// One kept connection to the backend: carries a request at a time, and is used again after it.
//
// It exists because QNetworkAccessManager hands a request body to a thread of its own in steps of
// 16 KiB, and every step costs two thread switches: on a loopback bench that was three quarters of
// all the processor time that the daemon took. ARCHITECTURE.md has the figures.
class HttpConnection final : public QObject
{
    Q_OBJECT

public:
    using Done = Transport::Done;

    struct Peer
    {
        QUrl url; // https or http; only host and port are used
        QNetworkProxy proxy{QNetworkProxy::NoProxy};
        // Of https; Qt's own when there is none. Only making one loads OpenSSL, 4 MiB of memory
        // that a plain backend does without.
        std::optional<QSslConfiguration> tls;
    };

    explicit HttpConnection(Peer peer);
    ~HttpConnection() override;

    struct Upload
    {
        QByteArray head;
        RequestBody body;
        bool isBacklog = false; // see UploadPace
    };

    // Sends head and body and reads the answer. Only when isIdle(). timeout: see RequestDeadline.
    // done is called once, from the event loop.
    void send(Upload upload, Milliseconds timeout, Done done);
    // Ends the request under way without calling its done, and the connection with it.
    void cancel();

    [[nodiscard]] bool isIdle() const { return !m_exchange; }

Q_SIGNALS:
    // The answer is complete, or there will be none; isIdle() again.
    void finished();

private:
    struct Exchange
    {
        Upload upload;
        Done done;
        HttpResponse response;
        std::size_t bodyLeft = 0; // bytes that neither the kernel nor the socket has yet
        std::optional<UploadPace> pace; // once the head is sent
        bool isOnUsedConnection = false;
        bool isOutOfStep = false; // more has come than its answer
    };

    void startLater();
    void start();
    void findAddresses();
    void connectToNext();
    void connectTo(const QString &address);
    void handleConnected();
    void handleFailedAttempt(const QString &reason);
    void startRequest();
    void writeMore();
    [[nodiscard]] std::size_t unsentBytes() const;
    [[nodiscard]] std::size_t bufferedBytes() const;
    [[nodiscard]] bool writeToSocket(std::size_t maxBytes);
    void readAnswer();
    void handleDisconnect();
    void handleSocketError();
    void noteTlsErrors(const QList<QSslError> &errors);
    void finish(const SendResult &result);
    [[nodiscard]] SendResult answerResult() const;
    [[nodiscard]] SendResult failure(SendResult::Kind kind, const QString &reason) const;
    [[nodiscard]] QString authority() const;

    const Peer m_peer;
    QSslSocket *const m_tlsSocket; // the same as m_socket; null for http
    const std::unique_ptr<QTcpSocket> m_socket;
    RequestDeadline m_deadline;
    QTimer m_attempt; // to connect to one address, while there are others
    QTimer m_idleTimer;
    QTimer m_pause; // of an upload that is ahead of its pace
    UploadStep m_step;
    TimePoint m_turnEnd; // of the upload's last turn
    std::optional<Exchange> m_exchange;
    int m_lookup = 0; // QHostInfo's number of the one under way
    QList<QHostAddress> m_addresses;
    qsizetype m_addressesLeft = 0; // that this request has not tried
    qsizetype m_firstAddress = 0; // moves on with every address that cannot be reached
    bool m_isConnected = false; // by TCP
    bool m_isReady = false; // connected, and encrypted where it has to be
    bool m_wasUsed = false; // an answer has come over this connection
    QString m_tlsErrors;
};

} // namespace Weave
