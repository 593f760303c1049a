"""What is acknowledged survives `kill -9`, and what survives is whole."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from orchestra_desktop.domain.ports import EventFilter, LineFilter
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import open_reader, open_store
from tests.storage.appending_child import EVENTS_PER_BATCH, batch
from tests.storage.samples import words

ROUNDS = 20


def _killed_after(folder: Path, first: int, acknowledged: int) -> set[int]:
    """The numbers a child printed until it was killed in the middle of its work."""
    command = [sys.executable, "-m", "tests.storage.appending_child", str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(acknowledged)]
        child.kill()
        rest, _ = child.communicate()
    return {int(line) for line in [*lines, *rest.splitlines()] if line.strip()}


async def _stored(folder: Path) -> set[int]:
    """The numbers of the batches that are there; each must be whole, and the ledger's sums right."""
    store = open_store(DataFolder(folder))  # the lock of the killed process is gone
    try:
        events = await store.archive.events(EventFilter())
        counted = Counter(int(word) for word in words(events))
        assert set(counted.values()) <= {EVENTS_PER_BATCH}
        assert {line.opened.call for line in await store.archive.lines(LineFilter())} == {f"c{n}" for n in counted}
        assert len(await store.archive.bodies(batch(n).bodies[0].digest for n in counted)) == len(counted)
        assert await store.archive.check() == ()
        return set(counted)
    finally:
        await store.close()


@pytest.mark.timeout(240)
async def test_every_acknowledged_batch_survives_a_kill_and_each_is_whole_or_absent(tmp_path: Path) -> None:
    chance = random.Random(20_261_123)
    acknowledged: set[int] = set()
    for _ in range(ROUNDS):
        first = max(acknowledged, default=0) + 1_000
        acknowledged |= _killed_after(tmp_path, first, chance.randint(1, 60))

        assert acknowledged <= await _stored(tmp_path)


async def test_a_reader_sees_what_a_killed_writer_had_committed_and_adds_no_file(tmp_path: Path) -> None:
    acknowledged = _killed_after(tmp_path, 1, 20)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    reader = open_reader(DataFolder(tmp_path))
    events = await reader.archive.events(EventFilter())
    await reader.close()

    assert acknowledged <= {int(word) for word in words(events)}
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == set(before)
    assert (tmp_path / "orchestra.db").read_bytes() == before["orchestra.db"]
    assert (tmp_path / "orchestra.db-wal").read_bytes() == before["orchestra.db-wal"]
