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
        <source>Some calls wait</source>
        <translation>部分调用在等待</translation>
    </message>
    <message>
        <source>%1 and others</source>
        <translation>%1 等</translation>
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
        <translation>%1 · 已投递 %2 · 等待中 %3</translation>
    </message>
    <message>
        <source>The sidecar has version %1, this program has %2. Restart the older one.</source>
        <translation>Sidecar 的版本是 %1，本程序的版本是 %2。请重启较旧的一个。</translation>
    </message>
    <message>
        <source>Delivery is paused and the spool nearly full: new calls will soon be refused.</source>
        <translation>投递已暂停，且缓存区快满了：新的调用很快会被拒绝。</translation>
    </message>
</context>
<context>
    <name>ConnectionVerdict</name>
    <message>
        <source>%1 asks for fewer requests (429). Test again in a few minutes.</source>
        <translation>%1 要求减少请求 (429)。请过几分钟再测试。</translation>
    </message>
    <message>
        <source>%1 has trouble of its own (%2). Test again later; calls are kept meanwhile.</source>
        <translation>%1 自身有问题 (%2)。请稍后再测试；在此期间调用会保留。</translation>
    </message>
    <message>
        <source>%1 answers (%2), but not as a Weave trace server does. Check the address and the path in it; the login page of a network answers like this, too.</source>
        <translation>%1 有响应 (%2)，但不像 Weave 跟踪服务器。请检查地址及其中的路径；网络的登录页面也会这样响应。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms. The API key was not tested: without https others could read it.</source>
        <translation>%1 在 %2 毫秒内响应。未测试 API 密钥：不用 https 时他人可能读到它。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 在 %2 毫秒内响应并接受了密钥。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and knows the key. Whether it may write to your project shows with the first calls.</source>
        <translation>%1 在 %2 毫秒内响应并认得密钥。能否写入您的项目，要等首批调用才知道。</translation>
    </message>
    <message>
        <source>%1 refuses the API key. Copy it once more from your account&apos;s page, or make a new one there.</source>
        <translation>%1 拒绝了 API 密钥。请从您的账户页面重新复制，或在那里新建一个。</translation>
    </message>
    <message>
        <source>%1 does not answer in time. Check the network and the address; some networks need a proxy (HTTPS_PROXY).</source>
        <translation>%1 没有及时响应。请检查网络和地址；有些网络需要代理 (HTTPS_PROXY)。</translation>
    </message>
    <message>
        <source>%1 does not answer in time through the proxy %2. Check both addresses.</source>
        <translation>%1 通过代理 %2 没有及时响应。请检查这两个地址。</translation>
    </message>
    <message>
        <source>There is no host named %1. Check the spelling and the network.</source>
        <translation>没有名为 %1 的主机。请检查拼写和网络。</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens at port %2. Check the port in the address, and whether the server runs.</source>
        <translation>%1 拒绝连接：端口 %2 上没有程序在监听。请检查地址中的端口，以及服务器是否在运行。</translation>
    </message>
    <message>
        <source>%1 closes the connection without an answer. Check the address and its port %2.</source>
        <translation>%1 未作响应就关闭了连接。请检查地址及其端口 %2。</translation>
    </message>
    <message>
        <source>%1 cannot be reached: %2. Check the network and the address.</source>
        <translation>无法连接 %1：%2。请检查网络和地址。</translation>
    </message>
    <message>
        <source>The proxy %1 wants a user name and a password. Give them in HTTPS_PROXY or HTTP_PROXY, as in http://user:password@proxy.example:3128.</source>
        <translation>代理 %1 需要用户名和密码。请在 HTTPS_PROXY 或 HTTP_PROXY 中给出，例如 http://user:password@proxy.example:3128。</translation>
    </message>
    <message>
        <source>No way to %2 through the proxy %1: %3. Check HTTPS_PROXY and HTTP_PROXY, ask who runs the proxy, or name %2 in NO_PROXY.</source>
        <translation>无法通过代理 %1 连接 %2：%3。请检查 HTTPS_PROXY 和 HTTP_PROXY，询问代理的管理员，或在 NO_PROXY 中写上 %2。</translation>
    </message>
    <message>
        <source>%1 does not speak TLS at port %2. Check the port; an address that begins with http:// is for servers without TLS.</source>
        <translation>%1 在端口 %2 上不使用 TLS。请检查端口；不使用 TLS 的服务器，地址以 http:// 开头。</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2. The server must speak TLS 1.2 or newer.</source>
        <translation>无法与 %1 建立安全连接：%2。服务器必须使用 TLS 1.2 或更新版本。</translation>
    </message>
    <message>
        <source>The certificate of %1 is for %2. Give the address that the certificate names.</source>
        <translation>%1 的证书属于 %2。请填写证书中的地址。</translation>
    </message>
    <message>
        <source>The certificate of %1 cannot be trusted: %2.</source>
        <translation>无法信任 %1 的证书：%2。</translation>
    </message>
    <message>
        <source>%1 redirects to another address (%2). Ask its owner for the right one.</source>
        <translation>%1 重定向到其他地址 (%2)。请向其管理员询问正确的地址。</translation>
    </message>
    <message>
        <source>%1 redirects to %2. Use that address instead.</source>
        <translation>%1 重定向到 %2。请改用该地址。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and needs no key.</source>
        <translation>%1 在 %2 毫秒内响应，不需要密钥。</translation>
    </message>
    <message>
        <source>%1 needs an API key. Type it above.</source>
        <translation>%1 需要 API 密钥。请在上方输入。</translation>
    </message>
    <message>
        <source>The certificate of %1 expired on %2. Check this computer&apos;s clock; if it is right, the server needs a new certificate.</source>
        <translation>%1 的证书已于 %2 过期。请检查本机时钟；如果时钟正确，服务器需要新的证书。</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid before %2. Check this computer&apos;s clock.</source>
        <translation>%1 的证书从 %2 起才有效。请检查本机时钟。</translation>
    </message>
    <message>
        <source>The certificate of %1 comes from an authority that this computer does not trust. If the server is your own, name its certificates under &quot;CA file&quot;.</source>
        <translation>%1 的证书来自本机不信任的颁发机构。如果是您自己的服务器，请在“CA 文件”中指定其证书。</translation>
    </message>
