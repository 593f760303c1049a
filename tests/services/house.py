"""A data folder of its own, opened as windows and commands open it; its clock waits a hundredth of the time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestra_desktop.app import App
from orchestra_desktop.calls.clock import SystemClock
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.ports import EventFilter, RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.runs import RunChoice
from orchestra_desktop.services.session import Session, StartOptions
from orchestra_desktop.settings.keyring import SessionKeys
from tests.fakes import ClaudeServer, Gate, HelpfulBrain, ModelRequest, OllamaServer, ScriptedAnswer, dead_url

KEY = "sk-ant-services-0123456789abcdef"
HELLO = (Path(__file__).parents[2] / "resources/samples/hello-world.md").read_text("utf-8")
NANO = 1_000_000_000


class QuickClock(SystemClock):
    """Real time, waited for a hundredth as long: what the rehearsal makes up of seconds would fill the suite."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 100)


@dataclass(slots=True)
class House:
    """Where a test lives: a data folder and what the program is started with."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {"OLLAMA_HOST": dead_url()})
    overrides: tuple[str, ...] = ()
    offline: bool = False
    keyring: SessionKeys = field(default_factory=SessionKeys)

    def app(self, *overrides: str) -> App:
        """A process's session factory; several in one test are several processes that share the folder."""
        options = StartOptions(
            data_dir=self.folder,
            overrides=(*self.overrides, *overrides),
            offline=self.offline,
            environment=self.environment,
        )
        return App(options, QuickClock(), self.keyring)

    @contextlib.asynccontextmanager
    async def opened(self, *overrides: str) -> AsyncIterator[Session]:
        session = await self.app(*overrides).writing()
        try:
            yield session
        finally:
            await session.close()

    @contextlib.asynccontextmanager
    async def looked_at(self) -> AsyncIterator[Session]:
        session = await self.app().reading()
        try:
            yield session
        finally:
            await session.close()

    def moved(self, folder: Path) -> House:
        return replace(self, folder=folder)


def with_claude(folder: Path, server: ClaudeServer, *overrides: str) -> House:
    """A person with a key, whose requests go to the loopback server."""
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()}
    return House(folder, environment, overrides)


def with_ollama(folder: Path, server: OllamaServer, *overrides: str) -> House:
    """A person without a key, with models of their own."""
    return House(folder, {"OLLAMA_HOST": server.url}, overrides)


class HeldBrain:
    """Helpful, but answers to the requests that `which` picks wait at the gate."""

    def __init__(self, gate: Gate, which: Callable[[ModelRequest], bool]) -> None:
        self._helpful = HelpfulBrain()
        self._gate = gate
        self._which = which

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        answer = await self._helpful.answer(request)
        return replace(answer, hold=self._gate) if self._which(request) else answer


def is_work(request: ModelRequest) -> bool:
    """A task's request; the planner's asks for a schema."""
    return request.schema is None


def is_work_of(task: str) -> Callable[[ModelRequest], bool]:
    return lambda request: is_work(request) and f"# Your task: {task} " in request.prompt


# -- steps that most tests take --------------------------------------------------------------------------------------


async def new_project(session: Session, requirements: str = HELLO, **more: Any) -> Project:
    return await session.projects.create(NewProject(requirements, **{"rehearsal": True, **more}))


async def planned(session: Session, requirements: str = HELLO, **more: Any) -> tuple[Project, PlanVersion]:
    project = await new_project(session, requirements, **more)
    return project, await session.plans.propose(project, lambda _progress: None)


async def approved(session: Session, requirements: str = HELLO, **more: Any) -> Project:
    project, _ = await planned(session, requirements, **more)
    await session.plans.approve(project)
    return project


async def run(session: Session, project: Project, **choice: Any) -> RunStateName:
    return await session.runs.run(project, RunChoice(**choice), lambda *_piece: None)


async def row_of(session: Session, project: Project) -> RunRow:
    """The project's newest run, which must be there."""
    row = await session.runs.newest(project)
    assert row is not None
    return row


async def states_of(session: Session, project: Project) -> dict[str, TaskState]:
    """The tasks of its newest run."""
    state = await session.runs.state(await row_of(session, project))
    return {name: record.state for name, record in state.tasks.items()}


async def events_of(session: Session, project: Project | None = None) -> Sequence[Stored]:
    return await session.context.archive.events(EventFilter(project=project.id if project is not None else None))


async def types_of(session: Session, project: Project) -> list[str]:
    return [stored.type for stored in await events_of(session, project)]


class Watch:
    """Lets a test wait, without sleeping, until an event of some kind has been stored."""

    def __init__(self, session: Session) -> None:
        self._seen: list[Stored] = []
        self._news = asyncio.Event()
        self.end = session.context.journal.subscribe(self._hear)

    def _hear(self, stored: Sequence[Stored]) -> None:
        self._seen.extend(stored)
        self._news.set()

    async def wait_for(self, kind: str, count: int = 1) -> Stored:
        """The `count`th event of this type since the watch began."""
        while True:
            found = [stored for stored in self._seen if stored.type == kind]
            if len(found) >= count:
                return found[count - 1]
            self._news.clear()
            await self._news.wait()


def tasks(number: int, files: bool = True) -> str:
    """Requirements that become as many independent tasks."""
    what = "Write a file part{0}.md about topic {0}." if files else "Explain topic number {0} in one sentence."
    return "# Many\n" + "".join(f"- {what.format(n)}\n" for n in range(number))
