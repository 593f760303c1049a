"""What a person may decide about a run, and what follows; what is not possible now is raised to the asker."""

from __future__ import annotations

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import UnknownThing, WrongMoment
from orchestra_desktop.domain.ids import Digest, TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import (
    ACTIVE_STATES,
    DONE_STATES,
    FINAL_STATES,
    STOPPED_STATES,
    RunStateName,
    TaskState,
    VerdictName,
    can_accept,
    can_cancel,
    can_retry,
    can_skip,
)
from orchestra_desktop.engine.instructions import CancelAttempt
from orchestra_desktop.engine.run_state import DEPENDENCIES, PAUSED, PROVIDER, SERVICE, OpenCheckpoint, TaskRecord
from orchestra_desktop.engine.step import Step
from orchestra_desktop.engine.stimuli import (
    AcceptTask,
    CancelTask,
    ChangeCeiling,
    Pause,
    PersonsVerb,
    Resolve,
    Resume,
    RetryTask,
    SkipTask,
    StopNow,
)


def on_persons_verb(step: Step, verb: PersonsVerb) -> None:
    """Carries a decision out. Raises WrongMoment or UnknownThing, with nothing changed, if it is not possible."""
    match verb:
        case Pause():
            _pause(step, verb)
        case Resume():
            _resume(step)
        case StopNow():
            _stop(step)
        case RetryTask():
            _retry(step, verb)
        case SkipTask(task):
            _skip(step, _record(step, task))
        case CancelTask(task):
            _cancel(step, _record(step, task))
        case AcceptTask(task):
            _accept(step, _record(step, task))
        case Resolve():
            _resolve(step, verb)
        case ChangeCeiling(ceiling):
            step.emit(ev.CeilingChanged(step.state.ceiling, ceiling))


def _record(step: Step, task: TaskId) -> TaskRecord:
    record = step.state.tasks.get(task)
    if record is None:
        raise UnknownThing(text("task.unknown", name=task))
    return record


def _refuse(verb: str, record: TaskRecord) -> WrongMoment:
    return WrongMoment(text("task.wrong_moment", verb=verb, task=record.task.id, state=record.state.value))


# -- the run --------------------------------------------------------------------------------------------------------


def _pause(step: Step, verb: Pause) -> None:
    if step.state.finished is not None:
        raise WrongMoment(text("run.has_ended", state=step.state.finished.value))
    if step.state.paused is None:
        step.emit(ev.RunPaused(verb.reason))


def _resume(step: Step) -> None:
    """Goes on after a pause; after "stop now" it reopens the run with what was cancelled by it."""
    state = step.state
    if state.finished is RunStateName.CANCELLED:
        reopen(step)
        _revive(step)
        return
    if state.finished is not None:
        raise WrongMoment(text("run.has_ended", state=state.finished.value))
    if state.paused is not None:
        step.emit(ev.RunResumed(text("run.resumed")))
    release_held(step, {PAUSED})


def _revive(step: Step) -> None:
    """Puts back what "stop now" cancelled; what had failed or was cancelled before stays, with what is behind it."""
    tasks = step.state.tasks.values()
    revived = [r for r in tasks if r.state is TaskState.CANCELLED and r.reason == text("run.stopped")]
    for record in revived:
        step.hold_back(record, DEPENDENCIES)
    for record in tasks:
        if record.state in {TaskState.FAILED, TaskState.CANCELLED}:
            step.block_behind(record)
    for record in revived:
        if record.state is TaskState.WAITING and record.missing == 0:
            step.release(record, text("run.resumed"))


def release_held(step: Step, holds: set[str]) -> None:
    """Lets tasks go on that waited for one of these reasons."""
    for record in step.state.tasks.values():
        if record.state is TaskState.WAITING and record.hold in holds and record.missing == 0:
            step.release(record, text("run.resumed"))


