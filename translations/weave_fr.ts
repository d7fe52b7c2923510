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
        <translation>Nouvelle tentative</translation>
    </message>
    <message>
        <source>Some calls wait</source>
        <translation>Des appels attendent</translation>
    </message>
    <message>
        <source>%1 and others</source>
        <translation>%1 et d’autres</translation>
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
        <source>The sidecar has version %1, this program has %2. Restart the older one.</source>
        <translation>Le sidecar est en version %1, ce programme en version %2. Redémarrez le plus ancien.</translation>
    </message>
    <message>
        <source>Delivery is paused and the spool nearly full: new calls will soon be refused.</source>
        <translation>La livraison est en pause et le spool presque plein&#xa0;: les nouveaux appels seront bientôt refusés.</translation>
    </message>
</context>
<context>
    <name>ConnectionVerdict</name>
    <message>
        <source>%1 asks for fewer requests (429). Test again in a few minutes.</source>
        <translation>%1 demande moins de requêtes (429). Refaites le test dans quelques minutes.</translation>
    </message>
    <message>
        <source>%1 has trouble of its own (%2). Test again later; calls are kept meanwhile.</source>
        <translation>%1 a lui-même un problème (%2). Refaites le test plus tard&#xa0;; en attendant, les appels sont conservés.</translation>
    </message>
    <message>
        <source>%1 answers (%2), but not as a Weave trace server does. Check the address and the path in it; the login page of a network answers like this, too.</source>
        <translation>%1 répond (%2), mais pas comme un serveur de traces Weave. Vérifiez l’adresse et son chemin&#xa0;; la page de connexion d’un réseau répond aussi de cette façon.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms. The API key was not tested: without https others could read it.</source>
        <translation>%1 répond en %2 ms. La clé d’API n’a pas été testée&#xa0;: sans https, d’autres pourraient la lire.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 répond en %2 ms et accepte la clé.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and knows the key. Whether it may write to your project shows with the first calls.</source>
        <translation>%1 répond en %2 ms et connaît la clé. Les premiers appels montreront si elle peut écrire dans votre projet.</translation>
    </message>
    <message>
        <source>%1 refuses the API key. Copy it once more from your account&apos;s page, or make a new one there.</source>
        <translation>%1 refuse la clé d’API. Copiez-la de nouveau depuis la page de votre compte, ou créez-en une autre.</translation>
    </message>
    <message>
        <source>%1 does not answer in time. Check the network and the address; some networks need a proxy (HTTPS_PROXY).</source>
        <translation>%1 ne répond pas à temps. Vérifiez le réseau et l’adresse&#xa0;; certains réseaux demandent un proxy (HTTPS_PROXY).</translation>
    </message>
    <message>
        <source>%1 does not answer in time through the proxy %2. Check both addresses.</source>
        <translation>%1 ne répond pas à temps à travers le proxy %2. Vérifiez les deux adresses.</translation>
    </message>
    <message>
        <source>There is no host named %1. Check the spelling and the network.</source>
        <translation>Aucun hôte ne s’appelle %1. Vérifiez l’orthographe et le réseau.</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens at port %2. Check the port in the address, and whether the server runs.</source>
        <translation>%1 refuse la connexion&#xa0;: rien n’écoute sur le port %2. Vérifiez le port dans l’adresse et que le serveur tourne.</translation>
    </message>
    <message>
        <source>%1 closes the connection without an answer. Check the address and its port %2.</source>
        <translation>%1 ferme la connexion sans répondre. Vérifiez l’adresse et son port %2.</translation>
    </message>
    <message>
        <source>%1 cannot be reached: %2. Check the network and the address.</source>
        <translation>%1 est injoignable&#xa0;: %2. Vérifiez le réseau et l’adresse.</translation>
    </message>
    <message>
        <source>The proxy %1 wants a user name and a password. Give them in HTTPS_PROXY or HTTP_PROXY, as in http://user:password@proxy.example:3128.</source>
        <translation>Le proxy %1 demande un nom d’utilisateur et un mot de passe. Indiquez-les dans HTTPS_PROXY ou HTTP_PROXY, comme dans http://user:password@proxy.example:3128.</translation>
    </message>
    <message>
        <source>No way to %2 through the proxy %1: %3. Check HTTPS_PROXY and HTTP_PROXY, ask who runs the proxy, or name %2 in NO_PROXY.</source>
        <translation>%2 est injoignable à travers le proxy %1&#xa0;: %3. Vérifiez HTTPS_PROXY et HTTP_PROXY, demandez au responsable du proxy, ou nommez %2 dans NO_PROXY.</translation>
    </message>
    <message>
        <source>%1 does not speak TLS at port %2. Check the port; an address that begins with http:// is for servers without TLS.</source>
        <translation>%1 ne parle pas TLS sur le port %2. Vérifiez le port&#xa0;; pour un serveur sans TLS, l’adresse commence par http://.</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2. The server must speak TLS 1.2 or newer.</source>
        <translation>Pas de connexion sûre à %1&#xa0;: %2. Le serveur doit parler TLS 1.2 ou plus récent.</translation>
    </message>
    <message>
        <source>The certificate of %1 is for %2. Give the address that the certificate names.</source>
        <translation>Le certificat de %1 est destiné à %2. Indiquez l’adresse que nomme le certificat.</translation>
    </message>
    <message>
        <source>The certificate of %1 cannot be trusted: %2.</source>
        <translation>On ne peut pas se fier au certificat de %1&#xa0;: %2.</translation>
    </message>
    <message>
        <source>%1 redirects to another address (%2). Ask its owner for the right one.</source>
        <translation>%1 redirige vers une autre adresse (%2). Demandez la bonne à son responsable.</translation>
    </message>
    <message>
        <source>%1 redirects to %2. Use that address instead.</source>
        <translation>%1 redirige vers %2. Utilisez plutôt cette adresse.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and needs no key.</source>
        <translation>%1 répond en %2 ms et n’a pas besoin de clé.</translation>
    </message>
    <message>
        <source>%1 needs an API key. Type it above.</source>
        <translation>%1 a besoin d’une clé d’API. Saisissez-la ci-dessus.</translation>
    </message>
    <message>
        <source>The certificate of %1 expired on %2. Check this computer&apos;s clock; if it is right, the server needs a new certificate.</source>
        <translation>Le certificat de %1 a expiré le %2. Vérifiez l’horloge de cet ordinateur&#xa0;; si elle est juste, le serveur a besoin d’un nouveau certificat.</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid before %2. Check this computer&apos;s clock.</source>
        <translation>Le certificat de %1 n’est pas valable avant le %2. Vérifiez l’horloge de cet ordinateur.</translation>
    </message>
    <message>
        <source>The certificate of %1 comes from an authority that this computer does not trust. If the server is your own, name its certificates under &quot;CA file&quot;.</source>
        <translation>Le certificat de %1 vient d’une autorité à laquelle cet ordinateur ne fait pas confiance. Si le serveur est à vous, indiquez ses certificats sous «&#xa0;Fichier CA&#xa0;».</translation>
    </message>
