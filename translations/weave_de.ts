<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AppState</name>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Delivery is paused. Calls are kept.</source>
        <translation>Die Zustellung ist angehalten. Aufrufe werden aufbewahrt.</translation>
    </message>
    <message>
        <source>Delivery stopped</source>
        <translation>Zustellung gestoppt</translation>
    </message>
    <message>
        <source>Trying again</source>
        <translation>Neuer Versuch läuft</translation>
    </message>
    <message>
        <source>Spool nearly full</source>
        <translation>Spool fast voll</translation>
    </message>
    <message>
        <source>New calls will soon be refused.</source>
        <translation>Neue Aufrufe werden bald abgelehnt.</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>%1 · %2 delivered · %3 waiting</source>
        <translation>%1 · %2 zugestellt · %3 wartend</translation>
    </message>
    <message>
        <source>The daemon has version %1, this program has %2. Restart the older one.</source>
        <translation>Der Dienst hat Version %1, dieses Programm hat %2. Starten Sie das ältere neu.</translation>
    </message>
</context>
<context>
    <name>ProblemText</name>
    <message>
        <source>Calls are kept and sent when it works again.</source>
        <translation>Aufrufe werden aufbewahrt und gesendet, sobald es wieder geht.</translation>
    </message>
    <message>
        <source>No secure connection to the trace server</source>
        <translation>Keine sichere Verbindung zum Trace-Server</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, and give --ca-file for a certificate of your own. %1</source>
        <translation>Prüfen Sie die Adresse des Servers und geben Sie für ein eigenes Zertifikat --ca-file an. %1</translation>
    </message>
    <message>
        <source>The trace server does not answer in time</source>
        <translation>Der Trace-Server antwortet nicht rechtzeitig</translation>
    </message>
    <message>
        <source>The trace server cannot be reached</source>
        <translation>Der Trace-Server ist nicht erreichbar</translation>
    </message>
    <message>
        <source>Check the network, the proxy and the server&apos;s address. %1</source>
        <translation>Prüfen Sie Netz, Proxy und Adresse des Servers. %1</translation>
    </message>
    <message>
        <source>The trace server refuses the API key</source>
        <translation>Der Trace-Server lehnt den API-Schlüssel ab</translation>
    </message>
    <message>
        <source>Set the right key in the settings. %1</source>
        <translation>Tragen Sie in den Einstellungen den richtigen Schlüssel ein. %1</translation>
    </message>
    <message>
        <source>The API key may not write to %1</source>
        <translation>Der API-Schlüssel darf nicht in %1 schreiben</translation>
    </message>
    <message>
        <source>Ask for access to the project, or use another key. %1</source>
        <translation>Bitten Sie um Zugang zum Projekt oder nehmen Sie einen anderen Schlüssel. %1</translation>
    </message>
    <message>
        <source>The trace server does not know what was asked</source>
        <translation>Der Trace-Server kennt die Anfrage nicht</translation>
    </message>
    <message>
        <source>Check that the backend&apos;s address is a Weave trace server.</source>
        <translation>Prüfen Sie, ob die Adresse des Backends ein Weave-Trace-Server ist.</translation>
    </message>
    <message>
        <source>The trace server asks for fewer requests</source>
        <translation>Der Trace-Server bittet um weniger Anfragen</translation>
    </message>
    <message>
        <source>The trace server has trouble of its own (%1)</source>
        <translation>Der Trace-Server hat selbst Probleme (%1)</translation>
    </message>
    <message>
        <source>A batch was too large for the trace server</source>
        <translation>Ein Stapel war zu groß für den Trace-Server</translation>
    </message>
    <message>
        <source>It is sent again in smaller parts.</source>
        <translation>Er wird in kleineren Teilen noch einmal gesendet.</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>Der Trace-Server hat Aufrufe abgelehnt (%1)</translation>
    </message>
    <message>
        <source>The others are sent without them; what is refused alone goes to the dead letters.</source>
        <translation>Die übrigen werden ohne sie gesendet; was einzeln abgelehnt wird, kommt zu den unzustellbaren Aufrufen.</translation>
    </message>
    <message>
        <source>Programs send these calls directly.</source>
        <translation>Die Programme senden diese Aufrufe direkt.</translation>
    </message>
    <message>
        <source>The spool is full: calls are refused</source>
        <translation>Der Spool ist voll: Aufrufe werden abgelehnt</translation>
    </message>
    <message>
        <source>Get the trace server back, or allow more in the settings. %1</source>
        <translation>Bringen Sie den Trace-Server wieder ans Netz oder erlauben Sie in den Einstellungen mehr Platz. %1</translation>
    </message>
    <message>
        <source>The disk does not take calls</source>
        <translation>Die Festplatte nimmt keine Aufrufe an</translation>
    </message>
    <message>
        <source>Look for a full or read-only disk. %1</source>
        <translation>Prüfen Sie, ob sie voll oder schreibgeschützt ist. %1</translation>
    </message>
    <message>
        <source>A program sends what the daemon does not understand</source>
        <translation>Ein Programm sendet etwas, das der Dienst nicht versteht</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the daemon; the log says more.</source>
        <translation>Sein SDK ist vielleicht neuer oder älter als der Dienst; das Protokoll sagt mehr.</translation>
    </message>
    <message>
        <source>Another user tried to control the daemon</source>
        <translation>Ein anderer Benutzer wollte den Dienst steuern</translation>
    </message>
    <message>
        <source>Calls came while the daemon was stopping</source>
        <translation>Während der Dienst endete, kamen noch Aufrufe</translation>
    </message>
    <message>
        <source>Calls were refused: too large, or too many at once</source>
        <translation>Aufrufe wurden abgelehnt: zu groß oder zu viele auf einmal</translation>
    </message>
    <message>
        <source>Calls were given up</source>
        <translation>Aufrufe wurden aufgegeben</translation>
    </message>
    <message>
        <source>The trace server refused them for good, or they waited too long. They are kept as dead letters: export them, or try them again.</source>
        <translation>Der Trace-Server hat sie endgültig abgelehnt, oder sie haben zu lange gewartet. Sie werden als unzustellbar aufbewahrt: exportieren Sie sie oder versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>A part of the spool was damaged</source>
        <translation>Ein Teil des Spools war beschädigt</translation>
    </message>
    <message>
        <source>What could be read is delivered; the rest is put aside in the spool&apos;s quarantine folder.</source>
        <translation>Was lesbar war, wird zugestellt; der Rest liegt im Quarantäneordner des Spools.</translation>
    </message>
