"""Changes are gathered and told on one timer, and only while somebody looks."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.ids import ProjectId, TaskId
from orchestra_desktop.ui.flush import Flush
from orchestra_desktop.ui.selection import Selection
from orchestra_desktop.viewmodels.workspace import Topic


async def test_a_thousand_marks_are_told_once(qapp: QApplication) -> None:
    told: list[frozenset[Topic]] = []
    done = asyncio.Event()
    flush = Flush()
    flush.changed.connect(told.append)
    flush.changed.connect(lambda _: done.set())
    for _ in range(1_000):
        flush.mark(Topic.EVENTS)
        flush.mark(Topic.MONEY)
    await done.wait()
    assert told == [frozenset({Topic.EVENTS, Topic.MONEY})]


def test_nothing_is_told_while_the_window_is_hidden_and_all_of_it_afterwards(qapp: QApplication) -> None:
    told: list[frozenset[Topic]] = []
    flush = Flush()
    flush.changed.connect(told.append)
    flush.mark(Topic.TASKS)
    flush.set_visible(False)
    flush.mark(Topic.RUN)
    assert told == []
    flush.set_visible(True)
    assert told == [frozenset({Topic.TASKS, Topic.RUN})]


def test_streamed_text_is_told_once_and_apart_from_the_topics(qapp: QApplication) -> None:
    told: list[object] = []
    flush = Flush()
    flush.progressed.connect(lambda: told.append("text"))
    flush.changed.connect(told.append)
    flush.mark_progress()
    flush.mark_progress()
    flush.now()
    flush.mark(Topic.TASKS)
    flush.now()
    assert told == ["text", frozenset({Topic.TASKS})]


def test_what_comes_before_a_flush_is_called_just_before_it(qapp: QApplication) -> None:
    order: list[str] = []
    flush = Flush()
    flush.before = lambda: order.append("before")
    flush.changed.connect(lambda _: order.append("told"))
    flush.mark(Topic.RUN)
    flush.now()
    flush.now()
    assert order == ["before", "told"]


def test_picking_the_same_again_says_nothing(qapp: QApplication) -> None:
    selection = Selection()
    heard: list[object] = []
    selection.tasks_changed.connect(heard.append)
    selection.pick(TaskId("T1"), TaskId("T2"))
    selection.pick(TaskId("T1"), TaskId("T2"))
    assert heard == [frozenset({"T1", "T2"})]
    assert selection.task == "T2"


def test_another_project_lets_the_tasks_of_the_one_before_go(qapp: QApplication) -> None:
    selection = Selection()
    selection.pick_project(ProjectId("p1"))
    selection.pick(TaskId("T1"))
    selection.pick_plan(2)
    selection.pick_project(ProjectId("p2"))
    assert selection.tasks == frozenset()
    assert selection.plan is None
