"""Every setting does something, or says that it does not yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from orchestra_desktop.settings.schema import section_types
from tests.fakes import ClaudeServer, HelpfulBrain, ModelRequest, OllamaServer, ScriptedAnswer, says
from tests.fakes.ollama_models import OllamaModel
from tests.services.house import House, approved, is_work, run, tasks, with_claude, with_ollama

PACKAGE = Path(__file__).parents[2] / "orchestra_desktop"
SCHEMAS = {f"{name}_sections.py" for name in ("model", "money", "run", "person")}


@cache
def _read() -> set[str]:
    """Every name that some module asks an object for, in code or as a word, but for those that say what there is."""
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name in SCHEMAS:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


def _settings(model: type[BaseModel]) -> Iterator[tuple[str, bool]]:
    """Names of settings, with whether they are marked as not there yet; objects inside a section by their own names."""
    for name, info in model.model_fields.items():
        marks = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        inner = info.get_default()
        if isinstance(inner, BaseModel):
            yield from _settings(type(inner))
        else:
            yield name, bool(marks.get("not_yet"))


@pytest.mark.parametrize("section", sorted(section_types()))
def test_a_setting_that_is_not_marked_is_read_somewhere(section: str) -> None:
    used = _read()
    found = dict(_settings(section_types()[section]))
    unused = {name for name, not_yet in found.items() if not not_yet and name not in used}
    if section == "routing":  # read by the names of task types and complexities
        unused -= {"code", "research", "analysis", "asset", "integration", "documentation"}
        unused -= {"simple", "medium", "complex"}
    assert unused == set()


async def test_calls_at_one_time_are_bounded_by_service_and_in_all(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.03)) as server:
        house = with_claude(tmp_path / "data", server, "anthropic.concurrent_calls=2")
        async with house.opened() as session:
            await run(session, await approved(session, tasks(6, files=False), rehearsal=False))
            assert server.in_flight_peak == 2
        async with with_claude(tmp_path / "other", server, "execution.concurrency=3").opened() as session:
            await run(session, await approved(session, tasks(6, files=False), rehearsal=False))
            assert server.in_flight_peak == 3


async def test_ollamas_calls_at_one_time_are_the_hosts_own(tmp_path: Path) -> None:
    with OllamaServer(HelpfulBrain(latency=0.03), models=[OllamaModel("qwen2.5-coder:14b")]) as server:
        async with with_ollama(tmp_path / "data", server).opened() as session:
            await run(session, await approved(session, tasks(4, files=False), rehearsal=False))
            assert server.in_flight_peak == 1
        house = with_ollama(tmp_path / "other", server, "ollama.hosts.0.concurrent_calls=3")
        async with house.opened() as session:
            await run(session, await approved(session, tasks(4, files=False), rehearsal=False))
            assert server.in_flight_peak == 3


async def test_an_answer_longer_than_its_bound_is_broken_off(tmp_path: Path) -> None:
    class Endless(HelpfulBrain):
        async def answer(self, request: ModelRequest) -> ScriptedAnswer:
            return says("word " * 4_000) if is_work(request) else await super().answer(request)

    settings = ("execution.max_output_bytes=10000", "execution.transient_retries=0", "execution.further_attempts=0")
    with ClaudeServer(Endless()) as server:
        async with with_claude(tmp_path / "data", server, *settings).opened() as session:
            project = await approved(session, tasks(1, files=False), rehearsal=False)
            assert (await run(session, project)).value == "needs_person"
            lines = [line for line in (await session.money.usage()).lines if line.opened.task]
            assert [line.state for line in lines] == ["unconfirmed"]


async def test_a_setting_without_effect_says_so(house: House) -> None:
    async with house.opened("execution.verification=true", "tools.read_characters=1000") as session:
        told = {str(notice.args.get("where")) for notice in session.notices if notice.key == "settings.not_yet"}
        assert told == {"execution.verification", "tools.read_characters"}
