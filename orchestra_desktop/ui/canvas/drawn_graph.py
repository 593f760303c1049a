"""What the picture shows just now: where things lie, what each node says, and which are picked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.ui.canvas.geometry import Geometry
from orchestra_desktop.ui.canvas.ink import look_code
from orchestra_desktop.viewmodels.graph_faces import NodeFace, PlannedGraph
from orchestra_desktop.viewmodels.graph_layout import GraphLayout
from orchestra_desktop.viewmodels.graph_walk import Walk


class DrawnGraph:
    """Shared by the item, the minimap and the view; holds no Qt object and paints nothing.

    `word` is the state of a task that is only planned; `now` gives microseconds since the epoch.
    """

    def __init__(self, graph: PlannedGraph, layout: GraphLayout, word: str, now: Callable[[], int]) -> None:
        self.graph = graph
        self.layout = layout
        self.word = word
        self.now = now
        self.geometry = Geometry(layout)
        self.walk = Walk(layout)
        self.faces = [graph.faces[TaskId(id_)] for id_ in self.geometry.ids]
        self.codes: NDArray[np.uint8] = np.array([look_code(face) for face in self.faces], dtype=np.uint8)
        self.selected: frozenset[int] = frozenset()
        self.current: int | None = None

    def __len__(self) -> int:
        return len(self.faces)

    def index(self, task: str | None) -> int | None:
        return self.geometry.index.get(task) if task is not None else None

    def task(self, at: int) -> TaskId:
        return self.faces[at].id

    @property
    def current_face(self) -> NodeFace | None:
        return self.faces[self.current] if self.current is not None else None

    def take_faces(self, faces: Mapping[TaskId, NodeFace]) -> list[int]:
        """New faces for some nodes; the indices of those that really changed."""
        changed = []
        for task, face in faces.items():
            at = self.geometry.index.get(task)
            if at is not None and self.faces[at] != face:
                self.faces[at] = face
                self.codes[at] = look_code(face)
                changed.append(at)
        return changed

    def pick(self, tasks: Iterable[TaskId], current: TaskId | None) -> None:
        found = (self.geometry.index.get(task) for task in tasks)
        self.selected = frozenset(at for at in found if at is not None)
        self.current = self.index(current)

    def active(self) -> list[int]:
        """The nodes at work."""
        return [at for at, face in enumerate(self.faces) if face.is_active]