</context>
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
</context>
<context>
    <name>Weave::About</name>
    <message>
        <source>About Weave Sidecar</source>
        <translation>Über Weave Sidecar</translation>
    </message>
    <message>
        <source>Weave Sidecar %1</source>
        <translation>Weave Sidecar %1</translation>
    </message>
    <message>
        <source>Takes the trace calls of every Weave process on this computer and delivers them. Free software under the Apache License 2.0, made with Qt %1.</source>
        <translation>Nimmt die Trace-Aufrufe aller Weave-Prozesse auf diesem Rechner an und stellt sie zu. Freie Software unter der Apache-Lizenz 2.0, erstellt mit Qt %1.</translation>
    </message>
</context>
<context>
    <name>Weave::Actions</name>
    <message>
        <source>&amp;Open Weave Sidecar</source>
        <translation>Weave Sidecar ö&amp;ffnen</translation>
    </message>
    <message>
        <source>&amp;Flush now</source>
        <translation>Jetzt &amp;senden</translation>
    </message>
    <message>
        <source>&amp;Retry now</source>
        <translation>Jetzt noch einmal &amp;versuchen</translation>
    </message>
    <message>
        <source>Start the s&amp;idecar</source>
        <translation>S&amp;idecar starten</translation>
    </message>
    <message>
        <source>Open &amp;log</source>
        <translation>&amp;Protokoll öffnen</translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation>&amp;Diagnose kopieren</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>Start at lo&amp;gin</source>
        <translation>Bei &amp;Anmeldung starten</translation>
    </message>
    <message>
        <source>&amp;About Weave Sidecar</source>
        <translation>Übe&amp;r Weave Sidecar</translation>
    </message>
    <message>
        <source>Send what waits without waiting for fuller batches</source>
        <translation>Sendet, was wartet, ohne auf vollere Stapel zu warten</translation>
    </message>
    <message>
        <source>Try the backend again at once</source>
        <translation>Versucht das Backend sofort noch einmal</translation>
    </message>
    <message>
        <source>Copy a report without keys or contents of calls</source>
        <translation>Kopiert einen Bericht ohne Schlüssel und ohne Inhalte von Aufrufen</translation>
    </message>
    <message>
        <source>Resume &amp;delivery</source>
        <translation>&amp;Zustellung fortsetzen</translation>
    </message>
    <message>
        <source>Pause &amp;delivery</source>
        <translation>&amp;Zustellung anhalten</translation>
    </message>
    <message>
        <source>Send calls to the backend again</source>
        <translation>Sendet wieder Aufrufe an das Backend</translation>
    </message>
    <message>
        <source>Keep taking calls, but do not send them yet</source>
        <translation>Nimmt weiter Aufrufe an, sendet sie aber noch nicht</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Quit…</source>
        <translation>&amp;Beenden…</translation>
    </message>
    <message>
        <source>&amp;Quit (the sidecar goes on)</source>
        <translation>&amp;Beenden (das Sidecar läuft weiter)</translation>
    </message>
