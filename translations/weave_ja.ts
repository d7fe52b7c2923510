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
        <source>The daemon has version %1, this program has %2. Restart the older one.</source>
        <translation>デーモンのバージョンは %1、このプログラムは %2 です。古い方を再起動してください。</translation>
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
        <source>Check the server&apos;s address, and give --ca-file for a certificate of your own. %1</source>
        <translation>サーバーのアドレスを確認し、独自の証明書には --ca-file を指定してください。%1</translation>
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
        <translation>トレースサーバーは要求された内容を知りません</translation>
    </message>
    <message>
        <source>Check that the backend&apos;s address is a Weave trace server.</source>
        <translation>バックエンドのアドレスが Weave のトレースサーバーか確認してください。</translation>
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
        <source>It is sent again in smaller parts.</source>
        <translation>小さく分けて送り直します。</translation>
    </message>
    <message>
        <source>The trace server refused calls (%1)</source>
        <translation>トレースサーバーが呼び出しを拒否しました (%1)</translation>
    </message>
    <message>
        <source>The others are sent without them; what is refused alone goes to the dead letters.</source>
        <translation>残りはそれを除いて送信されます。単独で拒否されたものは配信不能として保管されます。</translation>
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
        <source>A program sends what the daemon does not understand</source>
        <translation>プログラムがデーモンの理解できない内容を送っています</translation>
    </message>
    <message>
        <source>Its SDK may be newer or older than the daemon; the log says more.</source>
        <translation>その SDK がデーモンより新しいか古い可能性があります。詳しくはログをご覧ください。</translation>
    </message>
    <message>
        <source>Another user tried to control the daemon</source>
        <translation>別のユーザーがデーモンを操作しようとしました</translation>
    </message>
    <message>
        <source>Calls came while the daemon was stopping</source>
        <translation>デーモンの停止中に呼び出しが届きました</translation>
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
        <source>Calls can be written to that folder.</source>
        <translation>そのフォルダーに書き込めます。</translation>
    </message>
    <message>
        <source>That folder cannot be written to.</source>
        <translation>そのフォルダーには書き込めません。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms and takes the key.</source>
        <translation>%1 は %2 ミリ秒で応答し、キーを受け付けました。</translation>
    </message>
    <message>
        <source>%1 refuses the API key.</source>
        <translation>%1 が API キーを拒否しました。</translation>
    </message>
    <message>
        <source>%1 answers in %2 ms.</source>
        <translation>%1 は %2 ミリ秒で応答しました。</translation>
    </message>
    <message>
        <source>%1 is no Weave trace server: it answers %2.</source>
        <translation>%1 は Weave のトレースサーバーではありません: 応答は %2 です。</translation>
    </message>
    <message>
        <source>There is no host named %1.</source>
        <translation>%1 という名前のホストはありません。</translation>
    </message>
    <message>
        <source>%1 refuses the connection: nothing listens there.</source>
        <translation>%1 が接続を拒否しました: 待ち受けているものがありません。</translation>
    </message>
    <message>
        <source>%1 does not answer within 10 seconds.</source>
        <translation>%1 は 10 秒以内に応答しませんでした。</translation>
    </message>
    <message>
        <source>No secure connection to %1: %2</source>
        <translation>%1 への安全な接続がありません: %2</translation>
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
        <source>The daemon ended at once.</source>
        <translation>デーモンがすぐに終了しました。</translation>
    </message>
