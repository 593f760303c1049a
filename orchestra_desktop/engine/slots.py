"""How many tasks may run at once, in all and per provider, over every run of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class Slots:
    """Taken by the rules when they start an attempt, given back by the executor when it has ended."""

    def __init__(self, total: int, per_provider: Mapping[str, int]) -> None:
        self._total = total
        self._limits = dict(per_provider)
        self._used_total = 0
        self._used: dict[str, int] = {}
        self._listeners: list[Callable[[], None]] = []

    def has(self, provider: str) -> bool:
        """A provider without a limit of its own is bounded by the total alone."""
        limit = self._limits.get(provider, self._total)
        return self._used_total < self._total and self._used.get(provider, 0) < limit

    def take(self, provider: str) -> None:
        self._used_total += 1
        self._used[provider] = self._used.get(provider, 0) + 1

    def give(self, provider: str) -> None:
        self._used_total -= 1
        self._used[provider] -= 1

    def on_free(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` when another run has given slots back; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, by: Callable[[], None]) -> None:
        """Tells every run but the one that gave the slot back, which has looked already."""
        for listener in tuple(self._listeners):
            if listener != by:
                listener()

    @property
    def used(self) -> int:
        return self._used_total


NO_SLOTS = Slots(0, {})
"""For deciding without executing: what a person says while no process runs the run is only recorded."""
