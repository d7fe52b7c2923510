"""Debian systems in folders, made by debootstrap and entered by chroot.

Every command runs in a mount namespace of its own, so what is mounted for it is gone with it and a folder
can be removed at any time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

INSTALL_TIMEOUT_S = 900.0
_ENTER = """
set -e
root=$1; shift
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for pair in $BINDS; do mkdir -p "$root${pair#*:}"; mount --bind "${pair%%:*}" "$root${pair#*:}"; done
unset BINDS
exec chroot "$root" "$@"
"""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class RootError(Exception):
    pass


class Root:
    def __init__(self, path: Path, binds: Mapping[Path, str] | None = None) -> None:
        """binds: folders of this system, and where they are seen inside."""
        self.path = path
        self._binds = " ".join(f"{here}:{there}" for here, there in (binds or {}).items())

    def command(self, arguments: Sequence[str], is_contained: bool = False) -> list[str]:
        """What is contained has process ids of its own, and ends, with all that it has started, when the
        command is killed."""
        unshare = ["unshare", "--mount"]
        if is_contained:
            unshare += ["--pid", "--fork", "--kill-child"]
        return [*unshare, "sh", "-c", _ENTER, "enter", str(self.path), *arguments]

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        own = {"PATH": _PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        return own | {"BINDS": self._binds} | dict(more or {})

    def run(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        timeout: float = 120.0,
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(arguments),
            env=self.environment(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and done.returncode != 0:
            raise RootError(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout[-4000:]}")
        return done

    def install(self, *packages: str) -> str:
        """By apt, from the distribution or from files in the root; returns what apt said."""
        options = ["-y", "-q", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
        # Where a settings file was changed, keep it: nobody is here to be asked.
        options += ["-o", "Dpkg::Options::=--force-confold"]
        return self.run("apt-get", "install", *options, *packages, timeout=INSTALL_TIMEOUT_S).stdout

    def packages(self) -> set[str]:
        listing = self.run("dpkg-query", "-W", "-f=${db:Status-Abbrev} ${Package}\n").stdout
        return {line.split()[1] for line in listing.splitlines() if line.startswith("ii")}

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def make_base(suite: str, folder: Path) -> Root:
    """A minimal system, which is made once and then kept. Nothing may be changed in it."""
    base = folder / suite
    if not (base / ".complete").exists():
        shutil.rmtree(base, ignore_errors=True)
        base.parent.mkdir(parents=True, exist_ok=True)
        log = folder / f"{suite}.log"
        with log.open("w") as output:
            done = subprocess.run(
                ["debootstrap", "--variant=minbase", suite, str(base)],
                stdout=output,
                stderr=output,
                timeout=INSTALL_TIMEOUT_S,
                check=False,
            )
        if done.returncode != 0:
            raise RootError(f"debootstrap of {suite} failed; see {log}")
        shutil.copy("/etc/hosts", base / "etc/hosts")
        shutil.copy("/etc/resolv.conf", base / "etc/resolv.conf")
        (base / ".complete").touch()
    return Root(base)


def copy_of(base: Root, path: Path, binds: Mapping[Path, str] | None = None) -> Root:
    shutil.rmtree(path, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(base.path), str(path)], check=True)
    return Root(path, binds)


def refresh(root: Root) -> None:
    root.run("apt-get", "update", "-q", timeout=INSTALL_TIMEOUT_S)


def need_root_rights() -> None:
    if os.geteuid() != 0:
        raise SystemExit("this has to run as root: it makes systems in folders (debootstrap, chroot)")


def wait_for(what: str, look, seconds: float = 30.0):
    """Looks again and again until there is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise RootError(f"waited {seconds:.0f} s for: {what}")
