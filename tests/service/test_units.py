"""The units under systemd's own checks. systemd-analyze answers a misspelt key with words on standard
error and success, so that has to be empty."""

import argparse
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from skip import need

# 2.0 on systemd's scale of exposure from 0 to 10.
MAX_EXPOSURE_TIMES_10 = 20

arguments = argparse.Namespace()


def analyze(*words: str, runtime: str = "/nonexistent") -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": runtime, "LANG": "C.UTF-8", "NO_COLOR": "1"}
    return subprocess.run(
        ["systemd-analyze", *words], env=env, capture_output=True, text=True, timeout=60, check=False
    )


def settings(path: Path, section: str) -> dict[str, str]:
    """Of keys that stand several times the last value."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(path.read_text())
    return dict(parser[section])


def seconds(text: str) -> int:
    return int(re.fullmatch(r"(\d+)s?", text)[1])  # type: ignore[index]


class Units(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="wsu")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # The program has to be there; where it is installed to, it is not yet.
        for scope in ("system", "user"):
            shutil.copytree(arguments.units / scope, self.folder / scope)
            service = self.folder / scope / "weave-sidecar.service"
            text, count = re.subn(r"(?m)^(Exec\w+=)\S+", rf"\1{arguments.bin}", service.read_text())
            self.assertEqual(count, 2)
            service.write_text(text)

    def files(self, scope: str) -> list[str]:
        return [str(self.folder / scope / f"weave-sidecar.{kind}") for kind in ("service", "socket")]

    def verify(self, *words: str) -> None:
        # The manual page is installed elsewhere, or not yet.
        result = analyze("verify", "--man=no", *words, runtime=str(self.folder))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)

    def test_system_units(self) -> None:
        self.verify(*self.files("system"))

    def test_user_units(self) -> None:
        self.verify("--user", *self.files("user"))

    def test_shared_socket(self) -> None:
        dropins = self.folder / "system" / "weave-sidecar.socket.d"
        dropins.mkdir()
        shutil.copy(arguments.sources / "group-socket.conf", dropins)
        self.verify(*self.files("system"))
        self.assertEqual(settings(dropins / "group-socket.conf", "Socket")["SocketMode"], "0660")

    def test_check_sees_a_misspelt_key(self) -> None:
        service = self.folder / "system" / "weave-sidecar.service"
        service.write_text(service.read_text().replace("WatchdogSec=", "WatchdogSek="))
        with self.assertRaises(AssertionError):
            self.verify(*self.files("system"))

    def test_exposure(self) -> None:
        service = self.files("system")[0]
        words = ("security", "--offline=true", f"--threshold={MAX_EXPOSURE_TIMES_10}")
        result = analyze(*words, service)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        Path(service).write_text(Path(service).read_text().replace("SystemCallFilter=", "#"))
        self.assertNotEqual(analyze(*words, service).returncode, 0, "the check cannot fail")

    def test_backend_stays_reachable(self) -> None:
        service = settings(Path(self.files("system")[0]), "Service")
        self.assertNotIn("PrivateNetwork", service)
        self.assertNotIn("IPAddressDeny", service)
        for family in ("AF_UNIX", "AF_INET", "AF_INET6"):
            self.assertIn(family, service["RestrictAddressFamilies"].split())

    def test_stop_takes_longer_than_the_shutdown(self) -> None:
        page = subprocess.run([arguments.bin, "--help"], capture_output=True, text=True, check=True).stdout
        default = re.search(r"--shutdown-timeout DURATION  \(default (\w+)\)", page)
        assert default
        for scope in ("system", "user"):
            service = settings(Path(self.files(scope)[0]), "Service")
            self.assertGreaterEqual(seconds(service["TimeoutStopSec"]), 2 * seconds(default[1]))

    def test_no_key_on_a_command_line(self) -> None:
        for scope in ("system", "user"):
            self.assertNotIn("--api-key", Path(self.files(scope)[0]).read_text())

    def test_sockets_are_where_clients_look(self) -> None:
        system = settings(Path(self.files("system")[1]), "Socket")
        self.assertEqual(system["ListenStream"], "/run/weave-sidecar/weave-sidecar.sock")
        self.assertEqual(system["SocketMode"], "0600")
        user = settings(Path(self.files("user")[1]), "Socket")
        self.assertEqual(user["ListenStream"], "%t/weave-sidecar/weave-sidecar.sock")

    def test_user_is_made(self) -> None:
        need("systemd-sysusers")
        (self.folder / "etc").mkdir()
        result = subprocess.run(
            ["systemd-sysusers", f"--root={self.folder}", "-"],
            input=(arguments.sources / "weave-sidecar.sysusers").read_text(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        fields = (self.folder / "etc" / "passwd").read_text().strip().split(":")
        self.assertEqual((fields[0], fields[5]), ("weave-sidecar", "/var/lib/weave-sidecar"))
        self.assertIn("weave-sidecar:", (self.folder / "etc" / "group").read_text())
        service = settings(Path(self.files("system")[0]), "Service")
        self.assertEqual(service["User"], "weave-sidecar")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=Path, required=True)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--bin", required=True)
    arguments, rest = parser.parse_known_args()
    need("systemd-analyze")
    unittest.main(argv=[sys.argv[0], *rest])