</context>
<context>
    <name>Weave::Autostart</name>
    <message>
        <source>Cannot create the folder %1.</source>
        <translation>Der Ordner %1 lässt sich nicht anlegen.</translation>
    </message>
</context>
<context>
    <name>Weave::BackendForm</name>
    <message>
        <source>Send calls to a &amp;trace server</source>
        <translation>Aufrufe an einen &amp;Trace-Server senden</translation>
    </message>
    <message>
        <source>Keep calls in a &amp;local file</source>
        <translation>Aufrufe in einer &amp;lokalen Datei aufbewahren</translation>
    </message>
    <message>
        <source>Address of the trace server</source>
        <translation>Adresse des Trace-Servers</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>&amp;Adresse:</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>API &amp;key:</source>
        <translation>API-S&amp;chlüssel:</translation>
    </message>
    <message>
        <source>T&amp;est connection</source>
        <translation>V&amp;erbindung testen</translation>
    </message>
    <message>
        <source>File for the calls</source>
        <translation>Datei für die Aufrufe</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>Aus&amp;wählen…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>&amp;Datei:</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>JSON-Zeilen (*.ndjson)</translation>
    </message>
</context>
<context>
    <name>Weave::CallModel</name>
    <message>
        <source>(began before)</source>
        <translation>(früher begonnen)</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>Call %1 of trace %2</source>
        <translation>Aufruf %1 des Trace %2</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Fehler: %1</translation>
    </message>
    <message>
        <source>Inputs: %1</source>
        <translation>Eingaben: %1</translation>
    </message>
    <message>
        <source>Output: %1</source>
        <translation>Ausgabe: %1</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Operation</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
</context>
<context>
    <name>Weave::ClientModel</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Prozess</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Calls/s</source>
        <translation>Aufrufe/s</translation>
    </message>
    <message>
        <source>Bytes/s</source>
        <translation>Bytes/s</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Abgelehnt</translation>
    </message>
</context>
<context>
    <name>Weave::ConnectionTest</name>
    <message>
        <source>Calls can be written to that folder.</source>
        <translation>In diesen Ordner kann geschrieben werden.</translation>
    </message>
    <message>
        <source>That folder cannot be written to.</source>
        <translation>In diesen Ordner kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 antwortet in %2 ms und nimmt den Schlüssel an.</translation>
    </message>
    <message>
        <source>%1 refuses the API key.</source>
        <translation>%1 lehnt den API-Schlüssel ab.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms.</source>
        <translation>%1 antwortet in %2 ms.</translation>
    </message>
    <message>
        <source>%1 is no Weave trace server: it answers %2.</source>
        <translation>%1 ist kein Weave-Trace-Server: Antwort %2.</translation>
    </message>
    <message>
        <source>There is no host named %1.</source>
        <translation>Es gibt keinen Rechner namens %1.</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens there.</source>
        <translation>%1 nimmt keine Verbindung an: dort lauscht nichts.</translation>
    </message>
    <message>
        <source>%1 does not answer within 10 seconds.</source>
        <translation>%1 antwortet nicht innerhalb von 10 Sekunden.</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2</source>
        <translation>Keine sichere Verbindung zu %1: %2</translation>
    </message>
