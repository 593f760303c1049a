"""The shapes of planning and engine that windows and commands are given: their floors may not import those two."""

from __future__ import annotations

from orchestra_desktop.engine.run_state import OpenCheckpoint, RunState, TaskRecord
from orchestra_desktop.planning.planner import PlanProgress
from orchestra_desktop.planning.quote import Quote, quote_json

__all__ = ["OpenCheckpoint", "PlanProgress", "Quote", "RunState", "TaskRecord", "quote_json"]
