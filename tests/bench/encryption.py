"""What TLS to the backend adds to the daemon's work."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack, closing
from pathlib import Path

from loads import Figures, load_named, measure
from processes import BenchError, Load, Setup, new_home, start_python_sink, start_sidecar
from readings import SinkReader
from rows import Row, check_runs

MOST_RATIO = 1.5
SHARE = 0.5  # of the table's messages: the sinks are in Python, and both are as slow as the other
NAMES = ("1k-8x64", "1k-8x1")
OPENSSL_TIMEOUT_S = 20


def tls(setup: Setup, _rates: dict[str, float]) -> list[Row]:
    """The daemon's CPU for a message with a TLS backend by that with a plain one."""
    with ExitStack() as stack:
        certificate, key = make_certificate(new_home(stack))
        return [_compare(setup, load_named(name), certificate, key) for name in NAMES]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """One that signs itself, so that it is the authority to trust as well."""
    certificate, key = folder / "sink.pem", folder / "sink.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=bench"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=OPENSSL_TIMEOUT_S)
    if done.returncode != 0:
        raise BenchError(f"openssl makes no certificate: {done.stderr}")
    return certificate, key


def _compare(setup: Setup, load: Load, certificate: Path, key: Path) -> Row:
    load = load.scaled(setup.scale * SHARE)
    ratios = []
    problem = ""
    for _ in range(check_runs(setup)):
        plain, encrypted = (
            _measure(setup, load, certificate, key, is_tls) for is_tls in (False, True)
        )
        ratios.append(encrypted.cpu_us_per_message / max(plain.cpu_us_per_message, 1e-9))
        for figures in (plain, encrypted):
            if figures.failed or figures.delivered < load.messages:
                problem = f"{figures.delivered:,} of {load.messages:,} calls were delivered"
    what = f"CPU with a TLS backend by that with a plain one, {load.name}"
    return Row("tls", what, "x", MOST_RATIO, ratios, problem=problem)


def _measure(setup: Setup, load: Load, certificate: Path, key: Path, is_tls: bool) -> Figures:
    with ExitStack() as stack:
        plain_port, tls_port = start_python_sink(stack, certificate, key)
        scheme, port = ("https", tls_port) if is_tls else ("http", plain_port)
        backend = f"{scheme}://127.0.0.1:{port}"
        pid, socket_path = start_sidecar(stack, setup, backend, f"--ca-file={certificate}")
        sink = stack.enter_context(closing(SinkReader(plain_port)))
        return measure(setup, pid, socket_path, load, sink)
