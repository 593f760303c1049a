"""The picture of the graph in a person's hands, following a run, and agreeing with the rest of the window."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.canvas import GraphPicture
from orchestra_desktop.ui.canvas.camera import MIDDLE_FROM, NEAR_FROM, Camera
from orchestra_desktop.ui.canvas.node_texts import static_text
from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.theme.theme import ThemeChoice
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.viewmodels.workspace import Topic
from tests.ui.canvas.hands import ALT, CTRL, LEFT, MIDDLE, SHIFT, click, drag, key, mouse, place_of, two_fingers, wheel
from tests.ui.canvas.plans import (
    NOW,
    SECOND,
    board_of,
    hello_plan,
    hello_states,
    large_plan,
    set_state,
    task,
    with_tasks,
)
from tests.ui.canvas.stage import make_context

SIZE = 1_000, 620


@dataclass
class Shown:
    """A picture on the screen; `now` can be moved."""

    picture: GraphPicture
    context: UiContext
    now: int = NOW

    @property
    def picked(self) -> set[str]:
        return set(self.context.selection.tasks)


@contextmanager
def on_screen(context: UiContext) -> Iterator[Shown]:
    context.theme.reduced_motion = True
    times: list[Shown] = []
    shown = Shown(GraphPicture(context, now=lambda: times[0].now), context)
    times.append(shown)
    context.registry.attach(
        lambda row: row.verb(context) if row.place else None, context.workspace.situation, shown.picture
    )
    shown.picture.resize(*SIZE)
    shown.picture.show()
    shown.picture.activateWindow()
    QTest.qWaitForWindowActive(shown.picture)  # keys of actions reach only the window that is active
    shown.picture.view.setFocus()
    try:
        yield shown
    finally:
        shown.picture.hide()
        shown.picture.deleteLater()


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[Shown]:
    """The plan of the design's pictures, fitted."""
    with on_screen(make_context(qapp)) as made:
        made.picture.show_plan(hello_plan(), {})
        yield made


# -- camera ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notches", [1, -1])
def test_the_point_under_the_cursor_moves_less_than_a_pixel_over_ten_steps(shown: Shown, notches: int) -> None:
    view = shown.picture.view
    at = QPointF(317.0, 203.0)
    point = view.scene_point(at)
    for _ in range(10):
        wheel(shown.picture, at, notches)
        moved = view.viewportTransform().map(point) - at
        assert abs(moved.x()) < 1
        assert abs(moved.y()) < 1
    assert view.zoom != pytest.approx(1.0)


def test_the_middle_button_moves_the_picture_with_the_mouse(shown: Shown) -> None:
    before = place_of(shown.picture, "T4")
    drag(shown.picture.view.viewport(), QPointF(400, 300), QPointF(460, 250), MIDDLE)
    assert place_of(shown.picture, "T4") - before == QPointF(60, -50)
    assert shown.picked == set()


def test_space_and_the_left_button_move_it_too(shown: Shown) -> None:
    before = place_of(shown.picture, "T4")
    QTest.keyPress(shown.picture.view, Qt.Key.Key_Space)
    drag(shown.picture.view.viewport(), place_of(shown.picture, "T4"), QPointF(10, 10) + before)
    QTest.keyRelease(shown.picture.view, Qt.Key.Key_Space)
    assert place_of(shown.picture, "T4") - before == QPointF(10, 10)
    assert shown.picked == set()


def test_two_fingers_pan_and_do_not_zoom(shown: Shown) -> None:
    before, zoom = place_of(shown.picture, "T4"), shown.picture.view.zoom
    two_fingers(shown.picture, QPoint(-30, 12))
    assert place_of(shown.picture, "T4") - before == QPointF(-30, 12)
    assert shown.picture.view.zoom == zoom


def test_escape_takes_a_pan_back(shown: Shown) -> None:
    before = place_of(shown.picture, "T4")
    viewport = shown.picture.view.viewport()
    mouse(viewport, QEvent.Type.MouseButtonPress, QPointF(400, 300), MIDDLE)
    mouse(viewport, QEvent.Type.MouseMove, QPointF(300, 300), MIDDLE)
    key(shown.picture, Qt.Key.Key_Escape)
    assert abs(place_of(shown.picture, "T4").x() - before.x()) < 1


