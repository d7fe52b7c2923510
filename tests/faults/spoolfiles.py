"""Reads a spool as docs/spool-format.md describes it, to know what a damage has hit.

No checksums: what is read was written by a daemon that nobody had disturbed. A record counts as
destroyed when one of its bytes is another one afterwards, so the daemon's own judgement has no
part in what the oracle expects.
"""

from __future__ import annotations

import dataclasses
import struct
from pathlib import Path

from payloads import name_from

_FILE_HEADER = struct.Struct("=8sIIQII")
_RECORD_HEADER = struct.Struct("=IIIHBBQq")
_MAGIC = b"WVSPOOL1"
VERSION_AT = 8
_MIN_RECORD_BYTES = 128  # and so many bytes of the file have a state
HEADER_BYTES = _RECORD_HEADER.size
_START = 1
_DONE = 1


def _aligned(number: int) -> int:
    return (number + 7) // 8 * 8


@dataclasses.dataclass(frozen=True)
class Record:
    name: str
    offset: int
    end: int  # behind the payload
    payload_at: int
    state_at: int
    is_waiting: bool


@dataclasses.dataclass(frozen=True)
class SegmentFile:
    path: Path
    data: bytes
    number: int
    states_at: int  # behind the header and the project's name
    records: list[Record]

    @property
    def waiting(self) -> set[str]:
        return {record.name for record in self.records if record.is_waiting}


def read_segment(path: Path) -> SegmentFile:
    data = path.read_bytes()
    magic, _, capacity, number, project_bytes, _ = _FILE_HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise ValueError(f"{path.name} is no segment")
    records = []
    states_at = _aligned(_FILE_HEADER.size + project_bytes)
    first = offset = states_at + _aligned(capacity // _MIN_RECORD_BYTES + 1)
    while offset + HEADER_BYTES <= len(data):
        header = _RECORD_HEADER.unpack_from(data, offset)
        length, _, generation, id_bytes, kind, _, _, _ = header
        if length == 0:
            break
        if generation != number & 0xFFFFFFFF:
            raise ValueError(f"{path.name}: no record of this file at {offset}")
        begin = offset + HEADER_BYTES
        identity = data[begin : begin + id_bytes].decode()
        name = name_from(identity, kind == _START)
        end = begin + length
        state_at = states_at + (offset - first) // _MIN_RECORD_BYTES
        is_waiting = data[state_at] != _DONE
        records.append(Record(name, offset, end, begin + id_bytes, state_at, is_waiting))
        offset += max(_aligned(end - offset), _MIN_RECORD_BYTES)
    return SegmentFile(path, data, number, states_at, records)


def read_spool(folder: Path) -> list[SegmentFile]:
    return [read_segment(path) for path in sorted(folder.glob("*.seg"))]


@dataclasses.dataclass
class Harm:
    """What is different in one file."""

    # Of the calls that waited.
    destroyed: set[str] = dataclasses.field(default_factory=set)
    # Of everything between good records: offset and bytes, as they should be in quarantine.
    pieces: list[tuple[int, bytes]] = dataclasses.field(default_factory=list)
    is_whole_file: bool = False


def harm_of(before: SegmentFile, after: bytes) -> Harm:
    if after[: before.states_at] != before.data[: before.states_at]:
        return Harm(before.waiting, [(0, after)], True)
    harm = Harm()
    bad_from: int | None = None
    for record in before.records:
        if after[record.offset : record.end] == before.data[record.offset : record.end]:
            if bad_from is not None:
                harm.pieces.append((bad_from, after[bad_from : record.offset]))
                bad_from = None
            continue
        if record.is_waiting:
            harm.destroyed.add(record.name)
        if bad_from is None:
            bad_from = record.offset
    # A length of 0 is what stands behind the last record of every file.
    if bad_from is not None and after[bad_from : bad_from + 4].strip(b"\0"):
        harm.pieces.append((bad_from, after[bad_from:]))
    return harm
