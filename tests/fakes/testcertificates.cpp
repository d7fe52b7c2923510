#include "fakes/testcertificates.h"

#include <QFile>
#include <QProcess>

namespace Weave {

namespace {

bool openssl(const QString &folder, const QString &arguments)
{
    QProcess command;
    command.setWorkingDirectory(folder);
    command.start(QStringLiteral("openssl"), arguments.split(QLatin1Char(' ')));
    return command.waitForFinished(30'000) && command.exitCode() == 0;
}

} // namespace

bool makeCertificates(const QString &folder, const QString &subjectAltName, int days)
{
    QFile extensions(folder + QStringLiteral("/server.ext"));
    if (!extensions.open(QIODevice::WriteOnly)
        || extensions.write("subjectAltName=" + subjectAltName.toUtf8() + "\n") < 0)
        return false;
    extensions.close();
    const QString key = QStringLiteral("-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ");
    return openssl(folder,
                   QStringLiteral("req -x509 ") + key
                       + QStringLiteral("-keyout ca.key -out ca.pem -subj /CN=TestCA -days 2"))
        && openssl(folder,
                   QStringLiteral("req ") + key
                       + QStringLiteral("-keyout server.key -out server.csr -subj /CN=Server"))
        && openssl(folder,
                   QStringLiteral("x509 -req -in server.csr -CA ca.pem -CAkey ca.key "
                                  "-CAcreateserial -out server.pem -days %1 -extfile server.ext")
                       .arg(days));
}

} // namespace Weave
