<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>AppState</name>
    <message>
        <source>Not connected</source>
        <translation>接続していません</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>一時停止中</translation>
    </message>
    <message>
        <source>Delivery is paused. Calls are kept.</source>
        <translation>配信を一時停止しています。呼び出しは保管されます。</translation>
    </message>
    <message>
        <source>Delivery stopped</source>
        <translation>配信が停止しました</translation>
    </message>
    <message>
        <source>Trying again</source>
        <translation>再試行中</translation>
    </message>
    <message>
        <source>Some calls wait</source>
        <translation>一部の呼び出しが待機中</translation>
    </message>
    <message>
        <source>%1 and others</source>
        <translation>%1 ほか</translation>
    </message>
    <message>
        <source>Spool nearly full</source>
        <translation>スプールがほぼ満杯</translation>
    </message>
    <message>
        <source>New calls will soon be refused.</source>
        <translation>まもなく新しい呼び出しは拒否されます。</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>接続済み</translation>
    </message>
    <message>
        <source>%1 · %2 delivered · %3 waiting</source>
        <translation>%1 · 配信済み %2 · 待機中 %3</translation>
    </message>
    <message>
        <source>The sidecar has version %1, this program has %2. Restart the older one.</source>
        <translation>サイドカーのバージョンは %1、このプログラムは %2 です。古い方を再起動してください。</translation>
    </message>
    <message>
        <source>Delivery is paused and the spool nearly full: new calls will soon be refused.</source>
        <translation>配信を一時停止しており、スプールもほぼ満杯です。まもなく新しい呼び出しは拒否されます。</translation>
    </message>
</context>
<context>
    <name>ConnectionVerdict</name>
    <message>
        <source>%1 asks for fewer requests (429). Test again in a few minutes.</source>
        <translation>%1 が要求を減らすよう求めています (429)。数分後にもう一度テストしてください。</translation>
    </message>
    <message>
        <source>%1 has trouble of its own (%2). Test again later; calls are kept meanwhile.</source>
        <translation>%1 自体に問題があります (%2)。あとでもう一度テストしてください。その間、呼び出しは保管されます。</translation>
    </message>
    <message>
        <source>%1 answers (%2), but not as a Weave trace server does. Check the address and the path in it; the login page of a network answers like this, too.</source>
        <translation>%1 は応答しますが (%2)、Weave のトレースサーバーの応答ではありません。アドレスとそのパスを確認してください。ネットワークのログインページもこのように応答します。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms. The API key was not tested: without https others could read it.</source>
        <translation>%1 は %2 ミリ秒で応答しました。API キーはテストしていません。https でないと他人に読まれる恐れがあります。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 は %2 ミリ秒で応答し、キーを受け付けました。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and knows the key. Whether it may write to your project shows with the first calls.</source>
        <translation>%1 は %2 ミリ秒で応答し、キーを認識しました。プロジェクトに書き込めるかどうかは最初の呼び出しでわかります。</translation>
    </message>
    <message>
        <source>%1 refuses the API key. Copy it once more from your account&apos;s page, or make a new one there.</source>
        <translation>%1 が API キーを拒否しました。アカウントのページからもう一度コピーするか、新しいキーを作成してください。</translation>
    </message>
    <message>
        <source>%1 does not answer in time. Check the network and the address; some networks need a proxy (HTTPS_PROXY).</source>
        <translation>%1 が時間内に応答しません。ネットワークとアドレスを確認してください。プロキシ (HTTPS_PROXY) が必要なネットワークもあります。</translation>
    </message>
    <message>
        <source>%1 does not answer in time through the proxy %2. Check both addresses.</source>
        <translation>%1 がプロキシ %2 経由で時間内に応答しません。両方のアドレスを確認してください。</translation>
    </message>
    <message>
        <source>There is no host named %1. Check the spelling and the network.</source>
        <translation>%1 という名前のホストはありません。綴りとネットワークを確認してください。</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens at port %2. Check the port in the address, and whether the server runs.</source>
        <translation>%1 が接続を拒否しました。ポート %2 で待ち受けているものがありません。アドレスのポートと、サーバーが動いているか確認してください。</translation>
    </message>
    <message>
        <source>%1 closes the connection without an answer. Check the address and its port %2.</source>
        <translation>%1 が応答せずに接続を閉じました。アドレスとポート %2 を確認してください。</translation>
    </message>
    <message>
        <source>%1 cannot be reached: %2. Check the network and the address.</source>
        <translation>%1 に到達できません: %2。ネットワークとアドレスを確認してください。</translation>
    </message>
    <message>
        <source>The proxy %1 wants a user name and a password. Give them in HTTPS_PROXY or HTTP_PROXY, as in http://user:password@proxy.example:3128.</source>
        <translation>プロキシ %1 にはユーザー名とパスワードが必要です。http://user:password@proxy.example:3128 のように HTTPS_PROXY または HTTP_PROXY に指定してください。</translation>
    </message>
    <message>
        <source>No way to %2 through the proxy %1: %3. Check HTTPS_PROXY and HTTP_PROXY, ask who runs the proxy, or name %2 in NO_PROXY.</source>
        <translation>プロキシ %1 経由で %2 に到達できません: %3。HTTPS_PROXY と HTTP_PROXY を確認するか、プロキシの管理者に問い合わせるか、NO_PROXY に %2 を指定してください。</translation>
    </message>
    <message>
        <source>%1 does not speak TLS at port %2. Check the port; an address that begins with http:// is for servers without TLS.</source>
        <translation>%1 のポート %2 は TLS に対応していません。ポートを確認してください。TLS を使わないサーバーのアドレスは http:// で始まります。</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2. The server must speak TLS 1.2 or newer.</source>
        <translation>%1 への安全な接続ができません: %2。サーバーは TLS 1.2 以降に対応している必要があります。</translation>
    </message>
    <message>
        <source>The certificate of %1 is for %2. Give the address that the certificate names.</source>
        <translation>%1 の証明書は %2 のものです。証明書に記されたアドレスを指定してください。</translation>
    </message>
    <message>
        <source>The certificate of %1 cannot be trusted: %2.</source>
        <translation>%1 の証明書を信頼できません: %2。</translation>
    </message>
    <message>
        <source>%1 redirects to another address (%2). Ask its owner for the right one.</source>
        <translation>%1 が別のアドレスに転送しています (%2)。正しいアドレスを管理者に確認してください。</translation>
    </message>
    <message>
        <source>%1 redirects to %2. Use that address instead.</source>
        <translation>%1 は %2 に転送しています。代わりにそのアドレスを使ってください。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and needs no key.</source>
        <translation>%1 は %2 ミリ秒で応答しました。キーは不要です。</translation>
    </message>
    <message>
        <source>%1 needs an API key. Type it above.</source>
        <translation>%1 には API キーが必要です。上に入力してください。</translation>
    </message>
    <message>
        <source>The certificate of %1 expired on %2. Check this computer&apos;s clock; if it is right, the server needs a new certificate.</source>
        <translation>%1 の証明書は %2 に期限切れになりました。このコンピューターの時計を確認してください。時計が正しければ、サーバーに新しい証明書が必要です。</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid before %2. Check this computer&apos;s clock.</source>
        <translation>%1 の証明書は %2 からしか有効になりません。このコンピューターの時計を確認してください。</translation>
    </message>
    <message>
        <source>The certificate of %1 comes from an authority that this computer does not trust. If the server is your own, name its certificates under &quot;CA file&quot;.</source>
        <translation>%1 の証明書は、このコンピューターが信頼していない認証局のものです。自分のサーバーの場合は、「CA ファイル」に証明書を指定してください。</translation>
    </message>
