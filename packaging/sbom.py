"""Writes the list of materials (SBOM, CycloneDX 1.5 JSON) of the packages in a folder.

    sbom.py --packages FOLDER --programs FOLDER --version VERSION --output FILE

Nothing in it is by hand but the licences (licences.tsv): what the programs load is asked of the dynamic
loader, whose libraries these are of dpkg, what the tar.gz carries of the tar.gz, the rest of the files.
SOURCE_DATE_EPOCH is its time; the same packages give the same file.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tarfile
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

_PROGRAMS = {"weave-sidecar": "daemon", "weave-sidecar-tray": "tray"}
# Compiled in, so that no loader knows of them: package, and the programs that have it.
_HEADERS_ONLY = {"libboost-dev": ["weave-sidecar"], "libtomlplusplus-dev": list(_PROGRAMS)}
_HERE = Path(__file__).parent

Component = dict[str, Any]


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@functools.cache
def licences() -> dict[str, str]:
    lines = (_HERE / "licences.tsv").read_text().splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


@functools.cache
def distribution() -> tuple[str, str]:
    release = dict(
        line.replace('"', "").split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    return release["ID"], release["VERSION_ID"]


def licence_of(source: str) -> list[dict[str, str]]:
    if source not in licences():
        sys.exit(f"sbom.py: the licence of {source} is not in {_HERE / 'licences.tsv'}")
    return [{"expression": licences()[source]}]


def sha256(path: Path) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}]


def package_owning(path: str) -> str:
    """The package of a file. Where /lib is a link to /usr/lib, dpkg knows a file by either name."""
    real = os.path.realpath(path)
    for name in (real, re.sub(r"^/usr/lib/", "/lib/", real)):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    sys.exit(f"sbom.py: {path} belongs to no package")


def library(package: str, version: str, source: str) -> Component:
    system, release = distribution()
    architecture = output_of("dpkg", "--print-architecture").strip()
    purl = f"pkg:deb/{system}/{package}@{quote(version)}?arch={architecture}&distro={system}-{release}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package,
        "version": version,
        "purl": purl,
        "licenses": licence_of(source),
        "properties": [{"name": "weave:source-package", "value": source}],
    }


def installed_library(package: str) -> Component:
    fields = "-f=${Version}\t${source:Package}\n"
    version, source = output_of("dpkg-query", "-W", fields, package).splitlines()[0].split("\t")
    return library(package, version, source)


def header_library(package: str) -> Component:
    """Of a package that only says which other one is meant, that other one."""
    depends = output_of("dpkg-query", "-W", "-f=${Depends}", package)
    real = re.match(r"(lib[a-z]+[\d.]+-dev)", depends)
    return installed_library(real[1] if real else package)


def libraries_of(program: Path) -> list[Component]:
    loaded = re.findall(r"=> (/\S+)", output_of("ldd", str(program)))
    return [installed_library(name) for name in sorted({package_owning(path) for path in loaded})]


def bundled_libraries(archive: Path) -> list[Component]:
    """What the tar.gz says that it carries; every library in it has to be named."""
    with tarfile.open(archive) as tar:
        top = tar.getnames()[0].split("/")[0]
        member = tar.extractfile(f"{top}/share/doc/weave-sidecar/bundled.tsv")
        assert member
        rows = [line.split("\t") for line in member.read().decode().splitlines() if line[0] != "#"]
        files = {name.removeprefix(f"{top}/") for name in tar.getnames() if re.search(r"\.so(\.|$)", name)}
    if files != {row[0] for row in rows}:
        sys.exit(f"sbom.py: {archive.name} carries other libraries than its list says")
    found = {row[1]: library(row[1], row[2], row[3]) for row in rows}
    return [found[name] for name in sorted(found)]


def program_component(name: str, version: str, path: Path) -> Component:
    return {
        "type": "application",
        "bom-ref": f"program:{name}",
        "name": name,
        "version": version,
        "licenses": [{"expression": "Apache-2.0"}],
        "hashes": sha256(path),
        "description": f"the {_PROGRAMS[name]}, before its symbols are stripped",
    }


def package_component(path: Path) -> Component:
    return {"type": "file", "bom-ref": f"file:{path.name}", "name": path.name, "hashes": sha256(path)}


def programs_in(package: Path) -> list[str]:
    """Which programs a package has: archives both, the others what their name says."""
    if package.name.endswith(".tar.gz"):
        return list(_PROGRAMS)
    return ["weave-sidecar-tray" if package.name.startswith("weave-sidecar-tray") else "weave-sidecar"]


def is_package(path: Path) -> bool:
    return path.name.endswith((".deb", ".rpm", ".tar.gz"))


def make(packages: Path, programs: Path, version: str) -> dict[str, Any]:
    components: dict[str, Component] = {}
    depends: dict[str, list[str]] = {}

    def add(component: Component, *needs: Component) -> Component:
        reference = component["bom-ref"]
        components.setdefault(reference, component)
        wanted = depends.setdefault(reference, [])
        wanted += [need["bom-ref"] for need in needs if need["bom-ref"] not in wanted]
        return component

    for name in _PROGRAMS:
        needs = libraries_of(programs / name)
        needs += [header_library(head) for head, users in _HEADERS_ONLY.items() if name in users]
        add(program_component(name, version, programs / name), *map(add, needs))
    for path in sorted(filter(is_package, packages.iterdir())):
        needs = [components[f"program:{name}"] for name in programs_in(path)]
        if path.name.endswith(".tar.gz"):
            needs += map(add, bundled_libraries(path))
        add(package_component(path), *needs)

    time = int(os.environ.get("SOURCE_DATE_EPOCH", "0")) or int(datetime.datetime.now().timestamp())
    stamp = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    root = {
        "type": "application",
        "bom-ref": "weave-sidecar",
        "name": "weave-sidecar",
        "version": version,
        "licenses": [{"expression": "Apache-2.0"}],
    }
    files = [reference for reference in depends if reference.startswith("file:")]
    graph = {"weave-sidecar": files} | depends
    body = {
        "metadata": {
            "timestamp": stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": root,
            "properties": [
                {"name": "weave:built-on", "value": f"{'-'.join(distribution())} {platform.machine()}"}
            ],
        },
        "components": list(components.values()),
        "dependencies": [{"ref": ref, "dependsOn": sorted(needs)} for ref, needs in graph.items()],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(body, sort_keys=True))
    head = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
    }
    return head | body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True, help="folder of .deb, .rpm, .tar.gz")
    parser.add_argument("--programs", type=Path, required=True, help="folder of the built programs")
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    bill = make(arguments.packages, arguments.programs, arguments.version)
    arguments.output.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
