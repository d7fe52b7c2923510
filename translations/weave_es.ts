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
        <translation>Intentando de nuevo</translation>
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
        <source>The daemon has version %1, this program has %2. Restart the older one.</source>
        <translation>El servicio tiene la versión %1 y este programa la %2. Reinicie el más antiguo.</translation>
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
        <source>Check the server&apos;s address, and give --ca-file for a certificate of your own. %1</source>
        <translation>Compruebe la dirección del servidor e indique --ca-file para un certificado propio. %1</translation>
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
        <translation>El servidor de trazas no conoce lo que se pidió</translation>
    </message>
    <message>
        <source>Check that the backend&apos;s address is a Weave trace server.</source>
        <translation>Compruebe que la dirección del backend es un servidor de trazas de Weave.</translation>
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
        <source>It is sent again in smaller parts.</source>
        <translation>Se envía de nuevo en partes más pequeñas.</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>El servidor de trazas rechazó llamadas (%1)</translation>
    </message>
    <message>
        <source>The others are sent without them; what is refused alone goes to the dead letters.</source>
        <translation>Las demás se envían sin ellas; lo que se rechaza a solas pasa a las no entregables.</translation>
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
        <source>A program sends what the daemon does not understand</source>
        <translation>Un programa envía algo que el servicio no entiende</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the daemon; the log says more.</source>
        <translation>Su SDK puede ser más nuevo o más antiguo que el servicio; el registro dice más.</translation>
    </message>
    <message>
        <source>Another user tried to control the daemon</source>
        <translation>Otro usuario intentó controlar el servicio</translation>
    </message>
    <message>
        <source>Calls came while the daemon was stopping</source>
        <translation>Llegaron llamadas mientras el servicio se detenía</translation>
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
        <translation>Ele&amp;gir…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>&amp;Archivo:</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>Líneas de JSON (*.ndjson)</translation>
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
        <source>Calls can be written to that folder.</source>
        <translation>Se puede escribir en esa carpeta.</translation>
    </message>
    <message>
        <source>That folder cannot be written to.</source>
        <translation>No se puede escribir en esa carpeta.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 responde en %2 ms y acepta la clave.</translation>
    </message>
    <message>
        <source>%1 refuses the API key.</source>
        <translation>%1 rechaza la clave de API.</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms.</source>
        <translation>%1 responde en %2 ms.</translation>
    </message>
    <message>
        <source>%1 is no Weave trace server: it answers %2.</source>
        <translation>%1 no es un servidor de trazas de Weave: responde %2.</translation>
    </message>
    <message>
        <source>There is no host named %1.</source>
        <translation>No hay ningún equipo llamado %1.</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens there.</source>
        <translation>%1 rechaza la conexión: allí no escucha nada.</translation>
    </message>
    <message>
        <source>%1 does not answer within 10 seconds.</source>
        <translation>%1 no responde en 10 segundos.</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2</source>
        <translation>No hay conexión segura con %1: %2</translation>
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
        <source>The daemon ended at once.</source>
        <translation>El servicio terminó enseguida.</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>Refused calls</source>
        <translation>Llamadas rechazadas</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>&amp;Exportar…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>Enviar de &amp;nuevo</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Hecho.</translation>
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
        <source>No call was refused for good.</source>
        <translation>Ninguna llamada fue rechazada definitivamente.</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were refused by the backend for good. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>El backend rechazó definitivamente %n llamada. Se conserva en el disco, con el motivo.</numerusform>
            <numerusform>El backend rechazó definitivamente %n llamadas. Se conservan en el disco, con el motivo.</numerusform>
        </translation>
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
        <source>Late&amp;r</source>
        <translation>&amp;Más tarde</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>El sidecar recibe las llamadas de traza de todos los programas de Weave de este equipo, las guarda a salvo en el disco y las entrega. ¿Adónde deben ir?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>Eso es todo. Ahora indique a sus programas que usen el sidecar:</translation>
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
        <source>Calls are not delivered</source>
        <translation>No se entregan llamadas</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>La entrega vuelve a funcionar</translation>
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
        <source>A sidecar that systemd has started writes to the journal: journalctl --user -u weave-sidecar</source>
        <translation>Un sidecar iniciado por systemd escribe en el diario: journalctl --user -u weave-sidecar</translation>
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
        <source>Calls appear here as your programs make them.</source>
        <translation>Aquí aparecen las llamadas de sus programas a medida que ocurren.</translation>
    </message>
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
        <source>Waiting, of the spool</source>
        <translation>En espera, del spool</translation>
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
        <source>Sho&amp;w:</source>
        <translation>&amp;Mostrar:</translation>
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
        <source>none</source>
        <translation>ninguno</translation>
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
        <translation>Hora</translation>
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
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>Sin problemas. Las llamadas se reciben y se entregan.</translation>
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
        <translation>&amp;Entrega</translation>
    </message>
    <message>
        <source>St&amp;orage and sockets</source>
        <translation>Alma&amp;cenamiento y sockets</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>L&amp;otes</translation>
    </message>
    <message>
        <source>&amp;Notifications</source>
        <translation>&amp;Notificaciones</translation>
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
        <translation>ninguno</translation>
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
        <translation>Más programas que estos se rechazan.</translation>
    </message>
    <message>
        <source>the usual number</source>
        <translation>el número habitual</translation>
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
        <translation>Máximo de lla&amp;madas:</translation>
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
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>Avisarme cuando no se entre&amp;gan llamadas</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>Avisarme cuando la entrega &amp;vuelve a funcionar</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>The sidecar that runs now was not started by this program: what you change here is used when this program starts one.</source>
        <translation>El sidecar que funciona ahora no fue iniciado por este programa: lo que cambie aquí se usará cuando este programa inicie uno.</translation>
    </message>
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
        <translation>de wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Preguntando…</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The daemon does not answer.</source>
        <translation>El servicio no responde.</translation>
    </message>
    <message>
        <source>The socket %1 belongs to another user.</source>
        <translation>El socket %1 pertenece a otro usuario.</translation>
    </message>
    <message>
        <source>No daemon answers on %1.</source>
        <translation>Ningún servicio responde en %1.</translation>
    </message>
    <message>
        <source>What answers on %1 is not the daemon.</source>
        <translation>Lo que responde en %1 no es el servicio.</translation>
    </message>
    <message>
        <source>The daemon on %1 runs as another user, who alone may look into it.</source>
        <translation>El servicio en %1 funciona con otro usuario, el único que puede mirar dentro.</translation>
    </message>
    <message>
        <source>The daemon is of a version that this program cannot show: %1</source>
        <translation>El servicio es de una versión que este programa no puede mostrar: %1</translation>
    </message>
    <message>
        <source>The daemon did not answer in time.</source>
        <translation>El servicio no respondió a tiempo.</translation>
    </message>
    <message>
        <source>The daemon cannot be reached: %1</source>
        <translation>No se puede llegar al servicio: %1</translation>
    </message>
    <message>
        <source>The daemon&apos;s answer makes no sense.</source>
        <translation>La respuesta del servicio no tiene sentido.</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>No se puede iniciar %1: %2</translation>
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
        <translation>Funciona</translation>
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
</context>
</TS>
