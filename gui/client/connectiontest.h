#pragma once

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>
#include <QPointer>
#include <QString>

namespace Weave {

// "Test connection": asks the trace server for something harmless with the key, and says in words
// how it went.
class ConnectionTest final : public QObject
{
    Q_OBJECT

public:
    static constexpr int TimeoutMs = 10'000;

    using QObject::QObject;

    // A running test is given up.
    void start(const QString &backend, const QString &apiKey);

Q_SIGNALS:
    void finished(bool isGood, const QString &text);

private:
    void handleAnswer(QNetworkReply &reply, qint64 milliseconds);

    QNetworkAccessManager m_network;
    QPointer<QNetworkReply> m_reply;
};

} // namespace Weave
