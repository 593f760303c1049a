"""The rehearsal's planner: by rule, a task per requirement, in exactly the properties of the schema asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LABEL = "Rehearsal output - no model was asked."

FILE = re.compile(
    r"(?<![\w./-])[\w][\w./-]*\.(?:py|md|txt|json|toml|ya?ml|html|css|js|ts|sh|csv|rst|ini|cfg|sql|svg)\b"
)
_SECTION = re.compile(r"^# Requirements\s*$(.*?)(?=^# |\Z)", re.MULTILINE | re.DOTALL)
_REQUIREMENT = re.compile(r"^(R\d+): (.*(?:\n    .*)*)", re.MULTILINE)
_FENCE = re.compile(r"^<(fenced-[^ >]*)[^>]*>.*?^</\1>", re.MULTILINE | re.DOTALL)

_KINDS = (
    (
        "documentation",
        re.compile(r"\b(?:readme|run\.md|document\w*|guide|instructions|summar\w*|steps)\b", re.IGNORECASE),
    ),
    ("code", re.compile(r"\.(?:py|js|ts|sh|sql)\b|\b(?:script|program|function|module|implement\w*)\b", re.IGNORECASE)),
    ("research", re.compile(r"\b(?:research|find out|gather|sources?)\b", re.IGNORECASE)),
    ("asset", re.compile(r"\b(?:image|picture|icon|logo|drawing)\b", re.IGNORECASE)),
)
_VERBS = {
    "code": "Write",
    "documentation": "Describe",
    "research": "Look into",
    "asset": "Draw",
    "analysis": "Work out",
}


_PHASES = (
    {"id": "P1", "name": "Make", "description": "What needs no other result."},
    {"id": "P2", "name": "Build on it", "description": "What needs results of the first phase."},
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A requirement as the planner reads it; `needs` are places of earlier wishes whose result it builds on."""

    id: str
    text: str
    kind: str
    files: tuple[str, ...]
    needs: tuple[int, ...]


def requirements_in(prompt: str) -> list[tuple[str, str]]:
    """Ids and texts of the numbered requirements, as the planner's prompt lists them outside any fence."""
    open_text = _FENCE.sub("", prompt)
    section = _SECTION.search(open_text)
    found = _REQUIREMENT.findall(section.group(1) if section else open_text)
    return [(name, " ".join(text.split())) for name, text in found] or [("R1", "the work that is asked for")]


def rehearsed_plan(prompt: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A plan for the requirements in the prompt; whatever the schema asks for is there, and nothing else."""
    wishes = _wishes(requirements_in(prompt))
    tasks = [_task(place, wish) for place, wish in enumerate(wishes)]
    plan = {
        "summary": f"{LABEL} {len(tasks)} tasks, one for each requirement.",
        "phases": [phase for phase in _PHASES if any(task["phase"] == phase["id"] for task in tasks)],
        "tasks": tasks,
        "open_questions": [
            {
                "question": "Should the result be in English?",
                "proposed_answer": "Yes.",
                "impact": "The wording of everything that is written.",
            }
        ],
        "risk_assessment": [
            {
                "risk": "A rehearsal shows the way of the work, not its quality.",
                "likelihood": "high",
                "impact": "low",
                "mitigation": "Run the plan with a real model before you rely on it.",
            },
            {
                "risk": "A requirement means more than one task can hold.",
                "likelihood": "medium",
                "impact": "medium",
                "mitigation": "Let a real model plan it.",
            },
        ],
        "test_strategy": {
            "approach": "Each result is compared with its requirement.",
            "test_tasks": [tasks[-1]["id"]],
            "coverage_notes": "Every requirement has a task of its own; nothing is run.",
        },
    }
    fitting: dict[str, Any] = fitted(schema, plan)
    return fitting


def fitted(schema: Mapping[str, Any], value: Any) -> Any:
    """The value bent into the schema: its properties and no others, its choices, its types."""
    if "enum" in schema:
        return value if value in schema["enum"] else schema["enum"][0]
    match schema.get("type"):
        case "object":
            given = value if isinstance(value, Mapping) else {}
            return {name: fitted(part, given.get(name)) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [fitted(schema.get("items", {}), item) for item in value] if isinstance(value, list) else []
        case "string":
            return value if isinstance(value, str) else LABEL
        case "integer" | "number":
            return value if isinstance(value, int | float) else schema.get("minimum", 0)
        case "boolean":
            return bool(value)
        case _:
            return value


def _wishes(requirements: Sequence[tuple[str, str]]) -> list[Wish]:
    wishes: list[Wish] = []
    for name, text in requirements:
        mentioned = tuple(dict.fromkeys(FILE.findall(text)))
        kind = _kind(text, mentioned)
        taken = {file for wish in wishes for file in wish.files}
        files = tuple(file for file in mentioned if file not in taken)
        wishes.append(Wish(name, text, kind, files, _needs(kind, text, files, wishes)))
    return wishes


def _kind(text: str, files: Sequence[str]) -> str:
    """By the first file it names, else by its words."""
    if files:
        return "documentation" if files[0].endswith((".md", ".txt", ".rst")) else "code"
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "analysis")


def _needs(kind: str, text: str, files: Sequence[str], earlier: Sequence[Wish]) -> tuple[int, ...]:
    """What it names by number or file; a file about running something needs the programs."""
    named = {
        place
        for place, wish in enumerate(earlier)
        if re.search(rf"\b{wish.id}\b", text) or any(file in text for file in wish.files)
    }
    if not named and kind == "documentation" and files:
        named = {place for place, wish in enumerate(earlier) if wish.kind == "code"}
    return tuple(sorted(named))


def _task(place: int, wish: Wish) -> dict[str, Any]:
    about = ", ".join(wish.files) or wish.text
    return {
        "id": f"T{place + 1}",
        "title": _short(f"{_VERBS[wish.kind]} {about}"),
        "description": f"{LABEL} {wish.text}",
        "task_type": wish.kind,
        "complexity": "simple",
        "depends_on": [f"T{needed + 1}" for needed in wish.needs],
        "tools_needed": ["read_file", "write_file"] if wish.files else [],
        "requirement_ids": [wish.id],
        "verification_criteria": f"{_short(about)} is there and says what {wish.id} asks for.",
        "affected_files": list(wish.files),
        "phase": "P2" if wish.needs else "P1",
        "model_tier": "auto",
    }


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79].rstrip() + "…"
