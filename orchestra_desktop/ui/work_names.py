"""Names of the coroutines that the bridge runs at most once each: one planning and one run per project."""

from __future__ import annotations


def planning_name(project: str) -> str:
    return f"plan:{project}"


def run_name(project: str) -> str:
    return f"run:{project}"
