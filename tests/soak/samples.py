"""What the daemon holds at quiet moments, and whether that grows."""

from __future__ import annotations

import contextlib
import dataclasses
import stat
import statistics
from pathlib import Path

MIB = 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Measure:
    name: str
    # Allowed between the first and the last third of a life: the larger of these.
    growth: float
    share: float = 0.0
    decimals: int = 0

    def allowed(self, before: float) -> float:
        return max(self.growth, self.share * before)


# How many files of the spool are kept mapped for use again differs from wave to wave, so the pages
# of the spool that are resident are counted apart. One file of 4 MiB for each of the four projects
# and three spare ones are what may come and go.
MEASURES = [
    Measure("anonymous MiB", 2.0, 0.1, 2),
    Measure("code MiB", 2.0, 0.1, 2),
    Measure("of the spool MiB", 28.0, 0.0, 2),
    Measure("descriptors", 2),
    Measure("threads", 0),
    Measure("mappings", 8),
    Measure("spool files", 7),
    Measure("on disk MiB", 28.0, 0.0, 2),
]

Sample = dict[str, float]

# Of code and constants no more is resident in a quiet moment; at work it is 8 to 14.
QUIET_CODE_MIB = 6.0


def take_sample(pid: int, spool: Path) -> Sample:
    process = Path(f"/proc/{pid}")
    status = {}
    for line in (process / "status").read_text().splitlines():
        name, _, value = line.partition(":")
        status[name] = value.split()
    anonymous_mib = int(status["RssAnon"][0]) / 1024
    spool_mib = resident_of(process, str(spool))
    files = sizes_in(spool)
    return {
        "anonymous MiB": anonymous_mib,
        "code MiB": int(status["VmRSS"][0]) / 1024 - anonymous_mib - spool_mib,
        "of the spool MiB": spool_mib,
        "descriptors": len(list((process / "fd").iterdir())),
        "threads": int(status["Threads"][0]),
        "mappings": len((process / "maps").read_text().splitlines()),
        "spool files": len(files),
        "on disk MiB": sum(files) / MIB,
    }


def sizes_in(folder: Path) -> list[int]:
    """What each file takes on the disk, in bytes. The daemon may delete some meanwhile."""
    sizes = []
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            if stat.S_ISREG(status.st_mode):
                sizes.append(status.st_blocks * 512)
    return sizes


def resident_of(process: Path, folder: str) -> float:
    """MiB of the mapped files in this folder."""
    kib = 0
    is_in_folder = False
    for line in (process / "smaps").read_text().splitlines():
        name, _, value = line.partition(":")
        if "-" in line.split(maxsplit=1)[0]:
            is_in_folder = folder in line
        elif name == "Rss" and is_in_folder:
            kib += int(value.split()[0])
    return kib / 1024


@dataclasses.dataclass(frozen=True)
class Trend:
    """The medians of the first and of the last third."""

    measure: Measure
    first: float
    last: float
    least: float
    most: float

    @property
    def growth(self) -> float:
        return self.last - self.first

    @property
    def is_flat(self) -> bool:
        return self.growth <= self.measure.allowed(self.first)


LEAST_SAMPLES = 3


def trends_of(samples: list[Sample]) -> list[Trend]:
    if len(samples) < LEAST_SAMPLES:
        return []
    third = len(samples) // 3
    trends = []
    for measure in MEASURES:
        values = [sample[measure.name] for sample in samples]
        first, last = statistics.median(values[:third]), statistics.median(values[-third:])
        trends.append(Trend(measure, first, last, min(values), max(values)))
    return trends


HEADINGS = ["at quiet moments", "first third", "last third", "growth", "allowed", "least", "most"]


def rows_of(trends: list[Trend]) -> list[list[str]]:
    rows = [[*HEADINGS, ""]]
    for trend in trends:
        places = trend.measure.decimals
        allowed = trend.measure.allowed(trend.first)
        numbers = [trend.first, trend.last, trend.growth, allowed, trend.least, trend.most]
        cells = [f"{number:.{places}f}" for number in numbers]
        rows.append([trend.measure.name, *cells, "flat" if trend.is_flat else "GROWS"])
    return rows


def as_line(sample: Sample) -> str:
    return ", ".join(f"{sample[item.name]:.{item.decimals}f} {item.name}" for item in MEASURES)
