#pragma once

#include <QWidget>

namespace Weave {

// One page of the main window. It works only while somebody looks at it.
class Page : public QWidget
{
    Q_OBJECT

public:
    using QWidget::QWidget;

    [[nodiscard]] bool isWatched() const { return m_isWatched; }

Q_SIGNALS:
    void watched(bool isWatched);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

    // The page came into sight or went out of it.
    virtual void watchedChanged(bool isWatched);

private:
    bool m_isWatched = false;
};

} // namespace Weave
