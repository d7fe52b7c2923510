"""A trace server on loopback that remembers which calls it got, and with what credentials."""

import base64
import http.server
import json
import threading


class Backend:
    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.keys: set[str] = set()
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                backend.ids |= {item["req"]["start"]["id"] for item in body["batch"]}
                scheme, _, word = self.headers.get("Authorization", "").partition(" ")
                if scheme == "Basic":
                    backend.keys.add(base64.b64decode(word).decode().partition(":")[2])
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *words: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass  # a daemon that ended without waiting for its answer

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
