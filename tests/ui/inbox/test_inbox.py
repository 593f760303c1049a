"""The inbox: what waits is counted on the rail, and answered by keys; the next card opens by itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.ui.inbox.inbox import Inbox
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.shell.rail import RailButton
from orchestra_desktop.viewmodels.checkpoint_cards import run_state
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import active, until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of


async def inbox_with(program: WindowProgram, cards: int) -> Inbox:
    live = inbox_live(program.context)
    await until(program, lambda: live.read and len(live.cards) == cards)
    await active(program)
    program.window.show_place("inbox")
    found = program.window.findChild(Inbox)
    assert found is not None
    return found


def key(inbox: Inbox, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or inbox, key)


def current(inbox: Inbox) -> TaskId | None:
    return inbox.current.card.task if inbox.current is not None else None


def shows(inbox: Inbox, cards: int) -> bool:
    return len(inbox._views) == cards


async def asking(program: WindowProgram, brain: StageBrain) -> None:
    """Two tasks ask before they start, a third was refused."""
    brain.refused = ("part_5",)
    await approved(program, T7=True, T9=True)
    await running_until(
        program,
        lambda: (
            all(state_of(program, task) is TaskState.NEEDS_PERSON for task in ("T5", "T7", "T9"))
            and state_of(program, "T3") is TaskState.SUCCEEDED
        ),
    )


async def test_nothing_waits_at_first(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            inbox = await inbox_with(program, 0)
            await until(program, lambda: inbox.currentWidget() is inbox._empty)
            assert inbox._empty.accessibleName() == "Nothing waits for you"


async def test_cards_are_answered_by_single_keys_and_the_next_one_opens(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await asking(program, brain)
            inbox = await inbox_with(program, 3)
            tasks = [view.card.task for view in inbox._views.values()]
            assert current(inbox) == tasks[0]
            key(inbox, Qt.Key.Key_J)
            assert current(inbox) == tasks[1]
            assert program.context.selection.task == tasks[1]  # what is open here is picked everywhere
            key(inbox, Qt.Key.Key_K)
            key(inbox, Qt.Key.Key_K)
            assert current(inbox) == tasks[0]
            key(inbox, Qt.Key.Key_S)
            await until(program, lambda: len(inbox._views) == 2)
            assert state_of(program, str(tasks[0])) is TaskState.SKIPPED
            assert current(inbox) == tasks[1]  # by itself
            brain.refused = ()
            for left in (1, 0):
                card = inbox.current
                assert card is not None
                key(inbox, Qt.Key.Key_G if "go" in card.card.actions else Qt.Key.Key_R)
                await until(program, partial(shows, inbox, left))
            await until(program, lambda: inbox.currentWidget() is inbox._empty)
            live = run_live(program.context)
            await until(program, lambda: live.state is RunStateName.FINISHED)
            await until(program, lambda: not program.context.workspace.is_live)


async def test_letters_typed_as_guidance_are_letters_and_go_into_the_prompt(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            brain.refused = ("part_5",)
            await approved(program)
            await running_until(program, lambda: state_of(program, "T5") is TaskState.NEEDS_PERSON)
            inbox = await inbox_with(program, 1)
            card = inbox.current
            assert card is not None
            await until(program, lambda: not card.preview.isHidden())
            assert card.preview.view.toPlainText() == "I would rather not do this."
            brain.refused = ()
            key(inbox, Qt.Key.Key_W)
            QTest.keyClicks(card.guidance, "skip jokes, ask axels")
            assert card.guidance.toPlainText() == "skip jokes, ask axels"
            assert len(inbox._views) == 1
            QTest.keyClick(card.guidance, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(program, lambda: not inbox._views)
            await until(program, lambda: not program.context.workspace.is_live)
            assert any("skip jokes, ask axels" in prompt for prompt in brain.prompts)


async def test_an_output_is_put_right_by_hand_and_accepted(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            brain.refused = ("part_5",)
            await approved(program)
            await running_until(program, lambda: state_of(program, "T5") is TaskState.NEEDS_PERSON)
            inbox = await inbox_with(program, 1)
            card = inbox.current
            assert card is not None
            key(inbox, Qt.Key.Key_E)
            await until(program, lambda: not card.output.isHidden())
            assert card.output.words == "I would rather not do this."
            key(inbox, Qt.Key.Key_Escape)
            assert card.output.isHidden()
            assert QApplication.focusWidget() is not card.output.field
            key(inbox, Qt.Key.Key_E)
            await until(program, lambda: not card.output.isHidden())
            card.output.field.selectAll()
            QTest.keyClicks(card.output.field, "pyinstaller is fine")
            QTest.keyClick(card.output.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
            await until(program, lambda: not inbox._views)
            assert state_of(program, "T5") is TaskState.SUCCEEDED
            await until(program, lambda: not program.context.workspace.is_live)
            project = program.context.workspace.project
            assert project is not None
            made = await program.context.session.outputs.text(project, "T5")
            assert (made.text, made.accepted) == ("pyinstaller is fine", True)


async def test_an_answers_key_is_the_persons_own_where_they_chose_one(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await asking(program, brain)
            inbox = await inbox_with(program, 3)
            first = inbox.current
            assert first is not None
            assert first.buttons["skip"].text() == "Skip  S"
            program.context.registry.bindings.bind("inbox.skip", "Z")
            assert first.buttons["skip"].text() == "Skip  Z"
            key(inbox, Qt.Key.Key_S)
            assert len(inbox._views) == 3
            key(inbox, Qt.Key.Key_Z)
            await until(program, lambda: len(inbox._views) == 2)
            program.context.do("run.stop")
            await until(program, lambda: not program.context.workspace.is_live)


async def test_only_what_answers_the_open_question_is_offered(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await asking(program, brain)
            registry = program.context.registry
            assert not registry.can("inbox.skip")  # the inbox is not in sight
            inbox = await inbox_with(program, 3)
            card = inbox.current
            assert card is not None
            can = {
                row.id.removeprefix("inbox.") for row in registry.rows if row.place == "inbox" and registry.can(row.id)
            }
            assert can == {*card.card.answers, "next", "previous"}
            program.window.show_place("settings")
            assert not registry["inbox.skip"].isEnabled()
            program.context.do("run.stop")
            await until(program, lambda: not program.context.workspace.is_live)


async def test_a_cap_is_raised_by_its_field_and_never_by_one_key(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program, ceiling=1_000_000)
            work = program.context.workspace
            live = run_live(program.context)
            await running_until(program, lambda: live.state is RunStateName.AT_CAP)
            inbox = await inbox_with(program, 1)
            card = inbox.current
            assert card is not None
            assert card.card.kind == "budget"
            card.press("raise_cap")
            assert not card._cap_row.isHidden()
            assert float(card.cap.text()) * 1_000_000_000 >= card.card.least_cap > 1_000_000
            card.cap.setText("a lot")
            QTest.keyClick(card.cap, Qt.Key.Key_Return)
            assert card.cap_fault.text() == "An amount such as 2.50"
            card.cap.setText("0.0001")
            QTest.keyClick(card.cap, Qt.Key.Key_Return)
            assert card.cap_fault.text().startswith("At least $")
            card.cap.setText("2.50")
            QTest.keyClick(card.cap, Qt.Key.Key_Return)
            await until(program, lambda: not inbox._views)
            await until(program, lambda: not work.is_live)
            await until(program, lambda: work.run is not None and str(work.run.state) == "finished")
            assert work.run is not None
            assert work.run.ceiling == 2_500_000_000


async def test_what_waits_is_found_again_after_a_restart_and_the_run_goes_on_by_the_answer(
    qapp: QApplication, tmp_path: Path
) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program, T7=True)
            await running_until(program, lambda: state_of(program, "T7") is TaskState.NEEDS_PERSON)
            await until(program, lambda: not program.context.workspace.is_live)
        async with staged(qapp, tmp_path, server) as program:
            inbox = await inbox_with(program, 1)
            assert inbox.current is not None
            assert inbox.current.still.isHidden()  # the answer does not wait for a start: it is one
            card = inbox.current.card
            state = await run_state(program.context.session, card.project, card.run)
            assert state is RunStateName.NEEDS_PERSON
            inbox.current.press("go")
            await until(program, lambda: state_of(program, "T7") is TaskState.SUCCEEDED)
            await until(program, lambda: not program.context.workspace.is_live)


async def test_the_rail_counts_what_waits_before_the_inbox_is_ever_opened(qapp: QApplication, tmp_path: Path) -> None:
    def counted(program: WindowProgram) -> str:
        return next(
            one.accessibleName() for one in program.window.rail.findChildren(RailButton) if one.text() == "Inbox"
        )

    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program, T2=True)
            program.window.show_place("run", "table")
            await running_until(program, lambda: counted(program) == "Inbox, 1 waits for you")
            await until(program, lambda: program.context.workspace.live_runs == 0)
        async with staged(qapp, tmp_path, server) as program:  # and after a restart
            assert program.window.places.current == "run"
            await until(program, lambda: counted(program) == "Inbox, 1 waits for you")
