"""`run`: a project's run, or a file planned, approved and run, to the end and in the foreground."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from typing import Any

from orchestra_desktop.cli import exit_codes, requirement_files
from orchestra_desktop.cli.command import FOREVER_S, Command
from orchestra_desktop.cli.exit_codes import WRONG_INPUT, VerbFailed
from orchestra_desktop.cli.following import follow
from orchestra_desktop.cli.planning_verbs import hand_over_planning, new_project, plan_request, propose
from orchestra_desktop.cli.run_display import JsonLines, Listener, Readable, RunDisplay
from orchestra_desktop.cli.run_summary import summary_lines
from orchestra_desktop.domain.errors import DataFolderHeld, OrchestraError, UnknownThing
from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.ports import EventFilter
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.services.overview import overview
from orchestra_desktop.services.runs import RunChoice
from orchestra_desktop.services.session import Session

_REALLY_UNDER_WAY_S = 6.0  # longer than the patience with a folder that nobody answers for


async def run(command: Command) -> int:
    given = command.arguments
    if given.deltas and not given.jsonl:
        raise VerbFailed(WRONG_INPUT, "run: --deltas goes with --jsonl")
    if await _is_file(command):
        return await _Run(command).of_file()
    if any((given.name, given.rigor, given.workspace, given.planner, given.repo, given.base, given.rehearse)):
        raise VerbFailed(WRONG_INPUT, f"run: {given.target} is a project; options of planning need a file and --yes")
    return await _Run(command).of_project(given.target)


async def _is_file(command: Command) -> bool:
    """A file is run only with --yes; a project of the same name comes first without it."""
    given = command.arguments
    if not requirement_files.is_file(given.target):
        return False
    if given.yes:
        return True
    if given.target != requirement_files.STANDARD_INPUT:
        async with command.reading() as session:
            with contextlib.suppress(UnknownThing):
                await session.projects.find(given.target)
                return False
    raise VerbFailed(
        WRONG_INPUT,
        f"run: {given.target} is a file, and running it approves its plan unseen: say so with --yes,"
        f" or `plan {given.target}` first",
    )


class _Run:
    """One `run` under way, wherever it is carried out."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self._out = command.out
        self._given = command.arguments
        self._project: ProjectId | None = None
        self._lost: OSError | None = None
        self._was_elsewhere = False
        self._unanswered: DataFolderHeld | None = None
        self._display = self._new_display()

    def _new_display(self) -> RunDisplay:
        if self._given.jsonl:
            return JsonLines(self._out, lambda: self._project, deltas=self._given.deltas)
        return Readable(self._out, self._given.target)

    # -- here or elsewhere ------------------------------------------------------------------------------------------

    async def of_file(self) -> int:
        """Always a new project: planned, approved and run."""
        request = plan_request(self._command, self._given.target)
        try:
            async with self._command.writing() as session:
                with self._listening(session) as listener:
                    project = await session.projects.create(new_project(request))
                    self._watch(listener, project)
                    self._command.if_interrupted = (
                        f"interrupted; the project {project.id} is kept: `replan {project.id}`"
                    )
                    await propose(self._command, session, project, request)
                    await session.plans.approve(project, ceiling=self._given.ceiling)
                    return await self._carry_out(session, await session.projects.find(project.id), listener)
        except DataFolderHeld:
            return await self._file_elsewhere(request)

    async def of_project(self, name: str) -> int:
        while True:
            try:
                async with self._command.writing() as session:
                    if self._was_elsewhere:
                        self._out.note("the process that carried the run out has ended; it goes on here")
                    project = await session.projects.find(name)
                    with self._listening(session) as listener:
                        self._watch(listener, project)
                        return await self._carry_out(session, project, listener)
            except DataFolderHeld:
                if self._unanswered is not None:
                    raise self._unanswered from None
                code = await self._project_elsewhere(name)
                if code is not None:
                    return code

    @contextlib.contextmanager
    def _listening(self, session: Session) -> Iterator[Listener]:
        """Hears the journal; output that nobody takes any more ends the run as Ctrl-C does."""
        task = asyncio.current_task()
        assert task is not None  # a verb runs in one

        def on_lost(error: OSError) -> None:
            if self._lost is None:
                self._lost = error
                task.cancel()

        listener = Listener(self._display, on_lost)
        end = session.context.journal.subscribe(listener)
        try:
            yield listener
        except asyncio.CancelledError:
            if self._lost is not None:
                raise self._lost from None
            raise
        finally:
            end()

    def _watch(self, listener: Listener, project: Project) -> None:
        self._project = project.id
        listener.watch(project.id)

    # -- here -------------------------------------------------------------------------------------------------------

    async def _carry_out(self, session: Session, project: Project, listener: Listener) -> int:
        await self._begin_display(session, project)
        self._command.if_interrupted = f"interrupted; what was done is kept, `run {project.id}` goes on"
        given = self._given
        choice = RunChoice(
            only=tuple(given.only), start_at=given.start_at, concurrency=given.concurrency, ceiling=given.ceiling
        )
        try:
            await session.runs.run(project, choice, listener.piece)
        finally:
            self._out.end_progress()
        return await self._conclude(session, project.id)

    async def _begin_display(self, session: Session, project: Project) -> int:
        """Answers the number of the run's last event so far."""
        view = await overview(session, project)
        before = await session.context.archive.events(EventFilter(run=view.row.run)) if view.row is not None else ()
        if view.version is not None:
            self._display.begin(view.version.plan, before)
        return before[-1].seq if before else 0

    async def _conclude(self, session: Session, project: ProjectId) -> int:
        view = await overview(session, await session.projects.find(project))
        if view.state is None:
            return exit_codes.FAILED
        code = exit_codes.of_run(view.state)
        if not self._given.jsonl:
            self._out.lines(summary_lines(view, code))
        return code

    # -- in the process that runs the folder --------------------------------------------------------------------------

    async def _file_elsewhere(self, request: dict[str, Any]) -> int:
        answer = await hand_over_planning(self._command, request)
        await self._command.decide("approve", project=answer["project"], ceiling=self._given.ceiling)
        code = await self._project_elsewhere(answer["project"], from_first=True)
        return code if code is not None else await self.of_project(answer["project"])

    async def _project_elsewhere(self, name: str, *, from_first: bool = False) -> int | None:
        """The run is carried out by whoever holds the folder; its events are read from the archive meanwhile.

        None if that process has ended in the middle of it: the run can be taken on here.
        """
        self._was_elsewhere = True
        self._out.note("another process runs the data folder; the run is carried out there")
        async with self._command.reading() as session:
            project = await session.projects.find(name)
            self._project = project.id
            after = await self._begin_display(session, project)
            self._command.if_interrupted = f"no longer watched; the run goes on there until `stop {project.id}`"
            after = 0 if from_first else max(after, await _last_seq(session, project.id))
            if not await self._followed(session, project, after):
                return None
            return await self._conclude(session, project.id)

    async def _followed(self, session: Session, project: Project, after: int) -> bool:
        """Waits for the run's end. False if whoever carried it out is gone. Raises what the run was refused for."""
        stop = asyncio.Event()
        begun = time.monotonic()
        failure: OrchestraError | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(follow(session.context.archive, project.id, after, self._display.hear, stop))
                try:
                    await self._command.factory.decide(self._request(project), FOREVER_S)
                except OrchestraError as error:
                    failure = error
                stop.set()
        except* OSError as lost:
            raise lost.exceptions[0] from None
        finally:
            self._out.end_progress()
        if isinstance(failure, DataFolderHeld):
            if time.monotonic() - begun < _REALLY_UNDER_WAY_S:
                self._unanswered = failure  # unless the folder is free now, that is what is said
            return False
        if failure is not None:
            raise failure
        return True

    def _request(self, project: Project) -> dict[str, Any]:
        given = self._given
        return {
            "verb": "run",
            "project": project.id,
            "only": list(given.only),
            "from": given.start_at,
            "concurrency": given.concurrency,
            "ceiling": given.ceiling,
        }


async def _last_seq(session: Session, project: ProjectId) -> int:
    events = await session.context.archive.events(EventFilter(project=project))
    return events[-1].seq if events else 0
