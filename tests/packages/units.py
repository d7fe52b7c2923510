"""What systemd does with weave-sidecar.socket and weave-sidecar.service, as far as a test needs it.

No systemd runs in a chroot. This reads the installed units and starts the daemon as they say: their command,
user, environment and folders, the socket held open while the daemon is restarted, readiness by NOTIFY_SOCKET.
What it does not do: the sandbox, limits, the watchdog, restarts after a crash.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from roots import Root, RootError

READY_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 30.0


def read_unit(text: str) -> dict[str, list[str]]:
    """All settings of a unit whatever their section; an empty value resets the list."""
    settings: dict[str, list[str]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        match = re.fullmatch(r"\s*([A-Za-z]+)\s*=\s*(.*?)\s*", line)
        if not match:
            continue
        values = settings.setdefault(match[1], [])
        if match[2]:
            values.append(match[2])
        else:
            values.clear()
    return settings


class Service:
    def __init__(self, root: Root, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: socket.socket | None = None
        self.log = folder / "daemon.log"
        self.socket_path = Path()

    def _unit(self, name: str) -> dict[str, list[str]]:
        for place in ("usr/lib/systemd/system", "lib/systemd/system"):
            path = self._root.path / place / name
            if path.exists():
                return read_unit(path.read_text())
        raise RootError(f"{name} is not installed")

    def _owner(self, user: str) -> tuple[int, int]:
        entry = self._root.run("getent", "passwd", user).stdout.split(":")
        return int(entry[2]), int(entry[3])

    def _make_folders(self, unit: dict[str, list[str]], user: str) -> dict[str, str]:
        variables = {}
        uid, gid = self._owner(user)
        for kind, base in (("State", "var/lib"), ("Runtime", "run"), ("Cache", "var/cache")):
            for name in " ".join(unit.get(f"{kind}Directory", [])).split():
                path = self._root.path / base / name
                path.mkdir(parents=True, exist_ok=True)
                os.chown(path, uid, gid)
                path.chmod(int(unit.get(f"{kind}DirectoryMode", ["0755"])[-1], 8))
                variables[f"{kind.upper()}_DIRECTORY"] = f"/{base}/{name}"
        return variables

    def listen(self) -> None:
        """Starts the socket unit."""
        unit = self._unit("weave-sidecar.socket")
        self.socket_path = self._root.path / unit["ListenStream"][-1].lstrip("/")
        self.socket_path.parent.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.socket_path))
        self.socket_path.chmod(int(unit.get("SocketMode", ["0666"])[-1], 8))
        if "SocketUser" in unit:
            os.chown(self.socket_path, *self._owner(unit["SocketUser"][-1]))
        self._listener.listen(128)

    def start(self) -> None:
        """Starts the service unit and waits until it says that it is ready."""
        assert self._listener
        unit = self._unit("weave-sidecar.service")
        user = unit["User"][-1]
        variables = self._make_folders(unit, user)
        for line in unit.get("Environment", []):
            variables |= dict(pair.split("=", 1) for pair in shlex.split(line))
        for line in unit.get("EnvironmentFile", []):
            path = self._root.path / line.lstrip("-/")
            if not path.exists() and not line.startswith("-"):
                raise RootError(f"EnvironmentFile={line} is not there")
            if path.exists():
                variables |= dict(pair.split("=", 1) for pair in path.read_text().split())
        variables |= self._credentials(unit, user)
        descriptor = self._listener.fileno()
        notify = self._notify_socket() if "notify" in unit.get("Type", ["simple"])[-1] else None
        if notify:
            variables["NOTIFY_SOCKET"] = "/run/notify"
        variables |= {"HOME": "/", "USER": user, "LISTEN_FDS": "1"}
        start = (
            'export LISTEN_PID=$$; [ "$LISTEN_FD" = 3 ] || exec 3<&"$LISTEN_FD"; unset LISTEN_FD; exec "$@"'
        )
        command = shlex.split(unit["ExecStart"][-1].lstrip("-@:+!"))
        words = ["setpriv", f"--reuid={user}", f"--regid={unit.get('Group', [user])[-1]}", "--init-groups"]
        words += ["bash", "-c", start, "start", *command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._root.command(words),
                env=self._root.environment(variables | {"LISTEN_FD": str(descriptor)}),
                pass_fds=(descriptor,),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if notify:
            self._wait_until_ready(notify)

    def _credentials(self, unit: dict[str, list[str]], user: str) -> dict[str, str]:
        """Files of secrets that the daemon alone may read; SetCredential= stands in for a missing one."""
        values = {}
        for line in unit.get("SetCredential", []):
            name, text = line.split(":", 1)
            values[name] = text.encode().decode("unicode_escape").encode()
        for line in unit.get("LoadCredential", []):
            name, source = line.split(":", 1)
            path = self._root.path / source.lstrip("/")
            if path.exists():
                values[name] = path.read_bytes()
            elif name not in values:
                raise RootError(f"LoadCredential={line} is not there")
        if not values:
            return {}
        folder = self._root.path / "run/credentials/weave-sidecar.service"
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in values.items():
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_bytes(value)
            (folder / name).chmod(0o400)
            os.chown(folder / name, *self._owner(user))
        return {"CREDENTIALS_DIRECTORY": "/run/credentials/weave-sidecar.service"}

    def _notify_socket(self) -> socket.socket:
        path = self._root.path / "run/notify"
        path.unlink(missing_ok=True)
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notify.bind(str(path))
        path.chmod(0o666)
        return notify

    def _wait_until_ready(self, notify: socket.socket) -> None:
        with notify:
            notify.settimeout(READY_TIMEOUT_S)
            try:
                while b"READY=1" not in notify.recv(4096):
                    pass
            except TimeoutError:
                raise RootError("the daemon was not ready in time\n" + self.log_text()) from None

    def user(self) -> str:
        """That the running daemon has."""
        assert self._process
        uid = re.search(r"^Uid:\s+(\d+)", Path(f"/proc/{self._process.pid}/status").read_text(), re.M)
        assert uid
        return self._root.run("getent", "passwd", uid[1]).stdout.split(":")[0]

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> int:
        """Stops the service unit; the socket stays. Returns the daemon's exit code."""
        process, self._process = self._process, None
        if not process:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RootError("the daemon did not end in time\n" + self.log_text()) from None

    def close(self) -> None:
        """Stops both units, as the socket unit with RemoveOnStop=yes would."""
        self.stop()
        if self._listener:
            self._listener.close()
            self._listener = None
            self.socket_path.unlink(missing_ok=True)
        shutil.rmtree(self._root.path / "run/credentials", ignore_errors=True)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""
