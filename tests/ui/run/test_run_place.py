"""The run place: the table and its header follow a run of twelve tasks; what is picked is picked everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.canvas import GraphPicture
from orchestra_desktop.ui.run.run_graph import RunGraph
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.run.run_table import RunTable
from orchestra_desktop.ui.run.task_table import TaskTable
from orchestra_desktop.ui.run.task_table_model import COLUMNS, TaskTableModel
from orchestra_desktop.ui.theme.theme import ThemeChoice
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.viewmodels.run_rows import Column, Grouping
from tests.fakes import ClaudeServer
from tests.ui.driving import active, until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of

W = TypeVar("W", bound=QWidget)


def found(program: WindowProgram, kind: type[W]) -> W:
    widget = program.window.findChild(kind)
    assert widget is not None
    return widget


def shown(model: TaskTableModel, column: Column) -> list[str]:
    return [str(model.index(row, COLUMNS.index(column)).data() or "") for row in range(model.rowCount())]


def button(program: WindowProgram, words: str) -> QPushButton | None:
    """The one on the screen that says so."""
    shown = [one for one in program.window.findChildren(QPushButton) if one.text() == words and one.isVisible()]
    assert len(shown) <= 1, f"{words} stands {len(shown)} times on the screen"
    return shown[0] if shown else None


async def press(program: WindowProgram, words: str) -> None:
    await until(program, lambda: button(program, words) is not None)
    pressed = button(program, words)
    assert pressed is not None
    QTest.mouseClick(pressed, Qt.MouseButton.LeftButton)


async def test_a_plan_that_has_not_run_stands_there_waiting(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            table = found(program, RunTable)
            await until(program, lambda: table.model.rowCount() == 12)
            assert set(shown(table.model, Column.STATE)) == {"waiting"}
            header = found(program, RunHeader)
            assert header.state.accessibleName() == "not started"
            assert header.counts.text() == "12 tasks"
            await until(program, lambda: "auto" not in shown(table.model, Column.TIER))  # once priced
            program.window.show_place("run", "graph")
            picture = found(program, RunGraph).picture
            assert isinstance(picture, GraphPicture)
            assert picture._drawn is not None
            assert "auto" not in {face.tier for face in picture._drawn.faces}
            assert all(face.quoted is not None for face in picture._drawn.faces)


async def test_the_table_follows_a_run_to_its_end(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("CHANGES",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            table, live = found(program, RunTable), run_live(program.context)
            others = [TaskId(f"T{number}") for number in range(1, 13) if number != 10]
            await running_until(program, lambda: all(state_of(program, task) is TaskState.SUCCEEDED for task in others))
            await until(program, lambda: shown(table.model, Column.STATE).count("done") == 11)
            assert shown(table.model, Column.STATE)[9] == "running"
            assert "1 running" in table.header.counts.text()
            assert "11 / 12 done" in table.header.counts.text()
            assert "held" in table.header.held.text()
            assert shown(table.model, Column.COST)[0].startswith("$")
            brain.gate.open()
            await until(program, lambda: not program.context.workspace.is_live)
            await until(program, lambda: table.header.state.accessibleName() == "finished")
            assert live.rows is not None
            assert live.rows.finished_at is not None


async def test_what_is_picked_in_the_table_is_picked_everywhere_and_back(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            table = found(program, TaskTable)
            model = found(program, RunTable).model
            await until(program, lambda: model.rowCount() == 12)
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            table.selectionModel().setCurrentIndex(model.index(2, 0), flags)  # `selectRow` looks at the keyboard
            table.selectionModel().select(model.index(4, 0), flags)
            selection = program.context.selection
            assert selection.tasks == {"T3", "T5"}
            assert selection.task == "T3"  # the current row
            selection.pick(TaskId("T7"))
            assert [index.row() for index in table.selectionModel().selectedRows()] == [6]
            program.window.show_place("run", "graph")
            picture = found(program, RunGraph).picture
            assert picture is not None
            selection.pick(TaskId("T2"))
            program.window.show_place("run", "table")
            assert [index.row() for index in table.selectionModel().selectedRows()] == [1]


def _colours(icon: QIcon) -> set[str]:
    picture = icon.pixmap(32, 32).toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


async def test_the_pictures_of_the_state_menu_have_the_colours_of_the_theme(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            failed = next(a for a in found(program, RunTable).state_button.menu().actions() if a.text() == "failed")
            for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK):
                program.context.theme.choose(choice)
                assert program.context.theme.color(Token.FAILED).name() in _colours(failed.icon())


async def test_rows_are_grouped_filtered_and_sorted(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            place = found(program, RunTable)
            await until(program, lambda: place.model.rowCount() == 12)
            program.context.selection.pick(TaskId("T6"))
            place._choose(grouping=Grouping.PHASE)
            headings = [place.model.index(row, 0).data() for row in place.model.headings]
            assert [heading.partition("   ")[0] for heading in headings] == ["Phase 1 · Make", "Phase 2 · Finish"]
            assert place.model.rowCount() == 14
            assert [place.model.task_at(index.row()) for index in place.table.selectionModel().selectedRows()] == ["T6"]
            place.search.setText("counter.py")
            place.search.searched.emit("counter.py")
            assert shown(place.model, Column.ID)[1:] == ["T1", "", "T6"]
            assert place.count.text() == "2 of 12 tasks"
            place.search.searched.emit("nothing of that kind")
            assert place._stack.currentWidget() is place._none_fits
            place._show_all()
            place._choose(grouping=Grouping.NONE)
            place.table.sortByColumn(COLUMNS.index(Column.TITLE), Qt.SortOrder.DescendingOrder)
            titles = [title.casefold() for title in shown(place.model, Column.TITLE)]
            assert titles == sorted(titles, reverse=True)
            place.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
            assert shown(place.model, Column.ID) == [f"T{number}" for number in range(1, 13)]


async def test_groups_are_folded_by_mouse_and_by_keys_and_unfolded_for_what_is_picked(
    qapp: QApplication, tmp_path: Path
) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            place = found(program, RunTable)
            await until(program, lambda: place.model.rowCount() == 12)
            assert not program.context.registry.can("tasks.fold")
            place._choose(grouping=Grouping.WAVE)
            model, table = place.model, place.table
            first, second = model.headings[:2]
            in_first = second - first - 1
            assert in_first > 1
            hidden = model.task_at(second - 1)
            assert hidden is not None
            at = table.visualRect(model.index(first, 0)).center()
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
            assert model.headings[:2] == [first, first + 1]
            assert place.count.text() == "12 tasks"  # folded away is not filtered out
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
            assert model.headings[1] == second
            await active(program)
            table.setFocus()
            table.setCurrentIndex(model.index(first + 1, 0))
            QTest.keyClick(table, Qt.Key.Key_Left)
            assert model.headings[1] == first + 1
            assert table.currentIndex().row() == first
            spoken = model.index(first, 0).data(Qt.ItemDataRole.AccessibleTextRole)
            assert spoken.endswith(", folded")
            QTest.keyClick(table, Qt.Key.Key_Return)
            assert model.headings[1] == second
            QTest.keyClick(table, Qt.Key.Key_Left)
            assert model.place_of(hidden) is None
            program.context.selection.pick(hidden)  # in the graph, for one
            assert [model.task_at(index.row()) for index in table.selectionModel().selectedRows()] == [hidden]
            QTest.keyClick(table, Qt.Key.Key_Left)
            assert model.place_of(hidden) is None
            assert program.context.selection.tasks == {hidden}  # folding away lets nothing go


async def test_what_can_be_done_with_the_run_stands_once_on_the_screen(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            header = found(program, RunHeader)
            assert button(program, "Pause") is None
            await press(program, "Run")
            await until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            await press(program, "Pause")
            await until(program, lambda: button(program, "Resume") is not None)
            assert header.state.accessibleName() == "paused"
            await press(program, "Stop")
            await until(program, lambda: not program.context.workspace.is_live)
            brain.gate.open()


async def test_nothing_is_shown_of_the_project_before(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            place = found(program, RunTable)
            await until(program, lambda: place.model.rowCount() == 12)
            program.context.do("project.open_sample")
            live = run_live(program.context)
            await until(program, lambda: live.rows is not None and len(live.rows.facts) == 3)
            assert place.model.rowCount() == 3
            assert program.context.selection.task is None


def _is_whole(label: QLabel, inside: QWidget) -> bool:
    return label.geometry().right() <= inside.width() and label.width() >= label.sizeHint().width()


@pytest.mark.parametrize("width", [760, 900, 1440])
async def test_the_header_gives_way_before_it_is_clipped(qapp: QApplication, tmp_path: Path, width: int) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.resize(width, 620)
            program.window.show_place("run", "table")
            header = found(program, RunHeader)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            await until(program, lambda: header.time.text() != "" and header.held.text() != "")
            await until(program, lambda: _is_whole(header.money, header))
            if header.bar.isVisible():
                held = program.context.theme.color(Token.NEEDS_PERSON)  # as in the status bar and on the usage cards
                bar = header.bar.grab().toImage()
                assert any(bar.pixelColor(x, bar.height() // 2) == held for x in range(bar.width()))
            program.context.do("run.stop")
            await until(program, lambda: not program.context.workspace.is_live)
            brain.gate.open()
