"""What is printed is aligned, harmless on a terminal and sayable in any locale."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.cli.output import Output, elided, table, width


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_columns_are_aligned_and_numbers_stand_at_the_right() -> None:
    lines = table(["task", "cost"], [["T1", "$1.00"], ["T10", "free"]], right=["cost"])
    assert lines == ["task   cost", "T1    $1.00", "T10    free"]


def test_wide_signs_take_two_columns() -> None:
    assert width("日本") == 4
    assert table(["a", "b"], [["日本", "x"], ["abcd", "y"]]) == ["a     b", "日本  x", "abcd  y"]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_a_table_is_one_line_for_each_row_whatever_is_in_it(rows: list[list[str]]) -> None:
    lines = table(["one", "two"], rows)
    assert len(lines) == len(rows) + 1
    assert not any(sign in line for line in lines for sign in "\n\r\x1b\t")


def test_long_cells_are_elided() -> None:
    assert elided("x" * 100) == "x" * 59 + "…"


def test_a_line_steers_no_terminal_but_keeps_its_line_ends() -> None:
    out = io.StringIO()
    Output(out, io.StringIO()).line("a\x1b]0;title\x07b\nc\u202e")
    assert out.getvalue() == "a\\x1b]0;title\\x07b\nc\\u202e\n"


def test_a_note_is_one_line() -> None:
    err = io.StringIO()
    Output(io.StringIO(), err).note("first\r\nsecond\x9b")
    assert err.getvalue() == "first second\\x9b\n"


def test_a_result_is_escaped_on_a_terminal_and_as_it_is_in_a_file() -> None:
    terminal, file = Terminal(), io.StringIO()
    Output(terminal, io.StringIO()).content("a\x1b[31m\n")
    Output(file, io.StringIO()).content("a\x1b[31m\n")
    assert terminal.getvalue() == "a\\x1b[31m\n"
    assert file.getvalue() == "a\x1b[31m\n"


def test_what_the_locale_cannot_say_is_escaped() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    out = Output(stream, io.StringIO())
    out.line("Grüße 🎉")
    out.flush()
    content = stream.buffer
    assert isinstance(content, io.BytesIO)
    assert content.getvalue() == b"Gr\\xfc\\xdfe \\U0001f389\n"


def test_progress_is_shown_on_a_terminal_alone() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    Output(io.StringIO(), terminal).progress("[##--]")
    Output(io.StringIO(), pipe).progress("[##--]")
    assert "[##--]" in terminal.getvalue()
    assert pipe.getvalue() == ""


def test_the_line_of_progress_gives_way_to_what_is_printed() -> None:
    err = Terminal()
    out = Output(io.StringIO(), err)
    out.progress("working")
    out.note("said")
    out.end_progress()
    assert err.getvalue() == "\r\x1b[Kworking\r\x1b[Ksaid\n\r\x1b[Kworking\r\x1b[K"


def test_progress_cannot_be_steered_either() -> None:
    err = Terminal()
    Output(io.StringIO(), err).progress("title \x1b[2J\nx")
    assert err.getvalue() == "\r\x1b[Ktitle \\x1b[2J x"