def test_keys_fit_everything_what_is_picked_and_full_size(shown: Shown) -> None:
    view = shown.picture.view
    key(shown.picture, Qt.Key.Key_0, CTRL)
    assert view.zoom == 1.0
    key(shown.picture, Qt.Key.Key_Minus)
    key(shown.picture, Qt.Key.Key_Home)
    assert view.graph is not None
    assert view.seen.contains(view.graph.geometry.whole)
    shown.context.selection.pick(TaskId("T9"))
    wheel(shown.picture, QPointF(0, 0), -6)
    key(shown.picture, Qt.Key.Key_F)
    assert view.zoom == 1.0
    assert (place_of(shown.picture, "T9") - QPointF(view.viewport().rect().center())).manhattanLength() < 60


def test_keys_go_back_and_forward_through_the_views(shown: Shown) -> None:
    view = shown.picture.view
    whole = view.camera
    key(shown.picture, Qt.Key.Key_0, CTRL)
    full = view.camera
    shown.context.selection.pick(TaskId("T1"))
    key(shown.picture, Qt.Key.Key_F)
    key(shown.picture, Qt.Key.Key_Left, ALT)
    assert view.zoom == pytest.approx(full.zoom)
    key(shown.picture, Qt.Key.Key_Left, ALT)
    assert view.zoom == pytest.approx(whole.zoom)
    key(shown.picture, Qt.Key.Key_Right, ALT)
    assert view.zoom == pytest.approx(full.zoom)
    key(shown.picture, Qt.Key.Key_Home)  # somewhere new: there is no way forward any more
    here = view.camera
    key(shown.picture, Qt.Key.Key_Right, ALT)
    assert view.camera == here


def test_keys_of_the_graph_mean_nothing_while_it_is_out_of_sight(shown: Shown) -> None:
    assert shown.context.registry["graph.all"].isEnabled()
    shown.picture.hide()
    assert not shown.context.registry["graph.all"].isEnabled()
    shown.context.do("graph.all")
    assert shown.picked == set()


def test_a_graphs_key_is_the_persons_own_where_they_chose_one(shown: Shown) -> None:
    shown.context.registry.bindings.bind("graph.all", "P")
    key(shown.picture, Qt.Key.Key_A, CTRL)
    assert shown.picked == set()
    key(shown.picture, Qt.Key.Key_P)
    assert len(shown.picked) > 5


def test_another_size_is_fitted_until_the_person_has_moved_the_picture(shown: Shown) -> None:
    view = shown.picture.view
    shown.picture.resize(700, 500)
    fitted = view.zoom
    assert view.graph is not None
    assert view.seen.contains(view.graph.geometry.whole)
    two_fingers(shown.picture, QPoint(5, 5))
    shown.picture.resize(*SIZE)
    assert view.zoom == fitted


def test_a_plan_that_grows_does_not_steal_the_view_from_a_person(shown: Shown) -> None:
    wheel(shown.picture, QPointF(200, 200), 2)
    before, zoom = place_of(shown.picture, "T1"), shown.picture.view.zoom
    shown.picture.show_plan(with_tasks(hello_plan(), task("T10", "One more", "T9", phase="P2")), {})
    assert shown.picture.view.zoom == zoom
    assert (place_of(shown.picture, "T1") - before).manhattanLength() < 30


def test_the_minimap_brings_what_was_pressed_to_the_middle(shown: Shown) -> None:
    view, minimap = shown.picture.view, shown.picture.minimap
    assert minimap.isVisible()
    mouse(minimap, QEvent.Type.MouseButtonPress, QPointF(90, 55))
    assert view.graph is not None
    middle = view.graph.geometry.whole.center()
    assert (view.camera.centre - middle).manhattanLength() < 40
    mouse(minimap, QEvent.Type.MouseMove, QPointF(150, 55))
    assert view.camera.centre.x() > middle.x() + 100


