#include "spool/crc32c.h"

#include <QtTest>

#include <random>
#include <string>
#include <vector>

using namespace Weave;

class TstCrc32c final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knownValues_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<quint32>("expected");
        // RFC 3720, appendix B.4 (as numbers, first byte lowest).
        QTest::newRow("nothing") << QByteArray() << 0U;
        QTest::newRow("check string") << QByteArray("123456789") << 0xE3069283U;
        QTest::newRow("32 zeros") << QByteArray(32, '\0') << 0x8A9136AAU;
        QTest::newRow("32 ones") << QByteArray(32, '\xff') << 0x62A8AB43U;
        QByteArray rising;
        for (int i = 0; i < 32; ++i)
            rising.append(static_cast<char>(i));
        QTest::newRow("rising") << rising << 0x46DD794EU;
    }

    void knownValues()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const quint32, expected);
        const auto size = static_cast<std::size_t>(bytes.size());
        QCOMPARE(crc32c(0, bytes.constData(), size), expected);
        QCOMPARE(crc32cPortable(0, bytes.constData(), size), expected);
    }

    void bothWaysAgreeAndPiecesAddUp()
    {
        std::mt19937 random(11);
        std::string text(5000, '\0');
        for (char &c : text)
            c = static_cast<char>(random());
        for (std::size_t step = 0; step < 600; ++step) {
            const std::size_t size = step < 300 ? step : random() % 4000;
            const std::size_t start = random() % (text.size() - size);
            const std::uint32_t whole = crc32cPortable(0, text.data() + start, size);
            QCOMPARE(crc32c(0, text.data() + start, size), whole);
            const std::size_t cut = size == 0 ? 0 : random() % size;
            const std::uint32_t first = crc32c(0, text.data() + start, cut);
            QCOMPARE(crc32c(first, text.data() + start + cut, size - cut), whole);
        }
    }
};

QTEST_APPLESS_MAIN(TstCrc32c)
#include "tst_crc32c.moc"
