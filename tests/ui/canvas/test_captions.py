"""The words on nodes: tier, time and cost, what is waited for, what changed, and nothing that could be markup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.canvas import captions
from orchestra_desktop.ui.canvas.frame_painter import phase_title
from orchestra_desktop.viewmodels.graph_faces import Mark, NodeFace
from tests.ui.canvas.plans import (
    CENT,
    NOW,
    SECOND,
)

PLANNED = NodeFace(TaskId("T1"), "Write it", "sonnet")
RUNNING = replace(PLANNED, state=TaskState.RUNNING, started_at=NOW - 24 * SECOND, charged=2 * CENT)


@pytest.mark.parametrize(
    ("face", "line"),
    [
        (PLANNED, "sonnet"),
        (replace(PLANNED, quoted=(3 * CENT, 6 * CENT)), "sonnet · $0.03–0.06"),
        (replace(PLANNED, quoted=(0, CENT)), "sonnet · $0.00–0.01"),
        (replace(PLANNED, quoted=(0, 0), expected_s=50.0), "sonnet · free · 0:50"),
        (replace(PLANNED, quoted=(0, 0), expected_s=0.4), "sonnet · free · 0.4 s"),
        (RUNNING, "sonnet · 0:24 · $0.02"),
        (replace(RUNNING, state=TaskState.SUCCEEDED, finished_at=NOW + 14 * SECOND), "sonnet · 38 s · $0.02"),
        (replace(RUNNING, state=TaskState.SUCCEEDED, finished_at=NOW, charged=0), "sonnet · 24 s · free"),
        (replace(PLANNED, state=TaskState.WAITING, after=(TaskId("T5"),)), "sonnet · after T5"),
        (replace(PLANNED, state=TaskState.WAITING, after=(TaskId("T5"), TaskId("T6"))), "sonnet · after 2 tasks"),
        (replace(PLANNED, state=TaskState.NEEDS_PERSON), "sonnet · asks you"),
        (replace(PLANNED, state=TaskState.SKIPPED), "sonnet"),
    ],
)
def test_the_second_line_says_what_matters_in_each_state(face: NodeFace, line: str) -> None:
    assert captions.line(face, NOW) == line


def test_the_state_is_a_word_and_a_planned_task_says_how_its_plan_is() -> None:
    assert captions.word(PLANNED, "draft") == "draft"
    assert captions.word(RUNNING, "draft") == "running"
    assert captions.word(replace(PLANNED, mark=Mark.REMOVED), "draft") == "removed"


def test_a_badge_says_what_changed_or_how_often_was_tried() -> None:
    assert captions.badge(replace(PLANNED, mark=Mark.ADDED)) == "+"
    assert captions.badge(replace(PLANNED, mark=Mark.REMOVED)) == "−"
    assert captions.badge(replace(RUNNING, attempts=2)) == "try 2"
    assert captions.badge(replace(RUNNING, attempts=1)) == ""


def test_a_title_from_a_model_shows_its_control_characters() -> None:
    assert captions.title(replace(PLANNED, title="a\u202eb\nc")) == "a\\u202eb c"


def test_the_tool_tip_says_everything_uncut() -> None:
    face = replace(RUNNING, title="x" * 300, state=TaskState.WAITING, reason=text("task.gaps"), mark=Mark.CHANGED)
    words = captions.tool_tip(face, NOW, "draft")
    assert "x" * 300 in words
    assert "changed since the version before" in words


def test_a_running_clock_keeps_its_width() -> None:
    assert [captions.clock(seconds) for seconds in (0, 24, 72, 7_509)] == ["0:00", "0:24", "1:12", "2:05:09"]


def test_a_phase_is_numbered_unless_its_name_is() -> None:
    assert phase_title(1, "Foundation") == "Phase 1 · Foundation"
    assert phase_title(2, "Phase B: docs") == "Phase B: docs"
    assert phase_title(3, "") == "Phase 3"
