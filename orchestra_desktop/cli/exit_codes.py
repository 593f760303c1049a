"""The exit codes that scripts rely on (cli.md), and which of them a run or an error comes to."""

from __future__ import annotations

from orchestra_desktop.domain.errors import (
    BudgetError,
    DataFolderHeld,
    ModelFault,
    OrchestraError,
    PlanError,
    UnpricedModel,
)
from orchestra_desktop.domain.transitions import DONE_STATES, RunStateName
from orchestra_desktop.services.shapes import RunState

FINE = 0
FAILED = 1
WRONG_INPUT = 2
NEEDS_PERSON = 3
AT_CAP = 4
HELD = 5
INTERRUPTED = 130


class VerbFailed(Exception):
    """A verb ends with this code; the message, one line, goes to standard error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def of_run(state: RunState) -> int:
    """What a run comes to once nothing in it moves by itself, the first that is true.

    While a run that has not ended is about some chosen tasks alone, the others do not count.
    """
    kinds = {checkpoint.kind for checkpoint in state.checkpoints.values()}
    if "budget" in kinds:
        return AT_CAP
    if kinds:
        return NEEDS_PERSON
    if state.finished is not None:
        return FINE if state.finished is RunStateName.FINISHED else FAILED
    counting = [record for name, record in state.tasks.items() if state.in_scope(name)]
    return FINE if all(record.state in DONE_STATES for record in counting) else FAILED


def of_error(error: OrchestraError, *, planning: bool = False) -> int:
    """What an error comes to; in a verb that plans, a plan that did not come about is no fault of the input."""
    if isinstance(error, DataFolderHeld):
        return HELD
    if isinstance(error, BudgetError) and not isinstance(error, UnpricedModel):
        return AT_CAP
    if planning and isinstance(error, ModelFault | PlanError | UnpricedModel):
        return FAILED
    return WRONG_INPUT
