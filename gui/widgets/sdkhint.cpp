#include "widgets/sdkhint.h"

#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace Weave {

namespace {

constexpr int LongestLine = 56; // characters, with room for a longer address
constexpr int Margin = 8;

} // namespace

SdkHint::SdkHint(const QString &httpAddress, QWidget *parent)
    : QWidget(parent)
{
    auto *const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_python = addSnippet(tr("&Python: run these lines where your program runs"),
                          tr("Copy Python lines"), 2);
    m_node =
        addSnippet(tr("&Node: run this line where your program runs"), tr("Copy Node line"), 1);
    m_python->setPlainText(
        QStringLiteral("pip install weave-sidecar\nexport WEAVE_USE_SIDECAR=true"));
    setHttpAddress(httpAddress);
}

void SdkHint::setHttpAddress(const QString &httpAddress)
{
    m_node->setPlainText(QStringLiteral("export WF_TRACE_SERVER_URL=http://%1").arg(httpAddress));
}

QPlainTextEdit *SdkHint::addSnippet(const QString &title, const QString &name, int lines)
{
    auto *const label = new QLabel(title, this);
    auto *const text = new QPlainTextEdit(this);
    text->setReadOnly(true);
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    text->setLineWrapMode(QPlainTextEdit::NoWrap);
    text->setTabChangesFocus(true);
    text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const QFontMetrics metrics(text->font());
    text->setMinimumWidth(metrics.averageCharWidth() * LongestLine + 2 * Margin);
    text->setFixedHeight(metrics.lineSpacing() * lines + 2 * Margin);
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
    return text;
}

} // namespace Weave
