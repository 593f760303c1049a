"""The whole program without a face: opened, handed over, closed, killed, and what it leaves alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from orchestra_desktop.app import App
from orchestra_desktop.domain.errors import (
    BudgetError,
    DataFolderHeld,
    InvalidInput,
    InvalidSettings,
    NewerSchema,
    OrchestraError,
    PlanUnreadable,
    StorageDamaged,
    StorageUnavailable,
    UnknownThing,
    WrongMoment,
)
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.services.session import Session, StartOptions, close_all
from orchestra_desktop.settings.keyring import SessionKeys
from tests.fakes import ClaudeServer, Fault, Gate, ScriptedBrain, dead_url, says
from tests.services.house import (
    HELLO,
    HeldBrain,
    House,
    QuickClock,
    Watch,
    approved,
    events_of,
    is_work,
    new_project,
    run,
    tasks,
    with_claude,
)

ROOT = Path(__file__).parents[1]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "data")


def _content(folder: Path) -> dict[str, bytes | None]:
    """Every name in a folder, with the content of files."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


# -- what is loaded -------------------------------------------------------------------------------------------------

HEAVY = ("anthropic", "ollama", "networkx", "numpy", "keyring", "PySide6", "qasync", "pyqtgraph", "httpx", "httpx2")


def _loaded(*lines: str, argument: str = "") -> set[str]:
    """Which of the heavy libraries a process has loaded after these lines."""
    code = "\n".join((*lines, "import sys", f"print(*[name for name in {HEAVY} if name in sys.modules])"))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "")}
    done = subprocess.run(
        [sys.executable, "-c", code, argument], capture_output=True, text=True, env=environment, cwd=ROOT, check=True
    )
    return set(done.stdout.split())


def test_importing_the_program_loads_nothing_heavy() -> None:
    assert _loaded("import orchestra_desktop.app") == set()


def test_opening_a_folder_loads_nothing_heavy_and_a_rehearsal_no_service(tmp_path: Path) -> None:
    opening = (
        "import asyncio, sys",
        "from pathlib import Path",
        "from orchestra_desktop.app import App",
        "from orchestra_desktop.services.session import StartOptions",
        "from orchestra_desktop.services.decisions import decide",
        "async def main(rehearse):",
        "    session = await App(StartOptions(data_dir=Path(sys.argv[1]))).writing()",
        "    if rehearse:",
        "        await decide(session, {'verb': 'plan', 'text': '- a wish', 'rehearse': True})",
        "    await session.close()",
    )
    assert _loaded(*opening, "asyncio.run(main(False))", argument=str(tmp_path / "a")) == set()
    loaded = _loaded(*opening, "asyncio.run(main(True))", argument=str(tmp_path / "b"))
    assert loaded.isdisjoint({"anthropic", "ollama", "keyring", "PySide6", "qasync", "httpx", "httpx2"})


# -- reading --------------------------------------------------------------------------------------------------------


async def test_reading_makes_nothing_where_nothing_is(house: House) -> None:
    async with house.looked_at() as session:
        assert await session.projects.all() == []
        assert (await session.money.usage()).lines == ()
        assert (await session.money.caps()).daily is not None
        await session.doctor.examine()
        with pytest.raises(UnknownThing):
            await session.projects.find("x")
    assert not house.folder.exists()