</context>
<context>
    <name>Weave::DaemonLauncher</name>
    <message>
        <source>The program weave-sidecar is not installed.</source>
        <translation>Das Programm weave-sidecar ist nicht installiert.</translation>
    </message>
    <message>
        <source>%1 cannot be started: %2</source>
        <translation>%1 lässt sich nicht starten: %2</translation>
    </message>
    <message>
        <source>The daemon ended at once.</source>
        <translation>Der Dienst hat sich sofort beendet.</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>Refused calls</source>
        <translation>Abgelehnte Aufrufe</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>&amp;Noch einmal senden</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Fertig.</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>Das hat nicht geklappt: %1</translation>
    </message>
    <message>
        <source>Export calls</source>
        <translation>Aufrufe exportieren</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>JSON-Zeilen (*.ndjson)</translation>
    </message>
    <message>
        <source>No call was refused for good.</source>
        <translation>Kein Aufruf wurde endgültig abgelehnt.</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were refused by the backend for good. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n Aufruf wurde vom Backend endgültig abgelehnt. Er liegt mit dem Grund auf der Festplatte.</numerusform>
            <numerusform>%n Aufrufe wurden vom Backend endgültig abgelehnt. Sie liegen mit dem Grund auf der Festplatte.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::FirstStart</name>
    <message>
        <source>Welcome to Weave Sidecar</source>
        <translation>Willkommen bei Weave Sidecar</translation>
    </message>
    <message>
        <source>&amp;Start the sidecar</source>
        <translation>&amp;Sidecar starten</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>S&amp;päter</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>Das Sidecar nimmt die Trace-Aufrufe aller Weave-Programme auf diesem Rechner an, bewahrt sie sicher auf der Festplatte auf und stellt sie zu. Wohin sollen sie gehen?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>Das war alles. Sagen Sie nun Ihren Programmen, dass sie das Sidecar benutzen sollen:</translation>
    </message>
</context>
<context>
    <name>Weave::FlushModel</name>
    <message>
        <source>delivered</source>
        <translation>zugestellt</translation>
    </message>
    <message>
        <source>will be tried again</source>
        <translation>wird noch einmal versucht</translation>
    </message>
    <message>
        <source>refused, sent again in halves</source>
        <translation>abgelehnt, wird in Hälften gesendet</translation>
    </message>
    <message>
        <source>refused, now a dead letter</source>
        <translation>abgelehnt, jetzt unzustellbar</translation>
    </message>
    <message>
        <source>refused, delivery stopped</source>
        <translation>abgelehnt, Zustellung gestoppt</translation>
    </message>
    <message>
        <source>sent again in another form</source>
        <translation>in anderer Form noch einmal gesendet</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
</context>
<context>
    <name>Weave::Frontend</name>
    <message>
        <source>The sidecar cannot be started</source>
        <translation>Das Sidecar lässt sich nicht starten</translation>
    </message>
    <message>
        <source>Start at login cannot be changed</source>
        <translation>Der Start bei Anmeldung lässt sich nicht ändern</translation>
    </message>
    <message>
        <source>Delivery cannot be resumed</source>
        <translation>Die Zustellung lässt sich nicht fortsetzen</translation>
    </message>
    <message>
        <source>Delivery cannot be paused</source>
        <translation>Die Zustellung lässt sich nicht anhalten</translation>
    </message>
    <message>
        <source>Not all calls could be delivered</source>
        <translation>Nicht alle Aufrufe konnten zugestellt werden</translation>
    </message>
    <message>
        <source>The backend cannot be tried again</source>
        <translation>Das Backend kann nicht noch einmal versucht werden</translation>
    </message>
    <message>
        <source>Calls are not delivered</source>
        <translation>Aufrufe werden nicht zugestellt</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>Die Zustellung funktioniert wieder</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>Es gibt kein Protokoll zum Öffnen</translation>
    </message>
    <message>
        <source>A sidecar that systemd has started writes to the journal: journalctl --user -u weave-sidecar</source>
        <translation>Ein von systemd gestartetes Sidecar schreibt in das Journal: journalctl --user -u weave-sidecar</translation>
    </message>
</context>
<context>
    <name>Weave::Gauge</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>Weave::KeyStore</name>
    <message>
        <source>Cannot keep the key in %1: %2</source>
        <translation>Der Schlüssel lässt sich nicht in %1 aufbewahren: %2</translation>
    </message>
