"""What the units do under a real systemd. Run by booted.py as root of a machine that is thrown away."""

import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import time
import unittest
from collections.abc import Callable
from pathlib import Path

import client
from backend import Backend

SOCKET = Path("/run/weave-sidecar/weave-sidecar.sock")
STATE = Path("/var/lib/weave-sidecar")
ETC = Path("/etc/weave-sidecar")
DROPINS = Path("/etc/systemd/system")
KEY = "k" * 40


def run(*words: str, check: bool = True) -> str:
    result = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    if check and result.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout.strip()


def show(name: str, unit: str = "weave-sidecar.service") -> str:
    return run("systemctl", "show", "--value", "--property", name, unit)


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it took too long\n" + log())
        time.sleep(0.02)


def log() -> str:
    return run("journalctl", "--no-pager", "--output=cat", "--unit=weave-sidecar.service", "--boot")


def as_user(uid: int, work: Callable[[], bool]) -> bool:
    """Whether work() says yes in a process of that user, with its groups."""
    child = os.fork()
    if child == 0:
        code = 2
        try:
            user = pwd.getpwuid(uid)
            os.initgroups(user.pw_name, user.pw_gid)
            os.setgid(user.pw_gid)
            os.setuid(uid)
            code = 0 if work() else 1
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code != 2
    return code == 0


def can_connect(path: Path = SOCKET) -> bool:
    try:
        client.Connection(str(path)).close()
    except OSError:
        return False
    return True


