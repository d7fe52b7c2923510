<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>AppState</name>
    <message>
        <source>Not connected</source>
        <translation>Non connecté</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pause</translation>
    </message>
    <message>
        <source>Delivery is paused. Calls are kept.</source>
        <translation>La livraison est en pause. Les appels sont conservés.</translation>
    </message>
    <message>
        <source>Delivery stopped</source>
        <translation>Livraison arrêtée</translation>
    </message>
    <message>
        <source>Trying again</source>
        <translation>Nouvel essai en cours</translation>
    </message>
    <message>
        <source>Spool nearly full</source>
        <translation>Spool presque plein</translation>
    </message>
    <message>
        <source>New calls will soon be refused.</source>
        <translation>Les nouveaux appels seront bientôt refusés.</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Connecté</translation>
    </message>
    <message>
        <source>%1 · %2 delivered · %3 waiting</source>
        <translation>%1 · %2 livrés · %3 en attente</translation>
    </message>
    <message>
        <source>The daemon has version %1, this program has %2. Restart the older one.</source>
        <translation>Le service est en version %1, ce programme en version %2. Redémarrez le plus ancien.</translation>
    </message>
</context>
<context>
    <name>ProblemText</name>
    <message>
        <source>Calls are kept and sent when it works again.</source>
        <translation>Les appels sont conservés et envoyés dès que tout fonctionne.</translation>
    </message>
    <message>
        <source>No secure connection to the trace server</source>
        <translation>Pas de connexion sûre au serveur de traces</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, and give --ca-file for a certificate of your own. %1</source>
        <translation>Vérifiez l’adresse du serveur et indiquez --ca-file pour un certificat à vous. %1</translation>
    </message>
    <message>
        <source>The trace server does not answer in time</source>
        <translation>Le serveur de traces ne répond pas à temps</translation>
    </message>
    <message>
        <source>The trace server cannot be reached</source>
        <translation>Le serveur de traces est injoignable</translation>
    </message>
    <message>
        <source>Check the network, the proxy and the server&apos;s address. %1</source>
        <translation>Vérifiez le réseau, le proxy et l’adresse du serveur. %1</translation>
    </message>
    <message>
        <source>The trace server refuses the API key</source>
        <translation>Le serveur de traces refuse la clé d’API</translation>
    </message>
    <message>
        <source>Set the right key in the settings. %1</source>
        <translation>Indiquez la bonne clé dans les réglages. %1</translation>
    </message>
    <message>
        <source>The API key may not write to %1</source>
        <translation>La clé d’API ne peut pas écrire dans %1</translation>
    </message>
    <message>
        <source>Ask for access to the project, or use another key. %1</source>
        <translation>Demandez l’accès au projet ou utilisez une autre clé. %1</translation>
    </message>
    <message>
        <source>The trace server does not know what was asked</source>
        <translation>Le serveur de traces ne connaît pas cette requête</translation>
    </message>
    <message>
        <source>Check that the backend&apos;s address is a Weave trace server.</source>
        <translation>Vérifiez que l’adresse du backend est bien un serveur de traces Weave.</translation>
    </message>
    <message>
        <source>The trace server asks for fewer requests</source>
        <translation>Le serveur de traces demande moins de requêtes</translation>
    </message>
    <message>
        <source>The trace server has trouble of its own (%1)</source>
        <translation>Le serveur de traces a lui-même un problème (%1)</translation>
    </message>
    <message>
        <source>A batch was too large for the trace server</source>
        <translation>Un lot était trop gros pour le serveur de traces</translation>
    </message>
    <message>
        <source>It is sent again in smaller parts.</source>
        <translation>Il est renvoyé en parties plus petites.</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>Le serveur de traces a refusé des appels (%1)</translation>
    </message>
    <message>
        <source>The others are sent without them; what is refused alone goes to the dead letters.</source>
        <translation>Les autres sont envoyés sans eux&#xa0;; ce qui est refusé seul devient non distribuable.</translation>
    </message>
    <message>
        <source>Programs send these calls directly.</source>
        <translation>Les programmes envoient ces appels directement.</translation>
    </message>
    <message>
        <source>The spool is full: calls are refused</source>
        <translation>Le spool est plein&#xa0;: des appels sont refusés</translation>
    </message>
    <message>
        <source>Get the trace server back, or allow more in the settings. %1</source>
        <translation>Rétablissez le serveur de traces ou autorisez plus de place dans les réglages. %1</translation>
    </message>
    <message>
        <source>The disk does not take calls</source>
        <translation>Le disque n’accepte pas les appels</translation>
    </message>
    <message>
        <source>Look for a full or read-only disk. %1</source>
        <translation>Vérifiez s’il est plein ou en lecture seule. %1</translation>
    </message>
    <message>
        <source>A program sends what the daemon does not understand</source>
        <translation>Un programme envoie ce que le service ne comprend pas</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the daemon; the log says more.</source>
        <translation>Son SDK est peut-être plus récent ou plus ancien que le service&#xa0;; le journal en dit plus.</translation>
    </message>
    <message>
        <source>Another user tried to control the daemon</source>
        <translation>Un autre utilisateur a essayé de piloter le service</translation>
    </message>
    <message>
        <source>Calls came while the daemon was stopping</source>
        <translation>Des appels sont arrivés pendant l’arrêt du service</translation>
    </message>
    <message>
        <source>Calls were refused: too large, or too many at once</source>
        <translation>Des appels ont été refusés&#xa0;: trop gros, ou trop nombreux à la fois</translation>
    </message>
    <message>
        <source>Calls were given up</source>
        <translation>Des appels ont été abandonnés</translation>
    </message>
    <message>
        <source>The trace server refused them for good, or they waited too long. They are kept as dead letters: export them, or try them again.</source>
        <translation>Le serveur de traces les a refusés pour de bon, ou ils ont attendu trop longtemps. Ils sont conservés comme non distribuables&#xa0;: exportez-les ou réessayez.</translation>
    </message>
    <message>
        <source>A part of the spool was damaged</source>
        <translation>Une partie du spool était endommagée</translation>
    </message>
    <message>
        <source>What could be read is delivered; the rest is put aside in the spool&apos;s quarantine folder.</source>
        <translation>Ce qui était lisible est livré&#xa0;; le reste est mis de côté dans le dossier de quarantaine du spool.</translation>
    </message>