def test_the_minimap_goes_with_its_key_and_where_it_would_cover_the_graph(shown: Shown) -> None:
    key(shown.picture, Qt.Key.Key_M, SHIFT)
    assert not shown.picture.minimap.isVisible()
    key(shown.picture, Qt.Key.Key_M, SHIFT)
    assert shown.picture.minimap.isVisible()
    shown.picture.resize(480, 280)
    assert not shown.picture.minimap.isVisible()


def test_the_minimap_gives_way_where_all_is_in_sight_and_it_lies_on_a_task(shown: Shown) -> None:
    picture, view = shown.picture, shown.picture.view
    assert view.graph is not None
    picture.minimap.move(view.mapFromScene(view.graph.geometry.box(0).center()))  # as in a window that small
    view.fit_all()
    picture._show_map()
    assert not picture.minimap.isVisible()
    view.look_at(Camera(view.camera.centre, 3.0))  # not all is in sight any more
    assert picture.minimap.isVisible()


# -- picking --------------------------------------------------------------------------------------------------------


def test_a_click_picks_shift_adds_and_control_toggles(shown: Shown) -> None:
    click(shown.picture, "T4")
    assert shown.picked == {"T4"}
    click(shown.picture, "T7", SHIFT)
    assert shown.picked == {"T4", "T7"}
    assert shown.context.selection.task == "T7"
    click(shown.picture, "T4", CTRL)
    assert shown.picked == {"T7"}
    click(shown.picture, "T4", CTRL)
    assert shown.picked == {"T4", "T7"}


def test_a_click_beside_everything_lets_go_and_with_shift_does_not(shown: Shown) -> None:
    click(shown.picture, "T4")
    empty = QPointF(5, 400)
    for keys, left in ((SHIFT, {"T4"}), (Qt.KeyboardModifier.NoModifier, set())):
        mouse(shown.picture.view.viewport(), QEvent.Type.MouseButtonPress, empty, LEFT, keys)
        mouse(shown.picture.view.viewport(), QEvent.Type.MouseButtonRelease, empty, LEFT, keys)
        assert shown.picked == left


def test_a_marquee_picks_what_it_holds_adds_and_toggles(shown: Shown) -> None:
    viewport = shown.picture.view.viewport()
    start = place_of(shown.picture, "T3") - QPointF(110, 50)
    end = place_of(shown.picture, "T4") + QPointF(10, 10)
    drag(viewport, start, end)
    assert shown.picked == {"T3", "T4"}
    click(shown.picture, "T9")
    drag(viewport, start, end, keys=SHIFT)
    assert shown.picked == {"T3", "T4", "T9"}
    drag(viewport, start, place_of(shown.picture, "T3") + QPointF(0, 10), keys=CTRL)
    assert shown.picked == {"T4", "T9"}


def test_escape_takes_a_marquee_back(shown: Shown) -> None:
    click(shown.picture, "T9")
    viewport = shown.picture.view.viewport()
    mouse(viewport, QEvent.Type.MouseButtonPress, QPointF(2, 2))
    mouse(viewport, QEvent.Type.MouseMove, QPointF(900, 600))
    assert len(shown.picked) == 9
    key(shown.picture, Qt.Key.Key_Escape)
    assert shown.picked == {"T9"}


def test_arrows_walk_along_edges_and_shift_extends(shown: Shown) -> None:
    for which, current in ((Qt.Key.Key_Right, "T1"), (Qt.Key.Key_Right, "T3"), (Qt.Key.Key_Right, "T6")):
        key(shown.picture, which)
        assert shown.context.selection.task == current
    key(shown.picture, Qt.Key.Key_Down, SHIFT)
    assert shown.picked == {"T6", "T7"}
    key(shown.picture, Qt.Key.Key_Left)
    assert shown.picked == {"T4"}


def test_brackets_pick_what_is_needed_and_what_needs_it(shown: Shown) -> None:
    click(shown.picture, "T4")
    key(shown.picture, Qt.Key.Key_BracketLeft)
    assert shown.picked == {"T1", "T2", "T4"}
    click(shown.picture, "T4")
    key(shown.picture, Qt.Key.Key_BracketRight)
    assert shown.picked == {"T4", "T6", "T7", "T9"}
    key(shown.picture, Qt.Key.Key_A, CTRL)
    assert len(shown.picked) == 9


