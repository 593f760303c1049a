"""The plan's review in the real window: read, ticked, edited, undone, answered, priced and signed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton, QSplitter
from pytestqt.modeltest import ModelTester

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import PlanState, Tier
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.ui.notices import Tone
from orchestra_desktop.ui.review.changes_dialog import ChangesDialog
from orchestra_desktop.ui.review.task_model import COST, DEPENDS, ID, PRIORITY, TICK, TIER, TITLE, TOOLS, TaskModel
from orchestra_desktop.ui.verbs.project_verbs import choose
from tests.ui.driving import active, until
from tests.ui.review.examples import version
from tests.ui.review.world import Reviewed, reviewed

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _cell(model: TaskModel, task: str, column: int) -> QModelIndex:
    return model.index(model.place(task), column)


def _shown(world: Reviewed, task: str, column: int) -> str:
    model = world.review.whole.table.tasks
    return str(_cell(model, task, column).data())


async def _type(world: Reviewed, task: str, column: int, words: str) -> None:
    model = world.review.whole.table.tasks
    assert model.setData(_cell(model, task, column), words)
    await world.until_quiet()
    await world.until_priced()


async def test_the_table_has_every_task_with_tier_price_and_what_changed(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        table = world.review.whole.table
        assert table.tasks.rowCount() == 12
        assert _shown(world, "T3", TIER) == "auto · sonnet"
        assert _shown(world, "T9", TIER) == "haiku"
        assert _shown(world, "T3", COST).startswith("$0.")
        assert _shown(world, "T10", PRIORITY) == "1"
        assert world.review.whole.changed.text() == "+2 added · −1 removed · ~1 changed · against plan 1"


async def test_the_item_model_keeps_qts_rules(qapp: QApplication, tmp_path: Path, qtmodeltester: ModelTester) -> None:
    async with reviewed(qapp, tmp_path) as world:
        qtmodeltester.check(world.review.whole.table.tasks)  # type: ignore[no-untyped-call]


async def test_a_tick_taken_away_takes_its_dependants_along_and_the_button_says_so(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reviewed(qapp, tmp_path) as world:
        model = world.review.whole.table.tasks
        box = _cell(model, "T10", TICK)
        assert model.setData(box, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
        assert _cell(model, "T12", TICK).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
        assert world.pane.footer.run.text() == "Approve, run 9 of 12"


async def test_a_tick_is_set_by_mouse_and_by_the_space_bar(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        table = world.review.whole.table
        box = _cell(table.tasks, "T1", TICK)
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(box).center())
        assert "T1" not in world.desk.ticks
        table.setCurrentIndex(_cell(table.tasks, "T1", TICK))
        QTest.keyClick(table, Qt.Key.Key_Space)
        assert "T1" in world.desk.ticks


async def test_typing_in_a_cell_changes_the_draft_and_can_be_undone(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        await _type(world, "T1", TITLE, "Write a warm greeting")
        assert _shown(world, "T1", TITLE) == "Write a warm greeting"
        notice = world.context.notices.history[-1]
        assert notice.verb == "Undo"
        assert notice.on_verb is not None
        notice.on_verb()
        await world.until_quiet()
        assert _shown(world, "T1", TITLE) == "Write greeting"
        assert world.desk.version is not None
        assert world.desk.version.hash == version(2).hash


async def test_every_edit_is_taken_back_and_made_again_by_keys_that_name_it(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        registry, window = world.context.registry, world.program.window
        assert not registry["plan.undo"].isEnabled()
        await _type(world, "T1", TITLE, "Write a warm greeting")
        await _type(world, "T9", TIER, "opus")
        world.pane.whole.questions.cards[0].accept.click()
        await world.until_quiet()
        assert registry["plan.undo"].text() == "Undo “question 1 answered”"
        after = _hash(world)
        await active(world.program)
        window.setFocus()
        for words in ("Undo “T9: model tier changed”", "Undo “T1: title changed”", "Undo"):
            QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
            await world.until_quiet()
            assert registry["plan.undo"].text() == words
        assert _hash(world) == version(2).hash
        assert not registry["plan.undo"].isEnabled()
        assert registry["plan.redo"].text() == "Redo “T1: title changed”"
        for _ in range(3):  # at once: each waits for the one before
            QTest.keyClick(window, Qt.Key.Key_Z, CTRL | SHIFT)
        await world.until_quiet()
        assert _hash(world) == after
        assert not registry["plan.redo"].isEnabled()


async def test_a_new_edit_ends_what_could_be_made_again(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        await _type(world, "T1", TITLE, "One")
        world.context.do("plan.undo")
        await world.until_quiet()
        await _type(world, "T2", TITLE, "Two")
        assert not world.context.registry.can("plan.redo")
        world.context.do("plan.undo")
        await world.until_quiet()
        assert _hash(world) == version(2).hash


async def test_an_edit_from_elsewhere_ends_what_could_be_taken_back(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        await _type(world, "T1", TITLE, "One")
        notice = world.context.notices.history[-1]
        await world.context.session.plans.edit(world.project, "T2", {"title": "By the command line"})
        await world.context.workspace.refresh()
        world.desk.look()
        assert not world.context.registry.can("plan.undo")
        assert notice.on_verb is not None
        notice.on_verb()
        await world.until_quiet()
        assert _shown(world, "T1", TITLE) == "One"
        assert "another one by now" in world.context.notices.history[-1].words


async def test_ctrl_z_in_a_field_takes_back_letters_and_no_edit(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        await _type(world, "T1", TITLE, "One")
        field = world.pane.whole.comment
        field.setFocus()
        QTest.keyClicks(field, "shorter")
        QTest.keyClick(field, Qt.Key.Key_Z, CTRL)
        await world.until_quiet()
        assert field.toPlainText() == ""
        assert _shown(world, "T1", TITLE) == "One"


def _hash(world: Reviewed) -> str:
    assert world.desk.version is not None
    return world.desk.version.hash


async def test_names_are_typed_with_commas_and_a_number_may_be_taken_away(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        await _type(world, "T9", DEPENDS, "t3 ,T7,")
        await _type(world, "T9", TOOLS, "read_file")
        await _type(world, "T10", PRIORITY, "")
        plan = world.desk.plan
        assert plan is not None
        by_id = {task.id: task for task in plan.tasks}
        assert by_id[TaskId("T9")].depends_on == ("T3", "T7")
        assert by_id[TaskId("T9")].tools_needed == ("read_file",)
        assert by_id[TaskId("T10")].priority is None


@pytest.mark.parametrize(
    ("column", "words", "said"),
    [(DEPENDS, "T12", "circle"), (TOOLS, "browse", "no tool"), (PRIORITY, "soon", "priority")],
)
async def test_what_cannot_be_is_said_and_nothing_is_changed(
    qapp: QApplication, tmp_path: Path, column: int, words: str, said: str
) -> None:
    async with reviewed(qapp, tmp_path) as world:
        await _type(world, "T3", column, words)
        notice = world.context.notices.history[-1]
        assert notice.tone is Tone.ERROR
        assert said in notice.words
        assert world.desk.version is not None
        assert world.desk.version.hash == version(2).hash


async def test_two_edits_at_once_both_count(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        model = world.review.whole.table.tasks
        model.setData(_cell(model, "T1", TITLE), "One")
        model.setData(_cell(model, "T2", TITLE), "Two")
        await world.until_quiet()
        assert (_shown(world, "T1", TITLE), _shown(world, "T2", TITLE)) == ("One", "Two")


async def test_the_tier_is_chosen_from_a_list_in_the_cell(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        table = world.review.whole.table
        table.setCurrentIndex(_cell(table.tasks, "T1", TIER))
        table.edit(_cell(table.tasks, "T1", TIER))
        (combo,) = table.viewport().findChildren(QComboBox)
        combo.setCurrentText("opus")
        combo.activated.emit(combo.currentIndex())
        await world.until_quiet()
        assert world.desk.plan is not None
        assert world.desk.plan.tasks[0].model_tier is Tier.OPUS


async def test_selection_is_the_windows(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        table = world.review.whole.table
        table.selectRow(table.tasks.place("T7"))
        assert world.context.selection.task == "T7"
        assert world.pane.detail.isVisible()
        assert world.pane.detail.title.text() == "Write RUN.md"
        world.context.selection.pick(TaskId("T2"))
        assert [index.data() for index in table.selectionModel().selectedRows(ID)] == ["T2"]
        world.pane.detail.back.click()
        assert world.pane.whole.isVisible()
        assert table.selectionModel().selectedRows() == []


async def test_another_project_can_be_opened_while_a_task_of_this_one_is_picked(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.context.selection.pick(TaskId("T1"))
        other = await world.context.session.projects.create(NewProject("- Something else", name="other"))
        await world.context.workspace.refresh()
        await choose(world.context, other.id)
        await world.until_quiet()
        assert world.review.whole.table.tasks.rowCount() == 0
        assert world.context.selection.tasks == frozenset()
        assert not world.desk.can_edit


async def test_a_description_is_taken_when_it_is_left(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.context.selection.pick(TaskId("T1"))
        detail = world.pane.detail
        detail.description.setPlainText("Greets by name,\nin three languages.")
        detail.description.take()
        await world.until_quiet()
        assert world.desk.plan is not None
        assert world.desk.plan.tasks[0].description == "Greets by name,\nin three languages."


async def test_what_was_written_about_a_task_is_not_lost_when_another_is_picked(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.context.selection.pick(TaskId("T1"))
        world.pane.detail.description.setPlainText("New words.")
        world.context.selection.pick(TaskId("T2"))
        await world.until_quiet()
        assert world.desk.plan is not None
        assert [task.description for task in world.desk.plan.tasks[:2]] == ["New words.", "ISO or locale."]
        assert world.pane.detail.description.toPlainText() == "ISO or locale."


async def test_questions_take_their_proposal_or_ones_own_words(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        first, second = world.pane.whole.questions.cards
        first.accept.click()
        await world.until_quiet()
        second.own.click()
        QTest.keyClicks(second.field, "Only the fast ones")
        QTest.keyClick(second.field, Qt.Key.Key_Return)
        await world.until_quiet()
        assert world.desk.plan is not None
        assert [one.answer for one in world.desk.plan.open_questions] == ["ISO 8601 everywhere", "Only the fast ones"]
        assert second.answer.text() == "Only the fast ones"


async def test_a_ceiling_that_is_no_sum_cannot_be_signed(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        field, footer = world.pane.whole.ceiling.field, world.pane.footer
        QTest.keyClicks(field, "much")
        assert not footer.run.isEnabled()
        assert not footer.approve.isEnabled()
        field.selectAll()
        QTest.keyClicks(field, "4,50")
        assert footer.run.isEnabled()
        assert world.desk.ceiling == 4_500_000_000


@pytest.mark.parametrize("width", [352, 372, 520])
async def test_the_words_of_the_buttons_have_room_in_a_pane_of_any_width(
    qapp: QApplication, tmp_path: Path, width: int
) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.program.window.resize(1_400, 900)
        splitter = world.program.window.inspector.parentWidget()
        assert isinstance(splitter, QSplitter)
        splitter.setSizes([splitter.width() - width, width])
        footer = world.pane.footer
        for button in (footer.run, footer.approve, footer.reject):
            assert button.width() >= button.sizeHint().width(), button.text()
        assert "Ctrl" in footer.run.toolTip()


async def test_the_default_ceiling_is_explained_with_both_its_sums(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        tip = world.pane.whole.ceiling.field.toolTip()
        assert "P90" in tip
        assert "P50 + " in tip


async def test_running_is_asked_about_with_its_ceiling_and_not_yet_signs_nothing(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.pane.whole.ceiling.field.setFocus()
        QTest.keyClicks(world.pane.whole.ceiling.field, "4.50")
        world.pane.footer.run.click()
        for _ in range(20):  # turns of the loop until the verb has asked
            await asyncio.sleep(0)
        dialog = _question(world)
        assert dialog is not None
        words = " ".join(label.text() for label in dialog.findChildren(type(world.pane.whole.words)))
        assert "12 tasks will run and may spend up to $4.50" in words
        _button(dialog, "Not yet").click()
        await until(world.program, lambda: not world.context.bridge.is_running("plan.approve_and_run"))
        assert world.desk.is_draft


def _question(world: Reviewed) -> QDialog | None:
    return next((one for one in world.program.window.findChildren(QDialog) if one.isVisible()), None)


def _button(dialog: QDialog, words: str) -> QPushButton:
    return next(button for button in dialog.findChildren(QPushButton) if button.text() == words)


async def test_approving_signs_the_version_with_the_ceiling_in_the_field(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        QTest.keyClicks(world.pane.whole.ceiling.field, "4.50")
        world.pane.footer.approve.click()
        await until(world.program, lambda: not world.context.bridge.is_running("plan.approve"))
        signed = world.context.workspace.versions[-1]
        assert (signed.state, signed.ceiling) == (PlanState.APPROVED, 4_500_000_000)
        assert not world.pane.footer.approve.isVisible()


async def test_an_edit_of_a_signed_plan_makes_the_next_draft(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.pane.footer.approve.click()
        await until(world.program, lambda: not world.context.bridge.is_running("plan.approve"))
        await _type(world, "T1", TITLE, "Another title")
        newest = world.context.workspace.versions[-1]
        assert (newest.number, newest.state) == (3, PlanState.DRAFT)


async def test_a_plan_is_rejected_after_it_was_asked_about(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        for answer, state in (("Not yet", PlanState.DRAFT), ("Reject it", PlanState.REJECTED)):
            world.pane.footer.reject.click()
            await until_asked(world)
            dialog = _question(world)
            assert dialog is not None
            _button(dialog, answer).click()
            await until(world.program, lambda: not world.context.bridge.is_running("plan.reject"))
            assert world.context.workspace.versions[-1].state is state
        assert not world.desk.can_edit
        await until(world.program, lambda: not world.context.registry.can("plan.approve"))
        assert world.review.whole.table.tasks.rowCount() == 12  # it can still be read


async def test_another_plan_is_asked_for_with_what_should_be_different(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, rehearsal=True) as world:
        world.pane.footer.approve.click()
        await until(world.program, lambda: not world.context.bridge.is_running("plan.approve"))
        world.context.do("plan.regenerate")
        await until_asked(world)
        (dialog,) = world.program.window.findChildren(ChangesDialog)
        QTest.keyClicks(dialog.field, "Fewer tasks")
        QTest.mouseClick(dialog.ask, Qt.MouseButton.LeftButton)
        work = world.context.workspace
        await until(world.program, lambda: len(work.versions) == 3 and not world.desk.is_planning)
        assert (work.versions[-1].state, work.versions[-1].comment) == (PlanState.DRAFT, "Fewer tasks")


async def until_asked(world: Reviewed) -> None:
    for _ in range(100):  # turns of the loop until the verb has asked
        if _question(world) is not None:
            return
        await asyncio.sleep(0)


async def test_an_older_version_can_be_read_and_not_signed(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        world.context.selection.pick_plan(1)
        await world.until_quiet()
        assert _shown(world, "T13", TITLE) == "Old idea"
        assert not world.pane.footer.run.isVisible()
        assert "older version" in world.pane.footer.why_not.text()
        flags = world.review.whole.table.tasks.flags(world.review.whole.table.tasks.index(0, TITLE))
        assert not flags & Qt.ItemFlag.ItemIsEditable


async def test_without_any_model_the_plan_says_why_it_cannot_be_signed(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, key="") as world:
        assert "give a key" in world.pane.footer.why_not.text()
        assert not world.pane.footer.run.isEnabled()
        assert _shown(world, "T3", COST) == "–"


async def test_each_tab_says_what_it_has(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path) as world:
        lists = world.review.whole.lists
        counts = {name: one.count for name, one in lists.items()}
        assert counts == {"problems": 2, "coverage": 1, "risks": 1, "strategy": 0, "versions": 2}


async def test_a_plan_without_tasks_stands_and_can_only_be_asked_for_again(qapp: QApplication, tmp_path: Path) -> None:
    from dataclasses import replace

    from orchestra_desktop.domain.plan import Plan, plan_hash

    empty = Plan("Nothing to do.", ())
    async with reviewed(qapp, tmp_path, [replace(version(1), plan=empty, hash=plan_hash(empty))]) as world:
        assert world.review.whole.table.tasks.rowCount() == 0
        assert not world.pane.footer.run.isEnabled()
        assert "nothing to run" in world.pane.footer.why_not.text()
