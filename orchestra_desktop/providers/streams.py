"""What the streams of both services share: text that UTF-8 can carry, and an end that leaves the connection usable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

DRAIN_S = 1.0


def sendable(text: str) -> str:
    """The text without lone surrogates, which UTF-8 cannot carry; a file read with errors kept may bring them."""
    return text.encode("utf-8", "replace").decode("utf-8")


async def drained(rest: AsyncIterator[object]) -> None:
    """Reads what is left behind the last event, so that the connection can be used again.

    The answer is complete: whatever goes wrong here does not matter, and it may not take long either.
    """
    with suppress(Exception):
        async with asyncio.timeout(DRAIN_S):
            async for _ in rest:
                continue
