#include "fakes/processfixture.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

namespace Weave {

ProcessFixture::ProcessFixture()
    : folder(QStringLiteral("/tmp/wsXXXXXX")),
      sidecar(folder.filePath(QStringLiteral("s")))
{
    sink.listen();
}

bool ProcessFixture::start(const QStringList &arguments)
{
    return sidecar.start(QStringList{QStringLiteral("--backend"), sink.url(),
                                     QStringLiteral("--flush-interval"), QStringLiteral("20ms")}
                         + arguments);
}

QString ProcessFixture::path(const QString &name) const
{
    return folder.filePath(name);
}

bool ProcessFixture::writeFile(const QString &name, const QByteArray &text) const
{
    QFile file(path(name));
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

QString ProcessFixture::auditError() const
{
    const QJsonObject calls = sidecar.statusByCommand().value(QLatin1String("calls")).toObject();
    const auto count = [&calls](const char *key) {
        return calls.value(QLatin1String(key)).toDouble(-1);
    };
    if (count("received") >= 0
        && count("received") + count("recovered")
            == count("delivered") + count("pending") + count("dead_lettered"))
        return {};
    return QString::fromUtf8(QJsonDocument(calls).toJson());
}

bool ProcessFixture::waitForDelivered(qsizetype count, int timeoutMs) const
{
    return QTest::qWaitFor([&] { return sink.delivered().size() >= count; }, timeoutMs);
}

bool ProcessFixture::waitForNumber(const QString &dottedPath, qint64 value, int timeoutMs) const
{
    return QTest::qWaitFor([&] { return sidecar.number(dottedPath) == value; }, timeoutMs);
}

} // namespace Weave
