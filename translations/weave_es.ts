<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>AppState</name>
    <message>
        <source>Not connected</source>
        <translation>Sin conexión</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pausa</translation>
    </message>
    <message>
        <source>Delivery is paused. Calls are kept.</source>
        <translation>La entrega está en pausa. Las llamadas se conservan.</translation>
    </message>
    <message>
        <source>Delivery stopped</source>
        <translation>Entrega detenida</translation>
    </message>
    <message>
        <source>Trying again</source>
        <translation>Reintentando</translation>
    </message>
    <message>
        <source>Some calls wait</source>
        <translation>Algunas llamadas esperan</translation>
    </message>
    <message>
        <source>%1 and others</source>
        <translation>%1 y otros</translation>
    </message>
    <message>
        <source>Spool nearly full</source>
        <translation>Spool casi lleno</translation>
    </message>
    <message>
        <source>New calls will soon be refused.</source>
        <translation>Pronto se rechazarán llamadas nuevas.</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Conectado</translation>
    </message>
    <message>
        <source>%1 · %2 delivered · %3 waiting</source>
        <translation>%1 · %2 entregadas · %3 en espera</translation>
    </message>
    <message>
        <source>The sidecar has version %1, this program has %2. Restart the older one.</source>
        <translation>El sidecar tiene la versión %1 y este programa la %2. Reinicie el más antiguo.</translation>
    </message>
    <message>
        <source>Delivery is paused and the spool nearly full: new calls will soon be refused.</source>
        <translation>La entrega está en pausa y el spool casi lleno: pronto se rechazarán llamadas nuevas.</translation>
    </message>
</context>
<context>
    <name>ConnectionVerdict</name>
    <message>
        <source>%1 asks for fewer requests (429). Test again in a few minutes.</source>
        <translation>%1 pide menos solicitudes (429). Vuelva a probar en unos minutos.</translation>
    </message>
    <message>
        <source>%1 has trouble of its own (%2). Test again later; calls are kept meanwhile.</source>
        <translation>%1 tiene un problema propio (%2). Vuelva a probar más tarde; mientras tanto las llamadas se conservan.</translation>
    </message>
    <message>
        <source>%1 answers (%2), but not as a Weave trace server does. Check the address and the path in it; the login page of a network answers like this, too.</source>
        <translation>%1 responde (%2), pero no como un servidor de trazas de Weave. Compruebe la dirección y su ruta; la página de acceso de una red también responde así.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms. The API key was not tested: without https others could read it.</source>
        <translation>%1 responde en %2 ms. La clave de API no se probó: sin https otros podrían leerla.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 responde en %2 ms y acepta la clave.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and knows the key. Whether it may write to your project shows with the first calls.</source>
        <translation>%1 responde en %2 ms y conoce la clave. Si puede escribir en su proyecto se verá con las primeras llamadas.</translation>
    </message>
    <message>
        <source>%1 refuses the API key. Copy it once more from your account&apos;s page, or make a new one there.</source>
        <translation>%1 rechaza la clave de API. Cópiela de nuevo de la página de su cuenta o cree allí otra.</translation>
    </message>
    <message>
        <source>%1 does not answer in time. Check the network and the address; some networks need a proxy (HTTPS_PROXY).</source>
        <translation>%1 no responde a tiempo. Compruebe la red y la dirección; algunas redes necesitan un proxy (HTTPS_PROXY).</translation>
    </message>
    <message>
        <source>%1 does not answer in time through the proxy %2. Check both addresses.</source>
        <translation>%1 no responde a tiempo a través del proxy %2. Compruebe ambas direcciones.</translation>
    </message>
    <message>
        <source>There is no host named %1. Check the spelling and the network.</source>
        <translation>No hay ningún equipo llamado %1. Compruebe cómo está escrito y la red.</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens at port %2. Check the port in the address, and whether the server runs.</source>
        <translation>%1 rechaza la conexión: nada escucha en el puerto %2. Compruebe el puerto de la dirección y si el servidor está en marcha.</translation>
    </message>
    <message>
        <source>%1 closes the connection without an answer. Check the address and its port %2.</source>
        <translation>%1 cierra la conexión sin responder. Compruebe la dirección y su puerto %2.</translation>
    </message>
    <message>
        <source>%1 cannot be reached: %2. Check the network and the address.</source>
        <translation>No se puede llegar a %1: %2. Compruebe la red y la dirección.</translation>
    </message>
    <message>
        <source>The proxy %1 wants a user name and a password. Give them in HTTPS_PROXY or HTTP_PROXY, as in http://user:password@proxy.example:3128.</source>
        <translation>El proxy %1 pide un nombre de usuario y una contraseña. Indíquelos en HTTPS_PROXY o HTTP_PROXY, como en http://user:password@proxy.example:3128.</translation>
    </message>
    <message>
        <source>No way to %2 through the proxy %1: %3. Check HTTPS_PROXY and HTTP_PROXY, ask who runs the proxy, or name %2 in NO_PROXY.</source>
        <translation>No se llega a %2 a través del proxy %1: %3. Compruebe HTTPS_PROXY y HTTP_PROXY, pregunte a quien gestiona el proxy o nombre %2 en NO_PROXY.</translation>
    </message>
    <message>
        <source>%1 does not speak TLS at port %2. Check the port; an address that begins with http:// is for servers without TLS.</source>
        <translation>%1 no habla TLS en el puerto %2. Compruebe el puerto; para servidores sin TLS la dirección empieza por http://.</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2. The server must speak TLS 1.2 or newer.</source>
        <translation>No hay conexión segura con %1: %2. El servidor debe hablar TLS 1.2 o posterior.</translation>
    </message>
    <message>
        <source>The certificate of %1 is for %2. Give the address that the certificate names.</source>
        <translation>El certificado de %1 es para %2. Indique la dirección que nombra el certificado.</translation>
    </message>
    <message>
        <source>The certificate of %1 cannot be trusted: %2.</source>
        <translation>No se puede confiar en el certificado de %1: %2.</translation>
    </message>
    <message>
        <source>%1 redirects to another address (%2). Ask its owner for the right one.</source>
        <translation>%1 redirige a otra dirección (%2). Pida la correcta a su responsable.</translation>
    </message>
    <message>
        <source>%1 redirects to %2. Use that address instead.</source>
        <translation>%1 redirige a %2. Use esa dirección en su lugar.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and needs no key.</source>
        <translation>%1 responde en %2 ms y no necesita clave.</translation>
    </message>
    <message>
        <source>%1 needs an API key. Type it above.</source>
        <translation>%1 necesita una clave de API. Escríbala arriba.</translation>
    </message>
    <message>
        <source>The certificate of %1 expired on %2. Check this computer&apos;s clock; if it is right, the server needs a new certificate.</source>
        <translation>El certificado de %1 caducó el %2. Compruebe el reloj de este equipo; si es correcto, el servidor necesita un certificado nuevo.</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid before %2. Check this computer&apos;s clock.</source>
        <translation>El certificado de %1 no es válido hasta el %2. Compruebe el reloj de este equipo.</translation>
    </message>
    <message>
        <source>The certificate of %1 comes from an authority that this computer does not trust. If the server is your own, name its certificates under &quot;CA file&quot;.</source>
        <translation>El certificado de %1 procede de una autoridad en la que este equipo no confía. Si el servidor es suyo, indique sus certificados en «Archivo de CA».</translation>
    </message>
