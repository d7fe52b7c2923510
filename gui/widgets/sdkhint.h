#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace Weave {

// The lines that make a Python or a Node program use the sidecar, each to be copied with a click.
class SdkHint final : public QWidget
{
    Q_OBJECT

public:
    // httpAddress is where the daemon's HTTP door listens, "127.0.0.1:8319".
    explicit SdkHint(const QString &httpAddress, QWidget *parent = nullptr);

    void setHttpAddress(const QString &httpAddress);

private:
    QPlainTextEdit *addSnippet(const QString &title, const QString &name, int lines);

    QPlainTextEdit *m_python;
    QPlainTextEdit *m_node;
};

} // namespace Weave
