"""What `plan`, `plans` and `quote` say, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestra_desktop.domain.plan import PlanVersion, plan_json
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.services.shapes import Quote, quote_json
from orchestra_desktop.viewmodels.english import english

Json = dict[str, Any]


def planned_json(project: str, version: PlanVersion, quote: Quote | None, unquoted: Text | None = None) -> Json:
    """A new version with its quote; where there can be none, `unquoted` says why among the problems."""
    problems = problem_sentences(version) + ([english(unquoted)] if unquoted is not None else [])
    return {
        "project": project,
        "plan": plan_json(version.plan),
        "problems": problems,
        "quote": quote_json(quote) if quote is not None else None,
        "number": version.number,
    }


def problem_sentences(version: PlanVersion) -> list[str]:
    """What was found about a plan and what was repaired, in the order in which it was found."""
    return [english(Text(str(row["key"]), dict(row["args"]))) for row in version.problems]


def plans_json(versions: Sequence[PlanVersion], costs: Mapping[int, int]) -> Json:
    """All versions; `charged` is what making each took, in nano-dollars."""
    return {
        "plans": [
            {
                "number": version.number,
                "state": version.state.value,
                "hash": version.hash,
                "tasks": len(version.plan.tasks),
                "charged": costs.get(version.number, 0),
            }
            for version in versions
        ]
    }
