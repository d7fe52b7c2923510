"""What grows has to be seen, and what only varies has not."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

from samples import MEASURES, Sample, take_sample, trends_of

STILL: Sample = {measure.name: 100.0 for measure in MEASURES}


def growing(name: str, by: float, count: int = 30) -> list[Sample]:
    return [STILL | {name: 100.0 + by * index / (count - 1)} for index in range(count)]


def is_flat(samples: list[Sample]) -> bool:
    trends = trends_of(samples)
    return bool(trends) and all(trend.is_flat for trend in trends)


class TrendTest(unittest.TestCase):
    def test_nothing_happens(self) -> None:
        self.assertTrue(is_flat([STILL] * 3))

    def test_everything_that_grows_is_seen(self) -> None:
        for measure in MEASURES:
            # From the middle of the first third to that of the last are two thirds of it.
            much = 1.6 * measure.allowed(100.0) + 1
            self.assertFalse(is_flat(growing(measure.name, much)), measure.name)
            self.assertTrue(is_flat(growing(measure.name, -much)), measure.name)

    def test_one_odd_sample_is_no_trend(self) -> None:
        samples = [dict(STILL) for _ in range(9)]
        samples[8]["anonymous MiB"] = 500.0
        self.assertTrue(is_flat(samples))

    def test_too_few_samples_say_nothing(self) -> None:
        self.assertEqual(trends_of([STILL] * 2), [])


class SampleTest(unittest.TestCase):
    def test_a_process_is_read(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            spool = Path(folder)
            (spool / "file").write_bytes(b"x" * 8192)
            before = take_sample(os.getpid(), spool)
            with (spool / "file").open():
                after = take_sample(os.getpid(), spool)
        self.assertEqual(before.keys(), STILL.keys())
        self.assertEqual(before["spool files"], 1)
        self.assertEqual(after["descriptors"], before["descriptors"] + 1)
        self.assertGreater(before["anonymous MiB"], 1)
        self.assertEqual(before["of the spool MiB"], 0)


if __name__ == "__main__":
    unittest.main()
