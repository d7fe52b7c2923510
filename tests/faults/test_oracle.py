"""The oracle has to see what is wrong, or all the rest proves nothing."""

from __future__ import annotations

import json
import random
import struct
import tempfile
import unittest
from pathlib import Path

from bodies import Invalid, members_of, read_batch, read_complete, read_single, started_at_of
from manners import Manner, read_request
from oracle import Excuses, Outcome, Received, judge
from payloads import id_of, is_start, line_of, name_of, payload_of
from plans import Load, PairPlan, Pairs
from spoolfiles import Harm, harm_of, read_segment

PLAIN = [name_of("m", 0, number) for number in range(40)]
HALVES = [name_of("p", 0, number) for number in range(60)]
NAMES = PLAIN + HALVES
_NOT_COMPLETE = {"is_eval"}


def body_of(names: list[str]) -> bytes:
    items = [
        b'{"mode":"%s","req":%s}' % (b"start" if is_start(name) else b"end", payload_of(name))
        for name in names
    ]
    return b'{"batch":[' + b",".join(items) + b"]}"


def call_members(start: str, end: str) -> dict[str, str]:
    """As a server would want them."""
    later = {key: text for key, text in members_of(end).items() if key not in _NOT_COMPLETE}
    return later | members_of(start)


def text_of(members: dict[str, str]) -> str:
    return "{" + ",".join(f'"{key}":{text}' for key, text in members.items()) + "}"


def complete_body(*calls: dict[str, str]) -> bytes:
    return ('{"batch":[' + ",".join(text_of(call) for call in calls) + "]}").encode()


class PayloadTest(unittest.TestCase):
    def test_every_payload_is_json_and_names_its_call(self) -> None:
        for name in NAMES:
            line = json.loads(line_of(name))
            half = line["payload"]["start" if is_start(name) else "end"]
            self.assertEqual(half["id"], id_of(name))

    def test_payloads_have_what_a_json_library_would_change(self) -> None:
        for names in (PLAIN, HALVES):
            text = b"".join(payload_of(name) for name in names)
            for oddity in (b"\\ud800", b"12345678901234567890", b"1.0,", b"\\/", "漢字".encode()):
                self.assertIn(oddity, text)

    def test_halves_have_what_belongs_to_them(self) -> None:
        for name in HALVES:
            members = members_of(name)
            self.assertEqual("started_at" in members, is_start(name))
            self.assertEqual(members.get("trace_id", "null") != "null", is_start(name))
            of_end = {"ended_at", "summary", "output"}
            self.assertEqual(of_end <= members.keys(), not is_start(name))


class ReadBatchTest(unittest.TestCase):
    def test_a_good_batch(self) -> None:
        self.assertEqual(list(read_batch(body_of(NAMES))), [(name, True) for name in NAMES])

    def test_one_changed_byte_anywhere(self) -> None:
        body = body_of(PLAIN[:3] + HALVES[:2])
        for position in range(0, len(body), 7):
            changed = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
            self.assertFalse(all(exact for _, exact in read_batch(changed)), position)

    def test_a_body_that_is_cut_off(self) -> None:
        body = body_of(PLAIN[:3])
        for end in range(0, len(body), 11):
            self.assertFalse(all(exact for _, exact in read_batch(body[:end])), end)


