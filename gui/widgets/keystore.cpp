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

void KeyStore::read(const std::function<void(const QString &, Place)> &done)
{
    const auto fromFile = [this, done] {
        const QString key = readFile();
        done(key, key.isEmpty() ? Place::Nowhere : Place::File);
    };
#ifdef WEAVE_HAVE_KEYCHAIN
    if (!m_isFileOnly) {
        // Jobs delete themselves.
        auto *const job = new QKeychain::ReadPasswordJob(service(), this);
        job->setKey(entry());
        connect(job, &QKeychain::Job::finished, this, [job, done, fromFile] {
            if (job->error() == QKeychain::NoError && !job->textData().isEmpty())
                done(job->textData(), Place::Keychain);
            else
                fromFile();
        });
        job->start();
        return;
    }
#endif
    QMetaObject::invokeMethod(this, fromFile, Qt::QueuedConnection);
}

void KeyStore::write(const QString &key, Place wanted, const Written &done)
{
#ifdef WEAVE_HAVE_KEYCHAIN
    if (!m_isFileOnly && !key.isEmpty() && wanted != Place::File) {
        auto *const job = new QKeychain::WritePasswordJob(service(), this);
        job->setTextData(key);
        job->setKey(entry());
        connect(job, &QKeychain::Job::finished, this, [this, job, key, done] {
            // A key in both places would come back when one of them is removed.
            if (job->error() == QKeychain::NoError)
                done(writeFile({}), Place::Keychain);
            else
                finishFile(key, done);
        });
        job->start();
        return;
    }
#endif
    QMetaObject::invokeMethod(
        this, [this, key, done] { finishFile(key, done); }, Qt::QueuedConnection);
}

void KeyStore::finishFile(const QString &key, const Written &done)
{
    const QString problem = writeFile(key);
    if (problem.isEmpty()) // else the keychain's is the only one
        forgetInKeychain();
    done(problem, key.isEmpty() || !problem.isEmpty() ? Place::Nowhere : Place::File);
}

void KeyStore::forgetInKeychain()
{
#ifdef WEAVE_HAVE_KEYCHAIN
    if (m_isFileOnly)
        return;
    auto *const job = new QKeychain::DeletePasswordJob(service(), this);
    job->setKey(entry());
    job->start();
#endif
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
