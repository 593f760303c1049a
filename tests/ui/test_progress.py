"""Streamed text on its way to the screen: kept piece by piece, told once per flush, bounded."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta
from orchestra_desktop.ui.flush import Flush
from orchestra_desktop.ui.progress import MOST_CHARACTERS, Progress, _Stream

RUN = RunId("f" * 32)
ONE, TWO = TaskId("T1"), TaskId("T2")


@pytest.fixture
def flush(qapp: QApplication) -> Iterator[Flush]:
    flush = Flush()
    yield flush
    flush.set_visible(False)  # else its timer runs on


@pytest.fixture
def progress(flush: Flush) -> Progress:
    return Progress(flush)


def _heard(progress: Progress) -> list[frozenset[TaskId]]:
    told: list[frozenset[TaskId]] = []
    progress.streamed.connect(told.append)
    return told


def test_all_pieces_between_two_flushes_are_told_once_and_stand_in_order(flush: Flush, progress: Progress) -> None:
    told = _heard(progress)
    for word in ("one ", "two ", "three"):
        progress.on_run(RUN, ONE, 1, TextDelta(word))
        progress.on_run(RUN, TWO, 1, TextDelta(word.upper()))
    assert told == []
    flush.now()
    assert told == [frozenset({ONE, TWO})]
    assert progress.text(RUN, ONE) == (1, "one two three")
    assert progress.text(RUN, TWO) == (1, "ONE TWO THREE")


def test_each_flush_tells_only_what_came_since_the_one_before(flush: Flush, progress: Progress) -> None:
    told = _heard(progress)
    progress.on_run(RUN, ONE, 1, TextDelta("one"))
    flush.now()
    flush.now()
    progress.on_run(RUN, TWO, 1, TextDelta("two"))
    flush.now()
    assert told == [frozenset({ONE}), frozenset({TWO})]


def test_what_comes_while_the_news_is_told_is_told_by_the_next_flush(flush: Flush, progress: Progress) -> None:
    told = _heard(progress)

    def one_more(tasks: frozenset[TaskId]) -> None:
        if TWO not in tasks:
            progress.on_run(RUN, TWO, 1, TextDelta("two"))

    progress.streamed.connect(one_more)
    progress.on_run(RUN, ONE, 1, TextDelta("one"))
    flush.now()
    flush.now()
    assert told == [frozenset({ONE}), frozenset({TWO})]


def test_what_streams_into_a_hidden_window_is_told_when_it_is_shown(flush: Flush, progress: Progress) -> None:
    told = _heard(progress)
    progress.on_run(RUN, ONE, 1, TextDelta("one"))
    flush.set_visible(False)
    progress.on_run(RUN, TWO, 1, TextDelta("two"))
    assert told == []
    flush.set_visible(True)
    assert told == [frozenset({ONE, TWO})]


@pytest.mark.parametrize("run_per_piece", [Progress.on_run, _Stream.take, Flush.mark_progress])
def test_keeping_a_piece_runs_no_import_statement(run_per_piece: Callable[..., object]) -> None:
    """Each runs PySide's hook: with 64 streams those alone were a third of all that the window needed."""
    assert "IMPORT_NAME" not in {each.opname for each in dis.get_instructions(run_per_piece)}


def test_thinking_is_not_part_of_the_text(progress: Progress) -> None:
    progress.on_run(RUN, ONE, 1, ThinkingDelta("hm"))
    progress.on_run(RUN, ONE, 1, TextDelta("one"))
    assert progress.text(RUN, ONE) == (1, "one")


def test_another_attempt_begins_anew(progress: Progress) -> None:
    progress.on_run(RUN, ONE, 1, TextDelta("one"))
    progress.on_run(RUN, ONE, 2, TextDelta("again"))
    assert progress.text(RUN, ONE) == (2, "again")


def test_of_a_very_long_stream_the_end_is_kept(progress: Progress) -> None:
    for number in range(9):
        progress.on_run(RUN, ONE, 1, TextDelta(str(number) * (MOST_CHARACTERS // 4)))
    attempt, text = progress.text(RUN, ONE)
    assert attempt == 1
    assert text == "".join(str(number) * (MOST_CHARACTERS // 4) for number in range(5, 9))


def test_a_run_that_has_ended_is_forgotten_and_no_other(progress: Progress) -> None:
    other = RunId("e" * 32)
    progress.on_run(RUN, ONE, 1, TextDelta("one"))
    progress.on_run(other, ONE, 1, TextDelta("other"))
    progress.forget(RUN)
    assert progress.text(RUN, ONE) == (0, "")
    assert progress.text(other, ONE) == (1, "other")


def test_the_pieces_of_a_plan_come_with_the_flush_and_in_order(flush: Flush, progress: Progress) -> None:
    told: list[tuple[str, object]] = []
    progress.plan_streamed.connect(lambda project, piece: told.append((project, piece)))
    for piece in (1, 2, 3):
        progress.on_plan(ProjectId("p"), piece)
    assert told == []
    flush.now()
    assert told == [("p", 1), ("p", 2), ("p", 3)]
