"""Where everything of the graph's picture stands: tasks in columns from left to right, edges, frames of phases. No Qt.

Layered drawing (Sugiyama 1981): columns by longest path, bends where an edge passes a column, few crossings, tasks near
their neighbours. Plain Python: 1,000 tasks take about 0.1 s and 5,000 half a second; nothing random, so the same plan
is always drawn alike. Scene units are pixels at 100 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestra_desktop.viewmodels.graph_heights import heights
from orchestra_desktop.viewmodels.graph_order import Columns, ordered
from orchestra_desktop.viewmodels.graph_ranks import Graph, Ranking, ranked

NODE_WIDTH, NODE_HEIGHT = 204.0, 74.0
COLUMN_GAP, ROW_GAP = 60.0, 34.0
FRAME_SIDE, FRAME_TOP, FRAME_BOTTOM = 20.0, 44.0, 14.0
LANE_GAP = 24.0
_BEND_HEIGHT = 12.0
_PITCH = NODE_WIDTH + COLUMN_GAP
_LARGE = 300  # tasks from which rounds become fewer


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in scene units, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: Box) -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Edge:
    """From a dependency to what needs it.

    `points` come in pairs: between the 1st and 2nd, 3rd and 4th … the edge curves from column to column, from the 2nd
    to the 3rd it goes straight through one.
    """

    source: str
    target: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """A phase's frame around its tasks."""

    phase: str
    box: Box


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """`places` are the tasks' top left corners; `columns` their ids from left to right, top to bottom."""

    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    columns: tuple[tuple[str, ...], ...] = ()
    edges: tuple[Edge, ...] = ()
    frames: tuple[Frame, ...] = ()
    bounds: Box = Box(0.0, 0.0, 0.0, 0.0)


def lay_out(graph: Graph, phase_of: Mapping[str, str | None] | None = None) -> GraphLayout:
    """The picture of tasks (in the plan's order, each with what it needs) and the phases that they are in.

    Dependencies on tasks that are not there are left out. Where phases cannot be drawn side by side, there are no
    frames and tasks stand by dependencies alone.
    """
    if not graph:
        return GraphLayout()
    ranking = ranked(graph, phase_of or {})
    net = _Net(graph, ranking)
    columns = ordered(net.columns(), _rounds(len(graph)))
    middle = _middles(columns, net, ranking)
    places = {
        task: (net.rank[node] * _PITCH, float(round(middle[node] - NODE_HEIGHT / 2)))
        for node, task in enumerate(net.tasks)
    }
    frames = _frames(places, ranking, phase_of or {}, net.bent_at(middle))
    return GraphLayout(
        places,
        tuple(tuple(net.tasks[node] for node in column if node < len(net.tasks)) for column in columns),
        tuple(_edge(net, places, middle, source, target) for source, target in net.edges),
        frames,
        _bounds(places, frames),
    )


def _rounds(tasks: int) -> int:
    return 24 if tasks <= _LARGE else 6 if tasks <= 2_000 else 2


class _Net:
    """The graph with numbers for names, and a bend wherever an edge passes a column.

    All edges of one task share its bends: a task that many later ones need sends out one line that branches, not a
    bundle. Where bends would outnumber the tasks by far, the longest edges go without and cross what lies between.
    """

    def __init__(self, graph: Graph, ranking: Ranking) -> None:
        self.tasks = list(graph)
        number = {task: at for at, task in enumerate(self.tasks)}
        self.rank = [ranking.rank[task] for task in self.tasks]
        self.lane = [ranking.lane[task] for task in self.tasks]
        self.edges = [
            (number[need], at)
            for at, task in enumerate(self.tasks)
            for need in dict.fromkeys(graph[task])
            if need in number and need != task
        ]
        self.before: list[list[int]] = [[] for _ in self.tasks]
        self.after: list[list[int]] = [[] for _ in self.tasks]
        self.bends: dict[int, list[int]] = {}  # of each source, from left to right
        self._bend()
        self._connect()

    def _bend(self) -> None:
        spans = [0] * len(self.tasks)
        for source, target in self.edges:
            spans[source] = max(spans[source], self.rank[target] - self.rank[source])
        room = (4 if len(self.tasks) <= 2_000 else 2) * len(self.tasks) + 1_000
        for source in sorted(range(len(self.tasks)), key=lambda node: spans[node]):
            count = spans[source] - 1
            if count <= 0:
                continue
            room -= count
            if room < 0:
                return
            self.bends[source] = [self._new_bend(source, step) for step in range(1, count + 1)]

    def _new_bend(self, source: int, step: int) -> int:
        self.rank.append(self.rank[source] + step)
        self.lane.append(self.lane[source])
        self.before.append([])
        self.after.append([])
        return len(self.rank) - 1

    def _connect(self) -> None:
        for source, chain in self.bends.items():
            for left, right in zip([source, *chain], chain, strict=False):
                self._join(left, right)
        for source, target in self.edges:
            span = self.rank[target] - self.rank[source]
            if span == 1:
                self._join(source, target)
            elif span > 1 and source in self.bends:
                self._join(self.bends[source][span - 2], target)

    def _join(self, left: int, right: int) -> None:
        self.after[left].append(right)
        self.before[right].append(left)

    def bent_at(self, middle: Sequence[float]) -> dict[tuple[int, int], tuple[float, float]]:
        """The highest and the lowest bend of each lane and column."""
        found: dict[tuple[int, int], tuple[float, float]] = {}
        for bend in range(len(self.tasks), len(self.rank)):
            key = self.lane[bend], self.rank[bend]
            top, bottom = middle[bend] - _BEND_HEIGHT / 2, middle[bend] + _BEND_HEIGHT / 2
            highest, lowest = found.get(key, (top, bottom))
            found[key] = min(highest, top), max(lowest, bottom)
        return found

    def columns(self) -> Columns:
        """The start: lanes together, tasks in the plan's order, bends beside the task that they come from."""
        home = list(range(len(self.tasks))) + [0] * (len(self.rank) - len(self.tasks))
        for source, chain in self.bends.items():
            for bend in chain:
                home[bend] = source
        columns: list[list[int]] = [[] for _ in range(max(self.rank) + 1)]
        for node in sorted(range(len(self.rank)), key=lambda node: (self.lane[node], home[node])):
            columns[self.rank[node]].append(node)
        return Columns(columns, self.before, self.after, self.lane)


