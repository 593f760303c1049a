"""Editing requirements: ids are kept, never given twice, and every change is an event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.events import RequirementsEdited
from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.domain.ports import EventFilter
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.session import Session
from orchestra_desktop.services.start_options import StartOptions

FIRST = "- greet the person by name\n- print the date of today\n- write a summary of it all"


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[tuple[Session, Project]]:
    session = await App(StartOptions(data_dir=folder, offline=True)).writing()
    try:
        yield session, await session.projects.create(NewProject(FIRST, rehearsal=True))
    finally:
        await session.close()


def _ids(project: Project) -> list[str]:
    return [requirement.id for requirement in project.requirements]


async def _edits(session: Session, project: Project) -> list[RequirementsEdited]:
    wanted = EventFilter(project=project.id, types=frozenset({"RequirementsEdited"}))
    events = [stored.event for stored in await session.context.archive.events(wanted)]
    return [event for event in events if isinstance(event, RequirementsEdited)]


async def test_what_stays_or_changes_keeps_its_id(qapp: QApplication, tmp_path: Path) -> None:
    async with _opened(tmp_path) as (session, project):
        text = "- tests for all of it\n- greet the person by first name\n- write a summary of it all"
        edited = await session.projects.edit_requirements(project, text)
        assert _ids(edited) == ["R4", "R1", "R3"]
        stored = await session.projects.find(project.id)
        assert (stored.requirements, stored.requirements_text) == (edited.requirements, text)
        (event,) = await _edits(session, project)
        r1, r2, r4 = (RequirementId(name) for name in ("R1", "R2", "R4"))
        assert event == RequirementsEdited(added=(r4,), removed=(r2,), changed=(r1,), requirements=3)


async def test_an_id_that_went_is_never_given_to_another_wish(qapp: QApplication, tmp_path: Path) -> None:
    async with _opened(tmp_path) as (session, project):
        kept = "- greet the person by name"
        texts = (kept, f"{kept}\n- a zebra", kept, f"{kept}\n- quite another")
        ids = [_ids(await session.projects.edit_requirements(project, text)) for text in texts]
        assert ids == [["R1"], ["R1", "R4"], ["R1"], ["R1", "R5"]]


@pytest.mark.parametrize("text", ["", " \n\n", "- \n#"])
async def test_a_text_without_a_wish_is_refused_and_nothing_changes(
    qapp: QApplication, tmp_path: Path, text: str
) -> None:
    async with _opened(tmp_path) as (session, project):
        with pytest.raises(InvalidInput):
            await session.projects.edit_requirements(project, text)
        assert (await session.projects.find(project.id)).requirements_text == FIRST
        assert await _edits(session, project) == []


async def test_the_same_text_again_is_no_edit(qapp: QApplication, tmp_path: Path) -> None:
    async with _opened(tmp_path) as (session, project):
        await session.projects.edit_requirements(project, FIRST)
        assert await _edits(session, project) == []


async def test_an_edit_survives_a_restart_with_its_ids(qapp: QApplication, tmp_path: Path) -> None:
    async with _opened(tmp_path) as (session, project):
        await session.projects.edit_requirements(project, "- write a summary of it all\n- a zebra")
    session = await App(StartOptions(data_dir=tmp_path, offline=True)).writing()
    try:
        assert _ids(await session.projects.find(project.id)) == ["R3", "R4"]
    finally:
        await session.close()


async def test_a_rehearsal_has_every_planner_and_nobody_else_without_a_key(qapp: QApplication, tmp_path: Path) -> None:
    async with _opened(tmp_path) as (session, _):
        there = await session.projects.planners(rehearsal=True)
        assert {choice.provider for choice in there.choices.values()} == {"rehearsal"}
        with pytest.raises(InvalidInput):
            await session.projects.planners(rehearsal=False)
