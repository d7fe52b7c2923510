#pragma once

#include "client/daemonconfig.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>

class QSettings;

namespace Weave {

// What the user has chosen. The daemon's part are the texts of the user's config file; an empty one
// stands for what holds without it. The API key is not among it: see KeyStore.
struct Settings
{
    Q_DECLARE_TR_FUNCTIONS(Settings)

public:
    QString backend;
    QString caFile;
    QString allowHttp; // "true", or empty
    QString socket;
    QString http;
    QString spoolDir;
    QString spoolMaxBytes;
    QString flushInterval;
    QString flushMaxCount;
    QString flushMaxBytes;
    QString maxConnections;
    // The tray's own part.
    bool notifiesProblems = true;
    bool notifiesRecovery = false;

    // From the store what is the tray's own, from the config what is the daemon's. A config file
    // that cannot be read says nothing.
    [[nodiscard]] static Settings load(const QSettings &store, const DaemonConfig &config);
    // What is the tray's own.
    void save(QSettings &store) const;
    // What is the daemon's: the lines of the config file that become others.
    [[nodiscard]] std::vector<ConfigChange> changesFrom(const Settings &before) const;

    // What is wrong with a setting's text, in the daemon's own words; empty when it is right. name
    // is the flag's, without dashes. An empty text is right, except for backend.
    [[nodiscard]] static QString problemOf(const QString &name, const QString &text,
                                           bool allowsHttp = false);
    // Whether the backend's address is plain http to another machine.
    [[nodiscard]] static bool needsAllowHttp(const QString &backend);
    // What people call the setting: "Spool folder".
    [[nodiscard]] static QString nameOf(const QString &name);
    [[nodiscard]] static QString namesOf(const QStringList &names);

    [[nodiscard]] bool operator==(const Settings &other) const = default;
};

} // namespace Weave
