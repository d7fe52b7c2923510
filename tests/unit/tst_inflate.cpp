#include "http/inflate.h"

#include "unit/text.h"

#include <QTest>

#include <zlib.h>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t Much = 100'000'000;

// windowBits as in deflateInit2: 31 writes gzip, 15 zlib, -15 neither.
QByteArray packed(const QByteArray &text, int windowBits = 31)
{
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(text.size()))),
                   Qt::Uninitialized);
    QByteArray input = text;
    stream.next_in = reinterpret_cast<Bytef *>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.chop(stream.avail_out);
    deflateEnd(&stream);
    return out;
}

// As people write it, and repeated enough for several steps.
QByteArray sample(qsizetype size)
{
    QByteArray text;
    for (int i = 0; text.size() < size; ++i)
        text += QByteArray::number(i * 7919) + ' ';
    return text.left(size);
}

} // namespace

class TstInflate final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrip_data();
    void roundTrip();
    void everyTruncation();
    void refuses_data();
    void refuses();
    void damage();
    void limit();
    void bomb();
};

void TstInflate::roundTrip_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("one byte") << "x"_ba;
    QTest::newRow("zeros") << QByteArray(3'000'000, '\0');
    for (const qsizetype size : {65'535, 65'536, 65'537, 131'072, 1'000'000})
        QTest::addRow("%d bytes", int(size)) << sample(size);
}

void TstInflate::roundTrip()
{
    QFETCH(QByteArray, text);
    const auto unpacked = inflateGzip(toView(packed(text)), Much);
    QVERIFY(unpacked.ok());
    QVERIFY(toBytes(*unpacked) == text);
}

void TstInflate::everyTruncation()
{
    const QByteArray bytes = packed(sample(1000));
    for (qsizetype size = 0; size < bytes.size(); ++size) {
        const auto unpacked = inflateGzip(toView(bytes.left(size)), Much);
        QVERIFY2(!unpacked, QByteArray::number(size).constData());
        QVERIFY(unpacked.error().code == ErrorCode::Malformed);
    }
}

void TstInflate::refuses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray good = packed("hello"_ba);
    QTest::newRow("not packed") << "{\"batch\":[]}"_ba;
    QTest::newRow("zlib") << packed("hello"_ba, 15);
    QTest::newRow("raw deflate") << packed("hello"_ba, -15);
    QTest::newRow("a byte behind it") << good + "x";
    QTest::newRow("a second stream behind it") << good + good;
}

void TstInflate::refuses()
{
    QFETCH(QByteArray, bytes);
    const auto unpacked = inflateGzip(toView(bytes), Much);
    QVERIFY(!unpacked);
    QVERIFY(unpacked.error().code == ErrorCode::Malformed);
}

void TstInflate::damage()
{
    const QByteArray bytes = packed(sample(300));
    // The checksum and the length at the end tell of what the stream itself does not.
    for (qsizetype at = bytes.size() - 8; at < bytes.size(); ++at) {
        QByteArray damaged = bytes;
        damaged[at] = static_cast<char>(damaged.at(at) ^ 1);
        QVERIFY2(!inflateGzip(toView(damaged), Much), QByteArray::number(at).constData());
    }
}

void TstInflate::limit()
{
    for (const qsizetype size : {100, 65'536, 200'000}) {
        const QByteArray bytes = packed(sample(size));
        const auto limit = static_cast<std::size_t>(size);
        QVERIFY(inflateGzip(toView(bytes), limit).ok());
        const auto unpacked = inflateGzip(toView(bytes), limit - 1);
        QVERIFY(!unpacked);
        QVERIFY(unpacked.error().code == ErrorCode::TooLarge);
    }
}

void TstInflate::bomb()
{
    const QByteArray bytes = packed(QByteArray(200'000'000, 'x'));
    QCOMPARE_LT(bytes.size(), 1'000'000);
    const auto unpacked = inflateGzip(toView(bytes), 1'000'000);
    QVERIFY(!unpacked);
    QVERIFY(unpacked.error().code == ErrorCode::TooLarge);
}

QTEST_APPLESS_MAIN(TstInflate)
#include "tst_inflate.moc"
