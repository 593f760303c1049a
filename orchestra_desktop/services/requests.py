"""What each deciding verb is told, as frozen models: a request may come from another process, of another version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import text

_MOST_NANO = 1_000_000 * 1_000_000_000  # a million dollars, the largest amount that settings take

Names = Annotated[tuple[str, ...], Field(strict=False, max_length=10_000)]  # JSON has lists
Amount = Annotated[int, Field(ge=0, le=_MOST_NANO)]  # nano-dollars
RequestT = TypeVar("RequestT", bound="Request")


class Request(BaseModel):
    """Root of all requests. Null stands for what is not said."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, populate_by_name=True
    )

    verb: str


class PlanRequest(Request):
    text: str
    name: str | None = None
    rigor: str | None = None
    workspace: str | None = None
    planner: str | None = None
    repo: str | None = None
    base: str | None = None
    rehearse: bool = False


class ReplanRequest(Request):
    project: str
    rigor: str | None = None
    planner: str | None = None
    comment: str | None = None


class EditRequest(Request):
    """`changes` are fields of the task by name; planning checks each."""

    project: str
    task: str
    changes: dict[str, Any]


class AnswerRequest(Request):
    project: str
    question: int
    text: str


class ApproveRequest(Request):
    """`plan` is a draft's number, None the newest; `ceiling` None signs the quote's own."""

    project: str
    plan: int | None = None
    ceiling: Amount | None = None


class RunRequest(Request):
    project: str
    only: Names | None = None
    start_at: str | None = Field(default=None, alias="from")
    concurrency: int | None = None
    ceiling: Amount | None = None


class RunVerbRequest(Request):
    """pause, resume, stop."""

    project: str


class TasksRequest(Request):
    """skip, accept, cancel."""

    project: str
    tasks: Annotated[Names, Field(min_length=1)]


class RetryRequest(TasksRequest):
    guidance: str | None = None
    tier: str | None = None


class ResolveRequest(Request):
    """`cap` is what the cap that was reached is raised to; `output` what the accepted output was edited to."""

    checkpoint: str
    action: str
    guidance: str | None = None
    tier: str | None = None
    cap: Amount | None = None
    output: str | None = None


class CapsRequest(Request):
    """`changes` by kind of cap; null is no cap. With a project, `project` among them is that project's own."""

    project: str | None = None
    changes: dict[str, Amount | None] = Field(default_factory=dict)


def read(kind: type[RequestT], request: dict[str, Any]) -> RequestT:
    """The request as its verb needs it. Raises InvalidInput naming the first field that is wrong."""
    try:
        return kind.model_validate(request)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])[:80]
        raise InvalidInput(
            text("request.malformed", verb=str(request.get("verb"))[:80], field=field, detail=first["msg"])
        ) from None


def tier_of(name: str | None) -> Tier | None:
    """Raises InvalidInput for an unknown tier; `ollama` is read as `local`."""
    if name is None:
        return None
    try:
        return Tier("local" if name == "ollama" else name)
    except ValueError:
        raise InvalidInput(text("tier.unknown", given=name[:80], known=", ".join(Tier))) from None


def cap_of(name: str) -> CapKind:
    """Raises InvalidInput for what is no cap."""
    try:
        return CapKind(name)
    except ValueError:
        raise InvalidInput(text("cap.unknown", given=name[:80], known="daily, monthly, project")) from None


def place_of(given: str | None) -> str:
    """A workspace that means the same in every process. Raises InvalidInput for one that does not: a relative path
    would lie in the working directory of whoever carries the verb out."""
    if given and not given.startswith("~") and not Path(given).is_absolute():
        raise InvalidInput(text("workspace.not_absolute", path=given[:400]))
    return given or ""
