#include "config/proxysettings.h"

#include <QTest>

#include <map>
#include <string>

using namespace Weave;

class TstProxySettings final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_variables.clear(); }

    void noVariableNoProxy()
    {
        QCOMPARE(find("https://trace.example").type(), QNetworkProxy::NoProxy);
    }

    void theSchemeDecides()
    {
        m_variables = {{"HTTPS_PROXY", "http://one:3128"}, {"HTTP_PROXY", "http://two"}};
        const QNetworkProxy https = find("https://trace.example");
        QCOMPARE(https.type(), QNetworkProxy::HttpProxy);
        QCOMPARE(https.hostName(), QStringLiteral("one"));
        QCOMPARE(https.port(), quint16(3128));
        const QNetworkProxy http = find("http://trace.example");
        QCOMPARE(http.hostName(), QStringLiteral("two"));
        QCOMPARE(http.port(), quint16(8080));
    }

    void smallLettersWin()
    {
        m_variables = {{"HTTPS_PROXY", "http://large"}, {"https_proxy", "http://small"}};
        QCOMPARE(find("https://trace.example").hostName(), QStringLiteral("small"));
    }

    void allProxyIsTheLastResort()
    {
        m_variables = {{"ALL_PROXY", "socks5://user:secret@sock"}};
        const QNetworkProxy proxy = find("https://trace.example");
        QCOMPARE(proxy.type(), QNetworkProxy::Socks5Proxy);
        QCOMPARE(proxy.port(), quint16(1080));
        QCOMPARE(proxy.user(), QStringLiteral("user"));
        QCOMPARE(proxy.password(), QStringLiteral("secret"));
    }

    void aNameAloneIsAnHttpProxy()
    {
        m_variables = {{"HTTPS_PROXY", "proxy.example:3128"}};
        QCOMPARE(find("https://trace.example").hostName(), QStringLiteral("proxy.example"));
    }

    void thisMachineNeedsNone()
    {
        m_variables = {{"ALL_PROXY", "http://proxy"}};
        for (const char *url : {"http://127.0.0.1:80", "http://localhost", "http://[::1]:9",
                                "http://trace.localhost"})
            QCOMPARE(find(url).type(), QNetworkProxy::NoProxy);
        for (const char *url : {"http://localhost.example", "http://mylocalhost"})
            QCOMPARE(find(url).type(), QNetworkProxy::HttpProxy);
    }

    void exempt_data()
    {
        QTest::addColumn<QByteArray>("noProxy");
        QTest::addColumn<bool>("expected");
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("star") << QByteArray("*") << true;
        QTest::newRow("the host") << QByteArray("trace.example.com") << true;
        QTest::newRow("its domain") << QByteArray("example.com") << true;
        QTest::newRow("its domain with a dot") << QByteArray(".example.com") << true;
        QTest::newRow("in a list") << QByteArray("a, EXAMPLE.com ,b") << true;
        QTest::newRow("with its port") << QByteArray("example.com:443") << true;
        QTest::newRow("with another port") << QByteArray("example.com:80") << false;
        QTest::newRow("the end of a name") << QByteArray("ample.com") << false;
        QTest::newRow("longer") << QByteArray("x.trace.example.com") << false;
        QTest::newRow("commas") << QByteArray(",,") << false;
    }

    void exempt()
    {
        QFETCH(const QByteArray, noProxy);
        QFETCH(const bool, expected);
        const QUrl url(QStringLiteral("https://trace.example.com"));
        QCOMPARE(isExempt({noProxy.constData(), static_cast<std::size_t>(noProxy.size())}, url),
                 expected);
        m_variables = {{"HTTPS_PROXY", "http://proxy"}, {"NO_PROXY", noProxy.toStdString()}};
        QCOMPARE(find("https://trace.example.com").type() == QNetworkProxy::NoProxy, expected);
    }

    void nonsenseIsNamedAndNotRepeated()
    {
        m_variables = {{"HTTPS_PROXY", "ftp://user:secret@host"}};
        const auto found = findProxy(QUrl(QStringLiteral("https://t.example")), environment());
        QVERIFY(!found.ok());
        QVERIFY(found.error().message.starts_with("HTTPS_PROXY: "));
        QVERIFY(found.error().message.find("secret") == std::string::npos);
    }

private:
    [[nodiscard]] Environment environment() const
    {
        return [this](const char *name) -> std::optional<std::string> {
            const auto found = m_variables.find(name);
            return found == m_variables.end() ? std::nullopt : std::optional(found->second);
        };
    }

    [[nodiscard]] QNetworkProxy find(const char *url) const
    {
        const auto found = findProxy(QUrl(QLatin1String(url)), environment());
        if (!found)
            qFatal("%s", found.error().message.c_str());
        return *found;
    }

    std::map<std::string, std::string> m_variables;
};

QTEST_APPLESS_MAIN(TstProxySettings)
#include "tst_proxysettings.moc"
