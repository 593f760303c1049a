"""The requirements of the picked project: what saving would change, saved with ids kept, and what is covered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import RequirementId, TaskId
from orchestra_desktop.ui.projects.requirements_tab import CoverageModel, RequirementsTab
from orchestra_desktop.viewmodels.requirement_lines import CoverageRow
from tests.ui.driving import opened, sample_finished, sample_planned, until


async def _tab(program: WindowProgram) -> RequirementsTab:
    program.window.show_place("run", "requirements")
    (found,) = program.window.findChildren(RequirementsTab)
    await _quiet(program)
    return found


async def _quiet(program: WindowProgram) -> None:
    for name in ("requirements.taken", "requirements.coverage", "requirements.save", "planners.look"):
        await until(program, lambda name=name: not program.bridge.is_running(name))  # type: ignore[misc]
    program.context.flush.now()
    await until(program, lambda: not program.bridge.is_running("requirements.coverage"))


def _answers(tab: RequirementsTab, column: int) -> list[str]:
    return [str(tab.coverage.index(row, column).data()) for row in range(tab.coverage.rowCount())]


async def test_without_a_project_it_says_so(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        tab = await _tab(program)
        assert not tab.editor.isVisible()


async def test_an_edit_says_what_saving_would_change_and_keeps_ids(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        tab = await _tab(program)
        assert not tab.save.isEnabled()
        assert tab.words.text() == "3 requirements"
        text = tab.editor.toPlainText()
        lines = [line for line in text.splitlines() if not line.startswith("- A summary")]
        tab.editor.setPlainText("\n".join([*lines, "- Tests with pytest"]))
        tab.editor.number_now()
        assert tab.words.text() == "Saving changes +R4, −R3"
        tab.save.click()
        await _quiet(program)
        project = program.context.workspace.project
        assert project is not None
        assert [requirement.id for requirement in project.requirements] == ["R1", "R2", "R4"]
        assert not tab.save.isEnabled()


async def test_discarding_brings_the_stored_text_back(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        tab = await _tab(program)
        stored = tab.editor.toPlainText()
        tab.editor.setPlainText("- something else")
        tab.editor.number_now()
        assert tab.discard.isVisible()
        tab.discard.click()
        assert tab.editor.toPlainText() == stored
        assert not tab.discard.isVisible()


async def test_what_is_being_written_is_not_overwritten_by_news(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        tab = await _tab(program)
        tab.editor.setPlainText("- half a thou")
        tab.editor.number_now()
        tab.follow()
        assert tab.editor.toPlainText() == "- half a thou"


async def test_a_plan_is_made_of_what_was_just_saved(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        tab = await _tab(program)
        tab.editor.setPlainText("- Only a page RUN.md")
        tab.editor.number_now()
        tab.plan.click()
        workspace = program.context.workspace
        await until(program, lambda: len(workspace.versions) == 2)
        await until(program, lambda: not workspace.planning)
        assert len(workspace.versions[-1].plan.tasks) == 1


async def test_coverage_answers_three_questions_apart(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        tab = await _tab(program)
        assert (_answers(tab, 2), _answers(tab, 3)) == (["T1", "T2", "T3"], ["not yet"] * 3)


async def test_a_finished_run_has_done_what_was_wanted(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_finished(program)
        tab = await _tab(program)
        assert _answers(tab, 3) == ["done"] * 3


def test_the_item_model_keeps_qts_rules(qapp: QApplication, tmp_path: Path, qtmodeltester: ModelTester) -> None:
    from orchestra_desktop.ui.theme.theme import Theme

    model = CoverageModel(Theme(qapp))
    model.show([CoverageRow(RequirementId("R1"), "one", (TaskId("T1"),), done=True, verified=False)])
    model.show([CoverageRow(RequirementId("R2"), "two", (), done=False, verified=False)])
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    assert model.index(0, 2).data() == "no task"
    assert model.headerData(3, Qt.Orientation.Horizontal) == "Done"
