#pragma once

#include <QCoreApplication>
#include <QList>
#include <QNetworkReply>
#include <QSslError>
#include <QString>
#include <QUrl>

namespace Weave {

// What came of asking a trace server for something harmless.
struct ConnectionAnswer
{
    enum class Key {
        Sent,
        None, // there is none
        Withheld, // others could have read it on its way
    };

    QUrl url; // that was asked
    Key key = Key::None;
    QString proxy; // "host:port"; empty without one
    qint64 milliseconds = 0;

    int status = 0; // HTTP's; 0 when nobody answered
    bool isJson = false;
    QByteArray body; // its beginning
    QUrl redirect; // where a 3xx leads

    QNetworkReply::NetworkError error = QNetworkReply::NoError;
    QString errorText;
    bool isLate = false; // given up, because no answer came in time
    QList<QSslError> tlsErrors;
};

// The same for people: what is wrong, and what to do about it.
struct ConnectionVerdict
{
    Q_DECLARE_TR_FUNCTIONS(ConnectionVerdict)

public:
    bool isGood = false;
    QString text;

    [[nodiscard]] static ConnectionVerdict of(const ConnectionAnswer &answer);

private:
    [[nodiscard]] static ConnectionVerdict ofStatus(const ConnectionAnswer &answer);
    [[nodiscard]] static QString ofRefusedKey(const ConnectionAnswer &answer);
    [[nodiscard]] static QString ofFailure(const ConnectionAnswer &answer);
    [[nodiscard]] static QString ofProxy(const ConnectionAnswer &answer);
    [[nodiscard]] static QString ofTls(const ConnectionAnswer &answer);
    [[nodiscard]] static QString ofCertificate(const ConnectionAnswer &answer,
                                               const QSslError &error);
};

} // namespace Weave
