"""Knows what every call has to look like, and what became of it.

The payload is a pure function of the id. So the sink can compare every byte it gets without being
told what was sent, and nothing has to be kept in memory but ids.
"""

from __future__ import annotations

import bisect
import dataclasses
import random
import re
import zlib
from collections import Counter
from collections.abc import Iterator

# What a JSON library would change if it had the chance: escapes that need none, forms of numbers,
# white space, the order of keys, a lone surrogate, raw UTF-8.
_ODDITIES = [
    r'"tab\t quote\" slash\/ nul\u0000 \u00e9 \ud83d\ude00"',
    r'"\ud800 alone"',
    '"Grüße, 漢字, 😀, \u2028"',
    "1.0",
    "-0.0",
    "1E5",
    "0.10",
    "12345678901234567890",
    "-98765432109876543210987654321",
    '{"z" : 1 ,"a":[ ],"":{}}',
    "[true, false ,null]",
    '"\\u003cscript\\u003e \x7f"',
]
_BANK_BYTES = 512 * 1024
_SIZES = {"s": (100, 600), "m": (100, 200_000), "l": (8_000, 16_000), "b": (100_000, 200_000)}

_ID = re.compile(r"([a-z])\.(\d+)\.(\d+)")
_HEAD = re.compile(rb'\{"(?:start|end)":\{"project_id":"[^"]*","id":"([a-z0-9.]+)"')
_ITEM = re.compile(rb'\{"mode":"(?:start|end)","req":')
_ANY_ID = re.compile(rb'"id"\s*:\s*"([a-z]\.\d+\.\d+)"')


def _make_bank() -> tuple[bytes, list[int]]:
    chance = random.Random(7)
    pieces: list[bytes] = []
    offsets = [0]
    while offsets[-1] < _BANK_BYTES:
        if chance.random() < 0.3:
            piece = chance.choice(_ODDITIES).encode()
        else:
            piece = b'"%s"' % (b"%x" % chance.getrandbits(chance.randrange(64, 1200)))
        pieces.append(piece)
        offsets.append(offsets[-1] + len(piece) + 1)
    return b",".join(pieces), offsets


_BANK, _OFFSETS = _make_bank()


def call_id(profile: str, project: int, number: int) -> str:
    return f"{profile}.{project}.{number}"


def project_name(project: int) -> str:
    return f"acme/faults-{project}"


def is_start(identity: str) -> bool:
    return int(identity.rsplit(".", 1)[1]) % 2 == 0


def _wanted_bytes(profile: str, chance: int) -> int:
    least, most = _SIZES[profile]
    if profile == "m":  # as in life: many small ones and a few large ones
        return int(least * (most / least) ** (((chance % 10_000) / 10_000) ** 3))
    return least + chance % (most - least)


def payload_of(identity: str) -> bytes:
    match = _ID.fullmatch(identity)
    if not match:
        raise ValueError(identity)
    profile, project, _ = match.groups()
    name = identity.encode()
    key = b"start" if is_start(identity) else b"end"
    head = b'{"%s":{"project_id":"%s","id":"%s","inputs":[' % (
        key,
        project_name(int(project)).encode(),
        name,
    )
    tail = b'],"check":"%s"}}' % name
    chance = zlib.crc32(name)
    want = _wanted_bytes(profile, chance) - len(head) - len(tail)
    latest = bisect.bisect(_OFFSETS, _OFFSETS[-1] - 200_000) - 1
    first = zlib.crc32(name, 77) % latest
    last = max(first, bisect.bisect(_OFFSETS, _OFFSETS[first] + max(0, want)) - 1)
    text = _BANK[_OFFSETS[first] : max(_OFFSETS[first], _OFFSETS[last] - 1)]
    return head + text + tail


def line_of(identity: str) -> bytes:
    method = b"call_start" if is_start(identity) else b"call_end"
    return b'{"method":"%s","payload":%s}\n' % (method, payload_of(identity))


def read_batch(body: bytes) -> Iterator[tuple[str | None, bool]]:
    """The ids in the body of an upsert, each with whether all its bytes are as they should be."""
    if not (body.startswith(b'{"batch":[') and body.endswith(b"]}")):
        yield None, False
        return
    position = len(b'{"batch":[')
    while position < len(body) - 2:
        identity, end = _read_item(body, position)
        if end is None:
            yield from ((found.decode(), False) for found in _ANY_ID.findall(body, position))
            yield None, False
            return
        yield identity, True
        position = end + (body[end : end + 1] == b",")


def _read_item(body: bytes, position: int) -> tuple[str | None, int | None]:
    item = _ITEM.match(body, position)
    head = _HEAD.match(body, item.end()) if item else None
    if not item or not head:
        return None, None
    identity = head.group(1).decode()
    if not _ID.fullmatch(identity):
        return None, None
    mode = b'{"mode":"start",' if is_start(identity) else b'{"mode":"end",'
    expected = payload_of(identity) + b"}"
    if not body.startswith(mode, position) or not body.startswith(expected, item.end()):
        return identity, None
    end = item.end() + len(expected)
    return identity, end if body[end : end + 1] in (b",", b"]") else None


@dataclasses.dataclass
class Outcome:
    """What the clients of one load were told."""

    acknowledged: list[str] = dataclasses.field(default_factory=list)
    refused: list[str] = dataclasses.field(default_factory=list)
    # Sent, and the connection ended before a reply came: delivered or not, both are right.
    unanswered: list[str] = dataclasses.field(default_factory=list)
    reasons: Counter[str] = dataclasses.field(default_factory=Counter)
    reply_s: list[float] = dataclasses.field(default_factory=list)
    stalls: int = 0

    def add(self, other: Outcome) -> None:
        self.acknowledged += other.acknowledged
        self.refused += other.refused
        self.unanswered += other.unanswered
        self.reasons += other.reasons
        self.reply_s += other.reply_s
        self.stalls += other.stalls

    def reply_ms(self, quantile: float) -> float:
        times = sorted(self.reply_s)
        return times[min(len(times) - 1, int(len(times) * quantile))] * 1000 if times else 0.0


@dataclasses.dataclass
class Received:
    """What the sink got: for every id how often, in the order of the first time."""

    stored: dict[str, int]
    # Of those, how often the daemon was told so with a whole answer.
    confirmed: dict[str, int]
    altered: int
    requests: int


@dataclasses.dataclass
class Verdict:
    acknowledged: int
    delivered: int
    duplicated: int
    # Sent again although the sink had said 200: right only after a crash.
    needlessly: int
    altered: int
    unknown: int
    dead_lettered: int
    lost: int
    lost_ids: list[str]

    @property
    def is_good(self) -> bool:
        return self.lost == 0 and self.altered == 0 and self.unknown == 0


def judge(told: Outcome, received: Received, dead: set[str], waiting: int = 0) -> Verdict:
    acknowledged = set(told.acknowledged)
    known = acknowledged | set(told.unanswered)
    missing = sorted(acknowledged - received.stored.keys() - dead)
    return Verdict(
        acknowledged=len(acknowledged),
        delivered=len(received.stored.keys() & acknowledged),
        duplicated=sum(count - 1 for count in received.stored.values()),
        needlessly=sum(count - 1 for count in received.confirmed.values()),
        altered=received.altered,
        # A refused call is sent by its client, so it must not come from the daemon as well.
        unknown=len((received.stored.keys() | dead) - known),
        dead_lettered=len(dead),
        lost=max(0, len(missing) - waiting),
        lost_ids=missing[:5],
    )
