#!/usr/bin/env python3
"""Lints the manual pages and looks whether everything that the programs know stands in them. Ends with 77,
which ctest takes for "skipped", where there is no mandoc."""
import argparse
import json
import re
import shutil
import subprocess
import sys

from helppage import HelpPage

SKIPPED = 77
# mandoc speaks to authors of operating systems, too, and looks for other pages on this machine.
NOT_FOR_US = ("operating system explicitly specified", "referenced manual not found")


def lint(page):
    said = subprocess.run(["mandoc", "-T", "lint", "-W", "all", page], capture_output=True, text=True,
                          timeout=20)
    problems = [line for line in (said.stdout + said.stderr).splitlines()
                if page in line and not any(text in line for text in NOT_FOR_US)]
    assert not problems, "\n".join(problems)
    if shutil.which("groff"): # what most Linux systems show the page by
        said = subprocess.run(["groff", "-mandoc", "-Tutf8", "-ww", "-z", page], capture_output=True,
                              text=True, timeout=20)
        assert said.returncode == 0 and not said.stderr, said.stderr


def rendered(page):
    text = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=1000", page], capture_output=True,
                          text=True, timeout=20, check=True).stdout
    return re.sub(".\b", "", text) # bold and underlined, as typewriters did


def section(text, name):
    found = re.search(rf"^{name}\n(.*?)(?=^[A-Z])", text, re.M | re.S)
    assert found, f"no section {name}"
    return found.group(1)


def check_daemon(text, binary):
    page = HelpPage(binary)
    options = section(text, "OPTIONS")
    for flag in page.flags:
        # Alone, with its value, or (a short one) with its help beside it.
        assert len(re.findall(rf"^ +{flag}( [A-Z]|  |$)", options, re.M)) == 1, flag
    for flag, words in page.choices().items():
        block = re.search(rf"^ +{flag} [A-Z]+\n(.*?)(?=^ +--)", options, re.M | re.S).group(1)
        assert words <= set(re.findall(r"[a-z0-9]+", block)), (flag, words, block)
    commands = section(text, "COMMANDS")
    for command in page.commands:
        assert len(re.findall(rf"^ +{command}( |$)", commands, re.M)) >= 1, command
    for switch in page.switches:
        assert re.search(rf"^ +{switch}( |$)", commands, re.M), switch
    environment = section(text, "ENVIRONMENT")
    for variable in page.variables:
        assert re.search(rf"^ +{variable}\n? +The same as", environment, re.M), variable


def check_settings(text, binary):
    """Against what `config show` lists."""
    shown = json.loads(subprocess.run([binary, "--config", "none", "config", "show", "--json"],
                                      capture_output=True, text=True, timeout=10, check=True).stdout)
    parts = re.split(r"^ +([a-z-]+) = .*\n", section(text, "SETTINGS"), flags=re.M)
    blocks = dict(zip(parts[1::2], parts[2::2]))
    assert set(blocks) == set(shown["settings"]), set(blocks) ^ set(shown["settings"])
    for name, setting in shown["settings"].items():
        assert ("needs a restart" in blocks[name]) == setting["needs_restart"], (name, blocks[name])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True, help="the folder of the programs")
    parser.add_argument("pages", nargs="+")
    arguments = parser.parse_args()
    if not shutil.which("mandoc"):
        print("mandoc is not installed")
        return SKIPPED
    for page in arguments.pages:
        lint(page)
        text = rendered(page)
        assert "@" not in text.replace("user@host", ""), page
        if page.endswith("/weave-sidecar.1"):
            check_daemon(text, arguments.bin + "/weave-sidecar")
        elif page.endswith(".toml.5"):
            check_settings(text, arguments.bin + "/weave-sidecar")
        elif page.endswith("/weave-sidecar-tray.1"):
            for flag in ("--socket PATH", "--hidden", "--version", "--help"):
                assert re.search(rf"^ +{flag}", section(text, "OPTIONS"), re.M), flag
        print(f"{page}: clean and complete")
    return 0


if __name__ == "__main__":
    sys.exit(main())
