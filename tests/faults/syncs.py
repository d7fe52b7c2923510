"""Scenarios in which the disk is slow to sync, or fails to. A preloaded library is that disk."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

from crashes import kill_now
from lab import Lab, Skip, wait_until
from manners import OK, Answer, always
from oracle import Outcome
from plans import Load

# Of a disk that does not sync, or not in time.
_WORD = "disk"


class _Disk:
    def __init__(self, lab: Lab) -> None:
        library = lab.setting.slow_disk
        if not library.exists():
            raise Skip(f"{library.name} is not built here; --slow-disk says where it is")
        self._wish = lab.home / "disk"
        self._platter = lab.home / "disk.platter"
        self.behave("0")
        lab.daemon.environment = {"LD_PRELOAD": str(library), "WEAVE_SLOW_DISK": str(self._wish)}

    def behave(self, wish: str) -> None:
        """Milliseconds, fail, or unreadable. At no moment is the file empty, which means 0."""
        unfinished = self._wish.with_suffix(".new")
        unfinished.write_text(wish)
        os.replace(unfinished, self._wish)

    def syncs(self) -> int:
        log = self._wish.with_suffix(".log")
        return log.read_bytes().count(b"\n") if log.exists() else 0


    def keep_platter(self) -> None:
        """From now on it knows what a power cut would leave."""
        self._platter.mkdir()

    def cut_power(self, spool: Path) -> None:
        """Of every file what was synced, under the name that was synced; all else is gone."""
        for path in spool.glob("*.seg"):
            path.unlink()
        names = self._platter / "names"
        for line in names.read_text().splitlines() if names.exists() else []:
            inode, _, name = line.partition(" ")
            synced = self._platter / inode
            if name.endswith(".seg") and synced.exists():
                shutil.copyfile(synced, spool / name)
        # The files have other inodes now, and are on the disk as they are.
        shutil.rmtree(self._platter)
        self._platter.mkdir()
        for path in spool.glob("*.seg"):
            shutil.copyfile(path, self._platter / str(path.stat().st_ino))
        lines = [f"{path.stat().st_ino} {path.name}\n" for path in spool.glob("*.seg")]
        (self._platter / "names").write_text("".join(lines))


def io_error(lab: Lab) -> None:
    """--spool-sync always and a disk that fails: refusals that say so, and it mends by itself."""
    disk = _Disk(lab)
    lab.sink.down()
    lab.daemon.start()
    load = Load(3, 4, 100_000, lab.setting.pick(3, 0.25), "s", pause_s=0.001)
    _expect_all_taken(lab, lab.run(load), "while the disk was well")
    for wish in ("fail",) if lab.setting.is_quick else ("fail", "2500"):
        disk.behave(wish)
        _expect_all_refused(lab, lab.run_audited(load), wish)
        disk.behave("0")
        # A sync that is under way keeps its time.
        time.sleep(2.6 if wish == "2500" else 0)
        _expect_all_taken(lab, lab.run(load), f"after “{wish}”")
    log = lab.daemon.log_text()
    lab.expect("cannot sync the spool" in log, "the log does not say what failed")
    is_told = "takes too long to sync" in log
    lab.expect(is_told or lab.setting.is_quick, "the log does not say that the disk is slow")
    _flicker(lab, disk, load)
    kill_now(lab)
    _expect_put_aside(lab, disk)
    lab.daemon.start()
    lab.drain()
    received = lab.judge(is_crash=True)
    came = len(received.stored.keys() & lab.excuses.doubtful)
    lab.note(f"{len(lab.excuses.doubtful)} refused, {came} came all the same; {disk.syncs()} syncs")


def _expect_all_taken(lab: Lab, outcome: Outcome, when: str) -> None:
    lab.expect(bool(outcome.acknowledged), f"no call was accepted {when}")
    lab.expect(not outcome.refused, f"refused {when}: {dict(outcome.reasons)}")


def _expect_all_refused(lab: Lab, outcome: Outcome, wish: str) -> None:
    _excuse(lab, outcome)
    taken = len(outcome.acknowledged)
    lab.expect(taken == 0, f"“{wish}”: {taken} calls were acknowledged and not synced")
    lab.expect(bool(outcome.refused), f"“{wish}”: no call was refused")
    worst = outcome.reply_ms(1.0)
    # Promised are 0.9 s.
    lab.expect(worst < 1300, f"“{wish}”: a refusal took {worst:.0f} ms")
    refused = lab.daemon.status()["calls"]["refused"]["spool_error"]
    lab.expect(refused >= len(outcome.refused), f"“{wish}”: only {refused} refusals are counted")


def _excuse(lab: Lab, outcome: Outcome) -> None:
    """They were in the spool when the sync failed, and their clients have sent them as well."""
    others = [reason for reason in outcome.reasons if _WORD not in reason]
    lab.expect(not others, f"refused for another reason: {others[:2]}")
    lab.excuses.doubtful |= set(outcome.refused)


def _flicker(lab: Lab, disk: _Disk, load: Load) -> None:
    """Well and not well in turn, while calls come and leave."""
    chance = random.Random(lab.setting.seed)
    lab.sink.behave(always(Answer(after_s=0.02)))
    lab.sink.up()
    producer = lab.begin(load)
    while producer.is_running():
        disk.behave(chance.choice(["0", "3", "30", "fail"]))
        lab.audit(lab.daemon.status())
        time.sleep(chance.uniform(0, 0.1))
    outcome = lab.end(producer)
    _excuse(lab, outcome)
    lab.expect(bool(outcome.acknowledged), "no call was accepted by a disk that fails at times")
    disk.behave("0")
    lab.sink.down()
    _expect_all_taken(lab, lab.run(load), "after it failed at times")


def _expect_put_aside(lab: Lab, disk: _Disk) -> None:
    """Files that cannot be read end nothing. Put back once they can be, they are delivered."""
    spool = lab.daemon.spool
    before = {path.name: path.read_bytes() for path in spool.glob("*.seg")}
    disk.behave("unreadable")
    lab.daemon.start()
    is_counted = wait_until(lambda: _quarantined(lab) == len(before), 5)
    lab.expect(is_counted, f"{_quarantined(lab)} of {len(before)} files were put aside")
    lab.expect_running()
    lab.audit(lab.daemon.status())
    kill_now(lab)
    disk.behave("0")
    for path in (spool / "quarantine").iterdir():
        is_same = path.read_bytes() == before.get(path.name)
        lab.expect(is_same, f"quarantine/{path.name} is not what it was")
        shutil.move(path, spool)


def _quarantined(lab: Lab) -> int:
    return lab.daemon.status()["spool"]["quarantined"]


def sync_always(lab: Lab) -> None:
    """The power fails under load: what was answered after its sync is on the slow disk."""
    chance = random.Random(lab.setting.seed)
    disk = _Disk(lab)
    disk.keep_platter()
    rounds = int(lab.setting.pick(40, 3))
    for _ in range(rounds):
        disk.behave(chance.choice(["0", "5", "20"]))
        lab.sink.behave(chance.choice([always(OK), always(Answer("close"))]))
        lab.daemon.spawn()
        window = chance.choice([1, 8, 64])
        producer = lab.begin(Load(3, window, 100_000, 3, chance.choice("sm"), chance.randrange(3)))
        wait_until(lambda: lab.daemon.socket.exists() or not lab.daemon.is_running(), 5, 0.001)
        time.sleep(chance.uniform(0.05, 0.5))
        kill_now(lab)
        outcome = lab.end(producer)
        lab.expect(not outcome.refused, f"refused: {dict(outcome.reasons)}")
        disk.cut_power(lab.daemon.spool)
    lab.sink.behave(always(OK))
    lab.daemon.start()
    lab.drain()
    lab.judge(is_crash=True)
    lab.note(f"{rounds} power cuts, {disk.syncs()} syncs")
    lab.expect(disk.syncs() > rounds, "the disk was not asked")
