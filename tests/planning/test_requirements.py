"""Requirements are numbered as a person would count them, and keep their numbers when the text is edited."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.planning.requirements import headings_of, items, renumber
from orchestra_desktop.resource_files import resource_text

COUNTED = [
    ("three bullets are three requirements", "- one\n- two\n- three", ["one", "two", "three"]),
    ("every kind of bullet", "* a\n+ b\n• c\n- d", ["a", "b", "c", "d"]),
    ("numbered lines", "1. one\n2) two\n(3) three", ["one", "two", "three"]),
    ("a numbered line under a paragraph", "We need:\n1. one\n2. two", ["one", "two"]),
    ("paragraphs", "First wish,\nstill first.\n\nSecond wish.", ["First wish,\nstill first.", "Second wish."]),
    ("a heading over bullets is their context", "# Title\n\n- one\n- two", ["one", "two"]),
    ("a heading with nothing under it", "# A login page\n# A logout page", ["A login page", "A logout page"]),
    ("a heading over headings", "# Pages\n## Login\n## Logout\n- clears the cookie", ["Login", "clears the cookie"]),
    ("a heading at the end", "- one\n\n## Two", ["one", "Two"]),
    ("an underlined heading", "Title\n=====\n\n- one", ["one"]),
    ("nested bullets belong to their parent", "- one\n  - a\n  - b\n- two", ["one\n- a\n- b", "two"]),
    ("nested under a number", "1. one\n   - part\n2. two", ["one\n- part", "two"]),
    ("an indented paragraph belongs to its item", "- one\n\n  more of one\n\n- two", ["one\n\nmore of one", "two"]),
    (
        "a code block stays with its item",
        "- run\n```\n- not a bullet\n\n# no heading\n```\n- two",
        ["run\n```\n- not a bullet\n\n# no heading\n```", "two"],
    ),
    ("a code block alone", "```sh\n1. x\n\n2. y\n```", ["```sh\n1. x\n\n2. y\n```"]),
    ("a code block that nobody closed", "- one\n```\n- a\n- b", ["one\n```\n- a\n- b"]),
    ("a longer fence holds a shorter one", "- one\n````\n```\n- x\n````\n- two", ["one\n````\n```\n- x\n````", "two"]),
    ("a lead-in is context of its list", "The program must:\n\n- start\n- stop", ["start", "stop"]),
    ("a colon without a list is a wish", "It says:\n\nhello", ["It says:", "hello"]),
    ("check boxes", "- [ ] one\n- [x] two", ["one", "two"]),
    ("a rule separates", "one\n\n---\n\ntwo\n\n***\n\n- three", ["one", "two", "three"]),
    ("empty bullets and headings count for nothing", "- \n- one\n*\n##\n", ["one"]),
    ("a hyphenated line is no bullet", "-5 degrees is cold", ["-5 degrees is cold"]),
    ("windows line ends", "- one\r\n- two\r\n", ["one", "two"]),
    ("nothing", " \n\n\t\n", []),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in COUNTED], ids=[case[0] for case in COUNTED])
def test_requirements_are_counted_as_a_person_counts(text: str, expected: list[str]) -> None:
    assert [item.text for item in items(text)] == expected


def test_the_sample_has_three_requirements_under_its_title() -> None:
    text = resource_text("samples/hello-world.md")
    requirements = renumber((), text)
    assert [requirement.id for requirement in requirements] == ["R1", "R2", "R3"]
    assert set(headings_of(requirements, text).values()) == {"Hello, world"}


def test_headings_are_known_from_the_outermost_in() -> None:
    text = "# Shop\n## Basket\n- add\n# Help\nA page."
    assert list(headings_of(renumber((), text), text).values()) == ["Shop / Basket", "Help"]


def numbered(text: str, old: tuple[Requirement, ...] = ()) -> dict[str, str]:
    return {requirement.text: requirement.id for requirement in renumber(old, text)}


def test_an_edited_requirement_keeps_its_id() -> None:
    old = renumber((), "- A script that prints a greeting\n- A page with the steps to run it")
    new = numbered("- A page with the exact steps to run it\n- A Python script that prints a friendly greeting", old)
    assert new == {
        "A page with the exact steps to run it": "R2",
        "A Python script that prints a friendly greeting": "R1",
    }


def test_an_equal_text_is_a_surer_match_than_one_that_only_looks_alike() -> None:
    old = renumber((), "- beep beep beep beep\n- beep beep beep")
    assert numbered("- beep beep beep\n- beep beep beep beep", old) == {
        "beep beep beep beep": "R1",
        "beep beep beep": "R2",
    }


def test_another_wish_in_the_same_place_gets_a_new_id() -> None:
    old = renumber((), "- Print the date\n- Send mail to the team")
    assert numbered("- Print the date\n- Draw a lighthouse at dusk", old) == {
        "Print the date": "R1",
        "Draw a lighthouse at dusk": "R3",
    }


def test_an_id_that_a_plan_names_is_not_given_to_another_requirement() -> None:
    old = renumber((), "- Print the date")
    new = renumber(old, "- Print the date\n- Send mail", taken=[RequirementId("R4")])
    assert [requirement.id for requirement in new] == ["R1", "R5"]


def test_requirements_in_a_language_without_spaces_are_recognised() -> None:
    old = renumber((), "- 今日の日付を表示するスクリプト\n- 実行手順を書いたページ")
    assert numbered("- 実行手順を正確に書いたページ\n- 今日の日付を表示する小さなスクリプト", old) == {
        "実行手順を正確に書いたページ": "R2",
        "今日の日付を表示する小さなスクリプト": "R1",
    }


WISH = st.text(st.characters(categories=("L", "N"), include_characters=" "), min_size=1, max_size=40).filter(
    lambda wish: wish.strip() != ""
)
LINES = ["", "- one", "  - nested", "# Heading", "## Sub", "```", "1. first", "text", "    deep", "---", "===", "must:"]
MARKDOWN = st.lists(
    st.one_of(st.sampled_from([*LINES, "\t- tab"]), st.text(max_size=15)),
    max_size=25,
).map("\n".join)


@given(MARKDOWN)
def test_any_text_is_numbered_without_gaps_and_numbering_it_again_changes_nothing(text: str) -> None:
    once = renumber((), text)
    assert [requirement.id for requirement in once] == [f"R{place}" for place in range(1, len(once) + 1)]
    assert all(requirement.text.strip() for requirement in once)
    assert renumber(once, text) == once


@given(MARKDOWN)
def test_no_word_of_a_list_is_lost(text: str) -> None:
    """What is not a heading or a lead-in reaches some requirement."""
    words = {word for line in text.split("\n") if line.startswith("- ") for word in re.findall(r"\w+", line)}
    kept = " ".join(item.text + " " + " ".join(item.headings) for item in items(text))
    assert [word for word in words if word not in kept] == []


@given(st.lists(WISH, min_size=1, max_size=12, unique_by=str.strip), WISH, st.data())
def test_inserting_a_requirement_keeps_the_ids_of_the_others(
    wishes: list[str], extra: str, data: st.DataObject
) -> None:
    assume(extra.strip() not in {wish.strip() for wish in wishes})
    before = renumber((), "\n".join(f"- {wish}" for wish in wishes))
    place = data.draw(st.integers(0, len(wishes)))
    after = renumber(before, "\n".join(f"- {wish}" for wish in [*wishes[:place], extra, *wishes[place:]]))
    assert [requirement for requirement in after if requirement in before] == list(before)
    assert {requirement.id for requirement in after} - {requirement.id for requirement in before} == {
        f"R{len(wishes) + 1}"
    }


@given(st.lists(WISH, max_size=8), st.lists(WISH, max_size=8))
def test_no_id_is_ever_given_twice(before: list[str], after: list[str]) -> None:
    old = renumber((), "\n".join(f"- {wish}" for wish in before))
    new = renumber(old, "\n".join(f"- {wish}" for wish in after))
    assert len({requirement.id for requirement in new}) == len(new)


def test_of_thousands_of_edited_requirements_each_keeps_its_own_id() -> None:
    old = renumber((), "\n".join(f"- The report number {n} shows {n * 7} rows" for n in range(2_000)))
    new = renumber(old, "\n".join(f"- The report number {n} shows {n * 7} lines" for n in range(2_000)))
    assert [requirement.id for requirement in new] == [requirement.id for requirement in old]
