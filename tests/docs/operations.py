#!/usr/bin/env python3
"""Runs the commands of docs/operations.md as they stand, against a daemon and a trace server that refuses one
project. Blocks marked `console` need a service manager or root and are left out. Ends with 77, which ctest
takes for "skipped", where nc is not installed."""
import argparse
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

SKIPPED = 77
SECONDS = 20


class Backend(http.server.BaseHTTPRequestHandler):
    """Takes everything but, for as long as `refused` is set, calls of that project."""
    protocol_version = "HTTP/1.1"
    refused = "acme/refused"
    taken = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        calls = [item["req"].get("start") or item["req"]["end"] for item in body["batch"]]
        is_bad = any(call["project_id"] == Backend.refused for call in calls)
        if not is_bad:
            Backend.taken += [call["id"] for call in calls]
        answer = b'{"reason":"the quota is used up"}' if is_bad else b"{}"
        self.send_response(400 if is_bad else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def wait_for(what, condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Scene:
    def __init__(self, binary, folder, port):
        self.folder = folder
        self.socket = os.path.join(folder, "run.sock")
        config = os.path.join(folder, ".config", "weave-sidecar")
        os.makedirs(config)
        with open(os.path.join(config, "config.toml"), "w") as file:
            file.write(f'backend = "http://127.0.0.1:{port}"\nflush-interval = "10ms"\n'
                       f'api-key-file = "{folder}/api-key"\n')
        with open(os.path.join(folder, "api-key"), "w") as file:
            file.write("key\n")
        self.environment = {
            "HOME": folder, "WEAVE_SIDECAR_SOCKET": self.socket, "LC_ALL": "C.UTF-8",
            "PATH": os.path.dirname(os.path.abspath(binary)) + ":" + os.environ["PATH"]}
        self.daemon = subprocess.Popen([binary, "--headless", "--log-level", "error"],
                                       env=self.environment)
        wait_for("the daemon does not start", lambda: os.path.exists(self.socket))

    def ask(self, request):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(self.socket)
            client.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(client.makefile().readline())

    def send(self, project, identifier):
        start = {"project_id": project, "id": identifier, "trace_id": identifier, "op_name": "hello",
                 "started_at": "2026-01-01T00:00:00Z", "attributes": {}, "inputs": {}}
        assert self.ask({"method": "call_start", "payload": {"start": start}}) == {"success": True}

    def calls(self):
        return self.ask({"method": "status"})["status"]["calls"]

    def settle(self):
        wait_for("calls are left", lambda: self.calls()["pending"] == 0)

    def run(self, block):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=self.folder, text=True,
                              env=self.environment, capture_output=True, timeout=60)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"
        return done.stdout

    def stop(self):
        self.daemon.terminate()
        assert self.daemon.wait(SECONDS) == 0


def section(page, title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page, re.M | re.S).group(1)


def blocks(text):
    return re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)


def play(scene, page):
    count = 0
    for title in re.findall(r"^## (.*)$", page, re.M):
        for block in blocks(section(page, title)):
            said = scene.run(block)
            count += 1
            if "config show" in block:
                assert "api-key-file" in said and "/config.toml:3" in said, said
            elif "spool ls" in block:
                assert "2 calls  the backend answered 400: the quota is used up" in said, said
                assert "handed to the daemon again: 2 dead letters" in said, said
                with open(scene.folder + "/calls.ndjson") as file:
                    exported = [json.loads(line) for line in file]
                assert [item["mode"] for item in exported] == ["start", "start"], exported
                # Once more they were refused; from now on they are taken.
                scene.settle()
                Backend.refused = ""
            elif block.startswith("sed"):
                with open(scene.folder + "/replies.ndjson") as file:
                    assert file.read().split("\n") == ['{"success":true}'] * 2 + [""]
                scene.settle()
                assert {"refused-1", "refused-2"} <= set(Backend.taken), Backend.taken
            elif "spool verify" in block:
                assert ", 0 problems" in said, said
    return count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--page", required=True)
    arguments = parser.parse_args()
    if not shutil.which("nc"):
        print("nc is not installed")
        return SKIPPED
    with open(arguments.page) as file:
        page = file.read()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(arguments.bin, folder, server.server_port)
        try:
            scene.send("acme/demo", "good")
            scene.send("acme/refused", "refused-1")
            scene.send("acme/refused", "refused-2")
            wait_for("no dead letters", lambda: scene.calls()["dead_lettered"] == 2)
            count = play(scene, page)
        finally:
            scene.stop()
        # What the page has people look for before they go back to an older version, or remove all.
        empty = "waiting: 0 calls"
        assert empty in scene.run("weave-sidecar spool ls")
        for title in ("Upgrade and downgrade", "Uninstall"):
            assert empty in section(page, title), f"{title} does not say how an empty spool is known"
    assert count >= 8 and "good" in Backend.taken, (count, Backend.taken)
    print(f"{count} blocks of commands work as they stand")
    return 0


if __name__ == "__main__":
    sys.exit(main())
