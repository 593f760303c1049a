"""What the services place knows of each service: how it is, its models, how long it took, and its last error."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from orchestra_desktop.domain.events import HealthChanged
from orchestra_desktop.domain.ports import Health
from orchestra_desktop.domain.texts import text
from orchestra_desktop.viewmodels.english import SENTENCES, english
from orchestra_desktop.viewmodels.harmless import harmless

_LONGEST_DETAIL = 600  # characters of what a service said; a proxy's error page is longer
_COSTING = frozenset({"connection", "timeout", "cut_off"})  # their sentences say that it may cost: a check never does


class ServiceState(StrEnum):
    """`no_key` is not asked because it could not answer; `offline` is refused by our own switch."""

    UNKNOWN = "unknown"
    ASKING = "asking"
    READY = "ready"
    NOT_ANSWERING = "not_answering"
    NO_KEY = "no_key"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service. `detail` and `last_error` come from outside and are made harmless; `models` are their ids."""

    id: str
    name: str
    needs_key: bool
    state: ServiceState = ServiceState.UNKNOWN
    detail: str = ""
    models: tuple[str, ...] = ()
    latency_ms: int | None = None
    last_error: str = ""


SERVICES: tuple[ServiceRow, ...] = (
    ServiceRow("anthropic", "Claude", needs_key=True),
    ServiceRow("ollama", "Ollama", needs_key=False),
)


def asking(row: ServiceRow) -> ServiceRow:
    """While an answer is awaited the last models stay, so that nothing moves."""
    return replace(row, state=ServiceState.ASKING)


def without_key(row: ServiceRow, why: str) -> ServiceRow:
    """`why` is a sentence for people, such as that there is no keyring."""
    return replace(row, state=ServiceState.NO_KEY, detail=why, latency_ms=None)


def answered(row: ServiceRow, health: Health, *, refused: bool) -> ServiceRow:
    """After a check. `refused` says that our own offline switch stood in the way."""
    detail = said(health.detail)
    if health.healthy:
        models = tuple(sorted(harmless(model.id) for model in health.models))
        state, latency = ServiceState.READY, health.latency_ms
        return replace(row, state=state, detail=detail, models=models, latency_ms=latency)
    state = ServiceState.OFFLINE if refused else ServiceState.NOT_ANSWERING
    return replace(row, state=state, detail=detail, latency_ms=None, last_error="" if refused else detail)


def heard(row: ServiceRow, event: HealthChanged) -> ServiceRow:
    """What a run found out; it tells no models."""
    if event.healthy:
        return replace(row, state=ServiceState.READY, detail="")
    detail = said(event.detail)
    return replace(row, state=ServiceState.NOT_ANSWERING, detail=detail, latency_ms=None, last_error=detail)


def said(detail: str) -> str:
    """What a check said, fit to be shown: a fault by its sentence, the rest as it came, harmless and not too long."""
    kind, _, rest = detail.partition(": ")
    key = f"fault.{kind}"
    known = key in SENTENCES and kind not in _COSTING
    words = english(text(key, detail=rest.rstrip("."))) if known else harmless(detail)
    return words if len(words) <= _LONGEST_DETAIL else f"{words[:_LONGEST_DETAIL]}…"