</context>
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Enregistrer</translation>
    </message>
</context>
<context>
    <name>Weave::About</name>
    <message>
        <source>About Weave Sidecar</source>
        <translation>À propos de Weave Sidecar</translation>
    </message>
    <message>
        <source>Weave Sidecar %1</source>
        <translation>Weave Sidecar %1</translation>
    </message>
    <message>
        <source>Takes the trace calls of every Weave process on this computer and delivers them. Free software under the Apache License 2.0, made with Qt %1.</source>
        <translation>Reçoit les appels de trace de tous les processus Weave de cet ordinateur et les livre. Logiciel libre sous licence Apache 2.0, fait avec Qt %1.</translation>
    </message>
</context>
<context>
    <name>Weave::Actions</name>
    <message>
        <source>&amp;Open Weave Sidecar</source>
        <translation>&amp;Ouvrir Weave Sidecar</translation>
    </message>
    <message>
        <source>&amp;Flush now</source>
        <translation>En&amp;voyer maintenant</translation>
    </message>
    <message>
        <source>&amp;Retry now</source>
        <translation>&amp;Réessayer maintenant</translation>
    </message>
    <message>
        <source>Start the s&amp;idecar</source>
        <translation>&amp;Démarrer le sidecar</translation>
    </message>
    <message>
        <source>Open &amp;log</source>
        <translation>Ouvrir le &amp;journal</translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation>&amp;Copier le diagnostic</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>Ré&amp;glages…</translation>
    </message>
    <message>
        <source>Start at lo&amp;gin</source>
        <translation>Lancer à l’ouverture de &amp;session</translation>
    </message>
    <message>
        <source>&amp;About Weave Sidecar</source>
        <translation>À &amp;propos de Weave Sidecar</translation>
    </message>
    <message>
        <source>Send what waits without waiting for fuller batches</source>
        <translation>Envoie ce qui attend sans attendre des lots plus pleins</translation>
    </message>
    <message>
        <source>Try the backend again at once</source>
        <translation>Réessaie tout de suite le backend</translation>
    </message>
    <message>
        <source>Copy a report without keys or contents of calls</source>
        <translation>Copie un rapport sans clés ni contenu d’appels</translation>
    </message>
    <message>
        <source>Resume &amp;delivery</source>
        <translation>Reprendre la &amp;livraison</translation>
    </message>
    <message>
        <source>Pause &amp;delivery</source>
        <translation>Suspendre la &amp;livraison</translation>
    </message>
    <message>
        <source>Send calls to the backend again</source>
        <translation>Envoie de nouveau les appels au backend</translation>
    </message>
    <message>
        <source>Keep taking calls, but do not send them yet</source>
        <translation>Continue à recevoir les appels, mais ne les envoie pas encore</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Quitter</translation>
    </message>
    <message>
        <source>&amp;Quit…</source>
        <translation>&amp;Quitter…</translation>
    </message>
    <message>
        <source>&amp;Quit (the sidecar goes on)</source>
        <translation>&amp;Quitter (le sidecar continue)</translation>
    </message>
