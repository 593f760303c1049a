"""A plan on its way: drafted tasks pile up, a new request begins again, and a failure says what helps."""

from __future__ import annotations

from orchestra_desktop.domain.events import Event, PlanFailed, PlanProposed, PlanRequested, Scope, Stored
from orchestra_desktop.domain.ids import PlanHash, TaskId
from orchestra_desktop.domain.plan import TaskType, Tier
from orchestra_desktop.domain.projects import Rigor
from orchestra_desktop.domain.texts import text
from orchestra_desktop.planning.planner import PlanProgress
from orchestra_desktop.planning.streaming import DraftedTask
from orchestra_desktop.viewmodels.english import SENTENCES
from orchestra_desktop.viewmodels.plan_drafting import _ADVICE, DraftBoard, advice, newest_failure


def _drafted(number: int) -> DraftedTask:
    return DraftedTask(TaskId(f"T{number}"), f"Task {number}", TaskType.CODE)


def test_drafted_tasks_pile_up() -> None:
    board = DraftBoard()
    assert not board.take(PlanProgress(1, (_drafted(1),), 1, 400))
    assert not board.take(PlanProgress(1, (_drafted(2), _drafted(3)), 3, 900))
    assert [row.id for row in board.rows] == ["T1", "T2", "T3"]
    assert board.characters == 900


def test_a_second_request_makes_the_drafts_of_the_first_one_void() -> None:
    board = DraftBoard()
    board.take(PlanProgress(1, (_drafted(1), _drafted(2)), 2, 800))
    assert board.take(PlanProgress(2, (_drafted(7),), 1, 300))
    assert [row.id for row in board.rows] == ["T7"]


def _stored(*events: Event) -> list[Stored]:
    return [Stored(number, 0, Scope(), event) for number, event in enumerate(events, start=1)]


ASKED = PlanRequested(Rigor.L2, Tier.SONNET, "m")
FAILED = PlanFailed(text("plan.cut_off", max_tokens=5))


def test_the_last_planning_is_what_counts() -> None:
    assert newest_failure([]) is None
    failure = newest_failure(_stored(ASKED, FAILED))
    assert failure is not None
    assert failure.reason.key == "plan.cut_off"
    assert newest_failure(_stored(ASKED, FAILED, ASKED)) is None
    assert newest_failure(_stored(ASKED, FAILED, ASKED, PlanProposed(1, PlanHash("h"), 3, 0))) is None


def test_every_failure_with_advice_has_a_sentence() -> None:
    assert [key for key in _ADVICE if key not in SENTENCES] == []


def test_a_failure_that_nobody_foresaw_can_be_tried_again() -> None:
    assert advice(text("something.new")).can_retry
    assert not advice(text("requirements.empty")).can_retry
