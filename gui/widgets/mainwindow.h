#pragma once

#include "widgets/trayicons.h"

#include <QMainWindow>

class QLabel;
class QListWidget;
class QMenu;
class QStackedWidget;

namespace Weave {

class Actions;
class Page;

// The pages, a list of them on the left, and above them what the daemon does now.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(Actions &actions, QWidget *parent = nullptr);
    ~MainWindow() override;

    // Takes the page.
    void addPage(const QString &name, Page *page);
    [[nodiscard]] int currentPage() const;
    void showPage(const Page *page);

    // The icon and the sentence above the pages.
    void setState(TrayLook look, const QString &line);
    // A second line for what needs attention; empty hides it.
    void setNotice(const QString &notice);

    // For a while, at the bottom. Returns false, and shows nothing, where it would be cut off.
    bool showMessage(const QString &text);

    // Shows the window in front of the others.
    void comeForward();

Q_SIGNALS:
    void watchedChanged(bool isWatched); // whether it is on the screen, not minimized

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void buildMenus(Actions &actions);
    QWidget *buildHeader(Actions &actions);
    void updateIcon();

    QListWidget *m_list;
    QStackedWidget *m_stack;
    QMenu *m_pagesMenu = nullptr;
    QLabel *m_icon = nullptr;
    QLabel *m_line = nullptr;
    QLabel *m_notice = nullptr;
    TrayLook m_look = TrayLook::Idle;
    bool m_isWatched = false;
};

} // namespace Weave