</context>
<context>
    <name>Weave::Autostart</name>
    <message>
        <source>Cannot create the folder %1.</source>
        <translation>Impossible de créer le dossier %1.</translation>
    </message>
</context>
<context>
    <name>Weave::BackendForm</name>
    <message>
        <source>Send calls to a &amp;trace server</source>
        <translation>Envoyer les appels à un serveur de &amp;traces</translation>
    </message>
    <message>
        <source>Keep calls in a &amp;local file</source>
        <translation>Garder les appels dans un fichier &amp;local</translation>
    </message>
    <message>
        <source>Address of the trace server</source>
        <translation>Adresse du serveur de traces</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>&amp;Adresse&#xa0;:</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>Clé d’API</translation>
    </message>
    <message>
        <source>API &amp;key:</source>
        <translation>&amp;Clé d’API&#xa0;:</translation>
    </message>
    <message>
        <source>T&amp;est connection</source>
        <translation>Tester la conne&amp;xion</translation>
    </message>
    <message>
        <source>File for the calls</source>
        <translation>Fichier pour les appels</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>C&amp;hoisir…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>&amp;Fichier&#xa0;:</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>Lignes JSON (*.ndjson)</translation>
    </message>
</context>
<context>
    <name>Weave::CallModel</name>
    <message>
        <source>(began before)</source>
        <translation>(commencé avant)</translation>
    </message>
    <message>
        <source>running</source>
        <translation>en cours</translation>
    </message>
    <message>
        <source>done</source>
        <translation>terminé</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>échoué</translation>
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
        <translation>Appel %1 de la trace %2</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Erreur&#xa0;: %1</translation>
    </message>
    <message>
        <source>Inputs: %1</source>
        <translation>Entrées&#xa0;: %1</translation>
    </message>
    <message>
        <source>Output: %1</source>
        <translation>Sortie&#xa0;: %1</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Opération</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projet</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Durée</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Début</translation>
    </message>
</context>
<context>
    <name>Weave::ClientModel</name>
    <message>
        <source>unknown</source>
        <translation>inconnu</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Processus</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Connexions</translation>
    </message>
    <message>
        <source>Calls/s</source>
        <translation>Appels/s</translation>
    </message>
    <message>
        <source>Bytes/s</source>
        <translation>Octets/s</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Refusés</translation>
    </message>
</context>
<context>
    <name>Weave::ConnectionTest</name>
    <message>
        <source>Calls can be written to that folder.</source>
        <translation>On peut écrire dans ce dossier.</translation>
    </message>
    <message>
        <source>That folder cannot be written to.</source>
        <translation>On ne peut pas écrire dans ce dossier.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 répond en %2 ms et accepte la clé.</translation>
    </message>
    <message>
        <source>%1 refuses the API key.</source>
        <translation>%1 refuse la clé d’API.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms.</source>
        <translation>%1 répond en %2 ms.</translation>
    </message>
    <message>
        <source>%1 is no Weave trace server: it answers %2.</source>
        <translation>%1 n’est pas un serveur de traces Weave&#xa0;: réponse %2.</translation>
    </message>
    <message>
        <source>There is no host named %1.</source>
        <translation>Aucun hôte ne s’appelle %1.</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens there.</source>
        <translation>%1 refuse la connexion&#xa0;: rien n’y écoute.</translation>
    </message>
    <message>
        <source>%1 does not answer within 10 seconds.</source>
        <translation>%1 ne répond pas en moins de 10 secondes.</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2</source>
        <translation>Pas de connexion sûre à %1&#xa0;: %2</translation>
    </message>
