#pragma once

#include <QByteArray>
#include <QList>

#include <atomic>
#include <thread>

namespace Weave {

// A client that hands over one call after the other in a thread of its own, and lets no daemon that
// goes away deter it: it connects again and hands over what was not answered.
class PersistentClient final
{
public:
    // linesAtOnce are written before their replies are read. Ids are name-1, name-2 and so on.
    PersistentClient(const QByteArray &path, const QByteArray &name, int linesAtOnce);
    ~PersistentClient() { stop(); }
    PersistentClient(const PersistentClient &) = delete;
    PersistentClient &operator=(const PersistentClient &) = delete;

    // Ends the thread when the calls of its round are answered. What follows is for after that.
    void stop();
    [[nodiscard]] int accepted() const { return m_accepted; } // at any time
    [[nodiscard]] const QList<QByteArray> &acceptedItems() const { return m_items; }
    [[nodiscard]] int reconnects() const { return m_reconnects; }
    // Replies that are no success, and connects that found nobody.
    [[nodiscard]] const QList<QByteArray> &troubles() const { return m_troubles; }
    [[nodiscard]] std::chrono::milliseconds longestRound() const { return m_longestRound; }

private:
    void run();
    void handOver(QList<QByteArray> payloads);
    [[nodiscard]] bool connect();
    // Writes the lines, reads replies; how many came before the daemon had gone.
    [[nodiscard]] int exchange(const QByteArray &lines, int count);

    const QByteArray m_path;
    const QByteArray m_name;
    const int m_linesAtOnce;
    int m_fd = -1;
    std::atomic<bool> m_isStopping = false;
    std::atomic<int> m_accepted = 0;
    int m_reconnects = -1; // the first is none
    QList<QByteArray> m_items;
    QList<QByteArray> m_troubles;
    std::chrono::milliseconds m_longestRound{0};
    std::thread m_thread;
};

} // namespace Weave
