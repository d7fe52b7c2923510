"""packaging/portable/install.sh with a bundle of stand-ins: that it keeps to what is its own.

installer.py        as root it runs the script as another user, whose places are below a folder of ours
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

_PACKAGING = Path(__file__).parents[2] / "packaging"
_NOBODY = 65534


class Installer(unittest.TestCase):
    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.home = Path(self._folder.name) / "home"
        self.bundle = Path(self._folder.name) / "bundle"
        self.usual = self.home / ".local/opt/weave-sidecar"
        for name in ("bin/weave-sidecar", "bin/weave-sidecar-tray", "lib/libQt6Core.so.6", "plugins/p.so"):
            self.write(self.bundle / name, "1")
        for name in ("README", "LICENSE", "share/weave-sidecar/config.toml"):
            self.write(self.bundle / name, "1")
        self.write(self.bundle / "share/applications/weave-sidecar-tray.desktop", "Exec=x\n")
        self.write(self.bundle / "share/icons/hicolor/32x32/apps/weave-sidecar-tray.png", "1")
        shutil.copytree(_PACKAGING / "systemd", self.bundle / "share/weave-sidecar/systemd/user")
        shutil.copy(_PACKAGING / "portable/install.sh", self.bundle)
        self.home.mkdir()

    @staticmethod
    def write(path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_script(self, *arguments: str | Path, place: Path | None = None) -> subprocess.CompletedProcess[str]:
        isolated = {}
        if os.geteuid() == 0:
            for path in (Path(self._folder.name), *Path(self._folder.name).rglob("*")):
                os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
            isolated = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        line = [(place or self.bundle) / "install.sh", *arguments]
        environment = {"HOME": str(self.home), "PATH": os.environ["PATH"]}
        return subprocess.run(
            [str(word) for word in line], env=environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.home, **isolated,
        )  # fmt: skip

    def install(self, *arguments: str | Path, place: Path | None = None) -> None:
        done = self.run_script(*arguments, place=place)
        self.assertEqual(done.returncode, 0, done.stdout)

    def assert_refused(self, done: subprocess.CompletedProcess[str], *words: str) -> None:
        self.assertNotEqual(done.returncode, 0, done.stdout)
        for word in words:
            self.assertIn(word, done.stdout)

    def names(self, folder: Path) -> list[str]:
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())

    def assert_installed(self, prefix: Path, version: str) -> None:
        self.assertEqual(self.names(prefix), self.names(self.bundle))
        self.assertEqual((self.home / ".local/bin/weave-sidecar").read_text(), version)

    def test_installs_upgrades_and_removes(self) -> None:
        self.install()
        self.assert_installed(self.usual, "1")
        self.write(self.usual / "lib/of_an_older_version.so", "1")
        self.write(self.bundle / "bin/weave-sidecar", "2")
        self.install()
        self.assert_installed(self.usual, "2")
        self.install("--uninstall", place=self.usual)
        self.assertEqual(self.names(self.home), [".config/weave-sidecar/config.toml"])

    def test_an_empty_folder_may_be_named(self) -> None:
        (self.home / "own").mkdir()
        self.install("--prefix", self.home / "own")
        self.assert_installed(self.home / "own", "1")

    def test_what_others_have_in_a_folder_stays(self) -> None:
        """--prefix ~/.local and /usr/local are what one may try."""
        theirs = [
            self.write(self.home / ".local" / name, "theirs")
            for name in ("bin/mytool", "lib/python3/m.py", "share/keyrings/login.keyring")
        ]
        self.assert_refused(self.run_script("--prefix", self.home / ".local"), ".local/weave-sidecar")
        self.write(self.home / ".local/bin/weave-sidecar", "of a package")
        refused = self.run_script("--prefix", self.home / ".local", "--uninstall")
        self.assert_refused(refused, "other things", str(self.home / ".local"))
        for path in theirs:
            self.assertEqual(path.read_text(), "theirs")

    def test_a_hidden_file_of_others_counts(self) -> None:
        theirs = self.write(self.home / "own/.secret", "theirs")
        self.assert_refused(self.run_script("--prefix", self.home / "own"), "other things")
        self.assertEqual(theirs.read_text(), "theirs")

    def test_an_installed_copy_does_not_install_itself(self) -> None:
        """However its place is spelled: it would remove what it is to copy."""
        self.install()
        (self.home / "link").symlink_to(self.usual)
        for spelling in (f"{self.usual}", f"{self.usual}/", f"{self.usual}//", f"{self.home}/link", f"{self.usual}/."):
            done = self.run_script("--prefix", spelling, place=self.usual)
            self.assert_refused(done, "where this script lies")
            self.assert_installed(self.usual, "1")

    def test_a_copy_that_fails_leaves_the_version_of_before(self) -> None:
        self.install()
        (self.bundle / "plugins/p.so").unlink()
        (self.bundle / "plugins").rmdir()
        self.assert_refused(self.run_script(), "plugins")
        self.write(self.bundle / "plugins/p.so", "1")
        self.assert_installed(self.usual, "1")

    def test_the_root_is_no_place(self) -> None:
        for prefix in ("/", "//"):
            self.assert_refused(self.run_script("--prefix", prefix), "absolute path")
        self.assert_refused(self.run_script("--prefix", "here"), "absolute path")


if __name__ == "__main__":
    unittest.main()