</context>
<context>
    <name>Weave::LivePage</name>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>Hier erscheinen die Aufrufe Ihrer Programme, sobald sie geschehen.</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>Aufrufe live</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Details of the selected call</source>
        <translation>Einzelheiten des gewählten Aufrufs</translation>
    </message>
    <message>
        <source>Choose a call to see more of it.</source>
        <translation>Wählen Sie einen Aufruf, um mehr davon zu sehen.</translation>
    </message>
    <message>
        <source>Search in calls</source>
        <translation>In Aufrufen suchen</translation>
    </message>
    <message>
        <source>S&amp;earch:</source>
        <translation>S&amp;uchen:</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>I&amp;nhalte zeigen</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>Ein- und Ausgaben von Aufrufen können vertraulich sein. Sie werden hier gezeigt und nirgends aufbewahrt.</translation>
    </message>
    <message>
        <source>Clea&amp;r</source>
        <translation>&amp;Leeren</translation>
    </message>
    <message numerus="yes">
        <source>%n more call(s) came too fast to be shown.</source>
        <translation>
            <numerusform>%n weiterer Aufruf kam zu schnell, um gezeigt zu werden.</numerusform>
            <numerusform>%n weitere Aufrufe kamen zu schnell, um gezeigt zu werden.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::MainWindow</name>
    <message>
        <source>Weave Sidecar</source>
        <translation>Weave Sidecar</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>Statusleiste</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>&amp;Sidecar</source>
        <translation>&amp;Sidecar</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>Fenster s&amp;chließen</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>Se&amp;ite</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
</context>
<context>
    <name>Weave::OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Backend:</source>
        <translation>Backend:</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>Zustand:</translation>
    </message>
    <message>
        <source>Oldest waiting call:</source>
        <translation>Ältester wartender Aufruf:</translation>
    </message>
    <message>
        <source>Last error:</source>
        <translation>Letzter Fehler:</translation>
    </message>
    <message>
        <source>Waiting, of the spool</source>
        <translation>Wartend, vom Spool</translation>
    </message>
    <message>
        <source>Spool on disk</source>
        <translation>Spool auf der Festplatte</translation>
    </message>
    <message>
        <source>Last minute</source>
        <translation>Letzte Minute</translation>
    </message>
    <message>
        <source>Last 10 minutes</source>
        <translation>Letzte 10 Minuten</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>Letzte Stunde</translation>
    </message>
    <message>
        <source>Time span of the plots</source>
        <translation>Zeitspanne der Kurven</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>&amp;Zeigen:</translation>
    </message>
    <message>
        <source>Calls per second</source>
        <translation>Aufrufe pro Sekunde</translation>
    </message>
    <message>
        <source>Waiting calls</source>
        <translation>Wartende Aufrufe</translation>
    </message>
    <message>
        <source>Waiting bytes</source>
        <translation>Wartende Bytes</translation>
    </message>
    <message>
        <source>Time the backend takes</source>
        <translation>Antwortzeit des Backends</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Eingang</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Aufrufe</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
</context>
<context>
    <name>Weave::PlotWidget</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>no data</source>
        <translation>keine Daten</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>vor %1</translation>
    </message>
    <message>
        <source>No data yet.</source>
        <translation>Noch keine Daten.</translation>
    </message>
    <message>
        <source>%1: %2. Highest: %3.</source>
        <translation>%1: %2. Höchstwert: %3.</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemModel</name>
    <message>
        <source>Calls go directly to the trace server meanwhile, as if there were no sidecar.</source>
        <translation>Aufrufe gehen inzwischen direkt an den Trace-Server, als gäbe es kein Sidecar.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Anzahl</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemsPage</name>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>Keine Probleme. Aufrufe werden angenommen und zugestellt.</translation>
    </message>
</context>
<context>
    <name>Weave::QuitQuestion</name>
    <message>
        <source>Quit Weave Sidecar</source>
        <translation>Weave Sidecar beenden</translation>
    </message>
    <message>
        <source>Shall the sidecar go on taking and delivering calls?</source>
        <translation>Soll das Sidecar weiter Aufrufe annehmen und zustellen?</translation>
    </message>
    <message>
        <source>Stopped, it keeps on disk what is not delivered yet. Programs then send their calls directly.</source>
        <translation>Beendet es sich, bleibt auf der Festplatte, was noch nicht zugestellt ist. Programme senden ihre Aufrufe dann direkt.</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>&amp;Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>&amp;Stop it too</source>
        <translation>&amp;Auch beenden</translation>
    </message>
