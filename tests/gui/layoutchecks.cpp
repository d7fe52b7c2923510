#include "gui/layoutchecks.h"

#include "gui/widgetchecks.h"
#include "widgets/plotwidget.h"

#include <QAction>
#include <QHash>
#include <QHeaderView>
#include <QLabel>
#include <QLayout>
#include <QListView>
#include <QMenuBar>
#include <QTabBar>
#include <QTableView>
#include <QTreeView>

#include <algorithm>

namespace Weave {

namespace {

QString described(const QWidget &widget, const QString &text, int needed, int has)
{
    return QStringLiteral("%1: \"%2\" needs %3 and has %4")
        .arg(pathOf(widget).section(QLatin1Char('/'), -3), text)
        .arg(needed)
        .arg(has);
}

// A word alone may be wider than a label that breaks its lines. Scripts without spaces break
// anywhere.
int widestWord(const QLabel &label)
{
    static constexpr QChar FirstIdeograph(0x2e80);
    if (Qt::mightBeRichText(label.text()))
        return 0;
    int widest = 0;
    for (const QString &word : label.text().split(QLatin1Char(' '))) {
        const bool breaksAnywhere = std::any_of(
            word.begin(), word.end(), [](QChar letter) { return letter >= FirstIdeograph; });
        if (!breaksAnywhere)
            widest = std::max(widest, label.fontMetrics().horizontalAdvance(word));
    }
    return widest;
}

QString clippedLabel(const QLabel &label)
{
    if (label.text().isEmpty())
        return {};
    if (label.wordWrap()) {
        const int needed = label.heightForWidth(label.width());
        if (needed > label.height())
            return described(label, label.text(), needed, label.height());
        const int widest = widestWord(label);
        return widest > label.contentsRect().width()
            ? described(label, label.text(), widest, label.contentsRect().width())
            : QString();
    }
    const QSize needed = label.sizeHint();
    if (needed.width() > label.width())
        return described(label, label.text(), needed.width(), label.width());
    return needed.height() > label.height()
        ? described(label, label.text(), needed.height(), label.height())
        : QString();
}

QString clippedButton(const QAbstractButton &button)
{
    const QSize needed = button.sizeHint();
    if (button.text().isEmpty() || needed.width() <= button.width())
        return {};
    return described(button, button.text(), needed.width(), button.width());
}

QString clippedField(const QLineEdit &field)
{
    constexpr int Frame = 10; // what lies between the field's edge and its text
    const QString text = field.text().isEmpty() ? field.placeholderText() : QString();
    const int needed = field.fontMetrics().horizontalAdvance(text) + Frame;
    return !text.isEmpty() && needed > field.width() ? described(field, text, needed, field.width())
                                                     : QString();
}

QString clippedTabs(const QTabBar &tabs)
{
    // Arrows to scroll by appear when not all have room.
    return tabs.sizeHint().width() > tabs.width()
        ? described(tabs, tabs.tabText(0), tabs.sizeHint().width(), tabs.width())
        : QString();
}

QStringList clippedSections(const QHeaderView &header)
{
    QStringList clipped;
    const QAbstractItemModel *const model = header.model();
    for (int section = 0; section < header.count(); ++section) {
        const QString text = model->headerData(section, header.orientation()).toString();
        const int needed = header.fontMetrics().horizontalAdvance(text);
        if (header.orientation() == Qt::Horizontal && needed > header.sectionSize(section))
            clipped << described(header, text, needed, header.sectionSize(section));
    }
    return clipped;
}

QStringList clippedItems(const QListView &list)
{
    QStringList clipped;
    for (int row = 0; row < list.model()->rowCount(); ++row) {
        const QModelIndex index = list.model()->index(row, 0);
        const QString text = index.data().toString();
        const int needed = list.fontMetrics().horizontalAdvance(text);
        if (needed > list.viewport()->width())
            clipped << described(list, text, needed, list.viewport()->width());
    }
    return clipped;
}

// Rows that are as high as their texts have room for all lines of them.
QStringList clippedRows(const QTableView &table)
{
    QStringList clipped;
    if (!table.wordWrap())
        return clipped;
    for (int row = 0; row < table.model()->rowCount(); ++row) {
        for (int column = 0; column < table.model()->columnCount(); ++column) {
            const QModelIndex index = table.model()->index(row, column);
            const QRect room = table.visualRect(index);
            const QRect needed = table.fontMetrics().boundingRect(
                QRect(0, 0, room.width(), 10000), Qt::TextWordWrap, index.data().toString());
            if (needed.height() > room.height())
                clipped << described(table, index.data().toString(), needed.height(),
                                     room.height());
        }
    }
    return clipped;
}

// A plot knows what its title and its legend need.
QString clippedPlot(const PlotWidget &plot)
{
    const int needed = plot.minimumSizeHint().width();
    return needed > plot.width() ? described(plot, plot.title(), needed, plot.width()) : QString();
}

QString mnemonicOf(const QString &text)
{
    const QKeySequence keys = QKeySequence::mnemonic(text);
    return keys.isEmpty() ? QString() : keys.toString();
}

// What Alt reaches: menus, tabs, buttons, and labels that lead to a field.
QStringList reachedByAlt(const QWidget &window)
{
    QStringList texts;
    for (const QWidget *const widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || !widget->isEnabled() || widget->window() != &window)
            continue;
        if (const auto *bar = qobject_cast<const QMenuBar *>(widget)) {
            for (const QAction *const action : bar->actions())
                texts << action->text();
        } else if (const auto *tabs = qobject_cast<const QTabBar *>(widget)) {
            for (int tab = 0; tab < tabs->count(); ++tab)
                texts << tabs->tabText(tab);
        } else if (const auto *button = qobject_cast<const QAbstractButton *>(widget)) {
            texts << button->text();
        } else if (const auto *label = qobject_cast<const QLabel *>(widget)) {
            if (label->buddy() != nullptr)
                texts << label->text();
        }
    }
    return texts;
}

} // namespace

