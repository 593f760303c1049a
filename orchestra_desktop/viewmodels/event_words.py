"""What each event says in one line: its kind, its colour, its words and its figure, in no language yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.messages import StopReason, Usage
from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.viewmodels.amounts import size, span


class Family(StrEnum):
    """What an event is about; the pills of the filter."""

    STATE = "state"
    CALL = "call"
    TOOL = "tool"
    ASK = "ask"
    PLAN = "plan"
    HEALTH = "health"


Arg = str | int | float | Text


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence that has not been put into a language: an English source and its values, Texts among them."""

    source: str = ""
    args: Mapping[str, Arg] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventView:
    """One line. `tone` names the colour of its kind: a state, `accent` for tools, or nothing."""

    seq: int
    at: int
    task: TaskId | None
    attempt: int | None
    family: Family
    kind: Phrase
    tone: str
    words: Phrase
    figure: Phrase


def view_of(stored: ev.Stored) -> EventView:
    """Never fails: a type that this version has no words for shows its name."""
    told = _TELLERS.get(type(stored.event))
    family, kind, tone, words, figure = (
        told(stored.event) if told is not None else (Family.PLAN, Phrase(stored.type), "", _NONE, _NONE)
    )
    scope = stored.scope
    return EventView(stored.seq, stored.at, scope.task, scope.attempt, family, kind, tone, words, figure)


# -- what each type says ----------------------------------------------------------------------------------------------

Told = tuple[Family, Phrase, str, Phrase, Phrase]
_NONE = Phrase()


def _said(text: Text | None) -> Phrase:
    return Phrase("{reason}", {"reason": text}) if text is not None else _NONE


def _sum(amount: int) -> Phrase:
    return Phrase(shown(amount)) if amount else Phrase("free")


def _limit(amount: int | None) -> Phrase:
    return (
        Phrase("no ceiling")
        if amount is None
        else Phrase("ceiling {amount}", {"amount": shown(amount) if amount else "$0"})
    )


_STATE_KINDS: Mapping[TaskState, str] = {
    TaskState.WAITING: "waits",
    TaskState.READY: "ready",
    TaskState.RUNNING: "running",
    TaskState.VERIFYING: "verifying",
    TaskState.NEEDS_PERSON: "needs you",
    TaskState.BLOCKED: "blocked",
    TaskState.SUCCEEDED: "succeeded",
    TaskState.FAILED: "failed",
    TaskState.SKIPPED: "skipped",
    TaskState.CANCELLED: "cancelled",
}


def _state(event: ev.TaskStateChanged) -> Told:
    return Family.STATE, Phrase(_STATE_KINDS[event.to]), event.to.value, _said(event.reason), _NONE


def _attempt_started(event: ev.AttemptStarted) -> Told:
    words = Phrase(
        "attempt {number} · {model} · {why}", {"number": event.number, "model": event.model, "why": event.why}
    )
    return Family.STATE, Phrase("starts"), "running", words, _NONE


def _attempt_failed(event: ev.AttemptFailed) -> Told:
    words = Phrase("attempt {number} · {reason}", {"number": event.number, "reason": event.reason})
    return Family.STATE, Phrase("no result"), "failed", words, _NONE


def _attempt_resumed(event: ev.AttemptResumed) -> Told:
    words = Phrase("attempt {number} goes on after round {rounds}", {"number": event.number, "rounds": event.rounds})
    return Family.STATE, Phrase("goes on"), "running", words, _NONE


def _succeeded(event: ev.TaskSucceeded) -> Told:
    reused = event.reused_from is not None
    words = Phrase(
        "{verdict} · {count:,} characters" if event.verdict else "{count:,} characters",
        {
            "verdict": event.verdict.value if event.verdict else "",
            "count": event.characters,
        },
    )
    return Family.STATE, Phrase("reused" if reused else "result"), "reused" if reused else "succeeded", words, _NONE


def _retry_planned(event: ev.RetryPlanned) -> Told:
    words = Phrase("{fault}: {detail}", {"fault": event.fault, "detail": event.detail})
    return Family.CALL, Phrase("tries again"), "waiting", words, Phrase("in {time}", {"time": span(event.delay_s)})


def _tokens(usage: Usage | None) -> Mapping[str, Arg]:
    usage = usage or Usage()
    return {"input": usage.prompt_tokens, "output": usage.output_tokens, "cached": usage.cache_read_tokens}


def _charged(event: ev.CallCharged) -> Told:
    cached = event.usage is not None and event.usage.cache_read_tokens > 0
    source = "{input:,} in, {output:,} out, {cached:,} cached" if cached else "{input:,} in, {output:,} out"
    words = Phrase(source, _tokens(event.usage)) if event.usage is not None else Phrase("no usage was reported")
    return Family.CALL, Phrase("charged"), "", words, _sum(event.amount)


