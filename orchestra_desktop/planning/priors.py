"""What is assumed of a task before there is a history: rounds, tokens and speed, read from `resources/priors.json`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.plan import Complexity, TaskType, Tier
from orchestra_desktop.domain.texts import text

Z90 = 1.2815515655446004  # the standard normal's 90th percentile
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Spread = tuple[Positive, Positive]  # median and 90th percentile of a lognormal


class TaskPrior(BaseModel):
    """One kind of task on one tier. `output_tokens` are per round and include thinking, `tool_tokens` per round too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task_type: TaskType
    complexity: Complexity
    tier: Tier
    rounds: Spread
    output_tokens: Spread
    tool_tokens: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Speed(BaseModel):
    """How fast a tier answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens_per_second: Positive
    latency_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Priors(BaseModel):
    """The whole file. `shared_spread` is the part of the error that all tasks of a plan have in common (sigma of a
    lognormal): independent errors alone would cancel out and make every long plan look certain.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int
    date: str
    repeat_probability: Annotated[float, Field(ge=0, lt=1)]
    shared_spread: Annotated[float, Field(ge=0, le=2)]
    speed: Mapping[str, Speed]
    tasks: tuple[TaskPrior, ...]


class PriorTable:
    """Looks up what is assumed of a task."""

    def __init__(self, priors: Priors) -> None:
        self.repeat_probability = priors.repeat_probability
        self.shared_spread = priors.shared_spread
        self._speed = priors.speed
        self._tasks = {(prior.task_type, prior.complexity, prior.tier): prior for prior in priors.tasks}

    def task(self, task_type: TaskType, complexity: Complexity, tier: Tier) -> TaskPrior:
        return self._tasks[task_type, complexity, tier]

    def speed(self, provider: str, tier: Tier) -> Speed:
        """A provider's own speed where it has one, as rehearsal does; else its tier's."""
        return self._speed.get(provider) or self._speed[tier.value]


def load_priors(raw: str) -> PriorTable:
    """Reads the file's text. Raises InvalidInput if it is damaged or a kind of task is missing."""
    try:
        priors = Priors.model_validate_json(raw)
    except ValidationError as error:
        raise InvalidInput(text("priors.damaged", detail=str(error.errors()[0]["msg"]))) from None
    table = PriorTable(priors)
    for task_type in TaskType:
        for complexity in Complexity:
            for tier in (Tier.LOCAL, Tier.HAIKU, Tier.SONNET, Tier.OPUS):
                _check_present(table, task_type, complexity, tier)
    return table


def _check_present(table: PriorTable, task_type: TaskType, complexity: Complexity, tier: Tier) -> None:
    try:
        table.task(task_type, complexity, tier)
        table.speed("", tier)
    except KeyError as missing:
        raise InvalidInput(text("priors.damaged", detail=f"no entry for {missing}")) from None


def sigma(spread: Spread) -> float:
    """The sigma of the lognormal with this median and 90th percentile."""
    return max(math.log(spread[1] / spread[0]) / Z90, 0.0)
