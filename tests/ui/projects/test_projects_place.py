"""The projects place in the real window: empty, listed, searched, opened, and a project made by keyboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.projects import ProjectState, Rigor
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.ui.projects.new_project import NewProjectPage
from orchestra_desktop.ui.projects.project_table import ProjectModel
from orchestra_desktop.ui.projects.projects_place import ProjectList
from orchestra_desktop.viewmodels.project_list import ProjectRow
from tests.ui.driving import opened, until

WISHES = "# Hello\n\n- A script hello.py that greets\n- A page that says how to run it"


def _list(program: WindowProgram) -> ProjectList:
    program.window.show_place("projects", "list")
    (found,) = program.window.findChildren(ProjectList)
    return found


def _page(program: WindowProgram) -> NewProjectPage:
    program.context.do("project.new")
    (found,) = program.window.findChildren(NewProjectPage)
    return found


async def _made(program: WindowProgram, *names: str) -> None:
    for name in names:
        await program.context.session.projects.create(NewProject("- one", name=name, rehearsal=True))
    workspace = program.context.workspace
    await until(program, lambda: set(names) <= {project.name for project in workspace.projects})
    program.context.flush.now()


def _names(place: ProjectList) -> list[str]:
    return [place.model.row(row).name for row in range(place.model.rowCount())]


async def test_a_first_start_says_the_one_next_step(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        place = _list(program)
        program.context.flush.now()
        assert place.empty.isVisible()
        assert not place.head.isVisible()


async def test_before_the_folder_is_open_rows_are_on_their_way(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path, wait=False) as program:
        assert _list(program).loading.isVisible()
        await until(program, lambda: program.context.workspace.session is not None)
        await until(program, lambda: not program.bridge.is_running("session.open"))


async def test_projects_are_listed_and_searched(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        place = _list(program)
        await _made(program, "Quarterly report", "Data import", "Report of data")
        assert place.table.isVisible()
        assert sorted(_names(place)) == ["Data import", "Quarterly report", "Report of data"]
        place.search.setText("report data")
        place.search.searched.emit("report data")
        assert _names(place) == ["Report of data"]
        place.search.setText("nothing like it")
        place.search.searched.emit("nothing like it")
        assert place.nothing_found.isVisible()
        QTest.keyClick(place.search, Qt.Key.Key_Escape)
        place.search.searched.emit("")
        assert len(_names(place)) == 3


async def test_enter_opens_the_project_of_the_row(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        place = _list(program)
        await _made(program, "One", "Two")
        row = _names(place).index("One")
        place.table.setCurrentIndex(place.model.index(row, 0))
        QTest.keyClick(place.table, Qt.Key.Key_Return)
        workspace = program.context.workspace
        await until(program, lambda: workspace.project is not None and workspace.project.name == "One")
        await until(program, lambda: not program.bridge.is_running("project.choose"))
        assert program.window.places.current == "run"


async def test_requirements_are_numbered_while_they_are_typed(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        page = _page(program)
        QTest.keyClicks(page.editor, "- one")
        QTest.keyClick(page.editor, Qt.Key.Key_Return)
        QTest.keyClicks(page.editor, "- two")
        page.editor.number_now()
        assert [(line.line, line.id) for line in page.editor.numbering.lines] == [(0, "R1"), (1, "R2")]
        assert page.counted.text() == "2 requirements"


async def test_nothing_can_be_planned_of_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        page = _page(program)
        await until(program, lambda: not program.bridge.is_running("planners.look"))
        assert not page.make.isEnabled()
        assert page.why_not.text() == "Write down at least one wish."


async def test_without_a_key_it_says_who_could_plan(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        page = _page(program)
        page.editor.show_text(WISHES)
        await until(program, lambda: not program.bridge.is_running("planners.look"))
        assert not page.make.isEnabled()
        assert "Offline" in page.planner.words.text()
        page.rehearsal.setChecked(True)
        await until(program, lambda: not program.bridge.is_running("planners.look"))
        assert page.make.isEnabled()
        assert page.leaves.text() == "Nothing leaves this machine: a rehearsal asks nobody."


async def test_a_folder_that_cannot_be_the_workspace_says_why(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path / "data") as program:
        page = _page(program)
        page.editor.show_text(WISHES)
        page.workspace.setText(str(tmp_path / "data"))
        page.check_folder_now()
        await until(program, lambda: not program.bridge.is_running("workspace.check"))
        assert "data folder" in page.folder_words.text()
        assert not page.make.isEnabled()
        page.workspace.setText(str(tmp_path / "work"))
        page.check_folder_now()
        await until(program, lambda: not program.bridge.is_running("workspace.check"))
        assert not page.folder_words.isVisible()
        assert not (tmp_path / "work").exists()


async def test_a_project_is_made_by_keyboard_and_its_plan_appears(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        page = _page(program)
        page.rehearsal.setFocus()
        QTest.keyClick(page.rehearsal, Qt.Key.Key_Space)
        page.editor.setFocus()
        for line in WISHES.splitlines():
            QTest.keyClicks(page.editor, line)
            QTest.keyClick(page.editor, Qt.Key.Key_Return)
        page.editor.number_now()
        await until(program, lambda: not program.bridge.is_running("planners.look"))
        button = page.rigors.button(2)
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)
        page.make.setFocus()
        QTest.keyClick(page.make, Qt.Key.Key_Space)
        workspace = program.context.workspace
        await until(program, lambda: bool(workspace.versions))
        await until(program, lambda: not workspace.planning)
        assert workspace.project is not None
        assert (workspace.project.name, workspace.project.rigor) == ("Hello", Rigor.L3)
        assert workspace.project.rehearsal
        assert page.editor.toPlainText() == ""


def _row(id_: str, *, charged: int | None = 5) -> ProjectRow:
    return ProjectRow(ProjectId(id_), id_, ProjectState.RUNNING, Rigor.L1, charged, 0, rehearsal=False)


def test_the_item_model_keeps_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model = ProjectModel()
    model.show([_row("a"), _row("b", charged=None)])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def test_rows_that_stay_are_changed_and_not_made_anew(qapp: QApplication) -> None:
    model = ProjectModel()
    model.show([_row("a"), _row("b")])
    resets: list[bool] = []
    changes: list[int] = []
    model.modelReset.connect(lambda: resets.append(True))
    model.dataChanged.connect(lambda first, last, _=None: changes.append(last.row() - first.row() + 1))
    model.show([_row("a", charged=7), _row("b")])
    assert (resets, changes) == ([], [2])
    model.show([_row("b")])
    assert resets == [True]
    assert model.data(QModelIndex()) is None
