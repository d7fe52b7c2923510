#include "widgets/sdkhint.h"

#include <QClipboard>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

namespace Weave {

namespace {

constexpr int LongestLine = 56; // characters, with room for a longer address
constexpr int Margin = 8;

// As a shell takes it for one word.
QString shellWord(QString text)
{
    static const QRegularExpression special(QStringLiteral("[^A-Za-z0-9_@%+=:,./-]"));
    if (!text.contains(special))
        return text;
    return u'\'' + text.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
}

} // namespace

SdkHint::SdkHint(const QString &httpAddress, const QString &socket, QWidget *parent)
    : QWidget(parent)
{
    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    QStringList python{QStringLiteral("pip install weave-sidecar"),
                       QStringLiteral("export WEAVE_USE_SIDECAR=true")};
    if (!socket.isEmpty())
        python << QStringLiteral("export WEAVE_SIDECAR_SOCKET=%1").arg(shellWord(socket));
    addSnippet(tr("&Python: run these lines where your program runs"), tr("Copy Python lines"),
               python);
    if (!httpAddress.isEmpty()) {
        addSnippet(tr("&Node: run this line where your program runs"), tr("Copy Node line"),
                   {QStringLiteral("export WF_TRACE_SERVER_URL=http://%1").arg(httpAddress)});
        return;
    }
    auto *const none = new QLabel(tr("Node: give the sidecar an HTTP address in the settings "
                                     "first, for example 127.0.0.1:8319."),
                                  this);
    none->setWordWrap(true);
    layout->addWidget(none);
}

void SdkHint::addSnippet(const QString &title, const QString &name, const QStringList &lines)
{
    auto *const label = new QLabel(title, this);
    auto *const text = new QPlainTextEdit(this);
    text->setPlainText(lines.join(u'\n'));
    text->setReadOnly(true);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setTabChangesFocus(true);
    text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const QFontMetrics metrics(text->font());
    text->setMinimumWidth(metrics.averageCharWidth() * LongestLine + 2 * Margin);
    text->setFixedHeight(metrics.lineSpacing() * int(lines.size()) + 2 * Margin);
    text->setAccessibleName(QString(title).remove(u'&'));
    label->setBuddy(text);
    auto *const copy = new QPushButton(tr("Copy"), this);
    copy->setAccessibleName(name);
    connect(copy, &QPushButton::clicked, text,
            [text] { QGuiApplication::clipboard()->setText(text->toPlainText()); });

    auto *const row = new QHBoxLayout;
    row->addWidget(text, 1);
    row->addWidget(copy, 0, Qt::AlignTop);
    auto *const column = static_cast<QVBoxLayout *>(layout());
    column->addWidget(label);
    column->addLayout(row);
}

void showSdkHint(QWidget *parent, const QString &httpAddress, const QString &socket)
{
    auto *const box = new QDialog(parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(SdkHint::tr("Connect programs"));
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, box);
    QObject::connect(buttons, &QDialogButtonBox::rejected, box, &QDialog::reject);
    auto *const layout = new QVBoxLayout(box);
    layout->addWidget(new SdkHint(httpAddress, socket, box));
    layout->addStretch(1);
    layout->addWidget(buttons);
    box->show();
}

} // namespace Weave
