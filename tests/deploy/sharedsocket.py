#!/usr/bin/env python3
"""Tries what the Kubernetes manifests promise with processes of the users and groups that they name: the
daemon's socket in a folder that others see read-only. Needs root on Linux and the tools of
requirements.txt; ends with 77, which ctest takes for "skipped", without."""
import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import tools

tools.use()
try:
    import manifests
except ImportError as missing:
    tools.skip(missing)

OUTSIDER = 4711
# One that other users can run, too.
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
SECONDS = 20

# Run as the program's user: what it may do with the socket and the folders.
CLIENT = r"""
import json, os, socket, sys
path, spool = sys.argv[1:]
found = {}
def ask(line):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10)
        client.connect(path)
        client.sendall(line.encode() + b"\n")
        return json.loads(client.makefile().readline())
def attempt(name, action):
    try:
        found[name] = action()
    except OSError as error:
        found[name] = type(error).__name__ if error.errno != 30 else "read-only"
call = {"start": {"project_id": "acme/demo", "id": "1", "op_name": "hello", "trace_id": "1",
                  "started_at": "2026-01-01T00:00:00Z", "attributes": {}, "inputs": {"secret": "canary"}}}
attempt("call", lambda: ask(json.dumps({"method": "call_start", "payload": call}))["success"])
attempt("status", lambda: ask('{"method":"status"}')["success"])
attempt("pause", lambda: ask('{"method":"pause"}')["success"])
attempt("subscribe", lambda: ask('{"method":"subscribe","payload":{"topics":["payloads"]}}')["success"])
attempt("list spool", lambda: os.listdir(spool))
attempt("replace", lambda: os.rename(path, path + ".old"))
attempt("add", lambda: open(os.path.join(os.path.dirname(path), "new"), "w").close())
print(json.dumps(found))
"""


def run_as(user, group, groups, command, **options):
    """Without any capability, as the containers are."""
    return subprocess.Popen(
        ["setpriv", f"--reuid={user}", f"--regid={group}",
         f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups",
         "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", *command], **options)


def client(path, spool, user, groups):
    """What a program of this user can do. It sees the socket's folder read-only, like its container."""
    folder = os.path.dirname(path)
    script = f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}" && exec "$@"'
    command = ["unshare", "--mount", "sh", "-ec", script, "sh",
               "setpriv", f"--reuid={user}", f"--regid={user}",
               f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups",
               "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs",
               PYTHON, "-I", "-c", CLIENT, path, spool]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Daemon:
    """With the flags of a manifest that are about access, and no others."""

    def __init__(self, binary, base, container, user, group):
        flags = [flag for flag in container["args"] if flag.startswith(("--headless", "--socket-"))]
        assert len(flags) == 3, flags
        self.socket = os.path.join(base, "run", "weave-sidecar.sock")
        environment = {"WEAVE_SIDECAR_SOCKET": self.socket, "XDG_STATE_HOME": base,
                       "WEAVE_SIDECAR_CONFIG": "none", "LC_ALL": "C.UTF-8"}
        self.spool = os.path.join(base, "weave-sidecar", "spool")
        self.process = run_as(user, group, [group], [binary, *flags, "--backend=http://127.0.0.1:9",
                                                    "--api-key=none", "--shutdown-timeout=0s"],
                              env=environment, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + SECONDS
        while not os.path.exists(self.socket):
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < deadline, "the daemon does not start"
            time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == 0, self.process.returncode


def check(binary, base, pod, container, prepare):
    context = {**pod["securityContext"], **container["securityContext"]}
    user, group = context["runAsUser"], context["runAsGroup"]
    prepare(base, group)
    daemon = Daemon(binary, base, container, user, group)
    try:
        found = client(daemon.socket, daemon.spool, 1000, [group])
        assert found["call"] is True and found["status"] is True, found
        # The group hands calls over; it neither controls nor watches, nor takes anything's place.
        assert found["pause"] is False and found["subscribe"] is False, found
        assert found["list spool"] == "PermissionError", found
        assert found["replace"] == "read-only" and found["add"] == "read-only", found
        found = client(daemon.socket, daemon.spool, OUTSIDER, [])
        assert found["call"] == "PermissionError" and found["status"] == "PermissionError", found
        assert found["list spool"] == "PermissionError", found
        mode = os.stat(daemon.socket)
        assert (mode.st_mode & 0o777, mode.st_uid, mode.st_gid) == (0o660, user, group), oct(mode.st_mode)
    finally:
        daemon.stop()
    assert not os.path.exists(daemon.socket)


def empty_dir(base, group):
    """As the kubelet makes an emptyDir of a pod with fsGroup."""
    for name in ("run", "weave-sidecar"):
        path = os.path.join(base, name)
        os.mkdir(path)
        os.chown(path, 0, group)
        os.chmod(path, 0o2777)


def host_path(script):
    """As the kubelet makes them, then changed by the init container, with its capabilities."""
    def prepare(base, _):
        for name in ("run", "weave-sidecar"):
            os.mkdir(os.path.join(base, name), 0o755)
        own = script.replace("/run/weave-sidecar", base + "/run").replace(
            "/var/lib/weave-sidecar", base + "/weave-sidecar")
        assert own.count(base) == 2, own
        for _ in range(2): # the second time they are the daemon's already
            subprocess.run(["setpriv", "--bounding-set=-all,+chown,+fowner", "--no-new-privs",
                            "sh", "-ec", own], check=True, timeout=SECONDS)
    return prepare


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True, help="packaging/kubernetes")
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    can_mount = os.geteuid() == 0 and shutil.which("setpriv") and subprocess.run(
        ["unshare", "--mount", "true"], capture_output=True).returncode == 0
    if not can_mount:
        print("this needs root, setpriv and unshare")
        return tools.SKIPPED
    tried = []
    for name, pod in manifests.pods(arguments.folder):
        for container in manifests.daemons(pod):
            folders = [other for other in manifests.containers(pod) if other["name"] == "folders"]
            prepare = host_path(folders[0]["command"][-1]) if folders else empty_dir
            with tempfile.TemporaryDirectory() as base:
                os.chmod(base, 0o755)
                os.mkdir(base + "/bin", 0o755)
                binary = shutil.copy(arguments.bin, base + "/bin") # the build folder may be closed
                check(binary, base, pod, container, prepare)
            tried.append(name)
    assert len(tried) == 3, tried
    print(f"shared as they say: {', '.join(tried)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