def _middles(columns: Sequence[Sequence[int]], net: _Net, ranking: Ranking) -> list[float]:
    """Heights lane by lane, one below the other, with room for the frames' titles."""
    tasks = len(net.tasks)
    size = [NODE_HEIGHT] * tasks + [_BEND_HEIGHT] * (len(net.rank) - tasks)
    bends = frozenset(range(tasks, len(net.rank)))
    sweeps = 8 if tasks <= _LARGE else 3 if tasks <= 2_000 else 2
    middle = [0.0] * len(net.rank)
    top = 0.0
    for lane in sorted(set(net.lane)):
        part = [[node for node in column if net.lane[node] == lane] for column in columns]
        found = heights(part, net.before, net.after, size, ROW_GAP, bends, sweeps)
        bottom = top
        for column in part:
            for node in column:
                middle[node] = top + found[node]
                bottom = max(bottom, middle[node] + size[node] / 2)
        top = bottom + FRAME_BOTTOM + LANE_GAP + (FRAME_TOP if ranking.framed else 0.0)
    return middle


def _edge(
    net: _Net, places: Mapping[str, tuple[float, float]], middle: Sequence[float], source: int, target: int
) -> Edge:
    (from_x, from_y), (to_x, to_y) = places[net.tasks[source]], places[net.tasks[target]]
    points = [(from_x + NODE_WIDTH, from_y + NODE_HEIGHT / 2)]
    span = net.rank[target] - net.rank[source]
    for bend in net.bends.get(source, ())[: max(span - 1, 0)]:
        x, y = net.rank[bend] * _PITCH, float(round(middle[bend]))
        points += [(x, y), (x + NODE_WIDTH, y)]
    points.append((to_x, to_y + NODE_HEIGHT / 2))
    return Edge(net.tasks[source], net.tasks[target], tuple(points))


def _frames(
    places: Mapping[str, tuple[float, float]],
    ranking: Ranking,
    phase_of: Mapping[str, str | None],
    bends: Mapping[tuple[int, int], tuple[float, float]],
) -> tuple[Frame, ...]:
    """Around a phase's tasks, and the bends between them, so that no edge runs along a frame's title."""
    inside: dict[str, list[tuple[float, float]]] = {phase: [] for phase in ranking.framed}
    for task, place in places.items():
        phase = phase_of.get(task)
        if phase in inside:
            inside[phase].append(place)
    lane_of = {phase: ranking.lane[task] for task, phase in phase_of.items() if phase in inside and task in places}
    return tuple(Frame(phase, _around(corners, lane_of[phase], bends)) for phase, corners in inside.items() if corners)


def _around(
    corners: Sequence[tuple[float, float]], lane: int, bends: Mapping[tuple[int, int], tuple[float, float]]
) -> Box:
    first, last = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners) + NODE_HEIGHT
    for rank in range(round(first / _PITCH), round(last / _PITCH) + 1):
        highest, lowest = bends.get((lane, rank), (top, bottom))
        top, bottom = min(top, highest), max(bottom, lowest)
    left, top = first - FRAME_SIDE, top - FRAME_TOP
    return Box(left, top, last + NODE_WIDTH + FRAME_SIDE - left, bottom + FRAME_BOTTOM - top)


def _bounds(places: Mapping[str, tuple[float, float]], frames: Sequence[Frame]) -> Box:
    boxes = [Box(x, y, NODE_WIDTH, NODE_HEIGHT) for x, y in places.values()] + [frame.box for frame in frames]
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)
