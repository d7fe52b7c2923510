#include "forwarding/serverreply.h"

#include "common/jsontext.h"
#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstServerReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bodies_data();
    void bodies();
    void longTextsAreClipped_data();
    void longTextsAreClipped();
    void clippedBetweenCharacters();
};

void TstServerReply::bodies_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("errorCode");
    const auto row = [](const char *name, const QByteArray &body, const QByteArray &reason,
                        const QByteArray &errorCode = "") {
        QTest::newRow(name) << body << reason << errorCode;
    };

    row("reason", R"({"reason":"Request too large"})", "Request too large");
    row("message", R"({"message":"no"})", "no");
    row("error", R"({"error":"no"})", "no");
    row("detail", R"({"detail":"no"})", "no");
    row("reason and code",
        R"({"reason":"The project 'a/b' has been created in the 'complete' mode.",)"
        R"("error_code":"CALLS_COMPLETE_MODE_REQUIRED"})",
        "The project 'a/b' has been created in the 'complete' mode.",
        "CALLS_COMPLETE_MODE_REQUIRED");
    row("code alone", R"({"error_code":"X"})", "", "X");
    row("code before the reason", R"({"error_code":"X","reason":"no"})", "no", "X");
    row("escapes", R"({"reas\u006fn":"a \"b\" \u00e9","error_code":"A\u0042"})", "a \"b\" \xc3\xa9",
        "AB");
    row("white space", " \n{ \"reason\" : \"no\" } \r\n", "no");
    row("reason first", R"({"detail":"d","error":"e","message":"m","reason":"r"})", "r");
    row("then message", R"({"detail":"d","error":"e","message":"m"})", "m");
    row("then error", R"({"detail":"d","error":"e"})", "e");
    row("an empty reason is none", R"({"reason":"","detail":"d"})", "d");
    row("null is none", R"({"reason":null,"message":null,"error":"e"})", "e");
    row("other keys", R"({"status":400,"x":{"reason":"deep"},"y":["reason"]})", "");
    row("FastAPI's list", R"({"detail":[{"loc":["body","batch",0],"msg":"field required"}]})",
        "field required (body.batch.0)");
    row("FastAPI's list with what was sent",
        R"({"detail":[{"type":"missing","loc":["body","batch",0,"start","id"],"msg":"Field required",)"
        R"("input":{"prompt":"a secret"},"ctx":{"given":"a secret"},"url":"https://x"},)"
        R"({"msg":"no \u00e9","input":"a secret"}]})",
        "Field required (body.batch.0.start.id); no \xc3\xa9");
    row("a long list of FastAPI's",
        R"({"detail":[{"msg":"a"},{"msg":"b"},{"msg":"c"},{"msg":"d"},{"msg":"e"}]})",
        "a; b; c; and 2 more");
    row("a list of something else", R"({"detail":[{"msg":"a"},{"input":"b"}]})",
        R"([{"msg":"a"},{"input":"b"}])");
    row("a list of words", R"({"detail":["a","b"]})", R"(["a","b"])");
    row("an empty list", R"({"detail":[]})", "[]");
    row("an object", R"({"error":{"code":7}})", R"({"code":7})");
    row("a missing route", R"({"detail":"Not Found"})", "");
    row("a method that is not allowed", R"({"detail":"Method Not Allowed"})", "");
    row("a missing route of a gateway", R"({"message":"Not Found"})", "");
    row("a missing route of a framework", R"({"status":404,"error":"Not Found"})", "");
    row("something that was not found", R"({"detail":"Not Found: project a/b"})",
        "Not Found: project a/b");
    row("reason beside a missing route", R"({"detail":"Not Found","reason":"no project"})",
        "no project");

    row("nothing", "", "");
    row("white space alone", " \n", "");
    row("empty object", "{}", "");
    row("HTML", "<html><body>502 Bad Gateway</body></html>", "");
    row("text", "upstream connect error", "");
    row("array", R"([{"reason":"no"}])", "");
    row("string", R"("reason")", "");
    row("cut off in the reason", R"({"reason":"no)", "");
    row("cut off behind the reason", R"({"reason":"no","error_code":"X",)", "");
    row("cut off before the brace", R"({"reason":"no","error_code":"X")", "");
    row("broken behind the reason", R"({"reason":"no","x":nul})", "");
    row("not UTF-8", "{\"reason\":\"no\",\"x\":\"\xff\"}", "");
    row("more behind the object", R"({"reason":"no","error_code":"X"} and more)", "");
    row("two objects", R"({"reason":"no"}{"error_code":"X"})", "");
}

void TstServerReply::bodies()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, reason);
    QFETCH(QByteArray, errorCode);
    const ServerError error = parseServerError(toView(body));
    QCOMPARE(toBytes(error.reason), reason);
    QCOMPARE(toBytes(error.errorCode), errorCode);
}

void TstServerReply::longTextsAreClipped_data()
{
    QTest::addColumn<QByteArray>("body");
    const QByteArray text(100'000, 'x');
    QTest::newRow("reason") << "{\"reason\":\"" + text + "\"}";
    QTest::newRow("detail that is a list") << "{\"detail\":[\"" + text + "\"]}";
    QTest::newRow("code") << "{\"reason\":\"x\",\"error_code\":\"" + text + "\"}";
    QTest::newRow("escapes") << "{\"reason\":\"" + QByteArray(R"(\u0078)").repeated(1'000) + "\"}";
}

void TstServerReply::longTextsAreClipped()
{
    QFETCH(QByteArray, body);
    const ServerError error = parseServerError(toView(body));
    QVERIFY(!error.reason.empty());
    QVERIFY(error.reason.size() <= 510);
    QVERIFY(error.errorCode.size() <= 510);
}

void TstServerReply::clippedBetweenCharacters()
{
    for (int offset = 0; offset < 8; ++offset) {
        for (const char *character : {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
            const QByteArray reason = QByteArray(offset, 'a') + QByteArray(character).repeated(600);
            const QByteArray body = "{\"reason\":\"" + reason + "\"}";
            const std::string clipped = parseServerError(toView(body)).reason;
            QVERIFY(clipped.size() > 400 && clipped.size() < reason.toStdString().size());
            const char *end = clipped.data() + clipped.size();
            for (const char *position = clipped.data(); position != end;) {
                const std::size_t length = utf8SequenceLength(position, end);
                QVERIFY2(length != 0, clipped.c_str());
                position += length;
            }
        }
    }
}

QTEST_APPLESS_MAIN(TstServerReply)
#include "tst_serverreply.moc"
