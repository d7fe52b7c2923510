#include "protocol/requestparser.h"

#include "unit/samples.h"
#include "unit/text.h"
#include "unit/textmutator.h"

#include <QTest>

#include <string>

using namespace Weave;

namespace {

// All that a line says, with places in it counted as if it had so many bytes less in front.
QByteArray readingOf(RequestParser &parser, std::string_view line, int bytesInFront)
{
    const auto request = parser.parse(line);
    if (request) {
        const CallView &call = request->call;
        return QByteArray::number(static_cast<int>(request->method)) + ' ' + toBytes(call.project)
            + ' ' + toBytes(call.id) + ' ' + toBytes(call.payload);
    }
    QByteArray message = toBytes(request.error().message);
    const QByteArray before = "malformed JSON at byte ";
    if (message.startsWith(before)) {
        const auto end = message.indexOf(':');
        const int place = message.first(end).sliced(before.size()).toInt();
        message = before + QByteArray::number(place - bytesInFront) + message.sliced(end);
    }
    return QByteArray::number(static_cast<int>(request.error().code)) + ' ' + message;
}

} // namespace

// Lines that begin as the SDKs write them, which RequestParser reads in a shorter way.
class TstUsualLines final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readLikeAllOthers_data();
    void readLikeAllOthers();
};

void TstUsualLines::readLikeAllOthers_data()
{
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char *name, const QByteArray &line) { QTest::newRow(name) << line; };
    const QByteArray python = R"({"method": "call_start", "payload": {"start": )";
    const QByteArray script = R"({"method":"call_end","payload":{"end":)";
    const QByteArray object = R"({"project_id": "a/b", "id": "1"})";
    row("Python's start", toBytes(StartLine));
    row("JavaScript's end", toBytes(EndLine));
    row("Python's end", R"({"method": "call_end", "payload": {"end": )" + object + "}}");
    row("JavaScript's start", R"({"method":"call_start","payload":{"start":)" + object + "}}");
    row("spaces behind", python + object + " }\t} ");
    row("more in the payload", python + object + R"(, "end": {}, "n": [1]}})");
    row("another start", python + object + R"(, "start": {"project_id": "c", "id": "2"}}})");
    row("another method", python + object + R"(}, "method": "call_end"})");
    row("another payload", python + object + R"(}, "payload": {"start": 1}})");
    row("no object", python + R"("text"}})");
    row("a number", script + "-1.5e+7}}");
    row("nothing", python);
    row("no brace", script + object);
    row("one brace", script + object + "}");
    row("too many braces", script + object + "}}}");
    row("a bracket", script + object + "}]");
    row("more behind", script + object + "}} {}");
    row("the other half", R"({"method": "call_end", "payload": {"start": )" + object + "}}");
    row("as deep as may be",
        python + R"({"project_id": "a/b", "id": "1", "x": )" + QByteArray(509, '[')
            + QByteArray(509, ']') + "}}}");
    row("too deep",
        python + R"({"project_id": "a/b", "id": "1", "x": )" + QByteArray(510, '[')
            + QByteArray(510, ']') + "}}}");
}

// A space behind the first brace sends a line the longer way.
void TstUsualLines::readLikeAllOthers()
{
    QFETCH(QByteArray, line);
    RequestParser parser;
    TextMutator mutator(1);
    std::string text = line.toStdString();
    const std::size_t headBytes =
        line.startsWith(R"({"method": )") ? 38 : 34; // as far as all agree
    for (int i = 0; i < 3000; ++i) {
        std::string other = text;
        other.insert(1, " ");
        QCOMPARE(readingOf(parser, text, 0), readingOf(parser, other, 1));
        const std::string_view whole = toView(line);
        text = whole.substr(0, headBytes);
        text += mutator.damaged(whole.substr(headBytes));
    }
}

QTEST_APPLESS_MAIN(TstUsualLines)
#include "tst_usuallines.moc"