</context>
<context>
    <name>DaemonReply</name>
    <message>
        <source>The sidecar did not answer in time.</source>
        <translation>El sidecar no respondió a tiempo.</translation>
    </message>
    <message>
        <source>The sidecar cannot be reached: %1</source>
        <translation>No se puede llegar al sidecar: %1</translation>
    </message>
    <message>
        <source>The sidecar&apos;s answer makes no sense.</source>
        <translation>La respuesta del sidecar no tiene sentido.</translation>
    </message>
</context>
<context>
    <name>ProblemText</name>
    <message>
        <source>Calls are kept and sent when it works again.</source>
        <translation>Las llamadas se conservan y se envían cuando vuelva a funcionar.</translation>
    </message>
    <message>
        <source>No secure connection to the trace server</source>
        <translation>No hay conexión segura con el servidor de trazas</translation>
    </message>
    <message>
        <source>The trace server does not answer in time</source>
        <translation>El servidor de trazas no responde a tiempo</translation>
    </message>
    <message>
        <source>The trace server cannot be reached</source>
        <translation>No se puede llegar al servidor de trazas</translation>
    </message>
    <message>
        <source>Check the network, the proxy and the server&apos;s address. %1</source>
        <translation>Compruebe la red, el proxy y la dirección del servidor. %1</translation>
    </message>
    <message>
        <source>The trace server refuses the API key</source>
        <translation>El servidor de trazas rechaza la clave de API</translation>
    </message>
    <message>
        <source>Set the right key in the settings. %1</source>
        <translation>Indique la clave correcta en los ajustes. %1</translation>
    </message>
    <message>
        <source>The API key may not write to %1</source>
        <translation>La clave de API no puede escribir en %1</translation>
    </message>
    <message>
        <source>Ask for access to the project, or use another key. %1</source>
        <translation>Pida acceso al proyecto o use otra clave. %1</translation>
    </message>
    <message>
        <source>The trace server does not know what was asked</source>
        <translation>El servidor de trazas no conoce esta solicitud</translation>
    </message>
    <message>
        <source>The trace server asks for fewer requests</source>
        <translation>El servidor de trazas pide menos solicitudes</translation>
    </message>
    <message>
        <source>The trace server has trouble of its own (%1)</source>
        <translation>El servidor de trazas tiene problemas propios (%1)</translation>
    </message>
    <message>
        <source>A batch was too large for the trace server</source>
        <translation>Un lote era demasiado grande para el servidor de trazas</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>El servidor de trazas rechazó llamadas (%1)</translation>
    </message>
    <message>
        <source>Programs send these calls directly.</source>
        <translation>Los programas envían estas llamadas directamente.</translation>
    </message>
    <message>
        <source>The spool is full: calls are refused</source>
        <translation>El spool está lleno: se rechazan llamadas</translation>
    </message>
    <message>
        <source>Get the trace server back, or allow more in the settings. %1</source>
        <translation>Recupere el servidor de trazas o permita más espacio en los ajustes. %1</translation>
    </message>
    <message>
        <source>The disk does not take calls</source>
        <translation>El disco no acepta llamadas</translation>
    </message>
    <message>
        <source>Look for a full or read-only disk. %1</source>
        <translation>Compruebe si está lleno o es de solo lectura. %1</translation>
    </message>
    <message>
        <source>Calls were refused: too large, or too many at once</source>
        <translation>Se rechazaron llamadas: demasiado grandes o demasiadas a la vez</translation>
    </message>
    <message>
        <source>Calls were given up</source>
        <translation>Se abandonaron llamadas</translation>
    </message>
    <message>
        <source>The trace server refused them for good, or they waited too long. They are kept as dead letters: export them, or try them again.</source>
        <translation>El servidor de trazas las rechazó definitivamente o esperaron demasiado. Se conservan como no entregables: expórtelas o inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>A part of the spool was damaged</source>
        <translation>Una parte del spool estaba dañada</translation>
    </message>
    <message>
        <source>What could be read is delivered; the rest is put aside in the spool&apos;s quarantine folder.</source>
        <translation>Lo que se pudo leer se entrega; el resto queda en la carpeta de cuarentena del spool.</translation>
    </message>
    <message>
        <source>Check the server&apos;s address. For a server with certificates of its own, name its CA file in the settings. %1</source>
        <translation>Compruebe la dirección del servidor. Si tiene certificados propios, indique su archivo de CA en los ajustes. %1</translation>
    </message>
    <message>
        <source>A program sends what the sidecar does not understand</source>
        <translation>Un programa envía algo que el sidecar no entiende</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the sidecar; the log says more.</source>
        <translation>Su SDK puede ser más nuevo o más antiguo que el sidecar; el registro dice más.</translation>
    </message>
    <message>
        <source>Another user tried to control the sidecar</source>
        <translation>Otro usuario intentó controlar el sidecar</translation>
    </message>
    <message>
        <source>Calls came while the sidecar was stopping</source>
        <translation>Llegaron llamadas mientras el sidecar se detenía</translation>
    </message>
    <message>
        <source>What is refused alone is kept as a dead letter: export it, or try it again.</source>
        <translation>Lo que se rechaza por sí solo se conserva como no entregable: expórtelo o inténtelo de nuevo.</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, the proxy and the key in the settings. %1</source>
        <translation>Compruebe la dirección del servidor, el proxy y la clave en los ajustes. %1</translation>
    </message>
    <message>
        <source>The batch is sent again in smaller parts.</source>
        <translation>El lote se envía de nuevo en partes más pequeñas.</translation>
    </message>
