"""What every call has to look like.

The payload is a pure function of the name. So the sink can compare every byte it gets without being
told what was sent, and nothing has to be kept in memory but names.

A name is what is delivered and counted. Most calls have one, their id, and are only a start or only
an end: m.0.7. Calls of the profile “p” have both halves, p.0.7+s and p.0.7+e, and the id p.0.7.
"""

from __future__ import annotations

import bisect
import random
import re
import zlib

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
_MOST_OF_BANK = 200_000  # what is longer repeats itself
_SIZES = {
    "s": (100, 600),
    "m": (100, 200_000),
    "l": (8_000, 16_000),
    "b": (100_000, 200_000),
    "p": (500, 20_000),
    "x": (1_000, 800_000),
}
_MANY_SMALL = "mpx"  # as in life: many small ones and a few large ones
PAIRS = "p"

NAME = re.compile(r"([a-z])\.(\d+)\.(\d+)(\+[se])?")
_SUFFIXES = ("+s", "+e")


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


def name_of(profile: str, project: int, number: int) -> str:
    """Even numbers are starts. Of a pair, two numbers that follow each other are the halves."""
    if profile == PAIRS:
        return f"{profile}.{project}.{number // 2}{_SUFFIXES[number % 2]}"
    return f"{profile}.{project}.{number}"


def id_of(name: str) -> str:
    return name.partition("+")[0]


def halves_of(identity: str) -> tuple[str, str]:
    return identity + "+s", identity + "+e"


def name_from(identity: str, is_start_half: bool) -> str:
    """The name of what came under this id, as a start or as an end."""
    if identity.startswith(PAIRS + "."):
        return identity + _SUFFIXES[not is_start_half]
    return identity


def start_of(name: str) -> str:
    return id_of(name) + "+s"


def project_name(project: int) -> str:
    return f"acme/faults-{project}"


def project_of(name: str) -> str:
    return project_name(int(name.split(".")[1]))


def is_start(name: str) -> bool:
    identity, _, half = name.partition("+")
    return half == "s" if half else int(identity.rsplit(".", 1)[1]) % 2 == 0


def _wanted_bytes(profile: str, chance: int) -> int:
    least, most = _SIZES[profile]
    if profile in _MANY_SMALL:
        return int(least * (most / least) ** (((chance % 10_000) / 10_000) ** 3))
    return least + chance % (most - least)


def _bank_text(name: bytes, want: int) -> bytes:
    if want > _MOST_OF_BANK:
        half = want // 2
        return _bank_text(name, half) + b"," + _bank_text(name, want - half)
    latest = bisect.bisect(_OFFSETS, _OFFSETS[-1] - _MOST_OF_BANK) - 1
    first = zlib.crc32(name, 77) % latest
    last = max(first, bisect.bisect(_OFFSETS, _OFFSETS[first] + max(0, want)) - 1)
    return _BANK[_OFFSETS[first] : max(_OFFSETS[first], _OFFSETS[last] - 1)]


def payload_of(name: str) -> bytes:
    match = NAME.fullmatch(name)
    if not match or (match.group(1) == PAIRS) != bool(match.group(4)):
        raise ValueError(name)
    profile, project, _, half = match.groups()
    text = name.encode()
    chance = zlib.crc32(text)
    key = b"start" if is_start(name) else b"end"
    head = b'{"%s":{"project_id":"%s","id":"%s",' % (
        key,
        project_name(int(project)).encode(),
        id_of(name).encode(),
    )
    want = _wanted_bytes(profile, chance) - len(head)
    if half:
        return head + _members_of_half(text, chance, is_start(name), want) + b"}}"
    tail = b'],"check":"%s"}}' % text
    return head + b'"inputs":[' + _bank_text(text, want - 10 - len(tail)) + tail


def _members_of_half(name: bytes, chance: int, is_start_half: bool, want: int) -> bytes:
    """In an order that differs from call to call, with what may be there and what need not."""
    bank = _bank_text(name, want - 200)
    if is_start_half:
        members = [
            b'"op_name":"weave:///acme/faults/op/%s:\\u002a"' % name,
            b'"trace_id":"trace-%s"' % name,
            b'"started_at":"2026-11-23T10:15:%02d.%06dZ"' % (chance % 60, chance % 1_000_000),
            b'"attributes":{"weave":{"z":1.0,"a" :-0.0}}',
            b'"inputs":{"b":[' + bank + b'],"a":1E5}',
        ]
        more = [b'"parent_id":null', b'"display_name":"\\ud800"', b'"wb_run_step":10']
    else:
        members = [
            b'"ended_at":"2026-11-23T10:16:%02d.%06dZ"' % (chance % 60, chance % 1_000_000),
            b'"summary":{"usage":{"m":{"requests":1,"total_tokens":12345678901234567890}}}',
            b'"output":[' + bank + b"]",
        ]
        # The last two are known to /call/end, and a complete call has no place for them.
        more = [b'"exception":"\\u0000"', b'"is_eval":false', b'"trace_id":null']
    members += [member for bit, member in enumerate(more) if chance >> bit & 1]
    turn = (chance >> 8) % len(members)
    between = b" , " if chance >> 16 & 1 else b","
    return between.join(members[turn:] + members[:turn])


def line_of(name: str) -> bytes:
    method = b"call_start" if is_start(name) else b"call_end"
    return b'{"method":"%s","payload":%s}\n' % (method, payload_of(name))
