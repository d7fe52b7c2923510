#include "fakes/fakerequesthandler.h"
#include "http/doorrouter.h"
#include "unit/livebytes.h"

#include <QTest>

#include <string>

using namespace Weave;

namespace {

constexpr std::size_t MiB = 1024 * 1024;

// Calls whose text does not stand in the body as it is kept.
std::string completeCalls(const std::string &behind)
{
    const std::string call = R"({"project_id":"a/b","id":"1","trace_id":"t","started_at":"a",)"
                             R"("ended_at":"b","output":")";
    std::string body = R"({"batch":[)";
    for (int i = 0; i < 8; ++i)
        body += (i > 0 ? "," : "") + call + std::string(MiB, 'x') + "\"}";
    return body + behind;
}

} // namespace

// What the door keeps of a request once it is answered.
class TstDoorMemory final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingOfABatchStays_data()
    {
        QTest::addColumn<QByteArray>("behind");
        QTest::addColumn<bool>("isKept");
        QTest::newRow("kept") << QByteArray("]}") << true;
        QTest::newRow("passed on") << QByteArray("],\"x\":1}") << false;
    }
    void nothingOfABatchStays()
    {
        QFETCH(QByteArray, behind);
        QFETCH(bool, isKept);
        FakeRequestHandler handler;
        DoorRouter router(handler, {"key", "weave-sidecar-test", 32 * MiB});
        HttpRequest request;
        request.method = "POST";
        request.target = "/v2/a/b/calls/complete";
        request.headers = {{"Authorization", "Bearer key"}};
        request.body = completeCalls(behind.toStdString());
        const std::size_t before = g_liveBytes;
        QCOMPARE(router.answer(request).has_value(), isKept);
        QCOMPARE(handler.ids.size(), isKept ? 16 : 0);
        QVERIFY(g_liveBytes - before < MiB);
    }
};

QTEST_APPLESS_MAIN(TstDoorMemory)
#include "tst_doormemory.moc"
