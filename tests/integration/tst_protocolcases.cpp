#include "fakes/fakeclient.h"
#include "fakes/processfixture.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace Weave;

namespace {

// One write of a case: a string, {"hex":"e9"} or {"repeat":["x",1000]}.
QByteArray bytesOf(const QJsonValue &value)
{
    if (value.isString())
        return value.toString().toUtf8();
    const QJsonObject object = value.toObject();
    if (object.contains(QLatin1String("hex")))
        return QByteArray::fromHex(object.value(QLatin1String("hex")).toString().toLatin1());
    const QJsonArray repeat = object.value(QLatin1String("repeat")).toArray();
    return repeat.at(0).toString().toUtf8().repeated(repeat.at(1).toInt());
}

} // namespace

// Runs every case of docs/protocol-cases.json against the real daemon.
class ProtocolCasesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void run_data();
    void run();
};

void ProtocolCasesTest::run_data()
{
    QTest::addColumn<QJsonObject>("protocolCase");
    QFile file(QStringLiteral(WEAVE_PROTOCOL_CASES));
    QVERIFY2(file.open(QIODevice::ReadOnly), WEAVE_PROTOCOL_CASES);
    QJsonParseError error;
    const QJsonObject root = QJsonDocument::fromJson(file.readAll(), &error).object();
    QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
    const QJsonArray cases = root.value(QLatin1String("cases")).toArray();
    QCOMPARE_GE(cases.size(), 40);
    for (const QJsonValue &value : cases)
        QTest::newRow(qPrintable(value.toObject().value(QLatin1String("name")).toString()))
            << value.toObject();
}

void ProtocolCasesTest::run()
{
    QFETCH(QJsonObject, protocolCase);
    ProcessFixture f;
    QVERIFY(f.start());
    FakeClient client(f.sidecar.socketPath());
    for (const QJsonValue &part : protocolCase.value(QLatin1String("send")).toArray())
        QVERIFY(client.send(bytesOf(part)));
    client.closeWriting();

    for (const QJsonValue &value : protocolCase.value(QLatin1String("replies")).toArray()) {
        const QJsonObject expected = value.toObject();
        const auto line = client.readLine();
        QVERIFY2(line, "a reply is missing");
        const QJsonObject reply = QJsonDocument::fromJson(*line).object();
        QVERIFY2(reply.value(QLatin1String("success")).isBool(), line->constData());
        QVERIFY2(reply.value(QLatin1String("success")) == expected.value(QLatin1String("success")),
                 line->constData());
        const QString text = expected.value(QLatin1String("error_contains")).toString();
        QVERIFY2(reply.value(QLatin1String("error")).toString().contains(text), line->constData());
    }
    QVERIFY2(client.waitForClose(), "a reply too many, or no end");

    if (protocolCase.contains(QLatin1String("delivered"))) {
        QList<QByteArray> expected;
        for (const QJsonValue &item : protocolCase.value(QLatin1String("delivered")).toArray())
            expected << item.toString().toUtf8();
        FakeClient last(f.sidecar.socketPath());
        QVERIFY(last.ask(R"({"method":"flush"})").value(QLatin1String("success")).toBool());
        QList<QByteArray> found = f.sink.delivered();
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
        QCOMPARE(found, expected);
    }
    QCOMPARE(f.auditError(), QString());
}

QTEST_GUILESS_MAIN(ProtocolCasesTest)
#include "tst_protocolcases.moc"
