"""Inspector and bottom panel are moved by action and by mouse, stay where they were put, and come back at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from orchestra_desktop.ui.pane_sides import Pane
from orchestra_desktop.ui.shell.layout_store import Layout, LayoutStore
from orchestra_desktop.ui.shell.main_window import MainWindow
from orchestra_desktop.ui.shell.pane_grip import DropHint, PaneGrip
from orchestra_desktop.ui.verbs.project_verbs import choose
from tests.ui.driving import opened, sample_planned

LEFT = Qt.MouseButton.LeftButton


def left_of(one: QWidget, other: QWidget) -> bool:
    return one.mapToGlobal(QPoint()).x() < other.mapToGlobal(QPoint()).x()


def above(one: QWidget, other: QWidget) -> bool:
    return one.mapToGlobal(QPoint()).y() < other.mapToGlobal(QPoint()).y()


def grip_of(pane: QWidget) -> PaneGrip:
    (grip,) = pane.findChildren(PaneGrip)
    return grip


def drag(grip: PaneGrip, to: QPoint, *, let_go: bool = True) -> None:
    """To a point of the screen."""
    start = QPointF(grip.rect().center())
    _mouse(grip, QEvent.Type.MouseButtonPress, QPointF(grip.mapToGlobal(start)))
    for share in (0.3, 0.7, 1.0):
        begin = QPointF(grip.mapToGlobal(grip.rect().center()))
        _mouse(grip, QEvent.Type.MouseMove, begin + (QPointF(to) - begin) * share)
    if let_go:
        _mouse(grip, QEvent.Type.MouseButtonRelease, QPointF(to))


def _mouse(grip: PaneGrip, kind: QEvent.Type, screen: QPointF) -> None:
    pressed = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else LEFT
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
    event = QMouseEvent(kind, grip.mapFromGlobal(screen), screen, pressed, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(grip, event)


def run_place(window: MainWindow, width: int = 1_400) -> None:
    window.show_place("run")
    window.resize(width, 860)


async def test_panes_are_moved_by_actions_and_put_back_by_one(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        run_place(window)
        width, height = window.inspector.width(), window.bottom.height()
        program.context.do("view.inspector_left")
        assert left_of(window.inspector, window.places)
        program.context.do("view.bottom_top")
        assert above(window.bottom, window.places)
        assert (window.inspector.width(), window.bottom.height()) == (width, height)
        program.context.do("view.reset_layout")
        assert left_of(window.places, window.inspector)
        assert above(window.places, window.bottom)


async def test_moving_a_closed_pane_opens_it(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        run_place(program.window)
        program.context.do("view.inspector")
        assert not program.window.inspector.isVisible()
        program.context.do("view.inspector_left")
        assert program.window.inspector.isVisible()
        assert program.context.registry["view.inspector"].isChecked()


async def test_a_pane_is_dragged_to_the_other_side(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        run_place(window)
        grip = grip_of(window.inspector)
        target = window.places.mapToGlobal(QPoint(40, 300))
        (hint,) = window.findChildren(DropHint)
        drag(grip, target, let_go=False)
        assert hint.isVisible()
        assert hint.geometry().left() == 0
        _mouse(grip, QEvent.Type.MouseButtonRelease, QPointF(target))
        assert not hint.isVisible()
        assert left_of(window.inspector, window.places)
        drag(grip_of(window.bottom), window.places.mapToGlobal(QPoint(300, 30)))
        assert above(window.bottom, window.places)


async def test_a_pane_let_go_outside_the_window_stays(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        run_place(window)
        drag(grip_of(window.inspector), window.mapToGlobal(QPoint(300, -400)))
        assert left_of(window.places, window.inspector)


async def test_the_grip_offers_the_sides_to_who_presses_it(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        run_place(window)
        grip = grip_of(window.bottom)
        QTest.mouseClick(grip, LEFT)
        (menu,) = [menu for menu in grip.findChildren(QMenu) if menu.isVisible()]
        move = next(action for action in menu.actions() if action.text() == "Move the bottom panel to the top")
        move.trigger()
        menu.close()
        assert above(window.bottom, window.places)


async def test_a_narrow_window_has_the_inspector_over_the_side_it_stands_at(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        run_place(window, 1_000)
        program.context.do("view.inspector_left")
        assert window.inspector.geometry().left() == 0
        assert window.inspector.geometry().right() < window.panes.width() - 100
        assert window.places.width() == window.panes.width()
        window.resize(1_400, 860)
        assert left_of(window.inspector, window.places)
        assert window.places.width() < window.panes.width()


async def test_each_project_has_its_panes_where_they_were_left(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        await sample_planned(program)
        run_place(window)
        project = program.context.selection.project
        program.context.do("view.inspector_left")
        program.context.do("view.bottom_top")
        window.panes._outer.setSizes([500, 800])
        window.panes._note_sizes()
        assert (project, window._keep_timer.isActive()) == (project, True)
        window._keep_layout()
        window._keep_timer.stop()
        await choose(program.context, None)
        program.context.do("view.inspector_right")
        window._keep_layout()
        window._keep_timer.stop()
    async with opened(qapp, tmp_path) as program:
        window = program.window
        await choose(program.context, None)
        run_place(window)
        assert left_of(window.places, window.inspector)
        await choose(program.context, project)
        assert left_of(window.inspector, window.places)
        assert above(window.bottom, window.places)
        assert window.inspector.width() == 500


@pytest.mark.parametrize(("pane", "side"), [(Pane.INSPECTOR, "top"), (Pane.BOTTOM, "left"), (Pane.BOTTOM, "wherever")])
def test_a_side_that_a_pane_cannot_have_is_not_taken_from_the_file(tmp_path: Path, pane: Pane, side: str) -> None:
    store = LayoutStore(tmp_path)
    store.keep("p1", Layout())
    store._set(f"layout/p1/{pane}_side", side)
    assert store.layout("p1").sides[pane] is Layout().sides[pane]


def test_every_side_is_an_action(qapp: QApplication) -> None:
    from orchestra_desktop.ui.actions import ACTIONS
    from orchestra_desktop.ui.pane_sides import SIDES

    ids = {row.id for row in ACTIONS}
    assert {f"view.{pane}_{side}" for pane, sides in SIDES.items() for side in sides} <= ids