def test_a_walk_brings_the_task_into_sight(shown: Shown) -> None:
    wheel(shown.picture, place_of(shown.picture, "T1"), 5)
    click(shown.picture, "T1")
    for _ in range(3):
        key(shown.picture, Qt.Key.Key_Right)
    view = shown.picture.view
    assert view.graph is not None
    assert view.seen.contains(view.graph.geometry.box(view.picked[-1]))


def test_enter_and_a_double_click_ask_to_see_the_task_in_full(shown: Shown) -> None:
    asked: list[int] = []
    shown.picture.view.inspect_asked.connect(lambda: asked.append(1))
    click(shown.picture, "T4")
    key(shown.picture, Qt.Key.Key_Return)
    mouse(shown.picture.view.viewport(), QEvent.Type.MouseButtonDblClick, place_of(shown.picture, "T4"))
    assert len(asked) == 2


def test_a_task_picked_elsewhere_is_picked_here_and_in_sight_when_it_is_shown(shown: Shown) -> None:
    wheel(shown.picture, place_of(shown.picture, "T1"), 6)
    shown.picture.hide()
    shown.context.selection.pick(TaskId("T9"))
    shown.picture.show()
    view = shown.picture.view
    assert view.graph is not None
    assert view.graph.current == view.graph.index("T9")
    assert view.seen.contains(view.graph.geometry.box(view.picked[-1]))


def test_a_task_picked_elsewhere_does_not_move_a_picture_that_is_looked_at(shown: Shown) -> None:
    wheel(shown.picture, place_of(shown.picture, "T1"), 6)
    before = shown.picture.view.camera
    shown.context.selection.pick(TaskId("T9"))
    assert shown.picture.view.camera == before


# -- what is drawn --------------------------------------------------------------------------------------------------


def colour_at(shown: Shown, at: QPointF) -> str:
    image = shown.picture.view.viewport().grab().toImage()
    return image.pixelColor(at.toPoint()).name()


def colours_near(shown: Shown, at: QPointF, reach: int = 3) -> set[str]:
    image = shown.picture.view.viewport().grab().toImage()
    around = range(-reach, reach + 1)
    return {image.pixelColor(at.toPoint() + QPoint(x, y)).name() for x in around for y in around}


def named(shown: Shown, token: Token) -> str:
    return QColor(shown.context.theme.tokens[token]).name()


@pytest.mark.parametrize(
    "zoom", [1.0, NEAR_FROM + 0.01, NEAR_FROM - 0.01, MIDDLE_FROM + 0.01, MIDDLE_FROM - 0.01, 0.05]
)
def test_a_node_shows_its_state_by_colour_at_every_distance(shown: Shown, zoom: float) -> None:
    shown.picture.show_board(board_of(hello_plan(), hello_states()))
    view = shown.picture.view
    view.zoom_at(QPointF(500, 300), zoom / view.zoom)
    at = place_of(shown.picture, "T5")
    left = view.viewportTransform().m11() * 102 - 1.5
    assert named(shown, Token.NEEDS_PERSON) in colours_near(shown, at - QPointF(left, 0))


def test_the_edges_of_what_is_picked_are_drawn_in_the_accent(shown: Shown) -> None:
    shown.context.selection.pick(TaskId("T7"))
    key(shown.picture, Qt.Key.Key_0, CTRL)
    end = place_of(shown.picture, "T9") - QPointF(102 + 8, 0)
    assert named(shown, Token.ACCENT) in colours_near(shown, end)
    shown.context.selection.pick()
    assert named(shown, Token.ACCENT) not in colours_near(shown, end)


def test_another_theme_is_drawn_at_once(shown: Shown) -> None:
    dark = colour_at(shown, QPointF(2, 2))
    shown.context.theme.choose(ThemeChoice.LIGHT)
    assert colour_at(shown, QPointF(2, 2)) != dark
    assert colour_at(shown, place_of(shown.picture, "T4") + QPointF(60, 20)) == named(shown, Token.RAISED)


