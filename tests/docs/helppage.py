"""What the program itself says of its flags and commands: the measure for everything else that names
them."""
import re
import subprocess


class HelpPage:
    def __init__(self, binary):
        self.binary = binary
        page = subprocess.run([binary, "--help"], capture_output=True, text=True, timeout=10,
                              check=True).stdout
        before, _, after = page.partition("\nFlags of commands:\n")
        self.flags = re.findall(r"^  (--[a-z-]+)", before, re.M)
        self.switches = re.findall(r"^  (--[a-z-]+)", after, re.M)
        # A command is followed by its switches or by two spaces and its help.
        self.commands = re.findall(r"^  weave-sidecar ([a-z]+(?: [a-z]+)?)(?: \[|  )", before, re.M)
        self.variables = re.findall(r"\[env ([A-Z_]+)\]", before)
        assert len(self.flags) > 20 and len(self.switches) >= 2 and len(self.commands) >= 10, page

    def first_words(self):
        return {command.split()[0] for command in self.commands}

    def second_words(self, first):
        return {command.split()[1] for command in self.commands if command.startswith(first + " ")}

    def choices(self):
        """Flag -> its words, by what the program says to a word that is none. The backend is looked
        at last, so a daemon never starts."""
        found = {}
        for flag in self.flags:
            answer = subprocess.run(
                [self.binary, "--backend", "ftp://refused", flag, "no-such-word"],
                capture_output=True, text=True, timeout=10, env={"HOME": "/nonexistent"})
            listed = re.search(rf"{flag}: .*not one of: (.*)", answer.stderr)
            if listed:
                found[flag] = set(listed.group(1).strip().split(", "))
        assert len(found) >= 4, found
        return found
