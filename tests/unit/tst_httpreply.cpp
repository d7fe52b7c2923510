#include "http/httpreply.h"

#include "unit/text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstHttpReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytes();
    void furtherHeaders();
    void connection();
    void headHasNoBody();
    void errors();
    void statusLines();
};

void TstHttpReply::bytes()
{
    QCOMPARE(toBytes(toBytes(HttpReply{200, "ok\n", "text/plain"}, true, false)),
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
             "Connection: keep-alive\r\n\r\nok\n"_ba);
    QCOMPARE(toBytes(toBytes(HttpReply{}, true, false)),
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
             "Connection: keep-alive\r\n\r\n"_ba);
}

void TstHttpReply::furtherHeaders()
{
    HttpReply reply;
    reply.headers = {{"Retry-After", "1"}, {"X", "y"}};
    const QByteArray bytes = toBytes(toBytes(reply, true, false));
    QVERIFY(bytes.contains("\r\nRetry-After: 1\r\nX: y\r\n"));
    QCOMPARE(bytes.count("\r\n\r\n"), 1);
}

void TstHttpReply::connection()
{
    HttpReply reply;
    QVERIFY(toBytes(reply, true, false).find("\r\nConnection: keep-alive\r\n")
            != std::string::npos);
    QVERIFY(toBytes(reply, false, false).find("\r\nConnection: close\r\n") != std::string::npos);
    reply.closes = true;
    QVERIFY(toBytes(reply, true, false).find("\r\nConnection: close\r\n") != std::string::npos);
}

void TstHttpReply::headHasNoBody()
{
    const QByteArray bytes = toBytes(toBytes(HttpReply{200, "hello", "text/plain"}, true, true));
    QVERIFY(bytes.contains("\r\nContent-Length: 5\r\n"));
    QVERIFY(bytes.endsWith("\r\n\r\n"));
}

void TstHttpReply::errors()
{
    const HttpReply reply = errorReply(502, "a \"b\"\n\xc3\xa9 \xff");
    QCOMPARE(reply.status, 502);
    QCOMPARE(toBytes(reply.contentType), "application/json"_ba);
    QVERIFY(!reply.closes);
    const QJsonObject body = QJsonDocument::fromJson(toBytes(reply.body)).object();
    QCOMPARE(body.keys(), QStringList{u"reason"_s});
    QCOMPARE(body.value("reason"_L1).toString(), u"a \"b\"\n\u00e9 \ufffd"_s);
}

void TstHttpReply::statusLines()
{
    QCOMPARE(toBytes(statusLine(200)), "200 OK"_ba);
    QCOMPARE(toBytes(statusLine(504)), "504 Gateway Timeout"_ba);
    QCOMPARE(toBytes(statusLine(508)), "508 Loop Detected"_ba);
    // The space is part of the line even without a name (RFC 9112, 4).
    QCOMPARE(toBytes(statusLine(299)), "299 "_ba);
    for (const int status : {400, 401, 408, 413, 417, 431, 501, 502, 503, 504, 505, 508})
        QVERIFY2(statusLine(status).size() > 4, QByteArray::number(status).constData());
}

QTEST_APPLESS_MAIN(TstHttpReply)
#include "tst_httpreply.moc"
