#pragma once

#include <QObject>

namespace Weave {

class DaemonView;
class MainWindow;
class LivePage;
class OverviewPage;
class Page;
class ProblemsPage;
class SpoolCommands;
class TablePage;

// Makes the pages of the main window and lets them show a daemon.
class WindowPages final : public QObject
{
    Q_OBJECT

public:
    // The window owns the pages and this.
    WindowPages(MainWindow &window, DaemonView &daemon);

    [[nodiscard]] ProblemsPage &problems() { return *m_problems; }

private:
    void addOverview();
    void addTables();
    void addLive();
    void refresh();
    void refreshEmptyTexts();
    void refreshDeadLetters();
    void refreshOverview();

    MainWindow &m_window;
    DaemonView &m_daemon;
    OverviewPage *m_overview = nullptr;
    TablePage *m_flushes = nullptr;
    TablePage *m_clients = nullptr;
    LivePage *m_live = nullptr;
    SpoolCommands *m_spool = nullptr; // null without the program
    ProblemsPage *m_problems = nullptr;
};

} // namespace Weave
