"""The launchd agent, as far as it can be checked without macOS: it is a property list, and says what it
should."""

import argparse
import plistlib
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

arguments = argparse.Namespace()


class Agent(unittest.TestCase):
    def setUp(self) -> None:
        text = (arguments.folder / "io.github.weave-sidecar.daemon.plist.in").read_text()
        text = text.replace("@CMAKE_INSTALL_FULL_BINDIR@", "/opt/bin").replace("__HOME__", "/Users/ada")
        self.assertNotIn("@", text)
        self.assertNotIn("__", text)
        self.agent: dict[str, Any] = plistlib.loads(text.encode(), fmt=plistlib.FMT_XML)

    def test_what_it_runs(self) -> None:
        program, *flags = self.agent["ProgramArguments"]
        self.assertEqual(program, "/opt/bin/weave-sidecar")
        page = subprocess.run([arguments.bin, "--help"], capture_output=True, text=True, check=True).stdout
        for flag in flags:
            self.assertRegex(page, rf"(?m)^  {flag}\b")
        self.assertTrue((arguments.folder / f"{self.agent['Label']}.plist.in").exists())

    def test_no_key_in_it(self) -> None:
        self.assertNotIn("EnvironmentVariables", self.agent)
        self.assertFalse(any("api-key" in word for word in self.agent["ProgramArguments"]))

    def test_when_it_runs(self) -> None:
        self.assertIs(self.agent["RunAtLoad"], True)
        self.assertEqual(self.agent["KeepAlive"], {"SuccessfulExit": False})
        self.assertGreaterEqual(self.agent["ExitTimeOut"], 20)

    def test_limits_and_log(self) -> None:
        for kind in ("Soft", "Hard"):
            self.assertGreaterEqual(self.agent[f"{kind}ResourceLimits"]["NumberOfFiles"], 2 * 1024)
        self.assertEqual(self.agent["Umask"], 0o077)
        self.assertEqual(self.agent["StandardErrorPath"], "/Users/ada/Library/Logs/weave-sidecar.log")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--bin", required=True)
    arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