</context>
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>Aceptar</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Address of the trace server</source>
        <translation>Dirección del servidor de trazas</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>Clave de API</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>Archivo de CA</translation>
    </message>
    <message>
        <source>Plain http</source>
        <translation>HTTP sin cifrar</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>Socket</translation>
    </message>
    <message>
        <source>HTTP address</source>
        <translation>Dirección HTTP</translation>
    </message>
    <message>
        <source>Spool folder</source>
        <translation>Carpeta del spool</translation>
    </message>
    <message>
        <source>Spool limit</source>
        <translation>Límite del spool</translation>
    </message>
    <message>
        <source>Time until a batch is sent</source>
        <translation>Tiempo hasta que se envía un lote</translation>
    </message>
    <message>
        <source>Calls in a batch</source>
        <translation>Llamadas en un lote</translation>
    </message>
    <message>
        <source>Size of a batch</source>
        <translation>Tamaño de un lote</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Conexiones</translation>
    </message>
</context>
<context>
    <name>Weave::About</name>
    <message>
        <source>About Weave Sidecar</source>
        <translation>Acerca de Weave Sidecar</translation>
    </message>
    <message>
        <source>Weave Sidecar %1</source>
        <translation>Weave Sidecar %1</translation>
    </message>
    <message>
        <source>Takes the trace calls of every Weave process on this computer and delivers them. Free software under the Apache License 2.0, made with Qt %1.</source>
        <translation>Recibe las llamadas de traza de todos los procesos de Weave de este equipo y las entrega. Software libre con la licencia Apache 2.0, hecho con Qt %1.</translation>
    </message>
</context>
<context>
    <name>Weave::Actions</name>
    <message>
        <source>&amp;Open Weave Sidecar</source>
        <translation>&amp;Abrir Weave Sidecar</translation>
    </message>
    <message>
        <source>&amp;Flush now</source>
        <translation>&amp;Enviar ahora</translation>
    </message>
    <message>
        <source>&amp;Retry now</source>
        <translation>&amp;Reintentar ahora</translation>
    </message>
    <message>
        <source>Start the s&amp;idecar</source>
        <translation>I&amp;niciar el sidecar</translation>
    </message>
    <message>
        <source>Open &amp;log</source>
        <translation>Abrir el re&amp;gistro</translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation>&amp;Copiar diagnóstico</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>A&amp;justes…</translation>
    </message>
    <message>
        <source>Start at lo&amp;gin</source>
        <translation>&amp;Iniciar con la sesión</translation>
    </message>
    <message>
        <source>&amp;About Weave Sidecar</source>
        <translation>Acerca &amp;de Weave Sidecar</translation>
    </message>
    <message>
        <source>Send what waits without waiting for fuller batches</source>
        <translation>Envía lo que espera sin aguardar lotes más llenos</translation>
    </message>
    <message>
        <source>Try the backend again at once</source>
        <translation>Prueba el backend otra vez en este momento</translation>
    </message>
    <message>
        <source>Copy a report without keys or contents of calls</source>
        <translation>Copia un informe sin claves ni contenido de llamadas</translation>
    </message>
    <message>
        <source>Resume &amp;delivery</source>
        <translation>Rean&amp;udar la entrega</translation>
    </message>
    <message>
        <source>Pause &amp;delivery</source>
        <translation>Pa&amp;usar la entrega</translation>
    </message>
    <message>
        <source>Send calls to the backend again</source>
        <translation>Envía de nuevo las llamadas al backend</translation>
    </message>
    <message>
        <source>Keep taking calls, but do not send them yet</source>
        <translation>Sigue recibiendo llamadas, pero aún no las envía</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Salir</translation>
    </message>
    <message>
        <source>&amp;Quit…</source>
        <translation>&amp;Salir…</translation>
    </message>
    <message>
        <source>&amp;Quit (the sidecar goes on)</source>
        <translation>&amp;Salir (el sidecar continúa)</translation>
    </message>
    <message>
        <source>Connect &amp;programs…</source>
        <translation>Conectar &amp;programas…</translation>
    </message>
