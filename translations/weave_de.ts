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
        <translation>Neuer Versuch</translation>
    </message>
    <message>
        <source>Some calls wait</source>
        <translation>Einige Aufrufe warten</translation>
    </message>
    <message>
        <source>%1 and others</source>
        <translation>%1 und andere</translation>
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
        <source>The sidecar has version %1, this program has %2. Restart the older one.</source>
        <translation>Das Sidecar hat Version %1, dieses Programm %2. Starten Sie das ältere neu.</translation>
    </message>
    <message>
        <source>Delivery is paused and the spool nearly full: new calls will soon be refused.</source>
        <translation>Die Zustellung ist angehalten und der Spool fast voll: Neue Aufrufe werden bald abgelehnt.</translation>
    </message>
</context>
<context>
    <name>ConnectionVerdict</name>
    <message>
        <source>%1 asks for fewer requests (429). Test again in a few minutes.</source>
        <translation>%1 bittet um weniger Anfragen (429). Testen Sie in ein paar Minuten noch einmal.</translation>
    </message>
    <message>
        <source>%1 has trouble of its own (%2). Test again later; calls are kept meanwhile.</source>
        <translation>%1 hat selbst ein Problem (%2). Testen Sie später noch einmal; bis dahin werden Aufrufe aufbewahrt.</translation>
    </message>
    <message>
        <source>%1 answers (%2), but not as a Weave trace server does. Check the address and the path in it; the login page of a network answers like this, too.</source>
        <translation>%1 antwortet (%2), aber nicht wie ein Weave-Trace-Server. Prüfen Sie die Adresse und den Pfad darin; auch die Anmeldeseite eines Netzes antwortet so.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms. The API key was not tested: without https others could read it.</source>
        <translation>%1 antwortet in %2 ms. Der API-Schlüssel wurde nicht getestet: ohne https könnten ihn andere mitlesen.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 antwortet in %2 ms und nimmt den Schlüssel an.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and knows the key. Whether it may write to your project shows with the first calls.</source>
        <translation>%1 antwortet in %2 ms und kennt den Schlüssel. Ob er in Ihr Projekt schreiben darf, zeigt sich mit den ersten Aufrufen.</translation>
    </message>
    <message>
        <source>%1 refuses the API key. Copy it once more from your account&apos;s page, or make a new one there.</source>
        <translation>%1 lehnt den API-Schlüssel ab. Kopieren Sie ihn noch einmal von Ihrer Kontoseite oder erstellen Sie dort einen neuen.</translation>
    </message>
    <message>
        <source>%1 does not answer in time. Check the network and the address; some networks need a proxy (HTTPS_PROXY).</source>
        <translation>%1 antwortet nicht rechtzeitig. Prüfen Sie Netz und Adresse; manche Netze brauchen einen Proxy (HTTPS_PROXY).</translation>
    </message>
    <message>
        <source>%1 does not answer in time through the proxy %2. Check both addresses.</source>
        <translation>%1 antwortet über den Proxy %2 nicht rechtzeitig. Prüfen Sie beide Adressen.</translation>
    </message>
    <message>
        <source>There is no host named %1. Check the spelling and the network.</source>
        <translation>Es gibt keinen Rechner namens %1. Prüfen Sie die Schreibweise und das Netz.</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens at port %2. Check the port in the address, and whether the server runs.</source>
        <translation>%1 nimmt keine Verbindung an: an Port %2 lauscht nichts. Prüfen Sie den Port in der Adresse und ob der Server läuft.</translation>
    </message>
    <message>
        <source>%1 closes the connection without an answer. Check the address and its port %2.</source>
        <translation>%1 schließt die Verbindung ohne Antwort. Prüfen Sie die Adresse und ihren Port %2.</translation>
    </message>
    <message>
        <source>%1 cannot be reached: %2. Check the network and the address.</source>
        <translation>%1 ist nicht erreichbar: %2. Prüfen Sie Netz und Adresse.</translation>
    </message>
    <message>
        <source>The proxy %1 wants a user name and a password. Give them in HTTPS_PROXY or HTTP_PROXY, as in http://user:password@proxy.example:3128.</source>
        <translation>Der Proxy %1 verlangt Benutzername und Passwort. Geben Sie sie in HTTPS_PROXY oder HTTP_PROXY an, wie in http://user:password@proxy.example:3128.</translation>
    </message>
    <message>
        <source>No way to %2 through the proxy %1: %3. Check HTTPS_PROXY and HTTP_PROXY, ask who runs the proxy, or name %2 in NO_PROXY.</source>
        <translation>Über den Proxy %1 ist %2 nicht erreichbar: %3. Prüfen Sie HTTPS_PROXY und HTTP_PROXY, fragen Sie den Betreiber des Proxys oder nennen Sie %2 in NO_PROXY.</translation>
    </message>
    <message>
        <source>%1 does not speak TLS at port %2. Check the port; an address that begins with http:// is for servers without TLS.</source>
        <translation>%1 spricht an Port %2 kein TLS. Prüfen Sie den Port; für Server ohne TLS beginnt die Adresse mit http://.</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2. The server must speak TLS 1.2 or newer.</source>
        <translation>Keine sichere Verbindung zu %1: %2. Der Server muss TLS 1.2 oder neuer sprechen.</translation>
    </message>
    <message>
        <source>The certificate of %1 is for %2. Give the address that the certificate names.</source>
        <translation>Das Zertifikat von %1 gilt für %2. Geben Sie die Adresse an, die im Zertifikat steht.</translation>
    </message>
    <message>
        <source>The certificate of %1 cannot be trusted: %2.</source>
        <translation>Dem Zertifikat von %1 ist nicht zu trauen: %2.</translation>
    </message>
    <message>
        <source>%1 redirects to another address (%2). Ask its owner for the right one.</source>
        <translation>%1 leitet an eine andere Adresse weiter (%2). Erfragen Sie die richtige beim Betreiber.</translation>
    </message>
    <message>
        <source>%1 redirects to %2. Use that address instead.</source>
        <translation>%1 leitet an %2 weiter. Verwenden Sie stattdessen diese Adresse.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and needs no key.</source>
        <translation>%1 antwortet in %2 ms und braucht keinen Schlüssel.</translation>
    </message>
    <message>
        <source>%1 needs an API key. Type it above.</source>
        <translation>%1 braucht einen API-Schlüssel. Geben Sie ihn oben ein.</translation>
    </message>
    <message>
        <source>The certificate of %1 expired on %2. Check this computer&apos;s clock; if it is right, the server needs a new certificate.</source>
        <translation>Das Zertifikat von %1 ist am %2 abgelaufen. Prüfen Sie die Uhr dieses Rechners; geht sie richtig, braucht der Server ein neues Zertifikat.</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid before %2. Check this computer&apos;s clock.</source>
        <translation>Das Zertifikat von %1 gilt erst ab %2. Prüfen Sie die Uhr dieses Rechners.</translation>
    </message>
    <message>
        <source>The certificate of %1 comes from an authority that this computer does not trust. If the server is your own, name its certificates under &quot;CA file&quot;.</source>
        <translation>Das Zertifikat von %1 stammt von einer Stelle, der dieser Rechner nicht vertraut. Ist es Ihr eigener Server, geben Sie seine Zertifikate unter „CA-Datei“ an.</translation>
    </message>
