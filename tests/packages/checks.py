"""What can be told of the packages' parts without building a package; each is a test of its own.

checks.py NAME [arguments]        exit code 77: a tool that it needs is not installed
"""

from __future__ import annotations

import json
import plistlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

SKIPPED = 77
_TREE = Path(__file__).parents[2]
_PACKAGING = _TREE / "packaging"


def need(*tools: str) -> None:
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f"skipped: {', '.join(missing)} is not installed")
        sys.exit(SKIPPED)


def run(*command: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    line = [str(word) for word in command]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(line)}: exit {done.returncode}\n{done.stdout}")
    return done


def configured(template: Path, values: dict[str, str]) -> str:
    return re.sub(r"@([A-Za-z_0-9]+)@", lambda match: values[match[1]], template.read_text())


def desktop() -> None:
    """The menu entry and what software centres read follow their specifications, and fit each other."""
    need("desktop-file-validate", "appstreamcli")
    folder = _PACKAGING / "desktop"
    entry = folder / "weave-sidecar-tray.desktop"
    found = run("desktop-file-validate", entry).stdout
    assert not found, found
    [template] = folder.glob("*.metainfo.xml.in")
    with tempfile.TemporaryDirectory() as name:
        # A build that knows no homepage is not for publishing, and newer checkers warn of it.
        for homepage in ('\n  <url type="homepage">https://example.org/weave-sidecar</url>', ""):
            values = {"PROJECT_VERSION": "1.2.3", "release_date": "2026-01-01", "homepage_element": homepage}
            target = Path(name) / template.name.removesuffix(".in")
            target.write_text(configured(template, values))
            if homepage:
                run("appstreamcli", "validate", "--no-net", "--pedantic", target)
            else:
                ElementTree.parse(target)
            assert f'<launchable type="desktop-id">{entry.name}<' in target.read_text()


def macos_plists(version: str) -> None:
    """The app's Info.plist and the entitlements, as macOS would read them."""
    macos = _PACKAGING / "macos"
    values = {"PROJECT_VERSION": version, "WEAVE_MACOS_MINIMUM": "11.0"}
    info = plistlib.loads(configured(macos / "Info.plist.in", values).encode())
    assert info["LSUIElement"] is True, "the tray would have an icon in the Dock"
    assert info["CFBundleShortVersionString"] == version
    assert info["CFBundlePackageType"] == "APPL"
    assert info["CFBundleExecutable"] == "weave-sidecar-tray"
    # The agent that starts it at login has the same name.
    autostart = (_TREE / "gui/widgets/autostart.cpp").read_text()
    assert f"<string>{info['CFBundleIdentifier']}</string>" in autostart, info["CFBundleIdentifier"]
    assert (macos / "CMakeLists.txt").read_text().count(info["CFBundleIconFile"]) > 0
    languages = {path.stem.removeprefix("weave_") for path in (_TREE / "translations").glob("*.ts")}
    shipped = {name.replace("zh-Hans", "zh_CN") for name in info["CFBundleLocalizations"]}
    assert shipped == languages, f"Info.plist names {shipped}, translations has {languages}"
    entitlements = plistlib.loads((macos / "entitlements.plist").read_bytes())
    exceptions = [name for name, value in entitlements.items() if value]
    assert not exceptions, f"exceptions from the hardened runtime: {exceptions}"


def macos_icon() -> None:
    """The app's icon, made from the drawing, has every size that macOS asks for."""
    need("rsvg-convert", "png2icns", "icns2png")
    svg = _TREE / "resources/icons/weave-sidecar-tray.svg"
    with tempfile.TemporaryDirectory() as name:
        icns = Path(name) / "icon.icns"
        run("cmake", f"-DSVG={svg}", f"-DICNS={icns}", "-P", _PACKAGING / "macos/makeicns.cmake")
        listing = run("icns2png", "-l", icns).stdout
    sizes = {int(size) for size in re.findall(r"(\d+)x\1 32-bit icon", listing)}
    assert sizes == {16, 32, 128, 256, 512, 1024}, listing


