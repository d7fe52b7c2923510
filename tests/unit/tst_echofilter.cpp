#include "forwarding/echofilter.h"

#include "unit/text.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Payload =
    R"({"start":{"project_id":"acme/support-bot","id":"0199b7a2-1111-7000-8000-000000000001",)"
    R"("trace_id":"0199b7a2-2222-7000-8000-000000000002","op_name":"answer","inputs":)"
    R"({"prompt":"Tell me the secret of the old lighthouse\nand then some","n":12345678901234},)"
    R"("attributes":{"naïve":"Übergröße der Türschwelle"}}})"_ba;

QByteArray filtered(const QByteArray &words, const QByteArray &payload = Payload)
{
    EchoFilter filter(words.toStdString());
    filter.compare(toView(payload));
    return toBytes(filter.text());
}

} // namespace

class TstEchoFilter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void words_data();
    void words();
    void everyPlaceAndLength();
    void severalPayloads();
    void charactersStayWhole();
    void nearMissesCostLittle();
    void largePayloadsAreQuick();
};

void TstEchoFilter::words_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const QByteArray &given, const QByteArray &expected) {
        QTest::newRow(name) << given << expected;
    };
    row("nothing", "", "");
    row("short", "no", "no");
    row("nothing of the payload", "Field required (body.batch.0.start.id)",
        "Field required (body.batch.0.start.id)");
    row("a sentence of it", "bad value: Tell me the secret of the old lighthouse!",
        "bad value: [...]!");
    row("a part of it", "near 'secret of the old', try again", "near '[...]', try again");
    row("cut by the server", "input_value='Tell me the secr...ld lighthouse'",
        "input_value='[...]...[...]'");
    row("with its escape resolved", "Tell me the secret of the old lighthouse\nand then some",
        "[...]");
    row("a number", "value 12345678901234 is too large", "value [...] is too large");
    row("all of it", Payload, "[...]");
    row("too short to tell", "the secret?", "the secret?");
    row("the call's id", "call 0199b7a2-1111-7000-8000-000000000001 exists already",
        "call 0199b7a2-1111-7000-8000-000000000001 exists already");
    row("the id in quotes", R"(no call "0199b7a2-1111-7000-8000-000000000001", sorry)",
        R"(no call "0199b7a2-1111-7000-8000-000000000001", sorry)");
    row("the project", "project acme/support-bot is read-only",
        "project acme/support-bot is read-only");
    row("id and text", "0199b7a2-2222-7000-8000-000000000002: Tell me the secret",
        "0199b7a2-2222-7000-8000-000000000002: [...]");
}

void TstEchoFilter::words()
{
    QFETCH(QByteArray, given);
    QFETCH(QByteArray, expected);
    QCOMPARE(filtered(given), expected);
}

// Wherever an echo begins in the payload and the words, and however long it is.
void TstEchoFilter::everyPlaceAndLength()
{
    const QByteArray text = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (qsizetype begin = 0; begin < 24; ++begin) {
        for (qsizetype length = 12; length <= 24; ++length) {
            const QByteArray echo = text.mid(begin, length);
            for (const char *before : {"", "1", "12345"}) {
                const QByteArray words = before + ("<" + echo + ">");
                QCOMPARE(filtered(words, R"({"start":{"x":")" + text + R"("}})"),
                         before + "<[...]>"_ba);
            }
        }
    }
}

void TstEchoFilter::severalPayloads()
{
    EchoFilter filter("one of 'what ada asked for' and 'what bob asked for'");
    filter.compare(R"({"start":{"inputs":"what ada asked for"}})");
    filter.compare(R"({"start":{"inputs":"what bob asked for"}})");
    QCOMPARE(toBytes(filter.text()), "one of '[...]' and '[...]'"_ba);
}

void TstEchoFilter::charactersStayWhole()
{
    const QByteArray text = filtered("sagt: xbergröße der Türschwelle, ïnaïve");
    QVERIFY2(!QString::fromUtf8(text).contains(QChar::ReplacementCharacter), text.constData());
    QVERIFY(!text.contains("schwelle"));
}

void TstEchoFilter::nearMissesCostLittle()
{
    QElapsedTimer timer;
    timer.start();
    const QByteArray words = QByteArray("aaaaaaaaaa-").repeated(45);
    const QByteArray text = filtered(words, QByteArray("aaaaaaaaaab").repeated(1'000'000));
    QCOMPARE_LT(timer.elapsed(), 5'000);
    QVERIFY(text == words || text == "[...]");
}

void TstEchoFilter::largePayloadsAreQuick()
{
    QByteArray payload = R"({"start":{"inputs":")";
    while (payload.size() < 10 * 1024 * 1024)
        payload += "Lorem ipsum dolor sit amet " + QByteArray::number(payload.size());
    payload += "the end of it all\"}}";
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(filtered("500: " + QByteArray("words ").repeated(70) + "the end of it all", payload)
                 .right(8),
             "ds [...]"_ba);
    QCOMPARE_LT(timer.elapsed(), 1'000); // some milliseconds, but for a busy machine or sanitizers
}

QTEST_APPLESS_MAIN(TstEchoFilter)
#include "tst_echofilter.moc"
