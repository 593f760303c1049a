"""The rules of spelling: what is refused on every system, and what is left."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import ToolError
from orchestra_desktop.tools.protected_names import PROTECTED as TABLE
from orchestra_desktop.tools.protected_names import why_protected
from orchestra_desktop.tools.refusal import sentence_of
from orchestra_desktop.tools.workspace_path import parse_path, same_name_key
from tests.tools.attacks import ALLOWED, ATTACKS, PROTECTED, spread


@pytest.mark.parametrize(("what", "path"), spread(ATTACKS), ids=repr)
def test_a_path_that_some_system_takes_for_another_place_is_refused(what: str, path: str) -> None:
    with pytest.raises(ToolError) as refusal:
        parse_path(path)
    assert sentence_of(refusal.value).isprintable()


@pytest.mark.parametrize(("what", "path"), spread(PROTECTED), ids=repr)
def test_what_other_programs_run_by_themselves_is_refused(what: str, path: str) -> None:
    with pytest.raises(ToolError, match=r"tool\.refused") as refusal:
        parse_path(path)
    assert "is protected" in sentence_of(refusal.value)


@pytest.mark.parametrize(("path", "becomes"), ALLOWED.items())
def test_an_ordinary_path_passes_in_one_spelling(path: str, becomes: str) -> None:
    assert parse_path(path).text == becomes


@pytest.mark.parametrize("pattern", [pattern for row in TABLE for pattern in row.patterns.split()])
def test_every_row_of_the_table_is_written_in_the_form_it_is_compared_in(pattern: str) -> None:
    name = pattern.replace("*", "x")
    assert why_protected(name, is_file=True)
    assert why_protected(name.upper(), is_file=True)


def test_case_and_unicode_forms_of_one_name_have_one_key() -> None:
    assert (
        len({same_name_key(name) for name in ("Été", "e\u0301te\u0301", "ÉTÉ", "ete\u0301".replace("e", "é", 1))}) == 1
    )
    assert same_name_key("straße") == same_name_key("STRASSE")
    assert same_name_key("a") != same_name_key("b")


_PIECES = st.sampled_from(
    [*"/\\.:~ $%*?-_aAbé\0\u202e\u200bſK．／", "..", "./", "../", "e\u0301", "CON", ".git", "~1", "&"]
)


@given(st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=40))
@example("\N{GREEK QUESTION MARK}")
@example("a\N{FULLWIDTH SOLIDUS}..\N{FULLWIDTH SOLIDUS}b")
def test_what_passes_is_plainly_inside_and_stays_what_it_is(path: str) -> None:
    try:
        parsed = parse_path(path)
    except ToolError:
        return
    assert parse_path(parsed.text) == parsed
    assert unicodedata.is_normalized("NFC", parsed.text)
    assert not {"", ".", ".."} & set(parsed.parts)
    assert not set('\\:<>"|?*') & set(parsed.text)
    assert all(part == part.strip() and not part.endswith(".") for part in parsed.parts)
