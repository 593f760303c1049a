"""What can be done with a picture of the graph: with the one that has the focus, else with the one in sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from orchestra_desktop.viewmodels.graph_walk import Step

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

PLACE = "graph"


class Graph(Protocol):
    """What the actions ask of a picture."""

    def fit_all(self) -> object: ...

    def fit_picked(self) -> object: ...

    def full_size(self) -> object: ...

    def step_zoom(self, steps: int) -> object: ...

    def go_back(self) -> object: ...

    def go_forward(self) -> object: ...

    def pick_all(self) -> object: ...

    def pick_upstream(self) -> object: ...

    def pick_downstream(self) -> object: ...

    def inspect(self) -> object: ...

    def ask_for_minimap(self) -> object: ...

    def walk(self, step: Step, *, extend: bool) -> object: ...

    def let_go(self) -> object: ...


Do = Callable[[Graph], object]


@dataclass(frozen=True, slots=True)
class OnGraph:
    """Does something with the picture that is meant."""

    do: Do

    def __call__(self, context: UiContext) -> None:
        found = context.registry.host(PLACE)
        if found is not None:
            self.do(cast("Graph", found))


@dataclass(frozen=True, slots=True)
class Walk:
    """One step along the edges, or within a column."""

    step: Step
    extend: bool = False

    def __call__(self, graph: Graph) -> None:
        graph.walk(self.step, extend=self.extend)
