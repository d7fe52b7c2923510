#include "protocol/reply.h"

#include "unit/text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstReply final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void success();
    void successWithPending_data();
    void successWithPending();
    void failure_data();
    void failure();
    void failureWithPending();
    void everyErrorTextIsOneLineOfJson();
    void status();
};

void TstReply::success()
{
    QCOMPARE(toBytes(SuccessReply), "{\"success\":true}\n"_ba);
}

void TstReply::successWithPending_data()
{
    QTest::addColumn<quint64>("pending");
    QTest::addColumn<QByteArray>("reply");
    QTest::newRow("none") << quint64{0} << "{\"success\":true,\"pending\":0}\n"_ba;
    QTest::newRow("some") << quint64{1234} << "{\"success\":true,\"pending\":1234}\n"_ba;
    QTest::newRow("the most") << ~quint64{0}
                              << "{\"success\":true,\"pending\":18446744073709551615}\n"_ba;
}

void TstReply::successWithPending()
{
    QFETCH(quint64, pending);
    QFETCH(QByteArray, reply);
    QCOMPARE(toBytes(successReply(pending)), reply);
}

void TstReply::failure_data()
{
    QTest::addColumn<QByteArray>("error");
    QTest::addColumn<QByteArray>("inside");
    QTest::newRow("plain") << "the spool is full"_ba
                           << "the spool is full"_ba;
    QTest::newRow("empty") << ""_ba
                           << ""_ba;
    QTest::newRow("quotes") << R"(the key "method" is missing)"_ba
                            << R"(the key \"method\" is missing)"_ba;
    QTest::newRow("backslash") << R"(a\b)"_ba
                               << R"(a\\b)"_ba;
    QTest::newRow("newline") << "a\nb"_ba
                             << R"(a\u000ab)"_ba;
    QTest::newRow("UTF-8") << "\xc3\xa9"_ba
                           << "\xc3\xa9"_ba;
    QTest::newRow("not UTF-8") << "\xff"_ba
                               << "\xef\xbf\xbd"_ba;
}

void TstReply::failure()
{
    QFETCH(QByteArray, error);
    QFETCH(QByteArray, inside);
    QCOMPARE(toBytes(failureReply(toView(error))),
             "{\"success\":false,\"error\":\"" + inside + "\"}\n");
}

void TstReply::failureWithPending()
{
    QCOMPARE(toBytes(failureReply("late", 7)),
             "{\"success\":false,\"error\":\"late\",\"pending\":7}\n"_ba);
    QCOMPARE(toBytes(failureReply("late", 0)),
             "{\"success\":false,\"error\":\"late\",\"pending\":0}\n"_ba);
}

void TstReply::everyErrorTextIsOneLineOfJson()
{
    for (int byte = 0; byte < 256; ++byte) {
        const std::string error = std::string("a") + static_cast<char>(byte) + "b";
        const QByteArray reply = toBytes(failureReply(error));
        QVERIFY(reply.endsWith('\n'));
        QCOMPARE(reply.count('\n'), 1);
        const QJsonObject object = QJsonDocument::fromJson(reply).object();
        QCOMPARE(object.size(), 2);
        QCOMPARE(object.value("success"_L1), QJsonValue(false));
        const QString shown = byte < 0x80 ? QString::fromStdString(error)
                                          : u"a\uFFFD"
                                            "b"_s;
        QCOMPARE(object.value("error"_L1).toString(), shown);
    }
}

void TstReply::status()
{
    QCOMPARE(toBytes(statusReply(R"({"pid":1})")),
             "{\"success\":true,\"status\":{\"pid\":1}}\n"_ba);
}

QTEST_APPLESS_MAIN(TstReply)
#include "tst_reply.moc"