def test_titles_are_plain_text_whatever_they_look_like(shown: Shown) -> None:
    text = static_text("<b>bold</b>", shown.context.theme.font("body"))  # type: ignore[arg-type]
    assert text.textFormat() is Qt.TextFormat.PlainText
    shown.picture.show_plan(with_tasks(hello_plan(), task("T10", "<img src='file:///etc/passwd'>" * 9)), {})
    shown.picture.grab()


def test_a_plan_without_tasks_says_so(shown: Shown) -> None:
    shown.picture.clear()
    assert not shown.picture.view.isVisible()
    assert not shown.picture.zoom_bar.isVisible()
    assert not shown.picture.minimap.isVisible()
    for which in (Qt.Key.Key_Right, Qt.Key.Key_F, Qt.Key.Key_BracketLeft):
        key(shown.picture, which)
    assert shown.picked == set()


def test_the_tool_tip_says_the_whole_title(shown: Shown) -> None:
    long = "A very long title of a task " * 6
    shown.picture.show_plan(with_tasks(hello_plan(), task("T10", long)), {})
    at = place_of(shown.picture, "T10").toPoint()
    viewport = shown.picture.view.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    assert long.strip() in QToolTip.text()
    QToolTip.hideText()


def test_screen_readers_are_told_the_current_task(shown: Shown) -> None:
    shown.picture.show_board(board_of(hello_plan(), hello_states()))
    shown.context.selection.pick(TaskId("T7"))
    view = shown.picture.view
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Graph of the plan"
    assert view.accessibleDescription() == "T7 Write RUN.md, running, sonnet · 0:38 · $0.04"
    shown.context.selection.pick()
    assert view.accessibleDescription() == ""


# -- a run ----------------------------------------------------------------------------------------------------------


def flush(shown: Shown) -> None:
    shown.context.flush.mark(Topic.TASKS)
    shown.context.flush.now()


def test_rows_that_change_are_drawn_with_the_next_flush_and_no_others(shown: Shown) -> None:
    board = board_of(hello_plan(), hello_states())
    board.take_changed()
    shown.context.workspace.board = board
    shown.picture.show_board(board)
    graph = shown.picture.view.graph
    assert graph is not None
    before = list(graph.faces)
    set_state(board, "T7", TaskState.SUCCEEDED)
    assert graph.faces == before
    flush(shown)
    differ = {face.id for face, was in zip(graph.faces, before, strict=True) if face != was}
    assert differ == {"T7", "T9"}  # T9 waits for one task less


def test_a_picture_that_followed_a_run_looks_like_one_that_was_opened_afterwards(shown: Shown) -> None:
    board = board_of(hello_plan(), hello_states())
    shown.picture.show_board(board)
    shown.picture.view.viewport().grab()
    for id_, state in (("T3", TaskState.FAILED), ("T7", TaskState.SUCCEEDED), ("T8", TaskState.BLOCKED)):
        set_state(board, id_, state)
        shown.context.selection.pick(TaskId(id_))
        flush(shown)
        shown.picture.view.viewport().grab()
    with on_screen(shown.context) as other:
        other.picture.show_plan(hello_plan(), {})
        other.picture.show_board(board)
        other.picture.grab()  # drawn for the first time nodes have no pictures of their own yet
        same = shown.picture.grab().toImage() == other.picture.grab().toImage()
        assert same


def test_a_run_that_goes_on_unseen_is_shown_when_it_is_looked_at_again(shown: Shown) -> None:
    board = board_of(hello_plan(), hello_states())
    shown.picture.show_board(board)
    shown.picture.hide()
    set_state(board, "T7", TaskState.FAILED)
    flush(shown)
    shown.picture.show()
    graph = shown.picture.view.graph
    assert graph is not None
    at = graph.index("T7")
    assert at is not None
    assert graph.faces[at].state is TaskState.FAILED


def test_the_clock_ticks_only_while_running_nodes_can_be_seen(shown: Shown) -> None:
    ticker, board = shown.picture.ticker, board_of(hello_plan(), hello_states())
    running: list[bool] = []

    def look() -> None:
        running.append(ticker.is_running)

    look()
    shown.picture.show_board(board)
    look()
    wheel(shown.picture, QPointF(500, 300), -8)
    look()
    shown.picture.view.fit_all()
    look()
    shown.picture.hide()
    look()
    shown.picture.show()
    look()
    for id_ in ("T6", "T7"):
        set_state(board, id_, TaskState.SUCCEEDED)
    flush(shown)
    look()
    assert running == [False, True, False, True, False, True, False]  # hidden and far away nothing moves


