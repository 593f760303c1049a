"""What follows from the end of an attempt: success, another try, a pause, or a question to a person."""

from __future__ import annotations

from orchestra_desktop.calls.retry import is_long_pause, retry_delay
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import Refusal
from orchestra_desktop.domain.errors import OUTAGE_FAULTS, FaultFacts, FaultKind
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import ACTIVE_STATES, TaskState
from orchestra_desktop.engine.instructions import Wait, WatchProvider
from orchestra_desktop.engine.run_state import HEADROOM, PAUSED, PROVIDER, RETRY, SERVICE, RunState, TaskRecord
from orchestra_desktop.engine.step import Step
from orchestra_desktop.engine.stimuli import (
    AttemptAnswered,
    AttemptCancelled,
    AttemptEnd,
    AttemptGaveUp,
    AttemptNeedsPerson,
    AttemptParked,
    CallFaulted,
    HeadroomRefused,
    ModelUnpriced,
)

OUTAGE_AFTER = 5  # faults in a row
SERVICE_QUESTIONS = {
    FaultKind.KEY_REFUSED: "key",
    FaultKind.NO_KEY: "key",
    FaultKind.SPEND_LIMIT: "spend_limit",
}
"""Faults that every call of the run would meet again: the run pauses and asks once."""


def on_attempt_end(step: Step, end: AttemptEnd) -> None:
    """Takes the end of an attempt in. A late one, of a task that was stopped or went on meanwhile, changes nothing."""
    record = step.state.tasks[end.task]
    if record.state not in ACTIVE_STATES or record.attempt != end.attempt:
        return
    match end:
        case AttemptAnswered():
            _succeed(step, record, end)
        case AttemptGaveUp():
            _try_again_or_ask(step, record, end)
        case AttemptNeedsPerson():
            step.emit(ev.AttemptFailed(end.attempt, end.reason, "", end.output), record.attempt_scope)
            _ask(step, record, "human_needed", end.reason)
        case CallFaulted():
            _on_fault(step, record, end)
        case HeadroomRefused():
            _park(step, record, end.refusal)
        case ModelUnpriced():
            reason = text("price.missing", model=end.model)
            step.emit(ev.AttemptFailed(end.attempt, reason), record.attempt_scope)
            _ask(step, record, "human_needed", reason)
        case AttemptParked():
            step.move(record, TaskState.WAITING, text(PAUSED))
        case AttemptCancelled():
            step.move(record, TaskState.READY, text("run.interrupted"))


def _succeed(step: Step, record: TaskRecord, end: AttemptAnswered) -> None:
    step.emit(ev.TaskSucceeded(end.result, end.characters), record.attempt_scope)
    step.move(record, TaskState.SUCCEEDED)
    step.release_dependants(record)


def _try_again_or_ask(step: Step, record: TaskRecord, end: AttemptGaveUp) -> None:
    step.emit(ev.AttemptFailed(end.attempt, end.reason, end.feedback, end.output), record.attempt_scope)
    if record.tried <= step.state.spec.settings.further_attempts:
        step.move(record, TaskState.READY, end.reason)
    else:
        _ask(step, record, "retries_exhausted", end.reason)


def _ask(step: Step, record: TaskRecord, kind: str, reason: Text) -> None:
    actions = ("retry", "accept", "skip", "fail") if record.output is not None else ("retry", "skip", "fail")
    step.open_checkpoint(record, kind, reason, actions, record.output)
    step.move(record, TaskState.NEEDS_PERSON, reason)


# -- faults ---------------------------------------------------------------------------------------------------------


def _on_fault(step: Step, record: TaskRecord, end: CallFaulted) -> None:
    fault = end.fault
    if fault.kind is FaultKind.UNREACHABLE or _is_out(step.state, record, fault):
        _wait_for_provider(step, record, fault)
    elif fault.kind in SERVICE_QUESTIONS:
        _ask_once_for_service(step, record, fault)
    else:
        _repeat_or_fail(step, record, end)


def _is_out(state: RunState, record: TaskRecord, fault: FaultFacts) -> bool:
    """A circuit breaker: a service that has failed so often in a row is let alone until it is asked how it is.

    It opens for the tasks of this run alone, and what it holds uses up no retry. Once closed it counts anew, and the
    faults it counts are retries: so a service that says it is well and fails all the same is not asked for ever.
    """
    return fault.kind in OUTAGE_FAULTS and state.outage.get(record.route.choice.provider, 0) >= OUTAGE_AFTER


def _repeat_or_fail(step: Step, record: TaskRecord, end: CallFaulted) -> None:
    fault = end.fault
    delay = retry_delay(fault, record.faults, end.uniform)
    reason = fault_text(fault)
    if delay is None:
        step.emit(ev.AttemptFailed(end.attempt, reason), record.attempt_scope)
        _ask(step, record, "human_needed", reason)
        return
    allowed = record.task.retries if record.task.retries is not None else step.state.spec.settings.transient_retries
    if record.faults >= allowed:
        _try_again_or_ask(step, record, AttemptGaveUp(record.task.id, end.attempt, reason, ""))
        return
    planned = ev.RetryPlanned(fault.kind.value, fault.detail, delay, record.faults + 1)
    step.emit(planned, record.attempt_scope)
    long_pause = "yes" if is_long_pause(delay, fault) else "no"
    step.move(record, TaskState.WAITING, text(RETRY, seconds=round(delay, 3), fault=fault.kind.value, long=long_pause))
    step.instructions.append(Wait(record.task.id, delay))


def _wait_for_provider(step: Step, record: TaskRecord, fault: FaultFacts) -> None:
    """The provider is down: that uses up no retry; the task goes on when it is back."""
    provider = record.route.choice.provider
    step.move(record, TaskState.WAITING, text(PROVIDER, provider=provider, detail=fault.detail))
    if provider not in step.state.down:
        step.emit(ev.HealthChanged(provider, healthy=False, detail=fault.detail))
        step.instructions.append(WatchProvider(provider))


def _ask_once_for_service(step: Step, record: TaskRecord, fault: FaultFacts) -> None:
    kind = SERVICE_QUESTIONS[fault.kind]
    reason = fault_text(fault)
    step.move(record, TaskState.WAITING, text(SERVICE, provider=record.route.choice.provider, kind=kind))
    if step.state.paused is None:
        step.emit(ev.RunPaused(reason))
    if step.state.checkpoint_of(kind) is None:
        step.open_checkpoint(None, kind, reason, ("retry", "stop"))


def fault_text(fault: FaultFacts) -> Text:
    """Why a call failed, for a person."""
    return text(f"fault.{fault.kind.value}", detail=fault.detail)


# -- room under the caps --------------------------------------------------------------------------------------------


def _park(step: Step, record: TaskRecord, refusal: Refusal) -> None:
    reason = text(HEADROOM, cap=refusal.account.kind.value, needed=refusal.needed, short_by=refusal.short_by)
    step.move(record, TaskState.WAITING, reason)
    if not refusal.may_free:
        ask_for_room(step, refusal)


def ask_for_room(step: Step, refusal: Refusal) -> None:
    """One checkpoint for the whole run, however many tasks lack room."""
    if step.state.checkpoint_of("budget") is not None:
        return
    account = refusal.account
    step.emit(ev.CapReached(account.kind, account.id, refusal.limit, refusal.counted, refusal.needed, refusal.short_by))
    question = text(
        "cap.reached",
        cap=account.kind.value,
        limit=refusal.limit,
        counted=refusal.counted,
        needed=refusal.needed,
        short_by=refusal.short_by,
    )
    step.open_checkpoint(None, "budget", question, ("raise_cap", "lower_tier", "stop"))