</context>
<context>
    <name>Weave::Autostart</name>
    <message>
        <source>Cannot create the folder %1.</source>
        <translation>No se puede crear la carpeta %1.</translation>
    </message>
</context>
<context>
    <name>Weave::BackendForm</name>
    <message>
        <source>Send calls to a &amp;trace server</source>
        <translation>Enviar las llamadas a un servidor de &amp;trazas</translation>
    </message>
    <message>
        <source>Keep calls in a &amp;local file</source>
        <translation>Guardar las llamadas en un archivo &amp;local</translation>
    </message>
    <message>
        <source>Address of the trace server</source>
        <translation>Dirección del servidor de trazas</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>&amp;Dirección:</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>Clave de API</translation>
    </message>
    <message>
        <source>API &amp;key:</source>
        <translation>Cla&amp;ve de API:</translation>
    </message>
    <message>
        <source>T&amp;est connection</source>
        <translation>&amp;Probar la conexión</translation>
    </message>
    <message>
        <source>File for the calls</source>
        <translation>Archivo para las llamadas</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>&amp;Elegir…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>&amp;Archivo:</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>Líneas de JSON (*.ndjson)</translation>
    </message>
    <message>
        <source>File with certificates to trust</source>
        <translation>Archivo con certificados de confianza</translation>
    </message>
    <message>
        <source>Cho&amp;ose…</source>
        <translation>Ele&amp;gir…</translation>
    </message>
    <message>
        <source>&amp;CA file:</source>
        <translation>Archivo de &amp;CA:</translation>
    </message>
    <message>
        <source>Allow plain htt&amp;p: on the way, others can read the key and the calls</source>
        <translation>Permitir http sin ci&amp;frar: por el camino, otros pueden leer la clave y las llamadas</translation>
    </message>
    <message>
        <source>WEAVE_SIDECAR_BACKEND is set in the environment and wins: %1</source>
        <translation>WEAVE_SIDECAR_BACKEND está definida en el entorno y prevalece: %1</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>Certificados (*.pem *.crt *.cer);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>the system&apos;s certificates</source>
        <translation>los certificados del sistema</translation>
    </message>
    <message>
        <source>For a server with certificates of its own.</source>
        <translation>Para un servidor con certificados propios.</translation>
    </message>
</context>
<context>
    <name>Weave::CallModel</name>
    <message>
        <source>(began before)</source>
        <translation>(empezó antes)</translation>
    </message>
    <message>
        <source>running</source>
        <translation>en curso</translation>
    </message>
    <message>
        <source>done</source>
        <translation>terminada</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fallida</translation>
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
        <translation>Llamada %1 de la traza %2</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>Error: %1</translation>
    </message>
    <message>
        <source>Inputs: %1</source>
        <translation>Entradas: %1</translation>
    </message>
    <message>
        <source>Output: %1</source>
        <translation>Salida: %1</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Operación</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Proyecto</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Duración</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Inicio</translation>
    </message>
    <message>
        <source>end not seen</source>
        <translation>final no visto</translation>
    </message>
</context>
<context>
    <name>Weave::ClientModel</name>
    <message>
        <source>unknown</source>
        <translation>desconocido</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Proceso</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Conexiones</translation>
    </message>
    <message>
        <source>Calls/s</source>
        <translation>Llamadas/s</translation>
    </message>
    <message>
        <source>Bytes/s</source>
        <translation>Bytes/s</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Rechazadas</translation>
    </message>
</context>
<context>
    <name>Weave::ConnectionTest</name>
    <message>
        <source>Calls can be written to that file.</source>
        <translation>Se pueden escribir llamadas en ese archivo.</translation>
    </message>
    <message>
        <source>That file cannot be written to. Choose one in a folder of yours.</source>
        <translation>No se puede escribir en ese archivo. Elija uno en una carpeta suya.</translation>
    </message>
