"""A plan while it is written, where it failed, and from a rehearsal to a finished run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import TaskType
from orchestra_desktop.domain.texts import text
from orchestra_desktop.planning.planner import PlanProgress
from orchestra_desktop.planning.streaming import DraftedTask
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.work_names import planning_name
from tests.ui.driving import until
from tests.ui.review.world import Reviewed, reviewed


def _labels(world: Reviewed) -> list[str]:
    return sorted(button.text() for button in world.review.failed.findChildren(Button) if not button.isHidden())


def _first(world: Reviewed) -> str:
    """What the one primary button offers."""
    (first,) = [b.text() for b in world.review.failed.findChildren(Button) if b.property("kind") == "primary"]
    return first


async def _asked(world: Reviewed, comment: str = "") -> None:
    ask_for_plan(world.context, world.project, comment)
    await until(world.program, lambda: not world.context.bridge.is_running(planning_name(world.project.id)))
    await until(world.program, lambda: not world.desk.is_planning)
    await world.until_priced() if world.desk.version is not None else None


async def test_without_a_plan_the_page_says_the_next_step(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, ()) as world:
        assert world.review.no_plan.isVisible()
        assert not world.review.failed.isVisible()


async def test_tasks_appear_while_the_plan_is_written(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, ()) as world:
        world.desk.asked(world.project.id, "", None)
        world.context.workspace.planning.add(world.project.id)
        world.desk.changed.emit()
        assert world.review.growing.isVisible()
        drafted = tuple(DraftedTask(TaskId(f"T{n}"), f"Task {n}", TaskType.CODE) for n in (1, 2))
        world.context.progress.on_plan(world.project.id, PlanProgress(1, drafted, 2, 900))
        world.context.flush.now()
        assert world.review.growing.words.text().startswith("2 tasks so far")
        world.context.progress.on_plan(world.project.id, PlanProgress(2, drafted[:1], 1, 100))
        world.context.flush.now()
        assert world.review.growing.words.text().startswith("1 task so far")
        world.context.workspace.planning.clear()


async def test_no_model_is_said_in_place_with_what_helps(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, (), key="") as world:
        await _asked(world)
        assert world.review.failed.isVisible()
        assert "No model is there" in world.review.failed.words.text()
        assert _labels(world) == ["Ask again", "Give a key…", "Try the sample without a key"]
        assert _first(world) == "Give a key…"


async def test_what_may_have_passed_by_itself_is_asked_again_first(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, ()) as world:
        for reason, first in (("fault.unreachable", "Ask again"), ("fault.key_refused", "Give a key…")):
            world.desk.failed(world.project.id, text(reason, detail=""))
            world.desk.changed.emit()
            assert _first(world) == first


async def test_a_failure_stands_above_the_plan_that_is_there_and_goes_with_the_next_one(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reviewed(qapp, tmp_path, rehearsal=True) as world:
        refused = text("budget.plan_refused", cap="daily", limit=5, counted=4, needed=3, short_by=2)
        world.desk.failed(world.project.id, refused)
        world.desk.changed.emit()
        assert world.review.failed.isVisible()
        assert world.review.whole.isVisible()
        assert "Raise the cap…" in _labels(world)
        world.review.failed.retry()
        await until(world.program, lambda: len(world.context.workspace.versions) == 3)
        await until(world.program, lambda: not world.desk.is_planning)
        assert not world.review.failed.isVisible()


async def test_a_comment_asks_for_the_next_version(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, (), rehearsal=True) as world:
        await _asked(world)
        world.pane.whole.comment.setPlainText("Also test it")
        world.pane.whole.ask.click()
        await until(world.program, lambda: len(world.context.workspace.versions) == 2)
        await until(world.program, lambda: not world.desk.is_planning)
        assert world.context.workspace.versions[-1].comment == "Also test it"
        assert world.pane.whole.comment.toPlainText() == ""


async def test_a_rehearsal_is_approved_and_run_without_being_asked_as_nothing_is_spent(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with reviewed(qapp, tmp_path, (), rehearsal=True) as world:
        await _asked(world)
        world.pane.footer.run.click()
        workspace = world.context.workspace
        await until(world.program, lambda: workspace.run is not None and workspace.run.state == "finished")
        await until(world.program, lambda: not workspace.is_live)


async def test_the_key_works_from_the_moment_the_button_is_there(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, (), rehearsal=True) as world:
        await _asked(world)
        button, action = world.pane.footer.run, world.context.registry["plan.approve_and_run"]
        seen: list[bool] = []
        world.desk.changed.connect(lambda: seen.append(action.isEnabled()) if button.isVisible() else None)
        await _asked(world, "Also test it")
        assert seen
        assert all(seen)


async def test_only_what_is_ticked_runs(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, (), rehearsal=True) as world:
        await _asked(world)
        assert world.desk.plan is not None
        last = world.desk.plan.tasks[-1].id
        world.desk.tick(last, on=False)
        ticks = world.desk.ticks
        world.pane.footer.run.click()
        workspace = world.context.workspace
        name = f"run:{world.project.id}"
        await until(world.program, lambda: workspace.run is not None and not world.context.bridge.is_running(name))
        await until(world.program, lambda: not world.context.bridge.is_running("plan.approve_and_run"))
        assert workspace.board is not None
        done = {row.id for row in workspace.board.rows.values() if row.state == "succeeded"}
        assert done == ticks
        assert last not in done


async def test_a_request_for_changes_can_be_stopped_and_says_so(qapp: QApplication, tmp_path: Path) -> None:
    async with reviewed(qapp, tmp_path, (), rehearsal=True) as world:
        ask_for_plan(world.context, world.project)
        name = planning_name(world.project.id)
        await until(world.program, lambda: world.context.workspace.planning == {world.project.id})
        world.context.bridge.cancel(name)
        await until(world.program, lambda: not world.context.bridge.is_running(name))
        await until(world.program, lambda: not world.context.workspace.planning)
        await until(world.program, lambda: bool(world.review.failed.words.text()))
        assert "interrupted" in world.review.failed.words.text()
