#include "http/authorization.h"

#include "unit/text.h"

#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

const QByteArray Key = "0123456789abcdef";

QByteArray basic(const QByteArray &credentials)
{
    return "Basic " + credentials.toBase64();
}

} // namespace

class TstAuthorization final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void callers_data();
    void callers();
    void withoutAKeyNobodyIsTheOwner();
};

void TstAuthorization::callers_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<int>("caller");
    const auto row = [](const char *name, const QByteArray &value, Caller caller) {
        QTest::newRow(name) << value << static_cast<int>(caller);
    };
    row("nothing", {}, Caller::Nobody);
    row("api", basic("api:" + Key), Caller::Owner);
    row("any user", basic("somebody:" + Key), Caller::Owner);
    row("no user", basic(":" + Key), Caller::Owner);
    row("small letters", "basic " + ("api:" + Key).toBase64(), Caller::Owner);
    row("capitals", "BASIC " + ("api:" + Key).toBase64(), Caller::Owner);
    row("several spaces", "Basic   " + ("api:" + Key).toBase64(), Caller::Owner);
    row("bearer", "Bearer " + Key, Caller::Owner);
    row("bearer in small letters", "bearer " + Key, Caller::Owner);

    row("another key", basic("api:fedcba9876543210"), Caller::Other);
    row("the key's beginning", basic("api:" + Key.chopped(1)), Caller::Other);
    row("the key and more", basic("api:" + Key + "0"), Caller::Other);
    row("the key in capitals", basic("api:" + Key.toUpper()), Caller::Other);
    row("the key as the user", basic(Key + ":"), Caller::Other);
    row("no colon", basic(Key), Caller::Other);
    row("an empty password", basic("api:"), Caller::Other);
    row("a colon in front of the key", basic("api::" + Key), Caller::Other);
    row("a newline behind the key", basic("api:" + Key + "\n"), Caller::Other);
    row("not Base64", "Basic %%%", Caller::Other);
    row("Base64 and more", "Basic " + ("api:" + Key).toBase64() + "!", Caller::Other);
    row("the key itself as Basic", "Basic " + Key, Caller::Other);
    row("bearer of another", "Bearer fedcba9876543210", Caller::Other);
    row("bearer of Base64", "Bearer " + ("api:" + Key).toBase64(), Caller::Other);
    row("bearer of nothing", "Bearer ", Caller::Other);
    row("just the key", Key, Caller::Other);
    row("just a scheme", "Basic", Caller::Other);
    row("another scheme", "Digest " + Key, Caller::Other);
    row("a space", " ", Caller::Other);
}

void TstAuthorization::callers()
{
    QFETCH(QByteArray, value);
    QFETCH(int, caller);
    QCOMPARE(static_cast<int>(identifyCaller(toView(value), toView(Key))), caller);
}

void TstAuthorization::withoutAKeyNobodyIsTheOwner()
{
    for (const QByteArray &value : {basic("api:"), basic(":"), "Bearer "_ba, "Basic "_ba,
                                    basic("api:" + Key), "Bearer x"_ba, " "_ba})
        QVERIFY(identifyCaller(toView(value), {}) == Caller::Other);
    QVERIFY(identifyCaller({}, {}) == Caller::Nobody);
}

QTEST_APPLESS_MAIN(TstAuthorization)
#include "tst_authorization.moc"
