"""Projects: made, found by id, prefix or name, and how each one stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import AmbiguousName, InvalidInput, UnknownThing, WrongMoment
from orchestra_desktop.domain.ids import Digest, PlanHash, ProjectId, RunId
from orchestra_desktop.domain.plan import Plan, PlanState, PlanVersion
from orchestra_desktop.domain.ports import RunRow
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.services.projects import MAX_NAME_CHARACTERS, MAX_REQUIREMENTS_BYTES, project_state
from tests.services.house import House, approved, new_project, types_of


async def test_a_project_has_its_requirements_numbered_and_a_workspace_in_the_data_folder(house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session, "# Three\n- one\n- two\n- three\n")
        assert [(r.id, r.text) for r in project.requirements] == [("R1", "one"), ("R2", "two"), ("R3", "three")]
        assert project.name == "Three"
        assert project.workspace == str(house.folder / "workspaces" / project.id)
        assert Path(project.workspace).is_dir()
        assert await types_of(session, project) == ["ProjectCreated"]
    async with house.looked_at() as session:
        assert [p.name for p in await session.projects.all()] == ["Three"]


async def test_a_project_is_found_by_id_unique_prefix_or_unique_name(house: House) -> None:
    async with house.opened() as session:
        one = await new_project(session, name="Alpha")
        other = await new_project(session, name="Beta")
        prefix = next(one.id[:n] for n in range(1, 17) if not other.id.startswith(one.id[:n]))
        for name in (one.id, prefix, "Alpha", "  Alpha  "):
            assert (await session.projects.find(name)).id == one.id
        for name in ("Gamma", "", "alpha!", "\x00"):
            with pytest.raises(UnknownThing):
                await session.projects.find(name)


async def test_a_name_or_prefix_that_fits_two_projects_is_refused_and_names_their_ids(house: House) -> None:
    async with house.opened() as session:
        one, other = await new_project(session, name="Twin"), await new_project(session, name="Twin")
        with pytest.raises(AmbiguousName) as refused:
            await session.projects.find("Twin")
        assert {one.id, other.id} == set(str(refused.value.text.args["ids"]).split(", "))
        assert (await session.projects.find(other.id)).id == other.id
        ids = {(await new_project(session)).id[0] for _ in range(17)}  # sixteen hexadecimal digits: two share one
        assert len(ids) < 17
        shared = [p.id[0] for p in await session.projects.all()]
        with pytest.raises(AmbiguousName):
            await session.projects.find(next(digit for digit in shared if shared.count(digit) > 1))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("two\nlines\tand  blanks ", "two lines and blanks"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("gnp.\u202eexe\u202c", "gnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half\ud800", "half"),
        ("x" * 500, "x" * MAX_NAME_CHARACTERS),
    ],
)
async def test_a_name_says_what_it_seems_to_say(house: House, given: str, kept: str) -> None:
    async with house.opened() as session:
        project = await new_project(session, name=given)
        assert project.name == kept
        assert (await session.projects.find(given)).id == project.id
    async with house.looked_at() as session:
        assert (await session.projects.find(project.id)).name == kept


@pytest.mark.parametrize("requirements", ["1.", "- **", "\u202e"])
async def test_requirements_without_words_for_a_name_lend_the_project_its_id(house: House, requirements: str) -> None:
    async with house.opened() as session:
        project = await new_project(session, requirements)
        assert project.name == project.id


@pytest.mark.parametrize("requirements", ["", "  \n\t\n", "***\n---\n", "\x00\x1b", "\ud800"])
async def test_requirements_that_say_nothing_are_refused(house: House, requirements: str) -> None:
    async with house.opened() as session:
        with pytest.raises(InvalidInput) as refused:
            await new_project(session, requirements)
        assert refused.value.text.key == "requirements.empty"
        assert await session.projects.all() == []


async def test_huge_requirements_are_taken_up_to_the_limit_and_refused_above_it(house: House) -> None:
    async with house.opened() as session:
        most = "ä" * (MAX_REQUIREMENTS_BYTES // 2)
        assert (await new_project(session, most)).requirements_text == most
        with pytest.raises(InvalidInput) as refused:
            await new_project(session, most + "x")
        assert refused.value.text.args == {"bytes": MAX_REQUIREMENTS_BYTES + 1, "limit": MAX_REQUIREMENTS_BYTES}


async def test_many_requirements_are_numbered_beside_the_loop(house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session, "- a\n" * 20_000)
        assert len(project.requirements) == 20_000


async def test_what_cannot_be_stored_never_reaches_the_database(house: House) -> None:
    async with house.opened() as session:
        wild = "a\ud800b\x00c\r\nd"
        project = await new_project(session, f"- {wild}", instructions=wild, repository=wild, base_branch=wild)
    async with house.opened() as session:
        stored = await session.projects.find(project.id)
        assert stored.requirements_text == "- abc\nd"
        assert (stored.instructions, stored.repository, stored.base_branch) == ("abc\nd",) * 3


# -- workspaces -----------------------------------------------------------------------------------------------------


async def test_a_chosen_workspace_is_made_and_kept_with_links_resolved(house: House, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    async with house.opened() as session:
        project = await new_project(session, workspace=str(tmp_path / "link" / "deep" / "folder"))
    assert project.workspace == str(tmp_path / "real" / "deep" / "folder")
    assert Path(project.workspace).is_dir()


@pytest.mark.parametrize("name", ["~", "/", "~nobody-of-this-name/x", "\x00", "/etc/x", "x" * 5_000])
async def test_an_unfit_workspace_is_refused_before_anything_is_made(house: House, name: str) -> None:
    async with house.opened() as session:
        with pytest.raises(InvalidInput) as refused:
            await new_project(session, workspace=name)
        assert refused.value.text.key.startswith("workspace.")
        assert await session.projects.all() == []


async def test_the_programs_own_folder_and_what_is_no_folder_are_no_workspaces(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    async with house.opened() as session:
        for place in (house.folder, house.folder / "logs", tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
            with pytest.raises(InvalidInput) as refused:
                await new_project(session, workspace=str(place))
            assert refused.value.text.key.startswith("workspace.")


# -- how it stands --------------------------------------------------------------------------------------------------


def _project(state: ProjectState) -> Project:
    return Project(ProjectId("p"), "n", "x", (), Rigor.L1, "/w", True, state, 0, 0)


def _version(number: int, state: PlanState) -> PlanVersion:
    return PlanVersion(number, state, PlanHash(""), Plan("", ()), (), 0)


def _run(plan: int, state: RunStateName) -> RunRow:
    return RunRow(RunId("r"), ProjectId("p"), plan, "", Digest(""), state, 0, None, None)


def test_a_project_does_what_its_newest_run_does_unless_something_newer_was_signed() -> None:
    draft, signed = _version(1, PlanState.DRAFT), _version(1, PlanState.APPROVED)
    project = _project(ProjectState.DRAFT)
    assert project_state(project, [], []) is ProjectState.DRAFT
    assert project_state(project, [draft], []) is ProjectState.DRAFT
    assert project_state(project, [signed], []) is ProjectState.READY
    states = {
        RunStateName.RUNNING: ProjectState.RUNNING,
        RunStateName.PAUSED: ProjectState.PAUSED,
        RunStateName.INTERRUPTED: ProjectState.PAUSED,
        RunStateName.AT_CAP: ProjectState.NEEDS_PERSON,
        RunStateName.NEEDS_PERSON: ProjectState.NEEDS_PERSON,
        RunStateName.FINISHED: ProjectState.FINISHED,
        RunStateName.FINISHED_WITH_FAILURES: ProjectState.FINISHED_WITH_FAILURES,
        RunStateName.CANCELLED: ProjectState.CANCELLED,
    }
    assert set(states) == set(RunStateName)
    for of_run, of_project in states.items():
        assert project_state(project, [signed], [_run(1, of_run)]) is of_project
        newer = [replace(signed, state=PlanState.SUPERSEDED), _version(2, PlanState.APPROVED)]
        assert project_state(project, newer, [_run(1, of_run)]) is ProjectState.READY


def test_planning_shows_unless_a_run_goes_on() -> None:
    planning, signed = _project(ProjectState.PLANNING), [_version(1, PlanState.APPROVED)]
    assert project_state(planning, [], []) is ProjectState.PLANNING
    assert project_state(planning, signed, [_run(1, RunStateName.FINISHED)]) is ProjectState.PLANNING
    assert project_state(planning, signed, [_run(1, RunStateName.RUNNING)]) is ProjectState.RUNNING


async def test_a_session_that_reads_makes_nothing(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
    async with house.looked_at() as session:
        assert session.reads_only
        with pytest.raises(WrongMoment):
            await new_project(session)
        with pytest.raises(WrongMoment):
            await session.plans.approve(project)
