"""Many time limits over one timer behave like as many of asyncio's own."""

from __future__ import annotations

import asyncio

import pytest

from orchestra_desktop.calls.deadlines import Deadlines
from tests.engine.virtual_time import run_virtually


async def _ends_after(deadlines: Deadlines, limit: float, work: float, ending: float = 0.0) -> float:
    """Seconds until a block of `work` seconds under the limit has ended, its ending included; negative: timed out."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    try:
        async with deadlines.within(limit):
            try:
                await asyncio.sleep(work)
            finally:
                await asyncio.sleep(ending)
    except TimeoutError:
        return since - loop.time()
    return loop.time() - since


@pytest.mark.parametrize(
    ("limit", "work", "expected"), [(5.0, 3.0, 3.0), (5.0, 9.0, -5.0), (9_000.0, 9_999.0, -9_000.0)]
)
def test_a_block_ends_by_itself_or_at_its_limit(limit: float, work: float, expected: float) -> None:
    async def story() -> None:
        deadlines = Deadlines()
        assert await _ends_after(deadlines, limit, work) == pytest.approx(expected)
        deadlines.close()

    run_virtually(story())


def test_each_of_many_limits_passes_at_its_own_time_whatever_the_others_do() -> None:
    async def story() -> None:
        deadlines = Deadlines()
        limits = [30.0, 10.0, 20.0, 10.0, 5.0]
        ends = await asyncio.gather(*(_ends_after(deadlines, limit, 100.0) for limit in limits))
        assert ends == pytest.approx([-limit for limit in limits])
        deadlines.close()

    run_virtually(story())


def test_a_block_that_takes_its_time_to_end_does_not_keep_the_others_from_their_limits() -> None:
    async def story() -> None:
        deadlines = Deadlines()
        slow = _ends_after(deadlines, 10.0, 100.0, ending=60.0)
        ends = await asyncio.gather(slow, _ends_after(deadlines, 20.0, 100.0), _ends_after(deadlines, 30.0, 100.0))
        assert ends == pytest.approx([-70.0, -20.0, -30.0])
        deadlines.close()

    run_virtually(story())


def test_a_cancellation_from_outside_is_passed_on_as_such() -> None:
    async def story() -> None:
        deadlines = Deadlines()
        task = asyncio.get_running_loop().create_task(_ends_after(deadlines, 10.0, 100.0))
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        deadlines.close()

    run_virtually(story())
