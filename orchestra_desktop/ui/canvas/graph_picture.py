"""The graph of a plan as a widget: shows a plan, or a run of it live, with zoom bar and minimap; reads, never edits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.canvas.camera import Camera
from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.graph_view import GraphView
from orchestra_desktop.ui.canvas.live_ticker import LiveTicker
from orchestra_desktop.ui.canvas.minimap import SIZE, Minimap
from orchestra_desktop.ui.canvas.zoom_bar import ZoomBar
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.surfaces import EmptyState
from orchestra_desktop.viewmodels.graph_faces import Difference, NodeFace, PlannedGraph, live_face, planned_graph
from orchestra_desktop.viewmodels.graph_layout import GraphLayout, lay_out
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import TaskId
    from orchestra_desktop.domain.plan import Plan
    from orchestra_desktop.domain.run import Route
    from orchestra_desktop.services.shapes import Quote
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.task_board import TaskBoard

LAID_OUT_AT_ONCE = 200  # tasks; more are laid out beside the loop
_EDGE = 16  # pixels from the corner to zoom bar and minimap
_LEAST_FOR_MAP = 520, 400  # pixels of the picture, below which the minimap would cover it


class GraphPicture(QWidget):
    """`show_plan` first, then `show_board` for a run of that plan; None goes back to the plan.

    The board is looked at again whenever the window's flush says that tasks changed.
    """

    def __init__(self, context: UiContext, now: Callable[[], int] | None = None) -> None:
        super().__init__()
        self._c = context
        self._clock = now
        self._wanted = PlannedGraph()
        self._word = translate("State", "draft")
        self._board: TaskBoard | None = None
        self._drawn: DrawnGraph | None = None
        self._map_wanted = True
        self._stale = False  # changed while nobody could see it
        self._reveal_when_shown = False
        self.setAccessibleName(translate("Canvas", "Graph"))
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._connect()

    def _build(self) -> None:
        theme = self._c.theme
        self.view = GraphView(theme)
        self._empty = EmptyState(theme, "graph", translate("Canvas", "No tasks"), translate("Canvas", _NO_TASKS))
        drawing = translate("Canvas", "Drawing the graph…")
        self._waiting = EmptyState(theme, "graph", drawing, translate("Canvas", _MANY))
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        for widget in (self._empty, self._waiting, self.view):
            self._stack.addWidget(widget)
        self.minimap = Minimap(theme, self)
        self.zoom_bar = ZoomBar(theme, self)
        self.ticker = LiveTicker(self.view, theme, lambda: self._drawn.active() if self._drawn is not None else [])
        self._arrange()

    def _connect(self) -> None:
        view, bar = self.view, self.zoom_bar
        self._c.registry.adopt("graph", view)
        view.picked_changed.connect(self._pick)
        view.inspect_asked.connect(self._inspect)
        view.menu_asked.connect(self._open_menu)
        view.minimap_asked.connect(self.toggle_minimap)
        view.moved.connect(self._moved)
        view.moved_by_person.connect(lambda: bar.follow.setChecked(False))
        self.minimap.centre_asked.connect(self._centre)
        bar.stepped.connect(view.step_zoom)
        bar.full_asked.connect(view.full_size)
        bar.fit_asked.connect(view.fit_all)
        bar.follow_toggled.connect(lambda _: self._follow())
        self._c.selection.tasks_changed.connect(self._selection_changed)
        self._c.flush.changed.connect(self._flushed)

    # -- what is shown ----------------------------------------------------------------------------------------------

    def show_plan(
        self,
        plan: Plan,
        routes: Mapping[TaskId, Route],
        diff: Difference | None = None,
        *,
        before: Plan | None = None,
        quote: Quote | None = None,
        expected_seconds: Mapping[TaskId, float] | None = None,
        word: str = "",
    ) -> None:
        """A plan, growing or whole. `diff` marks what changed, with `before` removed tasks are shown too.

        Progress is drawn against the quote, or against `expected_seconds` of the run. `word` is what each task is
        called while nothing runs, "draft" if not given.
        """
        self._word = word or translate("State", "draft")
        self._board = None
        self._want(planned_graph(plan, routes, diff, before, quote, expected_seconds or {}))

    def show_board(self, board: TaskBoard | None) -> None:
        """The run's rows over the plan shown; kept current until another plan or board is shown."""
        self._board = board
        self._refresh_faces(self._wanted.faces)
        self._after_change()

    def clear(self) -> None:
        """Nothing to show."""
        self._board = None
        self._want(PlannedGraph())

    def reveal(self, task: TaskId) -> None:
        """Brings a task into sight if it is not."""
        at = self._drawn.index(task) if self._drawn is not None else None
        if at is not None:
            self.view.reveal([at])

    # -- laying out -------------------------------------------------------------------------------------------------

    def _want(self, graph: PlannedGraph) -> None:
        same = self._drawn is not None and self._drawn.graph.shape == graph.shape
        self._wanted = graph
        if same and self._drawn is not None:
            self._draw(graph, self._drawn.layout)
        elif len(graph.needs) <= LAID_OUT_AT_ONCE:
            self._draw(graph, lay_out(graph.needs, graph.phase_of))
        else:
            if self._drawn is None:
                self._stack.setCurrentWidget(self._waiting)
                self._arrange()
            self._c.spawn(self._lay_out_aside(), f"graph.layout.{id(self)}")

    async def _lay_out_aside(self) -> None:
        """Until what was laid out is what is wanted: it may have changed meanwhile."""
        while True:
            graph = self._wanted
            layout = await asyncio.to_thread(lay_out, graph.needs, graph.phase_of)
            if graph.shape == self._wanted.shape:
                self._draw(self._wanted, layout)
                return

    def _draw(self, graph: PlannedGraph, layout: GraphLayout) -> None:
        kept = {face.id for face in self._drawn.faces} if self._drawn is not None else set()
        if not kept & graph.faces.keys():
            self.view.is_untouched = True  # another plan altogether
        self._drawn = DrawnGraph(graph, layout, self._word, self._now)
        self._refresh_faces(graph.faces)
        self._take_selection()
        self.view.show_graph(self._drawn)
        self.minimap.show_graph(self._drawn)
        self._stack.setCurrentWidget(self.view if len(self._drawn) else self._empty)
        self._arrange()
        self._after_change()

    # -- live -------------------------------------------------------------------------------------------------------

    def _now(self) -> int:
        if self._clock is not None:
            return self._clock()
        session = self._c.workspace.session
        return session.context.clock.now() if session is not None else time.time_ns() // 1_000

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.TASKS not in topics or self._board is None:
            return
        if not self.isVisible():
            self._stale = True
            return
        known = self._board is self._c.workspace.board
        self._board_changed(self._c.workspace.changed_tasks if known else self._board.rows)

    def _board_changed(self, tasks: Iterable[TaskId]) -> None:
        """These rows changed; the nodes behind them say what they still wait for, so they are looked at too."""
        if self._drawn is None:
            return
        behind = {other for task in tasks for other in (task, *self._drawn.walk.needed_by(task))}
        self._refresh_faces({id_: face for id_, face in self._drawn.graph.faces.items() if id_ in behind})
        self._after_change()

    def _refresh_faces(self, planned: Mapping[TaskId, NodeFace]) -> None:
        if self._drawn is None:
            return
        faces = dict(planned)
        if self._board is not None:
            rows, needs = self._board.rows, self._drawn.graph.needs
            states: dict[TaskId, TaskState] = {id_: row.state for id_, row in rows.items()}
            faces = {
                id_: live_face(face, rows[id_], needs[id_], states) if id_ in rows else face
                for id_, face in planned.items()
            }
        changed = self._drawn.take_faces(faces)
        if changed and self.view.item.shows(self._drawn):
            self.view.item.update_nodes(changed)
            self.minimap.states_changed()
            if self._drawn.current in changed:
                self.view.say_current()

    def _after_change(self) -> None:
        self.zoom_bar.set_live(self._board is not None)
        self._arrange()
        self.ticker.look_again()
        self._follow()

    def _follow(self) -> None:
        if self._drawn is not None and self.zoom_bar.follow.isChecked():
            self.view.reveal(self._drawn.active())

    # -- selection --------------------------------------------------------------------------------------------------

    def _pick(self, nodes: list[int]) -> None:
        if self._drawn is not None:
            self._c.selection.pick(*(self._drawn.task(at) for at in nodes))

    def _selection_changed(self, _: object) -> None:
        self._take_selection()
        self._reveal_when_shown = not self.isVisible()
        self.view.say_current()

    def _take_selection(self) -> None:
        if self._drawn is None:
            return
        selection = self._c.selection
        self._drawn.pick(selection.tasks, selection.task)
        current = self._drawn.current
        others = sorted(self._drawn.selected - {current})
        self.view.show_picked([*others, current] if current is not None else others)

    def _inspect(self) -> None:
        """Opens the inspector if it is closed, and gives it the keys."""
        if self._c.selection.task is not None and not self._c.registry["view.inspector"].isChecked():
            self._c.do("view.inspector")

    def _open_menu(self, place: QPoint) -> None:
        menu = self._c.registry.menu(
            self,
            *("graph.inspect", "graph.fit_picked", "graph.upstream", "graph.downstream", ""),
            *("task.retry", "task.skip", "task.accept", "task.cancel"),
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    # -- camera and corners -----------------------------------------------------------------------------------------

    def _centre(self, point: QPointF) -> None:
        self.zoom_bar.follow.setChecked(False)
        self.view.is_untouched = False
        self.view.look_at(Camera(point, self.view.zoom))

    def _moved(self) -> None:
        self.zoom_bar.set_zoom(self.view.zoom)
        self.minimap.show_seen(self.view.seen)
        self._show_map()
        self.ticker.look_again()

    def toggle_minimap(self) -> None:
        self._map_wanted = not self._map_wanted
        self._arrange()

    def _arrange(self) -> None:
        self.zoom_bar.setVisible(self._stack.currentWidget() is self.view)
        self.minimap.move(self.width() - SIZE.width() - _EDGE, self.height() - SIZE.height() - _EDGE)
        self.zoom_bar.adjustSize()
        self.zoom_bar.move(_EDGE, self.height() - self.zoom_bar.height() - _EDGE)
        self.minimap.raise_()
        self.zoom_bar.raise_()
        self._show_map()

    def _show_map(self) -> None:
        drawn = self._stack.currentWidget() is self.view
        width, height = _LEAST_FOR_MAP
        has_room = self.width() >= width and self.height() >= height
        self.minimap.setVisible(drawn and self._map_wanted and has_room and not self._map_is_in_the_way())

    def _map_is_in_the_way(self) -> bool:
        """Where all is in sight anyhow, it gives way to the tasks in its corner."""
        if self._drawn is None or not self.view.seen.contains(self._drawn.geometry.whole):
            return False
        corner = QRectF(self.view.scene_point(QPointF(self.minimap.pos())), QSizeF(SIZE) / self.view.zoom)
        return len(self._drawn.geometry.touching(corner)) > 0

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if self._stale and self._board is not None:
            self._board_changed(self._board.rows)
        self._stale = False
        if self._reveal_when_shown and self._drawn is not None and self._drawn.current is not None:
            self.view.reveal([self._drawn.current])
        self._reveal_when_shown = False
        self.ticker.look_again()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self.ticker.stop()


_MANY = "It has many tasks; this takes a moment."
_NO_TASKS = "Its tasks and what they need of each other appear here as soon as a plan has some."
