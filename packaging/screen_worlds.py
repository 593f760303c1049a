"""What the pictures are taken of: data folders that real runs have filled, and loopback servers that answer them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import screen_plans
from orchestra_desktop.app import App
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.runs import RunChoice
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.settings.keyring import SessionKeys
from tests.fakes import ClaudeServer, Fault, Gate, HelpfulBrain, ModelRequest, OllamaServer, ScriptedAnswer, dead_url
from tests.fakes.brain import Text
from tests.fakes.schema_fill import filled
from tests.services.house import KEY, QuickClock
from tests.services.test_secrets_and_doctor import NoKeyring
from tests.ui.stage import StageBrain

_DAY_US = 86_400_000_000
_MOST_TOKENS = 20_000  # that a plan is said to have: one of more is cut off


@dataclass(slots=True)
class World:
    """What the program is started with; `brain` is what its servers say."""

    options: StartOptions
    make: Callable[[StartOptions], App]
    brain: PictureBrain


@dataclass(slots=True)
class PictureBrain:
    """Answers a request for a plan with the one given and does the tasks like the brain of the tests' stage.

    The first plan stops half-way until `half_a_plan` is opened. `broken` are words of titles whose first answer breaks
    off in mid-stream.
    """

    plan: Callable[[], dict[str, Any]] | None = None
    stage: StageBrain = field(default_factory=StageBrain)
    half_a_plan: Gate = field(default_factory=Gate)
    broken: set[str] = field(default_factory=set)
    fault: Fault | None = None  # of whatever is asked next

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        if self.fault is not None:
            return ScriptedAnswer((Text(""),), fault=self.fault)
        schema = request.schema
        if schema is not None and self.plan is not None and "tasks" in schema.get("properties", {}):
            text = json.dumps(filled(schema, schema, self.plan()), ensure_ascii=False)
            return ScriptedAnswer(
                (Text(text),),
                output_tokens=min(len(text) // 4, _MOST_TOKENS),
                hold=self.half_a_plan,
                hold_after=len(text) // 48,
            )
        answer = await self.stage.answer(request)
        broken = next((word for word in self.broken if f"Title: {word}" in request.prompt), None)
        if broken is not None and schema is None:
            self.broken.discard(broken)
            return replace(answer, fault=Fault.CLOSED_IN_STREAM)
        return answer


class PastClock(QuickClock):
    """As many days ago."""

    def __init__(self, days: int) -> None:
        self._days = days

    def now(self) -> int:
        return super().now() - self._days * _DAY_US


@contextmanager
def rehearsed(folder: Path) -> Iterator[World]:
    """A first start without a key: only what Rehearsal does."""
    yield World(StartOptions(data_dir=folder, offline=True), App, PictureBrain())


@contextmanager
def busy(folder: Path) -> Iterator[World]:
    """A week of work behind, with Claude and Ollama at hand."""
    brain = PictureBrain()
    with ClaudeServer(brain, api_key=KEY) as claude, OllamaServer(brain) as ollama:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": claude.url, "OLLAMA_HOST": ollama.url}
        options = StartOptions(data_dir=folder, environment=environment)
        _live_a_week(options)
        yield World(options, _with_key, brain)


@contextmanager
def endless(folder: Path) -> Iterator[World]:
    """Everything at its longest, and dear."""
    brain = PictureBrain(screen_plans.long_plan)
    brain.half_a_plan.open()
    with ClaudeServer(brain, api_key=KEY) as claude:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": claude.url, "OLLAMA_HOST": dead_url()}
        caps = ("budget.daily=98765.43", "budget.monthly=456789.01", "budget.project=98765.43")
        yield World(StartOptions(data_dir=folder, environment=environment, overrides=caps), _with_key, brain)


@contextmanager
def alone(folder: Path) -> Iterator[World]:
    """Nothing at hand: no key, no keyring, no service, and a settings file that cannot be read."""
    (folder / "settings.json").write_text('{"budget": {"daily": "plenty"}, "appearance": {"theme": "dark"}}\n')
    environment = {"ANTHROPIC_BASE_URL": dead_url(), "OLLAMA_HOST": dead_url()}
    options = StartOptions(data_dir=folder, environment=environment)
    yield World(options, lambda given: App(given, QuickClock(), NoKeyring()), PictureBrain())


@contextmanager
def failing(folder: Path) -> Iterator[World]:
    """Claude answers, and what it answers is of little use; Ollama does not."""
    brain = PictureBrain(screen_plans.word_counter)
    brain.half_a_plan.open()
    with ClaudeServer(brain, api_key=KEY) as claude:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": claude.url, "OLLAMA_HOST": dead_url()}
        yield World(StartOptions(data_dir=folder, environment=environment), _with_key, brain)


def _with_key(options: StartOptions) -> App:
    return App(options, QuickClock(), SessionKeys())


# -- the week before -------------------------------------------------------------------------------------------------

_WEEK = (
    ("release notes", "- Write notes.md about what is new.\n- Describe what was left out.\n"),
    ("price list", "- Write prices.py, which reads a list of prices.\n- Write a page prices.md about it.\n"),
    ("garden diary", "- Research which plants grow in the shade.\n- Write diary.md for the first week.\n"),
    ("train times", "- Write times.py, which prints the next trains.\n- Write test_times.py for it.\n"),
    ("photo names", "- Write names.py, which names photos by their date.\n"),
    ("letter to the council", "- Write letter.md about the crossing.\n- A summary in two sentences.\n"),
)


def _live_a_week(options: StartOptions) -> None:
    """A project for each of the last days, asked for, signed and carried out on a server that counts generously."""
    with ClaudeServer(HelpfulBrain(input_tokens=38_000, output_tokens=9_000), api_key=KEY) as server:
        environment = {**options.environment, "ANTHROPIC_BASE_URL": server.url}
        for days, (name, wishes) in zip(range(len(_WEEK), 0, -1), _WEEK, strict=True):
            asyncio.run(_live_a_day(replace(options, environment=environment), days, name, wishes))


async def _live_a_day(options: StartOptions, days: int, name: str, wishes: str) -> None:
    session = await App(options, PastClock(days), SessionKeys()).writing()
    try:
        project = await session.projects.create(NewProject(wishes, name=name))
        await session.plans.propose(project, lambda _piece: None)
        await session.plans.approve(project)
        await session.runs.run(project, RunChoice(), lambda *_piece: None)
    finally:
        await session.close()