def _reserved(event: ev.CallReserved) -> Told:
    words = Phrase("{model} · {purpose}", {"model": event.model, "purpose": event.purpose.value})
    figure = Phrase("holds {amount}", {"amount": shown(event.amount)}) if event.amount else Phrase("free")
    return Family.CALL, Phrase("asks a model"), "", words, figure


def _voided(event: ev.CallVoided) -> Told:
    words = Phrase("{fault}: {detail}", {"fault": event.fault, "detail": event.detail})
    return Family.CALL, Phrase("not charged"), "waiting", words, Phrase("free")


def _unconfirmed(event: ev.CallUnconfirmed) -> Told:
    words = Phrase("{fault}: {detail}", {"fault": event.fault, "detail": event.detail})
    return (
        Family.CALL,
        Phrase("unconfirmed"),
        "needs_person",
        words,
        Phrase("up to {amount}", {"amount": shown(event.amount)}),
    )


_STOPS: Mapping[StopReason, str] = {
    StopReason.END_TURN: "round {round} · finished",
    StopReason.STOP_SEQUENCE: "round {round} · finished",
    StopReason.TOOL_USE: "round {round} · asks for tools",
    StopReason.MAX_TOKENS: "round {round} · cut at the output limit",
    StopReason.REFUSAL: "round {round} · refused",
    StopReason.PAUSE_TURN: "round {round} · pauses",
    StopReason.CONTEXT_EXCEEDED: "round {round} · more than the model can read",
    StopReason.UNKNOWN: "round {round} · no proper end",
}


def _round(event: ev.RoundFinished) -> Phrase:
    return Phrase(_STOPS[event.stop_reason], {"round": event.round})


def _tool_called(event: ev.ToolCalled) -> Told:
    return Family.TOOL, Phrase(event.tool), "accent", Phrase("{summary}", {"summary": event.summary}), _NONE


def _tool_returned(event: ev.ToolReturned) -> Told:
    files = event.artifacts
    parts = ", ".join(f"{artifact.path} · {size(artifact.bytes)}" for artifact in files[:3])
    words = Phrase("{files}", {"files": parts}) if files else _NONE
    source = "failed {time}" if event.is_error else "ok {time}"
    figure = Phrase(source, {"time": milliseconds(event.milliseconds)})
    return Family.TOOL, Phrase(event.tool), "failed" if event.is_error else "succeeded", words, figure


def milliseconds(count: int) -> str:
    """`12 ms`, then as other spans of time."""
    return f"{count} ms" if count < 1_000 else span(count / 1_000)


def _verdict(event: ev.VerdictGiven) -> Told:
    tone = "succeeded" if event.verdict.value == "passed" else "needs_person"
    return Family.STATE, Phrase(event.verdict.value), tone, Phrase("{gaps}", {"gaps": "; ".join(event.gaps)}), _NONE


def _opened(event: ev.CheckpointOpened) -> Told:
    return Family.ASK, Phrase("asks"), "needs_person", _said(event.question), Phrase("needs you")


def _resolved(event: ev.CheckpointResolved) -> Told:
    words = Phrase("answered: {action}", {"action": event.action.replace("_", " ")})
    return Family.ASK, Phrase("answer"), "", words, Phrase("by {who}", {"who": event.by})


def _cap_reached(event: ev.CapReached) -> Told:
    words = Phrase(
        "{cap}: {counted} of {limit} are counted, {short_by} are missing",
        {
            "cap": event.cap.value,
            "counted": shown(event.counted) if event.counted else "$0",
            "limit": shown(event.limit) if event.limit else "$0",
            "short_by": shown(event.short_by),
        },
    )
    return Family.ASK, Phrase("cap reached"), "needs_person", words, _NONE


def _cap_near(event: ev.CapNear) -> Told:
    words = Phrase(
        "{cap}: {counted} of {limit}",
        {
            "cap": event.cap.value,
            "counted": shown(event.counted),
            "limit": shown(event.limit),
        },
    )
    return Family.ASK, Phrase("cap near"), "needs_person", words, _NONE


def _cap_changed(event: ev.CapChanged) -> Told:
    after = "none" if event.after is None else shown(event.after) if event.after else "$0"
    return Family.ASK, Phrase("cap set"), "", Phrase("{cap}: {after}", {"cap": event.cap.value, "after": after}), _NONE


def _health(event: ev.HealthChanged) -> Told:
    kind, tone = ("back", "succeeded") if event.healthy else ("down", "failed")
    words = Phrase("{service} · {detail}", {"service": event.service, "detail": event.detail})
    wait = event.next_check_s
    figure = Phrase("asked again in {time}", {"time": span(wait)}) if wait is not None else _NONE
    return Family.HEALTH, Phrase(kind), tone, words, figure


