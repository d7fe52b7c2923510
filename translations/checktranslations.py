"""Fails when a text of the front-end is not translated, or not with the same placeholders.

    checktranslations.py --lupdate PROGRAM --sources FOLDER… -- FILE.ts…
"""

from __future__ import annotations

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

# How many plural forms Qt asks for.
_FORMS = {"de": 2, "en": 2, "es": 2, "fr": 2, "ja": 1, "zh_CN": 1}
_PLACEHOLDER = re.compile(r"%(?:L?\d+|n)")


def placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def problems_of(message: xml.etree.ElementTree.Element, language: str) -> list[str]:
    source = message.findtext("source") or ""
    translation = message.find("translation")
    if translation is None:
        return [f"no translation: {source}"]
    kind = translation.get("type")
    if kind:
        return [f"{kind}: {source}"]
    if message.get("numerus") == "yes":
        texts = [form.text or "" for form in translation.findall("numerusform")]
        if len(texts) != _FORMS[language]:
            return [f"{len(texts)} plural forms: {source}"]
    else:
        texts = [translation.text or ""]
    problems = []
    for text in texts:
        if not text.strip():
            problems.append(f"empty: {source}")
        # A singular may leave the number out.
        elif placeholders(text) - {"%n"} != placeholders(source) - {"%n"}:
            problems.append(f"other placeholders: {source} / {text}")
        if ("&" in text.replace("&&", "")) != ("&" in source.replace("&&", "")):
            problems.append(f"mnemonic: {source} / {text}")
    return problems


def sources_of(path: pathlib.Path) -> set[tuple[str, str, str]]:
    found = set()
    for context in xml.etree.ElementTree.parse(path).iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            found.add((name, message.findtext("source") or "", message.findtext("comment") or ""))
    return found


def new_texts(path: pathlib.Path, lupdate: str, sources: list[str], plurals: bool) -> list[str]:
    """What lupdate would add to the file."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / path.name
        shutil.copy(path, copy)
        command = [lupdate, "-silent", "-locations", "none", "-no-obsolete", *sources]
        command += ["-pluralonly"] if plurals else []
        subprocess.run([*command, "-ts", str(copy)], check=True, stdout=subprocess.DEVNULL)
        before, after = sources_of(path), sources_of(copy)
    return [f"not in the file: {text[1]}" for text in sorted(after - before)] + [
        f"no longer in the program: {text[1]}" for text in sorted(before - after)
    ]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lupdate", required=True)
    parser.add_argument("--sources", nargs="+", required=True)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    count = 0
    for path in arguments.files:
        language = path.stem.partition("_")[2]
        problems = new_texts(path, arguments.lupdate, arguments.sources, language == "en")
        for message in xml.etree.ElementTree.parse(path).iter("message"):
            problems += problems_of(message, language)
        for problem in problems:
            print(f"{path.name}: {problem}")
        count += len(problems)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
