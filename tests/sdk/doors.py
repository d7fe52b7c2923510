"""The ways from a program to the backend, and what a program's environment says about each."""

from __future__ import annotations

import dataclasses
import subprocess
from pathlib import Path

from environment import Environments
from servants import Backend, Daemon, clean_environment

DIRECT, SOCKET, HTTP = "direct", "socket", "http"
DOORS = (DIRECT, SOCKET, HTTP)


@dataclasses.dataclass(frozen=True)
class Doors:
    environments: Environments
    program: Path | None
    # Which doors cannot be used, and why.
    closed: dict[str, str]

    def for_language(self, is_node: bool) -> tuple[str, ...]:
        doors = (DIRECT, HTTP) if is_node else DOORS  # npm weave has nothing to say to a socket
        return tuple(door for door in doors if door not in self.closed)

    def command(self, door: str, is_node: bool) -> list[str]:
        if is_node:
            return ["node"]
        python = self.environments.door if door == SOCKET else self.environments.sdk
        return [str(python)]

    def variables(
        self, door: str, home: Path, backend: Backend, daemon: Daemon | None
    ) -> dict[str, str]:
        urls = {"WANDB_BASE_URL": backend.url, "WF_TRACE_SERVER_URL": backend.url}
        if door == SOCKET:
            assert daemon
            urls |= {"WEAVE_USE_SIDECAR": "true", "WEAVE_SIDECAR_SOCKET": str(daemon.socket)}
        elif door == HTTP:
            assert daemon
            urls["WF_TRACE_SERVER_URL"] = daemon.url
        if self.environments.modules:
            urls["NODE_PATH"] = str(self.environments.modules)
        return clean_environment(home) | urls


def probe(environments: Environments, program: Path | None) -> Doors:
    closed: dict[str, str] = {}
    if program is None or not program.exists():
        closed[SOCKET] = closed[HTTP] = "the daemon has not been built"
        return Doors(environments, None, closed)
    done = subprocess.run([str(program), "--help"], capture_output=True, text=True, timeout=10)
    if "--http " not in done.stdout:
        closed[HTTP] = "this daemon has no --http"
    if environments.door is None:
        closed[SOCKET] = environments.no_door
    return Doors(environments, program, closed)
