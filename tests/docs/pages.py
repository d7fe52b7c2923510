#!/usr/bin/env python3
"""Reads every page of documentation: its links lead somewhere, and each command line of weave-sidecar in it
has flags and commands that exist."""
import argparse
import os
import re
import subprocess
import sys

from helppage import HelpPage


def pages(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others",
                             "--exclude-standard", "*.md"], capture_output=True, text=True)
    names = listed.stdout.split() if listed.returncode == 0 else [ # sources without their history
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, files in os.walk(root) for name in files
        if name.endswith(".md") and "/build" not in folder]
    assert len(names) > 8, names
    return sorted(names)


def prose(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def anchors(text):
    """As GitHub makes them of headings."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", prose(text), re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(plain)
    return found


def check_links(root, name, text):
    problems = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        full = os.path.normpath(os.path.join(root, os.path.dirname(name), path)) if path \
            else os.path.join(root, name)
        if not os.path.exists(full):
            problems.append(f"{name}: {target} is not there")
        elif anchor and full.endswith(".md"):
            with open(full) as file:
                if anchor not in anchors(file.read()):
                    problems.append(f"{name}: {target}: there is no such heading")
    return problems


# What may stand in front of a command: a prompt, a program that starts it, the end of another command.
BEFORE = r"(?:^|^[$#] |sudo |exec \S+ |[^-]-- |(?:&&|[|;]) |^/usr/bin/|^build/release/bin/)"


def command_lines(text):
    """What follows `weave-sidecar` in code, up to what ends a command."""
    text = text.replace("\\\n", " ")
    code = re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.M | re.S)
    code += re.findall(r"`([^`\n]+)`", prose(text))
    for block in code:
        for line in block.splitlines():
            line = re.sub(r"\$\([^)]*\)", "VALUE", re.sub(r"\s#.*$", "", line))
            for found in re.finditer(BEFORE + r"weave-sidecar(?= |$)([^|&;>]*)", line):
                yield found.group(1).split()


def check_commands(name, text, page):
    problems = []
    flags = set(page.flags) | set(page.switches) | {"-h"}
    for words in command_lines(text):
        shown = " ".join(["weave-sidecar", *words])
        for word in words:
            flag = word.partition("=")[0]
            if word.startswith("-") and flag not in flags:
                problems.append(f"{name}: `{shown}`: there is no {flag}")
        first = words[0] if words else ""
        if re.fullmatch(r"[a-z]+", first) and first not in page.first_words():
            problems.append(f"{name}: `{shown}`: there is no command {first}")
        elif first in page.first_words():
            second = page.second_words(first)
            if second and (len(words) < 2 or words[1] not in second):
                problems.append(f"{name}: `{shown}`: {first} takes one of {sorted(second)}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", required=True)
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    page = HelpPage(arguments.bin)
    problems = []
    lines = 0
    for name in pages(arguments.root):
        with open(os.path.join(arguments.root, name)) as file:
            text = file.read()
        problems += check_links(arguments.root, name, text) + check_commands(name, text, page)
        lines += sum(1 for _ in command_lines(text))
    assert not problems, "\n" + "\n".join(problems)
    assert lines > 60, lines # they are found at all
    print(f"{lines} command lines and all links are right")
    return 0


if __name__ == "__main__":
    sys.exit(main())
