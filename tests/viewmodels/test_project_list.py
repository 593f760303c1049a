"""The list of projects: newest first, found by every word of the name or the beginning of the id."""

from __future__ import annotations

from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.viewmodels.project_list import project_rows


def _project(id_: str, name: str, updated_at: int = 0) -> Project:
    return Project(
        ProjectId(id_),
        name,
        "- one",
        (),
        Rigor.L2,
        "/tmp/w",
        False,
        ProjectState.DRAFT,
        created_at=0,
        updated_at=updated_at,
    )


PROJECTS = (
    _project("a1", "Quarterly report", 1),
    _project("b2", "Data import", 3),
    _project("c3", "Report of data", 2),
)


def test_the_project_that_changed_last_comes_first() -> None:
    assert [row.id for row in project_rows(PROJECTS, {})] == ["b2", "c3", "a1"]


def test_a_search_wants_every_word_and_does_not_look_at_case() -> None:
    assert [row.id for row in project_rows(PROJECTS, {}, " REPORT data ")] == ["c3"]


def test_a_search_finds_the_beginning_of_an_id() -> None:
    assert [row.id for row in project_rows(PROJECTS, {}, "a1")] == ["a1"]
    assert project_rows(PROJECTS, {}, "1") == ()


def test_what_was_charged_is_unknown_until_it_is_read() -> None:
    assert [row.charged for row in project_rows(PROJECTS, {ProjectId("c3"): 5})] == [None, 5, None]


def test_a_name_that_steers_the_terminal_or_the_reading_direction_is_shown_harmless() -> None:
    (row,) = project_rows([_project("d4", "a\x1b[31m\u202eb\nc")], {})
    assert row.name == "a\\x1b[31m\\u202eb c"
