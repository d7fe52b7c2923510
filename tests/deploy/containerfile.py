#!/usr/bin/env python3
"""Lints the Containerfile, and looks whether the build gets all that it copies. Ends with 77, which ctest
takes for "skipped", where hadolint is not installed."""
import argparse
import os
import re
import subprocess
import sys

import tools


def logical_lines(path):
    with open(path) as file:
        return re.sub(r"\\\n", " ", re.sub(r"^\s*#.*\n", "", file.read(), flags=re.M)).splitlines()


def check_context(root):
    """The folders that the build needs are not kept out by .dockerignore."""
    with open(os.path.join(root, ".dockerignore")) as file:
        rules = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    assert rules[0] == "*" and all(rule.startswith("!") for rule in rules[1:]), rules
    kept = {rule[1:].strip("/") for rule in rules[1:]}
    assert all(os.path.exists(os.path.join(root, name)) for name in kept), kept
    needed = set()
    for name in ["CMakeLists.txt", *cmake_files(root, kept)]:
        with open(os.path.join(root, name)) as file:
            text = file.read()
        needed |= {path.split("/")[0] for path in
                   re.findall(r"\$\{(?:PROJECT|CMAKE)_SOURCE_DIR\}/([\w./-]+)", text)}
        if name == "CMakeLists.txt":
            needed |= {path.split("/")[0] for path in re.findall(r"add_subdirectory\(([\w/]+)\)", text)}
    # Of the tests and the front-end, which this build leaves out, nothing is read.
    needed -= {"tests", "gui", "translations"}
    assert {"LICENSE", "core", "packaging"} <= needed <= kept, needed - kept


def cmake_files(root, folders):
    """Of these folders, but for what is for another system."""
    for folder in folders:
        for place, _, files in os.walk(os.path.join(root, folder)):
            for name in files:
                if name == "CMakeLists.txt" and not place.endswith("/macos"):
                    yield os.path.relpath(os.path.join(place, name), root)


def check_settings(path):
    lines = logical_lines(path)
    final = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM ")):]
    text = "\n".join(final)
    user = re.search(r"^USER (\d+):(\d+)$", text, re.M)
    assert user and int(user.group(1)) > 0 and int(user.group(2)) > 0, "runs as root"
    assert re.search(rf"useradd --uid {user.group(1)} --gid {user.group(2)} ", text)
    assert "STOPSIGNAL SIGTERM" in text and "HEALTHCHECK " in text
    base = [line for line in lines if line.startswith("ARG BASE=")]
    assert len(base) == 1 and re.search(r":\d[\w.-]*$", base[0]), "the base is not pinned by a tag"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True, help="the project")
    arguments = parser.parse_args()
    path = os.path.join(arguments.root, "packaging", "container", "Containerfile")
    check_context(arguments.root)
    check_settings(path)
    hadolint = tools.find("hadolint")
    if not hadolint:
        tools.skip("hadolint is not installed")
    said = subprocess.run([hadolint, "--no-color", path], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0 and not said.stdout, said.stdout + said.stderr
    print("the Containerfile is clean")
    return 0


if __name__ == "__main__":
    sys.exit(main())
