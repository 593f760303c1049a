"""A process to be killed: appends numbered batches as fast as it can and prints the number of each that is durable.

python -m tests.storage.appending_child FOLDER FIRST_NUMBER
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_store
from tests.storage.samples import body, event, opened, settled

EVENTS_PER_BATCH = 3
APPENDERS = 4


def batch(number: int) -> Batch:
    """Everything a batch may hold, recognisable by its number."""
    call = f"c{number}"
    return Batch(
        events=tuple(event(f"{number}") for _ in range(EVENTS_PER_BATCH)),
        bodies=(body(f"{number} ".encode() * 500),),
        ledger=(opened(call, 100), settled(call, charged=60)) if number % 2 else (opened(call, 100),),
    )


async def _append(store: Store, first: int) -> None:
    number = first
    while True:
        await store.journal.append(batch(number))
        os.write(1, f"{number}\n".encode())
        number += APPENDERS


async def _main(folder: Path, first: int) -> None:
    store = open_store(DataFolder(folder))
    async with asyncio.TaskGroup() as group:
        for n in range(APPENDERS):
            group.create_task(_append(store, first + n))


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2])))