</context>
<context>
    <name>Weave::DaemonLauncher</name>
    <message>
        <source>The program weave-sidecar is not installed.</source>
        <translation>Le programme weave-sidecar n’est pas installé.</translation>
    </message>
    <message>
        <source>%1 cannot be started: %2</source>
        <translation>Impossible de lancer %1&#xa0;: %2</translation>
    </message>
    <message>
        <source>The daemon ended at once.</source>
        <translation>Le service s’est arrêté aussitôt.</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>Refused calls</source>
        <translation>Appels refusés</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exporter…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>&amp;Renvoyer</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Terminé.</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>Cela n’a pas marché&#xa0;: %1</translation>
    </message>
    <message>
        <source>Export calls</source>
        <translation>Exporter les appels</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>Lignes JSON (*.ndjson)</translation>
    </message>
    <message>
        <source>No call was refused for good.</source>
        <translation>Aucun appel n’a été refusé pour de bon.</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were refused by the backend for good. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n appel a été refusé pour de bon par le backend. Il est conservé sur le disque, avec la raison.</numerusform>
            <numerusform>%n appels ont été refusés pour de bon par le backend. Ils sont conservés sur le disque, avec la raison.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::FirstStart</name>
    <message>
        <source>Welcome to Weave Sidecar</source>
        <translation>Bienvenue dans Weave Sidecar</translation>
    </message>
    <message>
        <source>&amp;Start the sidecar</source>
        <translation>&amp;Démarrer le sidecar</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>Plus ta&amp;rd</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>Le sidecar reçoit les appels de trace de tous les programmes Weave de cet ordinateur, les garde en sûreté sur le disque et les livre. Où doivent-ils aller&#xa0;?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>C’est tout. Dites maintenant à vos programmes d’utiliser le sidecar&#xa0;:</translation>
    </message>
</context>
<context>
    <name>Weave::FlushModel</name>
    <message>
        <source>delivered</source>
        <translation>livré</translation>
    </message>
    <message>
        <source>will be tried again</source>
        <translation>sera réessayé</translation>
    </message>
    <message>
        <source>refused, sent again in halves</source>
        <translation>refusé, renvoyé en deux moitiés</translation>
    </message>
    <message>
        <source>refused, now a dead letter</source>
        <translation>refusé, désormais non distribuable</translation>
    </message>
    <message>
        <source>refused, delivery stopped</source>
        <translation>refusé, livraison arrêtée</translation>
    </message>
    <message>
        <source>sent again in another form</source>
        <translation>renvoyé sous une autre forme</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projet</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Appels</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Octets</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>Essais</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>État</translation>
    </message>
</context>
<context>
    <name>Weave::Frontend</name>
    <message>
        <source>The sidecar cannot be started</source>
        <translation>Impossible de démarrer le sidecar</translation>
    </message>
    <message>
        <source>Start at login cannot be changed</source>
        <translation>Impossible de changer le lancement à l’ouverture de session</translation>
    </message>
    <message>
        <source>Delivery cannot be resumed</source>
        <translation>Impossible de reprendre la livraison</translation>
    </message>
    <message>
        <source>Delivery cannot be paused</source>
        <translation>Impossible de suspendre la livraison</translation>
    </message>
    <message>
        <source>Not all calls could be delivered</source>
        <translation>Tous les appels n’ont pas pu être livrés</translation>
    </message>
    <message>
        <source>The backend cannot be tried again</source>
        <translation>Impossible de réessayer le backend</translation>
    </message>
    <message>
        <source>Calls are not delivered</source>
        <translation>Des appels ne sont pas livrés</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>La livraison fonctionne de nouveau</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1&#xa0;: %2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>Il n’y a pas de journal à ouvrir</translation>
    </message>
    <message>
        <source>A sidecar that systemd has started writes to the journal: journalctl --user -u weave-sidecar</source>
        <translation>Un sidecar lancé par systemd écrit dans le journal du système&#xa0;: journalctl --user -u weave-sidecar</translation>
    </message>
</context>
<context>
    <name>Weave::Gauge</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 sur %2</translation>
    </message>
</context>
<context>
    <name>Weave::KeyStore</name>
    <message>
        <source>Cannot keep the key in %1: %2</source>
        <translation>Impossible de garder la clé dans %1&#xa0;: %2</translation>
    </message>