async def test_reading_changes_nothing_where_something_is_not_even_a_lock_that_is_missing(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        await run(session, project)
    (house.folder / "instance.lock").unlink()
    before = _content(house.folder)
    async with house.looked_at() as session:
        found = await session.projects.find(project.id)
        row = await session.runs.newest(found)
        assert row is not None
        await session.runs.state(row)
        await session.doctor.examine()
        assert session.watch_storage(lambda _why: None)() is None
    assert _content(house.folder) == before


async def test_reading_beside_the_holder_sees_what_it_has_stored_so_far(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await approved(session, tasks(2), rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            await watch.wait_for("CallReserved")
            async with house.looked_at() as beside:
                row = await beside.runs.newest(project)
                assert row is not None
                assert row.state is RunStateName.RUNNING  # for somebody holds the folder
                assert len((await beside.runs.state(row)).active) == 2
            gate.open()
            await running


# -- opening and closing --------------------------------------------------------------------------------------------


async def test_only_one_may_work_in_a_folder_and_the_next_as_soon_as_it_is_let_go(house: House) -> None:
    async with house.opened():
        with pytest.raises(DataFolderHeld):
            await house.app().writing()
    async with house.opened() as session:
        assert not session.reads_only


async def test_closing_twice_and_at_once_does_no_harm(house: House) -> None:
    session = await house.app().writing()
    await asyncio.gather(session.close(), session.close())
    await session.close()
    async with house.opened():
        assert not (house.folder / "instance.json").with_suffix(".new").exists()


async def test_whoever_closes_second_waits_for_the_first(house: House) -> None:
    session = await house.app().writing()
    done: list[str] = []

    async def slow() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        done.append("part")

    session.on_close.append(slow)

    async def closed(name: str) -> None:
        await session.close()
        done.append(name)

    await asyncio.gather(closed("one"), closed("two"))
    assert done[0] == "part"


async def test_a_part_that_fails_to_close_keeps_no_other_open(house: House) -> None:
    session = await house.app().writing()

    async def fail() -> None:
        raise RuntimeError("no")

    session.on_close.append(fail)
    with pytest.raises(RuntimeError):
        await session.close()
    async with house.opened():
        assert session.on_close == []


async def test_all_is_closed_even_if_closing_is_cancelled() -> None:
    closed: list[str] = []
    stuck = asyncio.Event()

    async def last() -> None:
        closed.append("last")

    async def hangs() -> None:
        await stuck.wait()

    closing = asyncio.gather(close_all([last, hangs]))
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert closed == ["last"]


async def test_a_folder_of_a_newer_version_is_left_as_it_is(house: House) -> None:
    async with house.opened():
        assert house.folder.is_dir()
    _spoil(house, "PRAGMA user_version = 999")
    before = (house.folder / "orchestra.db").read_bytes()
    for _ in range(2):
        with pytest.raises(NewerSchema):
            await house.app().writing()
    assert (house.folder / "orchestra.db").read_bytes() == before


async def test_an_opening_that_fails_half_way_lets_the_folder_go(house: House) -> None:
    async with house.opened() as session:
        await new_project(session)
    _spoil(house, "UPDATE projects SET requirements = '{'")
    for _ in range(2):
        with pytest.raises(StorageDamaged):
            await house.app().writing()
    _spoil(house, "DELETE FROM projects")
    async with house.opened() as session:
        assert await session.projects.all() == []


def _spoil(house: House, statement: str) -> None:
    with sqlite3.connect(house.folder / "orchestra.db") as database:
        database.execute(statement)
    database.close()


async def test_what_was_given_wrongly_is_refused_before_anything_is_made(house: House) -> None:
    for wrong in ("budget.daily=lots", "nothing", "budget.weekly=5", "anthropic.api_key=x"):
        with pytest.raises(InvalidSettings):
            await house.app(wrong).writing()
        with pytest.raises(InvalidSettings):
            await house.app(wrong).reading()
    assert not house.folder.exists()


async def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageUnavailable):
        await House(tmp_path / "file" / "data").app().writing()


async def test_the_time_zone_of_the_first_start_is_kept(house: House) -> None:
    async with house.opened() as session:
        first = session.context.settings.budget.time_zone
    path = house.folder / "settings.json"
    assert json.loads(path.read_text("utf-8"))["budget"]["time_zone"] == first
    path.write_text('{"version": 1, "budget": {"time_zone": "Pacific/Auckland"}}', "utf-8")
    async with house.opened() as session:
        assert session.context.settings.budget.time_zone == "Pacific/Auckland"
        assert str(session.context.writer.limits.time_zone) == "Pacific/Auckland"  # type: ignore[attr-defined]
    assert json.loads(path.read_text("utf-8"))["budget"] == {"time_zone": "Pacific/Auckland"}


async def test_a_settings_file_that_cannot_be_written_is_a_notice_and_no_more(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    options = StartOptions(data_dir=house.folder, config=tmp_path / "file" / "settings.json")
    session = await App(options, QuickClock(), SessionKeys()).writing()
    try:
        assert [notice.key for notice in session.notices if notice.key.startswith("settings.un")] != []
        await new_project(session)
    finally:
        await session.close()


async def test_what_is_wrong_with_the_settings_is_told_with_section_and_key(house: House) -> None:
    house.folder.mkdir()
    path = house.folder / "settings.json"
    path.write_text('{"version": 1, "execution": {"concurrency": 0, "max_rounds": 3}, "colour": {}}', "utf-8")
    before = path.read_bytes()
    for opened in (house.opened(), house.looked_at()):
        async with opened as session:
            told = {(notice.key, str(notice.args.get("where", ""))) for notice in session.notices}
            assert told >= {("settings.too_small", "execution.concurrency"), ("settings.unknown_section", "colour")}
            execution = session.context.settings.execution
            assert (execution.concurrency, execution.max_rounds) == (8, 3)
    assert path.read_bytes() == before


# -- handing over ---------------------------------------------------------------------------------------------------


def _plan(text: str = HELLO) -> dict[str, object]:
    return {"verb": "plan", "text": text, "rehearse": True}


async def test_a_decision_is_carried_out_here_where_nobody_holds_the_folder(house: House) -> None:
    made = await house.app().decide(_plan(), 60)
    signed = await house.app().decide({"verb": "approve", "project": made["project"]}, 60)
    assert (await house.app().decide({"verb": "run", "project": made["project"]}, 60))["state"] == "finished"
    async with house.looked_at() as session:
        (project,) = await session.projects.all()
        assert (project.id, signed["number"]) == (made["project"], 1)


async def test_a_decision_is_handed_to_whoever_holds_the_folder(house: House) -> None:
    async with house.opened() as session:
        watch = Watch(session)
        made = await house.app().decide(_plan(), 60)
        assert (await watch.wait_for("PlanProposed")).scope.project == made["project"]
        await house.app().decide({"verb": "approve", "project": made["project"]}, 60)
        ran = await house.app().decide({"verb": "run", "project": made["project"]}, 60)
        assert ran["state"] == "finished"
        project = await session.projects.find(made["project"])
        assert "RunFinished" in [stored.type for stored in await events_of(session, project)]


FAILING: dict[str, tuple[dict[str, object], type[OrchestraError]]] = {
    "unknown": ({"verb": "approve", "project": "x"}, UnknownThing),
    "malformed": ({"verb": "approve"}, InvalidInput),
    "moment": ({"verb": "run", "project": "P"}, WrongMoment),
    "no plan": ({"verb": "replan", "project": "P"}, PlanUnreadable),
    "cap": ({"verb": "replan", "project": "P"}, BudgetError),
}


@pytest.mark.parametrize("way", FAILING)
@pytest.mark.parametrize("held", [False, True])
async def test_a_refusal_is_the_same_whether_it_was_handed_over_or_not(tmp_path: Path, way: str, held: bool) -> None:
    request, kind = FAILING[way]
    brain = ScriptedBrain(lambda _request: says("", fault=Fault.REFUSAL))
    with ClaudeServer(brain) as server:
        overrides = ("budget.daily=0",) if way == "cap" else ()
        house = with_claude(tmp_path / "data", server, *overrides)
        session = await house.app().writing()
        await new_project(session, rehearsal=False, name="P")
        if not held:
            await session.close()
        with pytest.raises(kind) as refused:
            await house.app().decide(request, 60)
        assert type(refused.value) is not InvalidInput or kind is InvalidInput
        assert isinstance(refused.value.text, Text)
        await session.close()


async def test_whoever_is_about_to_let_the_folder_go_is_waited_for(house: House) -> None:
    session = await house.app().writing()
    asking = asyncio.gather(house.app().decide({"verb": "caps"}, 60))
    closing = asyncio.gather(session.close())
    caps, _ = await asyncio.gather(asking, closing)
    assert caps[0]["caps"]["daily"] is not None


async def test_a_holder_that_does_not_answer_in_time_holds_the_folder(house: House) -> None:
    async with house.opened() as session:
        await session.on_close.pop()()  # runs
        await session.on_close.pop()()  # the socket: as if it hung
        with pytest.raises(DataFolderHeld):
            await house.app().decide({"verb": "caps"}, 0.2)


async def test_where_no_socket_can_be_made_a_port_of_this_machine_serves(house: House) -> None:
    house.folder.mkdir()
    (house.folder / "handoff.sock").mkdir()  # what is there and is no socket cannot be replaced
    async with house.opened() as session:
        assert (await house.app().decide({"verb": "caps"}, 60))["caps"]["daily"] is not None
        assert json.loads((house.folder / "instance.json").read_text("utf-8"))["address"].startswith("tcp:127.0.0.1:")
        assert [notice.key for notice in session.notices] == []


# -- two processes --------------------------------------------------------------------------------------------------

HOLDER = """
import asyncio, sys
from pathlib import Path
from orchestra_desktop.app import App
from orchestra_desktop.services.session import StartOptions
async def main():
    session = await App(StartOptions(data_dir=Path(sys.argv[1]), environment={"OLLAMA_HOST": sys.argv[2]})).writing()
    print("held", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await session.close()
asyncio.run(main())
"""


@contextmanager
def _holder(house: House) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder until a line is written to it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "")}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(house.folder), dead_url()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_decision_is_handed_to_another_process_and_stays_when_that_ends(house: House) -> None:
    with _holder(house) as process:
        with pytest.raises(DataFolderHeld):
            await house.app().writing()
        made = await house.app().decide(_plan("- a wish"), 60)
        with pytest.raises(WrongMoment, match=r"run\.nothing_approved"):
            await house.app().decide({"verb": "run", "project": made["project"]}, 60)
        process.communicate("\n", timeout=30)
        assert process.returncode == 0
    async with house.opened() as session:
        assert [project.id for project in await session.projects.all()] == [made["project"]]


async def test_after_a_kill_the_socket_it_left_is_replaced_and_decisions_go_on(house: House) -> None:
    with _holder(house) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert (house.folder / "handoff.sock").exists()
    assert (house.folder / "instance.json").exists()
    async with house.looked_at() as session:
        assert not session.context.held
    assert (await house.app().decide({"verb": "caps"}, 60))["caps"]["daily"] is not None
    async with house.opened():
        assert (await house.app().decide({"verb": "caps"}, 60))["caps"]["daily"] is not None


# -- storage that refuses -------------------------------------------------------------------------------------------


@contextmanager
def _locked(house: House) -> Iterator[None]:
    """Another program keeps the database to itself."""
    other = sqlite3.connect(house.folder / "orchestra.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


class _Told:
    """What a watcher of the storage was told, to be waited for."""

    def __init__(self, session: Session) -> None:
        self.said: list[Text | None] = []
        self._news = asyncio.Event()
        self.end = session.watch_storage(self._hear)

    def _hear(self, why: Text | None) -> None:
        self.said.append(why)
        self._news.set()

    async def wait_for(self, count: int) -> None:
        while len(self.said) < count:
            self._news.clear()
            await self._news.wait()


@pytest.mark.timeout(60)
async def test_while_nothing_can_be_stored_nothing_is_sent_and_the_person_is_told(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, tasks(2), rehearsal=False)
            asked = len(server.requests)
            told = _Told(session)
            with _locked(with_claude(tmp_path / "data", server)):
                running = asyncio.gather(run(session, project))
                await told.wait_for(1)
                why = told.said[0]
                assert why is not None
                assert why.key == "storage.locked"
                assert len(server.requests) == asked
            assert list(await running) == [RunStateName.FINISHED]
            assert told.said[-1] is None
            told.end()
            assert (await session.money.usage()).total.charged == server.billed


@pytest.mark.timeout(60)
async def test_planning_can_be_cancelled_while_nothing_can_be_stored(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(ScriptedBrain(lambda _request: says("x", hold=gate))) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await new_project(session, rehearsal=False)
            told = _Told(session)
            watch = Watch(session)
            asking = asyncio.gather(session.plans.propose(project, lambda _progress: None))
            await watch.wait_for("CallReserved")
            with _locked(house):
                asking.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await asyncio.wait_for(asking, 5)
                await told.wait_for(1)
            await watch.wait_for("PlanFailed")
            assert (await session.projects.find(project.id)).state.value == "draft"
        gate.open()


# -- offline --------------------------------------------------------------------------------------------------------


async def test_offline_nothing_but_listed_hosts_is_reached_whatever_is_configured(house: House) -> None:
    """The suite's own guard sees every real connection and look-up, and fails the test for one."""
    house.offline = True
    house.environment = {"ANTHROPIC_API_KEY": "sk-ant-offline-0123456789", "OLLAMA_HOST": "ollama.example.org"}
    async with house.opened("anthropic.proxy=http://proxy.example.org:8080") as session:
        project = await new_project(session, rehearsal=False)
        with pytest.raises(WrongMoment, match=r"models\.none_offline"):
            await session.plans.propose(project, lambda _progress: None)
        await session.doctor.examine()
        assert not (await session.keys.test("anthropic")).healthy
        refused = {call.host for call in session.context.network.log.refused}
        assert refused >= {"ollama.example.org", "api.anthropic.com"}
        rehearsed = await approved(session)
        assert await run(session, rehearsed) is RunStateName.FINISHED


def test_the_options_of_a_start_do_not_show_the_environment() -> None:
    options = StartOptions(environment={"ANTHROPIC_API_KEY": "sk-ant-shown-0123456789"})
    assert "sk-ant" not in repr(options)
    assert replace(options, offline=True).environment == options.environment
