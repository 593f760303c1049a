"""The order of the tasks in each column of the graph's picture, so that few edges cross.

Sweeps of barycentre and median (Sugiyama 1981, Eades and Wormald 1994) with transposition of neighbours (Gansner et al.
1993, "A technique for drawing directed graphs"), the best order kept. It starts from the plan's order and all ties keep
it, so the same plan always gets the same picture and a small change a similar one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_FEW_PAIRS = 30  # of neighbours, up to which comparing all is quicker than sorting


@dataclass(slots=True)
class Columns:
    """Nodes 0 to n-1 in columns, top to bottom. `before` and `after` hold each node's neighbours one column away.

    Nodes of one lane stand together in every column, lanes in ascending order; nothing moves out of its lane.
    """

    columns: list[list[int]]
    before: list[list[int]]
    after: list[list[int]]
    lane: list[int]

    def place(self) -> list[int]:
        """Each node's index in its column."""
        place = [0] * len(self.lane)
        for column in self.columns:
            for at, node in enumerate(column):
                place[node] = at
        return place


Middle = Callable[[list[int]], float]


def ordered(start: Columns, rounds: int) -> list[list[int]]:
    """The columns with fewer crossings than at the start, or as many. Each round is a sweep there and back."""
    best = [list(column) for column in start.columns]
    fewest = crossings(start)
    now = Columns([list(column) for column in best], start.before, start.after, start.lane)
    idle = 0
    for turn in range(rounds):
        if not fewest or idle > 2:
            break
        _sweep(now, _mean if turn % 2 == 0 else _median)
        _transpose(now)
        count = crossings(now)
        idle += 1
        if count < fewest:
            best, fewest, idle = [list(column) for column in now.columns], count, 0
    return best


def crossings(drawn: Columns) -> int:
    """How many pairs of edges cross between neighbouring columns."""
    place = drawn.place()
    return sum(_crossings_after(column, drawn.after, place) for column in drawn.columns[:-1])


def _crossings_after(column: Sequence[int], after: list[list[int]], place: list[int]) -> int:
    """Counts inversions: an edge crosses those from above it that end below."""
    ends: list[int] = []
    count = 0
    for node in column:
        targets = sorted([place[target] for target in after[node]])
        for target in targets:
            count += len(ends) - bisect_right(ends, target)
        for target in targets:
            insort(ends, target)
    return count


def _mean(places: list[int]) -> float:
    return sum(places) / len(places)


def _median(places: list[int]) -> float:
    """The weighted median of Gansner et al.: between the two in the middle, nearer to the side that is denser."""
    places = sorted(places)
    middle, odd = divmod(len(places), 2)
    if odd:
        return places[middle]
    if len(places) == 2:
        return (places[0] + places[1]) / 2
    left, right = places[middle - 1] - places[0], places[-1] - places[middle]
    if left + right == 0:
        return places[middle]
    return (places[middle - 1] * right + places[middle] * left) / (left + right)


def _sweep(now: Columns, middle: Middle) -> None:
    place = now.place()
    for column in now.columns[1:]:
        _arrange(column, now.before, place, now.lane, middle)
    for column in reversed(now.columns[:-1]):
        _arrange(column, now.after, place, now.lane, middle)


def _arrange(column: list[int], towards: list[list[int]], place: list[int], lane: list[int], middle: Middle) -> None:
    """Sorts a column by the middle of each node's neighbours; nodes without any keep their slot."""
    wanted = {node: middle([place[other] for other in towards[node]]) for node in column if towards[node]}
    slots = [at for at, node in enumerate(column) if node in wanted]
    movers = sorted((column[at] for at in slots), key=lambda node: (lane[node], wanted[node]))
    fixed_lanes = [lane[column[at]] for at in slots]
    if fixed_lanes == [lane[node] for node in movers]:
        for at, node in zip(slots, movers, strict=True):
            column[at] = node
    for at, node in enumerate(column):
        place[node] = at


def _transpose(now: Columns) -> None:
    """Swaps neighbours as long as that takes crossings away, three times at most."""
    place = now.place()
    for _ in range(3):
        swapped = False
        for column in now.columns:
            for at in range(len(column) - 1):
                upper, lower = column[at], column[at + 1]
                if now.lane[upper] == now.lane[lower] and _gain(now, place, upper, lower) > 0:
                    column[at], column[at + 1] = lower, upper
                    place[upper], place[lower] = at + 1, at
                    swapped = True
        if not swapped:
            return


def _gain(now: Columns, place: list[int], upper: int, lower: int) -> int:
    """Crossings that swapping the two takes away."""
    gain = 0
    for side in (now.before, now.after):
        if side[upper] and side[lower]:
            above, below = [place[other] for other in side[upper]], [place[other] for other in side[lower]]
            gain += _compared(above, below)
    return gain


def _compared(above: list[int], below: list[int]) -> int:
    """Over all pairs of one of each: how many stand the wrong way round, less those that stand right."""
    if len(above) * len(below) <= _FEW_PAIRS:
        return sum([(first > second) - (first < second) for first in above for second in below])
    below = sorted(below)
    return sum([bisect_left(below, first) + bisect_right(below, first) - len(below) for first in above])
