"""Long texts by digest: the latest are kept in memory, the rest is read back from the archive."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from orchestra_desktop.domain.ids import Digest
from orchestra_desktop.domain.ports import Archive, Body

KEPT_BYTES = 32_000_000


def body(content: bytes) -> Body:
    """A body with its digest: sha256, hexadecimal."""
    return Body(Digest(hashlib.sha256(content).hexdigest()), content)


class BodyCache:
    """What this process wrote lately, so that a dependant need not wait for a read of what was just written."""

    def __init__(self, archive: Archive, kept_bytes: int = KEPT_BYTES) -> None:
        self._archive = archive
        self._kept_bytes = kept_bytes
        self._size = 0
        self._kept: OrderedDict[Digest, bytes] = OrderedDict()

    def keep(self, bodies: Iterable[Body]) -> None:
        for each in bodies:
            if each.digest not in self._kept:
                self._kept[each.digest] = each.content
                self._size += len(each.content)
        while self._size > self._kept_bytes and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1])

    async def read(self, digests: Iterable[Digest]) -> Mapping[Digest, bytes]:
        """The contents of all of them. Raises StorageDamaged for one that is nowhere."""
        wanted = tuple(dict.fromkeys(digests))
        found = {digest: self._kept[digest] for digest in wanted if digest in self._kept}
        missing = [digest for digest in wanted if digest not in found]
        if missing:
            found.update(await self._archive.bodies(missing))
        return found
