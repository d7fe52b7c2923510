"""Certificates for the sink, good and bad ones, made by the openssl command."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from lab import Skip

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
GOOD_NAMES = "DNS:localhost,IP:127.0.0.1"


class Authority:
    """Signs what it is asked to, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.certificate = folder / "ca.pem"
        self._run("req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem")

    def sign(self, name: str, names: str = GOOD_NAMES, days: int = 2) -> tuple[Path, Path]:
        """A server's certificate and its key. With 0 days it has expired when this returns."""
        (self._folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        self._run("req", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        sign = ["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key"]
        sign += ["-CAcreateserial", "-out", f"{name}.pem", "-extfile", f"{name}.ext"]
        self._run(*sign, "-days", str(days))
        if days == 0:
            time.sleep(1.1)  # valid until the second in which it was made
        return self._folder / f"{name}.pem", self._folder / f"{name}.key"

    def _run(self, kind: str, *arguments: str) -> None:
        command = ["openssl", kind, *arguments]
        if kind == "req":
            command += ["-subj", "/CN=Faults " + self._folder.name]
        try:
            subprocess.run(command, cwd=self._folder, capture_output=True, check=True)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            raise Skip(f"openssl cannot make certificates here: {error}") from error
