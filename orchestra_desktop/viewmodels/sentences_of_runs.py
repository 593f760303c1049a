"""English sentences about runs, tasks, attempts, checkpoints and what a model call came to."""

# ruff: noqa: E501 - a sentence stands on one line, so that it can be searched for as it is shown

from __future__ import annotations

from collections.abc import Mapping

RUN_SENTENCES: Mapping[str, str] = {
    # -- runs --
    "run.none": "The project {project} has not run yet; `run` starts it.",
    "run.nothing_approved": "The project {project} has no approved plan, so nothing was started: `approve` signs the newest draft.",
    "run.is_live": "The run {run} is being carried out by another command or window already. `resume` lets it go on if it is paused.",
    "run.has_ended": "The run has ended ({state}), so this cannot be done to it. `retry` or `skip` opens it again.",
    "run.only_needs": "{task} cannot run alone: it needs the result of {dependency}, which is not there. Name that one too.",
    "run.start_at_needs": "{task} cannot be started from: it needs the result of {dependency}, which is not there. Start there.",
    "run.paused_by_person": "paused by you",
    "run.resumed": "resumed",
    "run.reopened": "opened again by a decision",
    "run.stopped": "stopped by you",
    "run.interrupted": "interrupted; it goes on where it was",
    "run.scope_done": "the {tasks} chosen tasks have ended",
    # -- tasks --
    "task.wrong_moment": "{task} is {state}: `{verb}` cannot be done to it now. Nothing was changed.",
    "task.cannot_move": "{task} cannot go from {before} to {after}. Nothing was changed.",
    "task.no_output": "{task} has no output that could be accepted. Retry or skip it.",
    "task.retried": "tried again by you",
    "task.skipped": "skipped by you",
    "task.cancelled": "cancelled by you",
    "task.accepted": "accepted by you as it is",
    "task.allowed": "allowed by you",
    "task.failed_by_person": "failed by your decision",
    "blocked.behind": "behind {task}, which did not succeed; retry or skip that one",
    # -- what a task waits for --
    "wait.dependencies": "waits for what it depends on",
    "wait.retry": "waits {seconds:time} and tries again ({fault})",
    "wait.provider": "waits until {provider} is back: {detail}",
    "wait.headroom": "waits for room under {cap:cap}: needs {needed:money}, {short_by:money} are missing",
    "wait.paused": "waits because the run is paused",
    "wait.service": "waits for a decision about {provider}",
    "wait.scope": "not among the tasks chosen to run",
    "wait.over": "tries again",
    "provider.back": "{provider} is back",
    "cap.room": "there is room under the caps again",
    "tier.lowered": "moved to {tier} to fit under the cap",
    # -- attempts --
    "attempt.empty": "The model answered with nothing.",
    "attempt.cut_off": "The answer was cut off at the output limit and does not count. Raise --max-output-tokens or split the task.",
    "attempt.refused": "The model refused to do this. Word the task otherwise, give guidance, or choose another tier.",
    "attempt.context_exceeded": "The task does not fit into the model's context. Split it or choose a tier with more room.",
    "attempt.unknown_stop": "The answer did not end properly and does not count.",
    "attempt.no_tool_named": "The model asked for a tool but named none.",
    "attempt.rounds_used_up": "The attempt used up its {rounds} rounds of tools without an answer.",
    "attempt.timed_out": "The attempt was stopped after {seconds:time}, its time limit.",
    "attempt.broke": "The attempt broke inside the program ({detail}); the log has the details.",
    # -- checkpoints --
    "ask.before": "{task} is ready and asks before it starts, as you wanted. Let it go, skip it, or fail it.",
    "cap.reached": "{cap:Cap} is reached: the next call may cost {needed:money}, {counted:money} of {limit:money} are counted, {short_by:money} are missing. Nothing more was sent; raise the cap, lower the tier, or stop.",
    "cap.of_run": "The ceiling belongs to one run: `run PROJECT --ceiling` or `resolve` changes it.",
    "provider.down": "{provider} does not answer and nothing else can move: {detail}. Start it and retry, or stop.",
    "price.missing": "No price is known for the model {model}, so it is not asked: a call without a price is refused, never free. Give one in the settings (pricing.overrides) or choose another tier.",
    "checkpoint.unknown": "There is no open checkpoint {checkpoint!r}; `checkpoints PROJECT` lists them.",
    "checkpoint.ambiguous": "{name!r} fits more than one checkpoint ({ids}): give more of the id.",
    "checkpoint.no_such_action": "{action!r} is no answer to this checkpoint; there are: {actions}.",
    # -- what a call came to instead of an answer --
    "fault.unreachable": "The service cannot be reached: {detail}.",
    "fault.connection": "The connection broke: {detail}. What it may cost counts as unconfirmed.",
    "fault.timeout": "The service did not answer in time: {detail}. What it may cost counts as unconfirmed.",
    "fault.rate_limited": "The service asks to slow down: {detail}.",
    "fault.spend_limit": "The spending limit of your account with the service is reached: {detail}. Raise it there and retry, or stop.",
    "fault.overloaded": "The service is overloaded: {detail}.",
    "fault.server": "The service failed: {detail}.",
    "fault.cut_off": "The answer broke off before its end and does not count: {detail}. It counts as unconfirmed.",
    "fault.unreadable": "The service answered with something unreadable: {detail}.",
    "fault.key_refused": "The service refused the key: {detail}. Set another one (`key set anthropic`) and retry, or stop.",
    "fault.forbidden": "The key may not do this: {detail}. Check what your account allows, then retry.",
    "fault.not_found": "The service does not know what was asked for: {detail}. Check the model's name in the settings.",
    "fault.too_large": "The request is too large for the service: {detail}. Split the task.",
    "fault.bad_request": "The service did not accept the request: {detail}.",
    "fault.offline": "Not sent, the program is offline: {detail}.",
    "fault.no_key": "There is no key for the service: `key set anthropic`, or ANTHROPIC_API_KEY. {detail}",
}
