"""Numbers stand at the line where their requirement begins, and say what an edit would change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.viewmodels.requirement_lines import RequirementsDiff, numbering

LINES = [
    ("bullets", "- one\n- two", [0, 1]),
    ("a heading above is context", "# Hello\n\n- one\n- two", [2, 3]),
    ("a heading of the same words as its only paragraph", "# Hello\nHello", [1]),
    ("headings with nothing under them", "# One\n# Two ##", [0, 1]),
    ("a lead-in of the same words", "one:\n\n- one:", [2]),
    ("paragraphs", "First,\nstill first.\n\nSecond.", [0, 3]),
    ("nested bullets belong to their parent", "- one\n  - two\n- two", [0, 2]),
    ("code that looks like a bullet", "- one\n```\n- two\n```\n- two", [0, 4]),
    ("the same wish twice", "- one\n- one", [0, 1]),
    ("tick boxes and numbers", "1. [ ] one\n2) two", [0, 1]),
    ("windows line ends", "# T\r\n- one\r\n- two\r\n", [1, 2]),
    ("tabs", "-\tone\n\t- part\n-\ttwo", [0, 2]),
    ("nothing", "\n\n", []),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_a_number_stands_at_the_line_where_its_requirement_begins(text: str, expected: list[int]) -> None:
    assert [line.line for line in numbering(text).lines] == expected


@given(st.lists(st.text(alphabet="ab -#*1.`:\n\t", max_size=12), max_size=12).map("\n".join))
def test_numbers_never_stand_twice_at_one_line_nor_out_of_order(text: str) -> None:
    found = numbering(text)
    places = [line.line for line in found.lines]
    assert places == sorted(set(places))
    assert all(place < len(text.split("\n")) for place in places)
    assert {line.id for line in found.lines} <= {requirement.id for requirement in found.requirements}


def test_an_edit_keeps_ids_and_says_what_came_went_and_changed() -> None:
    before = numbering("- greet the person by name\n- print the date of today\n- a summary").requirements
    found = numbering("- tests\n- greet the person by first name\n- a summary", before)
    assert [(line.id, line.sign) for line in found.lines] == [("R4", "+"), ("R1", "~"), ("R3", "")]
    assert found.diff == RequirementsDiff((RequirementId("R4"),), (RequirementId("R1"),), (RequirementId("R2"),))


def test_an_id_that_was_ever_given_is_not_given_again() -> None:
    before = numbering("- one thing").requirements
    found = numbering("- one thing\n- something quite different", before, {RequirementId("R7")})
    assert [requirement.id for requirement in found.requirements] == ["R1", "R8"]


def test_a_first_text_has_no_signs() -> None:
    assert [line.sign for line in numbering("- one\n- two").lines] == ["", ""]


def test_each_line_of_a_long_text_has_its_number() -> None:
    text = "\n".join(f"- wish number {number} of many" for number in range(5_000))
    assert [(line.line, line.id) for line in numbering(text).lines] == [(n, f"R{n + 1}") for n in range(5_000)]
