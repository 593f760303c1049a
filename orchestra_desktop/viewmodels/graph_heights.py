"""How high each task of the graph's picture stands: as near to its neighbours as the order of its column allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_STRAIGHT = 6.0  # how much more an edge over several columns wants to be straight than a task wants to be in the middle


def heights(
    columns: Sequence[Sequence[int]],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    size: Sequence[float],
    gap: float,
    bends: frozenset[int],
    sweeps: int,
) -> list[float]:
    """The middle of each node, top down from 0, at least `gap` between two of a column.

    `columns` may leave nodes out (those of another lane): they pull nobody and keep the height 0. `bends` are nodes
    that only lead an edge past a column.
    """
    middle = [0.0] * len(size)
    part = [list(column) for column in columns]
    offsets = [_stacked(column, size, gap) for column in part]
    here = {node for column in part for node in column}
    for column, offset in zip(part, offsets, strict=True):
        for node, at in zip(column, offset, strict=True):
            middle[node] = at - offset[-1] / 2
    weights = [_STRAIGHT if node in bends else 1.0 for node in range(len(size))]
    pulls_left = _pulls(before, here, bends)
    pulls_right = _pulls(after, here, bends)
    pulls_both = [left + right for left, right in zip(pulls_left, pulls_right, strict=True)]
    indices = range(len(part))
    for _ in range(sweeps):
        _pull(part, offsets, middle, pulls_left, weights, indices)
        _pull(part, offsets, middle, pulls_right, weights, reversed(indices))
    _pull(part, offsets, middle, pulls_both, weights, indices)
    top = min((middle[node] - size[node] / 2 for node in here), default=0.0)
    for node in here:
        middle[node] -= top
    return middle


def _pulls(near: Sequence[Sequence[int]], here: set[int], bends: frozenset[int]) -> list[list[int]]:
    """Who pulls whom. Between two bends the pull counts eight times: long lines stay straight, as in Gansner et al."""
    pulls = [[other for other in others if other in here] for others in near]
    for bend in bends:
        pulls[bend] += [other for other in pulls[bend] if other in bends] * 7
    return pulls


def _stacked(column: Sequence[int], size: Sequence[float], gap: float) -> list[float]:
    """Where the middles come when the column is packed from 0."""
    at, middles = 0.0, []
    for index, node in enumerate(column):
        if index:
            at += (size[column[index - 1]] + size[node]) / 2 + gap
        middles.append(at)
    return middles


def _pull(
    columns: Sequence[Sequence[int]],
    offsets: Sequence[Sequence[float]],
    middle: list[float],
    towards: Sequence[Sequence[int]],
    weights: Sequence[float],
    indices: Iterable[int],
) -> None:
    """Moves each column to where its neighbours are, as far as nothing overlaps."""
    for index in indices:
        column, offset = columns[index], offsets[index]
        wanted, weight = [], []
        for node, at in zip(column, offset, strict=True):
            near = towards[node]
            wanted.append((sum([middle[other] for other in near]) / len(near) if near else middle[node]) - at)
            weight.append(weights[node] if near else 0.2)
        for node, at, moved in zip(column, offset, _rising(wanted, weight), strict=True):
            middle[node] = at + moved


def _rising(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising sequence with the least weighted squares of distance to `wanted`.

    Source: pool adjacent violators (Ayer et al. 1955), linear in the length.
    """
    blocks: list[tuple[float, float, int]] = []  # mean, weight, count
    for value, its_weight in zip(wanted, weights, strict=True):
        mean, weight, count = value, its_weight, 1
        while blocks and blocks[-1][0] >= mean:
            other_mean, other_weight, others = blocks.pop()
            mean = (mean * weight + other_mean * other_weight) / (weight + other_weight)
            weight += other_weight
            count += others
        blocks.append((mean, weight, count))
    return [mean for mean, _, count in blocks for _ in range(count)]