def _stop(step: Step) -> None:
    """Calls are cancelled, what they spent is settled, nothing further starts."""
    state = step.state
    if state.finished is not None:
        raise WrongMoment(text("run.has_ended", state=state.finished.value))
    for checkpoint in tuple(state.checkpoints):
        step.close_checkpoint(checkpoint, "stop")
    for record in state.tasks.values():
        if record.state in ACTIVE_STATES:
            step.instructions.append(CancelAttempt(record.task.id, record.attempt))
        if record.state not in FINAL_STATES:
            step.move(record, TaskState.CANCELLED, text("run.stopped"))
    step.emit(ev.RunFinished(RunStateName.CANCELLED))


def reopen(step: Step) -> None:
    """A decision about a run that has ended opens it again; history is kept.

    Nobody has watched over a provider that was down when the run ended, so it is tried again.
    """
    if step.state.finished is not None:
        step.emit(ev.RunReopened(text("run.reopened")))
        try_providers_again(step)


# -- one task -------------------------------------------------------------------------------------------------------


def _retry(step: Step, verb: RetryTask) -> None:
    record = _record(step, verb.task)
    if not can_retry(record.state):
        raise _refuse("retry", record)
    again = _built_on(step, record) if record.state in DONE_STATES else []
    _check_tier(step, verb.tier)
    roots = _blocking(step, record) if record.state is TaskState.BLOCKED else [record]
    reopen(step)
    step.close_checkpoint(record.checkpoint, "retry")
    _advise(step, record, verb.guidance, verb.tier)
    for dependant in again:
        step.hold_back(dependant, DEPENDENCIES)
    for root in roots:
        step.put_back(root, text("task.retried"))
    for root in roots:
        step.unblock_behind(root)


def _built_on(step: Step, record: TaskRecord) -> list[TaskRecord]:
    """What was made from this task's result, or was about to be. Raises WrongMoment if some of it is under way."""
    found: dict[TaskId, TaskRecord] = {}
    queue = list(record.dependants)
    while queue:
        dependant = step.state.tasks[queue.pop()]
        if dependant.state in ACTIVE_STATES:
            raise _refuse("retry", dependant)
        if dependant.task.id in found:
            continue
        if dependant.state in {TaskState.SUCCEEDED, TaskState.READY, TaskState.WAITING}:
            found[dependant.task.id] = dependant
        if dependant.state is TaskState.SUCCEEDED:
            queue.extend(dependant.dependants)
    return list(found.values())


def _blocking(step: Step, record: TaskRecord) -> list[TaskRecord]:
    """The failed and cancelled tasks that a blocked one stands behind: to retry it is to retry them."""
    found: dict[TaskId, TaskRecord] = {}
    queue = list(record.task.depends_on)
    while queue:
        before = step.state.tasks[queue.pop()]
        if before.state in STOPPED_STATES and before.task.id not in found:
            found[before.task.id] = before
            queue.extend(before.task.depends_on)
    return [before for before in found.values() if before.state is not TaskState.BLOCKED]


def _check_tier(step: Step, tier: Tier | None) -> None:
    if tier is not None and tier not in step.state.spec.models:
        raise WrongMoment(text("tier.unavailable", tier=tier.value))


def _advise(step: Step, record: TaskRecord, guidance: str, tier: Tier | None) -> None:
    if guidance:
        step.emit(ev.GuidanceGiven(guidance), record.scope)
    if tier is not None:
        step.emit(ev.TierPinned(tier), record.scope)


def _skip(step: Step, record: TaskRecord) -> None:
    if not can_skip(record.state):
        raise _refuse("skip", record)
    reopen(step)
    _stop_attempt(step, record)
    step.close_checkpoint(record.checkpoint, "skip")
    step.move(record, TaskState.SKIPPED, text("task.skipped"))
    step.unblock_behind(record)
    step.release_dependants(record)


def _cancel(step: Step, record: TaskRecord) -> None:
    if not can_cancel(record.state):
        raise _refuse("cancel", record)
    _stop_attempt(step, record)
    step.close_checkpoint(record.checkpoint, "cancel")
    step.move(record, TaskState.CANCELLED, text("task.cancelled"))
    step.block_behind(record)


def _stop_attempt(step: Step, record: TaskRecord) -> None:
    if record.state in ACTIVE_STATES:
        step.instructions.append(CancelAttempt(record.task.id, record.attempt))


