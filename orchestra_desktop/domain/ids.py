"""Names for the ids of things, so that the type checker tells a run from a task."""

from __future__ import annotations

from typing import NewType

ProjectId = NewType("ProjectId", str)
RequirementId = NewType("RequirementId", str)  # "R1", stable within a project
TaskId = NewType("TaskId", str)  # "T1", stable over the versions of a project's plan
PhaseId = NewType("PhaseId", str)
PlanHash = NewType("PlanHash", str)  # sha256 of the canonical plan JSON without layout, hexadecimal
RunId = NewType("RunId", str)
CallId = NewType("CallId", str)  # also the id of the call's reservation and of its ledger line
CheckpointId = NewType("CheckpointId", str)
ToolUseId = NewType("ToolUseId", str)
Digest = NewType("Digest", str)  # sha256 of a stored body, hexadecimal
