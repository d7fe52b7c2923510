#pragma once

#include <QLocalServer>
#include <QLockFile>
#include <QObject>
#include <QString>

#include <memory>

namespace Weave {

// Sees to it that a user has one tray for a daemon. A second start asks the first to come forward.
class SingleInstance final : public QObject
{
    Q_OBJECT

public:
    // Trays with different keys (the daemon's socket) live side by side.
    explicit SingleInstance(const QString &key, QObject *parent = nullptr);
    ~SingleInstance() override;

    // True when this process is the first. Otherwise the first one has been asked to show itself,
    // or, with quietly, left alone.
    [[nodiscard]] bool claim(bool quietly);

Q_SIGNALS:
    void raiseRequested();

private:
    [[nodiscard]] bool askOther() const;
    void handleConnection();

    QString m_path;
    std::unique_ptr<QLockFile> m_lock;
    QLocalServer m_server;
};

} // namespace Weave