class ReadCompleteTest(unittest.TestCase):
    start, end = HALVES[4], HALVES[5]

    def test_good_calls_in_any_order_of_members(self) -> None:
        calls = [call_members(*HALVES[index : index + 2]) for index in range(0, 60, 2)]
        calls = [dict(random.Random(1).sample(list(call.items()), len(call))) for call in calls]
        reading = read_complete(complete_body(*calls))
        self.assertEqual(reading.items, [(name, True) for name in HALVES])
        self.assertEqual(reading.projects, {"acme/faults-0"})

    def test_what_no_schema_allows(self) -> None:
        good = call_members(self.start, self.end)
        bad = [
            complete_body(good | {"is_eval": "true"}),
            complete_body({key: text for key, text in good.items() if key != "trace_id"}),
            complete_body({key: text for key, text in good.items() if key != "summary"}),
            complete_body(good | {"started_at": "null"}),
            complete_body(good | {"inputs": "[]"}),
            complete_body(good)[:-1] + b',"more":1}',
            complete_body(good) + b" {}",
            complete_body(good).replace(b'"batch":[{', b'"batch":[{"id":"x",', 1),
            complete_body(good)[:-1],
            complete_body(good | {"output": "NaN"}),
            b'{"batch":[]}',
        ]
        for body in bad:
            self.assertRaises(Invalid, read_complete, body)

    def test_every_member_is_compared(self) -> None:
        good = call_members(self.start, self.end)
        for key, text in good.items():
            if key == "id" or text == "null":
                continue
            changed = good | {key: text[:1] + " " + text[1:]}
            items = read_complete(complete_body(changed)).items
            self.assertIn(False, [exact for _, exact in items], key)
        without = {key: text for key, text in good.items() if key != "output"}
        items = read_complete(complete_body(without)).items
        self.assertEqual(items, [(self.start, True), (self.end, False)])

    def test_halves_of_different_calls(self) -> None:
        mixed = call_members(self.start, HALVES[7])
        self.assertEqual(
            read_complete(complete_body(mixed)).items, [(self.start, True), (self.end, False)]
        )


class ReadSingleTest(unittest.TestCase):
    start, end = HALVES[4], HALVES[5]

    def test_a_start_is_the_payload(self) -> None:
        reading = read_single(payload_of(self.start), "start")
        self.assertEqual(reading.items, [(self.start, True)])
        changed = payload_of(self.start).replace(b'"inputs":', b'"inputs" :')
        self.assertEqual(read_single(changed, "start").items, [(self.start, False)])

    def test_an_end_may_say_when_its_call_started(self) -> None:
        self.assertTrue(read_single(payload_of(self.end), "end").is_bare_end)
        time = started_at_of(self.end)
        assert time
        for text, is_right in ((time, True), (time.replace(":15:", ":14:"), False)):
            members = {"started_at": text} | members_of(self.end)
            reading = read_single(b'{"end":%s}' % text_of(members).encode(), "end")
            self.assertEqual(reading.items, [(self.end, is_right)])
            self.assertFalse(reading.is_bare_end)

    def test_another_shape(self) -> None:
        for body in (payload_of(self.end), b"[]", b'{"start":{}}', b'{"start":1}', b""):
            self.assertRaises(Invalid, read_single, body, "start")


class MannerTest(unittest.TestCase):
    start, end = HALVES[4], HALVES[5]
    path = "/v2/acme/faults-0/"

    def answer(self, manner: Manner, path: str, body: bytes, *stored: str) -> tuple[int, bytes]:
        answer = manner.choose(random.Random(1), read_request(path, body), set(stored))
        return answer.status, answer.body

    def test_a_project_that_requires_complete(self) -> None:
        manner = Manner(complete=frozenset([0]))
        status, body = self.answer(manner, "/call/upsert_batch", body_of(HALVES[:2]))
        self.assertEqual(status, 400)
        self.assertEqual(json.loads(body)["error_code"], "CALLS_COMPLETE_MODE_REQUIRED")
        other = body_of([name_of("p", 1, 0)])
        self.assertEqual(self.answer(manner, "/call/upsert_batch", other)[0], 200)
        good = complete_body(call_members(self.start, self.end))
        self.assertEqual(self.answer(manner, self.path + "calls/complete", good)[0], 200)

    def test_the_project_in_the_path(self) -> None:
        good = complete_body(call_members(self.start, self.end))
        self.assertEqual(self.answer(Manner(), "/v2/acme/other/calls/complete", good)[0], 422)

    def test_a_server_without_the_routes(self) -> None:
        manner = Manner(has_v2=False)
        for route, body in (("calls/complete", b"{}"), ("call/start", b""), ("call/end", b"")):
            got = self.answer(manner, self.path + route, body)
            self.assertEqual(got, (404, b'{"detail":"Not Found"}'))

    def test_an_end_without_its_start(self) -> None:
        path = self.path + "call/end"
        got = self.answer(Manner(), path, payload_of(self.end))
        self.assertEqual(got, (404, b'{"reason":"no start found"}'))
        self.assertEqual(self.answer(Manner(), path, payload_of(self.end), self.start)[0], 200)


