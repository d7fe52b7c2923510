#!/usr/bin/env python3
"""Asks a real shell for the completions of weave-sidecar and compares them with what the program says of
itself. Ends with 77, which ctest takes for "skipped", where the shell is not installed."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

import shells
from helppage import HelpPage

SKIPPED = 77
READ_ALL = {"config", "doctor"} # these take every setting


def expect(what, found, wanted):
    assert found == wanted, f"{what}: offered {sorted(found)}, wanted {sorted(wanted)}"


def words_alone(offered):
    """zsh offers flags where there is nothing else to say."""
    return {word for word in offered if not word.startswith("-")}


def check_syntax(shell, folder):
    options = ["-n"] if shell != "fish" else ["--no-execute"]
    scripts = os.listdir(os.path.join(folder, shell))
    assert scripts, folder
    for name in scripts:
        checked = subprocess.run([shell, *options, os.path.join(folder, shell, name)],
                                 capture_output=True, text=True, timeout=20)
        assert checked.returncode == 0 and not checked.stderr, checked


def check_words(shell, page):
    complete = shell.complete
    expect("flags", complete("weave-sidecar --"), set(page.flags))
    for flag in page.flags:
        assert flag in complete("weave-sidecar " + flag[:-1]), flag
    expect("commands", complete("weave-sidecar "), page.first_words())
    expect("commands in s", complete("weave-sidecar s"),
           {word for word in page.first_words() if word.startswith("s")})
    for first in page.first_words():
        expect(first, words_alone(complete(f"weave-sidecar {first} ")), page.second_words(first))
    expect("behind the command", words_alone(complete("weave-sidecar spool ls ")), set())
    for command in page.commands:
        flags = complete(f"weave-sidecar {command} --")
        assert "--help" in flags and flags <= set(page.flags) | set(page.switches), (command, flags)
        assert ("--senders" in flags) == (command.split()[0] in READ_ALL), (command, flags)
    status = complete("weave-sidecar status --")
    assert {"--json", "--watch", "--socket"} <= status and "--spool-dir" not in status, status
    assert "--watch" not in complete("weave-sidecar pause --")
    assert "--spool-dir" in complete("weave-sidecar spool retry --")


def check_values(shell, page):
    complete = shell.complete
    for flag, words in page.choices().items():
        expect(flag, complete(f"weave-sidecar {flag} "), words)
        given = {word.removeprefix(flag + "=") for word in complete(f"weave-sidecar {flag}=")}
        expect(flag + "=", given, words)
    expect("modes", complete("weave-sidecar --socket-mode "), {"0600", "0660"})
    groups = complete("weave-sidecar --socket-group roo")
    assert "root" in groups, groups
    expect("a URL", complete("weave-sidecar --backend "), set())
    # Flags are found behind values with ":" in them, and a value is no command.
    expect("behind a URL", complete("weave-sidecar --backend https://trace.example:443 --log-l"),
           {"--log-level"})
    expect("behind a value", complete("weave-sidecar --spool-dir spool "), page.first_words())
    expect("behind --flag=value", complete("weave-sidecar --log-level=info spool "),
           page.second_words("spool"))


def check_files(shell):
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "key folder"))
        with open(os.path.join(folder, "key-file"), "w"):
            pass
        if isinstance(shell, shells.Bash):
            # A folder with a space in its name comes back as one word.
            for line, wanted in (("--api-key-file {}/key-", "key-file"),
                                 ("--api-key-file={}/key-", "key-file"),
                                 ("--spool-dir {}/ke", "key folder/")):
                found = shell.complete_files("weave-sidecar " + line.format(folder))
                assert found.split("=")[-1] == os.path.join(folder, wanted), (line, found)
            return
        files = {os.path.basename(hit.rstrip("/").replace("\\", ""))
                 for hit in shell.complete(f"weave-sidecar --api-key-file {folder}/")}
        expect("files", files, {"key-file", "key folder"})
        folders = {os.path.basename(hit.rstrip("/").replace("\\", ""))
                   for hit in shell.complete(f"weave-sidecar --spool-dir {folder}/")}
        expect("folders", folders, {"key folder"})


def check_tray(shell, folder):
    if not any(name.strip("_").startswith("weave-sidecar-tray")
               for name in os.listdir(os.path.join(folder, "bash"))):
        return
    expect("the tray's flags", shell.complete("weave-sidecar-tray --"),
           {"--socket", "--hidden", "--version", "--help"})
    expect("no commands", shell.complete("weave-sidecar-tray sta"), set())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--shell", choices=["bash", "zsh", "fish"], required=True)
    parser.add_argument("--folder", required=True, help="with a folder for each shell")
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    if not shutil.which(arguments.shell):
        print(f"{arguments.shell} is not installed")
        return SKIPPED
    check_syntax(arguments.shell, arguments.folder)
    shell = {"bash": shells.Bash, "zsh": shells.Zsh, "fish": shells.Fish}[arguments.shell](
        arguments.folder)
    page = HelpPage(arguments.bin)
    check_words(shell, page)
    check_values(shell, page)
    check_files(shell)
    check_tray(shell, arguments.folder)
    print(f"{arguments.shell}: {len(page.flags)} flags and {len(page.commands)} commands are offered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
