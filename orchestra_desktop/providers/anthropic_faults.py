"""Reads the faults of Claude's service: complete refusals, error events in mid-stream, and broken connections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.providers.faults import (
    described,
    plain_detail,
    request_id,
    retry_after_s,
    status_kind,
    status_owed,
    wire_facts,
)

# A 429 with one of these is no rate limit: waiting does not help (models.md). A ramp limit does pass by waiting.
SPEND_CODES = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
    }
)

_ERROR_TYPES: Mapping[str, FaultKind] = {
    "invalid_request_error": FaultKind.BAD_REQUEST,
    "authentication_error": FaultKind.KEY_REFUSED,
    "billing_error": FaultKind.SPEND_LIMIT,
    "permission_error": FaultKind.FORBIDDEN,
    "not_found_error": FaultKind.NOT_FOUND,
    "request_too_large": FaultKind.TOO_LARGE,
    "rate_limit_error": FaultKind.RATE_LIMITED,
    "timeout_error": FaultKind.TIMEOUT,
    "overloaded_error": FaultKind.OVERLOADED,
    "api_error": FaultKind.SERVER,
}


def fault_of(
    error: Exception, *, now: int, secrets: Iterable[str], headers: Mapping[str, str], known: Usage | None
) -> ModelFault:
    """The one fault for whatever the SDK, its transport or our own reading of the stream raised.

    `now` is in microseconds since the epoch; `headers` are those of the answer, empty where none had come; `known` is
    the usage reported before the break.
    """
    import anthropic

    if isinstance(error, ModelFault):
        return error
    if isinstance(error, anthropic.APIStatusError):
        return _refused(error, now, secrets, known)
    if isinstance(error, anthropic.APIConnectionError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    kind, owed = wire_facts(error)
    if isinstance(error, anthropic.APIConnectionError):
        kind = FaultKind.TIMEOUT if isinstance(error, anthropic.APITimeoutError) else FaultKind.CONNECTION
    return _broken(kind, owed, described(error), secrets, known, request_id(headers))


def error_event(body: object, headers: Mapping[str, str], *, secrets: Iterable[str], known: Usage | None) -> ModelFault:
    """An `error` event in mid-stream. The status was 200 and the model had begun, so something may be owed.

    `body` is the event's JSON, or its bare text where it is none.
    """
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return _broken(FaultKind.UNREADABLE, Owed.UNKNOWN, f"error event: {body}", secrets, known, request_id(headers))
    kind = _ERROR_TYPES.get(str(error.get("type")), FaultKind.SERVER)
    kind = FaultKind.SPEND_LIMIT if _error_code(error) in SPEND_CODES else kind
    detail = f"{error.get('type')}: {error.get('message')}"
    return _broken(kind, Owed.UNKNOWN, detail, secrets, known, request_id(headers))


def cut_off(headers: Mapping[str, str], known: Usage | None) -> ModelFault:
    """A stream that ended, cleanly or not, without its last event."""
    return _broken(
        FaultKind.CUT_OFF, Owed.UNKNOWN, "the stream ended without its last event", (), known, request_id(headers)
    )


def _refused(error: Any, now: int, secrets: Iterable[str], known: Usage | None) -> ModelFault:
    """A status the service answered with. One of 200 is an error event that the SDK met in mid-stream."""
    headers: Mapping[str, str] = error.response.headers
    if error.status_code < 300:
        return error_event(error.body, headers, secrets=secrets, known=known)
    kind = FaultKind.SPEND_LIMIT if error.error_code in SPEND_CODES else status_kind(error.status_code)
    return ModelFault(
        FaultFacts(
            kind=kind,
            owed=status_owed(error.status_code),
            detail=plain_detail(str(error.api_message or error.message), secrets),
            status=error.status_code,
            retry_after_s=retry_after_s(headers, now),
            request_id=request_id(headers),
            known_usage=known,
        )
    )


def _broken(
    kind: FaultKind,
    owed: Owed,
    detail: str,
    secrets: Iterable[str],
    known: Usage | None,
    request: str | None = None,
) -> ModelFault:
    detail = plain_detail(detail, secrets)
    return ModelFault(FaultFacts(kind=kind, owed=owed, detail=detail, request_id=request, known_usage=known))


def _error_code(error: Mapping[str, Any]) -> str | None:
    details = error.get("details")
    return str(details.get("error_code")) if isinstance(details, dict) else None
