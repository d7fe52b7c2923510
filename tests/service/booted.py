"""Boots systemd in a throw-away container made of this machine's /usr, installs the units into it, and
runs inside.py there as its only purpose. Needs root and systemd-nspawn; takes some twenty seconds."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from skip import need, skip

HERE = Path(__file__).resolve().parent

# What inside.py prints first.
STARTED = "inside the container"

TARGET = """[Unit]
Requires=basic.target weave-test.service
After=basic.target
"""

# The container ends with the exit code of the test.
SERVICE = """[Unit]
After=basic.target
SuccessAction=exit
FailureAction=exit

[Service]
Type=oneshot
Environment=PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
StandardOutput=journal+console
StandardError=journal+console
ExecStart=/usr/bin/python3 {here}/inside.py
TimeoutStartSec=150
"""


def nspawn(*options: str) -> list[str]:
    command = ["systemd-nspawn", "--quiet", "--directory=/", "--volatile=yes", "--register=no"]
    return command + ["--keep-unit", "--private-network", *options]


def is_possible() -> bool:
    probe = subprocess.run(
        nspawn("/usr/bin/true"), stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
    )
    return probe.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--bindir", type=Path, required=True, help="where the units expect the program")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        skip("only root can boot a container")
    need("systemd-nspawn")
    if not os.access("/usr/bin/python3", os.X_OK):
        skip("the container has no Python: it is not below /usr")
    if not is_possible():
        skip("systemd-nspawn does not work on this machine")
    with tempfile.TemporaryDirectory(prefix="wsboot") as name:
        stage = Path(name) / "stage"
        subprocess.run(
            ["cmake", "--install", str(arguments.build / "packaging" / "systemd")],
            env={**os.environ, "DESTDIR": str(stage)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        program = stage / arguments.bindir.relative_to("/") / "weave-sidecar"
        program.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(arguments.bin, program)
        units = Path(name) / "units"
        units.mkdir()
        (units / "weave-test.target").write_text(TARGET)
        (units / "weave-test.service").write_text(SERVICE.format(here=HERE))
        command = nspawn(
            f"--overlay-ro=/usr:{stage}/usr:/usr",
            f"--bind-ro={units}:/etc/systemd/system.attached",
            f"--bind-ro={HERE}",
            "--boot",
            "systemd.unit=weave-test.target",
            "systemd.firstboot=no",
            "systemd.mask=systemd-firstboot.service",
            "systemd.show_status=no",
        )
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=170,
            check=False,
        )
    output = result.stdout.decode(errors="replace")
    print(output)
    if result.returncode != 0 and STARTED not in output:
        # A kernel that gives containers too little, or has nothing left to give.
        skip("systemd does not boot in a container on this machine; what it says is above")
    return result.returncode


if __name__ == "__main__":
    sys.exit(main())
