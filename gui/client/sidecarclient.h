#pragma once

#include "client/daemonreply.h"
#include "client/snapshot.h"

#include <QByteArrayList>
#include <QJsonObject>
#include <QLocalSocket>
#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <optional>

namespace Weave {

// The front-end's end of the daemon's socket: subscribes to what happens, and asks for what the
// user wants done. Connects again by itself, for ever. Uses two connections, so that an answer
// never waits behind events. Lives in the thread that made it.
class SidecarClient final : public QObject
{
    Q_OBJECT

public:
    // Why there is no connection.
    enum class Absence {
        NoDaemon, // nobody listens
        NotPermitted, // the socket, or what it tells, is another user's
        Full, // a daemon has all the connections that it may have
        NotUnderstood, // something else listens, or a daemon of another age
    };
    Q_ENUM(Absence)

    using Done = DaemonReply;
    using Callback = DaemonReply::Callback;
    // Where the daemon's socket is now: it may come to lie elsewhere when another daemon starts.
    using FindSocket = std::function<QString()>;

    explicit SidecarClient(FindSocket findSocket, QObject *parent = nullptr);
    explicit SidecarClient(const QString &socketPath, QObject *parent = nullptr);
    ~SidecarClient() override;

    void start();
    // Somebody has started a daemon: it is looked for without the wait that has grown meanwhile.
    void lookSoon();
    [[nodiscard]] QString socketPath() const { return m_path; }
    // The first snapshot has come.
    [[nodiscard]] bool isConnected() const { return m_isConnected; }
    // The daemon lets this user see its numbers, and neither events nor control. In words, why;
    // empty otherwise.
    [[nodiscard]] QString readOnlyReason() const { return m_readOnlyReason; }
    [[nodiscard]] bool isReadOnly() const { return !m_readOnlyReason.isEmpty(); }
    [[nodiscard]] const Snapshot &snapshot() const { return m_snapshot; }
    // While there is no connection and it is known why.
    [[nodiscard]] std::optional<Absence> absence() const { return m_absence; }
    // In words, while there is no connection.
    [[nodiscard]] QString absenceText() const { return m_absenceText; }

    // What the daemon is asked to tell besides its status. Changing it connects anew.
    void setTopics(bool clients, bool calls, bool payloads);

    // Each answers within 6 s.
    void pause(const Callback &done);
    void resume(const Callback &done);
    void flush(const Callback &done);
    void retryNow(const Callback &done);
    // Lets the daemon read its settings anew.
    void reload(const Callback &done);

Q_SIGNALS:
    void connected();
    void disconnected(Weave::SidecarClient::Absence why, const QString &text);
    void snapshotArrived(const Weave::Snapshot &snapshot);
    void clientsArrived(const QList<Weave::ClientSnapshot> &clients);
    void flushArrived(const Weave::FlushEvent &event);
    void callArrived(const Weave::CallEvent &event);
    // The daemon has left out so many calls in the last second, because there were too many.
    void callsSkipped(qint64 count);

private:
    void connectNow();
    void handleError(QLocalSocket::LocalSocketError error);
    void subscribe();
    void readEvents();
    void handleLine(const QByteArray &line);
    void handleReply(const QJsonObject &reply);
    void handleRefusal(const QString &error);
    void askStatus();
    void handleStatus(const QJsonObject &event);
    void tellFlush(const QByteArray &line);
    void tellRecentFlushes();
    void letGo();
    void lose(Absence why, const QString &text);
    void ask(const QByteArray &method, const Callback &done);

    const FindSocket m_findSocket;
    QString m_path;
    QLocalSocket m_events;
    QByteArray m_input;
    QTimer m_again;
    QTimer m_silence;
    QTimer m_poll; // while nothing is told without being asked
    int m_waitMs = 0;
    int m_wordlessEnds = 0; // connections in a row that were closed before a word came
    bool m_wantsClients = false;
    bool m_wantsCalls = false;
    bool m_wantsPayloads = false;
    bool m_isStarted = false;
    bool m_isConnected = false;
    QString m_readOnlyReason;
    bool m_isBeginning = false; // a subscription that has had no status yet
    QByteArrayList m_recentFlushes; // what it begins with, old ones among them
    QByteArray m_lastFlush; // that has been told
    Snapshot m_snapshot;
    std::optional<Absence> m_absence;
    QString m_absenceText;
};

} // namespace Weave