</context>
<context>
    <name>DaemonReply</name>
    <message>
        <source>The sidecar did not answer in time.</source>
        <translation>Das Sidecar hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The sidecar cannot be reached: %1</source>
        <translation>Das Sidecar ist nicht erreichbar: %1</translation>
    </message>
    <message>
        <source>The sidecar&apos;s answer makes no sense.</source>
        <translation>Die Antwort des Sidecars ergibt keinen Sinn.</translation>
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
        <translation>Der Trace-Server kennt diese Anfrage nicht</translation>
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
        <source>The trace server refused calls (%1)</source>
        <translation>Der Trace-Server hat Aufrufe abgelehnt (%1)</translation>
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
    <message>
        <source>Check the server&apos;s address. For a server with certificates of its own, name its CA file in the settings. %1</source>
        <translation>Prüfen Sie die Adresse des Servers. Hat er eigene Zertifikate, geben Sie in den Einstellungen seine CA-Datei an. %1</translation>
    </message>
    <message>
        <source>A program sends what the sidecar does not understand</source>
        <translation>Ein Programm sendet etwas, das das Sidecar nicht versteht</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the sidecar; the log says more.</source>
        <translation>Sein SDK ist vielleicht neuer oder älter als das Sidecar; das Protokoll sagt mehr.</translation>
    </message>
    <message>
        <source>Another user tried to control the sidecar</source>
        <translation>Ein anderer Benutzer wollte das Sidecar steuern</translation>
    </message>
    <message>
        <source>Calls came while the sidecar was stopping</source>
        <translation>Während das Sidecar endete, kamen noch Aufrufe</translation>
    </message>
    <message>
        <source>What is refused alone is kept as a dead letter: export it, or try it again.</source>
        <translation>Was allein abgelehnt wird, wird als unzustellbar aufbewahrt: exportieren Sie es oder versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, the proxy and the key in the settings. %1</source>
        <translation>Prüfen Sie die Adresse des Servers, den Proxy und den Schlüssel in den Einstellungen. %1</translation>
    </message>
    <message>
        <source>The batch is sent again in smaller parts.</source>
        <translation>Der Stapel wird in kleineren Teilen noch einmal gesendet.</translation>
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
    <name>Settings</name>
    <message>
        <source>Address of the trace server</source>
        <translation>Adresse des Trace-Servers</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API-Schlüssel</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA-Datei</translation>
    </message>
    <message>
        <source>Plain http</source>
        <translation>Unverschlüsseltes http</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>Socket</translation>
    </message>
    <message>
        <source>HTTP address</source>
        <translation>HTTP-Adresse</translation>
    </message>
    <message>
        <source>Spool folder</source>
        <translation>Spool-Ordner</translation>
    </message>
    <message>
        <source>Spool limit</source>
        <translation>Spool-Grenze</translation>
    </message>
    <message>
        <source>Time until a batch is sent</source>
        <translation>Zeit, bis ein Stapel gesendet wird</translation>
    </message>
    <message>
        <source>Calls in a batch</source>
        <translation>Aufrufe in einem Stapel</translation>
    </message>
    <message>
        <source>Size of a batch</source>
        <translation>Größe eines Stapels</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
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
    <message>
        <source>Connect &amp;programs…</source>
        <translation>Pro&amp;gramme verbinden…</translation>
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
        <translation>API-&amp;Schlüssel:</translation>
    </message>
    <message>
        <source>T&amp;est connection</source>
        <translation>&amp;Verbindung testen</translation>
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
    <message>
        <source>File with certificates to trust</source>
        <translation>Datei mit vertrauenswürdigen Zertifikaten</translation>
    </message>
    <message>
        <source>Cho&amp;ose…</source>
        <translation>Auswä&amp;hlen…</translation>
    </message>
    <message>
        <source>&amp;CA file:</source>
        <translation>&amp;CA-Datei:</translation>
    </message>
    <message>
        <source>Allow plain htt&amp;p: on the way, others can read the key and the calls</source>
        <translation>Unverschlüsseltes htt&amp;p zulassen: unterwegs können andere Schlüssel und Aufrufe mitlesen</translation>
    </message>
    <message>
        <source>WEAVE_SIDECAR_BACKEND is set in the environment and wins: %1</source>
        <translation>WEAVE_SIDECAR_BACKEND ist in der Umgebung gesetzt und hat Vorrang: %1</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>Zertifikate (*.pem *.crt *.cer);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>the system&apos;s certificates</source>
        <translation>die Zertifikate des Systems</translation>
    </message>
    <message>
        <source>For a server with certificates of its own.</source>
        <translation>Für einen Server mit eigenen Zertifikaten.</translation>
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
    <message>
        <source>end not seen</source>
        <translation>Ende nicht gesehen</translation>
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
        <source>Calls can be written to that file.</source>
        <translation>In diese Datei können Aufrufe geschrieben werden.</translation>
    </message>
    <message>
        <source>That file cannot be written to. Choose one in a folder of yours.</source>
        <translation>In diese Datei kann nicht geschrieben werden. Wählen Sie eine in einem Ihrer Ordner.</translation>
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
        <source>The sidecar ended at once.</source>
        <translation>Das Sidecar hat sich sofort beendet.</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportieren…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>&amp;Noch einmal senden</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>Das hat nicht funktioniert: %1</translation>
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
        <source>Dead letters</source>
        <translation>Unzustellbare Aufrufe</translation>
    </message>
    <message>
        <source>They were written to %1.</source>
        <translation>Sie wurden in %1 geschrieben.</translation>
    </message>
    <message>
        <source>They were handed to the sidecar once more.</source>
        <translation>Sie wurden dem Sidecar noch einmal übergeben.</translation>
    </message>
    <message>
        <source>No call was given up.</source>
        <translation>Kein Aufruf wurde aufgegeben.</translation>
    </message>
    <message>
        <source>What was given up cannot be looked at: %1</source>
        <translation>Was aufgegeben wurde, lässt sich nicht ansehen: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were given up. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n Aufruf wurde aufgegeben. Er liegt mit dem Grund auf der Festplatte.</numerusform>
            <numerusform>%n Aufrufe wurden aufgegeben. Sie liegen mit dem Grund auf der Festplatte.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n Aufruf</numerusform>
            <numerusform>%n Aufrufe</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is a file that the sidecar writes to. Choose another one.</source>
        <translation>In %1 schreibt das Sidecar. Wählen Sie eine andere Datei.</translation>
    </message>
    <message>
        <source>It is not known yet whether calls were given up.</source>
        <translation>Ob Aufrufe aufgegeben wurden, ist noch nicht bekannt.</translation>
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
        <translation>Sidecar sta&amp;rten</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>Das Sidecar nimmt die Trace-Aufrufe aller Weave-Programme auf diesem Rechner an, bewahrt sie sicher auf der Festplatte auf und stellt sie zu. Wohin sollen sie gehen?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>Das war alles. Sagen Sie nun Ihren Programmen, dass sie das Sidecar benutzen sollen:</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>Spät&amp;er</translation>
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
    <message>
        <source>refused, the project waits</source>
        <translation>abgelehnt, das Projekt wartet</translation>
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
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>Es gibt kein Protokoll zum Öffnen</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>Die Einstellungen lassen sich nicht lesen</translation>
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
        <translation>S&amp;uche:</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>Inha&amp;lte anzeigen</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>Ein- und Ausgaben von Aufrufen können vertraulich sein. Sie werden nur hier angezeigt und nirgends gespeichert.</translation>
    </message>
    <message>
        <source>Clea&amp;r</source>
        <translation>Leere&amp;n</translation>
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
    <name>Weave::LogOpener</name>
    <message>
        <source>The sidecar was started by hand and writes to the terminal %1.</source>
        <translation>Das Sidecar wurde von Hand gestartet und schreibt in das Terminal %1.</translation>
    </message>
    <message>
        <source>Where the sidecar writes its log cannot be found out. It runs as process %1.</source>
        <translation>Wohin das Sidecar sein Protokoll schreibt, lässt sich nicht feststellen. Es läuft als Prozess %1.</translation>
    </message>
    <message>
        <source>No sidecar runs, and this program has not started one yet.</source>
        <translation>Es läuft kein Sidecar, und dieses Programm hat noch keines gestartet.</translation>
    </message>
    <message>
        <source>No program opens it. It is the file %1.</source>
        <translation>Kein Programm öffnet es. Es ist die Datei %1.</translation>
    </message>
    <message>
        <source>The sidecar writes to systemd&apos;s journal. In a terminal, see it by: %1</source>
        <translation>Das Sidecar schreibt in das Journal von systemd. In einem Terminal zeigt es: %1</translation>
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
    <name>Weave::Notifier</name>
    <message>
        <source>Calls are not delivered</source>
        <translation>Aufrufe werden nicht zugestellt</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>Die Zustellung funktioniert wieder</translation>
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
    <message>
        <source>none</source>
        <comment>oldest waiting call</comment>
        <translation>keiner</translation>
    </message>
    <message>
        <source>none</source>
        <comment>last error</comment>
        <translation>keiner</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>An&amp;zeigen:</translation>
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
    <name>Weave::RestartQuestion</name>
    <message>
        <source>This program has not started it: stop it and start it again where it was started.</source>
        <translation>Dieses Programm hat es nicht gestartet: beenden Sie es dort, wo es gestartet wurde, und starten Sie es neu.</translation>
    </message>
    <message>
        <source>systemd runs it. In a terminal, start it again by: %1</source>
        <translation>systemd führt es aus. In einem Terminal startet es neu: %1</translation>
    </message>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Einstellungen von Weave Sidecar</translation>
    </message>
    <message>
        <source>These settings take effect when the sidecar is started again: %1</source>
        <translation>Diese Einstellungen gelten, sobald das Sidecar neu gestartet ist: %1</translation>
    </message>
    <message>
        <source>Starting it again takes a moment. Calls that wait are kept on disk.</source>
        <translation>Der Neustart dauert einen Augenblick. Wartende Aufrufe bleiben auf der Festplatte.</translation>
    </message>
    <message>
        <source>&amp;Start it again now</source>
        <translation>&amp;Jetzt neu starten</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>S&amp;päter</translation>
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
    <message>
        <source>Node: give the sidecar an HTTP address in the settings first, for example 127.0.0.1:8319.</source>
        <translation>Node: geben Sie dem Sidecar zuerst in den Einstellungen eine HTTP-Adresse, zum Beispiel 127.0.0.1:8319.</translation>
    </message>
    <message>
        <source>Connect programs</source>
        <translation>Programme verbinden</translation>
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
        <source>&amp;Batches</source>
        <translation>Stap&amp;el</translation>
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
        <translation>Weitere Programme werden abgewiesen.</translation>
    </message>
    <message>
        <source>S&amp;pool folder:</source>
        <translation>Spool-O&amp;rdner:</translation>
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
        <source>Tell me when delivery &amp;works again</source>
        <translation>Melden, wenn die Zustellung &amp;wieder funktioniert</translation>
    </message>
    <message>
        <source>Set in the environment, which wins: %1</source>
        <translation>In der Umgebung gesetzt, die Vorrang hat: %1</translation>
    </message>
    <message>
        <source>Stora&amp;ge and sockets</source>
        <translation>Speicher &amp;und Sockets</translation>
    </message>
    <message>
        <source>De&amp;sktop</source>
        <translation>Deskt&amp;op</translation>
    </message>
    <message>
        <source>Start at log&amp;in, as an icon</source>
        <translation>Bei &amp;Anmeldung starten, als Symbol</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>Melden, wenn Aufrufe &amp;nicht zugestellt werden</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>sicher gespeichert; zum Ändern hier eingeben</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>gefunden in %1</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>zu finden unter wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Wird geprüft…</translation>
    </message>
    <message>
        <source>The settings cannot be kept</source>
        <translation>Die Einstellungen lassen sich nicht speichern</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>Die Einstellungen lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>The sidecar that runs now does not read these settings: what you change here is for one that this program starts.</source>
        <translation>Das Sidecar, das jetzt läuft, liest diese Einstellungen nicht: was Sie hier ändern, gilt für eines, das dieses Programm startet.</translation>
    </message>
    <message>
        <source>Start at login cannot be changed: %1</source>
        <translation>Der Start bei Anmeldung lässt sich nicht ändern: %1</translation>
    </message>
    <message>
        <source>The sidecar cannot be started: %1</source>
        <translation>Das Sidecar lässt sich nicht starten: %1</translation>
    </message>
    <message>
        <source>The settings cannot be kept: %1</source>
        <translation>Die Einstellungen lassen sich nicht speichern: %1</translation>
    </message>
    <message>
        <source>The sidecar goes on with its old settings</source>
        <translation>Das Sidecar läuft mit seinen alten Einstellungen weiter</translation>
    </message>
    <message>
        <source>It was started with other values, on its command line or in its environment, which win: %1</source>
        <translation>Es wurde auf der Befehlszeile oder in der Umgebung mit anderen Werten gestartet, die Vorrang haben: %1</translation>
    </message>
    <message>
        <source>No API key was found. A trace server that needs one gets the calls once you have set it in the settings.</source>
        <translation>Es wurde kein API-Schlüssel gefunden. Ein Trace-Server, der einen braucht, bekommt die Aufrufe, sobald Sie ihn in den Einstellungen eintragen.</translation>
    </message>
    <message>
        <source>No effect on the running sidecar</source>
        <translation>Ohne Wirkung auf das laufende Sidecar</translation>
    </message>
    <message>
        <source>The sidecar did not say that it has taken the new settings</source>
        <translation>Das Sidecar hat nicht gemeldet, dass es die neuen Einstellungen übernommen hat</translation>
    </message>
    <message>
        <source>systemd has made its socket, so this stays what it was: %1. Another place is set as ListenStream= by `systemctl --user edit weave-sidecar.socket`.</source>
        <translation>systemd hat seinen Socket angelegt, daher bleibt dies, wie es war: %1. Einen anderen Ort legen Sie mit ListenStream= fest, durch `systemctl --user edit weave-sidecar.socket`.</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The sidecar does not answer.</source>
        <translation>Das Sidecar antwortet nicht.</translation>
    </message>
    <message>
        <source>The socket %1 belongs to the user %2 and does not let you in.</source>
        <translation>Der Socket %1 gehört dem Benutzer %2 und lässt Sie nicht ein.</translation>
    </message>
    <message>
        <source>No sidecar answers on %1.</source>
        <translation>Auf %1 antwortet kein Sidecar.</translation>
    </message>
    <message>
        <source>What answers on %1 is not the sidecar.</source>
        <translation>Was auf %1 antwortet, ist nicht das Sidecar.</translation>
    </message>
    <message>
        <source>Read only: the sidecar runs as the user %1, who alone may control it.</source>
        <translation>Nur Anzeige: das Sidecar läuft als Benutzer %1, der es allein steuern darf.</translation>
    </message>
    <message>
        <source>Read only: the sidecar lets this program look and no more: %1</source>
        <translation>Nur Anzeige: das Sidecar lässt dieses Programm nur zusehen: %1</translation>
    </message>
    <message>
        <source>The sidecar on %1 runs, but all of its connections are taken (max-connections).</source>
        <translation>Der Sidecar auf %1 läuft, aber alle seine Verbindungen sind vergeben (max-connections).</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>%1 lässt sich nicht starten: %2</translation>
    </message>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>%1 lässt sich nicht schreiben: %2</translation>
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
        <translation>In Ordnung</translation>
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
        <source>Takes no calls of some projects; %1</source>
        <translation>Nimmt von einigen Projekten keine Aufrufe an; %1</translation>
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
    <message>
        <source>Only the user that the sidecar runs as may see this.</source>
        <translation>Das darf nur der Benutzer sehen, unter dem das Sidecar läuft.</translation>
    </message>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>Hier erscheinen die Aufrufe Ihrer Programme, sobald sie geschehen.</translation>
    </message>
    <message>
        <source>The sidecar keeps calls in memory alone: what is given up is not kept.</source>
        <translation>Das Sidecar hält Aufrufe nur im Arbeitsspeicher: was aufgegeben wird, bleibt nicht erhalten.</translation>
    </message>
    <message>
        <source>The program weave-sidecar, which looks into the spool, is not installed.</source>
        <translation>Das Programm weave-sidecar, das in den Spool sieht, ist nicht installiert.</translation>
    </message>
    <message>
        <source>Paused by you; new calls will soon be refused</source>
        <translation>Von Ihnen angehalten; neue Aufrufe werden bald abgelehnt</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>Keine Probleme. Aufrufe werden angenommen und zugestellt.</translation>
    </message>
</context>
</TS>
