#include "forwarding/writepaths.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

using Move = WritePaths::Move;

// By which path a project's calls go, and the URLs of it.
class TstWritePaths final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void beginsByItsMode();
    void preferring();
    void learnsEachProjectAlone();
    void upsertNeverMoves();
    void fallsBackFromComplete();
    void movesBackAndForthOnlyWithPauses();
    void aDeliveryEndsTheRow();
    void learningTwiceIsOneMove();
    void forgetsWhenItKnowsTooMany();
    void requestPaths_data();
    void requestPaths();
    void namesThatDoNotFit_data();
    void namesThatDoNotFit();
};

void TstWritePaths::beginsByItsMode()
{
    QVERIFY(!WritePaths(CallsMode::Auto).usesComplete("a/b"));
    QVERIFY(!WritePaths(CallsMode::Upsert).usesComplete("a/b"));
    QVERIFY(WritePaths(CallsMode::Complete).usesComplete("a/b"));
    QVERIFY(!WritePaths(CallsMode::Complete).usesComplete("no slash"));
}

void TstWritePaths::preferring()
{
    WritePaths paths(CallsMode::Auto);
    paths.preferComplete("a/b");
    QVERIFY(paths.usesComplete("a/b"));
    QVERIFY(!paths.usesComplete("a/c"));
    paths.preferComplete("no slash");
    QVERIFY(!paths.usesComplete("no slash"));
    // What the server has said weighs more, and so does what the user wants.
    QVERIFY(paths.moveToUpsert("a/b") == Move::Now);
    paths.preferComplete("a/b");
    QVERIFY(!paths.usesComplete("a/b"));
    WritePaths upsert(CallsMode::Upsert);
    upsert.preferComplete("a/b");
    QVERIFY(!upsert.usesComplete("a/b"));
}

void TstWritePaths::learnsEachProjectAlone()
{
    WritePaths paths(CallsMode::Auto);
    QVERIFY(paths.moveToComplete("a/b") == Move::Now);
    QVERIFY(paths.usesComplete("a/b"));
    QVERIFY(!paths.usesComplete("a/c"));
}

void TstWritePaths::upsertNeverMoves()
{
    WritePaths paths(CallsMode::Upsert);
    QVERIFY(paths.moveToComplete("a/b") == Move::No);
    QVERIFY(!paths.usesComplete("a/b"));
}

void TstWritePaths::fallsBackFromComplete()
{
    WritePaths paths(CallsMode::Complete);
    QVERIFY(paths.moveToUpsert("a/b") == Move::Now);
    QVERIFY(!paths.usesComplete("a/b"));
    QVERIFY(paths.usesComplete("a/c"));
}

// A server that wants the one path and lacks it must not be asked in a loop.
void TstWritePaths::movesBackAndForthOnlyWithPauses()
{
    WritePaths paths(CallsMode::Auto);
    QVERIFY(paths.moveToComplete("a/b") == Move::Now);
    for (int i = 0; i < 3; ++i) {
        QVERIFY(paths.moveToUpsert("a/b") == Move::Later);
        QVERIFY(!paths.usesComplete("a/b"));
        QVERIFY(paths.moveToComplete("a/b") == Move::Later);
        QVERIFY(paths.usesComplete("a/b"));
    }
}

void TstWritePaths::aDeliveryEndsTheRow()
{
    WritePaths paths(CallsMode::Auto);
    QVERIFY(paths.moveToComplete("a/b") == Move::Now);
    paths.noteDelivered("a/b");
    paths.noteDelivered("unknown/project");
    QVERIFY(paths.moveToUpsert("a/b") == Move::Now);
}

// Several requests that were under way together are answered the same.
void TstWritePaths::learningTwiceIsOneMove()
{
    WritePaths paths(CallsMode::Auto);
    for (int i = 0; i < 4; ++i)
        QVERIFY(paths.moveToComplete("a/b") == Move::Now);
}

void TstWritePaths::forgetsWhenItKnowsTooMany()
{
    WritePaths paths(CallsMode::Auto);
    QVERIFY(paths.moveToComplete("first/project") == Move::Now);
    for (int i = 0; i < 10000; ++i)
        QVERIFY(paths.moveToComplete("a/" + std::to_string(i)) == Move::Now);
    QVERIFY(!paths.usesComplete("first/project"));
    QVERIFY(paths.usesComplete("a/9999"));
}

void TstWritePaths::requestPaths_data()
{
    QTest::addColumn<QByteArray>("project");
    QTest::addColumn<int>("route");
    QTest::addColumn<QByteArray>("path");
    const auto row = [](const char *project, Route route, const char *path) {
        QTest::newRow(path) << QByteArray(project) << static_cast<int>(route) << QByteArray(path);
    };
    row("a/b", Route::Upsert, "/call/upsert_batch");
    row("a/b", Route::Complete, "/v2/a/b/calls/complete");
    row("a/b", Route::Start, "/v2/a/b/call/start");
    row("a/b", Route::End, "/v2/a/b/call/end");
    row("acme corp/bot?x=1#y", Route::Complete, "/v2/acme%20corp/bot%3Fx%3D1%23y/calls/complete");
    row("a/b/c", Route::Complete, "/v2/a/b%2Fc/calls/complete");
    row("a/%2e", Route::Complete, "/v2/a/%252e/calls/complete");
    row("a/\r\n", Route::Complete, "/v2/a/%0D%0A/calls/complete");
    row("a/\xc3\xa9", Route::Complete, "/v2/a/%C3%A9/calls/complete");
    row("a-b._~/c", Route::Complete, "/v2/a-b._~/c/calls/complete");
}

void TstWritePaths::requestPaths()
{
    QFETCH(QByteArray, project);
    QFETCH(int, route);
    Batch batch;
    batch.project = project.toStdString();
    batch.route = static_cast<Route>(route);
    QTEST(toBytes(requestPath(batch)), "path");
}

void TstWritePaths::namesThatDoNotFit_data()
{
    QTest::addColumn<QByteArray>("project");
    for (const char *project : {"", "a", "/", "a/", "/b", "./b", "a/.", "../b", "a/.."})
        QTest::newRow(project) << QByteArray(project);
}

void TstWritePaths::namesThatDoNotFit()
{
    QFETCH(QByteArray, project);
    QVERIFY(!fitsCompletePath(toView(project)));
    QVERIFY(WritePaths(CallsMode::Auto).moveToComplete(project.toStdString()) == Move::No);
    QVERIFY(fitsCompletePath("a/..b"));
}

QTEST_APPLESS_MAIN(TstWritePaths)
#include "tst_writepaths.moc"
