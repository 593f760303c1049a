"""A plan of twelve tasks on a loopback Claude, opened in the real program: some done, one asking, one refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.settings.keyring import SessionKeys
from orchestra_desktop.ui.verbs import project_verbs
from tests.fakes import ClaudeServer, Gate, HelpfulBrain, ModelRequest, ScriptedAnswer, dead_url
from tests.fakes.brain import Text, Thinking, ToolUse
from tests.services.house import KEY, QuickClock
from tests.ui.driving import until

TWELVE = """# Word counter

- Write `counter.py`, which counts the words of a text file.
- Write `report.py`, which prints the counts of `counter.py` as a table.
- Write a page `RUN.md` with the exact steps to run it.
- Describe how words are told apart in languages without spaces between them, such as Thai and Japanese, in one page.
- Research packaging tools for a single script.
- Write tests in `test_counter.py` for `counter.py`.
- Describe the format of the table.
- Write `colours.py` with the colours of the table.
- Research how other tools count hyphenated words.
- Write a changelog `CHANGES.md`.
- Describe what was left out and why.
- A summary of what was made, in two bullets.
"""


class StageBrain:
    """Helpful, but for what the script says: by a word of the task's title, it refuses, thinks, or waits at a gate."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.refused: tuple[str, ...] = ()
        self.held: tuple[str, ...] = ()
        self.spoken: dict[str, str] = {}
        self.cut = ""  # what is said of it in a first answer that comes to its limit
        self.prompts: list[str] = []
        self._helpful = HelpfulBrain(think=True)

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        if request.schema is not None:
            return await self._helpful.answer(request)
        self.prompts += [turn.text for turn in request.turns if turn.role == "user" and not turn.tool_results]
        title = _title(request)
        for word, text in self.spoken.items():
            if word in title:
                return await self._spoken(request, text, held=word in self.held)
        if any(word in title for word in self.refused):
            return ScriptedAnswer((Text("I would rather not do this."),), stop_reason="refusal")
        answer = await self._helpful.answer(request)
        if any(word in title for word in self.held):
            await self.gate.passed()
        return answer

    async def _spoken(self, request: ModelRequest, text: str, *, held: bool) -> ScriptedAnswer:
        if not request.tool_results and "read_file" in request.tools:
            thought = Thinking("First I look at what is there, then I write it down.")
            return ScriptedAnswer((thought, ToolUse("read_file", {"path": "counter.py"})))
        if self.cut and request.rounds < 2:
            return ScriptedAnswer((Text(self.cut),), stop_reason="max_tokens")
        gate = self.gate if held else None
        return ScriptedAnswer((Text(text),), hold=gate, hold_after=len(text) // 24)


def _title(request: ModelRequest) -> str:
    """What the task is, without what the prompt says of others."""
    said = [turn.text for turn in request.turns if turn.role == "user"]
    return said[0].partition("Title:")[2].partition("\n")[0] or said[0][:400]


@asynccontextmanager
async def staged(
    application: QApplication,
    folder: Path,
    server: ClaudeServer,
    *overrides: str,
    wait: bool = True,
    key_from_environment: bool = True,
) -> AsyncIterator[WindowProgram]:
    """The program on a key that the loopback server takes, without Ollama."""
    environment = {"ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()}
    if key_from_environment:
        environment["ANTHROPIC_API_KEY"] = KEY
    async with lived_in(application, folder, environment, *overrides, wait=wait) as program:
        yield program


@asynccontextmanager
async def lived_in(
    application: QApplication, folder: Path, environment: dict[str, str], *overrides: str, wait: bool = True
) -> AsyncIterator[WindowProgram]:
    """The program in these surroundings, with a keyring of its own; its data folder open, unless told not to wait."""
    options = StartOptions(data_dir=folder, environment=environment, overrides=overrides)
    program = WindowProgram(application, lambda given: App(given, QuickClock(), SessionKeys()), options)
    async with asyncio.TaskGroup() as group:
        group.create_task(program.live())
        try:
            await program.shown.wait()
            if wait:
                await until(program, lambda: program.context.workspace.session is not None)
                await until(program, lambda: not program.bridge.is_running("session.open"))
            yield program
        finally:
            program.end()


async def approved(program: WindowProgram, text: str = TWELVE, *, ceiling: int | None = None, **asks: bool) -> None:
    """A project of these requirements, planned and approved; `asks` names tasks that ask before they start."""
    session, work = program.context.session, program.context.workspace
    project = await session.projects.create(NewProject(text, name="word counter"))
    await session.plans.propose(project, lambda _piece: None)
    for task in asks:
        await session.plans.edit(project, task, {"ask_before": True})
    await session.plans.approve(project, ceiling=ceiling)
    await work.refresh()
    await project_verbs.choose(program.context, project.id)
    await until(program, lambda: bool(work.versions))


async def running_until(program: WindowProgram, happened: Callable[[], bool]) -> None:
    """Starts the run from its button and waits for something to happen in it."""
    program.context.do("run.start")
    await until(program, happened)


def state_of(program: WindowProgram, task: str) -> TaskState | None:
    return program.context.workspace.task_state(TaskId(task))