</context>
<context>
    <name>Weave::DaemonLauncher</name>
    <message>
        <source>The program weave-sidecar is not installed.</source>
        <translation>El programa weave-sidecar no está instalado.</translation>
    </message>
    <message>
        <source>%1 cannot be started: %2</source>
        <translation>No se puede iniciar %1: %2</translation>
    </message>
    <message>
        <source>The sidecar ended at once.</source>
        <translation>El sidecar terminó enseguida.</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportar…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>Enviar de &amp;nuevo</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>No funcionó: %1</translation>
    </message>
    <message>
        <source>Export calls</source>
        <translation>Exportar llamadas</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>Líneas de JSON (*.ndjson)</translation>
    </message>
    <message>
        <source>Dead letters</source>
        <translation>Llamadas no entregables</translation>
    </message>
    <message>
        <source>They were written to %1.</source>
        <translation>Se escribieron en %1.</translation>
    </message>
    <message>
        <source>They were handed to the sidecar once more.</source>
        <translation>Se entregaron de nuevo al sidecar.</translation>
    </message>
    <message>
        <source>No call was given up.</source>
        <translation>No se abandonó ninguna llamada.</translation>
    </message>
    <message>
        <source>What was given up cannot be looked at: %1</source>
        <translation>No se puede ver lo que se abandonó: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were given up. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>Se abandonó %n llamada. Se conserva en el disco, con el motivo.</numerusform>
            <numerusform>Se abandonaron %n llamadas. Se conservan en el disco, con el motivo.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n llamada</numerusform>
            <numerusform>%n llamadas</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is a file that the sidecar writes to. Choose another one.</source>
        <translation>%1 es un archivo en el que escribe el sidecar. Elija otro.</translation>
    </message>
    <message>
        <source>It is not known yet whether calls were given up.</source>
        <translation>Aún no se sabe si se abandonaron llamadas.</translation>
    </message>
</context>
<context>
    <name>Weave::FirstStart</name>
    <message>
        <source>Welcome to Weave Sidecar</source>
        <translation>Bienvenido a Weave Sidecar</translation>
    </message>
    <message>
        <source>&amp;Start the sidecar</source>
        <translation>&amp;Iniciar el sidecar</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>El sidecar recibe las llamadas de traza de todos los programas de Weave de este equipo, las guarda a salvo en el disco y las entrega. ¿Adónde deben ir?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>Eso es todo. Ahora indique a sus programas que usen el sidecar:</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>&amp;Más tarde</translation>
    </message>
</context>
<context>
    <name>Weave::FlushModel</name>
    <message>
        <source>delivered</source>
        <translation>entregado</translation>
    </message>
    <message>
        <source>will be tried again</source>
        <translation>se intentará de nuevo</translation>
    </message>
    <message>
        <source>refused, sent again in halves</source>
        <translation>rechazado, se envía en mitades</translation>
    </message>
    <message>
        <source>refused, now a dead letter</source>
        <translation>rechazado, ahora no entregable</translation>
    </message>
    <message>
        <source>refused, delivery stopped</source>
        <translation>rechazado, entrega detenida</translation>
    </message>
    <message>
        <source>sent again in another form</source>
        <translation>enviado de nuevo en otra forma</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Proyecto</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Llamadas</translation>
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
        <translation>Intentos</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>refused, the project waits</source>
        <translation>rechazado, el proyecto espera</translation>
    </message>
</context>
<context>
    <name>Weave::Frontend</name>
    <message>
        <source>The sidecar cannot be started</source>
        <translation>No se puede iniciar el sidecar</translation>
    </message>
    <message>
        <source>Start at login cannot be changed</source>
        <translation>No se puede cambiar el inicio con la sesión</translation>
    </message>
    <message>
        <source>Delivery cannot be resumed</source>
        <translation>No se puede reanudar la entrega</translation>
    </message>
    <message>
        <source>Delivery cannot be paused</source>
        <translation>No se puede pausar la entrega</translation>
    </message>
    <message>
        <source>Not all calls could be delivered</source>
        <translation>No se pudieron entregar todas las llamadas</translation>
    </message>
    <message>
        <source>The backend cannot be tried again</source>
        <translation>No se puede volver a probar el backend</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>No hay registro que abrir</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>No se pueden leer los ajustes</translation>
    </message>
</context>
<context>
    <name>Weave::Gauge</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1 de %2</translation>
    </message>
</context>
<context>
    <name>Weave::KeyStore</name>
    <message>
        <source>Cannot keep the key in %1: %2</source>
        <translation>No se puede guardar la clave en %1: %2</translation>
    </message>
</context>
<context>
    <name>Weave::LivePage</name>
    <message>
        <source>Live calls</source>
        <translation>Llamadas en vivo</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Llamadas</translation>
    </message>
    <message>
        <source>Details of the selected call</source>
        <translation>Detalles de la llamada elegida</translation>
    </message>
    <message>
        <source>Choose a call to see more of it.</source>
        <translation>Elija una llamada para ver más.</translation>
    </message>
    <message>
        <source>Search in calls</source>
        <translation>Buscar en las llamadas</translation>
    </message>
    <message>
        <source>S&amp;earch:</source>
        <translation>&amp;Buscar:</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>&amp;Mostrar contenidos</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>Las entradas y salidas de las llamadas pueden ser confidenciales. Se muestran aquí y no se guardan en ningún sitio.</translation>
    </message>
    <message>
        <source>Clea&amp;r</source>
        <translation>&amp;Vaciar</translation>
    </message>
    <message numerus="yes">
        <source>%n more call(s) came too fast to be shown.</source>
        <translation>
            <numerusform>%n llamada más llegó demasiado rápido para mostrarla.</numerusform>
            <numerusform>%n llamadas más llegaron demasiado rápido para mostrarlas.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::LogOpener</name>
    <message>
        <source>The sidecar was started by hand and writes to the terminal %1.</source>
        <translation>El sidecar se inició a mano y escribe en el terminal %1.</translation>
    </message>
    <message>
        <source>Where the sidecar writes its log cannot be found out. It runs as process %1.</source>
        <translation>No se puede averiguar dónde escribe su registro el sidecar. Se ejecuta como proceso %1.</translation>
    </message>
    <message>
        <source>No sidecar runs, and this program has not started one yet.</source>
        <translation>No hay ningún sidecar en marcha y este programa aún no ha iniciado ninguno.</translation>
    </message>
    <message>
        <source>No program opens it. It is the file %1.</source>
        <translation>Ningún programa lo abre. Es el archivo %1.</translation>
    </message>
    <message>
        <source>The sidecar writes to systemd&apos;s journal. In a terminal, see it by: %1</source>
        <translation>El sidecar escribe en el diario de systemd. En un terminal, véalo con: %1</translation>
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
        <translation>Páginas</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>Barra de estado</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>&amp;Sidecar</source>
        <translation>&amp;Sidecar</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>&amp;Cerrar la ventana</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>&amp;Página</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Ayuda</translation>
    </message>