def _accept(step: Step, record: TaskRecord, edited: Digest | None = None) -> None:
    """Takes the last output, or what the person made of it, as the result, visibly unverified."""
    if not can_accept(record.state):
        raise _refuse("accept", record)
    if record.output is None:
        raise WrongMoment(text("task.no_output", task=record.task.id))
    reopen(step)
    step.close_checkpoint(record.checkpoint, "accept")
    output = edited or record.output
    step.move(record, TaskState.SUCCEEDED, text("task.accepted" if edited is None else "task.accepted_edited"))
    step.emit(ev.TaskSucceeded(output, 0, VerdictName.UNVERIFIED), record.scope)
    step.unblock_behind(record)
    step.release_dependants(record)


# -- checkpoints ----------------------------------------------------------------------------------------------------


def _resolve(step: Step, verb: Resolve) -> None:
    opened = step.state.checkpoints.get(verb.checkpoint)
    if opened is None:
        raise UnknownThing(text("checkpoint.unknown", checkpoint=verb.checkpoint))
    if verb.action not in opened.actions:
        actions = ", ".join(opened.actions)
        raise WrongMoment(text("checkpoint.no_such_action", action=verb.action, actions=actions))
    _check_tier(step, verb.tier)
    if opened.task is None:
        _resolve_for_run(step, opened, verb)
    else:
        _resolve_for_task(step, opened.task, verb)


def _resolve_for_task(step: Step, task: TaskId, verb: Resolve) -> None:
    record = _record(step, task)
    match verb.action:
        case "retry" | "go":
            _retry_or_go(step, record, verb)
        case "accept":
            _accept(step, record, verb.output)
        case "skip":
            _skip(step, record)
        case _:
            step.close_checkpoint(record.checkpoint, verb.action)
            step.move(record, TaskState.FAILED, text("task.failed_by_person"))
            step.block_behind(record)


def _retry_or_go(step: Step, record: TaskRecord, verb: Resolve) -> None:
    if verb.action == "retry":
        _retry(step, RetryTask(record.task.id, verb.guidance, verb.tier))
        return
    step.close_checkpoint(record.checkpoint, "go")
    _advise(step, record, verb.guidance, verb.tier)
    step.put_back(record, text("task.allowed"))


def _resolve_for_run(step: Step, opened: OpenCheckpoint, verb: Resolve) -> None:
    match verb.action:
        case "stop":
            _stop(step)
        case "lower_tier":
            _lower_tier(step, opened, verb.tier)
        case _:
            step.close_checkpoint(opened.id, verb.action)
            if step.state.paused is not None and step.state.paused.key.startswith("fault."):
                step.emit(ev.RunResumed(text("run.resumed")))  # a pause of the person's own stays
            if opened.kind == "provider_down":
                try_providers_again(step)
                release_held(step, {PROVIDER})
            release_held(step, {SERVICE, PAUSED})
            release_fitting(step, verb.fitting)


def try_providers_again(step: Step) -> None:
    """Takes providers that were down for well until a call says otherwise."""
    for provider in sorted(step.state.down):
        step.emit(ev.HealthChanged(provider, healthy=True, detail="tried again"))


def release_fitting(step: Step, fitting: tuple[TaskId, ...]) -> None:
    """Lets parked tasks go on whose next calls fit now, in the order of their rank."""
    records = sorted((step.state.tasks[task] for task in fitting), key=lambda record: record.rank)
    for record in records:
        if record.task.id in step.state.parked:
            step.release(record, text("cap.room"))


def _lower_tier(step: Step, opened: OpenCheckpoint, tier: Tier | None) -> None:
    if tier is None:
        raise WrongMoment(text("tier.missing"))
    step.close_checkpoint(opened.id, "lower_tier")
    for task in sorted(step.state.parked, key=lambda task: step.state.tasks[task].rank):
        record = step.state.tasks[task]
        step.emit(ev.TierPinned(tier), record.scope)
        step.release(record, text("tier.lowered", tier=tier.value))
