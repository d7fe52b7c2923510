#pragma once

#include <QString>
#include <QStringList>

class QSettings;

namespace Weave {

// What the user has chosen. The daemon's part is kept as the texts of its flags, and an empty text
// means the flag's default. The API key is not among it: see KeyStore.
struct Settings
{
    QString backend; // empty before the first start's questions are answered
    QString socket;
    QString http;
    QString spoolDir;
    QString spoolMaxBytes;
    QString flushInterval;
    QString flushMaxCount;
    QString flushMaxBytes;
    QString maxConnections;
    bool notifiesProblems = true;
    bool notifiesRecovery = false;

    [[nodiscard]] static Settings load(const QSettings &store);
    void save(QSettings &store) const;

    // Whether the daemon has to be started anew for it.
    [[nodiscard]] bool needsRestart(const Settings &before) const;

    // The daemon's command line. The key goes another way: other users can read command lines.
    [[nodiscard]] QStringList arguments() const;

    // What is wrong with a flag's text, in the daemon's own words; empty when it is right. name is
    // the flag's, without dashes. An empty text is right, except for backend.
    [[nodiscard]] static QString problemOf(const QString &name, const QString &text);

    [[nodiscard]] bool operator==(const Settings &other) const = default;
};

} // namespace Weave
