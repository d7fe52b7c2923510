"""Looks at built packages from outside, without installing them.

    contents.py --packages FOLDER --version VERSION

Checks what they ask for, what is in them and to whom it belongs, the checksums and the list of materials;
runs lintian and rpmlint, where they are installed, and shows what these warn of.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

GRAPHICAL = re.compile(
    r"(lib)?qt6?-?(gui|widgets|svg|opengl|xcb)|libx11|libxcb|libgl1|libegl|libwayland|fontconfig|keychain",
    re.IGNORECASE,
)
_DAEMON_FILES = (
    "/usr/bin/weave-sidecar",
    "/etc/weave-sidecar/config.toml",
    "/usr/lib/systemd/system/weave-sidecar.service",
    "/usr/lib/systemd/system/weave-sidecar.socket",
    "/usr/lib/systemd/user/weave-sidecar.service",
    "/usr/lib/systemd/user/weave-sidecar.socket",
    "/usr/lib/sysusers.d/weave-sidecar.conf",
    "/usr/share/doc/weave-sidecar/NOTICE",
    "/usr/share/doc/weave-sidecar/README.md",
    "/usr/share/doc/weave-sidecar/docs/operations.md",
    "/usr/share/doc/weave-sidecar/docs/protocol.md",
)
_TRAY_FILES = (
    "/usr/bin/weave-sidecar-tray",
    "/usr/share/applications/weave-sidecar-tray.desktop",
    "/usr/share/metainfo/io.github.weave_sidecar.tray.metainfo.xml",
    "/usr/share/icons/hicolor/scalable/apps/weave-sidecar-tray.svg",
    "/usr/share/icons/hicolor/48x48/apps/weave-sidecar-tray.png",
)


class Check:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def that(self, is_so: object, problem: str) -> None:
        if not is_so:
            self.problems.append(problem)


def output_of(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def unpack(archive: Path, folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    return folder


def check_programs(check: Check, name: str, top: Path, rpath: str) -> None:
    """Of an unpacked package: where its programs look for libraries, and that the daemon draws nothing."""
    for program in top.rglob("bin/weave-sidecar*"):
        if program.is_symlink():
            continue
        dynamic = output_of("readelf", "-d", str(program))
        found = re.findall(r"\(R(?:UN)?PATH\).*\[(.*)\]", dynamic)
        check.that(found == ([rpath] if rpath else []), f"{name}: {program.name} has the RPATH {found}")
        symbols = output_of("readelf", "-SW", str(program))
        check.that(".symtab" not in symbols, f"{name}: {program.name} is not stripped")
        check.that("BIND_NOW" in dynamic, f"{name}: {program.name} is not linked with -z now")
        if program.name == "weave-sidecar":
            graphical = [line for line in re.findall(r"NEEDED.*\[(.*)\]", dynamic) if GRAPHICAL.search(line)]
            check.that(not graphical, f"{name}: the daemon loads {graphical}")


def check_files(check: Check, name: str, files: set[str]) -> None:
    is_tray = name.startswith("weave-sidecar-tray")
    for wanted in _TRAY_FILES if is_tray else _DAEMON_FILES:
        check.that(wanted in files, f"{name}: {wanted} is not in it")
    foreign = [
        path for path in files for other in (_DAEMON_FILES if is_tray else _TRAY_FILES) if path == other
    ]
    check.that(not foreign, f"{name}: {foreign} belongs to the other package")


def check_deb(check: Check, deb: Path, version: str) -> None:
    fields = {
        key: value
        for line in output_of("dpkg-deb", "-f", str(deb)).splitlines()
        if ": " in line and not line.startswith(" ")
        for key, value in [line.split(": ", 1)]
    }
    depends = re.split(r", *", fields["Depends"])
    check.that(fields["Version"].startswith(f"{version}-"), f"{deb.name}: version {fields['Version']}")
    if fields["Package"] == "weave-sidecar":
        graphical = [depend for depend in depends if GRAPHICAL.search(depend)]
        check.that(not graphical, f"{deb.name}: the daemon's package depends on {graphical}")
        conffiles = output_of("dpkg-deb", "-I", str(deb), "conffiles").split()
        check.that(conffiles == ["/etc/weave-sidecar/config.toml"], f"{deb.name}: conffiles {conffiles}")
    else:
        same = f"weave-sidecar (= {fields['Version']})"
        check.that(same in depends, f"{deb.name} does not depend on {same}")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "data.tar"
        with archive.open("wb") as target:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=target, check=True)
        with tarfile.open(archive) as tar:
            members = tar.getmembers()
        top = unpack(archive, Path(folder) / "top")
        for member in members:
            check.that((member.uid, member.gid) == (0, 0), f"{deb.name}: {member.name} is not root's")
            check.that(not member.mode & 0o022, f"{deb.name}: others may write {member.name}")
        check_files(check, deb.name, {member.name.removeprefix(".") for member in members})
        check_programs(check, deb.name, top, "")


def check_rpm(check: Check, rpm: Path, version: str) -> None:
    def query(what: str) -> list[str]:
        return output_of("rpm", "-qp", "--qf", what, str(rpm)).splitlines()

    requires = output_of("rpm", "-qp", "--requires", str(rpm)).splitlines()
    if rpm.name.startswith("weave-sidecar-tray"):
        same = f"weave-sidecar = {version}-1"
        check.that(same in requires, f"{rpm.name} does not require {same}")
    else:
        graphical = [line for line in requires if GRAPHICAL.search(line)]
        check.that(not graphical, f"{rpm.name}: the daemon's package requires {graphical}")
        config = output_of("rpm", "-qp", "--configfiles", str(rpm)).split()
        check.that(config == ["/etc/weave-sidecar/config.toml"], f"{rpm.name}: config files {config}")
    files = set()
    for line in query("[%{FILENAMES}\\t%{FILEMODES}\\t%{FILEUSERNAME}:%{FILEGROUPNAME}\\n]"):
        path, mode, owner = line.split("\t")
        files.add(path)
        check.that(owner == "root:root", f"{rpm.name}: {path} is {owner}'s")
        check.that(
            not int(mode) & 0o022 or stat.S_ISLNK(int(mode) & 0xFFFF), f"{rpm.name}: others may write {path}"
        )
        is_folder = stat.S_ISDIR(int(mode) & 0xFFFF)
        is_own = "weave" in path
        check.that(not is_folder or is_own, f"{rpm.name} owns the system's folder {path}")
    check_files(check, rpm.name, files)
    with tempfile.TemporaryDirectory() as folder:
        unpack = f"rpm2cpio '{rpm}' | cpio -idm --quiet"
        subprocess.run(["sh", "-c", unpack], cwd=folder, check=True)
        check_programs(check, rpm.name, Path(folder), "")


def glibc_of(file: Path) -> tuple[int, int]:
    """The newest version of glibc that a program or library asks for."""
    versions = re.findall(r"Name: GLIBC_(\d+)\.(\d+)", output_of("readelf", "-VW", str(file)))
    return max(((int(major), int(minor)) for major, minor in versions), default=(0, 0))


def check_archive(check: Check, archive: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        [top] = unpack(archive, Path(folder) / "top").iterdir()
        check_programs(check, archive.name, top, "$ORIGIN/../lib")
        libraries = [*top.glob("lib/*.so*"), *top.glob("plugins/*/*.so")]
        check.that(libraries, f"{archive.name} has no libraries")
        readme = (top / "README").read_text()
        stated = re.search(r"glibc (\d+)\.(\d+) or newer", readme)
        assert stated, "the README does not name the glibc that it needs"
        for file in [*libraries, *top.glob("bin/weave-*")]:
            needed = glibc_of(file)
            wanted = (int(stated[1]), int(stated[2]))
            check.that(
                needed <= wanted, f"{archive.name}: {file.name} needs glibc {needed}, README says {wanted}"
            )
            rpath = re.findall(r"\(R(?:UN)?PATH\).*\[(.*)\]", output_of("readelf", "-d", str(file)))
            is_inside = len(rpath) == 1 and rpath[0].startswith("$ORIGIN")
            check.that(is_inside, f"{file.name} has the RPATH {rpath}")
        doc = top / "share/doc/weave-sidecar"
        for line in (doc / "bundled.tsv").read_text().splitlines()[1:]:
            package = line.split("\t")[1]
            check.that(
                (doc / f"licences/{package}.txt").is_file(), f"{archive.name}: no licence of {package}"
            )
        for name in ("LGPL-3", "GPL-3", "LGPL-2.1", "GPL-2"):
            check.that(
                (doc / "licences/common-licenses" / name).is_file(), f"{archive.name} has no text of {name}"
            )
        for path in ("install.sh", "LICENSE", "bin/qt.conf", "share/weave-sidecar/config.toml"):
            check.that((top / path).is_file(), f"{archive.name} has no {path}")


def check_checksums(check: Check, packages: Path) -> None:
    listed = dict(line.split("  ")[::-1] for line in (packages / "SHA256SUMS").read_text().splitlines())
    files = {path.name for path in packages.iterdir()} - {"SHA256SUMS"}
    check.that(set(listed) == files, f"SHA256SUMS lists {sorted(listed)}, the folder has {sorted(files)}")
    for name, value in listed.items():
        found = hashlib.sha256((packages / name).read_bytes()).hexdigest()
        check.that(found == value, f"SHA256SUMS is wrong about {name}")


def check_materials(check: Check, packages: Path) -> None:
    for path in packages.glob("*.cdx.json"):
        text = path.read_text()
        bill = json.loads(text)
        named = {item["name"]: item for item in bill["components"] if item["type"] == "file"}
        for file in packages.iterdir():
            if file.suffix in (".deb", ".rpm", ".gz"):
                found = named.get(file.name, {}).get("hashes", [{}])[0].get("content")
                is_right = found == hashlib.sha256(file.read_bytes()).hexdigest()
                check.that(is_right, f"{path.name} is wrong about {file.name}")
        references = {item["bom-ref"] for item in bill["components"]} | {"weave-sidecar"}
        for item in bill["dependencies"]:
            unknown = {item["ref"], *item["dependsOn"]} - references
            check.that(not unknown, f"{path.name} refers to {unknown}, which is not in it")
        try:
            from cyclonedx.schema import SchemaVersion
            from cyclonedx.validation.json import JsonStrictValidator
        except ImportError:
            print("  no cyclonedx-python-lib: the list of materials was NOT held against its schema")
            continue
        error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
        check.that(error is None, f"{path.name} does not follow its schema: {str(error)[:500]}")


def lint(check: Check, tool: list[str], files: list[Path], is_error: re.Pattern[str]) -> None:
    if not files or not shutil.which(tool[0]):
        return
    done = subprocess.run([*tool, *map(str, files)], capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    print(re.sub(r"(?m)^", "  ", output.strip()))
    for line in output.splitlines():
        check.that(not is_error.search(line), f"{tool[0]}: {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    packages: Path = arguments.packages
    check = Check()
    debs, rpms, archives = (sorted(packages.glob(f"*.{kind}")) for kind in ("deb", "rpm", "tar.gz"))
    check.that(debs or rpms or archives, f"no packages in {packages}")
    for deb in debs:
        check_deb(check, deb, arguments.version)
    for rpm in rpms:
        check_rpm(check, rpm, arguments.version)
    for archive in archives:
        check_archive(check, archive)
    check_checksums(check, packages)
    check_materials(check, packages)
    lint(check, ["lintian", "--allow-root", "--no-cfg"], debs, re.compile(r"^E: "))
    rpmlintrc = Path(__file__).parents[2] / "packaging/rpm/rpmlint.toml"
    lint(check, ["rpmlint", "-c", str(rpmlintrc)], rpms, re.compile(r": E: "))
    for problem in check.problems:
        print(f"contents: {problem}", file=sys.stderr)
    count = len(debs) + len(rpms) + len(archives)
    print(f"contents: {count} packages looked at, {len(check.problems)} problems")
    sys.exit(1 if check.problems else 0)


if __name__ == "__main__":
    main()