</context>
<context>
    <name>Weave::LivePage</name>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>Les appels de vos programmes apparaissent ici au fur et à mesure.</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>Appels en direct</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Appels</translation>
    </message>
    <message>
        <source>Details of the selected call</source>
        <translation>Détails de l’appel choisi</translation>
    </message>
    <message>
        <source>Choose a call to see more of it.</source>
        <translation>Choisissez un appel pour en voir plus.</translation>
    </message>
    <message>
        <source>Search in calls</source>
        <translation>Chercher dans les appels</translation>
    </message>
    <message>
        <source>S&amp;earch:</source>
        <translation>C&amp;hercher&#xa0;:</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>Montrer les conten&amp;us</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>Les entrées et sorties des appels peuvent être confidentielles. Elles sont montrées ici et ne sont conservées nulle part.</translation>
    </message>
    <message>
        <source>Clea&amp;r</source>
        <translation>&amp;Effacer</translation>
    </message>
    <message numerus="yes">
        <source>%n more call(s) came too fast to be shown.</source>
        <translation>
            <numerusform>%n autre appel est arrivé trop vite pour être montré.</numerusform>
            <numerusform>%n autres appels sont arrivés trop vite pour être montrés.</numerusform>
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
        <translation>Pages</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>Barre d’état</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>&amp;Sidecar</source>
        <translation>&amp;Sidecar</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>&amp;Fermer la fenêtre</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>&amp;Page</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Aide</translation>
    </message>
</context>
<context>
    <name>Weave::OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>Vue d’ensemble</translation>
    </message>
    <message>
        <source>Backend:</source>
        <translation>Backend&#xa0;:</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>État&#xa0;:</translation>
    </message>
    <message>
        <source>Oldest waiting call:</source>
        <translation>Appel en attente le plus ancien&#xa0;:</translation>
    </message>
    <message>
        <source>Last error:</source>
        <translation>Dernière erreur&#xa0;:</translation>
    </message>
    <message>
        <source>Waiting, of the spool</source>
        <translation>En attente, du spool</translation>
    </message>
    <message>
        <source>Spool on disk</source>
        <translation>Spool sur le disque</translation>
    </message>
    <message>
        <source>Last minute</source>
        <translation>Dernière minute</translation>
    </message>
    <message>
        <source>Last 10 minutes</source>
        <translation>10 dernières minutes</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>Dernière heure</translation>
    </message>
    <message>
        <source>Time span of the plots</source>
        <translation>Période des courbes</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>&amp;Montrer&#xa0;:</translation>
    </message>
    <message>
        <source>Calls per second</source>
        <translation>Appels par seconde</translation>
    </message>
    <message>
        <source>Waiting calls</source>
        <translation>Appels en attente</translation>
    </message>
    <message>
        <source>Waiting bytes</source>
        <translation>Octets en attente</translation>
    </message>
    <message>
        <source>Time the backend takes</source>
        <translation>Temps de réponse du backend</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>inconnu</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Entrée</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Sortie</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Appels</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Octets</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
</context>
<context>
    <name>Weave::PlotWidget</name>
    <message>
        <source>%1: %2</source>
        <translation>%1&#xa0;: %2</translation>
    </message>
    <message>
        <source>no data</source>
        <translation>pas de données</translation>
    </message>
    <message>
        <source>now</source>
        <translation>maintenant</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>il y a %1</translation>
    </message>
    <message>
        <source>No data yet.</source>
        <translation>Pas encore de données.</translation>
    </message>
    <message>
        <source>%1: %2. Highest: %3.</source>
        <translation>%1&#xa0;: %2. Maximum&#xa0;: %3.</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemModel</name>
    <message>
        <source>Calls go directly to the trace server meanwhile, as if there were no sidecar.</source>
        <translation>En attendant, les appels vont directement au serveur de traces, comme s’il n’y avait pas de sidecar.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Heure</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problème</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Que faire</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Nombre</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemsPage</name>
    <message>
        <source>Problems</source>
        <translation>Problèmes</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>Aucun problème. Les appels sont reçus et livrés.</translation>
    </message>
