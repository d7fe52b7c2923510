#include "http/callroutes.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using Kind = CallRoute::Kind;

// Which requests the sidecar answers itself.
class TstCallRoutes final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void upsertRoutes();
    void complete_data();
    void complete();
    void others_data();
    void others();
    void onlyPost();
};

void TstCallRoutes::upsertRoutes()
{
    const auto kind = [](std::string_view path) {
        const auto route = findCallRoute("POST", path);
        return route && route->project.empty() ? route->kind : Kind::Complete;
    };
    QVERIFY(kind("/call/upsert_batch") == Kind::UpsertBatch);
    QVERIFY(kind("/call/start") == Kind::Start);
    QVERIFY(kind("/call/end") == Kind::End);
}

void TstCallRoutes::complete_data()
{
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QByteArray>("project");
    QTest::newRow("plain") << "a/b"_ba
                           << "a/b"_ba;
    QTest::newRow("a space") << "my%20team/b"_ba
                             << "my team/b"_ba;
    QTest::newRow("small hex") << "a%c3%a9/b"_ba
                               << "a\xc3\xa9/b"_ba;
    QTest::newRow("large hex") << "a%C3%A9/b"_ba
                               << "a\xc3\xa9/b"_ba;
    QTest::newRow("an encoded slash") << "a/b%2Fc"_ba
                                      << "a/b/c"_ba;
    QTest::newRow("a percent sign") << "a/100%25"_ba
                                    << "a/100%"_ba;
    QTest::newRow("plus stays plus") << "a/b+c"_ba
                                     << "a/b+c"_ba;
    QTest::newRow("dots") << "a/.."_ba
                          << "a/.."_ba;
    QTest::newRow("named like a route") << "calls/complete"_ba
                                        << "calls/complete"_ba;
}

void TstCallRoutes::complete()
{
    QFETCH(QByteArray, names);
    QFETCH(QByteArray, project);
    const auto route = findCallRoute("POST", toView("/v2/" + names + "/calls/complete"));
    QVERIFY(route.has_value());
    QVERIFY(route->kind == Kind::Complete);
    QCOMPARE(toBytes(route->project), project);
}

void TstCallRoutes::others_data()
{
    QTest::addColumn<QByteArray>("path");
    for (const char *path : {"",
                             "/",
                             "/call",
                             "/call/upsert_batch/",
                             "/call/upsert_batc",
                             "/call/upsert_batchx",
                             "//call/start",
                             "/call/Start",
                             "/call/%73tart",
                             "/traces/call/start",
                             "/call/read",
                             "/v2/a/b/call/start",
                             "/v2/a/b/call/end",
                             "/v2/a/b/calls/query",
                             "/v2/calls/complete",
                             "/v2//calls/complete",
                             "/v2/a/calls/complete",
                             "/v2/a/b/c/calls/complete",
                             "/v2/a//b/calls/complete",
                             "/v2/a/b/calls/complete/",
                             "/v2/a/b%2/calls/complete",
                             "/v2/a/b%/calls/complete",
                             "/v2/a/b%zz/calls/complete",
                             "/v3/a/b/calls/complete",
                             "/v2/a/bcalls/complete",
                             "/healthz"})
        QTest::newRow(path) << QByteArray(path);
}

void TstCallRoutes::others()
{
    QFETCH(QByteArray, path);
    QVERIFY(!findCallRoute("POST", toView(path)));
}

void TstCallRoutes::onlyPost()
{
    for (const char *method : {"GET", "PUT", "HEAD", "OPTIONS", "post", "POSTS", ""}) {
        for (const char *path : {"/call/upsert_batch", "/call/start", "/v2/a/b/calls/complete"})
            QVERIFY(!findCallRoute(method, path));
    }
}

QTEST_APPLESS_MAIN(TstCallRoutes)
#include "tst_callroutes.moc"