</context>
<context>
    <name>DaemonReply</name>
    <message>
        <source>The sidecar did not answer in time.</source>
        <translation>サイドカーが時間内に応答しませんでした。</translation>
    </message>
    <message>
        <source>The sidecar cannot be reached: %1</source>
        <translation>サイドカーに到達できません: %1</translation>
    </message>
    <message>
        <source>The sidecar&apos;s answer makes no sense.</source>
        <translation>サイドカーの応答を理解できません。</translation>
    </message>
</context>
<context>
    <name>ProblemText</name>
    <message>
        <source>Calls are kept and sent when it works again.</source>
        <translation>呼び出しは保管され、復旧しだい送信されます。</translation>
    </message>
    <message>
        <source>No secure connection to the trace server</source>
        <translation>トレースサーバーへの安全な接続がありません</translation>
    </message>
    <message>
        <source>The trace server does not answer in time</source>
        <translation>トレースサーバーが時間内に応答しません</translation>
    </message>
    <message>
        <source>The trace server cannot be reached</source>
        <translation>トレースサーバーに到達できません</translation>
    </message>
    <message>
        <source>Check the network, the proxy and the server&apos;s address. %1</source>
        <translation>ネットワーク、プロキシ、サーバーのアドレスを確認してください。%1</translation>
    </message>
    <message>
        <source>The trace server refuses the API key</source>
        <translation>トレースサーバーが API キーを拒否しています</translation>
    </message>
    <message>
        <source>Set the right key in the settings. %1</source>
        <translation>設定で正しいキーを入力してください。%1</translation>
    </message>
    <message>
        <source>The API key may not write to %1</source>
        <translation>この API キーでは %1 に書き込めません</translation>
    </message>
    <message>
        <source>Ask for access to the project, or use another key. %1</source>
        <translation>プロジェクトへのアクセスを依頼するか、別のキーを使ってください。%1</translation>
    </message>
    <message>
        <source>The trace server does not know what was asked</source>
        <translation>トレースサーバーがこの要求に対応していません</translation>
    </message>
    <message>
        <source>The trace server asks for fewer requests</source>
        <translation>トレースサーバーが要求を減らすよう求めています</translation>
    </message>
    <message>
        <source>The trace server has trouble of its own (%1)</source>
        <translation>トレースサーバー自体に問題があります (%1)</translation>
    </message>
    <message>
        <source>A batch was too large for the trace server</source>
        <translation>バッチがトレースサーバーには大きすぎました</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>トレースサーバーが呼び出しを拒否しました (%1)</translation>
    </message>
    <message>
        <source>Programs send these calls directly.</source>
        <translation>プログラムはこれらの呼び出しを直接送信します。</translation>
    </message>
    <message>
        <source>The spool is full: calls are refused</source>
        <translation>スプールが満杯で、呼び出しを拒否しています</translation>
    </message>
    <message>
        <source>Get the trace server back, or allow more in the settings. %1</source>
        <translation>トレースサーバーを復旧するか、設定で容量を増やしてください。%1</translation>
    </message>
    <message>
        <source>The disk does not take calls</source>
        <translation>ディスクに呼び出しを書き込めません</translation>
    </message>
    <message>
        <source>Look for a full or read-only disk. %1</source>
        <translation>ディスクが満杯か読み取り専用でないか確認してください。%1</translation>
    </message>
    <message>
        <source>Calls were refused: too large, or too many at once</source>
        <translation>呼び出しを拒否しました: 大きすぎるか、一度に多すぎます</translation>
    </message>
    <message>
        <source>Calls were given up</source>
        <translation>呼び出しの配信をあきらめました</translation>
    </message>
    <message>
        <source>The trace server refused them for good, or they waited too long. They are kept as dead letters: export them, or try them again.</source>
        <translation>トレースサーバーが最終的に拒否したか、待ち時間が長すぎました。配信不能として保管されています。書き出すか、再送してください。</translation>
    </message>
    <message>
        <source>A part of the spool was damaged</source>
        <translation>スプールの一部が壊れていました</translation>
    </message>
    <message>
        <source>What could be read is delivered; the rest is put aside in the spool&apos;s quarantine folder.</source>
        <translation>読み取れたものは配信されます。残りはスプールの隔離フォルダーにあります。</translation>
    </message>
    <message>
        <source>Check the server&apos;s address. For a server with certificates of its own, name its CA file in the settings. %1</source>
        <translation>サーバーのアドレスを確認してください。独自の証明書を使うサーバーの場合は、設定で CA ファイルを指定してください。%1</translation>
    </message>
    <message>
        <source>A program sends what the sidecar does not understand</source>
        <translation>プログラムがサイドカーの理解できない内容を送っています</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the sidecar; the log says more.</source>
        <translation>その SDK がサイドカーより新しいか古い可能性があります。詳しくはログをご覧ください。</translation>
    </message>
    <message>
        <source>Another user tried to control the sidecar</source>
        <translation>別のユーザーがサイドカーを操作しようとしました</translation>
    </message>
    <message>
        <source>Calls came while the sidecar was stopping</source>
        <translation>サイドカーの停止中に呼び出しが届きました</translation>
    </message>
    <message>
        <source>What is refused alone is kept as a dead letter: export it, or try it again.</source>
        <translation>単独でも拒否された呼び出しは配信不能として保管されます。書き出すか、再送してください。</translation>
    </message>
    <message>
        <source>Check the server&apos;s address, the proxy and the key in the settings. %1</source>
        <translation>設定でサーバーのアドレス、プロキシ、キーを確認してください。%1</translation>
    </message>
    <message>
        <source>The batch is sent again in smaller parts.</source>
        <translation>バッチを小さく分けて送り直します。</translation>
    </message>
