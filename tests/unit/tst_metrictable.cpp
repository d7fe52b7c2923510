#include "stats/metrictable.h"

#include "unit/distinctreport.h"
#include "unit/text.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(toBytes(view));
}

QJsonValue at(const QJsonValue &root, const QString &path)
{
    QJsonValue value = root;
    for (const QString &key : path.split(u'.'))
        value = value.toObject().value(key);
    return value;
}

// The key of a sample in the JSON object of its metric.
QString keyOf(const Metric &metric, const MetricSample &sample)
{
    static const QMap<QString, QString> quantiles{
        {u"0.5"_s, u"p50"_s}, {u"0.99"_s, u"p99"_s}, {u"1"_s, u"max"_s}};
    const QString value = text(sample.labelValue);
    if (!sample.suffix.empty() && sample.suffix != "_bucket")
        return text(sample.suffix).mid(1);
    if (value == u"+Inf")
        return u"count"_s;
    if (metric.type == MetricType::Summary)
        return quantiles.value(value);
    return sample.suffix == "_bucket" ? u"buckets/"_s + value : value;
}

// What the JSON says of a sample.
QJsonValue inJson(const QJsonValue &root, const Metric &metric, const MetricSample &sample)
{
    const QJsonValue place = at(root, text(metric.json));
    if (!place.isObject()) {
        const bool isWord = place.isString() || !sample.labelValue.empty();
        return isWord ? QJsonValue(place.toString() == text(sample.labelValue) ? 1 : 0) : place;
    }
    QJsonValue value = place;
    for (const QString &key : keyOf(metric, sample).split(u'/'))
        value = value.toObject().value(key);
    return value;
}

// The dotted paths of all numbers.
QStringList numbers(const QJsonObject &object, const QString &prefix = {})
{
    QStringList paths;
    for (auto place = object.begin(); place != object.end(); ++place) {
        const QString path = prefix + place.key();
        if (place->isObject())
            paths += numbers(place->toObject(), path + u'.');
        else if (place->isDouble())
            paths << path;
    }
    return paths;
}

} // namespace

// Prometheus' page and the JSON of status are made of the same numbers.
class TstMetricTable final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everySampleIsInTheJson_data();
    void everySampleIsInTheJson();
    void everyNumberOfTheJsonIsAMetric();
    void namesAndHelp();
    void labels();
};

void TstMetricTable::everySampleIsInTheJson_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Metric &metric : metricTable())
        QTest::newRow(text(metric.name).toLatin1().constData()) << index++;
}

void TstMetricTable::everySampleIsInTheJson()
{
    QFETCH(int, index);
    const Metric &metric = metricTable()[static_cast<std::size_t>(index)];
    const Stats stats = distinctStats();
    StatusReport report = distinctReport(stats);
    for (const auto condition :
         {DeliveryState::Condition::Ok, DeliveryState::Condition::Degraded,
          DeliveryState::Condition::Retrying, DeliveryState::Condition::Paused}) {
        report.delivery.condition = condition;
        const QJsonObject json = QJsonDocument::fromJson(toBytes(toJson(report))).object();
        const auto samples = metric.samples(report);
        QVERIFY(!samples.empty());
        for (const MetricSample &sample : samples) {
            const QJsonValue value = inJson(json, metric, sample);
            QVERIFY2(value.isDouble(), sample.labelValue.c_str());
            QCOMPARE(value.toDouble(), QByteArray::fromStdString(sample.number).toDouble());
        }
    }
}

void TstMetricTable::everyNumberOfTheJsonIsAMetric()
{
    const Stats stats = distinctStats();
    const StatusReport report = distinctReport(stats);
    const QJsonObject json = QJsonDocument::fromJson(toBytes(toJson(report))).object();
    QSet<QString> covered;
    for (const Metric &metric : metricTable()) {
        const QString path = text(metric.json);
        covered << path;
        for (const MetricSample &sample : metric.samples(report))
            covered << path + u'.' + keyOf(metric, sample).replace(u'/', u'.');
    }
    QStringList missing;
    for (const QString &path : numbers(json)) {
        // Edges of buckets have a point in them, so they are looked for by their whole path.
        if (!covered.contains(path))
            missing << path;
    }
    missing.sort();
    // Which process it is is no measure; the two quantiles follow from the histogram; and the sum
    // of the dead letters is Prometheus' to make.
    QCOMPARE(missing,
             (QStringList{u"calls.dead_lettered"_s, u"pid"_s, u"requests.seconds.p50"_s,
                          u"requests.seconds.p99"_s}));
}

void TstMetricTable::namesAndHelp()
{
    static const QRegularExpression name(u"^(weave_sidecar|process)(_[a-z0-9]+)+$"_s);
    QSet<QString> names;
    for (const Metric &metric : metricTable()) {
        const QString found = text(metric.name);
        QVERIFY2(name.match(found).hasMatch(), qPrintable(found));
        QVERIFY2(!names.contains(found), qPrintable(found));
        names << found;
        QCOMPARE(found.endsWith(u"_total"), metric.type == MetricType::Counter);
        for (const QString &word : found.split(u'_'))
            QVERIFY2(word != u"ms" && word != u"milliseconds" && word != u"kb", qPrintable(found));
        const QString help = text(metric.help);
        QVERIFY2(help.endsWith(u'.') || help.endsWith(u"--spool-max-bytes."), qPrintable(help));
        QVERIFY2(!help.contains(u'\n') && !help.contains(u'\\'), qPrintable(help));
    }
}

void TstMetricTable::labels()
{
    const Stats stats = distinctStats();
    const StatusReport report = distinctReport(stats);
    for (const Metric &metric : metricTable()) {
        bool hasLabel = false;
        for (const MetricSample &sample : metric.samples(report))
            hasLabel = hasLabel || !sample.labelValue.empty();
        QCOMPARE(hasLabel, !metric.label.empty());
    }
}

QTEST_APPLESS_MAIN(TstMetricTable)
#include "tst_metrictable.moc"
