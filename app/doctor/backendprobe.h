#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QHostAddress>
#include <QList>
#include <QNetworkProxy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>

namespace Weave {

struct BackendProbeOptions
{
    QUrl backend; // http or https
    QByteArray apiKey; // empty: none
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    QSslConfiguration tls;
    // An address is given up for the next one after the first; looking up a name, a handshake and
    // an answer may each take as long as the second.
    std::chrono::milliseconds connectTimeout{3000};
    std::chrono::milliseconds timeout{10'000};
};

// How far a request to the backend got, and what was seen on the way.
struct BackendReport
{
    enum class Stage {
        Lookup, // the host has no address
        Connect, // none of its addresses, or the proxy, takes a connection
        Tls, // no connection that can be trusted
        Answer, // no HTTP answer
        Done,
    };
    Stage failedAt = Stage::Done;
    QString error; // the system's words; empty when done
    bool isRefused = false; // Connect: nothing listens there
    bool isTimeout = false;

    QList<QHostAddress> addresses; // tried, in order
    QStringList silent; // of those: that did not answer, and why
    QList<QSslError> tlsErrors;
    QList<QSslCertificate> chain; // the server's certificate first
    QString tlsProtocol; // "TLSv1.3"

    int status = 0;
    bool isJson = false;
    QString location; // of a redirect
    QByteArray date; // the Date header
    QDateTime answeredAt; // by this machine's clock
    std::chrono::milliseconds took{0}; // the answer alone
};

// Goes to the backend as the daemon does, a step at a time, and at the end asks something that
// needs the key, reads nothing and changes nothing. Blocks, with the event loop running, for at
// most some ten seconds a step.
[[nodiscard]] BackendReport probeBackend(const BackendProbeOptions &options);

} // namespace Weave
