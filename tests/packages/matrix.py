"""Builds and tests this tree in another Debian, with the Qt and the compiler that it has.

    matrix.py --roots FOLDER [--suite trixie] [-- ctest arguments…]

The system is made once and kept, with what was built in it. Needs root and debootstrap. The SDKs' tests
are left out: they install much from two package registries and do not depend on the Qt in use.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from roots import Root, copy_of, make_base, need_root_rights, refresh

_TREE = Path(__file__).parents[2]


def bring_tree(root: Root) -> None:
    """The files of the working tree as they are, but for what git ignores; what was built stays."""
    target = root.path / "src"
    target.mkdir(exist_ok=True)
    for old in target.iterdir():
        if old.name != "build":
            subprocess.run(["rm", "-rf", str(old)], check=True)
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=_TREE,
        capture_output=True,
        check=True,
    ).stdout
    present = [name for name in listing.split(b"\0") if name and (_TREE / name.decode()).exists()]
    pack = subprocess.Popen(
        ["tar", "-c", "--null", "--no-recursion", "-T", "-"],
        cwd=_TREE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    unpack = subprocess.Popen(["tar", "-x", "--no-same-owner"], cwd=target, stdin=pack.stdout)
    assert pack.stdin
    pack.stdin.write(b"\0".join(present))
    pack.stdin.close()
    if pack.wait() or unpack.wait():
        sys.exit("matrix.py: the tree could not be copied")


def bring_authorities(root: Root) -> None:
    """The certificates that this machine trusts beside Debian's: a proxy on the way may need them."""
    own = Path("usr/local/share/ca-certificates")
    for certificate in sorted(("/" / own).glob("*.crt")):
        shutil.copy(certificate, root.path / own / certificate.name)
    root.run("update-ca-certificates")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--roots", type=Path, required=True)
    parser.add_argument("--suite", default="trixie")
    parser.add_argument("ctest", nargs="*", help="arguments of ctest; default: all tests but the SDKs'")
    arguments = parser.parse_args()
    need_root_rights()
    path = arguments.roots.resolve() / f"{arguments.suite}-build"
    root = Root(path)
    if not (path / ".complete").exists():
        root = copy_of(make_base(arguments.suite, arguments.roots.resolve()), path)
        refresh(root)
        # What a continuous integration's container gets before ./dev is called.
        root.install("ca-certificates", "git", "python3")
    bring_authorities(root)
    bring_tree(root)
    ctest = arguments.ctest or ["-LE", "sdk"]
    environment = root.environment({"WEAVE_WITHOUT_SDK": "1"})
    line = root.command(["sh", "-c", 'cd /src && exec ./dev test "$@"', "dev", *ctest], is_contained=True)
    # Whoever ends this ends the build, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    process = subprocess.Popen(line, env=environment, stdin=subprocess.DEVNULL)
    try:
        code = process.wait()
    finally:
        process.kill()
    sys.exit(code)


if __name__ == "__main__":
    main()