</context>
<context>
    <name>QPlatformTheme</name>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>閉じる</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
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
        <translation>トレースサーバーのアドレス</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API キー</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA ファイル</translation>
    </message>
    <message>
        <source>Plain http</source>
        <translation>暗号化なしの http</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>ソケット</translation>
    </message>
    <message>
        <source>HTTP address</source>
        <translation>HTTP アドレス</translation>
    </message>
    <message>
        <source>Spool folder</source>
        <translation>スプールのフォルダー</translation>
    </message>
    <message>
        <source>Spool limit</source>
        <translation>スプールの上限</translation>
    </message>
    <message>
        <source>Time until a batch is sent</source>
        <translation>バッチを送信するまでの時間</translation>
    </message>
    <message>
        <source>Calls in a batch</source>
        <translation>バッチの呼び出し数</translation>
    </message>
    <message>
        <source>Size of a batch</source>
        <translation>バッチのサイズ</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>接続数</translation>
    </message>
</context>
<context>
    <name>Weave::About</name>
    <message>
        <source>About Weave Sidecar</source>
        <translation>Weave Sidecar について</translation>
    </message>
    <message>
        <source>Weave Sidecar %1</source>
        <translation>Weave Sidecar %1</translation>
    </message>
    <message>
        <source>Takes the trace calls of every Weave process on this computer and delivers them. Free software under the Apache License 2.0, made with Qt %1.</source>
        <translation>このコンピューターのすべての Weave プロセスのトレース呼び出しを受け取り、配信します。Apache License 2.0 の自由ソフトウェアです。Qt %1 で作られています。</translation>
    </message>