</context>
<context>
    <name>Weave::Notifier</name>
    <message>
        <source>Calls are not delivered</source>
        <translation>No se entregan llamadas</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>La entrega vuelve a funcionar</translation>
    </message>
</context>
<context>
    <name>Weave::OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>Resumen</translation>
    </message>
    <message>
        <source>Backend:</source>
        <translation>Backend:</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>Estado:</translation>
    </message>
    <message>
        <source>Oldest waiting call:</source>
        <translation>Llamada en espera más antigua:</translation>
    </message>
    <message>
        <source>Last error:</source>
        <translation>Último error:</translation>
    </message>
    <message>
        <source>Spool on disk</source>
        <translation>Spool en disco</translation>
    </message>
    <message>
        <source>Last minute</source>
        <translation>Último minuto</translation>
    </message>
    <message>
        <source>Last 10 minutes</source>
        <translation>Últimos 10 minutos</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>Última hora</translation>
    </message>
    <message>
        <source>Time span of the plots</source>
        <translation>Periodo de las gráficas</translation>
    </message>
    <message>
        <source>Calls per second</source>
        <translation>Llamadas por segundo</translation>
    </message>
    <message>
        <source>Waiting calls</source>
        <translation>Llamadas en espera</translation>
    </message>
    <message>
        <source>Waiting bytes</source>
        <translation>Bytes en espera</translation>
    </message>
    <message>
        <source>Time the backend takes</source>
        <translation>Tiempo de respuesta del backend</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>no se sabe</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Entrada</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Salida</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>Llamadas</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tiempo</translation>
    </message>
    <message>
        <source>none</source>
        <comment>oldest waiting call</comment>
        <translation>ninguna</translation>
    </message>
    <message>
        <source>none</source>
        <comment>last error</comment>
        <translation>ninguno</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>&amp;Mostrar:</translation>
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
        <translation>sin datos</translation>
    </message>
    <message>
        <source>now</source>
        <translation>ahora</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>hace %1</translation>
    </message>
    <message>
        <source>No data yet.</source>
        <translation>Aún no hay datos.</translation>
    </message>
    <message>
        <source>%1: %2. Highest: %3.</source>
        <translation>%1: %2. Máximo: %3.</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemModel</name>
    <message>
        <source>Calls go directly to the trace server meanwhile, as if there were no sidecar.</source>
        <translation>Mientras tanto, las llamadas van directamente al servidor de trazas, como si no hubiera sidecar.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problema</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Qué hacer</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Veces</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemsPage</name>
    <message>
        <source>Problems</source>
        <translation>Problemas</translation>
    </message>
</context>
<context>
    <name>Weave::QuitQuestion</name>
    <message>
        <source>Quit Weave Sidecar</source>
        <translation>Salir de Weave Sidecar</translation>
    </message>
    <message>
        <source>Shall the sidecar go on taking and delivering calls?</source>
        <translation>¿Debe el sidecar seguir recibiendo y entregando llamadas?</translation>
    </message>
    <message>
        <source>Stopped, it keeps on disk what is not delivered yet. Programs then send their calls directly.</source>
        <translation>Detenido, conserva en el disco lo que aún no se ha entregado. Los programas envían entonces sus llamadas directamente.</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>&amp;Dejarlo en marcha</translation>
    </message>
    <message>
        <source>&amp;Stop it too</source>
        <translation>D&amp;etenerlo también</translation>
    </message>
</context>
<context>
    <name>Weave::RestartQuestion</name>
    <message>
        <source>This program has not started it: stop it and start it again where it was started.</source>
        <translation>Este programa no lo inició: deténgalo e inícielo de nuevo donde se inició.</translation>
    </message>
    <message>
        <source>systemd runs it. In a terminal, start it again by: %1</source>
        <translation>systemd lo ejecuta. En un terminal, reinícielo con: %1</translation>
    </message>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Ajustes de Weave Sidecar</translation>
    </message>
    <message>
        <source>These settings take effect when the sidecar is started again: %1</source>
        <translation>Estos ajustes surten efecto cuando se reinicia el sidecar: %1</translation>
    </message>
    <message>
        <source>Starting it again takes a moment. Calls that wait are kept on disk.</source>
        <translation>Reiniciarlo tarda un momento. Las llamadas en espera se conservan en el disco.</translation>
    </message>
    <message>
        <source>&amp;Start it again now</source>
        <translation>&amp;Reiniciarlo ahora</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>&amp;Más tarde</translation>
    </message>
