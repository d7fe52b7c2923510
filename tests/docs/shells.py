"""Asks real shells what they would complete a line to."""
import os
import pty
import select
import shlex
import signal
import subprocess
import tempfile
import time

SECONDS = 20  # for a shell to answer; far more than it needs


class Bash:
    """Calls the function that the script has registered, as bash does, and lets a real prompt show
    that registering worked and that files are offered."""

    def __init__(self, folder):
        self.folder = folder

    def complete(self, line):
        """The words of the line as readline divides them; the last one is completed."""
        program = line.split()[0]
        divided = subprocess.run(["bash", "--norc", "-c", f"""
            source {shlex.quote(os.path.join(self.folder, "bash", program))} || exit 9
            entry=$(complete -p {program}) || exit 8
            function=${{entry#complete -F }}; function=${{function%% *}}
            COMP_LINE={shlex.quote(line)}; COMP_POINT=${{#COMP_LINE}}
            COMP_WORDS=({" ".join(shlex.quote(word) for word in divide(line))})
            COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
            $function {program}
            printf '%s\\n' "${{COMPREPLY[@]}}" """],
            capture_output=True, text=True, timeout=SECONDS)
        assert divided.returncode == 0 and not divided.stderr, (line, divided)
        return set(divided.stdout.split())

    def complete_files(self, line):
        """What the last word becomes at a prompt when Tab is pressed."""
        program = line.split()[0]
        script = os.path.join(self.folder, "bash", program)
        with Prompt(["bash", "--norc", "-i"]) as prompt:
            prompt.send(f"source {shlex.quote(script)}; bind 'set bell-style none'; "
                        f"{program}() {{ printf 'GOT''<%s>' \"${{@: -1}}\"; }}\n")
            prompt.send(line + "\t\n")
            return prompt.between("GOT<", ">")


class Zsh:
    """A real prompt, whose compadd writes down what is offered."""

    def __init__(self, folder):
        self.out = tempfile.NamedTemporaryFile("r", suffix=".hits")
        self.prompt = Prompt(["zsh", "-f", "-i"])
        self.prompt.send(f"""
            fpath=({shlex.quote(os.path.join(folder, "zsh"))} $fpath)
            autoload -Uz compinit && compinit -u -D
            compadd() {{
                if [[ ${{@[1,(i)(-|--)]}} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return $?; fi
                local -a hits; builtin compadd -A hits "$@"
                print -rl -- $hits >> {self.out.name}
                builtin compadd "$@"
            }}
            probe() {{ _main_complete "$@"; compstate[insert]=''; compstate[list]=''; print -r -- END >> {self.out.name} }}
            zle -C probe complete-word probe; bindkey '^I' probe; bindkey '^U' kill-whole-line
            print -r -- END >> {self.out.name}
            """.replace("\n            ", "\n"))
        self.answer()

    def answer(self):
        deadline = time.monotonic() + SECONDS
        lines = []
        while time.monotonic() < deadline:
            self.prompt.read(0.02)
            lines += self.out.read().split("\n")
            if "END" in lines:
                return {line for line in lines if line and line != "END"}
        raise AssertionError(f"zsh does not answer; it has said: {self.prompt.seen[-2000:]!r}")

    def complete(self, line):
        self.prompt.send(line + "\t")
        found = self.answer()
        self.prompt.send("\x15")
        return found

    def close(self):
        self.prompt.close()


class Fish:
    def __init__(self, folder):
        self.folder = folder

    def complete(self, line):
        program = line.split()[0]
        script = os.path.join(self.folder, "fish", program + ".fish")
        with tempfile.TemporaryDirectory() as home:
            answer = subprocess.run(
                ["fish", "--no-config", "-c",
                 f"source {shlex.quote(script)}; complete -C {shlex.quote(line)}"],
                capture_output=True, text=True, timeout=SECONDS,
                env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home})
        assert answer.returncode == 0 and not answer.stderr, (line, answer)
        return {hit.split("\t")[0] for hit in answer.stdout.splitlines() if hit}


class Prompt:
    """A shell at a terminal of its own."""

    def __init__(self, command):
        self.seen = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "dumb", "PS1": "> ", "HISTFILE": "/dev/null", "LC_ALL": "C.UTF-8"})
            os.execvp(command[0], command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, text):
        os.write(self.terminal, text.encode())

    def read(self, seconds):
        if select.select([self.terminal], [], [], seconds)[0]:
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")

    def between(self, before, after):
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self.read(0.05)
            _, found, rest = self.seen.partition(before)
            if found and after in rest:
                return rest.split(after)[0]
        raise AssertionError(f"the shell has said only: {self.seen[-2000:]!r}")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def divide(line):
    """As readline does with COMP_WORDBREAKS: at spaces, and "=" and ":" are words of their own."""
    words = [""]
    for character in line:
        if character == " ":
            words.append("")
        elif character in "=:":
            if words[-1] and words[-1][-1] not in "=:":
                words.append("")
            words[-1] += character
        else:
            if words[-1] and words[-1][-1] in "=:":
                words.append("")
            words[-1] += character
    return [word for word in words[:-1] if word] + [words[-1]]
