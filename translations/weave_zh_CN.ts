<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AppState</name>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Delivery is paused. Calls are kept.</source>
        <translation>投递已暂停。调用会保留。</translation>
    </message>
    <message>
        <source>Delivery stopped</source>
        <translation>投递已停止</translation>
    </message>
    <message>
        <source>Trying again</source>
        <translation>正在重试</translation>
    </message>
    <message>
        <source>Spool nearly full</source>
        <translation>缓存区快满了</translation>
    </message>
    <message>
        <source>New calls will soon be refused.</source>
        <translation>新的调用很快会被拒绝。</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>%1 · %2 delivered · %3 waiting</source>
        <translation>%1 · 已投递 %2 · 等待 %3</translation>
    </message>
    <message>
        <source>The daemon has version %1, this program has %2. Restart the older one.</source>
        <translation>守护进程的版本是 %1，本程序的版本是 %2。请重启较旧的一个。</translation>
    </message>
</context>
<context>
    <name>ProblemText</name>
    <message>
        <source>Calls are kept and sent when it works again.</source>
        <translation>调用会保留，恢复后即发送。</translation>
    </message>
    <message>
        <source>No secure connection to the trace server</source>
        <translation>无法与跟踪服务器建立安全连接</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, and give --ca-file for a certificate of your own. %1</source>
        <translation>请检查服务器地址；使用自己的证书时请指定 --ca-file。%1</translation>
    </message>
    <message>
        <source>The trace server does not answer in time</source>
        <translation>跟踪服务器没有及时应答</translation>
    </message>
    <message>
        <source>The trace server cannot be reached</source>
        <translation>无法连接跟踪服务器</translation>
    </message>
    <message>
        <source>Check the network, the proxy and the server&apos;s address. %1</source>
        <translation>请检查网络、代理和服务器地址。%1</translation>
    </message>
    <message>
        <source>The trace server refuses the API key</source>
        <translation>跟踪服务器拒绝了 API 密钥</translation>
    </message>
    <message>
        <source>Set the right key in the settings. %1</source>
        <translation>请在设置中填写正确的密钥。%1</translation>
    </message>
    <message>
        <source>The API key may not write to %1</source>
        <translation>此 API 密钥不能写入 %1</translation>
    </message>
    <message>
        <source>Ask for access to the project, or use another key. %1</source>
        <translation>请申请项目的访问权限，或使用其他密钥。%1</translation>
    </message>
    <message>
        <source>The trace server does not know what was asked</source>
        <translation>跟踪服务器不认识所请求的内容</translation>
    </message>
    <message>
        <source>Check that the backend&apos;s address is a Weave trace server.</source>
        <translation>请检查后端地址是否为 Weave 跟踪服务器。</translation>
    </message>
    <message>
        <source>The trace server asks for fewer requests</source>
        <translation>跟踪服务器要求减少请求</translation>
    </message>
    <message>
        <source>The trace server has trouble of its own (%1)</source>
        <translation>跟踪服务器自身有问题 (%1)</translation>
    </message>
    <message>
        <source>A batch was too large for the trace server</source>
        <translation>批次对跟踪服务器来说太大</translation>
    </message>
    <message>
        <source>It is sent again in smaller parts.</source>
        <translation>将分成更小的部分重新发送。</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>跟踪服务器拒绝了调用 (%1)</translation>
    </message>
    <message>
        <source>The others are sent without them; what is refused alone goes to the dead letters.</source>
        <translation>其余调用会照常发送；单独被拒绝的会归入无法投递的调用。</translation>
    </message>
    <message>
        <source>Programs send these calls directly.</source>
        <translation>程序会直接发送这些调用。</translation>
    </message>
    <message>
        <source>The spool is full: calls are refused</source>
        <translation>缓存区已满：调用被拒绝</translation>
    </message>
    <message>
        <source>Get the trace server back, or allow more in the settings. %1</source>
        <translation>请恢复跟踪服务器，或在设置中允许更多空间。%1</translation>
    </message>
    <message>
        <source>The disk does not take calls</source>
        <translation>磁盘无法写入调用</translation>
    </message>
    <message>
        <source>Look for a full or read-only disk. %1</source>
        <translation>请检查磁盘是否已满或为只读。%1</translation>
    </message>
    <message>
        <source>A program sends what the daemon does not understand</source>
        <translation>有程序发送了守护进程不理解的内容</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the daemon; the log says more.</source>
        <translation>其 SDK 可能比守护进程新或旧；详情见日志。</translation>
    </message>
    <message>
        <source>Another user tried to control the daemon</source>
        <translation>另一个用户试图控制守护进程</translation>
    </message>
    <message>
        <source>Calls came while the daemon was stopping</source>
        <translation>守护进程停止时收到了调用</translation>
    </message>
    <message>
        <source>Calls were refused: too large, or too many at once</source>
        <translation>调用被拒绝：太大，或一次太多</translation>
    </message>
    <message>
        <source>Calls were given up</source>
        <translation>已放弃投递一些调用</translation>
    </message>
    <message>
        <source>The trace server refused them for good, or they waited too long. They are kept as dead letters: export them, or try them again.</source>
        <translation>跟踪服务器最终拒绝了它们，或它们等待太久。它们作为无法投递的调用保留：请导出或重试。</translation>
    </message>
    <message>
        <source>A part of the spool was damaged</source>
        <translation>缓存区的一部分已损坏</translation>
    </message>
    <message>
        <source>What could be read is delivered; the rest is put aside in the spool&apos;s quarantine folder.</source>
        <translation>能读取的会投递；其余放在缓存区的隔离文件夹中。</translation>
    </message>
