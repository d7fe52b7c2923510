"""Installs, upgrades and removes the debs in a Debian that has been booted: systemd starts the daemon.

    booted.py --packages FOLDER --old FOLDER --bases FOLDER

The system is a container of systemd-nspawn. What is to be seen inside is told by inside.py, which the
container runs as its only purpose. Needs root, debootstrap and systemd-nspawn; exit code 77 where that
cannot boot.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deb import suite_of
from roots import Root, copy_of, make_base, need_root_rights, refresh

SKIPPED = 77
BOOT_TIMEOUT_S = 300.0
_HERE = Path(__file__).resolve().parent
_TARGET = """[Unit]
Requires=multi-user.target weave-test.service
After=multi-user.target
AllowIsolate=yes
"""
# The container ends with the exit code of the test.
_SERVICE = """[Unit]
After=multi-user.target
SuccessAction=exit
FailureAction=exit

[Service]
Type=oneshot
Environment=PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
StandardOutput=journal+console
StandardError=journal+console
ExecStart=/usr/bin/python3 /test/inside.py
TimeoutStartSec=240
"""


def nspawn(root: Root, *options: str) -> list[str]:
    command = ["systemd-nspawn", "--quiet", f"--directory={root.path}", "--register=no", "--keep-unit"]
    return [*command, "--private-network", *options]


def prepare(root: Root, arguments: argparse.Namespace) -> None:
    refresh(root)
    root.install("systemd", "systemd-sysv", "dbus", "python3")
    for name, folder in (("old", arguments.old), ("new", arguments.packages)):
        target = root.path / "test" / name
        target.mkdir(parents=True)
        [deb] = folder.glob("weave-sidecar_*.deb")
        shutil.copy(deb, target / "weave-sidecar.deb")
    # There is no network inside: what the package depends on is left behind by one that was here before.
    root.install("/test/old/weave-sidecar.deb")
    root.run("apt-get", "purge", "-y", "-q", "weave-sidecar", timeout=300)
    for name in ("inside.py", "backend.py"):
        shutil.copy(_HERE / name, root.path / "test")
    units = root.path / "etc/systemd/system"
    (units / "weave-test.target").write_text(_TARGET)
    (units / "weave-test.service").write_text(_SERVICE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--old", type=Path, required=True)
    parser.add_argument("--bases", type=Path, required=True)
    arguments = parser.parse_args()
    need_root_rights()
    os.umask(0o022)
    suite = suite_of(next(arguments.packages.glob("weave-sidecar_*.deb")))
    print(f"deb in a booted {suite}:", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="weave-boot-"))
    root = copy_of(make_base(suite, arguments.bases), folder / "root")
    try:
        probe = subprocess.run(
            nspawn(root, "/bin/true"), stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
        if probe.returncode != 0:
            print("  skipped: systemd-nspawn does not work on this machine")
            sys.exit(SKIPPED)
        prepare(root, arguments)
        boot = ["--boot", "systemd.unit=weave-test.target", "systemd.show_status=no"]
        code = subprocess.run(
            nspawn(root, *boot), stdin=subprocess.DEVNULL, timeout=BOOT_TIMEOUT_S, check=False
        ).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("booted deb: passed" if code == 0 else f"booted deb: failed with {code}")
    sys.exit(code)


if __name__ == "__main__":
    main()
