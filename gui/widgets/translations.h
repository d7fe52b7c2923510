#pragma once

class QCoreApplication;
class QLocale;

namespace Weave {

// Makes the program, and Qt's own dialogs, speak the locale's language where it is translated.
void installTranslations(QCoreApplication &application, const QLocale &locale);

} // namespace Weave
