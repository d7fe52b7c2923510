"""Scenarios in which somebody has been at the files of the spool while no daemon ran."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from typing import Any

from crashes import kill_now
from lab import Lab, wait_until
from payloads import name_of, payload_of
from plans import Load
from spoolfiles import HEADER_BYTES, VERSION_AT, Harm, SegmentFile, harm_of, read_spool

PAGE_BYTES = 4096
_PROFILES = "slmb"

Damage = Callable[[SegmentFile, random.Random], bytes]


def _cut(segment: SegmentFile, chance: random.Random) -> bytes:
    """In the middle of a payload; a cut elsewhere is one at the end of a record."""
    record = chance.choice(segment.records[1:])
    return segment.data[: chance.randrange(record.payload_at + 1, record.end)]


def _flip_bits(segment: SegmentFile, chance: random.Random) -> bytes:
    data = bytearray(segment.data)
    for record in chance.sample(segment.records, min(3, len(segment.records))):
        data[chance.randrange(record.payload_at, record.end)] ^= 1 << chance.randrange(8)
    return bytes(data)


def _flip_header(segment: SegmentFile, chance: random.Random) -> bytes:
    """A length, a checksum, a kind."""
    data = bytearray(segment.data)
    # The last record's length may become 0, and then nothing says that there was one.
    record = chance.choice(segment.records[:-1])
    data[record.offset + chance.randrange(HEADER_BYTES)] ^= 1 << chance.randrange(8)
    return bytes(data)


def _zero_page(segment: SegmentFile, chance: random.Random) -> bytes:
    """As after a power cut that kept the pages before and behind it."""
    return _with_page(segment, chance.choice(_pages(segment)), bytes(PAGE_BYTES))


def _fill_page(segment: SegmentFile, chance: random.Random) -> bytes:
    return _with_page(segment, chance.choice(_pages(segment)), chance.randbytes(PAGE_BYTES))


def _pages(segment: SegmentFile) -> range:
    """With nothing but records in them."""
    records = segment.records
    return range(records[0].offset // PAGE_BYTES + 1, records[-1].offset // PAGE_BYTES)


def _with_page(segment: SegmentFile, page: int, content: bytes) -> bytes:
    begin = page * PAGE_BYTES
    return segment.data[:begin] + content + segment.data[begin + PAGE_BYTES :]


def _other_version(segment: SegmentFile, chance: random.Random) -> bytes:
    version = chance.randrange(3, 1 << 32).to_bytes(4, "little")
    return segment.data[:VERSION_AT] + version + segment.data[VERSION_AT + 4 :]


def _odd_states(segment: SegmentFile, chance: random.Random) -> bytes:
    """Any value but 1 means that the call waits, so nothing is lost by these."""
    data = bytearray(segment.data)
    for record in segment.records:
        if record.is_waiting:
            data[record.state_at] = chance.randrange(2, 256)
    return bytes(data)


_DAMAGES: list[Damage] = [
    _cut,
    _flip_bits,
    _flip_header,
    _zero_page,
    _fill_page,
    _other_version,
    _odd_states,
]


def damage(lab: Lab) -> None:
    """Files of the spool are damaged: what is good is delivered, the rest is put aside."""
    chance = random.Random(lab.setting.seed)
    rounds = int(lab.setting.pick(12, 1))
    pieces = 0
    for _ in range(rounds):
        _fill_spool(lab)
        pieces += _damage_spool(lab, chance)
        # Once more: the damaged files are still there, with the good records that are left.
        waiting = lab.daemon.status()["calls"]["pending"]
        kill_now(lab)
        lab.daemon.start()
        _read_through(lab, waiting)
        lab.drain()
        # A killed one leaves files for their next use, with the damage that is in them.
        lab.daemon.stop()
    lab.daemon.start()
    lab.expect(lab.daemon.status()["spool"]["quarantined"] == 0, "damage was found once more")
    received = lab.judge(is_crash=True)
    destroyed = lab.excuses.destroyed
    # Else the excuse would be one for calls that could have been lost otherwise.
    lab.expect(not destroyed & received.stored.keys(), "a destroyed call was delivered")
    lab.expect(bool(destroyed), "nothing was destroyed, so nothing was tried")
    lab.note(f"{rounds} rounds, {len(destroyed)} destroyed in {pieces} pieces")


def _fill_spool(lab: Lab) -> None:
    """Projects with files of several sizes; some of the records are done."""
    lab.daemon.start()
    sent = lab.sink.count()
    calls = int(lab.setting.pick(400, 200))
    lab.run(Load(clients=2, window=16, calls=calls, seconds=10))
    wait_until(lambda: lab.sink.count() > sent, 5)
    lab.sink.down()
    loads = [
        Load(2, 16, calls, 10, profile, project)
        for project in range(len(_DAMAGES) // 2)
        for profile in _PROFILES
    ]
    producers = [lab.begin(load) for load in loads]
    for producer in producers:
        lab.end(producer)
    lab.daemon.kill()


def _damage_spool(lab: Lab, chance: random.Random) -> int:
    """Starts a daemon on what is left. Returns how many pieces it had to put aside."""
    # Numbers may be given again once their files have gone.
    shutil.rmtree(lab.daemon.spool / "quarantine", ignore_errors=True)
    segments = read_spool(lab.daemon.spool)
    waiting = set[str]().union(*(segment.waiting for segment in segments))
    stored = lab.sink.report().stored.keys()
    known = stored | waiting | lab.excuses.destroyed
    lost = set(lab.told.acknowledged) - known
    lab.expect(not lost, f"{len(lost)} acknowledged calls are not even in the spool")
    harms = _spread(segments, chance)
    destroyed = set[str]().union(*(harm.destroyed for _, harm in harms))
    # Some may be there already, and only the answer did not arrive.
    lab.excuses.destroyed |= destroyed - stored
    expected = sum(len(harm.pieces) for _, harm in harms)
    strangers = _add_strangers(lab)
    _expect_verified(lab, expected + len(strangers), len(waiting - destroyed))
    lab.daemon.start()
    status = _read_through(lab, len(waiting - destroyed))
    quarantined = status["spool"]["quarantined"]
    wanted = expected + len(strangers)
    lab.expect(quarantined == wanted, f"{quarantined} put aside, not {wanted}")
    _expect_kept(lab, harms, strangers)
    lab.audit(status)
    return expected


def _spread(
    segments: list[SegmentFile], chance: random.Random
) -> list[tuple[SegmentFile, Harm]]:
    """One damage a file, as long as there are files with something in them."""
    fit = [segment for segment in segments if _is_fit(segment)]
    damages = chance.sample(_DAMAGES, len(_DAMAGES)) * 2
    harms = []
    for segment, change in zip(chance.sample(fit, len(fit)), damages):
        after = change(segment, chance)
        segment.path.write_bytes(after)
        harms.append((segment, harm_of(segment, after)))
    return harms


def _is_fit(segment: SegmentFile) -> bool:
    return len(segment.records) > 3 and len(_pages(segment)) > 1 and bool(segment.waiting)


def _add_strangers(lab: Lab) -> dict[str, bytes]:
    """Files that look like segments and are none, and one that is nobody's business."""
    (lab.daemon.spool / "notes.txt").write_bytes(b"not a segment")
    empty, text, link = (f"00000000000f{number:04x}.seg" for number in range(3))
    contents = {empty: b"", text: b"not a segment\n" * 1000}
    for name, content in contents.items():
        (lab.daemon.spool / name).write_bytes(content)
    outside = lab.home / "outside"
    outside.write_bytes(payload_of(name_of("s", 0, 0)))
    (lab.daemon.spool / link).symlink_to(outside)
    return contents | {link: outside.read_bytes()}


