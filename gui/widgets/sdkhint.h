#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace Weave {

// The lines that make a Python or a Node program use the sidecar, each to be copied with a click.
class SdkHint final : public QWidget
{
    Q_OBJECT

public:
    // httpAddress is where the daemon's HTTP door listens, "127.0.0.1:8319"; empty without one.
    // socket: empty where the Python package finds it by itself.
    SdkHint(const QString &httpAddress, const QString &socket, QWidget *parent = nullptr);

private:
    void addSnippet(const QString &title, const QString &name, const QStringList &lines);
};

// The same in a box of its own, for those who have not come by the first start.
void showSdkHint(QWidget *parent, const QString &httpAddress, const QString &socket);

} // namespace Weave