class SystemService(unittest.TestCase):
    def setUp(self) -> None:
        self.backend = Backend()
        self.addCleanup(self.backend.close)
        self.addCleanup(self.stop)
        ETC.mkdir(exist_ok=True)
        self.configure(WEAVE_SIDECAR_BACKEND=self.backend.url)

    def stop(self) -> None:
        run("systemctl", "stop", "weave-sidecar.socket", "weave-sidecar.service")
        run("systemctl", "reset-failed", "weave-sidecar.socket", "weave-sidecar.service", check=False)
        shutil.rmtree(ETC)
        shutil.rmtree(STATE, ignore_errors=True)
        for dropins in DROPINS.glob("weave-sidecar.*.d"):
            shutil.rmtree(dropins)
        run("systemctl", "daemon-reload")

    def configure(self, **variables: str) -> None:
        text = "".join(f"{name}={value}\n" for name, value in variables.items())
        (ETC / "environment").write_text(text)

    def dropin(self, unit: str, text: str) -> None:
        folder = DROPINS / f"{unit}.d"
        folder.mkdir(exist_ok=True)
        (folder / "test.conf").write_text(text)
        run("systemctl", "daemon-reload")

    def start_socket(self) -> None:
        run("systemctl", "start", "weave-sidecar.socket")

    def hand_over(self, name: str) -> None:
        with client.Connection(str(SOCKET)) as connection:
            self.assertEqual(connection.exchange([client.call(name)]), [{"success": True}], log())

    def main_pid(self) -> int:
        return int(show("MainPID"))

    # --- tests

    def test_first_call_starts_the_daemon(self) -> None:
        self.start_socket()
        found = SOCKET.lstat()
        self.assertTrue(stat.S_ISSOCK(found.st_mode))
        self.assertEqual(stat.S_IMODE(found.st_mode), 0o600)
        user = pwd.getpwnam("weave-sidecar")
        self.assertEqual((found.st_uid, found.st_gid), (user.pw_uid, user.pw_gid))
        self.assertEqual(show("ActiveState"), "inactive")
        self.hand_over("first")
        self.assertEqual(show("ActiveState"), "active")
        wait_for(lambda: "first" in self.backend.ids)
        self.assertEqual(self.backend.keys, set(), "there is no key yet")
        spool = (STATE / "spool").stat()
        self.assertEqual((spool.st_uid, stat.S_IMODE(STATE.stat().st_mode)), (user.pw_uid, 0o700))
        status = client.ask(str(SOCKET), "status")["status"]
        self.assertEqual(status["socket"], str(SOCKET))

    def test_status_line(self) -> None:
        run("systemctl", "start", "weave-sidecar.service")
        self.assertEqual(show("StatusText"), "Ready · 0 delivered · 0 waiting")
        self.hand_over("one")
        wait_for(lambda: show("StatusText") == "Connected · 1 delivered · 0 waiting")

    def test_journal_has_priorities(self) -> None:
        self.start_socket()
        self.hand_over("one")
        ready = self.journal("is ready on")
        self.assertEqual(ready["PRIORITY"], "6")
        self.assertTrue(ready["MESSAGE"].startswith("app: weave-sidecar "), ready)
        self.assertEqual(self.journal("no API key was found")["PRIORITY"], "4")
        self.configure(WEAVE_SIDECAR_BACKEND="ftp://nowhere")
        run("systemctl", "restart", "weave-sidecar.service", check=False)
        self.assertEqual(self.journal("weave-sidecar: WEAVE_SIDECAR_BACKEND")["PRIORITY"], "3")

    def journal(self, words: str) -> dict[str, str]:
        """The last entry of the service with these words."""
        text = run("journalctl", "--no-pager", "--output=json", "--unit=weave-sidecar.service")
        entries = [json.loads(line) for line in text.splitlines()]
        return [entry for entry in entries if words in entry.get("MESSAGE", "")][-1]

    def test_restarts_cost_no_call(self) -> None:
        self.start_socket()
        clients = [client.Persistent(str(SOCKET), name) for name in ("ada", "bob")]
        for _ in range(5):
            before = [len(one.accepted) for one in clients]
            wait_for(lambda: all(len(c.accepted) > n + 50 for c, n in zip(clients, before, strict=True)))
            run("systemctl", "restart", "weave-sidecar.service")
        accepted: list[str] = []
        for one in clients:
            one.stop()
            self.assertEqual(one.troubles, [], log())
            self.assertGreaterEqual(one.reconnects, 3)
            self.assertLess(one.longest, 5, "the SDK would have given up")
            accepted += one.accepted
        wait_for(lambda: set(accepted) <= self.backend.ids)

    def test_killed_daemon_comes_back(self) -> None:
        self.start_socket()
        self.hand_over("before")
        first = self.main_pid()
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: self.main_pid() not in (0, first))
        self.hand_over("after")
        wait_for(lambda: {"before", "after"} <= self.backend.ids)

    def test_hung_daemon_is_replaced(self) -> None:
        self.dropin("weave-sidecar.service", "[Service]\nWatchdogSec=1\n")
        self.start_socket()
        self.hand_over("before")
        first = self.main_pid()
        time.sleep(2)
        self.assertEqual(self.main_pid(), first, "it is well and says so")
        os.kill(first, signal.SIGSTOP)
        wait_for(lambda: self.main_pid() not in (0, first))
        self.hand_over("after")
        wait_for(lambda: {"before", "after"} <= self.backend.ids)

    def test_key_as_credential(self) -> None:
        key = ETC / "api-key"
        key.write_text(KEY + "\n")
        key.chmod(0o600)
        self.start_socket()
        self.hand_over("one")
        wait_for(lambda: "one" in self.backend.ids)
        self.assertEqual(self.backend.keys, {KEY})
        self.assertIn("the API key comes from the credential",
                      run("weave-sidecar", "doctor", "--backend", self.backend.url, check=False))
        self.assertEqual(self.backend.keys, {KEY}, "the doctor tests the service's key")
        environment = Path(f"/proc/{self.main_pid()}/environ").read_text()
        self.assertNotIn(KEY, environment)
        self.assertNotIn(KEY, log())
        # systemd reads it when the service starts, as docs/systemd.md says; here is how one sees when
        # a newer one does so on a reload, too.
        key.write_text(KEY + "2\n")
        run("systemctl", "reload", "weave-sidecar.service")
        self.hand_over("two")
        wait_for(lambda: "two" in self.backend.ids)
        if {KEY} != self.backend.keys:
            print("a reload has brought the new key: docs/systemd.md is out of date")
        run("systemctl", "restart", "weave-sidecar.service")
        self.hand_over("three")
        wait_for(lambda: "three" in self.backend.ids)
        self.assertEqual(self.backend.keys, {KEY, KEY + "2"})

    def test_doctor_looks_at_a_service_that_is_down(self) -> None:
        (ETC / "config.toml").write_text(f'backend = "{self.backend.url}"\n')
        key = ETC / "api-key"
        key.write_text(KEY + "\n")
        key.chmod(0o600)
        run("systemctl", "start", "weave-sidecar.service")  # makes the spool
        run("systemctl", "stop", "weave-sidecar.socket", "weave-sidecar.service")
        found = run("weave-sidecar", "doctor", check=False)
        self.assertIn(f"nothing is at {SOCKET}: no daemon is running", found)
        self.assertIn("systemctl start weave-sidecar.socket", found)
        self.assertIn("the API key comes from the credential", found)
        self.assertIn(f"{STATE}/spool belongs to weave-sidecar alone", found)
        self.assertNotIn("problem  config", found)
        # Of a socket that is named another daemon is meant.
        other = run("weave-sidecar", "doctor", "--socket", "/tmp/own.sock", check=False)
        self.assertIn("nothing is at /tmp/own.sock", other)
        self.assertNotIn("the credential", other)

    def test_wrong_setting_ends_it(self) -> None:
        self.configure(WEAVE_SIDECAR_BACKEND="ftp://nowhere")
        run("systemctl", "start", "weave-sidecar.service", check=False)
        wait_for(lambda: show("ActiveState") == "failed")
        self.assertEqual(show("ExecMainStatus"), "2")
        self.assertEqual(show("NRestarts"), "0")
        self.assertIn("WEAVE_SIDECAR_BACKEND", log())
        # Clients start it again some times, and then know that they have to go another way.
        wait_for(lambda: not can_connect())
        self.assertFalse(SOCKET.exists())
        self.configure(WEAVE_SIDECAR_BACKEND=self.backend.url)
        run("systemctl", "reset-failed", "weave-sidecar.service")
        run("systemctl", "restart", "weave-sidecar.socket")
        self.hand_over("mended")

    def test_config_file_and_reload(self) -> None:
        (ETC / "environment").unlink()
        config = ETC / "config.toml"
        config.write_text(f'backend = "{self.backend.url}"\n')
        self.start_socket()
        self.hand_over("one")
        pid = self.main_pid()
        changed = f'backend = "{self.backend.url}"\nflush-interval = "10ms"\n'
        config.write_text(changed + 'socket = "/run/nobody-listens-here.sock"\n')
        run("systemctl", "reload", "weave-sidecar.service")
        self.assertIn("reload: changed: flush-interval", log())
        self.assertIn("the service manager has made the socket: socket.", log())
        config.write_text('flush-interval = "soon"\n')
        with self.assertRaises(AssertionError, msg="a wrong setting has to be told"):
            run("systemctl", "reload", "weave-sidecar.service")
        self.assertEqual((show("ActiveState"), self.main_pid()), ("active", pid))
        self.hand_over("two")
        wait_for(lambda: {"one", "two"} <= self.backend.ids)

    def test_key_in_the_systems_file(self) -> None:
        """It cannot be private: the service reads it, and so do the users."""
        config = ETC / "config.toml"
        config.write_text(f'backend = "{self.backend.url}"\napi-key = "{KEY}"\n')
        config.chmod(0o644)
        found = subprocess.run(
            ["weave-sidecar", "config", "check"], capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(found.returncode, 2)
        self.assertIn("keep the key in /etc/weave-sidecar/api-key", found.stderr)
        self.assertNotIn("chmod 600", found.stderr)
        self.assertNotIn(KEY, found.stderr)

    def test_metrics_on_a_socket(self) -> None:
        path = str(SOCKET.with_name("metrics"))
        self.configure(WEAVE_SIDECAR_BACKEND=self.backend.url, WEAVE_SIDECAR_METRICS=f"unix:{path}")
        self.start_socket()
        self.hand_over("one")
        with client.Connection(path) as connection:
            page = connection.ask_raw(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertIn(b"weave_sidecar_calls_received_total 1", page)
        run("systemctl", "stop", "weave-sidecar.service")
        self.assertTrue(SOCKET.exists(), "it is not the daemon's, though it lies beside its own")
        self.assertFalse(Path(path).exists())
        self.hand_over("two")

    def test_socket_shared_with_a_group(self) -> None:
        run("useradd", "--groups", "weave-sidecar", "member")
        run("useradd", "stranger")
        self.addCleanup(run, "userdel", "member")
        self.addCleanup(run, "userdel", "stranger")
        member, stranger = (pwd.getpwnam(name).pw_uid for name in ("member", "stranger"))
        self.start_socket()
        self.assertFalse(as_user(member, can_connect), "it is private unless shared")
        folder = DROPINS / "weave-sidecar.socket.d"
        folder.mkdir()
        example = next(Path("/usr").glob("**/share/doc/weave-sidecar/examples/group-socket.conf"))
        shutil.copy(example, folder)
        run("systemctl", "daemon-reload")
        run("systemctl", "restart", "weave-sidecar.socket")
        self.assertFalse(as_user(stranger, can_connect))

        def may_hand_over() -> bool:
            with client.Connection(str(SOCKET)) as connection:
                return connection.exchange([client.call("member")]) == [{"success": True}]

        def may_pause() -> bool:
            return bool(client.ask(str(SOCKET), "pause")["success"])

        self.assertTrue(as_user(member, may_hand_over), log())
        self.assertFalse(as_user(member, may_pause), "control is the daemon's own user's")
        self.assertTrue(as_user(pwd.getpwnam("weave-sidecar").pw_uid, may_pause), log())
        self.assertTrue(client.ask(str(SOCKET), "resume")["success"], "and root's")
        wait_for(lambda: "member" in self.backend.ids)

    def test_commands_find_its_spool(self) -> None:
        self.start_socket()
        self.assertTrue(client.ask(str(SOCKET), "status")["success"], log())  # it is up
        self.assertIn(f"{STATE}/spool: waiting: 0 calls", run("weave-sidecar", "spool", "ls"))
        owner = pwd.getpwnam("weave-sidecar").pw_uid
        self.assertTrue(as_user(owner, lambda: "0 problems" in run("weave-sidecar", "spool", "verify")))

    def test_names_of_clients_are_seen(self) -> None:
        self.start_socket()
        with client.Connection(str(SOCKET)) as connection:
            line = b'{"method":"subscribe","payload":{"topics":["clients"]}}\n'
            event = connection.exchange([line, b""])[1]
        self.assertEqual([one["pid"] for one in event["clients"]], [os.getpid()])
        self.assertIn("python", event["clients"][0]["name"])

    def test_sandbox_holds(self) -> None:
        run("systemctl", "start", "weave-sidecar.service")
        pid = self.main_pid()
        pairs = (line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        status = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        self.assertEqual(int(status["CapBnd"], 16), 0)
        mounts = Path(f"/proc/{pid}/mountinfo").read_text()
        root = next(line for line in mounts.splitlines() if line.split()[4] == "/")
        self.assertIn("ro", root.split()[5].split(","))
        limits = Path(f"/proc/{pid}/limits").read_text()
        # As many as this container may give.
        files = int(re.search(r"Max open files\s+(\d+)", limits)[1])  # type: ignore[index]
        self.assertGreaterEqual(files, 16384)
        self.assertRegex(limits, r"Max core file size\s+0\s+0")
        self.assertNotIn("limit of open files", log())
        # Whoever makes files beforehand gives way to clients: field 19 of stat, where 3 follows the name.
        self.hand_over("one")

        def nices() -> set[int]:
            texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat")]
            return {int(text.rpartition(")")[2].split()[16]) for text in texts}

        wait_for(lambda: 19 in nices())

    def test_stop_and_remove(self) -> None:
        self.start_socket()
        self.hand_over("one")
        run("systemctl", "stop", "weave-sidecar.service")
        self.assertTrue(SOCKET.exists(), "the next call starts it again")
        self.hand_over("two")
        run("systemctl", "stop", "weave-sidecar.socket", "weave-sidecar.service")
        self.assertFalse(SOCKET.exists())
        self.assertEqual(show("Result"), "success")
        wait_for(lambda: {"one", "two"} <= self.backend.ids)


class UserService(unittest.TestCase):
    """A user's own manager, as a login would start it."""

    def setUp(self) -> None:
        self.backend = Backend()
        self.addCleanup(self.backend.close)
        run("useradd", "--create-home", "ada")
        self.user = pwd.getpwnam("ada")
        self.runtime = Path(f"/run/user/{self.user.pw_uid}")
        self.runtime.mkdir(parents=True)
        self.runtime.chmod(0o700)
        os.chown(self.runtime, self.user.pw_uid, self.user.pw_gid)
        words = ["systemd-run", "--quiet", "--unit=ada-manager", "--uid=ada", "--property=Delegate=yes"]
        for name, value in self.environment().items():
            words.append(f"--setenv={name}={value}")
        run(*words, "/usr/lib/systemd/systemd", "--user")
        self.addCleanup(run, "systemctl", "stop", "ada-manager")
        wait_for(lambda: self.control("is-system-running", check=False) in ("running", "degraded"))

    def environment(self) -> dict[str, str]:
        return {
            "HOME": self.user.pw_dir,
            "XDG_RUNTIME_DIR": str(self.runtime),
            "WEAVE_SIDECAR_BACKEND": self.backend.url,
        }

    def control(self, *words: str, check: bool = True) -> str:
        variables = [f"{name}={value}" for name, value in self.environment().items()]
        command = ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"]
        return run(*command, "env", *variables, "systemctl", "--user", *words, check=check)

    def test_daemon_of_a_user(self) -> None:
        self.control("start", "weave-sidecar.socket")
        path = self.runtime / "weave-sidecar" / "weave-sidecar.sock"
        self.assertEqual(stat.S_IMODE(path.lstat().st_mode), 0o600)
        persistent = client.Persistent(str(path), "ada")
        for _ in range(3):
            before = len(persistent.accepted)
            wait_for(lambda: len(persistent.accepted) > before + 20 or persistent.troubles)
            self.control("restart", "weave-sidecar.service")
        persistent.stop()
        self.assertEqual(persistent.troubles, [])
        wait_for(lambda: set(persistent.accepted) <= self.backend.ids)
        pid = int(self.control("show", "--value", "--property=MainPID", "weave-sidecar.service"))
        self.assertEqual(Path(f"/proc/{pid}").stat().st_uid, self.user.pw_uid)
        self.assertIn("Seccomp:\t2", Path(f"/proc/{pid}/status").read_text())
        self.assertTrue((Path(self.user.pw_dir) / ".local/state/weave-sidecar/spool").is_dir())
        self.control("stop", "weave-sidecar.socket", "weave-sidecar.service")
        self.assertFalse(path.exists())


if __name__ == "__main__":
    print("inside the container")
    unittest.main(verbosity=2)