def _told(
    family: Family,
    kind: str,
    tone: str,
    words: Callable[[Any], Phrase] = lambda _: _NONE,
    figure: Callable[[Any], Phrase] = lambda _: _NONE,
) -> Callable[[Any], Told]:
    """For a type that says little: its kind and colour stand, only words and figure come from the event."""
    return lambda event: (family, Phrase(kind), tone, words(event), figure(event))


def _with(source: str, *names: str) -> Callable[[Any], Phrase]:
    """The event's own fields in a sentence."""
    return lambda event: Phrase(source, {name: _plain(getattr(event, name)) for name in names})


def _plain(value: Any) -> Arg:
    return value.value if isinstance(value, StrEnum) else value


def _edited(event: ev.RequirementsEdited) -> Phrase:
    marks = (("+", event.added), ("-", event.removed), ("~", event.changed))
    return Phrase(" ".join(f"{mark}{id_}" for mark, ids in marks for id_ in ids))


def _because(event: Any) -> Phrase:
    return _said(event.reason)


_PLAN, _STATE = Family.PLAN, Family.STATE

_TELLERS: Mapping[type[Any], Callable[[Any], Told]] = {
    ev.ProjectCreated: _told(
        _PLAN, "project", "", _with("{name} · {requirements} requirements", "name", "requirements")
    ),
    ev.RequirementsEdited: _told(
        _PLAN,
        "requirements",
        "",
        _edited,
    ),
    ev.PlanRequested: _told(_PLAN, "plan asked for", "", _with("{rigor} · {model}", "rigor", "model")),
    ev.PlanProposed: _told(_PLAN, "plan", "accent", _with("version {number} · {tasks} tasks", "number", "tasks")),
    ev.PlanFailed: _told(_PLAN, "no plan", "failed", _because),
    ev.PlanEdited: _told(_PLAN, "plan edited", "", lambda event: _said(event.label)),
    ev.QuestionAnswered: _told(_PLAN, "question", "", _with("{question}: {answer}", "question", "answer")),
    ev.PlanApproved: _told(
        _PLAN, "plan approved", "succeeded", _with("version {number}", "number"), lambda event: _limit(event.ceiling)
    ),
    ev.PlanSuperseded: _told(_PLAN, "plan replaced", "", _with("version {number}", "number")),
    ev.PlanRejected: _told(_PLAN, "plan rejected", "", _with("version {number}", "number")),
    ev.RunStarted: _told(
        _STATE, "run starts", "running", _with("plan {plan_number}", "plan_number"), lambda event: _limit(event.ceiling)
    ),
    ev.RunScoped: _told(_STATE, "chosen tasks", "", lambda event: Phrase(", ".join(event.tasks or ()) or "–")),
    ev.RunPaused: _told(_STATE, "paused", "waiting", _because),
    ev.RunResumed: _told(_STATE, "resumed", "running", _because),
    ev.RunInterrupted: _told(_STATE, "interrupted", "needs_person", lambda _: Phrase("the program ended while it ran")),
    ev.RunReopened: _told(_STATE, "reopened", "running", _because),
    ev.RunFinished: _told(_STATE, "run ended", "", lambda event: Phrase(event.state.value.replace("_", " "))),
    ev.CeilingChanged: _told(_STATE, "ceiling", "", figure=lambda event: _limit(event.after)),
    ev.TaskStateChanged: _state,
    ev.AttemptStarted: _attempt_started,
    ev.AttemptResumed: _attempt_resumed,
    ev.AttemptFailed: _attempt_failed,
    ev.RetryPlanned: _retry_planned,
    ev.TaskSucceeded: _succeeded,
    ev.GuidanceGiven: _told(_STATE, "guidance", "", _with("{guidance}", "guidance")),
    ev.TierPinned: _told(_STATE, "tier", "", _with("moved to {tier}", "tier")),
    ev.VerdictGiven: _verdict,
    ev.FindingAdded: _told(_STATE, "finding", "accent", _with("{title}", "title")),
    ev.CallReserved: _reserved,
    ev.CallCharged: _charged,
    ev.CallVoided: _voided,
    ev.CallUnconfirmed: _unconfirmed,
    ev.RoundFinished: _told(Family.CALL, "answered", "", _round),
    ev.ToolCalled: _tool_called,
    ev.ToolReturned: _tool_returned,
    ev.CheckpointOpened: _opened,
    ev.CheckpointResolved: _resolved,
    ev.CapReached: _cap_reached,
    ev.CapNear: _cap_near,
    ev.CapChanged: _cap_changed,
    ev.HealthChanged: _health,
}
