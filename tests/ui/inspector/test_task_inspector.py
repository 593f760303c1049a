"""The inspector in the real program: what streams, what was used, written and sent, and what can be decided."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.inspector.retry_dialog import RetryDialog
from orchestra_desktop.ui.inspector.task_inspector import TaskInspector
from tests.fakes import ClaudeServer
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of

LONG = "It now lists the exact steps: one command, and what you should see.\n" * 12


def inspector_of(program: WindowProgram, task: str) -> TaskInspector:
    program.window.show_place("run", "table")
    program.context.selection.pick(TaskId(task))
    program.window.inspector.choose()
    found = program.window.findChild(TaskInspector)
    assert found is not None
    return found


async def test_text_is_shown_while_it_streams_and_stays_once_it_is_stored(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.spoken, brain.held = {"RUN.md": LONG}, ("RUN.md",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T3") is TaskState.RUNNING)
            inspector = inspector_of(program, "T3")
            view = inspector.output.view
            await until(program, lambda: "exact steps" in view.toPlainText())
            assert len(view.toPlainText()) < len(LONG)  # the answer is still held back
            assert "running" in inspector.chip.accessibleName()
            assert inspector.about.text() == "T3 · documentation · R3 · attempt 1 of 3"
            brain.gate.open()
            await until(program, lambda: not program.context.workspace.is_live)
            await until(program, lambda: view.toPlainText().count("exact steps") == 12)
            assert view.toPlainText().strip() == LONG.strip()  # nothing twice
            await until(program, lambda: "done" in inspector.chip.accessibleName())


async def test_what_streams_stands_below_the_rounds_that_are_stored_and_nothing_stands_twice(
    qapp: QApplication, tmp_path: Path
) -> None:
    brain = StageBrain()
    brain.spoken, brain.held, brain.cut = {"left out": LONG}, ("left out",), "I look first."
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T11") is TaskState.RUNNING)
            inspector = inspector_of(program, "T11")
            view = inspector.output.view
            await until(program, lambda: "exact steps" in view.toPlainText())
            await until(program, lambda: "I look first.\n" in view.toPlainText())  # its round has been read
            lines = view.toPlainText().split("\n")
            assert lines[0].startswith("▸ thinking")
            assert lines[1].startswith("▸ read_file counter.py ")
            assert lines[2] == "I look first."
            assert lines[3].startswith("It now lists the exact steps")
            assert view.toPlainText().count("I look first.") == 1
            brain.gate.open()
            await until(program, lambda: not program.context.workspace.is_live)
            await until(program, lambda: view.toPlainText().count("exact steps") == 12)


async def test_another_task_shows_its_own_output_at_once(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T2") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T1")
            view = inspector.output.view
            await until(program, lambda: "wrote counter.py" in view.toPlainText())
            program.context.selection.pick(TaskId("T2"))
            await until(program, lambda: "wrote report.py" in view.toPlainText())
            assert "counter.py." not in view.toPlainText()
            await until(program, lambda: not program.context.workspace.is_live)


async def test_thinking_and_tools_are_folded_and_open_on_demand(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T1")
            view = inspector.output.view
            await until(program, lambda: "write_file counter.py ok" in view.toPlainText())
            lines = view.toPlainText().split("\n")
            assert lines[0].startswith("▸ thinking, ")
            view.toggle(0)
            assert "First I look at what is asked" in view.toPlainText()
            view.toggle(1)
            await until(program, lambda: '"path": "counter.py"' in view.toPlainText())
            inspector.tabs.row.pick("tools")
            inspector.tools.table.selectRow(0)
            await until(program, lambda: inspector.tools.given.view.toPlainText() != "")
            assert "counter.py" in inspector.tools.given.view.toPlainText()
            assert inspector.tools.returned.view.toPlainText()
            await until(program, lambda: not program.context.workspace.is_live)


async def test_files_are_previewed_and_opened_only_after_a_click(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T10") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T10")
            opened: list[Path] = []
            inspector.files._opener = opened.append
            inspector.tabs.row.pick("files")
            await until(program, lambda: inspector.files.model.rowCount() == 1)
            inspector.files.table.selectRow(0)
            assert not inspector.files.preview.isHidden()  # the buttons are where they stay before it is read
            await until(program, lambda: inspector.files.preview.view.toPlainText().strip() != "")
            assert opened == []
            QTest.mouseClick(inspector.files.open_folder, Qt.MouseButton.LeftButton)
            QTest.mouseClick(inspector.files.open_file, Qt.MouseButton.LeftButton)
            await until(program, lambda: bool(opened))
            QTest.mouseClick(inspector.files.open_file, Qt.MouseButton.LeftButton)
            await until(program, lambda: len(opened) == 2)
            assert (opened[0].is_dir(), opened[1].name) == (True, "CHANGES.md")
            await until(program, lambda: not program.context.workspace.is_live)


async def test_a_file_that_the_system_might_run_is_asked_about(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T1")
            opened: list[Path] = []
            inspector.files._opener = opened.append
            inspector.tabs.row.pick("files")
            await until(program, lambda: inspector.files.model.rowCount() == 1)
            inspector.files.table.selectRow(0)
            QTest.mouseClick(inspector.files.open_file, Qt.MouseButton.LeftButton)
            await until(program, lambda: bool(_buttons(program, "Leave it")))
            QTest.mouseClick(_buttons(program, "Leave it")[0], Qt.MouseButton.LeftButton)
            await until(program, lambda: not program.bridge.is_running("file open"))
            assert opened == []
            await until(program, lambda: not program.context.workspace.is_live)


def _buttons(program: WindowProgram, words: str) -> list[QPushButton]:
    return [button for button in program.window.findChildren(QPushButton) if button.text() == words]


async def test_the_prompt_is_shown_as_it_was_sent_with_its_size(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T1")
            inspector.tabs.row.pick("context")
            await until(program, lambda: "counter.py" in inspector.context.pane.view.toPlainText())
            assert inspector.context.pane.view.whole_text() in brain.prompts
            await until(program, lambda: "bytes to 127.0.0.1" in inspector.facts.leaves.text())
            assert inspector.facts.cost.text().startswith("$")
            assert "quoted $" in inspector.facts.cost.text()
            await until(program, lambda: not program.context.workspace.is_live)


async def test_a_dependency_is_a_link_to_its_task(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T2") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T2")
            await until(program, lambda: inspector.title.text() == "Write report.py")
            link = next(b for b in inspector.facts.findChildren(QPushButton) if b.accessibleName().startswith("T1 "))
            QTest.mouseClick(link, Qt.MouseButton.LeftButton)
            assert program.context.selection.task == "T1"
            assert inspector.title.text() == "Write counter.py"
            await until(program, lambda: not program.context.workspace.is_live)


async def test_a_task_is_tried_again_with_guidance(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.refused = ("part_5",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T5") is TaskState.NEEDS_PERSON)
            inspector = inspector_of(program, "T5")
            await until(program, lambda: "refused" in inspector.reason.text())
            await until(program, inspector.retry.isEnabled)
            assert inspector.accept.isEnabled()
            brain.refused = ()
            QTest.mouseClick(inspector.retry, Qt.MouseButton.LeftButton)
            await until(program, lambda: program.window.findChild(RetryDialog) is not None)
            dialog = program.window.findChild(RetryDialog)
            assert isinstance(dialog, RetryDialog)
            QTest.keyClicks(dialog.focusWidget(), "Use plain words.")
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(program, lambda: state_of(program, "T5") is TaskState.SUCCEEDED)
            await until(program, lambda: not program.context.workspace.is_live)
            assert any("Use plain words." in prompt for prompt in brain.prompts)
            await until(program, lambda: inspector.tries.model.rowCount() == 2)
            await until(program, lambda: not (inspector.skip.isEnabled() or inspector.cancel.isEnabled()))
            assert inspector.facts.guidance.text() == "Use plain words."


async def test_an_earlier_attempt_can_be_looked_at_again(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.refused = ("part_5",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T5") is TaskState.NEEDS_PERSON)
            brain.refused = ()
            inspector = inspector_of(program, "T5")
            await until(program, lambda: program.context.registry.can("task.retry"))
            program.context.do("task.retry")
            await until(program, lambda: not program.context.workspace.is_live)
            view = inspector.output.view
            await until(program, lambda: "part_5.py" in view.toPlainText())
            inspector.tabs.row.pick("tries")
            inspector.tries.table.selectRow(0)
            QTest.mouseClick(inspector.tries.show_output, Qt.MouseButton.LeftButton)
            await until(program, lambda: view.toPlainText() == "I would rather not do this.")


async def test_without_a_task_it_says_how_to_pick_one(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.SUCCEEDED)
            inspector = inspector_of(program, "T1")
            await until(program, lambda: inspector._stack.currentIndex() == 1)
            await until(program, lambda: not program.context.workspace.is_live)
            program.context.selection.pick()
            assert inspector._stack.currentIndex() == 0