class PairPlanTest(unittest.TestCase):
    def taken(self, pairs: Pairs, clients: int = 2) -> list[list[str]]:
        load = Load(clients=clients, calls=400, profile="p", pairs=pairs)
        taken = []
        for index in range(clients):
            plan, now, names = PairPlan(load, 0, index), 0.0, []
            while not plan.is_done:
                names += plan.take(3, now)
                now += 0.01
            taken.append(names)
        return taken

    def test_both_halves_of_every_call_once(self) -> None:
        names = sum(self.taken(Pairs(open_starts=0)), [])
        self.assertEqual(sorted(names), sorted(name_of("p", 0, number) for number in range(400)))

    def test_early_ends_and_open_starts(self) -> None:
        names = self.taken(Pairs(early_ends=0.2, open_starts=0.2), clients=1)[0]
        place = {name: index for index, name in enumerate(names)}
        starts = [name for name in names if is_start(name)]
        ends = [id_of(name) + "+e" for name in starts]
        self.assertEqual(len(starts), 200)
        self.assertTrue(20 < sum(end not in place for end in ends) < 60)
        early = sum(place.get(end, 999) < place[start] for start, end in zip(starts, ends))
        self.assertTrue(20 < early < 60)

    def test_a_client_that_leaves_owes_ends(self) -> None:
        pairs = Pairs(least_s=9, most_s=9, early_ends=0, leaves=True)
        names = sum(self.taken(pairs), [])
        self.assertEqual(len(names), 200)
        self.assertTrue(all(is_start(name) for name in names))

    def test_one_half_only(self) -> None:
        for only, wanted in (("starts", True), ("ends", False)):
            names = sum(self.taken(Pairs(only=only)), [])
            self.assertEqual(len(names), 200)
            self.assertTrue(all(is_start(name) == wanted for name in names))


class JudgeTest(unittest.TestCase):
    def judge(self, stored: dict[str, int], dead: set[str] | None = None) -> tuple[int, int, int]:
        told = Outcome(acknowledged=["a", "b"], refused=["r"], unanswered=["u"])
        verdict = judge(told, Received(stored, {}, 0, 1), dead or set())
        return verdict.lost, verdict.unknown, verdict.duplicated

    def test_all_there(self) -> None:
        self.assertEqual(self.judge({"a": 1, "b": 1}), (0, 0, 0))
        self.assertEqual(self.judge({"a": 1, "b": 3, "u": 1}), (0, 0, 2))
        self.assertEqual(self.judge({"a": 1}, {"b"}), (0, 0, 0))

    def test_excuses_are_for_the_names_in_them(self) -> None:
        told = Outcome(acknowledged=["a", "b"], refused=["r", "q"])
        excuses = Excuses(destroyed={"a"}, doubtful={"r"})
        for stored, lost, unknown in (("b", 0, 0), ("br", 0, 0), ("", 1, 0), ("bq", 0, 1)):
            received = Received({name: 1 for name in stored}, {}, 0, 1)
            verdict = judge(told, received, set(), excuses)
            self.assertEqual((verdict.lost, verdict.unknown), (lost, unknown), stored)

    def test_what_is_wrong(self) -> None:
        self.assertEqual(self.judge({"a": 1}), (1, 0, 0))
        self.assertEqual(self.judge({"a": 1, "b": 1, "r": 1}), (0, 1, 0))
        self.assertEqual(self.judge({"a": 1, "b": 1, "nobody": 1}), (0, 1, 0))


