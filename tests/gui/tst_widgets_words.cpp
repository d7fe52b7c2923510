#include "client/daemonlog.h"
#include "widgets/actions.h"
#include "widgets/livepage.h"
#include "widgets/mainwindow.h"
#include "widgets/messagebox.h"
#include "widgets/restartquestion.h"
#include "widgets/settingsdialog.h"
#include "widgets/tablepage.h"

#include <QApplication>
#include <QLabel>
#include <QMessageBox>
#include <QStandardItemModel>
#include <QTest>
#include <QTextDocumentFragment>

#include <algorithm>
#include <memory>

using namespace Weave;
using namespace Qt::StringLiterals;

namespace {

const QString Words = u"the backend answered 502: <h1>Bad Gateway</h1> & so on"_s;

// What the label shows, whatever it takes its text for.
QString shownBy(const QLabel &label)
{
    const bool isRich = label.textFormat() == Qt::RichText
        || (label.textFormat() == Qt::AutoText && Qt::mightBeRichText(label.text()));
    return isRich ? QTextDocumentFragment::fromHtml(label.text()).toPlainText() : label.text();
}

bool isShownIn(const QWidget &window)
{
    const QList<QLabel *> labels = window.findChildren<QLabel *>();
    return std::any_of(labels.begin(), labels.end(),
                       [](const QLabel *label) { return shownBy(*label) == Words; });
}

// The one that is open, closed with the end of the test.
std::unique_ptr<QMessageBox> openBox()
{
    for (QWidget *const each : QApplication::topLevelWidgets()) {
        auto *const box = qobject_cast<QMessageBox *>(each);
        if (box != nullptr && box->isVisible())
            return std::unique_ptr<QMessageBox>(box);
    }
    return nullptr;
}

} // namespace

// What servers, daemons and files say is shown word by word: it is no page, and can place no link.
class WidgetsWordsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNotice();
    void aMessage();
    void inPlaceOfATable();
    void whySettingsAreNotKept();
    void whatNeedsARestart();
};

void WidgetsWordsTest::theNotice()
{
    Actions actions;
    MainWindow window(actions);
    window.setNotice(Words);
    QVERIFY(isShownIn(window));
}

void WidgetsWordsTest::aMessage()
{
    showMessage(nullptr, u"Not all calls could be delivered"_s, Words);
    const auto box = openBox();
    QVERIFY(box);
    QVERIFY2(isShownIn(*box), qPrintable(box->informativeText()));
}

void WidgetsWordsTest::inPlaceOfATable()
{
    QStandardItemModel model(0, 2);
    TablePage table(u"Clients"_s, Words, model, 0);
    QVERIFY(isShownIn(table));
    LivePage live(model);
    live.setEmptyText(Words);
    QVERIFY(isShownIn(live));
}

void WidgetsWordsTest::whySettingsAreNotKept()
{
    SettingsDialog dialog;
    dialog.setConsequence(Words);
    QVERIFY(isShownIn(dialog));
}

void WidgetsWordsTest::whatNeedsARestart()
{
    askToRestart(nullptr, u"<b>socket</b>"_s, true, {}, [] {});
    const auto box = openBox();
    QVERIFY(box);
    QCOMPARE(box->textFormat(), Qt::PlainText);
    QVERIFY(box->text().contains(u"<b>socket</b>"_s));
}

QTEST_MAIN(WidgetsWordsTest)
#include "tst_widgets_words.moc"
