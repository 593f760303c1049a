"""Lines a widget can bear, cut alike however the text arrives; nothing lost, nothing that steers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.messages import Message
from orchestra_desktop.viewmodels.output_text import LEEWAY, SoftBreaks, shown_text, tail, thinking_of

texts = st.text(st.sampled_from("ab \n\tä漢"), max_size=400)


def lines_of(breaks: SoftBreaks, chunks: list[str]) -> list[tuple[str, bool]]:
    """The lines as a widget has them in the end, each with whether it goes on in the next."""
    lines: list[tuple[str, bool]] = [("", False)]
    for chunk in chunks:
        pieces = list(breaks.pieces(chunk))
        for place, piece in enumerate(pieces):
            lines[-1] = (lines[-1][0] + piece.text, piece.soft)
            if place < len(pieces) - 1:
                lines.append(("", False))
    return lines


@given(st.lists(texts, max_size=6), st.integers(1, 40))
def test_no_character_is_lost_and_only_soft_breaks_are_added(chunks: list[str], longest: int) -> None:
    lines = lines_of(SoftBreaks(longest), chunks)
    joined = "".join(
        text + ("" if soft or place == len(lines) - 1 else "\n") for place, (text, soft) in enumerate(lines)
    )
    assert joined == "".join(chunks)


@given(st.lists(texts, max_size=6), st.integers(1, 40))
def test_where_a_line_is_cut_does_not_depend_on_the_pieces(chunks: list[str], longest: int) -> None:
    assert lines_of(SoftBreaks(longest), chunks) == lines_of(SoftBreaks(longest), ["".join(chunks)])


@given(st.lists(texts, max_size=6), st.integers(1, 40))
def test_no_line_is_longer_than_it_may_be(chunks: list[str], longest: int) -> None:
    assert all(len(text) <= longest + LEEWAY for text, _ in lines_of(SoftBreaks(longest), chunks))


def test_three_hundred_thousand_characters_without_a_space_become_short_lines() -> None:
    lines = lines_of(SoftBreaks(), ["a" * 300_000])
    assert max(len(text) for text, _ in lines) <= 1_200
    assert sum(len(text) for text, _ in lines) == 300_000


def test_prose_is_cut_between_words() -> None:
    lines = lines_of(SoftBreaks(50), ["some words that go on " * 20])
    assert all(text.endswith(" ") for text, soft in lines if soft)


def test_the_end_of_a_long_text_begins_at_a_line() -> None:
    text = "\n".join(f"line {number}" for number in range(1_000))
    end, cut = tail(text, 100)
    assert cut
    assert end.startswith("line ")
    assert text.endswith(end)
    assert tail("short") == ("short", False)


def test_thinking_is_found_in_the_blocks_of_either_provider() -> None:
    claude = Message("assistant", native=({"type": "thinking", "thinking": " First. "}, {"type": "text", "text": "x"}))
    ollama = Message("assistant", native=({"role": "assistant", "thinking": "Then."},))
    assert thinking_of(claude) == "First."
    assert thinking_of(ollama) == "Then."
    assert thinking_of(Message("assistant", "x")) == ""


def test_what_steers_a_terminal_is_shown_and_steers_nothing() -> None:
    assert shown_text("a\x1b[31mb\n\u202ec") == "a\\x1b[31mb\n\\u202ec"