</context>
<context>
    <name>Weave::SdkHint</name>
    <message>
        <source>&amp;Python: run these lines where your program runs</source>
        <translation>&amp;Python: ejecute estas líneas donde se ejecuta su programa</translation>
    </message>
    <message>
        <source>Copy Python lines</source>
        <translation>Copiar las líneas de Python</translation>
    </message>
    <message>
        <source>&amp;Node: run this line where your program runs</source>
        <translation>&amp;Node: ejecute esta línea donde se ejecuta su programa</translation>
    </message>
    <message>
        <source>Copy Node line</source>
        <translation>Copiar la línea de Node</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Node: give the sidecar an HTTP address in the settings first, for example 127.0.0.1:8319.</source>
        <translation>Node: primero dé al sidecar una dirección HTTP en los ajustes, por ejemplo 127.0.0.1:8319.</translation>
    </message>
    <message>
        <source>Connect programs</source>
        <translation>Conectar programas</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsDialog</name>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Ajustes de Weave Sidecar</translation>
    </message>
    <message>
        <source>Kinds of settings</source>
        <translation>Tipos de ajustes</translation>
    </message>
    <message>
        <source>&amp;Delivery</source>
        <translation>E&amp;ntrega</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>Lote&amp;s</translation>
    </message>
    <message>
        <source>Soc&amp;ket:</source>
        <translation>Soc&amp;ket:</translation>
    </message>
    <message>
        <source>Socket of the sidecar</source>
        <translation>Socket del sidecar</translation>
    </message>
    <message>
        <source>Where Python programs hand over their calls.</source>
        <translation>Aquí entregan sus llamadas los programas de Python.</translation>
    </message>
    <message>
        <source>&amp;HTTP address:</source>
        <translation>Dirección &amp;HTTP:</translation>
    </message>
    <message>
        <source>HTTP address of the sidecar</source>
        <translation>Dirección HTTP del sidecar</translation>
    </message>
    <message>
        <source>Where Node programs hand over their calls, 127.0.0.1:8319; empty for none.</source>
        <translation>Aquí entregan sus llamadas los programas de Node, 127.0.0.1:8319; vacío: ninguna.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ninguna</translation>
    </message>
    <message>
        <source>Conn&amp;ections:</source>
        <translation>Cone&amp;xiones:</translation>
    </message>
    <message>
        <source>Connections at a time</source>
        <translation>Conexiones a la vez</translation>
    </message>
    <message>
        <source>More programs than this are turned away.</source>
        <translation>Se rechazan los programas que pasen de este número.</translation>
    </message>
    <message>
        <source>S&amp;pool folder:</source>
        <translation>Carpeta del s&amp;pool:</translation>
    </message>
    <message>
        <source>Folder of the spool</source>
        <translation>Carpeta del spool</translation>
    </message>
    <message>
        <source>Where calls are kept until they are delivered.</source>
        <translation>Aquí se guardan las llamadas hasta que se entregan.</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>la habitual</translation>
    </message>
    <message>
        <source>Spool &amp;limit:</source>
        <translation>&amp;Límite del spool:</translation>
    </message>
    <message>
        <source>Size that the spool may take</source>
        <translation>Tamaño que puede ocupar el spool</translation>
    </message>
    <message>
        <source>With more than this waiting, calls are refused: 500MiB, 2GiB.</source>
        <translation>Con más que esto en espera, se rechazan llamadas: 500MiB, 2GiB.</translation>
    </message>
    <message>
        <source>Send a&amp;fter:</source>
        <translation>Enviar &amp;tras:</translation>
    </message>
    <message>
        <source>Time after which a batch is sent</source>
        <translation>Tiempo tras el que se envía un lote</translation>
    </message>
    <message>
        <source>After its first call: 500ms, 2s.</source>
        <translation>Desde su primera llamada: 500ms, 2s.</translation>
    </message>
    <message>
        <source>&amp;Most calls:</source>
        <translation>Máximo de &amp;llamadas:</translation>
    </message>
    <message>
        <source>Calls in a batch at most</source>
        <translation>Llamadas en un lote como máximo</translation>
    </message>
    <message>
        <source>A batch with this many calls is sent at once.</source>
        <translation>Un lote con tantas llamadas se envía enseguida.</translation>
    </message>
    <message>
        <source>Most b&amp;ytes:</source>
        <translation>Máximo de b&amp;ytes:</translation>
    </message>
    <message>
        <source>Size of a batch at most</source>
        <translation>Tamaño de un lote como máximo</translation>
    </message>
    <message>
        <source>A larger call travels alone: 10MiB.</source>
        <translation>Una llamada mayor viaja sola: 10MiB.</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>Avisarme cuando la entrega &amp;vuelve a funcionar</translation>
    </message>
    <message>
        <source>Set in the environment, which wins: %1</source>
        <translation>Definido en el entorno, que prevalece: %1</translation>
    </message>
    <message>
        <source>Stora&amp;ge and sockets</source>
        <translation>Al&amp;macenamiento y sockets</translation>
    </message>
    <message>
        <source>De&amp;sktop</source>
        <translation>Esc&amp;ritorio</translation>
    </message>
    <message>
        <source>Start at log&amp;in, as an icon</source>
        <translation>&amp;Iniciar con la sesión, como icono</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>Avisarme cuando no se &amp;entregan llamadas</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>guardada a salvo; escriba aquí para cambiarla</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>encontrada en %1</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>se obtiene en wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Comprobando…</translation>
    </message>
    <message>
        <source>The settings cannot be kept</source>
        <translation>No se pueden guardar los ajustes</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>No se pueden leer los ajustes</translation>
    </message>
    <message>
        <source>The sidecar that runs now does not read these settings: what you change here is for one that this program starts.</source>
        <translation>El sidecar que funciona ahora no lee estos ajustes: lo que cambie aquí vale para uno que inicie este programa.</translation>
    </message>
    <message>
        <source>Start at login cannot be changed: %1</source>
        <translation>No se puede cambiar el inicio con la sesión: %1</translation>
    </message>
    <message>
        <source>The sidecar cannot be started: %1</source>
        <translation>No se puede iniciar el sidecar: %1</translation>
    </message>
    <message>
        <source>The settings cannot be kept: %1</source>
        <translation>No se pueden guardar los ajustes: %1</translation>
    </message>
    <message>
        <source>The sidecar goes on with its old settings</source>
        <translation>El sidecar continúa con sus ajustes anteriores</translation>
    </message>
    <message>
        <source>It was started with other values, on its command line or in its environment, which win: %1</source>
        <translation>Se inició con otros valores, en su línea de órdenes o en su entorno, que prevalecen: %1</translation>
    </message>
    <message>
        <source>No API key was found. A trace server that needs one gets the calls once you have set it in the settings.</source>
        <translation>No se encontró ninguna clave de API. Un servidor de trazas que la necesite recibirá las llamadas cuando la indique en los ajustes.</translation>
    </message>
    <message>
        <source>No effect on the running sidecar</source>
        <translation>Sin efecto en el sidecar en marcha</translation>
    </message>
    <message>
        <source>The sidecar did not say that it has taken the new settings</source>
        <translation>El sidecar no ha confirmado que haya aplicado los nuevos ajustes</translation>
    </message>
    <message>
        <source>systemd has made its socket, so this stays what it was: %1. Another place is set as ListenStream= by `systemctl --user edit weave-sidecar.socket`.</source>
        <translation>systemd ha creado su socket, así que esto queda como estaba: %1. Otro lugar se indica como ListenStream= con `systemctl --user edit weave-sidecar.socket`.</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The sidecar does not answer.</source>
        <translation>El sidecar no responde.</translation>
    </message>
    <message>
        <source>The socket %1 belongs to the user %2 and does not let you in.</source>
        <translation>El socket %1 pertenece al usuario %2 y no le deja entrar.</translation>
    </message>
    <message>
        <source>No sidecar answers on %1.</source>
        <translation>Ningún sidecar responde en %1.</translation>
    </message>
    <message>
        <source>What answers on %1 is not the sidecar.</source>
        <translation>Lo que responde en %1 no es el sidecar.</translation>
    </message>
    <message>
        <source>Read only: the sidecar runs as the user %1, who alone may control it.</source>
        <translation>Solo lectura: el sidecar se ejecuta como el usuario %1, el único que puede controlarlo.</translation>
    </message>
    <message>
        <source>Read only: the sidecar lets this program look and no more: %1</source>
        <translation>Solo lectura: el sidecar deja mirar a este programa y nada más: %1</translation>
    </message>
    <message>
        <source>The sidecar on %1 runs, but all of its connections are taken (max-connections).</source>
        <translation>El sidecar en %1 está en marcha, pero todas sus conexiones están ocupadas (max-connections).</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>No se puede iniciar %1: %2</translation>
    </message>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>No se puede escribir %1: %2</translation>
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
        <translation>Funciona bien</translation>
    </message>
    <message>
        <source>Paused by you; calls are kept</source>
        <translation>Pausado por usted; las llamadas se conservan</translation>
    </message>
    <message>
        <source>next attempt in %1</source>
        <translation>próximo intento en %1</translation>
    </message>
    <message>
        <source>calls are kept</source>
        <translation>las llamadas se conservan</translation>
    </message>
    <message>
        <source>Takes no calls of some projects; %1</source>
        <translation>No acepta llamadas de algunos proyectos; %1</translation>
    </message>
    <message>
        <source>Does not answer as it should; %1</source>
        <translation>No responde como debe; %1</translation>
    </message>
    <message>
        <source>Refuses what is sent; %1</source>
        <translation>Rechaza lo que se envía; %1</translation>
    </message>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1 (hace %2)</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Resumen</translation>
    </message>
    <message>
        <source>Flushes</source>
        <translation>Envíos</translation>
    </message>
    <message>
        <source>Requests to the backend appear here.</source>
        <translation>Aquí aparecen las solicitudes al backend.</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>Clientes</translation>
    </message>
    <message>
        <source>No program is connected to the sidecar now.</source>
        <translation>Ningún programa está conectado al sidecar ahora.</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Problemas</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>Llamadas en vivo</translation>
    </message>
    <message>
        <source>Only the user that the sidecar runs as may see this.</source>
        <translation>Solo puede verlo el usuario con el que se ejecuta el sidecar.</translation>
    </message>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>Aquí aparecen las llamadas de sus programas a medida que ocurren.</translation>
    </message>
    <message>
        <source>The sidecar keeps calls in memory alone: what is given up is not kept.</source>
        <translation>El sidecar guarda las llamadas solo en memoria: lo que se abandona no se conserva.</translation>
    </message>
    <message>
        <source>The program weave-sidecar, which looks into the spool, is not installed.</source>
        <translation>El programa weave-sidecar, que mira en el spool, no está instalado.</translation>
    </message>
    <message>
        <source>Paused by you; new calls will soon be refused</source>
        <translation>Pausado por usted; pronto se rechazarán llamadas nuevas</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>Sin problemas. Las llamadas se reciben y se entregan.</translation>
    </message>
</context>
</TS>