def test_motion_is_at_most_ten_times_a_second_and_less_where_it_is_reduced(shown: Shown) -> None:
    ticker = shown.picture.ticker
    shown.picture.show_board(board_of(hello_plan(), hello_states()))
    assert ticker.interval == 1_000
    shown.context.theme.reduced_motion = False
    ticker.look_again()
    assert ticker.interval == 100
    shown.picture.show_board(None)
    assert not ticker.is_running


def test_a_running_clock_goes_on(shown: Shown) -> None:
    shown.picture.show_board(board_of(hello_plan(), hello_states()))
    before = shown.picture.view.viewport().grab().toImage()
    shown.now += 7 * SECOND
    after = shown.picture.view.viewport().grab().toImage()
    assert before != after


def test_following_brings_running_tasks_into_sight_until_the_person_pans(shown: Shown) -> None:
    picture, view, board = shown.picture, shown.picture.view, board_of(hello_plan(), {})
    picture.show_board(board)
    key(picture, Qt.Key.Key_0, CTRL)
    two_fingers(picture, QPoint(-5_000, 0))
    assert view.graph is not None
    picture.zoom_bar.follow.setChecked(True)
    set_state(board, "T7", TaskState.RUNNING)
    flush(shown)
    at = view.graph.index("T7")
    assert at is not None
    assert view.seen.contains(view.graph.geometry.box(at))
    two_fingers(picture, QPoint(-5_000, 0))
    assert not picture.zoom_bar.follow.isChecked()
    set_state(board, "T6", TaskState.RUNNING)
    flush(shown)
    assert not view.seen.contains(view.graph.geometry.box(at))


def test_following_is_offered_only_while_there_is_a_run(shown: Shown) -> None:
    assert not shown.picture.zoom_bar.follow.isVisible()
    shown.picture.show_board(board_of(hello_plan(), {}))
    assert shown.picture.zoom_bar.follow.isVisible()
    shown.picture.show_plan(hello_plan(), {})
    assert not shown.picture.zoom_bar.follow.isVisible()


# -- large plans ----------------------------------------------------------------------------------------------------


async def test_a_large_plan_is_laid_out_beside_the_loop_and_the_last_one_asked_for_is_shown(qapp: QApplication) -> None:
    async with asyncio.TaskGroup() as group:
        context = make_context(qapp, group)
        idle = asyncio.Event()
        context.bridge.busy_changed.connect(lambda _, busy: None if busy else idle.set())
        with on_screen(context) as shown:
            shown.picture.show_plan(large_plan(300), {})
            assert not shown.picture.view.isVisible()
            shown.picture.show_plan(large_plan(400), {})
            await idle.wait()
            assert shown.picture.view.isVisible()
            assert shown.picture.view.graph is not None
            assert len(shown.picture.view.graph) == 400


async def test_a_run_shown_while_its_plan_is_laid_out_is_live_in_the_end(qapp: QApplication) -> None:
    plan = large_plan(300)
    async with asyncio.TaskGroup() as group:
        context = make_context(qapp, group)
        idle = asyncio.Event()
        context.bridge.busy_changed.connect(lambda _, busy: None if busy else idle.set())
        with on_screen(context) as shown:
            shown.picture.show_plan(plan, {})
            shown.picture.show_board(board_of(plan, {"T1": TaskState.FAILED}))
            await idle.wait()
            graph = shown.picture.view.graph
            assert graph is not None
            assert graph.faces[0].state is TaskState.FAILED


def test_a_plan_whose_words_alone_changed_keeps_its_places(shown: Shown) -> None:
    graph = shown.picture.view.graph
    assert graph is not None
    plan = hello_plan()
    shown.picture.show_plan(replace(plan, tasks=tuple(replace(one, title="Other") for one in plan.tasks)), {})
    assert shown.picture.view.graph is not None
    assert shown.picture.view.graph.layout is graph.layout
    assert {face.title for face in shown.picture.view.graph.faces} == {"Other"}
