"""The oracle has to see what is wrong, or all the rest proves nothing."""

from __future__ import annotations

import json
import unittest

from oracle import Outcome, Received, call_id, is_start, judge, line_of, payload_of, read_batch

IDS = [call_id("m", 0, number) for number in range(40)]


def body_of(ids: list[str]) -> bytes:
    items = [
        b'{"mode":"%s","req":%s}' % (b"start" if is_start(name) else b"end", payload_of(name))
        for name in ids
    ]
    return b'{"batch":[' + b",".join(items) + b"]}"


class PayloadTest(unittest.TestCase):
    def test_every_payload_is_json_and_names_its_call(self) -> None:
        for name in IDS:
            line = json.loads(line_of(name))
            self.assertEqual(line["payload"]["start" if is_start(name) else "end"]["id"], name)

    def test_payloads_have_what_a_json_library_would_change(self) -> None:
        text = b"".join(payload_of(name) for name in IDS)
        for oddity in (b"\\ud800", b"12345678901234567890", b"1.0,", b"\\/", "漢字".encode()):
            self.assertIn(oddity, text)


class ReadBatchTest(unittest.TestCase):
    def test_a_good_batch(self) -> None:
        self.assertEqual(list(read_batch(body_of(IDS))), [(name, True) for name in IDS])

    def test_one_changed_byte_anywhere(self) -> None:
        body = body_of(IDS[:3])
        for position in range(0, len(body), 7):
            changed = body[:position] + bytes([body[position] ^ 1]) + body[position + 1 :]
            self.assertFalse(all(exact for _, exact in read_batch(changed)), position)

    def test_a_body_that_is_cut_off(self) -> None:
        body = body_of(IDS[:3])
        for end in range(0, len(body), 11):
            self.assertFalse(all(exact for _, exact in read_batch(body[:end])), end)


class JudgeTest(unittest.TestCase):
    def judge(self, stored: dict[str, int], dead: set[str] | None = None) -> tuple[int, int, int]:
        told = Outcome(acknowledged=["a", "b"], refused=["r"], unanswered=["u"])
        verdict = judge(told, Received(stored, {}, 0, 1), dead or set())
        return verdict.lost, verdict.unknown, verdict.duplicated

    def test_all_there(self) -> None:
        self.assertEqual(self.judge({"a": 1, "b": 1}), (0, 0, 0))
        self.assertEqual(self.judge({"a": 1, "b": 3, "u": 1}), (0, 0, 2))
        self.assertEqual(self.judge({"a": 1}, {"b"}), (0, 0, 0))

    def test_what_is_wrong(self) -> None:
        self.assertEqual(self.judge({"a": 1}), (1, 0, 0))
        self.assertEqual(self.judge({"a": 1, "b": 1, "r": 1}), (0, 1, 0))
        self.assertEqual(self.judge({"a": 1, "b": 1, "nobody": 1}), (0, 1, 0))


if __name__ == "__main__":
    unittest.main()