</context>
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
</context>
<context>
    <name>Weave::About</name>
    <message>
        <source>About Weave Sidecar</source>
        <translation>关于 Weave Sidecar</translation>
    </message>
    <message>
        <source>Weave Sidecar %1</source>
        <translation>Weave Sidecar %1</translation>
    </message>
    <message>
        <source>Takes the trace calls of every Weave process on this computer and delivers them. Free software under the Apache License 2.0, made with Qt %1.</source>
        <translation>接收本机所有 Weave 进程的跟踪调用并投递。采用 Apache License 2.0 的自由软件，使用 Qt %1 制作。</translation>
    </message>
</context>
<context>
    <name>Weave::Actions</name>
    <message>
        <source>&amp;Open Weave Sidecar</source>
        <translation>打开 Weave Sidecar(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Flush now</source>
        <translation>立即发送(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Retry now</source>
        <translation>立即重试(&amp;R)</translation>
    </message>
    <message>
        <source>Start the s&amp;idecar</source>
        <translation>启动 Sidecar(&amp;I)</translation>
    </message>
    <message>
        <source>Open &amp;log</source>
        <translation>打开日志(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation>复制诊断信息(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>Start at lo&amp;gin</source>
        <translation>登录时启动(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;About Weave Sidecar</source>
        <translation>关于 Weave Sidecar(&amp;A)</translation>
    </message>
    <message>
        <source>Send what waits without waiting for fuller batches</source>
        <translation>立即发送等待中的调用，不等批次装满</translation>
    </message>
    <message>
        <source>Try the backend again at once</source>
        <translation>立即再次尝试后端</translation>
    </message>
    <message>
        <source>Copy a report without keys or contents of calls</source>
        <translation>复制一份不含密钥和调用内容的报告</translation>
    </message>
    <message>
        <source>Resume &amp;delivery</source>
        <translation>恢复投递(&amp;D)</translation>
    </message>
    <message>
        <source>Pause &amp;delivery</source>
        <translation>暂停投递(&amp;D)</translation>
    </message>
    <message>
        <source>Send calls to the backend again</source>
        <translation>重新向后端发送调用</translation>
    </message>
    <message>
        <source>Keep taking calls, but do not send them yet</source>
        <translation>继续接收调用，但暂不发送</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Quit…</source>
        <translation>退出(&amp;Q)…</translation>
    </message>
    <message>
        <source>&amp;Quit (the sidecar goes on)</source>
        <translation>退出（Sidecar 继续运行）(&amp;Q)</translation>
    </message>
</context>
<context>
    <name>Weave::Autostart</name>
    <message>
        <source>Cannot create the folder %1.</source>
        <translation>无法创建文件夹 %1。</translation>
    </message>
</context>
<context>
    <name>Weave::BackendForm</name>
    <message>
        <source>Send calls to a &amp;trace server</source>
        <translation>将调用发送到跟踪服务器(&amp;T)</translation>
    </message>
    <message>
        <source>Keep calls in a &amp;local file</source>
        <translation>将调用保存在本地文件中(&amp;L)</translation>
    </message>
    <message>
        <source>Address of the trace server</source>
        <translation>跟踪服务器的地址</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>地址(&amp;A)：</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>API &amp;key:</source>
        <translation>API 密钥(&amp;K)：</translation>
    </message>
    <message>
        <source>T&amp;est connection</source>
        <translation>测试连接(&amp;E)</translation>
    </message>
    <message>
        <source>File for the calls</source>
        <translation>保存调用的文件</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>选择(&amp;H)…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>文件(&amp;F)：</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>JSON 行 (*.ndjson)</translation>
    </message>
</context>
<context>
    <name>Weave::CallModel</name>
    <message>
        <source>(began before)</source>
        <translation>（此前已开始）</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Call %1 of trace %2</source>
        <translation>跟踪 %2 的调用 %1</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>错误：%1</translation>
    </message>
    <message>
        <source>Inputs: %1</source>
        <translation>输入：%1</translation>
    </message>
    <message>
        <source>Output: %1</source>
        <translation>输出：%1</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始</translation>
    </message>
</context>
<context>
    <name>Weave::ClientModel</name>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Calls/s</source>
        <translation>调用/秒</translation>
    </message>
    <message>
        <source>Bytes/s</source>
        <translation>字节/秒</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>被拒绝</translation>
    </message>
</context>
<context>
    <name>Weave::ConnectionTest</name>
    <message>
        <source>Calls can be written to that folder.</source>
        <translation>可以写入该文件夹。</translation>
    </message>
    <message>
        <source>That folder cannot be written to.</source>
        <translation>无法写入该文件夹。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 在 %2 毫秒内应答并接受了密钥。</translation>
    </message>
    <message>
        <source>%1 refuses the API key.</source>
        <translation>%1 拒绝了 API 密钥。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms.</source>
        <translation>%1 在 %2 毫秒内应答。</translation>
    </message>
    <message>
        <source>%1 is no Weave trace server: it answers %2.</source>
        <translation>%1 不是 Weave 跟踪服务器：应答为 %2。</translation>
    </message>
    <message>
        <source>There is no host named %1.</source>
        <translation>没有名为 %1 的主机。</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens there.</source>
        <translation>%1 拒绝连接：没有程序在监听。</translation>
    </message>
    <message>
        <source>%1 does not answer within 10 seconds.</source>
        <translation>%1 在 10 秒内没有应答。</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2</source>
        <translation>无法与 %1 建立安全连接：%2</translation>
    </message>
</context>
<context>
    <name>Weave::DaemonLauncher</name>
    <message>
        <source>The program weave-sidecar is not installed.</source>
        <translation>未安装程序 weave-sidecar。</translation>
    </message>
    <message>
        <source>%1 cannot be started: %2</source>
        <translation>无法启动 %1：%2</translation>
    </message>
    <message>
        <source>The daemon ended at once.</source>
        <translation>守护进程立即退出了。</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>Refused calls</source>
        <translation>被拒绝的调用</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>重新发送(&amp;G)</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>完成。</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>没有成功：%1</translation>
    </message>
    <message>
        <source>Export calls</source>
        <translation>导出调用</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>JSON 行 (*.ndjson)</translation>
    </message>
    <message>
        <source>No call was refused for good.</source>
        <translation>没有调用被最终拒绝。</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were refused by the backend for good. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n 个调用被后端最终拒绝。它们连同原因保留在磁盘上。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::FirstStart</name>
    <message>
        <source>Welcome to Weave Sidecar</source>
        <translation>欢迎使用 Weave Sidecar</translation>
    </message>
    <message>
        <source>&amp;Start the sidecar</source>
        <translation>启动 Sidecar(&amp;S)</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>以后(&amp;R)</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>Sidecar 接收本机所有 Weave 程序的跟踪调用，安全地保存在磁盘上并投递。要发送到哪里？</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>完成了。现在让您的程序使用 Sidecar：</translation>
    </message>
</context>
<context>
    <name>Weave::FlushModel</name>
    <message>
        <source>delivered</source>
        <translation>已投递</translation>
    </message>
    <message>
        <source>will be tried again</source>
        <translation>将重试</translation>
    </message>
    <message>
        <source>refused, sent again in halves</source>
        <translation>被拒绝，分成两半重新发送</translation>
    </message>
    <message>
        <source>refused, now a dead letter</source>
        <translation>被拒绝，归入无法投递</translation>
    </message>
    <message>
        <source>refused, delivery stopped</source>
        <translation>被拒绝，投递已停止</translation>
    </message>
    <message>
        <source>sent again in another form</source>
        <translation>以其他形式重新发送</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
</context>
<context>
    <name>Weave::Frontend</name>
    <message>
        <source>The sidecar cannot be started</source>
        <translation>无法启动 Sidecar</translation>
    </message>
    <message>
        <source>Start at login cannot be changed</source>
        <translation>无法更改登录时启动</translation>
    </message>
    <message>
        <source>Delivery cannot be resumed</source>
        <translation>无法恢复投递</translation>
    </message>
    <message>
        <source>Delivery cannot be paused</source>
        <translation>无法暂停投递</translation>
    </message>
    <message>
        <source>Not all calls could be delivered</source>
        <translation>未能投递所有调用</translation>
    </message>
    <message>
        <source>The backend cannot be tried again</source>
        <translation>无法再次尝试后端</translation>
    </message>
    <message>
        <source>Calls are not delivered</source>
        <translation>调用没有投递</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>投递已恢复正常</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>没有可打开的日志</translation>
    </message>
    <message>
        <source>A sidecar that systemd has started writes to the journal: journalctl --user -u weave-sidecar</source>
        <translation>由 systemd 启动的 Sidecar 写入系统日志：journalctl --user -u weave-sidecar</translation>
    </message>
</context>
<context>
    <name>Weave::Gauge</name>
    <message>
        <source>%1 of %2</source>
        <translation>%1，共 %2</translation>
    </message>
</context>
<context>
    <name>Weave::KeyStore</name>
    <message>
        <source>Cannot keep the key in %1: %2</source>
        <translation>无法将密钥保存在 %1：%2</translation>
    </message>
</context>
<context>
    <name>Weave::LivePage</name>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>您的程序发出调用时会显示在这里。</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>实时调用</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>Details of the selected call</source>
        <translation>所选调用的详情</translation>
    </message>
    <message>
        <source>Choose a call to see more of it.</source>
        <translation>选择一个调用以查看更多内容。</translation>
    </message>
    <message>
        <source>Search in calls</source>
        <translation>在调用中搜索</translation>
    </message>
    <message>
        <source>S&amp;earch:</source>
        <translation>搜索(&amp;E)：</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>显示内容(&amp;L)</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>调用的输入和输出可能是机密。它们只在这里显示，不会保存到任何地方。</translation>
    </message>
    <message>
        <source>Clea&amp;r</source>
        <translation>清除(&amp;R)</translation>
    </message>
    <message numerus="yes">
        <source>%n more call(s) came too fast to be shown.</source>
        <translation>
            <numerusform>另有 %n 个调用来得太快，未能显示。</numerusform>
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
        <translation>页面</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>状态栏</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>&amp;Sidecar</source>
        <translation>Sidecar(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>关闭窗口(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>页面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>Weave::OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Backend:</source>
        <translation>后端：</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>状态：</translation>
    </message>
    <message>
        <source>Oldest waiting call:</source>
        <translation>最早的等待调用：</translation>
    </message>
    <message>
        <source>Last error:</source>
        <translation>最近的错误：</translation>
    </message>
    <message>
        <source>Waiting, of the spool</source>
        <translation>等待中（占缓存区）</translation>
    </message>
    <message>
        <source>Spool on disk</source>
        <translation>磁盘上的缓存区</translation>
    </message>
    <message>
        <source>Last minute</source>
        <translation>最近 1 分钟</translation>
    </message>
    <message>
        <source>Last 10 minutes</source>
        <translation>最近 10 分钟</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>最近 1 小时</translation>
    </message>
    <message>
        <source>Time span of the plots</source>
        <translation>图表的时间范围</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>显示(&amp;W)：</translation>
    </message>
    <message>
        <source>Calls per second</source>
        <translation>每秒调用数</translation>
    </message>
    <message>
        <source>Waiting calls</source>
        <translation>等待的调用</translation>
    </message>
    <message>
        <source>Waiting bytes</source>
        <translation>等待的字节</translation>
    </message>
    <message>
        <source>Time the backend takes</source>
        <translation>后端应答时间</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>In</source>
        <translation>收</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>发</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
</context>
<context>
    <name>Weave::PlotWidget</name>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>no data</source>
        <translation>无数据</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>No data yet.</source>
        <translation>尚无数据。</translation>
    </message>
    <message>
        <source>%1: %2. Highest: %3.</source>
        <translation>%1：%2。最高：%3。</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemModel</name>
    <message>
        <source>Calls go directly to the trace server meanwhile, as if there were no sidecar.</source>
        <translation>在此期间，调用会直接发往跟踪服务器，就像没有 Sidecar 一样。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>怎么办</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>次数</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemsPage</name>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>没有问题。调用正常接收和投递。</translation>
    </message>
</context>
<context>
    <name>Weave::QuitQuestion</name>
    <message>
        <source>Quit Weave Sidecar</source>
        <translation>退出 Weave Sidecar</translation>
    </message>
    <message>
        <source>Shall the sidecar go on taking and delivering calls?</source>
        <translation>Sidecar 要继续接收和投递调用吗？</translation>
    </message>
    <message>
        <source>Stopped, it keeps on disk what is not delivered yet. Programs then send their calls directly.</source>
        <translation>停止后，尚未投递的调用保留在磁盘上。之后程序会直接发送调用。</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>让它继续运行(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Stop it too</source>
        <translation>也停止它(&amp;S)</translation>
    </message>
</context>
<context>
    <name>Weave::SdkHint</name>
    <message>
        <source>&amp;Python: run these lines where your program runs</source>
        <translation>Python(&amp;P)：在程序运行的地方执行这些行</translation>
    </message>
    <message>
        <source>Copy Python lines</source>
        <translation>复制 Python 行</translation>
    </message>
    <message>
        <source>&amp;Node: run this line where your program runs</source>
        <translation>Node(&amp;N)：在程序运行的地方执行此行</translation>
    </message>
    <message>
        <source>Copy Node line</source>
        <translation>复制 Node 行</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsDialog</name>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Weave Sidecar 的设置</translation>
    </message>
    <message>
        <source>Kinds of settings</source>
        <translation>设置的种类</translation>
    </message>
    <message>
        <source>&amp;Delivery</source>
        <translation>投递(&amp;D)</translation>
    </message>
    <message>
        <source>St&amp;orage and sockets</source>
        <translation>存储与套接字(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>批次(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Notifications</source>
        <translation>通知(&amp;N)</translation>
    </message>
    <message>
        <source>Soc&amp;ket:</source>
        <translation>套接字(&amp;K)：</translation>
    </message>
    <message>
        <source>Socket of the sidecar</source>
        <translation>Sidecar 的套接字</translation>
    </message>
    <message>
        <source>Where Python programs hand over their calls.</source>
        <translation>Python 程序在这里交出调用。</translation>
    </message>
    <message>
        <source>&amp;HTTP address:</source>
        <translation>HTTP 地址(&amp;H)：</translation>
    </message>
    <message>
        <source>HTTP address of the sidecar</source>
        <translation>Sidecar 的 HTTP 地址</translation>
    </message>
    <message>
        <source>Where Node programs hand over their calls, 127.0.0.1:8319; empty for none.</source>
        <translation>Node 程序在这里交出调用，127.0.0.1:8319；留空表示不用。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Conn&amp;ections:</source>
        <translation>连接数(&amp;E)：</translation>
    </message>
    <message>
        <source>Connections at a time</source>
        <translation>同时连接数</translation>
    </message>
    <message>
        <source>More programs than this are turned away.</source>
        <translation>超过此数的程序会被拒绝。</translation>
    </message>
    <message>
        <source>the usual number</source>
        <translation>默认数量</translation>
    </message>
    <message>
        <source>S&amp;pool folder:</source>
        <translation>缓存区文件夹(&amp;P)：</translation>
    </message>
    <message>
        <source>Folder of the spool</source>
        <translation>缓存区的文件夹</translation>
    </message>
    <message>
        <source>Where calls are kept until they are delivered.</source>
        <translation>调用在投递前保存在这里。</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>默认位置</translation>
    </message>
    <message>
        <source>Spool &amp;limit:</source>
        <translation>缓存区上限(&amp;L)：</translation>
    </message>
    <message>
        <source>Size that the spool may take</source>
        <translation>缓存区可占用的大小</translation>
    </message>
    <message>
        <source>With more than this waiting, calls are refused: 500MiB, 2GiB.</source>
        <translation>等待的数据超过此值时拒绝调用：500MiB、2GiB。</translation>
    </message>
    <message>
        <source>Send a&amp;fter:</source>
        <translation>发送间隔(&amp;F)：</translation>
    </message>
    <message>
        <source>Time after which a batch is sent</source>
        <translation>多久后发送批次</translation>
    </message>
    <message>
        <source>After its first call: 500ms, 2s.</source>
        <translation>从第一个调用算起：500ms、2s。</translation>
    </message>
    <message>
        <source>&amp;Most calls:</source>
        <translation>最多调用数(&amp;M)：</translation>
    </message>
    <message>
        <source>Calls in a batch at most</source>
        <translation>一个批次最多的调用数</translation>
    </message>
    <message>
        <source>A batch with this many calls is sent at once.</source>
        <translation>达到此数的批次立即发送。</translation>
    </message>
    <message>
        <source>Most b&amp;ytes:</source>
        <translation>最多字节数(&amp;Y)：</translation>
    </message>
    <message>
        <source>Size of a batch at most</source>
        <translation>一个批次最大的大小</translation>
    </message>
    <message>
        <source>A larger call travels alone: 10MiB.</source>
        <translation>更大的调用单独发送：10MiB。</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>调用没有投递时通知我(&amp;C)</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>投递恢复正常时通知我(&amp;W)</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>The sidecar that runs now was not started by this program: what you change here is used when this program starts one.</source>
        <translation>现在运行的 Sidecar 不是由本程序启动的：这里的更改在本程序启动 Sidecar 时使用。</translation>
    </message>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>已安全保存；在此输入以更改</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>在 %1 中找到</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>来自 wandb.ai/authorize</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>正在询问…</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The daemon does not answer.</source>
        <translation>守护进程没有应答。</translation>
    </message>
    <message>
        <source>The socket %1 belongs to another user.</source>
        <translation>套接字 %1 属于另一个用户。</translation>
    </message>
    <message>
        <source>No daemon answers on %1.</source>
        <translation>%1 上没有守护进程应答。</translation>
    </message>
    <message>
        <source>What answers on %1 is not the daemon.</source>
        <translation>在 %1 上应答的不是守护进程。</translation>
    </message>
    <message>
        <source>The daemon on %1 runs as another user, who alone may look into it.</source>
        <translation>%1 上的守护进程以另一个用户运行，只有该用户可以查看。</translation>
    </message>
    <message>
        <source>The daemon is of a version that this program cannot show: %1</source>
        <translation>本程序无法显示此版本的守护进程：%1</translation>
    </message>
    <message>
        <source>The daemon did not answer in time.</source>
        <translation>守护进程没有及时应答。</translation>
    </message>
    <message>
        <source>The daemon cannot be reached: %1</source>
        <translation>无法连接守护进程：%1</translation>
    </message>
    <message>
        <source>The daemon&apos;s answer makes no sense.</source>
        <translation>守护进程的应答没有意义。</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>无法启动 %1：%2</translation>
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
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 µs</source>
        <translation>%1 微秒</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分钟</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 天 %2 小时</translation>
    </message>
</context>
<context>
    <name>Weave::WindowPages</name>
    <message>
        <source>Working</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Paused by you; calls are kept</source>
        <translation>已由您暂停；调用会保留</translation>
    </message>
    <message>
        <source>next attempt in %1</source>
        <translation>%1后再次尝试</translation>
    </message>
    <message>
        <source>calls are kept</source>
        <translation>调用会保留</translation>
    </message>
    <message>
        <source>Does not answer as it should; %1</source>
        <translation>应答不正常；%1</translation>
    </message>
    <message>
        <source>Refuses what is sent; %1</source>
        <translation>拒绝发送的内容；%1</translation>
    </message>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1（%2前）</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Flushes</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Requests to the backend appear here.</source>
        <translation>对后端的请求显示在这里。</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>No program is connected to the sidecar now.</source>
        <translation>目前没有程序连接到 Sidecar。</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>实时调用</translation>
    </message>
</context>
</TS>
