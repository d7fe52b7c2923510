// Draws the pictures of the documentation: each page with made-up data, light and dark.
//
//   weave-screenshots FOLDER
#include "client/callmodel.h"
#include "client/clientmodel.h"
#include "client/flushmodel.h"
#include "client/problemmodel.h"
#include "widgets/actions.h"
#include "widgets/backendform.h"
#include "widgets/deadletterbox.h"
#include "widgets/firststart.h"
#include "widgets/livepage.h"
#include "widgets/mainwindow.h"
#include "widgets/overviewpage.h"
#include "widgets/problemspage.h"
#include "widgets/settingsdialog.h"
#include "widgets/tablepage.h"
#include "widgets/translations.h"
#include "widgets/trayicons.h"

#include <QApplication>
#include <QDir>
#include <QLocale>
#include <QPainter>
#include <QStyleFactory>
#include <QTreeView>

#include <cmath>
#include <limits>
#include <utility>

using namespace Weave;

namespace {

constexpr qint64 Noon = 1764072000000; // of some day, in ms since 1970

QPalette lightPalette()
{
    QPalette palette(QColor(0xf0, 0xf1, 0xf3));
    palette.setColor(QPalette::Base, Qt::white);
    palette.setColor(QPalette::AlternateBase, QColor(0xf6, 0xf7, 0xf9));
    palette.setColor(QPalette::Highlight, QColor(0x14, 0x7d, 0x76));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::ToolTipBase, QColor(0xff, 0xff, 0xf2));
    palette.setColor(QPalette::ToolTipText, Qt::black);
    return palette;
}

QPalette darkPalette()
{
    QPalette palette(QColor(0x2b, 0x2d, 0x31), QColor(0x24, 0x26, 0x2a));
    palette.setColor(QPalette::WindowText, QColor(0xe8, 0xe9, 0xec));
    palette.setColor(QPalette::Text, QColor(0xe8, 0xe9, 0xec));
    palette.setColor(QPalette::ButtonText, QColor(0xe8, 0xe9, 0xec));
    palette.setColor(QPalette::Base, QColor(0x1b, 0x1d, 0x20));
    palette.setColor(QPalette::AlternateBase, QColor(0x21, 0x23, 0x27));
    palette.setColor(QPalette::PlaceholderText, QColor(0x8c, 0x90, 0x98));
    palette.setColor(QPalette::Highlight, QColor(0x1f, 0x9d, 0x94));
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, QColor(0x6f, 0xb4, 0xf7));
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(0x80, 0x84, 0x8c));
    palette.setColor(QPalette::ToolTipBase, QColor(0x38, 0x3b, 0x40));
    palette.setColor(QPalette::ToolTipText, QColor(0xe8, 0xe9, 0xec));
    return palette;
}

// All states at the sizes that panels use, on both kinds of panel.
QImage iconSheet()
{
    constexpr TrayLook Looks[]{TrayLook::Idle, TrayLook::Sending, TrayLook::Paused,
                               TrayLook::Trouble};
    constexpr int Sizes[]{16, 22, 32, 64};
    QImage sheet(640, 180, QImage::Format_RGB32);
    sheet.fill(QColor(0xee, 0xee, 0xee));
    QPainter painter(&sheet);
    painter.fillRect(0, 90, 640, 90, QColor(0x22, 0x22, 0x26));
    for (const bool isDark : {false, true}) {
        int x = 10;
        for (const TrayLook look : Looks) {
            for (const int side : Sizes) {
                trayIcon(look, isDark ? PanelTone::Dark : PanelTone::Light)
                    .paint(&painter, x, isDark ? 100 : 10, side, side);
                x += side + 5;
            }
        }
    }
    applicationIcon().paint(&painter, 560, 50, 72, 72);
    return sheet;
}

void shoot(QWidget &widget, const QDir &folder, const QString &name, bool isDark)
{
    widget.show();
    QApplication::processEvents();
    widget.grab().save(
        folder.filePath(name + (isDark ? QStringLiteral("-dark.png") : QStringLiteral(".png"))));
}