</context>
<context>
    <name>Weave::Actions</name>
    <message>
        <source>&amp;Open Weave Sidecar</source>
        <translation>Weave Sidecar を開く(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Flush now</source>
        <translation>今すぐ送信(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Retry now</source>
        <translation>今すぐ再試行(&amp;R)</translation>
    </message>
    <message>
        <source>Start the s&amp;idecar</source>
        <translation>サイドカーを開始(&amp;I)</translation>
    </message>
    <message>
        <source>Open &amp;log</source>
        <translation>ログを開く(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Copy diagnostics</source>
        <translation>診断情報をコピー(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>設定(&amp;S)…</translation>
    </message>
    <message>
        <source>Start at lo&amp;gin</source>
        <translation>ログイン時に開始(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;About Weave Sidecar</source>
        <translation>Weave Sidecar について(&amp;A)</translation>
    </message>
    <message>
        <source>Send what waits without waiting for fuller batches</source>
        <translation>バッチがたまるのを待たずに、待機中のものを送信します</translation>
    </message>
    <message>
        <source>Try the backend again at once</source>
        <translation>バックエンドをすぐに再試行します</translation>
    </message>
    <message>
        <source>Copy a report without keys or contents of calls</source>
        <translation>キーや呼び出しの内容を含まない報告をコピーします</translation>
    </message>
    <message>
        <source>Resume &amp;delivery</source>
        <translation>配信を再開(&amp;D)</translation>
    </message>
    <message>
        <source>Pause &amp;delivery</source>
        <translation>配信を一時停止(&amp;D)</translation>
    </message>
    <message>
        <source>Send calls to the backend again</source>
        <translation>バックエンドへの送信を再開します</translation>
    </message>
    <message>
        <source>Keep taking calls, but do not send them yet</source>
        <translation>呼び出しは受け取りますが、まだ送信しません</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>終了(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Quit…</source>
        <translation>終了(&amp;Q)…</translation>
    </message>
    <message>
        <source>&amp;Quit (the sidecar goes on)</source>
        <translation>終了 (サイドカーは動作を続けます)(&amp;Q)</translation>
    </message>
    <message>
        <source>Connect &amp;programs…</source>
        <translation>プログラムをつなぐ(&amp;P)…</translation>
    </message>
</context>
<context>
    <name>Weave::Autostart</name>
    <message>
        <source>Cannot create the folder %1.</source>
        <translation>フォルダー %1 を作成できません。</translation>
    </message>
</context>
<context>
    <name>Weave::BackendForm</name>
    <message>
        <source>Send calls to a &amp;trace server</source>
        <translation>呼び出しをトレースサーバーに送る(&amp;T)</translation>
    </message>
    <message>
        <source>Keep calls in a &amp;local file</source>
        <translation>呼び出しをローカルファイルに保存する(&amp;L)</translation>
    </message>
    <message>
        <source>Address of the trace server</source>
        <translation>トレースサーバーのアドレス</translation>
    </message>
    <message>
        <source>&amp;Address:</source>
        <translation>アドレス(&amp;A):</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API キー</translation>
    </message>
    <message>
        <source>API &amp;key:</source>
        <translation>API キー(&amp;K):</translation>
    </message>
    <message>
        <source>T&amp;est connection</source>
        <translation>接続をテスト(&amp;E)</translation>
    </message>
    <message>
        <source>File for the calls</source>
        <translation>呼び出しのファイル</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>選択(&amp;H)…</translation>
    </message>
    <message>
        <source>&amp;File:</source>
        <translation>ファイル(&amp;F):</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>JSON の行 (*.ndjson)</translation>
    </message>
    <message>
        <source>File with certificates to trust</source>
        <translation>信頼する証明書のファイル</translation>
    </message>
    <message>
        <source>Cho&amp;ose…</source>
        <translation>選択(&amp;O)…</translation>
    </message>
    <message>
        <source>&amp;CA file:</source>
        <translation>CA ファイル(&amp;C):</translation>
    </message>
    <message>
        <source>Allow plain htt&amp;p: on the way, others can read the key and the calls</source>
        <translation>暗号化なしの http を許可(&amp;P): 途中で他人がキーや呼び出しを読めます</translation>
    </message>
    <message>
        <source>WEAVE_SIDECAR_BACKEND is set in the environment and wins: %1</source>
        <translation>環境変数 WEAVE_SIDECAR_BACKEND が設定されており、優先されます: %1</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>証明書 (*.pem *.crt *.cer);;すべてのファイル (*)</translation>
    </message>
    <message>
        <source>the system&apos;s certificates</source>
        <translation>システムの証明書</translation>
    </message>
    <message>
        <source>For a server with certificates of its own.</source>
        <translation>独自の証明書を使うサーバーの場合に指定します。</translation>
    </message>
</context>
<context>
    <name>Weave::CallModel</name>
    <message>
        <source>(began before)</source>
        <translation>(以前に開始)</translation>
    </message>
    <message>
        <source>running</source>
        <translation>実行中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失敗</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ミリ秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Call %1 of trace %2</source>
        <translation>トレース %2 の呼び出し %1</translation>
    </message>
    <message>
        <source>Error: %1</source>
        <translation>エラー: %1</translation>
    </message>
    <message>
        <source>Inputs: %1</source>
        <translation>入力: %1</translation>
    </message>
    <message>
        <source>Output: %1</source>
        <translation>出力: %1</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>プロジェクト</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>所要時間</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>開始</translation>
    </message>
    <message>
        <source>end not seen</source>
        <translation>終了は未確認</translation>
    </message>
</context>
<context>
    <name>Weave::ClientModel</name>
    <message>
        <source>unknown</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>プロセス</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>接続</translation>
    </message>
    <message>
        <source>Calls/s</source>
        <translation>呼び出し/秒</translation>
    </message>
    <message>
        <source>Bytes/s</source>
        <translation>バイト/秒</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>拒否</translation>
    </message>
</context>
<context>
    <name>Weave::ConnectionTest</name>
    <message>
        <source>Calls can be written to that file.</source>
        <translation>そのファイルに呼び出しを書き込めます。</translation>
    </message>
    <message>
        <source>That file cannot be written to. Choose one in a folder of yours.</source>
        <translation>そのファイルには書き込めません。自分のフォルダーにあるファイルを選んでください。</translation>
    </message>
</context>
<context>
    <name>Weave::DaemonLauncher</name>
    <message>
        <source>The program weave-sidecar is not installed.</source>
        <translation>プログラム weave-sidecar がインストールされていません。</translation>
    </message>
    <message>
        <source>%1 cannot be started: %2</source>
        <translation>%1 を開始できません: %2</translation>
    </message>
    <message>
        <source>The sidecar ended at once.</source>
        <translation>サイドカーがすぐに終了しました。</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>&amp;Export…</source>
        <translation>書き出す(&amp;E)…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>もう一度送る(&amp;G)</translation>
    </message>
    <message>
        <source>This did not work: %1</source>
        <translation>うまくいきませんでした: %1</translation>
    </message>
    <message>
        <source>Export calls</source>
        <translation>呼び出しを書き出す</translation>
    </message>
    <message>
        <source>Lines of JSON (*.ndjson)</source>
        <translation>JSON の行 (*.ndjson)</translation>
    </message>
    <message>
        <source>Dead letters</source>
        <translation>配信不能の呼び出し</translation>
    </message>
    <message>
        <source>They were written to %1.</source>
        <translation>%1 に書き出しました。</translation>
    </message>
    <message>
        <source>They were handed to the sidecar once more.</source>
        <translation>もう一度サイドカーに渡しました。</translation>
    </message>
    <message>
        <source>No call was given up.</source>
        <translation>配信をあきらめた呼び出しはありません。</translation>
    </message>
    <message>
        <source>What was given up cannot be looked at: %1</source>
        <translation>配信をあきらめた呼び出しを確認できません: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were given up. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n 件の呼び出しの配信をあきらめました。理由とともにディスクに保管されています。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n call(s)</source>
        <translation>
            <numerusform>%n 件</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 is a file that the sidecar writes to. Choose another one.</source>
        <translation>%1 はサイドカーが書き込み中のファイルです。別のファイルを選んでください。</translation>
    </message>
    <message>
        <source>It is not known yet whether calls were given up.</source>
        <translation>配信をあきらめた呼び出しがあるかどうかは、まだわかりません。</translation>
    </message>
</context>
<context>
    <name>Weave::FirstStart</name>
    <message>
        <source>Welcome to Weave Sidecar</source>
        <translation>Weave Sidecar へようこそ</translation>
    </message>
    <message>
        <source>&amp;Start the sidecar</source>
        <translation>サイドカーを開始(&amp;S)</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>サイドカーはこのコンピューターのすべての Weave プログラムのトレース呼び出しを受け取り、ディスクに安全に保管し、配信します。どこへ送りますか?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>これで完了です。次に、プログラムがサイドカーを使うようにしてください:</translation>
    </message>
    <message>
        <source>Late&amp;r</source>
        <translation>あとで(&amp;R)</translation>
    </message>
</context>
<context>
    <name>Weave::FlushModel</name>
    <message>
        <source>delivered</source>
        <translation>配信済み</translation>
    </message>
    <message>
        <source>will be tried again</source>
        <translation>再試行します</translation>
    </message>
    <message>
        <source>refused, sent again in halves</source>
        <translation>拒否、半分に分けて再送</translation>
    </message>
    <message>
        <source>refused, now a dead letter</source>
        <translation>拒否、配信不能として保管</translation>
    </message>
    <message>
        <source>refused, delivery stopped</source>
        <translation>拒否、配信を停止</translation>
    </message>
    <message>
        <source>sent again in another form</source>
        <translation>別の形式で再送</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>プロジェクト</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>呼び出し</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>バイト</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ミリ秒</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>試行</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>refused, the project waits</source>
        <translation>拒否、プロジェクトは待機中</translation>
    </message>
</context>
<context>
    <name>Weave::Frontend</name>
    <message>
        <source>The sidecar cannot be started</source>
        <translation>サイドカーを開始できません</translation>
    </message>
    <message>
        <source>Start at login cannot be changed</source>
        <translation>ログイン時の開始を変更できません</translation>
    </message>
    <message>
        <source>Delivery cannot be resumed</source>
        <translation>配信を再開できません</translation>
    </message>
    <message>
        <source>Delivery cannot be paused</source>
        <translation>配信を一時停止できません</translation>
    </message>
    <message>
        <source>Not all calls could be delivered</source>
        <translation>一部の呼び出しを配信できませんでした</translation>
    </message>
    <message>
        <source>The backend cannot be tried again</source>
        <translation>バックエンドを再試行できません</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>There is no log to open</source>
        <translation>開くログがありません</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>設定を読み込めません</translation>
    </message>
</context>
<context>
    <name>Weave::Gauge</name>
    <message>
        <source>%1 of %2</source>
        <translation>%2 のうち %1</translation>
    </message>
</context>
<context>
    <name>Weave::KeyStore</name>
    <message>
        <source>Cannot keep the key in %1: %2</source>
        <translation>キーを %1 に保管できません: %2</translation>
    </message>
</context>
<context>
    <name>Weave::LivePage</name>
    <message>
        <source>Live calls</source>
        <translation>ライブ呼び出し</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>呼び出し</translation>
    </message>
    <message>
        <source>Details of the selected call</source>
        <translation>選択した呼び出しの詳細</translation>
    </message>
    <message>
        <source>Choose a call to see more of it.</source>
        <translation>呼び出しを選ぶと詳細が表示されます。</translation>
    </message>
    <message>
        <source>Search in calls</source>
        <translation>呼び出しを検索</translation>
    </message>
    <message>
        <source>S&amp;earch:</source>
        <translation>検索(&amp;E):</translation>
    </message>
    <message>
        <source>Show pay&amp;loads</source>
        <translation>内容を表示(&amp;L)</translation>
    </message>
    <message>
        <source>Inputs and outputs of calls may be confidential. They are shown here and kept nowhere.</source>
        <translation>呼び出しの入力と出力には機密が含まれることがあります。ここに表示されるだけで、どこにも保存されません。</translation>
    </message>
    <message>
        <source>Clea&amp;r</source>
        <translation>消去(&amp;R)</translation>
    </message>
    <message numerus="yes">
        <source>%n more call(s) came too fast to be shown.</source>
        <translation>
            <numerusform>ほかに %n 件の呼び出しが速すぎて表示できませんでした。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Weave::LogOpener</name>
    <message>
        <source>The sidecar was started by hand and writes to the terminal %1.</source>
        <translation>サイドカーは手動で開始され、端末 %1 に書き込んでいます。</translation>
    </message>
    <message>
        <source>Where the sidecar writes its log cannot be found out. It runs as process %1.</source>
        <translation>サイドカーのログの出力先がわかりません。プロセス %1 として動作しています。</translation>
    </message>
    <message>
        <source>No sidecar runs, and this program has not started one yet.</source>
        <translation>サイドカーは動作しておらず、このプログラムもまだ開始していません。</translation>
    </message>
    <message>
        <source>No program opens it. It is the file %1.</source>
        <translation>開けるプログラムがありません。ファイルは %1 です。</translation>
    </message>
    <message>
        <source>The sidecar writes to systemd&apos;s journal. In a terminal, see it by: %1</source>
        <translation>サイドカーは systemd のジャーナルに書き込みます。端末で次のように表示できます: %1</translation>
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
        <translation>ページ</translation>
    </message>
    <message>
        <source>Status bar</source>
        <translation>ステータスバー</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状態</translation>
    </message>
    <message>
        <source>&amp;Sidecar</source>
        <translation>サイドカー(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Close window</source>
        <translation>ウィンドウを閉じる(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>ページ(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>ヘルプ(&amp;H)</translation>
    </message>
</context>
<context>
    <name>Weave::Notifier</name>
    <message>
        <source>Calls are not delivered</source>
        <translation>呼び出しが配信されていません</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>配信が復旧しました</translation>
    </message>
</context>
<context>
    <name>Weave::OverviewPage</name>
    <message>
        <source>Overview</source>
        <translation>概要</translation>
    </message>
    <message>
        <source>Backend:</source>
        <translation>バックエンド:</translation>
    </message>
    <message>
        <source>State:</source>
        <translation>状態:</translation>
    </message>
    <message>
        <source>Oldest waiting call:</source>
        <translation>最も古い待機中の呼び出し:</translation>
    </message>
    <message>
        <source>Last error:</source>
        <translation>最後のエラー:</translation>
    </message>
    <message>
        <source>Spool on disk</source>
        <translation>ディスク上のスプール</translation>
    </message>
    <message>
        <source>Last minute</source>
        <translation>直近 1 分</translation>
    </message>
    <message>
        <source>Last 10 minutes</source>
        <translation>直近 10 分</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>直近 1 時間</translation>
    </message>
    <message>
        <source>Time span of the plots</source>
        <translation>グラフの期間</translation>
    </message>
    <message>
        <source>Calls per second</source>
        <translation>毎秒の呼び出し</translation>
    </message>
    <message>
        <source>Waiting calls</source>
        <translation>待機中の呼び出し</translation>
    </message>
    <message>
        <source>Waiting bytes</source>
        <translation>待機中のバイト</translation>
    </message>
    <message>
        <source>Time the backend takes</source>
        <translation>バックエンドの応答時間</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>In</source>
        <translation>受信</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>配信</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>呼び出し</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>バイト</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時間</translation>
    </message>
    <message>
        <source>none</source>
        <comment>oldest waiting call</comment>
        <translation>なし</translation>
    </message>
    <message>
        <source>none</source>
        <comment>last error</comment>
        <translation>なし</translation>
    </message>
    <message>
        <source>Sho&amp;w:</source>
        <translation>表示(&amp;W):</translation>
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
        <translation>データなし</translation>
    </message>
    <message>
        <source>now</source>
        <translation>現在</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>No data yet.</source>
        <translation>まだデータがありません。</translation>
    </message>
    <message>
        <source>%1: %2. Highest: %3.</source>
        <translation>%1: %2。最大: %3。</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemModel</name>
    <message>
        <source>Calls go directly to the trace server meanwhile, as if there were no sidecar.</source>
        <translation>その間、呼び出しはサイドカーがない場合と同じくトレースサーバーに直接送られます。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>時刻</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>問題</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>対処</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>回数</translation>
    </message>
</context>
<context>
    <name>Weave::ProblemsPage</name>
    <message>
        <source>Problems</source>
        <translation>問題</translation>
    </message>
</context>
<context>
    <name>Weave::QuitQuestion</name>
    <message>
        <source>Quit Weave Sidecar</source>
        <translation>Weave Sidecar を終了</translation>
    </message>
    <message>
        <source>Shall the sidecar go on taking and delivering calls?</source>
        <translation>サイドカーに呼び出しの受け取りと配信を続けさせますか?</translation>
    </message>
    <message>
        <source>Stopped, it keeps on disk what is not delivered yet. Programs then send their calls directly.</source>
        <translation>停止すると、未配信のものはディスクに残ります。その後、プログラムは呼び出しを直接送信します。</translation>
    </message>
    <message>
        <source>&amp;Leave it running</source>
        <translation>動作を続ける(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Stop it too</source>
        <translation>一緒に停止する(&amp;S)</translation>
    </message>
</context>
<context>
    <name>Weave::RestartQuestion</name>
    <message>
        <source>This program has not started it: stop it and start it again where it was started.</source>
        <translation>このプログラムが開始したものではありません。開始した場所で停止し、もう一度開始してください。</translation>
    </message>
    <message>
        <source>systemd runs it. In a terminal, start it again by: %1</source>
        <translation>systemd が動かしています。端末で次のように再起動できます: %1</translation>
    </message>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Weave Sidecar の設定</translation>
    </message>
    <message>
        <source>These settings take effect when the sidecar is started again: %1</source>
        <translation>これらの設定はサイドカーを再起動すると有効になります: %1</translation>
    </message>
    <message>
        <source>Starting it again takes a moment. Calls that wait are kept on disk.</source>
        <translation>再起動はすぐに終わります。待機中の呼び出しはディスクに保管されます。</translation>
    </message>
    <message>
        <source>&amp;Start it again now</source>
        <translation>今すぐ再起動(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Later</source>
        <translation>あとで(&amp;L)</translation>
    </message>
</context>
<context>
    <name>Weave::SdkHint</name>
    <message>
        <source>&amp;Python: run these lines where your program runs</source>
        <translation>Python(&amp;P): プログラムを動かす環境で次の行を実行してください</translation>
    </message>
    <message>
        <source>Copy Python lines</source>
        <translation>Python の行をコピー</translation>
    </message>
    <message>
        <source>&amp;Node: run this line where your program runs</source>
        <translation>Node(&amp;N): プログラムを動かす環境で次の行を実行してください</translation>
    </message>
    <message>
        <source>Copy Node line</source>
        <translation>Node の行をコピー</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Node: give the sidecar an HTTP address in the settings first, for example 127.0.0.1:8319.</source>
        <translation>Node: まず設定でサイドカーに HTTP アドレス (例: 127.0.0.1:8319) を指定してください。</translation>
    </message>
    <message>
        <source>Connect programs</source>
        <translation>プログラムをつなぐ</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsDialog</name>
    <message>
        <source>Settings of Weave Sidecar</source>
        <translation>Weave Sidecar の設定</translation>
    </message>
    <message>
        <source>Kinds of settings</source>
        <translation>設定の種類</translation>
    </message>
    <message>
        <source>&amp;Delivery</source>
        <translation>配信(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>バッチ(&amp;B)</translation>
    </message>
    <message>
        <source>Soc&amp;ket:</source>
        <translation>ソケット(&amp;K):</translation>
    </message>
    <message>
        <source>Socket of the sidecar</source>
        <translation>サイドカーのソケット</translation>
    </message>
    <message>
        <source>Where Python programs hand over their calls.</source>
        <translation>Python プログラムが呼び出しを渡す場所です。</translation>
    </message>
    <message>
        <source>&amp;HTTP address:</source>
        <translation>HTTP アドレス(&amp;H):</translation>
    </message>
    <message>
        <source>HTTP address of the sidecar</source>
        <translation>サイドカーの HTTP アドレス</translation>
    </message>
    <message>
        <source>Where Node programs hand over their calls, 127.0.0.1:8319; empty for none.</source>
        <translation>Node プログラムが呼び出しを渡す場所です (127.0.0.1:8319)。空欄なら使いません。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>Conn&amp;ections:</source>
        <translation>接続数(&amp;E):</translation>
    </message>
    <message>
        <source>Connections at a time</source>
        <translation>同時接続数</translation>
    </message>
    <message>
        <source>More programs than this are turned away.</source>
        <translation>これを超えるプログラムは拒否されます。</translation>
    </message>
    <message>
        <source>S&amp;pool folder:</source>
        <translation>スプールのフォルダー(&amp;P):</translation>
    </message>
    <message>
        <source>Folder of the spool</source>
        <translation>スプールのフォルダー</translation>
    </message>
    <message>
        <source>Where calls are kept until they are delivered.</source>
        <translation>配信されるまで呼び出しを保管する場所です。</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>既定の場所</translation>
    </message>
    <message>
        <source>Spool &amp;limit:</source>
        <translation>スプールの上限(&amp;L):</translation>
    </message>
    <message>
        <source>Size that the spool may take</source>
        <translation>スプールが使える容量</translation>
    </message>
    <message>
        <source>With more than this waiting, calls are refused: 500MiB, 2GiB.</source>
        <translation>これより多く待機すると呼び出しを拒否します: 500MiB、2GiB。</translation>
    </message>
    <message>
        <source>Send a&amp;fter:</source>
        <translation>送信までの時間(&amp;F):</translation>
    </message>
    <message>
        <source>Time after which a batch is sent</source>
        <translation>バッチを送信するまでの時間</translation>
    </message>
    <message>
        <source>After its first call: 500ms, 2s.</source>
        <translation>最初の呼び出しから: 500ms、2s。</translation>
    </message>
    <message>
        <source>&amp;Most calls:</source>
        <translation>最大呼び出し数(&amp;M):</translation>
    </message>
    <message>
        <source>Calls in a batch at most</source>
        <translation>バッチの最大呼び出し数</translation>
    </message>
    <message>
        <source>A batch with this many calls is sent at once.</source>
        <translation>この数に達したバッチはすぐに送信されます。</translation>
    </message>
    <message>
        <source>Most b&amp;ytes:</source>
        <translation>最大バイト数(&amp;Y):</translation>
    </message>
    <message>
        <source>Size of a batch at most</source>
        <translation>バッチの最大サイズ</translation>
    </message>
    <message>
        <source>A larger call travels alone: 10MiB.</source>
        <translation>これより大きい呼び出しは単独で送られます: 10MiB。</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>配信が復旧したときに知らせる(&amp;W)</translation>
    </message>
    <message>
        <source>Set in the environment, which wins: %1</source>
        <translation>環境変数で設定されており、優先されます: %1</translation>
    </message>
    <message>
        <source>Stora&amp;ge and sockets</source>
        <translation>保管とソケット(&amp;G)</translation>
    </message>
    <message>
        <source>De&amp;sktop</source>
        <translation>デスクトップ(&amp;S)</translation>
    </message>
    <message>
        <source>Start at log&amp;in, as an icon</source>
        <translation>ログイン時にアイコンとして開始(&amp;I)</translation>
    </message>
    <message>
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>呼び出しが配信されないときに知らせる(&amp;C)</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>kept safe; type here to change it</source>
        <translation>安全に保管済み。変更するにはここに入力</translation>
    </message>
    <message>
        <source>found in %1</source>
        <translation>%1 で見つかりました</translation>
    </message>
    <message>
        <source>from wandb.ai/authorize</source>
        <translation>wandb.ai/authorize で取得</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>確認中…</translation>
    </message>
    <message>
        <source>The settings cannot be kept</source>
        <translation>設定を保存できません</translation>
    </message>
    <message>
        <source>The settings cannot be read</source>
        <translation>設定を読み込めません</translation>
    </message>
    <message>
        <source>The sidecar that runs now does not read these settings: what you change here is for one that this program starts.</source>
        <translation>動作中のサイドカーはこの設定を読み込みません。ここでの変更は、このプログラムが開始するサイドカーに適用されます。</translation>
    </message>
    <message>
        <source>Start at login cannot be changed: %1</source>
        <translation>ログイン時の開始を変更できません: %1</translation>
    </message>
    <message>
        <source>The sidecar cannot be started: %1</source>
        <translation>サイドカーを開始できません: %1</translation>
    </message>
    <message>
        <source>The settings cannot be kept: %1</source>
        <translation>設定を保存できません: %1</translation>
    </message>
    <message>
        <source>The sidecar goes on with its old settings</source>
        <translation>サイドカーは以前の設定のまま動作を続けます</translation>
    </message>
    <message>
        <source>It was started with other values, on its command line or in its environment, which win: %1</source>
        <translation>コマンドラインまたは環境変数で別の値を指定して開始されており、そちらが優先されます: %1</translation>
    </message>
    <message>
        <source>No API key was found. A trace server that needs one gets the calls once you have set it in the settings.</source>
        <translation>API キーが見つかりません。キーが必要なトレースサーバーには、設定でキーを入力したあとに呼び出しが送られます。</translation>
    </message>
    <message>
        <source>No effect on the running sidecar</source>
        <translation>動作中のサイドカーには影響しません</translation>
    </message>
    <message>
        <source>The sidecar did not say that it has taken the new settings</source>
        <translation>サイドカーは新しい設定を適用したと応答しませんでした</translation>
    </message>
    <message>
        <source>systemd has made its socket, so this stays what it was: %1. Another place is set as ListenStream= by `systemctl --user edit weave-sidecar.socket`.</source>
        <translation>ソケットは systemd が作成したものなので、次の設定は元のままです: %1。場所を変えるには、`systemctl --user edit weave-sidecar.socket` で ListenStream= を指定してください。</translation>
    </message>
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The sidecar does not answer.</source>
        <translation>サイドカーが応答しません。</translation>
    </message>
    <message>
        <source>The socket %1 belongs to the user %2 and does not let you in.</source>
        <translation>ソケット %1 はユーザー %2 のもので、接続が許可されていません。</translation>
    </message>
    <message>
        <source>No sidecar answers on %1.</source>
        <translation>%1 で応答するサイドカーがありません。</translation>
    </message>
    <message>
        <source>What answers on %1 is not the sidecar.</source>
        <translation>%1 で応答しているのはサイドカーではありません。</translation>
    </message>
    <message>
        <source>Read only: the sidecar runs as the user %1, who alone may control it.</source>
        <translation>表示のみ: サイドカーはユーザー %1 として動作しており、操作できるのはそのユーザーだけです。</translation>
    </message>
    <message>
        <source>Read only: the sidecar lets this program look and no more: %1</source>
        <translation>表示のみ: サイドカーはこのプログラムに閲覧だけを許可しています: %1</translation>
    </message>
    <message>
        <source>The sidecar on %1 runs, but all of its connections are taken (max-connections).</source>
        <translation>%1 の sidecar は動作中ですが、接続がすべて使われています (max-connections)。</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>%1 を開始できません: %2</translation>
    </message>
    <message>
        <source>Cannot write %1: %2</source>
        <translation>%1 に書き込めません: %2</translation>
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
        <translation>%1 ミリ秒</translation>
    </message>
    <message>
        <source>%1 µs</source>
        <translation>%1 マイクロ秒</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 時間 %2 分</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 日 %2 時間</translation>
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
        <translation>あなたが一時停止しました。呼び出しは保管されます</translation>
    </message>
    <message>
        <source>next attempt in %1</source>
        <translation>次の試行まで %1</translation>
    </message>
    <message>
        <source>calls are kept</source>
        <translation>呼び出しは保管されます</translation>
    </message>
    <message>
        <source>Takes no calls of some projects; %1</source>
        <translation>一部のプロジェクトの呼び出しを受け付けません。%1</translation>
    </message>
    <message>
        <source>Does not answer as it should; %1</source>
        <translation>正しく応答しません。%1</translation>
    </message>
    <message>
        <source>Refuses what is sent; %1</source>
        <translation>送信内容を拒否しています。%1</translation>
    </message>
    <message>
        <source>%1 (%2 ago)</source>
        <translation>%1 (%2前)</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>概要</translation>
    </message>
    <message>
        <source>Flushes</source>
        <translation>送信</translation>
    </message>
    <message>
        <source>Requests to the backend appear here.</source>
        <translation>バックエンドへの要求がここに表示されます。</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>クライアント</translation>
    </message>
    <message>
        <source>No program is connected to the sidecar now.</source>
        <translation>現在サイドカーに接続しているプログラムはありません。</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>問題</translation>
    </message>
    <message>
        <source>Live calls</source>
        <translation>ライブ呼び出し</translation>
    </message>
    <message>
        <source>Only the user that the sidecar runs as may see this.</source>
        <translation>これを見られるのは、サイドカーを動かしているユーザーだけです。</translation>
    </message>
    <message>
        <source>Calls appear here as your programs make them.</source>
        <translation>プログラムが呼び出しを行うと、ここに表示されます。</translation>
    </message>
    <message>
        <source>The sidecar keeps calls in memory alone: what is given up is not kept.</source>
        <translation>サイドカーは呼び出しをメモリーだけに保管しています。配信をあきらめたものは残りません。</translation>
    </message>
    <message>
        <source>The program weave-sidecar, which looks into the spool, is not installed.</source>
        <translation>スプールの中を調べるプログラム weave-sidecar がインストールされていません。</translation>
    </message>
    <message>
        <source>Paused by you; new calls will soon be refused</source>
        <translation>あなたが一時停止しました。まもなく新しい呼び出しは拒否されます</translation>
    </message>
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>問題はありません。呼び出しは受け取られ、配信されています。</translation>
    </message>
</context>
</TS>
