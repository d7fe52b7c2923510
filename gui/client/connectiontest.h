#pragma once

#include "client/connectionverdict.h"
#include "config/config.h"

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTimer>

namespace Weave {

// "Test connection": asks the trace server for something harmless as the daemon would, with its
// key, certificates and proxy, and says in words how it went. A key never travels in the clear, not
// even where the daemon may do that.
class ConnectionTest final : public QObject
{
    Q_OBJECT

public:
    explicit ConnectionTest(QObject *parent = nullptr);

    // A running test is given up.
    void start(const Config &config);
    // Gives a running test up; finished() does not follow.
    void stop();
    // How long an answer may take; 10 s unless it is set.
    void setTimeout(Milliseconds timeout) { m_timer.setInterval(timeout); }

Q_SIGNALS:
    void finished(bool isGood, const QString &text);

private:
    void testFile(const std::string &path);
    void ask(const Config &config);
    void handleEnd();

    QNetworkAccessManager m_network;
    QTimer m_timer;
    QElapsedTimer m_clock;
    QPointer<QNetworkReply> m_reply;
    ConnectionAnswer m_answer;
};

} // namespace Weave
