"""Makes a plan from the requirements in a prompt by rule: a task per requirement, in the schema that is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.schema_fill import filled

FILE = re.compile(r"(?<![\w./-])[\w-][\w./-]*\.(?:py|md|txt|json|toml|ya?ml|html|css|js|ts|sh|csv|rst|ini|cfg|sql)\b")
REQUIREMENT = (
    re.compile(r"^[\s>|*•-]*(R\d+)\**\s*[:.)|–—-]?\**\s+(\S.*)$", re.MULTILINE),
    re.compile(r'"id"\s*:\s*"(R\d+)"\s*,\s*"text"\s*:\s*"([^"]+)"'),
    re.compile(r"<requirement[^>]*\bid=[\"'](R\d+)[\"'][^>]*>\s*([^<]+)"),
    re.compile(r"^\s*\[(R\d+)\]\s*(\S.*)$", re.MULTILINE),
)
BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(\S.*)$", re.MULTILINE)

KINDS = (
    (
        "code",
        re.compile(r"\.(?:py|js|ts|sh)\b|\bscript\b|\bprogram\b|\bimplement|\bfunction\b|\bmodule\b", re.IGNORECASE),
    ),
    (
        "documentation",
        re.compile(r"\.(?:md|rst|txt)\b|\bdocument|\breadme\b|\bguide\b|\bsummar|\bexplain", re.IGNORECASE),
    ),
    ("research", re.compile(r"\bresearch|\bfind out\b|\bcompare\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One requirement and the task made of it; `depends_on` holds places of earlier parts."""

    requirement: str
    text: str
    kind: str
    files: tuple[str, ...]
    depends_on: tuple[int, ...]


def requirements_in(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Ids and texts of the requirements, from the first text that names any; bullets count if nothing is numbered."""
    for text in texts:
        for pattern in REQUIREMENT:
            if found := pattern.findall(text):
                return _first_of_each([(key, words.strip()) for key, words in found])
    for text in texts:
        if found := BULLET.findall(text):
            return [(f"R{place}", words.strip()) for place, words in enumerate(found, 1)]
    return [("R1", (texts[0].strip() or "the work").splitlines()[-1])]


def _first_of_each(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """A requirement that is quoted again further down keeps its first place and wording."""
    kept: dict[str, str] = {}
    for key, words in found:
        kept.setdefault(key, words)
    return list(kept.items())


def plan_answer(texts: Sequence[str], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as JSON: just the properties that `schema` names."""
    parts = parts_of(requirements_in(texts))
    tasks = [_task(place, part, _phase_of(place, part, parts)) for place, part in enumerate(parts)]
    known = {
        "summary": f"{len(tasks)} tasks for {len(parts)} requirements.",
        "phases": _phases(parts),
        "tasks": tasks,
        "open_questions": [
            {
                "question": "Which language should the greeting be in?",
                "proposed_answer": "English.",
                "impact": "The wording of what is printed.",
            }
        ],
        "risk_assessment": [
            {"risk": risk, "likelihood": "low", "impact": "medium", "mitigation": mitigation}
            for risk, mitigation in (
                ("The clock of the machine is wrong.", "Say in the instructions where the date comes from."),
                ("Python is missing.", "Name the version that is needed."),
            )
        ],
        "test_strategy": {
            "approach": "Run what was written and compare its output with the requirement.",
            "test_tasks": [tasks[0]["id"]],
            "coverage_notes": "Every requirement has a task of its own.",
        },
    }
    return dict(filled(schema, schema, known))


def parts_of(requirements: Sequence[tuple[str, str]]) -> list[Part]:
    """One part per requirement, with the files it is about and the earlier parts it needs."""
    parts: list[Part] = []
    for name, text in requirements:
        kind = next((kind for kind, pattern in KINDS if pattern.search(text)), "analysis")
        mentioned = tuple(dict.fromkeys(FILE.findall(text)))
        earlier = {file for part in parts for file in part.files}
        files = tuple(file for file in mentioned if file not in earlier) or _invented(kind, text, len(parts) + 1)
        parts.append(Part(name, text, _kind_by_file(kind, files), files, _needs(text, files, parts)))
    return parts


def _kind_by_file(kind: str, files: Sequence[str]) -> str:
    """RUN.md that tells how to run a script is documentation, though the word script is in its requirement."""
    return "documentation" if files and all(file.endswith((".md", ".rst", ".txt")) for file in files) else kind


def _invented(kind: str, text: str, number: int) -> tuple[str, ...]:
    if kind != "code":
        return ()
    return ("hello_world.py",) if re.search(r"greet|hello", text, re.IGNORECASE) else (f"part_{number}.py",)


def _needs(text: str, files: Sequence[str], earlier: Sequence[Part]) -> tuple[int, ...]:
    named = {
        place
        for place, part in enumerate(earlier)
        if re.search(rf"\b{part.requirement}\b", text) or any(file in text for file in part.files)
    }
    if not named and any(file.upper().endswith("RUN.MD") for file in files):
        named = {place for place, part in enumerate(earlier) if part.kind == "code"}
    return tuple(sorted(named))


def _phase_of(place: int, part: Part, parts: Sequence[Part]) -> str:
    if any(one.depends_on for one in parts):
        return "P2" if part.depends_on else "P1"
    return "P2" if place and place == len(parts) - 1 else "P1"


def _phases(parts: Sequence[Part]) -> list[dict[str, str]]:
    used = {_phase_of(place, part, parts) for place, part in enumerate(parts)}
    phases = (("P1", "Make", "What needs nothing else."), ("P2", "Finish", "What builds on it."))
    return [{"id": key, "name": name, "description": words} for key, name, words in phases if key in used]


def _task(place: int, part: Part, phase: str) -> dict[str, Any]:
    about = ", ".join(part.files) or part.text
    verb = {"code": "Write", "documentation": "Describe", "research": "Research"}.get(part.kind, "Work out")
    return {
        "id": f"T{place + 1}",
        "title": f"{verb} {about}"[:80],
        "description": f"{part.text}" + (f" Write {' and '.join(part.files)}." if part.files else ""),
        "task_type": part.kind,
        "complexity": "simple",
        "depends_on": [f"T{one + 1}" for one in part.depends_on],
        "tools_needed": ["write_file"] if part.files else [],
        "requirement_ids": [part.requirement],
        "verification_criteria": f"{about} is there and does what {part.requirement} says.",
        "affected_files": list(part.files),
        "phase": phase,
        "model_tier": "auto",
    }