def segment_bytes(names: list[str], done: frozenset[str] = frozenset(), number: int = 7) -> bytes:
    """As docs/spool-format.md says, but for the checksums, which nobody here looks at."""
    project = b"acme/faults-0"
    data = struct.pack("=8sIIQII", b"WVSPOOL1", 2, 65536, number, len(project), 0) + project
    data += bytes(-len(data) % 8)
    states = bytearray(520)  # 65536 / 128 and one, up to a multiple of 8
    records = b""
    for name in names:
        states[len(records) // 128] = name in done
        identity, payload = id_of(name).encode(), payload_of(name)
        kind, length = 1 if is_start(name) else 2, len(identity) + len(payload)
        fields = (length, 0, number, len(identity), kind, 0, 0, 0)
        record = struct.pack("=IIIHBBQq", *fields) + identity + payload
        records += record + bytes(max(-len(record) % 8, 128 - len(record)))
    return data + states + records + bytes(64)


class HarmTest(unittest.TestCase):
    names = [name_of("s", 0, number) for number in range(6)] + HALVES[:2]

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "0000000000000007.seg"
        path.write_bytes(segment_bytes(self.names, frozenset(self.names[1:2])))
        self.segment = read_segment(path)

    def harm(self, *changes: tuple[int, bytes], length: int | None = None) -> Harm:
        data = bytearray(self.segment.data)
        for place, content in changes:
            data[place : place + len(content)] = content
        return harm_of(self.segment, bytes(data[:length]))

    def test_the_records_and_which_of_them_wait(self) -> None:
        records = self.segment.records
        self.assertEqual([record.name for record in records], self.names)
        self.assertEqual(self.segment.waiting, set(self.names) - {self.names[1]})
        for record in records:
            payload = self.segment.data[record.payload_at : record.end]
            self.assertEqual(payload, payload_of(record.name))

    def test_every_byte_belongs_to_one_record(self) -> None:
        records = self.segment.records
        for record in records:
            for place in range(record.offset, record.end, 13):
                byte = bytes([self.segment.data[place] ^ 1])
                wanted = set() if record.name == self.names[1] else {record.name}
                self.assertEqual(self.harm((place, byte)).destroyed, wanted)

    def test_neither_a_state_nor_what_fills_up(self) -> None:
        records = self.segment.records
        states = [(record.state_at, b"\7") for record in records]
        gaps = [
            (one.end, b"\7" * (two.offset - one.end)) for one, two in zip(records, records[1:])
        ]
        self.assertTrue(any(content for _, content in gaps))
        harm = self.harm(*states, *gaps)
        self.assertEqual((harm.destroyed, harm.pieces), (set(), []))

    def test_pieces_lie_between_good_records(self) -> None:
        records = self.segment.records
        harm = self.harm((records[2].payload_at, b"~"), (records[3].payload_at, b"~"))
        self.assertEqual(harm.destroyed, set(self.names[2:4]))
        self.assertEqual([offset for offset, _ in harm.pieces], [records[2].offset])
        self.assertEqual(len(harm.pieces[0][1]), records[4].offset - records[2].offset)

    def test_a_file_that_is_cut_off(self) -> None:
        record = self.segment.records[-2]
        harm = self.harm(length=record.payload_at + 5)
        self.assertEqual(harm.destroyed, set(self.names[-2:]))
        self.assertEqual([offset for offset, _ in harm.pieces], [record.offset])

    def test_what_the_header_spoils(self) -> None:
        harm = self.harm((8, b"\3"))
        self.assertTrue(harm.is_whole_file)
        self.assertEqual(harm.destroyed, self.segment.waiting)


if __name__ == "__main__":
    unittest.main()