</context>
<context>
    <name>DaemonReply</name>
    <message>
        <source>The sidecar did not answer in time.</source>
        <translation>Le sidecar n’a pas répondu à temps.</translation>
    </message>
    <message>
        <source>The sidecar cannot be reached: %1</source>
        <translation>Le sidecar est injoignable&#xa0;: %1</translation>
    </message>
    <message>
        <source>The sidecar&apos;s answer makes no sense.</source>
        <translation>La réponse du sidecar n’a pas de sens.</translation>
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
        <source>The trace server refused calls (%1)</source>
        <translation>Le serveur de traces a refusé des appels (%1)</translation>
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
    <message>
        <source>Check the server&apos;s address. For a server with certificates of its own, name its CA file in the settings. %1</source>
        <translation>Vérifiez l’adresse du serveur. S’il a ses propres certificats, indiquez son fichier CA dans les réglages. %1</translation>
    </message>
    <message>
        <source>A program sends what the sidecar does not understand</source>
        <translation>Un programme envoie ce que le sidecar ne comprend pas</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the sidecar; the log says more.</source>
        <translation>Son SDK est peut-être plus récent ou plus ancien que le sidecar&#xa0;; le journal en dit plus.</translation>
    </message>
    <message>
        <source>Another user tried to control the sidecar</source>
        <translation>Un autre utilisateur a essayé de piloter le sidecar</translation>
    </message>
    <message>
        <source>Calls came while the sidecar was stopping</source>
        <translation>Des appels sont arrivés pendant l’arrêt du sidecar</translation>
    </message>
    <message>
        <source>What is refused alone is kept as a dead letter: export it, or try it again.</source>
        <translation>Ce qui est refusé seul est conservé comme non distribuable&#xa0;: exportez-le ou réessayez.</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, the proxy and the key in the settings. %1</source>
        <translation>Vérifiez l’adresse du serveur, le proxy et la clé dans les réglages. %1</translation>
    </message>
    <message>
        <source>The batch is sent again in smaller parts.</source>
        <translation>Le lot est renvoyé en parties plus petites.</translation>
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
    <name>Settings</name>
    <message>
        <source>Address of the trace server</source>
        <translation>Adresse du serveur de traces</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>Clé d’API</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>Fichier CA</translation>
    </message>
    <message>
        <source>Plain http</source>
        <translation>HTTP non chiffré</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>Socket</translation>
    </message>
    <message>
        <source>HTTP address</source>
        <translation>Adresse HTTP</translation>
    </message>
    <message>
        <source>Spool folder</source>
        <translation>Dossier du spool</translation>
    </message>
    <message>
        <source>Spool limit</source>
        <translation>Limite du spool</translation>
    </message>
    <message>
        <source>Time until a batch is sent</source>
        <translation>Délai avant l’envoi d’un lot</translation>
    </message>
    <message>
        <source>Calls in a batch</source>
        <translation>Appels dans un lot</translation>
    </message>
    <message>
        <source>Size of a batch</source>
        <translation>Taille d’un lot</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Connexions</translation>
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
        <translation>Démarrer le s&amp;idecar</translation>
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
    <message>
        <source>Connect &amp;programs…</source>
        <translation>Connecter des pro&amp;grammes…</translation>
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
        <translation>Ch&amp;oisir…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>&amp;Fichier&#xa0;:</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>Lignes JSON (*.ndjson)</translation>
    </message>
    <message>
        <source>File with certificates to trust</source>
        <translation>Fichier des certificats de confiance</translation>
    </message>
    <message>
        <source>Cho&amp;ose…</source>
        <translation>Choisi&amp;r…</translation>
    </message>
    <message>
        <source>&amp;CA file:</source>
        <translation>Fichi&amp;er CA&#xa0;:</translation>
    </message>
    <message>
        <source>Allow plain htt&amp;p: on the way, others can read the key and the calls</source>
        <translation>Autoriser le &amp;http non chiffré&#xa0;: en chemin, d’autres peuvent lire la clé et les appels</translation>
    </message>
    <message>
        <source>WEAVE_SIDECAR_BACKEND is set in the environment and wins: %1</source>
        <translation>WEAVE_SIDECAR_BACKEND est définie dans l’environnement et l’emporte&#xa0;: %1</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>Certificats (*.pem *.crt *.cer);;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>the system&apos;s certificates</source>
        <translation>les certificats du système</translation>
    </message>
    <message>
        <source>For a server with certificates of its own.</source>
        <translation>Pour un serveur avec ses propres certificats.</translation>
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
    <message>
        <source>end not seen</source>
        <translation>fin non vue</translation>
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
        <source>Calls can be written to that file.</source>
        <translation>Les appels peuvent être écrits dans ce fichier.</translation>
    </message>
    <message>
        <source>That file cannot be written to. Choose one in a folder of yours.</source>
        <translation>On ne peut pas écrire dans ce fichier. Choisissez-en un dans un de vos dossiers.</translation>
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
        <source>The sidecar ended at once.</source>
        <translation>Le sidecar s’est arrêté aussitôt.</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exporter…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>&amp;Renvoyer</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>Échec&#xa0;: %1</translation>
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
        <source>Dead letters</source>
        <translation>Appels non distribuables</translation>
    </message>
    <message>
        <source>They were written to %1.</source>
        <translation>Ils ont été écrits dans %1.</translation>
    </message>
    <message>
        <source>They were handed to the sidecar once more.</source>
        <translation>Ils ont été remis au sidecar une nouvelle fois.</translation>
    </message>
    <message>
        <source>No call was given up.</source>
        <translation>Aucun appel n’a été abandonné.</translation>
    </message>
    <message>
        <source>What was given up cannot be looked at: %1</source>
        <translation>Impossible de consulter ce qui a été abandonné&#xa0;: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were given up. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n appel a été abandonné. Il est conservé sur le disque, avec la raison.</numerusform>
            <numerusform>%n appels ont été abandonnés. Ils sont conservés sur le disque, avec la raison.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n appel</numerusform>
            <numerusform>%n appels</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is a file that the sidecar writes to. Choose another one.</source>
        <translation>%1 est un fichier dans lequel le sidecar écrit. Choisissez-en un autre.</translation>
    </message>
    <message>
        <source>It is not known yet whether calls were given up.</source>
        <translation>On ne sait pas encore si des appels ont été abandonnés.</translation>
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
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>Le sidecar reçoit les appels de trace de tous les programmes Weave de cet ordinateur, les garde en sûreté sur le disque et les livre. Où doivent-ils aller&#xa0;?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>C’est tout. Dites maintenant à vos programmes d’utiliser le sidecar&#xa0;:</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>&amp;Plus tard</translation>
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
    <message>
        <source>refused, the project waits</source>
        <translation>refusé, le projet attend</translation>
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
        <source>%1: %2</source>
        <translation>%1&#xa0;: %2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>Il n’y a pas de journal à ouvrir</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>Impossible de lire les réglages</translation>
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
        <translation>Rechercher dans les appels</translation>
    </message>
    <message>
        <source>S&amp;earch:</source>
        <translation>&amp;Rechercher&#xa0;:</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>Afficher les conten&amp;us</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>Les entrées et sorties des appels peuvent être confidentielles. Elles sont affichées ici et ne sont conservées nulle part.</translation>
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
    <name>Weave::LogOpener</name>
    <message>
        <source>The sidecar was started by hand and writes to the terminal %1.</source>
        <translation>Le sidecar a été lancé à la main et écrit dans le terminal %1.</translation>
    </message>
    <message>
        <source>Where the sidecar writes its log cannot be found out. It runs as process %1.</source>
        <translation>Impossible de savoir où le sidecar écrit son journal. Il tourne comme processus %1.</translation>
    </message>
    <message>
        <source>No sidecar runs, and this program has not started one yet.</source>
        <translation>Aucun sidecar ne tourne, et ce programme n’en a encore lancé aucun.</translation>
    </message>
    <message>
        <source>No program opens it. It is the file %1.</source>
        <translation>Aucun programme ne l’ouvre. C’est le fichier %1.</translation>
    </message>
    <message>
        <source>The sidecar writes to systemd&apos;s journal. In a terminal, see it by: %1</source>
        <translation>Le sidecar écrit dans le journal de systemd. Dans un terminal, affichez-le par&#xa0;: %1</translation>
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
    <name>Weave::Notifier</name>
    <message>
        <source>Calls are not delivered</source>
        <translation>Des appels ne sont pas livrés</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>La livraison fonctionne de nouveau</translation>
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
        <translation>Temps</translation>
    </message>
    <message>
        <source>none</source>
        <comment>oldest waiting call</comment>
        <translation>aucun</translation>
    </message>
    <message>
        <source>none</source>
        <comment>last error</comment>
        <translation>aucune</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>A&amp;fficher&#xa0;:</translation>
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
    <name>Weave::RestartQuestion</name>
    <message>
        <source>This program has not started it: stop it and start it again where it was started.</source>
        <translation>Ce programme ne l’a pas lancé&#xa0;: arrêtez-le et relancez-le là où il a été lancé.</translation>
    </message>
    <message>
        <source>systemd runs it. In a terminal, start it again by: %1</source>
        <translation>systemd le fait tourner. Dans un terminal, relancez-le par&#xa0;: %1</translation>
    </message>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Réglages de Weave Sidecar</translation>
    </message>
    <message>
        <source>These settings take effect when the sidecar is started again: %1</source>
        <translation>Ces réglages prennent effet au redémarrage du sidecar&#xa0;: %1</translation>
    </message>
    <message>
        <source>Starting it again takes a moment. Calls that wait are kept on disk.</source>
        <translation>Le redémarrage prend un instant. Les appels en attente restent sur le disque.</translation>
    </message>
    <message>
        <source>&amp;Start it again now</source>
        <translation>&amp;Redémarrer maintenant</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>Plus &amp;tard</translation>
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
    <message>
        <source>Node: give the sidecar an HTTP address in the settings first, for example 127.0.0.1:8319.</source>
        <translation>Node&#xa0;: donnez d’abord au sidecar une adresse HTTP dans les réglages, par exemple 127.0.0.1:8319.</translation>
    </message>
    <message>
        <source>Connect programs</source>
        <translation>Connecter des programmes</translation>
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
        <source>&amp;Batches</source>
        <translation>Lot&amp;s</translation>
    </message>
    <message>
        <source>Soc&amp;ket:</source>
        <translation>Socke&amp;t&#xa0;:</translation>
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
        <translation>aucune</translation>
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
        <translation>&amp;Limite du spool&#xa0;:</translation>
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
        <translation>&amp;Octets au maximum&#xa0;:</translation>
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
        <source>Tell me when delivery &amp;works again</source>
        <translation>Me dire quand la livraison &amp;fonctionne de nouveau</translation>
    </message>
    <message>
        <source>Set in the environment, which wins: %1</source>
        <translation>Défini dans l’environnement, qui l’emporte&#xa0;: %1</translation>
    </message>
    <message>
        <source>Stora&amp;ge and sockets</source>
        <translation>Stoc&amp;kage et sockets</translation>
    </message>
    <message>
        <source>De&amp;sktop</source>
        <translation>B&amp;ureau</translation>
    </message>
    <message>
        <source>Start at log&amp;in, as an icon</source>
        <translation>&amp;Lancer à l’ouverture de session, en icône</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>Me dire quand des appels ne sont &amp;pas livrés</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>gardée en sûreté&#xa0;; saisissez ici pour la changer</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>trouvée dans %1</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>à prendre sur wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Vérification…</translation>
    </message>
    <message>
        <source>The settings cannot be kept</source>
        <translation>Impossible d’enregistrer les réglages</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>Impossible de lire les réglages</translation>
    </message>
    <message>
        <source>The sidecar that runs now does not read these settings: what you change here is for one that this program starts.</source>
        <translation>Le sidecar qui tourne ne lit pas ces réglages&#xa0;: ce que vous changez ici vaut pour un sidecar lancé par ce programme.</translation>
    </message>
    <message>
        <source>Start at login cannot be changed: %1</source>
        <translation>Impossible de changer le lancement à l’ouverture de session&#xa0;: %1</translation>
    </message>
    <message>
        <source>The sidecar cannot be started: %1</source>
        <translation>Impossible de démarrer le sidecar&#xa0;: %1</translation>
    </message>
    <message>
        <source>The settings cannot be kept: %1</source>
        <translation>Impossible d’enregistrer les réglages&#xa0;: %1</translation>
    </message>
    <message>
        <source>The sidecar goes on with its old settings</source>
        <translation>Le sidecar continue avec ses anciens réglages</translation>
    </message>
    <message>
        <source>It was started with other values, on its command line or in its environment, which win: %1</source>
        <translation>Il a été lancé avec d’autres valeurs, en ligne de commande ou dans son environnement, qui l’emportent&#xa0;: %1</translation>
    </message>
    <message>
        <source>No API key was found. A trace server that needs one gets the calls once you have set it in the settings.</source>
        <translation>Aucune clé d’API n’a été trouvée. Un serveur de traces qui en demande une recevra les appels dès que vous l’aurez indiquée dans les réglages.</translation>
    </message>
    <message>
        <source>No effect on the running sidecar</source>
        <translation>Sans effet sur le sidecar qui tourne</translation>
    </message>
    <message>
        <source>The sidecar did not say that it has taken the new settings</source>
        <translation>Le sidecar n’a pas confirmé avoir pris en compte les nouveaux réglages</translation>
    </message>
    <message>
        <source>systemd has made its socket, so this stays what it was: %1. Another place is set as ListenStream= by `systemctl --user edit weave-sidecar.socket`.</source>
        <translation>systemd a créé son socket, ceci reste donc tel quel : %1. Un autre emplacement s’indique par ListenStream= avec `systemctl --user edit weave-sidecar.socket`.</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The sidecar does not answer.</source>
        <translation>Le sidecar ne répond pas.</translation>
    </message>
    <message>
        <source>The socket %1 belongs to the user %2 and does not let you in.</source>
        <translation>Le socket %1 appartient à l’utilisateur %2 et ne vous laisse pas entrer.</translation>
    </message>
    <message>
        <source>No sidecar answers on %1.</source>
        <translation>Aucun sidecar ne répond sur %1.</translation>
    </message>
    <message>
        <source>What answers on %1 is not the sidecar.</source>
        <translation>Ce qui répond sur %1 n’est pas le sidecar.</translation>
    </message>
    <message>
        <source>Read only: the sidecar runs as the user %1, who alone may control it.</source>
        <translation>Lecture seule&#xa0;: le sidecar tourne sous l’utilisateur %1, qui seul peut le piloter.</translation>
    </message>
    <message>
        <source>Read only: the sidecar lets this program look and no more: %1</source>
        <translation>Lecture seule&#xa0;: le sidecar laisse ce programme regarder, sans plus&#xa0;: %1</translation>
    </message>
    <message>
        <source>The sidecar on %1 runs, but all of its connections are taken (max-connections).</source>
        <translation>Le sidecar sur %1 fonctionne, mais toutes ses connexions sont prises (max-connections).</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>Impossible de lancer %1&#xa0;: %2</translation>
    </message>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>Impossible d’écrire %1&#xa0;: %2</translation>
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
        <source>Takes no calls of some projects; %1</source>
        <translation>N’accepte pas les appels de certains projets&#xa0;; %1</translation>
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
    <message>
        <source>Only the user that the sidecar runs as may see this.</source>
        <translation>Seul l’utilisateur sous lequel tourne le sidecar peut le voir.</translation>
    </message>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>Les appels de vos programmes apparaissent ici au fur et à mesure.</translation>
    </message>
    <message>
        <source>The sidecar keeps calls in memory alone: what is given up is not kept.</source>
        <translation>Le sidecar ne garde les appels qu’en mémoire&#xa0;: ce qui est abandonné n’est pas conservé.</translation>
    </message>
    <message>
        <source>The program weave-sidecar, which looks into the spool, is not installed.</source>
        <translation>Le programme weave-sidecar, qui regarde dans le spool, n’est pas installé.</translation>
    </message>
    <message>
        <source>Paused by you; new calls will soon be refused</source>
        <translation>Suspendu par vous&#xa0;; les nouveaux appels seront bientôt refusés</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>Aucun problème. Les appels sont reçus et livrés.</translation>
    </message>
</context>
</TS>
