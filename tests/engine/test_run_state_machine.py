"""The rules of a run under any order of stimuli, late and senseless ones included, kills and restarts between them."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, InvalidInput, Owed
from orchestra_desktop.domain.ids import CheckpointId, Digest, TaskId
from orchestra_desktop.domain.plan import Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import ACTIVE_STATES, DONE_STATES, TASK_MOVES, RunStateName, TaskState
from orchestra_desktop.engine.instructions import CancelAttempt, StartAttempt, Wait, WatchProvider
from orchestra_desktop.engine.rules import decide
from orchestra_desktop.engine.run_state import HEADROOM, PROVIDER, RETRY, RunState, fold
from orchestra_desktop.engine.slots import NO_SLOTS, Slots
from orchestra_desktop.engine.stimuli import (
    AcceptTask,
    AttemptAnswered,
    AttemptCancelled,
    AttemptEnd,
    AttemptGaveUp,
    AttemptNeedsPerson,
    AttemptParked,
    Begin,
    CallFaulted,
    CancelTask,
    ChangeCeiling,
    HeadroomRefused,
    Interrupted,
    ModelUnpriced,
    Pause,
    PersonsVerb,
    ProviderBack,
    ProviderStillDown,
    Resolve,
    Resume,
    RetryTask,
    RoomGone,
    RoomMade,
    SkipTask,
    SlotsFreed,
    Stimulus,
    StopNow,
    WaitOver,
)
from tests.engine.playbook import OUTPUT, refusal
from tests.engine.world import FREE, PROJECT, RUN, spec_of

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # it would take longer than a test may
NAMES = [TaskId(f"T{n}") for n in range(1, 8)]
TASKS = st.sampled_from(NAMES)
PROVIDERS = ("anthropic", "ollama")
ACTIONS = st.sampled_from(["go", "retry", "accept", "skip", "fail", "raise_cap", "lower_tier", "stop", "dance"])
TIERS = st.sampled_from([None, Tier.SONNET, Tier.LOCAL, Tier.OPUS])


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(1, len(NAMES)))
    tasks = []
    for place in range(count):
        earlier = NAMES[:place]
        depends_on = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)) if earlier else []
        task = PlanTask(
            id=NAMES[place],
            title=NAMES[place],
            description="",
            task_type=TaskType.CODE,
            depends_on=tuple(depends_on),
            priority=draw(st.sampled_from([None, None, 1])),
            retries=draw(st.sampled_from([None, 0])),
            ask_before=draw(st.sampled_from([False, False, False, True])),
        )
        tasks.append(task)
    return Plan("Any plan.", tuple(draw(st.permutations(tasks))))


@st.composite
def _ends(draw: st.DrawFn, task: TaskId, attempt: int) -> AttemptEnd:
    output = draw(st.sampled_from([None, OUTPUT]))
    kind = draw(st.sampled_from(FaultKind))
    fault = CallFaulted(task, attempt, FaultFacts(kind, Owed.NOTHING, ""), 0.5)
    choices: list[AttemptEnd] = [
        AttemptAnswered(task, attempt, OUTPUT, 1),
        AttemptAnswered(task, attempt, Digest("1" * 64), 1),
        AttemptGaveUp(task, attempt, text("attempt.empty"), "More.", output),
        AttemptNeedsPerson(task, attempt, text("attempt.refused"), output),
        fault,
        fault,
        HeadroomRefused(task, attempt, refusal(may_free=draw(st.booleans()))),
        ModelUnpriced(task, attempt, "claude-test"),
    ]
    return draw(st.sampled_from(choices))


class RunMachine(RuleBasedStateMachine):
    """Plays the executor: keeps the attempts, pauses and watches that instructions ask for, as it does."""

    @initialize(
        plan=_plans(), concurrency=st.integers(1, 4), paid=st.integers(1, 3), local=st.sets(TASKS), data=st.data()
    )
    def plan(self, plan: Plan, concurrency: int, paid: int, local: set[TaskId], data: st.DataObject) -> None:
        run_settings = RunSettings(concurrency=concurrency, per_provider={"anthropic": paid, "ollama": 1})
        spec = spec_of(plan, run_settings)
        for task in local & set(spec.routes):
            route = spec.routes[task]
            spec.routes[task] = type(route)(Tier.LOCAL, FREE, route.why)
        self.spec = spec
        self.names = [task.id for task in plan.tasks]
        self.told: list[ev.Stored] = []
        self.at = 0
        self._restart()
        self.hear((ev.Draft(ev.Scope(PROJECT, RUN), ev.RunStarted(1, spec.plan_hash, OUTPUT, None), 0),))
        self.state = fold(spec, self.told)
        only = data.draw(st.sampled_from([None, None, frozenset(data.draw(st.sets(st.sampled_from(self.names))))]))
        self.live = True
        self.say(Begin(only, fresh=True))

    def _restart(self) -> None:
        self.slots = Slots(self.spec.settings.concurrency, self.spec.settings.per_provider)
        self.under_way: dict[tuple[TaskId, int], str] = {}
        self.waits: set[TaskId] = set()
        self.watches: set[str] = set()
        self.elsewhere: list[str] = []  # slots that another run holds
        self.live = False

    def hear(self, drafts: tuple[ev.Draft, ...]) -> None:
        for draft in drafts:
            self.told.append(ev.Stored(len(self.told) + 1, draft.at, draft.scope, draft.event))

    def say(self, stimulus: Stimulus) -> None:
        self.at += 1
        before = {task: record.state for task, record in self.state.tasks.items()}
        decision = decide(self.state, stimulus, self.slots if self.live else NO_SLOTS, self.at)
        self.check_moves(before, decision.events)
        self.hear(decision.events)
        for instruction in decision.instructions:
            match instruction:
                case StartAttempt(task, attempt):
                    record = self.state.tasks[task]
                    assert all(self.state.tasks[d].state in DONE_STATES for d in record.task.depends_on)
                    assert self.state.in_scope(task)
                    assert (task, attempt) not in self.under_way
                    self.under_way[task, attempt] = record.route.choice.provider
                case CancelAttempt(task, attempt):
                    pass  # it ends by one of the rules below, soon or late
                case Wait(task):
                    self.waits.add(task)
                case WatchProvider(provider):
                    self.watches.add(provider)

    def check_moves(self, states: dict[TaskId, TaskState], drafts: tuple[ev.Draft, ...]) -> None:
        for draft in drafts:
            if isinstance(draft.event, ev.TaskStateChanged):
                assert draft.scope.task is not None
                assert states[draft.scope.task] is draft.event.from_
                assert draft.event.to in TASK_MOVES[draft.event.from_]
                states[draft.scope.task] = draft.event.to

    def try_to_say(self, verb: PersonsVerb) -> None:
        unchanged = repr(self.state.snapshot())
        try:
            self.say(verb)
        except InvalidInput:
            assert repr(self.state.snapshot()) == unchanged

    # -- ends of attempts -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def an_attempt_ends(self, data: st.DataObject) -> None:
        task, attempt = data.draw(st.sampled_from(sorted(self.under_way)))
        self.slots.give(self.under_way.pop((task, attempt)))
        record = self.state.tasks[task]
        stopped = record.state not in ACTIVE_STATES or record.attempt != attempt or self.state.interrupted
        if self.state.paused is not None and data.draw(st.booleans()):
            self.say(AttemptParked(task, attempt))
        elif stopped and data.draw(st.booleans()):
            self.say(AttemptCancelled(task, attempt))
        else:
            self.say(data.draw(_ends(task, attempt)))

    @precondition(lambda self: self.under_way)
    @rule(data=st.data())
    def an_attempt_succeeds(self, data: st.DataObject) -> None:
        """More often than by chance, so that runs get somewhere."""
        task, attempt = data.draw(st.sampled_from(sorted(self.under_way)))
        self.slots.give(self.under_way.pop((task, attempt)))
        self.say(AttemptAnswered(task, attempt, OUTPUT, 1))

    # -- time, room and services ------------------------------------------------------------------------------------

    @precondition(lambda self: self.waits and self.live)
    @rule(data=st.data())
    def a_pause_is_over(self, data: st.DataObject) -> None:
        task = data.draw(st.sampled_from(sorted(self.waits)))
        self.waits.discard(task)
        self.say(WaitOver(task))

    @precondition(lambda self: self.live)
    @rule(tasks=st.lists(TASKS, max_size=3))
    def room_is_made(self, tasks: list[TaskId]) -> None:
        self.say(RoomMade(tuple(t for t in tasks if t in self.state.tasks)))

    @precondition(lambda self: self.live and self.state.parked)
    @rule()
    def room_is_made_for_all(self) -> None:
        self.say(RoomMade(tuple(sorted(self.state.parked))))

    @precondition(lambda self: self.live)
    @rule(task=TASKS)
    def no_room_is_left(self, task: TaskId) -> None:
        if task in self.state.tasks:
            self.say(RoomGone(task, refusal()))

    @precondition(lambda self: self.live)
    @rule(provider=st.sampled_from(PROVIDERS), back=st.booleans(), seconds=st.sampled_from([5.0, 35.0]))
    def a_provider_is_looked_at(self, provider: str, back: bool, seconds: float) -> None:
        """Of news about providers nobody watches any more, too."""
        if back:
            self.watches.discard(provider)
            self.say(ProviderBack(provider))
        else:
            self.say(ProviderStillDown(provider, seconds, 5.0, ""))

    @precondition(lambda self: self.live)
    @rule(provider=st.sampled_from(PROVIDERS))
    def another_run_takes_or_gives_a_slot(self, provider: str) -> None:
        if provider in self.elsewhere:
            self.elsewhere.remove(provider)
            self.slots.give(provider)
            self.say(SlotsFreed())
        elif self.slots.has(provider):
            self.slots.take(provider)
            self.elsewhere.append(provider)

    # -- the person -------------------------------------------------------------------------------------------------

    @rule(task=TASKS, verb=st.sampled_from([SkipTask, CancelTask, AcceptTask]))
    def a_person_says_something_about_a_task(self, task: TaskId, verb: Any) -> None:
        self.try_to_say(verb(task))

    @rule(task=TASKS, guidance=st.sampled_from(["", "Be brief."]), tier=TIERS)
    def a_person_retries_a_task(self, task: TaskId, guidance: str, tier: Tier | None) -> None:
        self.try_to_say(RetryTask(task, guidance, tier))

    @rule(verb=st.sampled_from([Pause(text("run.paused_by_person")), Resume(), Resume(), StopNow(), ChangeCeiling(7)]))
    def a_person_says_something_about_the_run(self, verb: PersonsVerb) -> None:
        self.try_to_say(verb)

    @rule(data=st.data(), action=ACTIONS, tier=TIERS, sensible=st.booleans())
    def a_person_answers_a_question(self, data: st.DataObject, action: str, tier: Tier | None, sensible: bool) -> None:
        asked = data.draw(st.sampled_from([*sorted(self.state.checkpoints), CheckpointId("r1-99")]))
        if sensible and asked in self.state.checkpoints:
            action = data.draw(st.sampled_from(self.state.checkpoints[asked].actions))
        fitting = tuple(sorted(self.state.parked)) if data.draw(st.booleans()) else ()
        self.try_to_say(Resolve(asked, action, "Gently.", tier, fitting))

    # -- the process ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.live)
    @rule()
    def the_process_is_asked_to_end(self) -> None:
        self.say(Interrupted())
        self.live = False
        for (task, attempt), provider in sorted(self.under_way.items()):
            self.slots.give(provider)
            self.say(AttemptCancelled(task, attempt))
        self._restart()

    @precondition(lambda self: self.live)
    @rule()
    def the_process_is_killed(self) -> None:
        self._restart()
        if self.state.name is RunStateName.RUNNING:
            self.hear((ev.Draft(ev.Scope(PROJECT, RUN), ev.RunInterrupted(), self.at),))
        self.state = fold(self.spec, self.told)

    @precondition(lambda self: self.live and not self.under_way)
    @rule()
    def the_run_is_left_when_nothing_moves(self) -> None:
        if self.rests():
            self._restart()

    @precondition(lambda self: not self.live)
    @rule(fits=st.booleans(), only=st.booleans())
    def the_run_goes_on(self, fits: bool, only: bool) -> None:
        self.live = True
        scope = frozenset(self.names[: len(self.names) // 2]) if only else None
        self.say(Begin(scope, tuple(sorted(self.state.parked)) if fits else ()))

    def rests(self) -> bool:
        state = self.state
        if state.finished is not None or state.interrupted:
            return True
        if state.paused is not None:
            return bool(state.checkpoints) or state.paused.key == "run.scope_done"
        return not state.moves_by_itself()

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def the_fold_of_the_events_is_the_state(self) -> None:
        assert fold(self.spec, self.told).snapshot() == self.state.snapshot()

    @invariant()
    def what_is_counted_is_what_is_there(self) -> None:
        state = self.state
        for name, count in state.counts.items():
            assert count == sum(record.state is name for record in state.tasks.values())
        for record in state.tasks.values():
            assert record.missing == sum(state.tasks[d].state not in DONE_STATES for d in record.task.depends_on)
        assert state.active == {t for t, r in state.tasks.items() if r.state in ACTIVE_STATES}
        waits = {t for t, r in state.tasks.items() if r.state is TaskState.WAITING and r.hold == HEADROOM}
        assert state.parked == waits

    @invariant()
    def slots_are_never_exceeded_and_all_given_back(self) -> None:
        assert self.slots.used == len(self.under_way) + len(self.elsewhere)
        assert self.slots.used <= self.spec.settings.concurrency
        for provider, limit in self.spec.settings.per_provider.items():
            held = [*self.under_way.values(), *self.elsewhere].count(provider)
            assert held <= limit

    @invariant()
    def whoever_may_go_on_does(self) -> None:
        state = self.state
        for record in state.tasks.values():
            if record.state in {TaskState.READY, *ACTIVE_STATES}:
                assert record.missing == 0
        if not self.live or state.paused is not None or state.finished is not None or state.interrupted:
            return
        for provider in PROVIDERS:
            free = self.slots.has(provider) and len(state.active) < self.spec.settings.concurrency
            assert not (free and state.next_to_start(provider))

    @invariant()
    def an_attempt_under_way_is_of_a_running_task_or_ends_without_effect(self) -> None:
        for task in self.state.active:
            record = self.state.tasks[task]
            assert not self.live or (task, record.attempt) in self.under_way

    @invariant()
    def questions_are_about_what_is_open(self) -> None:
        state = self.state
        about = {c.task for c in state.checkpoints.values() if c.task is not None}
        assert about == {t for t, r in state.tasks.items() if r.state is TaskState.NEEDS_PERSON}
        kinds = [c.kind for c in state.checkpoints.values() if c.task is None]
        assert len(kinds) == len(set(kinds))
        if state.finished is not None:
            assert not state.checkpoints
            assert not state.active
        if "budget" in kinds:
            assert state.parked
        assert (state.name in {RunStateName.NEEDS_PERSON, RunStateName.AT_CAP}) <= bool(state.checkpoints)

    @invariant()
    def nothing_stalls_in_silence(self) -> None:
        state = self.state
        if not self.live or self.under_way or not self.rests():
            return
        asked = state.finished is not None or state.checkpoints or state.interrupted
        assert asked or state.paused is not None

    @invariant()
    def what_is_waited_for_comes(self) -> None:
        """Who waits for a moment has a pause running, who waits for a provider a watch."""
        if not self.live or self.state.finished is not None:
            return
        for task, record in self.state.tasks.items():
            if record.state is TaskState.WAITING and record.hold == RETRY:
                assert task in self.waits
            if record.state is TaskState.WAITING and record.hold == PROVIDER:
                assert record.route.choice.provider in self.watches
        assert self.state.down <= self.watches


TestRunMachine = RunMachine.TestCase
TestRunMachine.settings = settings(max_examples=150, stateful_step_count=50, phases=WITHOUT_SHRINKING)


def test_a_state_that_never_began_starts_nothing() -> None:
    machine_state = RunState(spec_of(Plan("None.", ())))
    assert not decide(machine_state, SlotsFreed(), NO_SLOTS, 1).events
