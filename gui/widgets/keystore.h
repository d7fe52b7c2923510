#pragma once

#include <QObject>
#include <QString>

#include <functional>

namespace Weave {

// Where the API key is kept: the desktop's keychain, or, where there is none and for daemons that
// are to read it themselves, a file that only the user can read. It is in one of the two, never in
// the settings.
class KeyStore final : public QObject
{
    Q_OBJECT

public:
    enum class Place {
        Nowhere,
        Keychain,
        File,
    };

    explicit KeyStore(const QString &file, QObject *parent = nullptr);

    // Without a keychain, for tests.
    void useFileOnly() { m_isFileOnly = true; }
    [[nodiscard]] QString file() const { return m_file; }

    // Both answer later. key is empty when there is none.
    void read(const std::function<void(const QString &key, Place place)> &done);
    // Into the keychain, or where none answers into the file; wanted: File alone. An empty key
    // removes what is kept. problem is empty when all went well.
    void write(const QString &key, Place wanted,
               const std::function<void(const QString &problem, Place place)> &done);

private:
    using Written = std::function<void(const QString &problem, Place place)>;

    [[nodiscard]] QString readFile() const;
    [[nodiscard]] QString writeFile(const QString &key) const;
    void finishFile(const QString &key, const Written &done);
    void forgetInKeychain();

    QString m_file;
    bool m_isFileOnly = false;
};

} // namespace Weave
