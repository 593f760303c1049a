"""Finding what is meant from a few letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.ui.shell.fuzzy import score


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("ap", "Approve the plan", "Ask for a plan"),
        ("run", "Run Run", "Approve and run"),
        ("np", "New project", "Inspector"),
        ("set", "Settings", "Reset layout"),
    ],
)
def test_beginnings_of_words_are_meant_first(wanted: str, better: str, worse: str) -> None:
    first, second = score(wanted, better), score(wanted, worse)
    assert first is not None
    assert second is None or first > second


def test_letters_that_are_not_there_in_this_order_do_not_fit() -> None:
    assert score("zx", "Settings") is None
    assert score("gnittes", "Settings") is None


@given(st.text(max_size=12), st.text(max_size=40))
def test_no_text_is_too_odd(wanted: str, name: str) -> None:
    score(wanted, name)


@given(st.text(alphabet="abcdef ", min_size=1, max_size=20))
def test_a_name_fits_itself(name: str) -> None:
    assert score(name, name) is not None
