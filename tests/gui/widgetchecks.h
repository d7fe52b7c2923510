#pragma once

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMetaObject>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSet>
#include <QStringList>
#include <QWidget>

namespace Weave {

// Whether somebody uses the widget, rather than Qt alone inside of another one.
inline bool isControl(const QWidget &widget)
{
    if (widget.objectName().startsWith(QStringLiteral("qt_")))
        return false;
    return qobject_cast<const QAbstractButton *>(&widget) != nullptr
        || qobject_cast<const QLineEdit *>(&widget) != nullptr
        || qobject_cast<const QComboBox *>(&widget) != nullptr
        || qobject_cast<const QPlainTextEdit *>(&widget) != nullptr
        || qobject_cast<const QProgressBar *>(&widget) != nullptr
        || qobject_cast<const QAbstractItemView *>(&widget) != nullptr
        || (widget.focusPolicy() & Qt::TabFocus) != 0;
}

inline QString pathOf(const QWidget &widget)
{
    QStringList names;
    for (const QWidget *each = &widget; each != nullptr; each = each->parentWidget())
        names.prepend(QString::fromLatin1(each->metaObject()->className()));
    return names.join(u'/');
}

// The visible controls that a screen reader has no name for.
inline QStringList namelessControls(const QWidget &window)
{
    QStringList nameless;
    for (QWidget *const widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisibleTo(&window) || !isControl(*widget))
            continue;
        // The parts of a control: buttons in a line edit, the list of a box, header views.
        const QWidget *const parent = widget->parentWidget();
        if (qobject_cast<const QLineEdit *>(parent) != nullptr
            || qobject_cast<const QComboBox *>(parent) != nullptr || widget->inherits("QHeaderView")
            || widget->inherits("QTableCornerButton") || widget->inherits("QScrollArea"))
            continue;
        QAccessibleInterface *const face = QAccessible::queryAccessibleInterface(widget);
        if (face == nullptr || face->text(QAccessible::Name).isEmpty())
            nameless.append(pathOf(*widget));
    }
    return nameless;
}

// The visible controls that Tab does not come to.
inline QStringList unreachableControls(QWidget &window)
{
    QSet<const QWidget *> reached;
    window.setFocus();
    for (int i = 0; i < 300; ++i) {
        QWidget *const now = QApplication::focusWidget();
        QWidget *const target = now != nullptr ? now : &window;
        QKeyEvent press(QEvent::KeyPress, Qt::Key_Tab, Qt::NoModifier);
        QApplication::sendEvent(target, &press);
        const QWidget *const next = QApplication::focusWidget();
        if (next == nullptr)
            break;
        reached.insert(next);
    }
    QStringList unreachable;
    for (const QWidget *const widget : window.findChildren<QWidget *>()) {
        const bool wantsFocus = (widget->focusPolicy() & Qt::TabFocus) == Qt::TabFocus
            && widget->isVisibleTo(&window) && widget->isEnabledTo(&window)
            && !widget->objectName().startsWith(QStringLiteral("qt_"))
            && !widget->inherits("QTabBar") && widget->focusProxy() == nullptr;
        if (wantsFocus && !reached.contains(widget))
            unreachable.append(pathOf(*widget));
    }
    return unreachable;
}

} // namespace Weave
