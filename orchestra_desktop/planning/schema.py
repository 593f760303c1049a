"""The JSON schemas a plan is asked for in, one per rigor, within the rules of structured output.

No recursion, every property required, no further ones; numeric limits are left out because services do not enforce
them (`validation.py` does). The fields that are a person's are left out too.
"""

from __future__ import annotations

from typing import Any

from orchestra_desktop.domain.plan import Complexity, Level, TaskType, Tier
from orchestra_desktop.domain.projects import Rigor

Schema = dict[str, Any]


def plan_schema(rigor: Rigor) -> Schema:
    """What an answer at this rigor looks like: L1 summary and tasks; L2 also phases and open questions; L3 all."""
    fields: dict[str, Schema] = {"summary": _text()}
    if rigor is not Rigor.L1:
        fields["phases"] = _list(_phase())
    fields["tasks"] = _list(_task(phased=rigor is not Rigor.L1))
    if rigor is not Rigor.L1:
        fields["open_questions"] = _list(_question())
    if rigor is Rigor.L3:
        fields["risk_assessment"] = _list(_risk())
        fields["test_strategy"] = _test_strategy()
    return _object(fields)


def _task(*, phased: bool) -> Schema:
    fields = {
        "id": _text(),
        "title": _text(),
        "description": _text(),
        "task_type": _choice(*TaskType),
        "complexity": _choice(*Complexity),
        "depends_on": _list(_text()),
        "tools_needed": _list(_text()),
        "requirement_ids": _list(_text()),
        "verification_criteria": _text(),
        "affected_files": _list(_text()),
        "model_tier": _choice(*Tier),
    }
    return _object(fields | {"phase": _text()} if phased else fields)


def _phase() -> Schema:
    return _object({"id": _text(), "name": _text(), "description": _text()})


def _question() -> Schema:
    return _object({"question": _text(), "proposed_answer": _text(), "impact": _text()})


def _risk() -> Schema:
    return _object({"risk": _text(), "likelihood": _choice(*Level), "impact": _choice(*Level), "mitigation": _text()})


def _test_strategy() -> Schema:
    return _object({"approach": _text(), "test_tasks": _list(_text()), "coverage_notes": _text()})


def _object(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _text() -> Schema:
    return {"type": "string"}


def _choice(*values: str) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}
