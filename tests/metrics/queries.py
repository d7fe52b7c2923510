"""What a PromQL expression asks for, as far as that can be told without a parser."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# What Prometheus adds to every series that it scrapes.
ADDED_LABELS = {"job", "instance"}

_WORDS = {
    "absent", "and", "avg", "bool", "by", "changes", "count", "group_left", "group_right",
    "histogram_quantile", "ignoring", "increase", "label_values", "max", "min", "offset", "on", "or",
    "rate", "sum", "unless", "up", "vector", "without",
}  # fmt: skip
_GROUPING = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}")
_MATCHER = re.compile(r'\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')


@dataclass
class Query:
    names: set[str] = field(default_factory=set)
    # metric, label, operator, value
    matchers: list[tuple[str, str, str, str]] = field(default_factory=list)
    grouped: set[str] = field(default_factory=set)


def read(expression: str) -> Query:
    query = Query()
    rest = expression
    for name, inside in _SELECTOR.findall(expression):
        end = 0
        while end < len(inside.rstrip()):
            match = _MATCHER.match(inside, end)
            assert match, f"no matcher at {inside[end:]!r} of {expression}"
            query.matchers.append((name, match[1], match[2], match[3]))
            end = match.end()
    rest = re.sub(r"\{[^}]*\}", "", rest)
    for _, labels in _GROUPING.findall(rest):
        query.grouped |= {label.strip() for label in labels.split(",")}
    rest = _GROUPING.sub("", rest)
    rest = re.sub(r"\[[^\]]*\]", "", rest)
    for word in re.findall(r"(?<![\w.])[a-zA-Z_:][a-zA-Z0-9_:]*", rest):
        if word not in _WORDS:
            query.names.add(word)
    return query


def alternatives(operator: str, value: str) -> list[str]:
    """The values that a matcher names one by one; none of one with more than | in it."""
    if value.startswith("$"):
        return []
    if operator in ("=", "!="):
        return [value]
    assert re.fullmatch(r"[\w|]+", value), f"a pattern that nobody has checked: {value}"
    return value.split("|")