</context>
<context>
    <name>Weave::QuitQuestion</name>
    <message>
        <source>Quit Weave Sidecar</source>
        <translation>Quitter Weave Sidecar</translation>
    </message>
    <message>
        <source>Shall the sidecar go on taking and delivering calls?</source>
        <translation>Le sidecar doit-il continuer à recevoir et à livrer les appels&#xa0;?</translation>
    </message>
    <message>
        <source>Stopped, it keeps on disk what is not delivered yet. Programs then send their calls directly.</source>
        <translation>Arrêté, il garde sur le disque ce qui n’est pas encore livré. Les programmes envoient alors leurs appels directement.</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>&amp;Le laisser tourner</translation>
    </message>
    <message>
        <source>&amp;Stop it too</source>
        <translation>L’&amp;arrêter aussi</translation>
    </message>
</context>
<context>
    <name>Weave::SdkHint</name>
    <message>
        <source>&amp;Python: run these lines where your program runs</source>
        <translation>&amp;Python&#xa0;: exécutez ces lignes là où tourne votre programme</translation>
    </message>
    <message>
        <source>Copy Python lines</source>
        <translation>Copier les lignes Python</translation>
    </message>
    <message>
        <source>&amp;Node: run this line where your program runs</source>
        <translation>&amp;Node&#xa0;: exécutez cette ligne là où tourne votre programme</translation>
    </message>
    <message>
        <source>Copy Node line</source>
        <translation>Copier la ligne Node</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copier</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsDialog</name>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Réglages de Weave Sidecar</translation>
    </message>
    <message>
        <source>Kinds of settings</source>
        <translation>Sortes de réglages</translation>
    </message>
    <message>
        <source>&amp;Delivery</source>
        <translation>Li&amp;vraison</translation>
    </message>
    <message>
        <source>St&amp;orage and sockets</source>
        <translation>St&amp;ockage et sockets</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>Lot&amp;s</translation>
    </message>
    <message>
        <source>&amp;Notifications</source>
        <translation>&amp;Notifications</translation>
    </message>
    <message>
        <source>Soc&amp;ket:</source>
        <translation>Soc&amp;ket&#xa0;:</translation>
    </message>
    <message>
        <source>Socket of the sidecar</source>
        <translation>Socket du sidecar</translation>
    </message>
    <message>
        <source>Where Python programs hand over their calls.</source>
        <translation>C’est ici que les programmes Python remettent leurs appels.</translation>
    </message>
    <message>
        <source>&amp;HTTP address:</source>
        <translation>Adresse &amp;HTTP&#xa0;:</translation>
    </message>
    <message>
        <source>HTTP address of the sidecar</source>
        <translation>Adresse HTTP du sidecar</translation>
    </message>
    <message>
        <source>Where Node programs hand over their calls, 127.0.0.1:8319; empty for none.</source>
        <translation>C’est ici que les programmes Node remettent leurs appels, 127.0.0.1:8319&#xa0;; vide&#xa0;: aucune.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message>
        <source>Conn&amp;ections:</source>
        <translation>Conn&amp;exions&#xa0;:</translation>
    </message>
    <message>
        <source>Connections at a time</source>
        <translation>Connexions simultanées</translation>
    </message>
    <message>
        <source>More programs than this are turned away.</source>
        <translation>Au-delà, les programmes sont refusés.</translation>
    </message>
    <message>
        <source>the usual number</source>
        <translation>le nombre habituel</translation>
    </message>
    <message>
        <source>S&amp;pool folder:</source>
        <translation>Dossier du s&amp;pool&#xa0;:</translation>
    </message>
    <message>
        <source>Folder of the spool</source>
        <translation>Dossier du spool</translation>
    </message>
    <message>
        <source>Where calls are kept until they are delivered.</source>
        <translation>C’est ici que les appels sont gardés jusqu’à leur livraison.</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>l’habituel</translation>
    </message>
    <message>
        <source>Spool &amp;limit:</source>
        <translation>Limite d&amp;u spool&#xa0;:</translation>
    </message>
    <message>
        <source>Size that the spool may take</source>
        <translation>Taille que le spool peut prendre</translation>
    </message>
    <message>
        <source>With more than this waiting, calls are refused: 500MiB, 2GiB.</source>
        <translation>Au-delà de cette attente, les appels sont refusés&#xa0;: 500MiB, 2GiB.</translation>
    </message>
    <message>
        <source>Send a&amp;fter:</source>
        <translation>&amp;Envoyer après&#xa0;:</translation>
    </message>
    <message>
        <source>Time after which a batch is sent</source>
        <translation>Délai après lequel un lot est envoyé</translation>
    </message>
    <message>
        <source>After its first call: 500ms, 2s.</source>
        <translation>Après son premier appel&#xa0;: 500ms, 2s.</translation>
    </message>
    <message>
        <source>&amp;Most calls:</source>
        <translation>Appels au &amp;maximum&#xa0;:</translation>
    </message>
    <message>
        <source>Calls in a batch at most</source>
        <translation>Appels dans un lot au maximum</translation>
    </message>
    <message>
        <source>A batch with this many calls is sent at once.</source>
        <translation>Un lot de ce nombre d’appels est envoyé aussitôt.</translation>
    </message>
    <message>
        <source>Most b&amp;ytes:</source>
        <translation>O&amp;ctets au maximum&#xa0;:</translation>
    </message>
    <message>
        <source>Size of a batch at most</source>
        <translation>Taille d’un lot au maximum</translation>
    </message>
    <message>
        <source>A larger call travels alone: 10MiB.</source>
        <translation>Un appel plus gros voyage seul&#xa0;: 10MiB.</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>Me dire quand des appels ne sont pas &amp;livrés</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>Me dire quand la livraison &amp;fonctionne de nouveau</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>The sidecar that runs now was not started by this program: what you change here is used when this program starts one.</source>
        <translation>Le sidecar qui tourne n’a pas été lancé par ce programme&#xa0;: ce que vous changez ici servira quand ce programme en lancera un.</translation>
    </message>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>gardée en sûreté&#xa0;; tapez ici pour la changer</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>trouvée dans %1</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>de wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Question en cours…</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The daemon does not answer.</source>
        <translation>Le service ne répond pas.</translation>
    </message>
    <message>
        <source>The socket %1 belongs to another user.</source>
        <translation>Le socket %1 appartient à un autre utilisateur.</translation>
    </message>
    <message>
        <source>No daemon answers on %1.</source>
        <translation>Aucun service ne répond sur %1.</translation>
    </message>
    <message>
        <source>What answers on %1 is not the daemon.</source>
        <translation>Ce qui répond sur %1 n’est pas le service.</translation>
    </message>
    <message>
        <source>The daemon on %1 runs as another user, who alone may look into it.</source>
        <translation>Le service sur %1 tourne sous un autre utilisateur, qui seul peut le regarder.</translation>
    </message>
    <message>
        <source>The daemon is of a version that this program cannot show: %1</source>
        <translation>Le service est d’une version que ce programme ne sait pas montrer&#xa0;: %1</translation>
    </message>
    <message>
        <source>The daemon did not answer in time.</source>
        <translation>Le service n’a pas répondu à temps.</translation>
    </message>
    <message>
        <source>The daemon cannot be reached: %1</source>
        <translation>Le service est injoignable&#xa0;: %1</translation>
    </message>
    <message>
        <source>The daemon&apos;s answer makes no sense.</source>
        <translation>La réponse du service n’a pas de sens.</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>Impossible de lancer %1&#xa0;: %2</translation>
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
        <translation>%1 j %2 h</translation>
    </message>