</context>
<context>
    <name>Weave::DeadLetterBox</name>
    <message>
        <source>Refused calls</source>
        <translation>拒否された呼び出し</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>書き出す(&amp;E)…</translation>
    </message>
    <message>
        <source>Send them a&amp;gain</source>
        <translation>もう一度送る(&amp;G)</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>完了しました。</translation>
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
        <source>No call was refused for good.</source>
        <translation>最終的に拒否された呼び出しはありません。</translation>
    </message>
    <message numerus="yes">
        <source>%n call(s) were refused by the backend for good. They are kept on disk, with the reason.</source>
        <translation>
            <numerusform>%n 件の呼び出しがバックエンドに最終的に拒否されました。理由とともにディスクに保管されています。</numerusform>
        </translation>
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
        <source>Late&amp;r</source>
        <translation>あとで(&amp;R)</translation>
    </message>
    <message>
        <source>The sidecar takes the trace calls of every Weave program on this computer, keeps them safe on disk, and delivers them. Where shall they go?</source>
        <translation>サイドカーはこのコンピューターのすべての Weave プログラムのトレース呼び出しを受け取り、ディスクに安全に保管し、配信します。どこへ送りますか?</translation>
    </message>
    <message>
        <source>That is all. Now tell your programs to use the sidecar:</source>
        <translation>これで完了です。次に、プログラムがサイドカーを使うようにしてください:</translation>
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
        <source>Calls are not delivered</source>
        <translation>呼び出しが配信されていません</translation>
    </message>
    <message>
        <source>Delivery works again</source>
        <translation>配信が復旧しました</translation>
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
        <source>A sidecar that systemd has started writes to the journal: journalctl --user -u weave-sidecar</source>
        <translation>systemd が開始したサイドカーはジャーナルに書き込みます: journalctl --user -u weave-sidecar</translation>
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
        <source>Calls appear here as your programs make them.</source>
        <translation>プログラムが呼び出しを行うと、ここに表示されます。</translation>
    </message>
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
        <source>Waiting, of the spool</source>
        <translation>待機中 (スプール比)</translation>
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
        <source>Sho&amp;w:</source>
        <translation>表示(&amp;W):</translation>
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
        <source>none</source>
        <translation>なし</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>不明</translation>
    </message>
    <message>
        <source>In</source>
        <translation>入</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>出</translation>
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
        <translation>時刻</translation>
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
    <message>
        <source>No problems. Calls are taken and delivered.</source>
        <translation>問題はありません。呼び出しは受け取られ、配信されています。</translation>
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
        <source>St&amp;orage and sockets</source>
        <translation>保管とソケット(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Batches</source>
        <translation>バッチ(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Notifications</source>
        <translation>通知(&amp;N)</translation>
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
        <source>the usual number</source>
        <translation>既定の数</translation>
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
        <source>Tell me when &amp;calls are not delivered</source>
        <translation>呼び出しが配信されないときに知らせる(&amp;C)</translation>
    </message>
    <message>
        <source>Tell me when delivery &amp;works again</source>
        <translation>配信が復旧したときに知らせる(&amp;W)</translation>
    </message>
</context>
<context>
    <name>Weave::SettingsFlow</name>
    <message>
        <source>The sidecar that runs now was not started by this program: what you change here is used when this program starts one.</source>
        <translation>動作中のサイドカーはこのプログラムが開始したものではありません。ここでの変更は、このプログラムがサイドカーを開始するときに使われます。</translation>
    </message>
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
</context>
<context>
    <name>Weave::SidecarClient</name>
    <message>
        <source>The daemon does not answer.</source>
        <translation>デーモンが応答しません。</translation>
    </message>
    <message>
        <source>The socket %1 belongs to another user.</source>
        <translation>ソケット %1 は別のユーザーのものです。</translation>
    </message>
    <message>
        <source>No daemon answers on %1.</source>
        <translation>%1 で応答するデーモンがありません。</translation>
    </message>
    <message>
        <source>What answers on %1 is not the daemon.</source>
        <translation>%1 で応答しているのはデーモンではありません。</translation>
    </message>
    <message>
        <source>The daemon on %1 runs as another user, who alone may look into it.</source>
        <translation>%1 のデーモンは別のユーザーとして動作しており、そのユーザーだけが中を見られます。</translation>
    </message>
    <message>
        <source>The daemon is of a version that this program cannot show: %1</source>
        <translation>このプログラムでは表示できないバージョンのデーモンです: %1</translation>
    </message>
    <message>
        <source>The daemon did not answer in time.</source>
        <translation>デーモンが時間内に応答しませんでした。</translation>
    </message>
    <message>
        <source>The daemon cannot be reached: %1</source>
        <translation>デーモンに到達できません: %1</translation>
    </message>
    <message>
        <source>The daemon&apos;s answer makes no sense.</source>
        <translation>デーモンの応答が理解できません。</translation>
    </message>
</context>
<context>
    <name>Weave::SpoolCommands</name>
    <message>
        <source>Cannot start %1: %2</source>
        <translation>%1 を開始できません: %2</translation>
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
        <translation>動作中</translation>
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
</context>
</TS>