</context>
<context>
    <name>DaemonReply</name>
    <message>
        <source>The sidecar did not answer in time.</source>
        <translation>Sidecar 没有及时响应。</translation>
    </message>
    <message>
        <source>The sidecar cannot be reached: %1</source>
        <translation>无法连接 Sidecar：%1</translation>
    </message>
    <message>
        <source>The sidecar&apos;s answer makes no sense.</source>
        <translation>无法理解 Sidecar 的响应。</translation>
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
        <source>The trace server does not answer in time</source>
        <translation>跟踪服务器没有及时响应</translation>
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
        <translation>跟踪服务器不支持所请求的内容</translation>
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
        <source>The trace server refused calls (%1)</source>
        <translation>跟踪服务器拒绝了调用 (%1)</translation>
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
    <message>
        <source>Check the server&apos;s address. For a server with certificates of its own, name its CA file in the settings. %1</source>
        <translation>请检查服务器地址。如果服务器使用自己的证书，请在设置中指定其 CA 文件。%1</translation>
    </message>
    <message>
        <source>A program sends what the sidecar does not understand</source>
        <translation>有程序发送了 Sidecar 不理解的内容</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the sidecar; the log says more.</source>
        <translation>其 SDK 可能比 Sidecar 新或旧；详情见日志。</translation>
    </message>
    <message>
        <source>Another user tried to control the sidecar</source>
        <translation>另一个用户试图控制 Sidecar</translation>
    </message>
    <message>
        <source>Calls came while the sidecar was stopping</source>
        <translation>Sidecar 停止时收到了调用</translation>
    </message>
    <message>
        <source>What is refused alone is kept as a dead letter: export it, or try it again.</source>
        <translation>单独发送也被拒绝的调用会作为无法投递的调用保留：请导出或重试。</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, the proxy and the key in the settings. %1</source>
        <translation>请检查设置中的服务器地址、代理和密钥。%1</translation>
    </message>
    <message>
        <source>The batch is sent again in smaller parts.</source>
        <translation>该批次将分成更小的部分重新发送。</translation>
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
    <name>Settings</name>
    <message>
        <source>Address of the trace server</source>
        <translation>跟踪服务器的地址</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA 文件</translation>
    </message>
    <message>
        <source>Plain http</source>
        <translation>未加密的 http</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>套接字</translation>
    </message>
    <message>
        <source>HTTP address</source>
        <translation>HTTP 地址</translation>
    </message>
    <message>
        <source>Spool folder</source>
        <translation>缓存区文件夹</translation>
    </message>
    <message>
        <source>Spool limit</source>
        <translation>缓存区上限</translation>
    </message>
    <message>
        <source>Time until a batch is sent</source>
        <translation>发送批次前的等待时间</translation>
    </message>
    <message>
        <source>Calls in a batch</source>
        <translation>批次中的调用数</translation>
    </message>
    <message>
        <source>Size of a batch</source>
        <translation>批次大小</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接数</translation>
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
    <message>
        <source>Connect &amp;programs…</source>
        <translation>连接程序(&amp;P)…</translation>
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
    <message>
        <source>File with certificates to trust</source>
        <translation>受信任证书的文件</translation>
    </message>
    <message>
        <source>Cho&amp;ose…</source>
        <translation>选择(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;CA file:</source>
        <translation>CA 文件(&amp;C)：</translation>
    </message>
    <message>
        <source>Allow plain htt&amp;p: on the way, others can read the key and the calls</source>
        <translation>允许未加密的 http(&amp;P)：传输途中他人可以读到密钥和调用</translation>
    </message>
    <message>
        <source>WEAVE_SIDECAR_BACKEND is set in the environment and wins: %1</source>
        <translation>环境变量 WEAVE_SIDECAR_BACKEND 已设置，优先生效：%1</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>证书 (*.pem *.crt *.cer);;所有文件 (*)</translation>
    </message>
    <message>
        <source>the system&apos;s certificates</source>
        <translation>系统的证书</translation>
    </message>
    <message>
        <source>For a server with certificates of its own.</source>
        <translation>用于使用自己证书的服务器。</translation>
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
    <message>
        <source>end not seen</source>
        <translation>未看到结束</translation>
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
        <source>Calls can be written to that file.</source>
        <translation>可以将调用写入该文件。</translation>
    </message>
    <message>
        <source>That file cannot be written to. Choose one in a folder of yours.</source>
        <translation>无法写入该文件。请选择您自己文件夹中的文件。</translation>
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
        <source>The sidecar ended at once.</source>
        <translation>Sidecar 立即退出了。</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>重新发送(&amp;G)</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>操作失败：%1</translation>
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
        <source>Dead letters</source>
        <translation>无法投递的调用</translation>
    </message>
    <message>
        <source>They were written to %1.</source>
        <translation>已写入 %1。</translation>
    </message>
    <message>
        <source>They were handed to the sidecar once more.</source>
        <translation>已再次交给 Sidecar。</translation>
    </message>
    <message>
        <source>No call was given up.</source>
        <translation>没有放弃投递的调用。</translation>
    </message>
    <message>
        <source>What was given up cannot be looked at: %1</source>
        <translation>无法查看已放弃的调用：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were given up. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>已放弃投递 %n 个调用。它们连同原因保留在磁盘上。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n 个调用</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is a file that the sidecar writes to. Choose another one.</source>
        <translation>%1 是 Sidecar 正在写入的文件。请选择另一个文件。</translation>
    </message>
    <message>
        <source>It is not known yet whether calls were given up.</source>
        <translation>尚不知道是否有放弃投递的调用。</translation>
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
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>Sidecar 接收本机所有 Weave 程序的跟踪调用，安全地保存在磁盘上并投递。要发送到哪里？</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>完成了。现在让您的程序使用 Sidecar：</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>以后(&amp;R)</translation>
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
    <message>
        <source>refused, the project waits</source>
        <translation>被拒绝，项目等待中</translation>
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
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>没有可打开的日志</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>无法读取设置</translation>
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
    <name>Weave::LogOpener</name>
    <message>
        <source>The sidecar was started by hand and writes to the terminal %1.</source>
        <translation>Sidecar 是手动启动的，日志写到终端 %1。</translation>
    </message>
    <message>
        <source>Where the sidecar writes its log cannot be found out. It runs as process %1.</source>
        <translation>无法得知 Sidecar 把日志写到哪里。它的进程号是 %1。</translation>
    </message>
    <message>
        <source>No sidecar runs, and this program has not started one yet.</source>
        <translation>没有 Sidecar 在运行，本程序也尚未启动过。</translation>
    </message>
    <message>
        <source>No program opens it. It is the file %1.</source>
        <translation>没有可打开它的程序。文件是 %1。</translation>
    </message>
    <message>
        <source>The sidecar writes to systemd&apos;s journal. In a terminal, see it by: %1</source>
        <translation>Sidecar 写入 systemd 日志。在终端中用以下命令查看：%1</translation>
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
    <name>Weave::Notifier</name>
    <message>
        <source>Calls are not delivered</source>
        <translation>调用没有投递</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>投递已恢复正常</translation>
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
        <translation>等待最久的调用：</translation>
    </message>
    <message>
        <source>Last error:</source>
        <translation>最近的错误：</translation>
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
        <translation>后端响应时间</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>In</source>
        <translation>接收</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>投递</translation>
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
    <message>
        <source>none</source>
        <comment>oldest waiting call</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>none</source>
        <comment>last error</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>显示(&amp;W)：</translation>
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
        <translation>一并停止(&amp;S)</translation>
    </message>
</context>
<context>
    <name>Weave::RestartQuestion</name>
    <message>
        <source>This program has not started it: stop it and start it again where it was started.</source>
        <translation>它不是由本程序启动的：请在启动它的地方停止并重新启动。</translation>
    </message>
    <message>
        <source>systemd runs it. In a terminal, start it again by: %1</source>
        <translation>它由 systemd 运行。在终端中用以下命令重新启动：%1</translation>
    </message>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Weave Sidecar 设置</translation>
    </message>
    <message>
        <source>These settings take effect when the sidecar is started again: %1</source>
        <translation>以下设置在 Sidecar 重新启动后生效：%1</translation>
    </message>
    <message>
        <source>Starting it again takes a moment. Calls that wait are kept on disk.</source>
        <translation>重新启动只需片刻。等待中的调用保留在磁盘上。</translation>
    </message>
    <message>
        <source>&amp;Start it again now</source>
        <translation>立即重新启动(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>以后(&amp;L)</translation>
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
    <message>
        <source>Node: give the sidecar an HTTP address in the settings first, for example 127.0.0.1:8319.</source>
        <translation>Node：请先在设置中为 Sidecar 指定 HTTP 地址，例如 127.0.0.1:8319。</translation>
    </message>
    <message>
        <source>Connect programs</source>
        <translation>连接程序</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsDialog</name>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Weave Sidecar 设置</translation>
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
        <source>&amp;Batches</source>
        <translation>批次(&amp;B)</translation>
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
        <translation>Python 程序把调用交到这里。</translation>
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
        <translation>Node 程序把调用交到这里，例如 127.0.0.1:8319；留空表示不用。</translation>
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
        <translation>一个批次的大小上限</translation>
    </message>
    <message>
        <source>A larger call travels alone: 10MiB.</source>
        <translation>更大的调用单独发送：10MiB。</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>投递恢复正常时通知我(&amp;W)</translation>
    </message>
    <message>
        <source>Set in the environment, which wins: %1</source>
        <translation>已在环境变量中设置，优先生效：%1</translation>
    </message>
    <message>
        <source>Stora&amp;ge and sockets</source>
        <translation>存储与套接字(&amp;G)</translation>
    </message>
    <message>
        <source>De&amp;sktop</source>
        <translation>桌面(&amp;S)</translation>
    </message>
    <message>
        <source>Start at log&amp;in, as an icon</source>
        <translation>登录时启动，只显示图标(&amp;I)</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>调用没有投递时通知我(&amp;C)</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
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
        <translation>可在 wandb.ai/authorize 获取</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>The settings cannot be kept</source>
        <translation>无法保存设置</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>无法读取设置</translation>
    </message>
    <message>
        <source>The sidecar that runs now does not read these settings: what you change here is for one that this program starts.</source>
        <translation>现在运行的 Sidecar 不读取这些设置：这里的更改用于由本程序启动的 Sidecar。</translation>
    </message>
    <message>
        <source>Start at login cannot be changed: %1</source>
        <translation>无法更改登录时启动：%1</translation>
    </message>
    <message>
        <source>The sidecar cannot be started: %1</source>
        <translation>无法启动 Sidecar：%1</translation>
    </message>
    <message>
        <source>The settings cannot be kept: %1</source>
        <translation>无法保存设置：%1</translation>
    </message>
    <message>
        <source>The sidecar goes on with its old settings</source>
        <translation>Sidecar 继续使用原来的设置</translation>
    </message>
    <message>
        <source>It was started with other values, on its command line or in its environment, which win: %1</source>
        <translation>启动它时在命令行或环境变量中给出了其他值，优先生效：%1</translation>
    </message>
    <message>
        <source>No API key was found. A trace server that needs one gets the calls once you have set it in the settings.</source>
        <translation>未找到 API 密钥。需要密钥的跟踪服务器会在您于设置中填写之后收到调用。</translation>
    </message>
    <message>
        <source>No effect on the running sidecar</source>
        <translation>对正在运行的 Sidecar 不起作用</translation>
    </message>
    <message>
        <source>The sidecar did not say that it has taken the new settings</source>
        <translation>Sidecar 没有确认已采用新的设置</translation>
    </message>
    <message>
        <source>systemd has made its socket, so this stays what it was: %1. Another place is set as ListenStream= by `systemctl --user edit weave-sidecar.socket`.</source>
        <translation>其套接字由 systemd 创建，因此以下设置保持不变：%1。要换到别处，请用 `systemctl --user edit weave-sidecar.socket` 设置 ListenStream=。</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The sidecar does not answer.</source>
        <translation>Sidecar 没有响应。</translation>
    </message>
    <message>
        <source>The socket %1 belongs to the user %2 and does not let you in.</source>
        <translation>套接字 %1 属于用户 %2，您无权连接。</translation>
    </message>
    <message>
        <source>No sidecar answers on %1.</source>
        <translation>%1 上没有 Sidecar 响应。</translation>
    </message>
    <message>
        <source>What answers on %1 is not the sidecar.</source>
        <translation>在 %1 上响应的不是 Sidecar。</translation>
    </message>
    <message>
        <source>Read only: the sidecar runs as the user %1, who alone may control it.</source>
        <translation>只读：Sidecar 以用户 %1 运行，只有该用户可以控制它。</translation>
    </message>
    <message>
        <source>Read only: the sidecar lets this program look and no more: %1</source>
        <translation>只读：Sidecar 只允许本程序查看：%1</translation>
    </message>
    <message>
        <source>The sidecar on %1 runs, but all of its connections are taken (max-connections).</source>
        <translation>%1 上的 sidecar 正在运行，但其所有连接都已被占用（max-connections）。</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>无法启动 %1：%2</translation>
    </message>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>无法写入 %1：%2</translation>
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
        <source>Takes no calls of some projects; %1</source>
        <translation>不接受部分项目的调用；%1</translation>
    </message>
    <message>
        <source>Does not answer as it should; %1</source>
        <translation>响应不正常；%1</translation>
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
    <message>
        <source>Only the user that the sidecar runs as may see this.</source>
        <translation>只有运行 Sidecar 的用户可以查看。</translation>
    </message>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>您的程序发出调用时会显示在这里。</translation>
    </message>
    <message>
        <source>The sidecar keeps calls in memory alone: what is given up is not kept.</source>
        <translation>Sidecar 只把调用保存在内存中：放弃投递的不会保留。</translation>
    </message>
    <message>
        <source>The program weave-sidecar, which looks into the spool, is not installed.</source>
        <translation>未安装用于查看缓存区的程序 weave-sidecar。</translation>
    </message>
    <message>
        <source>Paused by you; new calls will soon be refused</source>
        <translation>已由您暂停；新的调用很快会被拒绝</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>没有问题。调用正常接收和投递。</translation>
    </message>
</context>
</TS>