void shootFirstStart(const QDir &folder, bool isDark)
{
    FirstStart dialog;
    dialog.form().setBackend(QStringLiteral("https://trace.wandb.ai"));
    dialog.form().setKeyHint(QStringLiteral("taken from WANDB_API_KEY"));
    shoot(dialog, folder, QStringLiteral("first-start"), isDark);
    dialog.showHint(QStringLiteral("127.0.0.1:8319"));
    shoot(dialog, folder, QStringLiteral("first-start-done"), isDark);
}

void shootSettings(const QDir &folder, bool isDark)
{
    SettingsDialog dialog;
    Settings settings;
    settings.backend = QStringLiteral("https://trace.wandb.ai");
    dialog.setSettings(settings);
    dialog.form().setKeyHint(QStringLiteral("kept in the keychain"));
    dialog.form().setTestResult(QStringLiteral("The server answers and takes the key."), false);
    shoot(dialog, folder, QStringLiteral("settings"), isDark);
}

OverviewCurves madeUpCurves()
{
    constexpr int Away = 30; // where the backend goes, and comes back
    constexpr int Back = 42;
    OverviewCurves curves;
    for (int i = 0; i < 60; ++i) {
        const bool isAway = i > Away && i < Back;
        const double wave = std::sin(i / 5.0);
        curves.callsIn << 120 + 50 * wave + (i * 7 % 5) * 6;
        curves.callsOut << (isAway ? 0 : i == Back ? 640 : 118 + 50 * std::sin(i / 5.0 - .6));
        curves.waitingCalls << (isAway ? (i - Away) * 110 : 60 + i * 7 % 5);
        curves.waitingBytes << curves.waitingCalls.last() * 6200;
        curves.latency << (isAway ? std::numeric_limits<double>::quiet_NaN()
                                  : .11 + .03 * std::sin(i / 3.0));
    }
    return curves;
}

FlushEvent flush(int i, int status, const QString &outcome, const QString &error)
{
    FlushEvent event;
    event.time = Noon + i * 1000;
    event.project = i % 3 == 0 ? QStringLiteral("acme/search") : QStringLiteral("acme/support-bot");
    event.calls = 120 + i * 37 % 90;
    event.bytes = event.calls * 6200;
    event.seconds = .1 + i % 7 * .012;
    event.attempts = status == 200 ? 1 : 2;
    event.outcome = outcome;
    event.error = error;
    event.status = status;
    return event;
}

void fillFlushes(FlushModel &flushes, ProblemModel &problems)
{
    for (int i = 0; i < 24; ++i) {
        FlushEvent event = flush(i, 200, QStringLiteral("delivered"), QString());
        if (i % 11 == 5)
            event = flush(i, 503, QStringLiteral("retry"), QStringLiteral("HTTP 503"));
        if (i == 20)
            event = flush(i, 422, QStringLiteral("given_up"), QStringLiteral("HTTP 422"));
        if (i == 22)
            event = flush(i, 403, QStringLiteral("paused"), QStringLiteral("HTTP 403"));
        flushes.add(event);
        problems.noteFlush(event);
    }
}

void fillClients(ClientModel &clients)
{
    const QList<ClientSnapshot> before{
        {4711, QStringLiteral("python train.py"), 8, 10000, 60000000, 0},
        {4820, QStringLiteral("python -m search.eval"), 2, 200, 900000, 0},
        {5102, QStringLiteral("python support_bot.py"), 1, 9000, 5000000, 3}};
    QList<ClientSnapshot> after = before;
    for (qsizetype i = 0; i < after.size(); ++i) {
        after[i].calls += 95 / (i + 1);
        after[i].bytes += 620000 / (i + 1);
    }
    clients.update(before, 1000);
    clients.update(after, 2000);
}

