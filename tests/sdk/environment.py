"""Real SDKs, installed once under build/sdk-env and found again by a hash of what was asked for."""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PACKAGE = REPOSITORY / "sdk" / "python"
_REQUIREMENTS = HERE / "requirements"
_INSTALL_TIMEOUT_S = 300.0
# A registry that cannot be reached shall be noticed in seconds, not after a row of retries.
_PIP_PATIENCE = ("--timeout", "5", "--retries", "0", "--disable-pip-version-check")
_NPM_PATIENCE = ("--fetch-timeout=5000", "--fetch-retries=0")


class Unavailable(Exception):
    """What is missing, in words for the one who reads why tests were skipped."""


@dataclasses.dataclass(frozen=True)
class Environments:
    sdk: Path  # a Python with the SDK alone
    backend: Path  # a Python with the SDK whose wheel holds the server's models
    door: Path | None  # a Python with the SDK and our package, or
    no_door: str  # why there is none
    modules: Path | None  # node_modules, or
    no_node: str  # why there is none


def prepare(root: Path = REPOSITORY / "build" / "sdk-env") -> Environments:
    """Raises Unavailable when not even the plain SDK can be had."""
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / ".lock"):
        sdk = _python(root, "sdk.txt")
        backend = _python(root, "backend.txt")
        door, no_door = _attempt(lambda: _door(root, "sdk.txt"))
        modules, no_node = _attempt(lambda: _node(root))
    return Environments(sdk, backend, door, no_door, modules, no_node)


def prepare_package(root: Path = REPOSITORY / "build" / "sdk-env") -> Path:
    """A Python with the SDK, our package and what tests it. Raises Unavailable."""
    root.mkdir(parents=True, exist_ok=True)
    with _locked(root / ".lock"):
        return _door(root, "package.txt")


def _attempt(make: Callable[[], Path]) -> tuple[Path | None, str]:
    try:
        return make(), ""
    except Unavailable as reason:
        return None, str(reason)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: list[str], what: str, cwd: Path | None = None) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_INSTALL_TIMEOUT_S,
            cwd=cwd,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what}: {error}") from None
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        errors = [line for line in lines if "error" in line.lower()]
        raise Unavailable(f"{what}: {(errors or lines or ['no reason given'])[-1].strip()}")


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join([sys.version.encode(), *contents])).hexdigest()[:12]


def _pip(python: Path, arguments: list[str], what: str) -> None:
    _run([str(python), "-m", "pip", "install", "-q", *_PIP_PATIENCE, *arguments], what)


def _python(root: Path, name: str) -> Path:
    """A venv with that file of requirements."""
    requirements = _REQUIREMENTS / name
    wanted = requirements.read_bytes()
    folder = root / f"{requirements.stem}-{_digest(wanted)}"
    return _venv(
        folder, ["-r", str(requirements)], f"{name} cannot be installed, does a registry answer?"
    )


def _venv(folder: Path, arguments: list[str], failure: str) -> Path:
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)], "no venv can be made")
        _pip(python, arguments, failure)
        ready.touch()
    return python


def package_digest() -> str:
    files = [
        path
        for path in sorted(PACKAGE.rglob("*"))
        if path.is_file()
        and not {"__pycache__", "build", "tests"} & set(path.parts[len(PACKAGE.parts) :])
    ]
    return _digest(*(str(path).encode() + path.read_bytes() for path in files))


def _door(root: Path, name: str) -> Path:
    """A venv with that file of requirements and our package."""
    if not (PACKAGE / "pyproject.toml").exists():
        raise Unavailable("sdk/python is not there")
    requirements = _REQUIREMENTS / name
    folder = root / f"door-{_digest(requirements.read_bytes())}"
    python = _venv(
        folder, ["-r", str(requirements)], f"{name} cannot be installed, does a registry answer?"
    )
    installed, wanted = folder / ".package", package_digest()
    if not installed.exists() or installed.read_text() != wanted:
        with tempfile.TemporaryDirectory() as copy:
            # Building leaves files behind; not in the source tree, please.
            source = Path(copy) / "package"
            shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns("__pycache__", "build"))
            _pip(python, ["--force-reinstall", "--no-deps", str(source)], "sdk/python")
        installed.write_text(wanted)
    return python


def _node(root: Path) -> Path:
    if not shutil.which("node") or not shutil.which("npm"):
        raise Unavailable("node or npm is not installed")
    wanted = (_REQUIREMENTS / "package.json").read_bytes()
    folder = root / f"node-{_digest(wanted)}"
    ready = folder / ".ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "package.json").write_bytes(wanted)
        options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
        _run(
            ["npm", "install", *options, *_NPM_PATIENCE],
            "npm weave cannot be installed, does a registry answer?",
            folder,
        )
        ready.touch()
    return folder / "node_modules"


def main() -> int:
    """Installs what the tests need. What cannot be had is said, and is theirs to skip."""
    for make in (prepare, prepare_package):
        try:
            print(make())
        except Unavailable as reason:
            print(reason)
    return 0


if __name__ == "__main__":
    sys.exit(main())
