"""`decide`: what follows from a stimulus. Synchronous, without I/O; the state is advanced by the events it answers."""

from __future__ import annotations

from dataclasses import dataclass

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import ACTIVE_STATES, TaskState
from orchestra_desktop.engine.attempt_rules import ask_for_room, on_attempt_end
from orchestra_desktop.engine.instructions import CancelAttempt, Instruction
from orchestra_desktop.engine.person_rules import on_persons_verb, release_fitting, try_providers_again
from orchestra_desktop.engine.run_state import DEPENDENCIES, PAUSED, PROVIDER, RETRY, SCOPE, SERVICE, RunState
from orchestra_desktop.engine.slots import Slots
from orchestra_desktop.engine.step import Step
from orchestra_desktop.engine.stimuli import (
    AttemptEnd,
    Begin,
    Interrupted,
    PersonsVerb,
    ProviderBack,
    ProviderStillDown,
    RoomGone,
    RoomMade,
    RunStimulus,
    SlotsFreed,
    Stimulus,
    WaitOver,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became fact and what is to be done about it."""

    events: tuple[ev.Draft, ...]
    instructions: tuple[Instruction, ...]


def decide(state: RunState, stimulus: Stimulus, slots: Slots, at: int) -> Decision:
    """Takes a stimulus in at time `at` (microseconds since the epoch).

    Raises WrongMoment or UnknownThing for a person's verb that is not possible now; the state is unchanged then.
    """
    step = Step(state, at, slots)
    if isinstance(stimulus, AttemptEnd):
        on_attempt_end(step, stimulus)
    elif isinstance(stimulus, PersonsVerb):
        on_persons_verb(step, stimulus)
    else:
        _on_run_stimulus(step, stimulus)
    if not isinstance(stimulus, Interrupted) and state.begun:
        step.start_ready()
        step.finish_if_done()
    return Decision(tuple(step.events), tuple(step.instructions))


def _on_run_stimulus(step: Step, stimulus: RunStimulus) -> None:
    match stimulus:
        case Begin():
            _begin(step, stimulus)
        case RoomMade(fitting):
            _room_made(step, fitting)
        case RoomGone(task, refusal):
            if task in step.state.parked:
                ask_for_room(step, refusal)
        case WaitOver(task):
            _wait_over(step, task)
        case ProviderBack(provider):
            _provider_back(step, provider)
        case ProviderStillDown():
            _provider_still_down(step, stimulus)
        case SlotsFreed():
            pass  # what may start now is started below, as after every stimulus
        case Interrupted():
            _interrupt(step)


def _begin(step: Step, begin: Begin) -> None:
    """Starts a run, or goes on with one: whatever was under way or waited for a moment tries again."""
    state = step.state
    if state.finished is not None:
        return
    if not begin.fresh:
        step.emit(ev.RunResumed(text("run.resumed")))
    if begin.only != state.only:
        step.emit(ev.RunScoped(None if begin.only is None else tuple(sorted(begin.only))))
    for kind in ("key", "spend_limit", "provider_down"):
        opened = state.checkpoint_of(kind)
        if opened is not None:
            step.close_checkpoint(opened.id, "retry", by="run")
    try_providers_again(step)
    _put_all_forward(step)
    _room_made(step, tuple(begin.fitting))


def _put_all_forward(step: Step) -> None:
    holds = {DEPENDENCIES, SCOPE, RETRY, PROVIDER, PAUSED, SERVICE}
    for record in step.state.tasks.values():
        if record.state in ACTIVE_STATES:
            step.move(record, TaskState.READY, text("run.interrupted"))
        if record.state not in {TaskState.WAITING, TaskState.READY} or record.missing:
            continue
        if not step.state.in_scope(record.task.id):
            step.hold_back(record, SCOPE)
        elif record.state is TaskState.WAITING and record.hold in holds:
            step.release(record)


def _room_made(step: Step, fitting: tuple[TaskId, ...]) -> None:
    if not fitting:
        return
    opened = step.state.checkpoint_of("budget")
    if opened is not None:
        step.close_checkpoint(opened.id, "raise_cap", by="room")
    release_fitting(step, fitting)


def _wait_over(step: Step, task: TaskId) -> None:
    record = step.state.tasks[task]
    if record.state is TaskState.WAITING and record.hold == RETRY:
        step.release(record, text("wait.over"))


def _provider_back(step: Step, provider: str) -> None:
    if provider not in step.state.down:
        return
    step.emit(ev.HealthChanged(provider, healthy=True, detail=""))
    opened = step.state.checkpoint_of("provider_down")
    if opened is not None:
        step.close_checkpoint(opened.id, "retry", by="health")
    for record in step.state.tasks.values():
        if record.state is TaskState.WAITING and record.hold == PROVIDER and record.route.choice.provider == provider:
            step.release(record, text("provider.back", provider=provider))


def _provider_still_down(step: Step, stimulus: ProviderStillDown) -> None:
    """Says when it will be tried again; asks once if nothing else can move and the grace is over."""
    state = step.state
    if stimulus.provider not in state.down:
        return
    step.emit(
        ev.HealthChanged(stimulus.provider, healthy=False, detail=stimulus.detail, next_check_s=stimulus.next_check_s)
    )
    if (
        not state.active
        and state.moves_by_itself()
        and not state.moves_by_itself(providers=False)
        and stimulus.seconds >= state.spec.settings.provider_grace_s
        and state.checkpoint_of("provider_down") is None
    ):
        question = text("provider.down", provider=stimulus.provider, detail=stimulus.detail)
        step.open_checkpoint(None, "provider_down", question, ("retry", "stop"))


def _interrupt(step: Step) -> None:
    """The process ends: calls are closed, state is kept, the next start goes on."""
    for record in step.state.tasks.values():
        if record.state in ACTIVE_STATES:
            step.instructions.append(CancelAttempt(record.task.id, record.attempt))
    if step.state.finished is None:
        step.emit(ev.RunInterrupted())