void addCall(CallModel &calls, const QString &id, const QString &parent, const QString &operation,
             int begin, int length, const QString &error = {})
{
    CallEvent event;
    event.time = Noon + begin;
    event.isStart = true;
    event.project = QStringLiteral("acme/support-bot");
    event.id = id;
    event.traceId = QStringLiteral("0199b7a2");
    event.parentId = parent;
    event.operation = QStringLiteral("weave:///acme/support-bot/op/%1:7VlcFu").arg(operation);
    event.payload = QStringLiteral("{\"question\":\"Where is my parcel?\"}");
    calls.add(event);
    if (length == 0)
        return;
    event.isStart = false;
    event.time += length;
    event.error = error;
    event.payload = QStringLiteral("\"It left Hamburg this morning.\"");
    calls.add(event);
}

void fillCalls(CallModel &calls)
{
    for (int i = 0; i < 4; ++i) {
        const QString root = QStringLiteral("0199b7a2-%1").arg(i);
        const int begin = i * 2400;
        addCall(calls, root, {}, QStringLiteral("answer"), begin, i == 3 ? 0 : 1310 + i * 80);
        addCall(calls, root + u'a', root, QStringLiteral("find_documents"), begin + 4, 212);
        addCall(calls, root + u'b', root, QStringLiteral("rank"), begin + 220, 41,
                i == 1 ? QStringLiteral("ValueError: no documents") : QString());
        addCall(calls, root + u'c', root, QStringLiteral("chat.completions.create"), begin + 270,
                i == 3 ? 0 : 980);
    }
}

void shootWindow(const QDir &folder, bool isDark)
{
    FlushModel flushes;
    ProblemModel problems;
    ClientModel clients;
    CallModel calls;
    fillFlushes(flushes, problems);
    fillClients(clients);
    fillCalls(calls);

    Actions actions;
    actions.setConnected(true);
    MainWindow window(actions);
    auto *const overview = new OverviewPage;
    overview->setCurves(madeUpCurves());
    overview->setFacts({QStringLiteral("trace.wandb.ai"), QStringLiteral("Working"),
                        QStringLiteral("1 s"), QStringLiteral("HTTP 503 (18 s ago)"), 434000, 5.2e6,
                        1073741824});
    auto *const flushPage =
        new TablePage(QStringLiteral("Flushes"), QString(), flushes, FlushModel::Status);
    auto *const clientPage =
        new TablePage(QStringLiteral("Clients"), QString(), clients, ClientModel::Name);
    auto *const problemPage = new ProblemsPage(problems);
    problemPage->deadLetters().setGroups(
        {{QStringLiteral("acme/support-bot"),
          QStringLiteral("the backend answered 422: bad op_name"), 3}});
    auto *const livePage = new LivePage(calls);
    const std::pair<QString, Page *> pages[]{{QStringLiteral("Overview"), overview},
                                             {QStringLiteral("Flushes"), flushPage},
                                             {QStringLiteral("Clients"), clientPage},
                                             {QStringLiteral("Problems"), problemPage},
                                             {QStringLiteral("Live calls"), livePage}};
    for (const auto &[name, page] : pages)
        window.addPage(name, page);
    window.setState(TrayLook::Sending, QStringLiteral("Connected · 18,420 delivered · 70 waiting"));
    window.show();
    livePage->tree().expandAll();
    livePage->tree().setCurrentIndex(livePage->tree().model()->index(1, 0));
    for (const auto &[name, page] : pages) {
        window.showPage(page);
        shoot(window, folder, name.toLower().replace(u' ', u'-'), isDark);
    }
}

} // namespace

int main(int argc, char **argv)
{
    QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    installTranslations(app, QLocale(QLocale::English));
    const QDir folder(app.arguments().value(1, QStringLiteral(".")));
    iconSheet().save(folder.filePath(QStringLiteral("tray-icons.png")));
    for (const bool isDark : {false, true}) {
        QApplication::setPalette(isDark ? darkPalette() : lightPalette());
        shootFirstStart(folder, isDark);
        shootSettings(folder, isDark);
        shootWindow(folder, isDark);
    }
    return 0;
}
