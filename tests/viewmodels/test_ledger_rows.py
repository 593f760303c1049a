"""The calls of a run as its events tell them: held, then settled once, in each of the ways there are."""

from __future__ import annotations

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import Flag, LineState, Purpose
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.viewmodels.ledger_rows import CostLines
from tests.viewmodels.happenings import RUN, Happenings


def test_a_call_is_held_first_and_settled_once() -> None:
    happened = Happenings()
    for name in ("a", "b", "c", "d"):
        happened.add(ev.CallReserved(CallId(name), Purpose.TASK, "anthropic", "m", 5_000, 10), 1, 1)
    happened.add(ev.CallCharged(CallId("a"), 700, Usage(10, 2), flags=(Flag.USAGE_MISSING,)), 1, 1)
    happened.add(ev.CallVoided(CallId("b"), "unreachable", "refused"), 1, 1)
    happened.add(ev.CallUnconfirmed(CallId("c"), 5_000, "timeout"), 1, 1)
    lines = CostLines(RUN)
    assert lines.take(happened.events)
    assert not lines.take(happened.events)
    assert lines.sums() == (700, 5_000, 5_000)
    states = {line.call: (line.state, line.note) for line in lines.lines()}
    assert states == {
        "a": (LineState.CHARGED, "usage missing"),
        "b": (LineState.VOIDED, "refused"),
        "c": (LineState.UNCONFIRMED, "timeout"),
        "d": (LineState.OPEN, ""),
    }
    assert [line.call for line in lines.lines()] == ["d", "c", "b", "a"]
