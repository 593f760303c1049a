"""Do, undo and redo lead to where they came from, whatever is done in whatever order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.ids import PlanHash
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.texts import text
from orchestra_desktop.viewmodels.plan_history import MOST_KEPT, PlanHistory, ReplacePlan


def _plan(number: int) -> Plan:
    return Plan(f"plan {number}", ())


def _edit(before: int, after: int) -> ReplacePlan:
    hashes = PlanHash(str(before)), PlanHash(str(after))
    return ReplacePlan(_plan(before), hashes[0], _plan(after), hashes[1], text("plan.edit_undone"))


class Draft:
    """A draft with its history, and a plain list of every plan there was to compare with."""

    def __init__(self) -> None:
        self.history = PlanHistory()
        self.now = 0
        self.next = 1
        self.line = [0]
        self.at = 0

    @property
    def hash(self) -> PlanHash:
        return PlanHash(str(self.now))

    def do(self) -> None:
        self.history.did(_edit(self.now, self.next))
        self.now, self.next = self.next, self.next + 1
        self.line[self.at + 1 :] = [self.now]
        self.at += 1

    def undo(self) -> None:
        edit = self.history.undoable(self.hash)
        assert (edit is None) is (self.at == 0)
        if edit is not None:
            self.now, self.at = int(edit.before_hash), self.at - 1
            self.history.undid()

    def redo(self) -> None:
        edit = self.history.redoable(self.hash)
        assert (edit is None) is (self.at == len(self.line) - 1)
        if edit is not None:
            self.now, self.at = int(edit.after_hash), self.at + 1
            self.history.redid()


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=40))
def test_the_draft_is_always_where_a_plain_list_of_plans_says(steps: list[str]) -> None:
    draft = Draft()
    for step in steps:
        getattr(draft, step)()
        assert draft.now == draft.line[draft.at]


def test_after_a_change_from_elsewhere_nothing_before_it_can_be_undone() -> None:
    history = PlanHistory()
    history.did(_edit(0, 1))
    assert history.undoable(PlanHash("7")) is None
    history.did(_edit(7, 8))
    history.undid()
    assert history.undoable(PlanHash("7")) is None


def test_only_so_many_edits_are_kept() -> None:
    history = PlanHistory()
    for number in range(MOST_KEPT + 50):
        history.did(_edit(number, number + 1))
    for number in range(MOST_KEPT + 50, 50, -1):
        assert history.undoable(PlanHash(str(number))) is not None
        history.undid()
    assert history.undoable(PlanHash("50")) is None
