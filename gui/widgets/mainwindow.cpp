#include "widgets/mainwindow.h"

#include "widgets/actions.h"
#include "widgets/page.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenuBar>
#include <QScreen>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace Weave {

namespace {

constexpr int HeaderIconSide = 32;
constexpr int MessageTime = 15000; // ms
// In heights of a line. Layouts ask for the height that texts have in one line, and facts and
// problems are often longer.
constexpr int LeastWidth = 54;
constexpr int LeastHeight = 36;
constexpr int ShortestHeight = 30; // on a small screen, where there is no room for more
constexpr int FrameHeight = 3; // of what is around the window

} // namespace

MainWindow::MainWindow(Actions &actions, QWidget *parent)
    : QMainWindow(parent),
      m_list(new QListWidget(this)),
      m_stack(new QStackedWidget(this))
{
    setWindowTitle(tr("Weave Sidecar"));
    setWindowIcon(applicationIcon());
    m_list->setAccessibleName(tr("Pages"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_list, &QListWidget::currentRowChanged, m_stack, &QStackedWidget::setCurrentIndex);
    // Screen readers select an item without making it the current one.
    connect(m_list, &QListWidget::itemSelectionChanged, this, [this] {
        const QList<QListWidgetItem *> selected = m_list->selectedItems();
        if (!selected.isEmpty())
            m_list->setCurrentItem(selected.constFirst());
    });

    auto *const body = new QWidget(this);
    auto *const columns = new QHBoxLayout;
    columns->addWidget(m_list);
    columns->addWidget(m_stack, 1);
    auto *const rows = new QVBoxLayout(body);
    rows->addWidget(buildHeader(actions));
    rows->addLayout(columns, 1);
    setCentralWidget(body);
    buildMenus(actions);
    statusBar()->setAccessibleName(tr("Status bar"));
    const int em = fontMetrics().height();
    // A window that is larger than the screen loses its title, its last line or its buttons.
    const QSize most = screen()->availableSize() - QSize(em, em * FrameHeight);
    setMinimumSize(em * LeastWidth,
                   std::clamp(most.height(), em * ShortestHeight, em * LeastHeight));
    resize(QSize(em * 66, em * 42).boundedTo(most));
}

MainWindow::~MainWindow() = default;

QWidget *MainWindow::buildHeader(Actions &actions)
{
    auto *const header = new QWidget(this);
    m_icon = new QLabel(header);
    m_icon->setAccessibleName(tr("State"));
    m_line = new QLabel(header);
    m_line->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_line->setWordWrap(true);
    QFont bold = font();
    bold.setBold(true);
    m_line->setFont(bold);
    m_notice = new QLabel(header);
    m_notice->setWordWrap(true);
    m_notice->setTextFormat(Qt::PlainText); // the server's words may look like HTML
    m_notice->hide();

    auto *const texts = new QVBoxLayout;
    texts->addWidget(m_line);
    texts->addWidget(m_notice);
    auto *const row = new QHBoxLayout(header);
    row->setContentsMargins(4, 0, 0, 0);
    row->addWidget(m_icon);
    row->addLayout(texts, 1);
    for (QAction *const action : {actions.pause, actions.flush, actions.retry}) {
        auto *const button = new QToolButton(header);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setFocusPolicy(Qt::StrongFocus);
        // A tool button shows its action's text without a mnemonic, and readers get it so too.
        const auto name = [button, action] {
            button->setAccessibleName(QString(action->text()).remove(u'&'));
        };
        connect(action, &QAction::changed, button, name);
        name();
        row->addWidget(button);
    }
    updateIcon();
    return header;
}

void MainWindow::buildMenus(Actions &actions)
{
    QMenu *const program = menuBar()->addMenu(tr("&Sidecar"));
    program->addActions({actions.pause, actions.flush, actions.retry, actions.startDaemon});
    program->addSeparator();
    program->addActions({actions.settings, actions.startAtLogin});
    program->addSeparator();
    QAction *const close = program->addAction(tr("&Close window"), this, &QWidget::close);
    close->setShortcut(QKeySequence::Close);
    program->addAction(actions.quit);
    m_pagesMenu = menuBar()->addMenu(tr("&Page"));
    QMenu *const help = menuBar()->addMenu(tr("&Help"));
    help->addActions({actions.connectPrograms, actions.openLog, actions.copyDiagnostics});
    help->addSeparator();
    help->addAction(actions.about);
}

void MainWindow::addPage(const QString &name, Page *page)
{
    const int index = m_stack->addWidget(page);
    auto *const item = new QListWidgetItem(name, m_list);
    item->setSizeHint(QSize(fontMetrics().horizontalAdvance(name) + fontMetrics().height() * 2,
                            fontMetrics().height() * 2));
    QAction *const action =
        m_pagesMenu->addAction(name, this, [this, index] { m_list->setCurrentRow(index); });
    action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key(Qt::Key_1 + index)));
    m_list->setFixedWidth(m_list->sizeHintForColumn(0) + fontMetrics().averageCharWidth());
    if (m_list->currentRow() < 0)
        m_list->setCurrentRow(0);
}

int MainWindow::currentPage() const
{
    return m_stack->currentIndex();
}

void MainWindow::showPage(const Page *page)
{
    for (int index = 0; index < m_stack->count(); ++index) {
        if (m_stack->widget(index) == page)
            m_list->setCurrentRow(index);
    }
}

void MainWindow::setState(TrayLook look, const QString &line)
{
    if (m_line->text() != line)
        m_line->setText(line);
    if (look != m_look) {
        m_look = look;
        updateIcon();
    }
}

void MainWindow::setNotice(const QString &notice)
{
    m_notice->setText(notice);
    m_notice->setVisible(!notice.isEmpty());
}

bool MainWindow::showMessage(const QString &text)
{
    const int em = statusBar()->fontMetrics().height(); // to be kept free for the bar's own parts
    if (statusBar()->fontMetrics().horizontalAdvance(text) > statusBar()->width() - 2 * em)
        return false;
    statusBar()->showMessage(text, MessageTime);
    return true;
}

void MainWindow::updateIcon()
{
    const PanelTone tone =
        palette().color(QPalette::Window).lightnessF() < 0.5F ? PanelTone::Dark : PanelTone::Light;
    m_icon->setPixmap(
        trayIcon(m_look, tone).pixmap(QSize(HeaderIconSide, HeaderIconSide), devicePixelRatioF()));
}

void MainWindow::comeForward()
{
    setWindowState(windowState() & ~Qt::WindowMinimized); // a maximized one stays so
    show();
    raise();
    activateWindow();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    if (!m_isWatched) {
        m_isWatched = true;
        Q_EMIT watchedChanged(true);
    }
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    if (m_isWatched) {
        m_isWatched = false;
        Q_EMIT watchedChanged(false);
    }
}

void MainWindow::changeEvent(QEvent *event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_icon != nullptr)
        updateIcon();
}

} // namespace Weave
