"""Texts are cut where a reader would pause, and room is shared so that short ones stay whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.prompts.shortening import shares, shortened, size_in_bytes, token_estimate


@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(0, 50_000))
def test_shares_never_exceed_the_room_or_the_need_and_waste_nothing(sizes: list[int], room: int) -> None:
    given_ = shares(sizes, room)
    assert all(0 <= share <= size for share, size in zip(given_, sizes, strict=True))
    assert sum(given_) <= room
    if sum(sizes) <= room:
        assert given_ == sizes
    else:
        assert room - sum(given_) < len(sizes)


def test_a_short_result_stays_whole_beside_a_long_one() -> None:
    assert shares([100, 100_000, 50], 10_000) == [100, 9_850, 50]


@given(st.text(), st.integers(0, 300))
def test_shortened_text_fits_and_is_the_beginning(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert size_in_bytes(short) <= max(limit, 0) or short == text
    assert text.encode("utf-8", "replace").decode().startswith(short) or text.startswith(short)


def test_a_cut_falls_behind_a_sentence() -> None:
    text = "First sentence. Second sentence is here. Third one goes on and on."
    assert shortened(text, 50) == "First sentence. Second sentence is here."


def test_a_cut_without_sentences_falls_between_words() -> None:
    assert shortened("one two three four five", 14) == "one two three"


def test_tokens_are_a_quarter_of_the_bytes() -> None:
    assert token_estimate("abcde") == 2
    assert token_estimate("äöü") == 2
    assert token_estimate("") == 0
