#pragma once

#include <QObject>

namespace Weave {

class DaemonView;
class MainWindow;
class OverviewPage;
class Page;
class ProblemsPage;

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
    void refreshOverview();

    MainWindow &m_window;
    DaemonView &m_daemon;
    OverviewPage *m_overview = nullptr;
    ProblemsPage *m_problems = nullptr;
};

} // namespace Weave