</context>
<context>
    <name>Weave::SdkHint</name>
    <message>
        <source>&amp;Python: run these lines where your program runs</source>
        <translation>&amp;Python: führen Sie diese Zeilen aus, wo Ihr Programm läuft</translation>
    </message>
    <message>
        <source>Copy Python lines</source>
        <translation>Python-Zeilen kopieren</translation>
    </message>
    <message>
        <source>&amp;Node: run this line where your program runs</source>
        <translation>&amp;Node: führen Sie diese Zeile aus, wo Ihr Programm läuft</translation>
    </message>
    <message>
        <source>Copy Node line</source>
        <translation>Node-Zeile kopieren</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsDialog</name>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Einstellungen von Weave Sidecar</translation>
    </message>
    <message>
        <source>Kinds of settings</source>
        <translation>Arten von Einstellungen</translation>
    </message>
    <message>
        <source>&amp;Delivery</source>
        <translation>&amp;Zustellung</translation>
    </message>
    <message>
        <source>St&amp;orage and sockets</source>
        <translation>S&amp;peicher und Sockets</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>&amp;Stapel</translation>
    </message>
    <message>
        <source>&amp;Notifications</source>
        <translation>&amp;Benachrichtigungen</translation>
    </message>
    <message>
        <source>Soc&amp;ket:</source>
        <translation>Soc&amp;ket:</translation>
    </message>
    <message>
        <source>Socket of the sidecar</source>
        <translation>Socket des Sidecars</translation>
    </message>
    <message>
        <source>Where Python programs hand over their calls.</source>
        <translation>Hier geben Python-Programme ihre Aufrufe ab.</translation>
    </message>
    <message>
        <source>&amp;HTTP address:</source>
        <translation>&amp;HTTP-Adresse:</translation>
    </message>
    <message>
        <source>HTTP address of the sidecar</source>
        <translation>HTTP-Adresse des Sidecars</translation>
    </message>
    <message>
        <source>Where Node programs hand over their calls, 127.0.0.1:8319; empty for none.</source>
        <translation>Hier geben Node-Programme ihre Aufrufe ab, 127.0.0.1:8319; leer: keine.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Conn&amp;ections:</source>
        <translation>&amp;Verbindungen:</translation>
    </message>
    <message>
        <source>Connections at a time</source>
        <translation>Verbindungen gleichzeitig</translation>
    </message>
    <message>
        <source>More programs than this are turned away.</source>
        <translation>Mehr Programme als diese werden abgewiesen.</translation>
    </message>
    <message>
        <source>the usual number</source>
        <translation>die übliche Anzahl</translation>
    </message>
    <message>
        <source>S&amp;pool folder:</source>
        <translation>Spool-&amp;Ordner:</translation>
    </message>
    <message>
        <source>Folder of the spool</source>
        <translation>Ordner des Spools</translation>
    </message>
    <message>
        <source>Where calls are kept until they are delivered.</source>
        <translation>Hier bleiben Aufrufe, bis sie zugestellt sind.</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>der übliche</translation>
    </message>
    <message>
        <source>Spool &amp;limit:</source>
        <translation>Spool-&amp;Grenze:</translation>
    </message>
    <message>
        <source>Size that the spool may take</source>
        <translation>Größe, die der Spool haben darf</translation>
    </message>
    <message>
        <source>With more than this waiting, calls are refused: 500MiB, 2GiB.</source>
        <translation>Wartet mehr als dies, werden Aufrufe abgelehnt: 500MiB, 2GiB.</translation>
    </message>
    <message>
        <source>Send a&amp;fter:</source>
        <translation>Senden &amp;nach:</translation>
    </message>
    <message>
        <source>Time after which a batch is sent</source>
        <translation>Zeit, nach der ein Stapel gesendet wird</translation>
    </message>
    <message>
        <source>After its first call: 500ms, 2s.</source>
        <translation>Nach seinem ersten Aufruf: 500ms, 2s.</translation>
    </message>
    <message>
        <source>&amp;Most calls:</source>
        <translation>&amp;Höchstens Aufrufe:</translation>
    </message>
    <message>
        <source>Calls in a batch at most</source>
        <translation>Aufrufe in einem Stapel höchstens</translation>
    </message>
    <message>
        <source>A batch with this many calls is sent at once.</source>
        <translation>Ein Stapel mit so vielen Aufrufen wird sofort gesendet.</translation>
    </message>
    <message>
        <source>Most b&amp;ytes:</source>
        <translation>Höchstens B&amp;ytes:</translation>
    </message>
    <message>
        <source>Size of a batch at most</source>
        <translation>Größe eines Stapels höchstens</translation>
    </message>
    <message>
        <source>A larger call travels alone: 10MiB.</source>
        <translation>Ein größerer Aufruf reist allein: 10MiB.</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>Melden, wenn Aufrufe &amp;nicht zugestellt werden</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>Melden, wenn die Zustellung &amp;wieder funktioniert</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>The sidecar that runs now was not started by this program: what you change here is used when this program starts one.</source>
        <translation>Das laufende Sidecar wurde nicht von diesem Programm gestartet: was Sie hier ändern, gilt, wenn dieses Programm eines startet.</translation>
    </message>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>sicher aufbewahrt; zum Ändern hier tippen</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>gefunden in %1</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>von wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Frage läuft…</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The daemon does not answer.</source>
        <translation>Der Dienst antwortet nicht.</translation>
    </message>
    <message>
        <source>The socket %1 belongs to another user.</source>
        <translation>Der Socket %1 gehört einem anderen Benutzer.</translation>
    </message>
    <message>
        <source>No daemon answers on %1.</source>
        <translation>Auf %1 antwortet kein Dienst.</translation>
    </message>
    <message>
        <source>What answers on %1 is not the daemon.</source>
        <translation>Was auf %1 antwortet, ist nicht der Dienst.</translation>
    </message>
    <message>
        <source>The daemon on %1 runs as another user, who alone may look into it.</source>
        <translation>Der Dienst auf %1 läuft unter einem anderen Benutzer; nur dieser darf hineinsehen.</translation>
    </message>
    <message>
        <source>The daemon is of a version that this program cannot show: %1</source>
        <translation>Der Dienst hat eine Version, die dieses Programm nicht zeigen kann: %1</translation>
    </message>
    <message>
        <source>The daemon did not answer in time.</source>
        <translation>Der Dienst hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The daemon cannot be reached: %1</source>
        <translation>Der Dienst ist nicht erreichbar: %1</translation>
    </message>
    <message>
        <source>The daemon&apos;s answer makes no sense.</source>
        <translation>Die Antwort des Dienstes ergibt keinen Sinn.</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>%1 lässt sich nicht starten: %2</translation>
    </message>
