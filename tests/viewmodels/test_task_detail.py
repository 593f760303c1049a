"""A task in full: attempts with how they ended, tool uses matched with their returns, money per attempt, files."""

from __future__ import annotations

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import CallId, Digest, TaskId, ToolUseId
from orchestra_desktop.domain.ledger import Purpose
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.viewmodels.task_detail import Outcome, TaskDetail
from tests.viewmodels.happenings import Happenings


def detail_of(happened: Happenings) -> TaskDetail:
    detail = TaskDetail(TaskId("T1"))
    detail.take(happened.events)
    return detail


def two_attempts() -> Happenings:
    happened = Happenings()
    happened.begun(1)
    happened.called(1, amount=300, usage=Usage(100, 10, cache_read_tokens=50))
    happened.answered(1, prompt="prompt 1")
    happened.add(ev.AttemptFailed(1, text("attempt.empty"), output=Digest("draft")), 1, 1)
    happened.moved(1, TaskState.RUNNING, TaskState.READY)
    happened.begun(1, attempt=2)
    happened.called(1, 2, amount=500)
    happened.answered(1, 2, prompt="prompt 2")
    return happened


def test_each_attempt_keeps_its_own_cost_and_how_it_ended() -> None:
    happened = two_attempts()
    happened.succeeded(1, 2)
    first, second = detail_of(happened).attempts
    assert (first.charged, first.outcome, first.reason) == (300, Outcome.FAILED, text("attempt.empty"))
    assert (second.charged, second.outcome) == (500, Outcome.SUCCEEDED)
    assert second.ended_at is not None


def test_the_whole_task_is_the_sum_of_its_attempts() -> None:
    detail = detail_of(two_attempts())
    assert detail.charged == 800
    assert (detail.usage.prompt_tokens, detail.usage.output_tokens) == (250, 30)
    assert detail.prompt == "prompt 2"
    assert detail.output == "draft"
    assert detail.current is not None
    assert detail.current.outcome is Outcome.RUNNING


def test_events_may_be_given_twice() -> None:
    happened = two_attempts()
    detail = detail_of(happened)
    assert not detail.take(happened.events)
    assert detail.charged == 800


def test_what_is_held_is_let_go_by_each_way_to_settle() -> None:
    happened = Happenings()
    happened.begun(1)
    calls = [CallId(name) for name in ("charged", "voided", "unconfirmed", "open")]
    for call in calls:
        happened.add(ev.CallReserved(call, Purpose.TASK, "anthropic", "claude-haiku-5-5", 5_000, 8_192), 1, 1)
    assert detail_of(happened).holding == 20_000
    happened.add(ev.CallCharged(calls[0], 700, Usage(10, 2)), 1, 1)
    happened.add(ev.CallVoided(calls[1], "unreachable"), 1, 1)
    happened.add(ev.CallUnconfirmed(calls[2], 5_000, "timeout"), 1, 1)
    detail = detail_of(happened)
    assert (detail.charged, detail.holding, detail.unconfirmed) == (700, 5_000, 5_000)


def test_tool_uses_with_the_same_id_in_two_rounds_are_matched_in_their_order() -> None:
    happened = Happenings()
    happened.begun(1)
    for number in (1, 2):
        happened.answered(1, number=number)
        use, output = ToolUseId("use_1"), Digest(f"output {number}")
        happened.add(ev.ToolCalled(use, "read_file", Digest(f"input {number}"), "a.py"), 1, 1)
        happened.add(ev.ToolReturned(use, "read_file", output, is_error=number == 2, milliseconds=3), 1, 1)
    tools = detail_of(happened).tools
    assert [(tool.round, tool.output, tool.is_error) for tool in tools] == [
        (1, "output 1", False),
        (2, "output 2", True),
    ]


def test_a_file_that_was_written_twice_stands_there_once_as_it_is_now() -> None:
    happened = Happenings()
    happened.begun(1)
    for number in (1, 2):
        happened.answered(1, number=number)
        happened.add(ev.ToolCalled(ToolUseId(f"use {number}"), "write_file", Digest("i"), "a.py"), 1, 1)
        artifact = Artifact("a.py", f"sha {number}", 10 * number)
        happened.add(
            ev.ToolReturned(ToolUseId(f"use {number}"), "write_file", Digest("o"), False, 3, (artifact,)), 1, 1
        )
    (file,) = detail_of(happened).files.values()
    assert (file.artifact.sha256, file.times) == ("sha 2", 2)


def test_an_attempt_that_is_taken_up_again_runs_on() -> None:
    happened = Happenings()
    happened.begun(1)
    happened.moved(1, TaskState.RUNNING, TaskState.READY)
    assert detail_of(happened).attempts[0].outcome is Outcome.STOPPED
    happened.add(ev.AttemptResumed(1, 1), 1, 1)
    assert detail_of(happened).attempts[0].outcome is Outcome.RUNNING
