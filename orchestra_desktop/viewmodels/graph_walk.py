"""From task to task by arrow keys: along edges to the right and left, up and down within a column. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestra_desktop.viewmodels.graph_layout import GraphLayout


class Step(Enum):
    """Where an arrow key leads."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class Walk:
    """The ways of one layout. Each step costs the same however many tasks there are."""

    def __init__(self, layout: GraphLayout) -> None:
        self._places = layout.places
        self._columns = layout.columns
        self._at = {task: (x, y) for x, column in enumerate(layout.columns) for y, task in enumerate(column)}
        self._needs: dict[str, list[str]] = {task: [] for task in layout.places}
        self._needed_by: dict[str, list[str]] = {task: [] for task in layout.places}
        for edge in layout.edges:
            self._needs[edge.target].append(edge.source)
            self._needed_by[edge.source].append(edge.target)

    def first(self) -> str | None:
        """Where a walk begins: the task at the top left."""
        return next((task for column in self._columns for task in column), None)

    def needs(self, task: str) -> list[str]:
        return self._needs.get(task, [])

    def needed_by(self, task: str) -> list[str]:
        return self._needed_by.get(task, [])

    def step(self, task: str, step: Step) -> str | None:
        """The next task that way; None where there is none."""
        if task not in self._at:
            return self.first()
        match step:
            case Step.RIGHT:
                return self._nearest(task, self._needed_by[task])
            case Step.LEFT:
                return self._nearest(task, self._needs[task])
            case Step.UP:
                return self._beside(task, -1)
            case Step.DOWN:
                return self._beside(task, 1)

    def _nearest(self, task: str, others: Iterable[str]) -> str | None:
        """The one at the most similar height, the nearer column among equals, then the upper one."""
        x, y = self._places[task]

        def distance(other: str) -> tuple[float, float, float]:
            other_x, other_y = self._places[other]
            return abs(other_y - y), abs(other_x - x), other_y

        return min(others, key=distance, default=None)

    def _beside(self, task: str, by: int) -> str | None:
        column, row = self._at[task]
        tasks = self._columns[column]
        return tasks[row + by] if 0 <= row + by < len(tasks) else None