def _expect_verified(lab: Lab, problems: int, waiting: int) -> None:
    code, text = lab.daemon.verify_spool()
    found = re.search(r"(\d+) waiting, \d+ done, (\d+) problem", text)
    counts = (int(found[1]), int(found[2])) if found else None
    lab.expect(code == 1, f"spool verify ended with {code}")
    lab.expect(counts == (waiting, problems), f"spool verify: {counts}, not {waiting, problems}")


def _read_through(lab: Lab, waiting: int) -> dict[str, Any]:
    """The status once all files have been looked at."""
    wait_until(lambda: lab.daemon.status()["calls"]["recovered"] >= waiting, 10)
    status = lab.daemon.status()
    found = status["calls"]["recovered"]
    lab.expect(found == waiting, f"{found} calls were found, not {waiting}")
    return status


def _expect_kept(
    lab: Lab, harms: list[tuple[SegmentFile, Harm]], strangers: dict[str, bytes]
) -> None:
    """For people to look at: byte for byte what was damaged."""
    wanted = dict(strangers)
    for segment, harm in harms:
        for offset, content in harm.pieces:
            piece = f"{segment.number:016x}-{offset}.bytes"
            wanted[segment.path.name if harm.is_whole_file else piece] = content
    folder = lab.daemon.spool / "quarantine"
    for name, content in wanted.items():
        path = folder / name
        is_kept = path.exists() and path.read_bytes() == content
        lab.expect(is_kept, f"quarantine/{name} is not what was damaged")
    is_left = (lab.daemon.spool / "notes.txt").exists()
    lab.expect(is_left, "a file that is no segment was taken away")
    more = {path.name for path in folder.iterdir()} - wanted.keys()
    lab.expect(not more, f"{len(more)} good pieces are in quarantine: {sorted(more)[:2]}")
