#include "widgets/autostart.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>

namespace Weave {

namespace {

QString usualFolder()
{
#ifdef Q_OS_MACOS
    return QDir::homePath() + QStringLiteral("/Library/LaunchAgents");
#else
    return QStandardPaths::writableLocation(QStandardPaths::ConfigLocation)
        + QStringLiteral("/autostart");
#endif
}

#ifndef Q_OS_MACOS
// An argument of Exec= as the desktop entry specification wants it quoted.
QString quoted(const QString &argument)
{
    QString text;
    for (const QChar c : argument) {
        if (c == u'%')
            text += u'%';
        else if (c == u'"' || c == u'`' || c == u'$')
            text += QStringLiteral("\\\\");
        else if (c == u'\\')
            text += QStringLiteral("\\\\\\");
        text += c;
    }
    return u'"' + text + u'"';
}
#endif

} // namespace

Autostart::Autostart(const QString &folder, const QString &program)
    : m_program(program.isEmpty() ? QCoreApplication::applicationFilePath() : program)
{
#ifdef Q_OS_MACOS
    const QString name = QStringLiteral("/io.github.weave-sidecar.tray.plist");
#else
    const QString name = QStringLiteral("/weave-sidecar-tray.desktop");
#endif
    m_path = (folder.isEmpty() ? usualFolder() : folder) + name;
}

QByteArray Autostart::entry() const
{
#ifdef Q_OS_MACOS
    return QStringLiteral(R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>io.github.weave-sidecar.tray</string>
<key>ProgramArguments</key><array><string>%1</string><string>--hidden</string></array>
<key>RunAtLoad</key><true/>
</dict></plist>
)")
        .arg(m_program.toHtmlEscaped())
        .toUtf8();
#else
    return QStringLiteral("[Desktop Entry]\n"
                          "Type=Application\n"
                          "Name=Weave Sidecar\n"
                          "Comment=Shows what the Weave sidecar receives and delivers\n"
                          "Exec=%1 --hidden\n"
                          "Icon=weave-sidecar-tray\n"
                          "Terminal=false\n"
                          "X-GNOME-Autostart-enabled=true\n")
        .arg(quoted(m_program))
        .toUtf8();
#endif
}

bool Autostart::isOn() const
{
    QFile file(m_path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    // Desktops switch an entry off by a line in it instead of removing it.
    const QByteArray text = file.readAll();
    return !text.contains("\nHidden=true") && !text.contains("\nX-GNOME-Autostart-enabled=false");
}

QString Autostart::setOn(bool isOn)
{
    if (!isOn) {
        QFile file(m_path);
        return !file.exists() || file.remove() ? QString() : file.errorString();
    }
    if (!QDir().mkpath(QFileInfo(m_path).path()))
        return QCoreApplication::translate("Weave::Autostart", "Cannot create the folder %1.")
            .arg(QFileInfo(m_path).path());
    QSaveFile file(m_path);
    const QByteArray text = entry();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        return file.errorString();
    return {};
}

} // namespace Weave
