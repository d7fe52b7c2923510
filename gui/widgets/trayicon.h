#pragma once

#include "widgets/trayhost.h"
#include "widgets/trayicons.h"

#include <QElapsedTimer>
#include <QMenu>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <utility>

class QAction;
class QSystemTrayIcon;

namespace Weave {

class Actions;

// The icon in the panel and its menu, whose first line says the state in words. The icon comes when
// there is a panel for it, and changes at most once a second.
class TrayIcon final : public QObject
{
    Q_OBJECT

public:
    explicit TrayIcon(Actions &actions, QObject *parent = nullptr);
    ~TrayIcon() override;

    void start();
    [[nodiscard]] bool isShown() const { return m_icon != nullptr; }

    void setState(TrayLook look, const QString &line);
    // isBad: something is wrong, rather than right again.
    void notify(const QString &title, const QString &text, bool isBad);
    // The text as a notification may show it.
    [[nodiscard]] static QString notificationText(QString text);

    [[nodiscard]] const QMenu &menu() const { return m_menu; }
    [[nodiscard]] TrayLook look() const { return m_look; }

Q_SIGNALS:
    void activated(); // a click on the icon, where the desktop tells of it
    void notificationClicked();
    void hostMissing(); // there is no panel for an icon
    void hostFound(); // there is one, maybe after all

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void create();
    void update();

    QMenu m_menu;
    QAction *m_line;
    TrayHost m_host;
    QTimer m_updateTimer;
    QElapsedTimer m_sinceUpdate;
    TrayLook m_look = TrayLook::Idle;
    QString m_text;
    std::unique_ptr<QSystemTrayIcon> m_icon;
    std::optional<std::pair<TrayLook, PanelTone>> m_drawn;
};

} // namespace Weave
