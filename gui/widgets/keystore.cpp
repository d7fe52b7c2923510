#include "widgets/keystore.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#ifdef WEAVE_HAVE_KEYCHAIN
#include <qt6keychain/keychain.h>
#endif

namespace Weave {

namespace {

#ifdef WEAVE_HAVE_KEYCHAIN
const QString &service()
{
    static const QString name = QStringLiteral("weave-sidecar");
    return name;
}

const QString &entry()
{
    static const QString name = QStringLiteral("api-key");
    return name;
}
#endif

} // namespace

KeyStore::KeyStore(const QString &file, QObject *parent)
    : QObject(parent),
      m_file(file)
{
}

void KeyStore::read(const std::function<void(const QString &)> &done)
{
#ifdef WEAVE_HAVE_KEYCHAIN
    if (!m_isFileOnly) {
        // Jobs delete themselves.
        auto *const job = new QKeychain::ReadPasswordJob(service(), this);
        job->setKey(entry());
        connect(job, &QKeychain::Job::finished, this, [this, job, done] {
            done(job->error() == QKeychain::NoError ? job->textData() : readFile());
        });
        job->start();
        return;
    }
#endif
    QMetaObject::invokeMethod(
        this, [this, done] { done(readFile()); }, Qt::QueuedConnection);
}

void KeyStore::write(const QString &key, const std::function<void(const QString &)> &done)
{
#ifdef WEAVE_HAVE_KEYCHAIN
    if (!m_isFileOnly) {
        QKeychain::Job *job = nullptr;
        if (key.isEmpty()) {
            job = new QKeychain::DeletePasswordJob(service(), this);
        } else {
            auto *const writeJob = new QKeychain::WritePasswordJob(service(), this);
            writeJob->setTextData(key);
            job = writeJob;
        }
        job->setKey(entry());
        connect(job, &QKeychain::Job::finished, this, [this, job, key, done] {
            const bool isKept = job->error() == QKeychain::NoError;
            // A key in both places would come back when one of them is removed.
            done(writeFile(isKept ? QString() : key));
        });
        job->start();
        return;
    }
#endif
    QMetaObject::invokeMethod(
        this, [this, key, done] { done(writeFile(key)); }, Qt::QueuedConnection);
}

QString KeyStore::readFile() const
{
    QFile file(m_file);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString();
}

QString KeyStore::writeFile(const QString &key) const
{
    if (key.isEmpty()) {
        QFile file(m_file);
        return !file.exists() || file.remove() ? QString() : file.errorString();
    }
    QDir().mkpath(QFileInfo(m_file).path());
    QSaveFile file(m_file);
    const QByteArray text = key.toUtf8() + '\n';
    if (!file.open(QIODevice::WriteOnly)
        || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text) != text.size() || !file.commit())
        return tr("Cannot keep the key in %1: %2").arg(m_file, file.errorString());
    return {};
}

} // namespace Weave
