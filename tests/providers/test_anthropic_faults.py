"""Faults as the SDK itself would raise them, where we do not read its stream ourselves."""

from __future__ import annotations

import anthropic
import httpx2
import pytest

from orchestra_desktop.domain.errors import FaultKind, NetworkRefused, Owed
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.providers.anthropic_faults import fault_of
from tests.network.clocks import NOON

REQUEST = httpx2.Request("POST", "http://x.test/v1/messages")
KNOWN = Usage(10, 1)


def kind_and_debt(error: Exception) -> tuple[FaultKind, Owed]:
    facts = fault_of(error, now=NOON, secrets=(), headers={"request-id": "req_1"}, known=KNOWN).facts
    assert facts.known_usage == KNOWN
    assert facts.request_id == "req_1"
    return facts.kind, facts.owed


def caused(error: anthropic.APIConnectionError, cause: Exception | None) -> anthropic.APIConnectionError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "x"}}, FaultKind.OVERLOADED),
        ("upstream went away", FaultKind.UNREADABLE),
        (None, FaultKind.UNREADABLE),
    ],
)
def test_a_status_error_of_200_is_an_error_in_mid_stream_and_may_be_owed(body: object, kind: FaultKind) -> None:
    answer = httpx2.Response(200, headers={"request-id": "req_1"}, request=REQUEST)
    assert kind_and_debt(anthropic.APIStatusError("x", response=answer, body=body)) == (kind, Owed.UNKNOWN)


@pytest.mark.parametrize(
    ("cause", "kind", "owed"),
    [
        (httpx2.ConnectError("x"), FaultKind.UNREACHABLE, Owed.NOTHING),
        (httpx2.ReadError("x"), FaultKind.CONNECTION, Owed.UNKNOWN),
        (NetworkRefused("x.test", "offline"), FaultKind.OFFLINE, Owed.NOTHING),
        (RuntimeError("unforeseen"), FaultKind.UNREADABLE, Owed.UNKNOWN),
        (None, FaultKind.CONNECTION, Owed.UNKNOWN),
    ],
)
def test_a_connection_error_is_read_by_its_cause(cause: Exception | None, kind: FaultKind, owed: Owed) -> None:
    assert kind_and_debt(caused(anthropic.APIConnectionError(request=REQUEST), cause)) == (kind, owed)


@pytest.mark.parametrize(
    ("cause", "kind", "owed"),
    [
        (httpx2.ConnectTimeout("x"), FaultKind.UNREACHABLE, Owed.NOTHING),
        (httpx2.PoolTimeout("x"), FaultKind.TIMEOUT, Owed.NOTHING),
        (httpx2.ReadTimeout("x"), FaultKind.TIMEOUT, Owed.UNKNOWN),
        (None, FaultKind.TIMEOUT, Owed.UNKNOWN),
    ],
)
def test_a_timeout_owes_nothing_only_before_the_connection_stood(
    cause: Exception | None, kind: FaultKind, owed: Owed
) -> None:
    assert kind_and_debt(caused(anthropic.APITimeoutError(request=REQUEST), cause)) == (kind, owed)
