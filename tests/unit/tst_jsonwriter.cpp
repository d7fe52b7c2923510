#include "common/jsonwriter.h"

#include "unit/commalocale.h"
#include "unit/text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

class TstJsonWriter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emptyContainers();
    void scalars_data();
    void scalars();
    void commas();
    void keysAreEscaped();
    void readsBack();
    void isTheSameInEveryLocale();
};

void TstJsonWriter::emptyContainers()
{
    JsonWriter object;
    object.beginObject().endObject();
    QCOMPARE(toBytes(object.text()), "{}"_ba);
    JsonWriter array;
    array.beginArray().endArray();
    QCOMPARE(toBytes(array.text()), "[]"_ba);
    QCOMPARE(toBytes(JsonWriter().text()), ""_ba);
}

void TstJsonWriter::scalars_data()
{
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const JsonWriter &writer, const QByteArray &json) {
        QTest::newRow(name) << toBytes(writer.text()) << json;
    };

    row("a text", JsonWriter().value(std::string_view("a")), R"("a")");
    row("a literal is a text, not a truth", JsonWriter().value("a"), R"("a")");
    row("an empty text", JsonWriter().value(""), R"("")");
    row("a text with a quote", JsonWriter().value("a\"b"), R"("a\"b")");
    row("zero", JsonWriter().value(std::uint64_t{0}), "0");
    row("the largest number", JsonWriter().value(~std::uint64_t{0}), "18446744073709551615");
    row("true", JsonWriter().value(true), "true");
    row("false", JsonWriter().value(false), "false");
    row("null", JsonWriter().null(), "null");
    row("seconds", JsonWriter().seconds(1.5), "1.500000");
    row("no seconds", JsonWriter().seconds(0), "0.000000");
    row("a microsecond", JsonWriter().seconds(1e-6), "0.000001");
    row("a year of seconds", JsonWriter().seconds(31'536'000.25), "31536000.250000");
}

void TstJsonWriter::scalars()
{
    QFETCH(QByteArray, written);
    QFETCH(QByteArray, json);
    QCOMPARE(written, json);
}

void TstJsonWriter::commas()
{
    JsonWriter json;
    json.beginObject();
    json.key("a").value(std::uint64_t{1});
    json.key("b").beginArray();
    json.value(true).null().seconds(2).value("x");
    json.beginArray().endArray();
    json.beginObject().endObject();
    json.beginObject().key("c").null().endObject();
    json.endArray();
    json.key("d").beginObject().endObject();
    json.key("e").null();
    json.endObject();
    QCOMPARE(toBytes(json.text()),
             R"({"a":1,"b":[true,null,2.000000,"x",[],{},{"c":null}],"d":{},"e":null})"_ba);
}

void TstJsonWriter::keysAreEscaped()
{
    JsonWriter json;
    json.beginObject().key("a\"\n").value("\xff").endObject();
    QCOMPARE(toBytes(json.text()), "{\"a\\\"\\u000a\":\"\xef\xbf\xbd\"}"_ba);
}

void TstJsonWriter::readsBack()
{
    JsonWriter json;
    json.beginObject();
    json.key("text").value("line\n\"quoted\" \\ \x01 \xe2\x82\xac");
    json.key("number").value(std::uint64_t{9'007'199'254'740'991});
    json.key("seconds").seconds(0.125);
    json.endObject();
    const QJsonObject object = QJsonDocument::fromJson(toBytes(json.text())).object();
    QCOMPARE(object.size(), 3);
    QCOMPARE(object.value("text"_L1).toString(),
             QString::fromUtf8("line\n\"quoted\" \\ \x01 \xe2\x82\xac"));
    QCOMPARE(object.value("number"_L1).toInteger(), qint64{9'007'199'254'740'991});
    QCOMPARE(object.value("seconds"_L1).toDouble(), 0.125);
}

// A decimal comma would make it no JSON at all.
void TstJsonWriter::isTheSameInEveryLocale()
{
    const CommaLocale locale;
    if (!locale.isSet())
        QSKIP("this machine has no locale with a decimal comma");
    QCOMPARE(toBytes(JsonWriter().seconds(1.5).text()), "1.500000"_ba);
}

QTEST_APPLESS_MAIN(TstJsonWriter)
#include "tst_jsonwriter.moc"
