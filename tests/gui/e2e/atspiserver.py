"""A screen reader without a voice: tells what is on the screen to who asks on standard input.

Runs under the system's Python, which is the one that has the AT-SPI bindings. Each line is a JSON
request, and is answered with a line: {"do": "tree", "pid": 1} with the objects that are shown, in
the order of the tree; {"do": "focus", "pid": 1} with those of them that have the keyboard;
{"do": "act", "pid": 1, "path": [0, 2], "name": "Save", "action": "Press"} with whether it was done.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# The names that take the place of those used here are not in every version.
warnings.simplefilter("ignore", DeprecationWarning)

# Of long tables the beginning is enough.
_MOST_CHILDREN = 80
_ANSWER_MS = 15000
_ITEMS = ("list item", "page tab", "table cell", "tree item")
_STATES = ("FOCUSABLE", "FOCUSED", "ENABLED", "SHOWING", "CHECKED", "SELECTED", "ACTIVE", "EDITABLE")


def application(pid: int) -> Any:
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(index)
        if child and child.get_process_id() == pid:
            child.set_cache_mask(Atspi.Cache.NONE)  # nobody here listens to what has changed
            return child
    return None


# Since 2.54 a role may have a shorter name.
_OLDER_NAMES = {"button": "push button"}


def actions_of(node: Any) -> list[str]:
    face = node.get_action_iface()
    return [face.get_action_name(index) for index in range(face.get_n_actions())] if face else []


def text_of(node: Any) -> str:
    face = node.get_text_iface()
    # By the interface's own name: newer bindings find the accessible's older get_text() first.
    return str(Atspi.Text.get_text(face, 0, Atspi.Text.get_character_count(face))) if face else ""


def describe(node: Any, path: list[int]) -> dict[str, Any]:
    states = node.get_state_set()
    role = _OLDER_NAMES.get(node.get_role_name(), node.get_role_name())
    return {
        "path": path,
        "role": role,
        "name": node.get_name(),
        "description": node.get_description(),
        "states": [name for name in _STATES if states.contains(getattr(Atspi.StateType, name))],
        "text": text_of(node) if role == "text" else "",
    }


def walk(node: Any, path: list[int], found: list[dict[str, Any]]) -> None:
    for index in range(min(node.get_child_count(), _MOST_CHILDREN)):
        try:
            child = node.get_child_at_index(index)
            if child is None:
                continue
            seen = describe(child, [*path, index])
            # What a menu has is not shown until it is open, and is read all the same.
            if "SHOWING" in seen["states"] or "menu" in seen["role"]:
                found.append(seen)
                walk(child, [*path, index], found)
        except GLib.Error:
            continue  # it has gone meanwhile


def walk_to_focus(node: Any, path: list[int], is_focused: bool, found: list[dict[str, Any]]) -> None:
    for index in range(min(node.get_child_count(), _MOST_CHILDREN)):
        try:
            child = node.get_child_at_index(index)
            states = child.get_state_set() if child else None
            if states is None or not states.contains(Atspi.StateType.SHOWING):
                continue
            if not path and not states.contains(Atspi.StateType.ACTIVE):
                continue  # another window than the one that has the keyboard
            has_it = states.contains(Atspi.StateType.FOCUSED)
            # An item says that it has the keyboard also while its list has not.
            if has_it and (is_focused or child.get_role_name() not in _ITEMS):
                found.append(describe(child, [*path, index]))
            walk_to_focus(child, [*path, index], has_it, found)
        except GLib.Error:
            continue  # it has gone meanwhile


def focus(pid: int) -> list[dict[str, Any]]:
    root = application(pid)
    found: list[dict[str, Any]] = []
    if root:
        walk_to_focus(root, [], False, found)
    return found


def tree(pid: int) -> list[dict[str, Any]] | None:
    root = application(pid)
    if root is None:
        return None
    found: list[dict[str, Any]] = []
    walk(root, [], found)
    return found


def act(pid: int, path: list[int], name: str, action: str) -> bool:
    """False also when something else is there by now."""
    node = application(pid)
    for index in path:
        node = node.get_child_at_index(index) if node else None
    if node is None or node.get_name() != name or action not in actions_of(node):
        return False
    return bool(node.get_action_iface().do_action(actions_of(node).index(action)))


def main() -> None:
    print(json.dumps(Atspi.init() in (0, 1)), flush=True)
    Atspi.set_timeout(_ANSWER_MS, _ANSWER_MS)
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "tree":
            answer: object = tree(request["pid"])
        elif request["do"] == "focus":
            answer = focus(request["pid"])
        else:
            answer = act(request["pid"], request["path"], request["name"], request["action"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
