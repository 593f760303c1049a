"""The real program with a project whose plans are the examples, priced by a key that is never used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.events import Draft, PlanProposed, Scope
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.ports import Batch, PlanRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.ui.review.desk import ReviewDesk, desk_of
from orchestra_desktop.ui.review.plan_review import PlanReview
from orchestra_desktop.ui.review.review_pane import ReviewPane
from orchestra_desktop.ui.verbs.project_verbs import choose
from tests.ui.driving import until
from tests.ui.review.examples import version

TEXT = "# Hello\n\n- A script that greets\n- A page that says how to run it\n- A summary"
VERSIONS = (version(1, newer=False), version(2))


class Reviewed:
    """The parts of one window that the tests look at."""

    def __init__(self, program: WindowProgram, project: Project) -> None:
        self.program = program
        self.context = program.context
        self.project = project
        self._busy: set[str] = set()
        program.bridge.busy_changed.connect(self._note)

    def _note(self, name: str, busy: bool) -> None:
        if name.startswith("review."):
            self._busy = self._busy | {name} if busy else self._busy - {name}

    @property
    def desk(self) -> ReviewDesk:
        return desk_of(self.context)

    @property
    def review(self) -> PlanReview:
        (found,) = self.program.window.findChildren(PlanReview)
        return found

    @property
    def pane(self) -> ReviewPane:
        (found,) = self.program.window.findChildren(ReviewPane)
        return found

    async def until_priced(self) -> None:
        await until(self.program, lambda: self.desk.quote is not None or self.desk.unquoted is not None)
        await until(self.program, lambda: not self.context.bridge.is_running("review.price"))

    async def until_quiet(self) -> None:
        """Waits until no edit, answer or price is under way."""
        await until(self.program, lambda: not self._busy)


@asynccontextmanager
async def reviewed(
    application: QApplication,
    folder: Path,
    versions: Sequence[PlanVersion] = VERSIONS,
    *,
    key: str = "sk-ant-never-used",
    rehearsal: bool = False,
) -> AsyncIterator[Reviewed]:
    """The window at the plan of a project. Without a key nothing can be priced."""
    environment = {"ANTHROPIC_API_KEY": key} if key else {}
    program = WindowProgram(application, App, StartOptions(data_dir=folder, environment=environment))
    async with asyncio.TaskGroup() as group:
        group.create_task(program.live())
        try:
            await program.shown.wait()
            await until(program, lambda: program.context.workspace.session is not None)
            await until(program, lambda: not program.bridge.is_running("session.open"))
            project = await program.context.session.projects.create(
                NewProject(TEXT, name="hello-world", rehearsal=rehearsal)
            )
            for one in versions:
                await _stored(program, project, one)
            await program.context.workspace.refresh()
            await choose(program.context, project.id)
            program.window.show_place("run", "plan")
            world = Reviewed(program, project)
            if versions:
                await world.until_priced()
            yield world
        finally:
            program.end()


async def _stored(program: WindowProgram, project: Project, one: PlanVersion) -> None:
    context = program.context.session.context
    now = context.clock.now()
    proposed = PlanProposed(one.number, one.hash, len(one.plan.tasks), len(one.problems))
    batch = Batch(events=(Draft(Scope(project.id), proposed, now),), rows=(PlanRow(project.id, one),))
    await context.journal.append(batch)
