#include "widgets/readablepalette.h"
#include "widgets/trayicon.h"
#include "widgets/trayicons.h"

#include <QImage>
#include <QPalette>
#include <QPixmap>
#include <QTest>

using namespace Weave;

namespace {

// How much of the icon's silhouette differs, of what either one covers.
double difference(const QImage &one, const QImage &other)
{
    int covered = 0;
    int different = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x) {
            const bool inOne = qAlpha(one.pixel(x, y)) > 127;
            const bool inOther = qAlpha(other.pixel(x, y)) > 127;
            covered += inOne || inOther ? 1 : 0;
            different += inOne != inOther ? 1 : 0;
        }
    }
    return covered == 0 ? 0 : double(different) / covered;
}

QImage image(TrayLook look, int side, PanelTone tone = PanelTone::Light)
{
    return trayIcon(look, tone).pixmap(QSize(side, side), 1.0).toImage();
}

constexpr TrayLook Looks[]{TrayLook::Idle, TrayLook::Sending, TrayLook::Paused, TrayLook::Trouble};

} // namespace

class TestIcons final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // People who see no colours tell the states apart, at the smallest size too.
    void differByShape()
    {
        for (const int side : {16, 22, 48}) {
            for (const TrayLook one : Looks) {
                for (const TrayLook other : Looks) {
                    if (one == other)
                        continue;
                    const double share = difference(image(one, side), image(other, side));
                    QVERIFY2(share > 0.12,
                             qPrintable(QStringLiteral("%1 and %2 at %3: %4")
                                            .arg(int(one))
                                            .arg(int(other))
                                            .arg(side)
                                            .arg(share)));
                }
            }
        }
    }

    // Drawn at the size that is asked for, not scaled up.
    void areSharp()
    {
        for (const int side : {16, 22, 64, 256}) {
            QCOMPARE(image(TrayLook::Trouble, side).size(), QSize(side, side));
            const QPixmap twice =
                trayIcon(TrayLook::Idle, PanelTone::Light).pixmap(QSize(side, side), 2.0);
            QCOMPARE(twice.size(), QSize(2 * side, 2 * side));
        }
    }

    void standOutOnTheirPanel()
    {
        const QPoint onStroke(31, 22);
        const QImage light = image(TrayLook::Idle, 64, PanelTone::Light);
        const QImage dark = image(TrayLook::Idle, 64, PanelTone::Dark);
        QVERIFY(qAlpha(light.pixel(onStroke)) > 200);
        QVERIFY(qGray(light.pixel(onStroke)) < 80);
        QVERIFY(qGray(dark.pixel(onStroke)) > 200);
    }

    void templateIsOneInk()
    {
        QVERIFY(trayIcon(TrayLook::Trouble, PanelTone::Template).isMask());
        const QImage mask = image(TrayLook::Trouble, 64, PanelTone::Template);
        for (int y = 0; y < mask.height(); ++y) {
            for (int x = 0; x < mask.width(); ++x)
                QCOMPARE(qGray(mask.pixel(x, y)), 0);
        }
    }

    void toneFollowsPalette()
    {
        QPalette palette;
        palette.setColor(QPalette::Window, Qt::white);
        palette.setColor(QPalette::WindowText, Qt::black);
        QCOMPARE(panelTone(palette), PanelTone::Light);
        palette.setColor(QPalette::Window, Qt::black);
        palette.setColor(QPalette::WindowText, Qt::white);
        QCOMPARE(panelTone(palette), PanelTone::Dark);
    }

    // A desktop without a colour for hints in fields leaves Qt's black.
    void hintsCanBeRead()
    {
        QPalette dark;
        dark.setColor(QPalette::Base, QColor(27, 29, 32));
        dark.setColor(QPalette::Text, QColor(232, 233, 236));
        dark.setColor(QPalette::PlaceholderText, QColor(0, 0, 0, 128));
        const QColor hint = withReadableHints(dark).color(QPalette::PlaceholderText);
        QVERIFY(hint.lightnessF() > 0.8F && hint.alphaF() > 0.4F);

        QPalette light;
        light.setColor(QPalette::Base, Qt::white);
        light.setColor(QPalette::PlaceholderText, QColor(0, 0, 0, 128));
        QVERIFY(withReadableHints(light) == light);
    }

    // A trace server's words must place no link in a notification, nor vanish from it.
    void notificationsAreNoMarkup()
    {
        const QString plain = QStringLiteral("The server answered 503: busy > 5 s");
        QCOMPARE(TrayIcon::notificationText(plain), plain);
        const QString said = QStringLiteral("<a href=\"https://x.test/?a&b\">sign in</a> &lt;");
        const QString shown = TrayIcon::notificationText(said);
        QVERIFY2(!shown.contains(u'<') && !shown.contains(u'&'), qPrintable(shown));
        QCOMPARE(shown.size(), said.size()); // nothing vanishes, and no entities come
        QVERIFY2(shown.contains(QStringLiteral("sign in")), qPrintable(shown));
    }

    void applicationHasAnIcon() { QVERIFY(!applicationIcon().pixmap(64).isNull()); }
};

QTEST_MAIN(TestIcons)
#include "tst_widgets_icons.moc"