def macos_signing() -> None:
    """sign.cmake signs the inside before the outside, with the hardened runtime, and then verifies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contents = folder / "Weave Sidecar.app/Contents"
        for path in (
            "Frameworks/QtCore.framework/QtCore",
            "PlugIns/platforms/libqcocoa.dylib",
            "MacOS/weave-sidecar",
            "MacOS/weave-sidecar-tray",
            "Info.plist",
        ):
            (contents / path).parent.mkdir(parents=True, exist_ok=True)
            (contents / path).touch()
        codesign = folder / "codesign"
        codesign.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last|$*" >> "{folder}/log"\n')
        codesign.chmod(0o755)
        script = ["-P", _PACKAGING / "macos/sign.cmake"]
        common = ["cmake", f"-DCPACK_TEMPORARY_DIRECTORY={folder}", f"-DCODESIGN={codesign}"]
        assert "not signed for others" in run(*common, *script).stdout
        assert not (folder / "log").exists()
        run("env", "WEAVE_CODESIGN_IDENTITY=Some One", *common, *script)
        lines = [line.split("|") for line in (folder / "log").read_text().splitlines()]
    order = [Path(path).name for path, _ in lines]
    wanted = [
        "QtCore.framework",
        "libqcocoa.dylib",
        "weave-sidecar",
        "Weave Sidecar.app",
        "Weave Sidecar.app",
    ]
    assert order == wanted, order
    assert all("--options runtime" in words and "--sign Some One" in words for _, words in lines[:-1]), lines
    assert "--verify" in lines[-1][1]


def macos_name() -> None:
    """The dmg's name tells the processor, else a release would keep that of one of them."""
    setter = re.search(r'CPACK_WEAVE_DMG_NAME\s+"([^"]+)"', (_PACKAGING / "macos/CMakeLists.txt").read_text())
    assert setter, "macos/CMakeLists.txt names no dmg"
    assert "${CMAKE_SYSTEM_PROCESSOR}" in setter[1], setter[1]
    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "options.cmake"
        script.write_text(
            "set(CPACK_GENERATOR DragNDrop)\nset(CPACK_PACKAGE_FILE_NAME weave-sidecar-1.2.3-Darwin)\n"
            "set(CPACK_WEAVE_DMG_NAME the-name)\nset(CPACK_INSTALL_CMAKE_PROJECTS a b c d)\n"
            f'include("{_PACKAGING}/cpackoptions.cmake")\nmessage("${{CPACK_PACKAGE_FILE_NAME}}")\n'
        )
        assert run("cmake", "-P", script).stdout.strip() == "the-name"


def brew() -> None:
    """The Homebrew formula is Ruby, and says what the build needs."""
    need("ruby")
    template = _PACKAGING / "brew/weave-sidecar.rb.in"
    values = {"HOMEPAGE": "https://example.org", "URL": "https://example.org/1.tar.gz", "SHA256": "0" * 64}
    with tempfile.TemporaryDirectory() as name:
        formula = Path(name) / "weave-sidecar.rb"
        formula.write_text(configured(template, values))
        run("ruby", "-c", formula)
    # ./dev knows what a build on macOS installs.
    [words] = re.findall(r"need_build\(\) \{\n(.*?)\n\}", (_TREE / "dev").read_text(), re.S)
    formulas = {word.split(":")[0] for word in words.split() if ":" in word} - {"-", "ccache"}
    named = set(re.findall(r'depends_on "([\w-]+)"', template.read_text()))
    assert formulas <= named, f"the formula lacks {formulas - named}"


def workflows(*places: str) -> None:
    """The workflows are valid, and use no action of strangers."""
    actionlint = next((place for place in places if Path(place).is_file()), None) or shutil.which(
        "actionlint"
    )
    files = sorted((_TREE / ".github/workflows").glob("*.yml"))
    assert files
    for file in files:
        for action in re.findall(r"uses: *(\S+)", file.read_text()):
            assert action.startswith("actions/"), f"{file.name} uses {action}"
    if not actionlint:
        print("skipped: actionlint is not installed")
        sys.exit(SKIPPED)
    run(actionlint, *files)


def scripts() -> None:
    """The shell scripts of packages, whoever runs them."""
    need("shellcheck")
    shell = [_PACKAGING / "portable/install.sh", _PACKAGING / "portable/sources.sh"]
    shell += [_PACKAGING / "debian/daemon" / name for name in ("postinst", "prerm", "postrm")]
    run("shellcheck", *shell, _TREE / "dev", _PACKAGING / "package.sh", _TREE / "tests/packages/run.sh")
    scriptlets = sorted((_PACKAGING / "rpm").glob("*.sh"))
    assert scriptlets
    run("shellcheck", "-s", "sh", *scriptlets)


def sample(program: str, path: str) -> None:
    """The delivered config.toml has every setting, as a comment, and all can be taken as they are."""
    text = Path(path).read_text()
    live = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert not live, f"not commented out: {live}"
    keys = re.findall(r"(?m)^#([a-z-]+) = ", text)
    assert len(keys) == len(set(keys)), "a key stands in it twice"
    shown = run(program, "config", "show", "--json", "--config", path).stdout
    known = list(json.loads(shown)["settings"])
    assert keys == known, f"differ from config show: {sorted(set(keys) ^ set(known))}"
    with tempfile.TemporaryDirectory() as name:
        # All at once, as they stand, but for those that have no default.
        taken = re.sub(r'(?m)^#(?!# )([a-z-]+ = (?!"").*)$', r"\1", text)
        target = Path(name) / "config.toml"
        target.write_text(taken)
        run(program, "config", "check", "--config", target)
    longest = max(map(len, text.splitlines()))
    assert longest <= 110, f"a line has {longest} characters"


def libraries(program: str) -> None:
    """The daemon loads nothing that draws."""
    need("ldd")
    loaded = run("ldd", program).stdout
    assert "libQt6Core" in loaded, loaded
    found = re.findall(
        r"lib(?:Qt6(?:Gui|Widgets|Svg|OpenGL)|X11|xcb|GL|EGL|wayland\S*|fontconfig)\.so\S*", loaded
    )
    assert not found, f"the daemon loads {found}"


if __name__ == "__main__":
    checks = (
        *(desktop, macos_plists, macos_icon, macos_signing, macos_name),
        *(brew, workflows, scripts, sample, libraries),
    )
    {check.__name__: check for check in checks}[sys.argv[1]](*sys.argv[2:])