QStringList clippedTexts(const QWidget &window)
{
    QStringList clipped;
    for (const QWidget *const widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || widget->window() != &window)
            continue;
        if (const auto *label = qobject_cast<const QLabel *>(widget))
            clipped << clippedLabel(*label);
        else if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
            clipped << clippedButton(*button);
        else if (const auto *field = qobject_cast<const QLineEdit *>(widget))
            clipped << clippedField(*field);
        else if (const auto *tabs = qobject_cast<const QTabBar *>(widget))
            clipped << clippedTabs(*tabs);
        else if (const auto *header = qobject_cast<const QHeaderView *>(widget))
            clipped << clippedSections(*header);
        else if (const auto *list = qobject_cast<const QListView *>(widget))
            clipped << clippedItems(*list);
        else if (const auto *table = qobject_cast<const QTableView *>(widget))
            clipped << clippedRows(*table);
        else if (const auto *plot = qobject_cast<const PlotWidget *>(widget))
            clipped << clippedPlot(*plot);
    }
    clipped.removeAll(QString());
    return clipped;
}

QStringList overlaps(const QWidget &window)
{
    QStringList found;
    for (const QWidget *const parent : window.findChildren<QWidget *>()) {
        if (!parent->isVisible() || parent->layout() == nullptr)
            continue;
        QList<const QWidget *> placed;
        for (int i = 0; i < parent->layout()->count(); ++i) {
            const QWidget *const widget = parent->layout()->itemAt(i)->widget();
            if (widget != nullptr && widget->isVisible())
                placed << widget;
        }
        for (qsizetype i = 0; i < placed.size(); ++i) {
            for (qsizetype j = i + 1; j < placed.size(); ++j) {
                if (placed[i]->geometry().intersects(placed[j]->geometry()))
                    found << pathOf(*placed[i]) + QStringLiteral(" and ") + pathOf(*placed[j]);
            }
        }
    }
    return found;
}

QStringList clashingMnemonics(const QWidget &window)
{
    QHash<QString, QStringList> byKey;
    for (const QString &text : reachedByAlt(window)) {
        if (const QString key = mnemonicOf(text); !key.isEmpty())
            byKey[key] << text;
    }
    QStringList clashes;
    for (auto entry = byKey.cbegin(); entry != byKey.cend(); ++entry) {
        if (entry->size() > 1)
            clashes << entry.key() + QStringLiteral(": ") + entry->join(QStringLiteral(" / "));
    }
    for (const QLabel *const label : window.findChildren<QLabel *>()) {
        if (label->isVisible() && label->buddy() != nullptr
            && label->buddy()->focusPolicy() == Qt::NoFocus)
            clashes << label->text() + QStringLiteral(" leads nowhere");
    }
    for (const QMenu *const menu : window.findChildren<QMenu *>()) {
        QStringList keys;
        for (const QAction *const action : menu->actions()) {
            const QString key = mnemonicOf(action->text());
            if (!key.isEmpty() && keys.contains(key))
                clashes << key + QStringLiteral(" in a menu: ") + action->text();
            keys << key;
        }
    }
    return clashes;
}

} // namespace Weave
