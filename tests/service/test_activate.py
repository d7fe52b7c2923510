"""systemd's own tool listens, and starts the daemon when the first client connects."""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from skip import need

CALL = b'{"method":"call_start","payload":{"start":{"project_id":"a/b","id":"1"}}}\n'

arguments = argparse.Namespace()


class Activation(unittest.TestCase):
    def test_first_client_starts_the_daemon(self) -> None:
        with tempfile.TemporaryDirectory(prefix="wsa") as name:
            folder = Path(name)
            path = str(folder / "s")
            env = {"PATH": os.environ["PATH"], "HOME": name, "WEAVE_SIDECAR_CONFIG": "none"}
            command = ["systemd-socket-activate", "-l", path, arguments.bin, "--headless"]
            command += ["--backend", f"file:{folder / 'delivered'}", "--flush-interval", "10ms"]
            with open(folder / "log", "wb") as log:
                process = subprocess.Popen(command, env=env, stderr=log)
            try:
                reply, status = self.talk(path)
                self.assertEqual(reply, {"success": True}, (folder / "log").read_text())
                self.assertEqual(status["status"]["socket"], path)
                # The tool has become the daemon.
                self.assertEqual(status["status"]["pid"], process.pid)
                delivered = folder / "delivered"
                self.wait_for(lambda: delivered.exists() and b'"id":"1"' in delivered.read_bytes())
                process.terminate()
                self.assertEqual(process.wait(20), 0, (folder / "log").read_text())
                self.assertTrue(os.path.exists(path), "the socket's path is not the daemon's to remove")
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()

    def talk(self, path: str) -> list[dict]:  # type: ignore[type-arg]
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        self.wait_for(lambda: client.connect_ex(path) == 0)
        client.settimeout(20)
        client.sendall(CALL + b'{"method":"status"}\n')
        lines = client.makefile("rb")
        self.addCleanup(lines.close)
        return [json.loads(lines.readline()) for _ in range(2)]

    def wait_for(self, condition) -> None:  # type: ignore[no-untyped-def]
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline, "it took too long")
            time.sleep(0.01)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    arguments, rest = parser.parse_known_args()
    need("systemd-socket-activate")
    unittest.main(argv=[sys.argv[0], *rest])
