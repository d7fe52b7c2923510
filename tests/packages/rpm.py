"""Installs, upgrades and erases the rpms below another root, where their libraries are.

    rpm.py --packages FOLDER --old FOLDER --bases FOLDER

There is no Fedora here: the system below is a Debian, whose rpm does not know what Debian's packages
provide (--nodeps). So scriptlets, files and the programs are tried, and dependencies are not. Needs root
and debootstrap.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from backend import Backend, ask, start_line
from roots import Root, copy_of, make_base, need_root_rights, refresh, wait_for
from units import Service

_CONFIG = "etc/weave-sidecar/config.toml"
# What the programs load, by Debian's names for it.
_LIBRARIES = ("libqt6network6", "libqt6widgets6", "libqt6svg6", "qtkeychain-qt6-dev")


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def find(folder: Path, name: str) -> Path:
    found = sorted(folder.glob(f"{name}-[0-9]*.rpm"))
    assert len(found) == 1, f"{folder} has {len(found)} packages {name}"
    return found[0]


def rpm(root: Root, *arguments: str) -> str:
    """The rpm of this system on that root. It enters the root for scriptlets by itself."""
    done = subprocess.run(
        ["rpm", "--root", str(root.path), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"rpm {' '.join(arguments)}: {done.stdout}"
    # rpm goes on after a scriptlet that failed, with a warning.
    assert "scriptlet failed" not in done.stdout, done.stdout
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--old", type=Path, required=True)
    parser.add_argument("--bases", type=Path, required=True)
    arguments = parser.parse_args()
    need_root_rights()
    os.umask(0o022)
    release = Path("/etc/os-release").read_text()
    suite = re.search(r"VERSION_CODENAME=(\w+)", release)
    assert suite
    print(f"rpm below a root of {suite[1]}:", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="weave-rpm-"))
    folder.chmod(0o755)
    root = copy_of(make_base(suite[1], arguments.bases), folder / "root")
    service = Service(root, folder)
    backend = Backend()
    try:
        refresh(root)
        root.install(*_LIBRARIES)
        rpm(root, "--initdb")
        rpm(root, "-i", "--nodeps", str(find(arguments.old, "weave-sidecar")))
        root.run("getent", "passwd", "weave-sidecar")
        config = root.path / _CONFIG
        config.write_text(f'backend = "http://127.0.0.1:{backend.port}"\n')
        service.listen()
        service.start()
        [reply] = ask(service.socket_path, start_line("by-rpm"))
        assert reply == {"success": True}, reply
        wait_for("the call at the backend", lambda: "by-rpm" in backend.seen)
        say("installed; the unit's own command runs and a call went through it")

        backend.down()
        ask(service.socket_path, start_line("over-the-upgrade"))
        tray = find(arguments.packages, "weave-sidecar-tray")
        rpm(root, "-U", "--nodeps", str(find(arguments.packages, "weave-sidecar")), str(tray))
        assert f"127.0.0.1:{backend.port}" in config.read_text(), "the upgrade took the settings"
        root.run("getent", "passwd", "weave-sidecar")
        service.stop()
        service.start()
        backend.up()
        ask(service.socket_path, b'{"method":"retry"}\n')
        wait_for("the waiting call at the backend", lambda: "over-the-upgrade" in backend.seen)
        assert root.run("weave-sidecar-tray", "--version").stdout.startswith("weave-sidecar-tray ")
        say("upgraded with a call waiting: settings kept, call delivered; the tray's package installed")

        rpm(root, "-e", "--nodeps", "weave-sidecar-tray", "weave-sidecar")
        service.close()
        found = root.run("find", "/", "-xdev", "-iname", "*weave*").stdout.split()
        kept = {"/var/lib/weave-sidecar", "/etc/weave-sidecar", f"/{_CONFIG}.rpmsave"}
        left = [
            path
            for path in found
            if path not in kept
            and not path.startswith(("/proc/", "/dev/", "/run/", "/var/lib/weave-sidecar/"))
        ]
        assert not left, f"left after erasing: {left}"
        assert list((root.path / "var/lib/weave-sidecar").rglob("*")), "erasing took the spool"
        say("erased: settings and spool kept, nothing else left")
    except BaseException:
        print(service.log_text())
        raise
    finally:
        service.close()
        shutil.rmtree(folder, ignore_errors=True)
    print("rpm: passed")


if __name__ == "__main__":
    main()
