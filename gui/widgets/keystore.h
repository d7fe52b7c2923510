#pragma once

#include <QObject>
#include <QString>

#include <functional>

namespace Weave {

// Where the API key is kept: the desktop's keychain, or, where there is none, a file that only the
// user can read. The key is never in the settings.
class KeyStore final : public QObject
{
    Q_OBJECT

public:
    // Used where no keychain answers.
    explicit KeyStore(const QString &file, QObject *parent = nullptr);

    // Without a keychain, for tests and where a file is wanted.
    void useFileOnly() { m_isFileOnly = true; }

    // Both answer later. key is empty when there is none.
    void read(const std::function<void(const QString &key)> &done);
    // An empty key removes what is kept. problem is empty when all went well.
    void write(const QString &key, const std::function<void(const QString &problem)> &done);

private:
    [[nodiscard]] QString readFile() const;
    [[nodiscard]] QString writeFile(const QString &key) const;

    QString m_file;
    bool m_isFileOnly = false;
};

} // namespace Weave
