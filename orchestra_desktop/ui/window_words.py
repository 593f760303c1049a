"""What is said differently in the window: where the command line names a command, it names a button or a place.

Only sentences whose advice is a command stand here; all others are `viewmodels/english.py`'s own.
"""

from __future__ import annotations

WINDOW_SENTENCES: dict[str, str] = {
    "plan.none": "The project {project} has no plan yet: ask for one.",
    "plan.no_draft": "The project {project} has no such draft to approve. Versions stand in the Plan tab.",
    "plan.interrupted": "Planning was interrupted; what was asked is on the ledger. Ask again.",
    "plan.stopped": "The model stopped before the plan was whole ({reason}); the request is on the ledger. Ask again.",
    "plan.empty_answer": "The model answered without a plan; the request is on the ledger. Ask again.",
    "plan.not_an_object": "The model's answer is not a plan: it is no JSON object. It is kept; ask again.",
    "plan.not_json": "The model's answer cannot be read as a plan: {detail} (line {line}, column {column}). "
    "It is kept; ask again.",
    "plan.too_deep": "The plan is nested deeper than {limit} levels and was not read. Ask again.",
    "tier.unavailable": "No {tier} model is there. Choose another tier, give a key in Settings, or start Ollama.",
    "models.none": "No model is there: give a key in Settings, start Ollama and pull a model, or rehearse.",
    "ollama.model.none": "Ollama runs but has no model for work: pull {wanted}.",
    "ollama.model.instead": "Ollama has no {wanted}; {model} is used instead until you pull it.",
    "run.none": "The project {project} has not run yet.",
    "run.nothing_approved": "The project {project} has no approved plan, so nothing was started. Approve one first.",
    "run.has_ended": "The run has ended ({state}), so this cannot be done to it. Retry or skip a task first.",
    "fault.key_refused": "The service refused the key: {detail}. Give another one in Settings and retry, or stop.",
    "fault.no_key": "There is no key for the service: give one in Settings, or set ANTHROPIC_API_KEY. {detail}",
    "key.missing": "There is no key for {service}: give one in Settings, or set ANTHROPIC_API_KEY.",
    "settings.secret": "{where} looks like a key, which does not belong here; it is not used. Give it in Settings.",
}