</context>
<context>
    <name>Weave::WindowPages</name>
    <message>
        <source>Working</source>
        <translation>Fonctionne</translation>
    </message>
    <message>
        <source>Paused by you; calls are kept</source>
        <translation>Suspendu par vous&#xa0;; les appels sont conservés</translation>
    </message>
    <message>
        <source>next attempt in %1</source>
        <translation>prochain essai dans %1</translation>
    </message>
    <message>
        <source>calls are kept</source>
        <translation>les appels sont conservés</translation>
    </message>
    <message>
        <source>Does not answer as it should; %1</source>
        <translation>Ne répond pas comme il faut&#xa0;; %1</translation>
    </message>
    <message>
        <source>Refuses what is sent; %1</source>
        <translation>Refuse ce qui est envoyé&#xa0;; %1</translation>
    </message>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1 (il y a %2)</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Vue d’ensemble</translation>
    </message>
    <message>
        <source>Flushes</source>
        <translation>Envois</translation>
    </message>
    <message>
        <source>Requests to the backend appear here.</source>
        <translation>Les requêtes au backend apparaissent ici.</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>No program is connected to the sidecar now.</source>
        <translation>Aucun programme n’est connecté au sidecar pour l’instant.</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Problèmes</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>Appels en direct</translation>
    </message>
</context>
</TS>