</context>
<context>
    <name>Weave::TrayIcon</name>
    <message>
        <source>Weave Sidecar</source>
        <translation>Weave Sidecar</translation>
    </message>
</context>
<context>
    <name>Weave::Units</name>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1 µs</source>
        <translation>%1 µs</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 h %2 min</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 d %2 h</translation>
    </message>
</context>
<context>
    <name>Weave::WindowPages</name>
    <message>
        <source>Working</source>
        <translation>Arbeitet</translation>
    </message>
    <message>
        <source>Paused by you; calls are kept</source>
        <translation>Von Ihnen angehalten; Aufrufe werden aufbewahrt</translation>
    </message>
    <message>
        <source>next attempt in %1</source>
        <translation>nächster Versuch in %1</translation>
    </message>
    <message>
        <source>calls are kept</source>
        <translation>Aufrufe werden aufbewahrt</translation>
    </message>
    <message>
        <source>Does not answer as it should; %1</source>
        <translation>Antwortet nicht, wie es soll; %1</translation>
    </message>
    <message>
        <source>Refuses what is sent; %1</source>
        <translation>Lehnt ab, was gesendet wird; %1</translation>
    </message>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1 (vor %2)</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Flushes</source>
        <translation>Sendungen</translation>
    </message>
    <message>
        <source>Requests to the backend appear here.</source>
        <translation>Hier erscheinen Anfragen an das Backend.</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>No program is connected to the sidecar now.</source>
        <translation>Zurzeit ist kein Programm mit dem Sidecar verbunden.</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>Aufrufe live</translation>
    </message>
</context>
</TS>
