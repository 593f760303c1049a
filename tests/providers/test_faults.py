"""How anything that is raised becomes one kind, one debt and one bounded word."""

from __future__ import annotations

import json
import ssl
import unicodedata
from email.utils import formatdate

import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import FaultKind, NetworkRefused, Owed
from orchestra_desktop.providers.faults import (
    LONGEST_DETAIL,
    plain_detail,
    request_id,
    retry_after_s,
    status_kind,
    status_owed,
    wire_facts,
)
from tests.network.clocks import NOON


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize(
    ("name", "kind", "owed"),
    [
        ("ConnectError", FaultKind.UNREACHABLE, Owed.NOTHING),
        ("ConnectTimeout", FaultKind.UNREACHABLE, Owed.NOTHING),
        ("ProxyError", FaultKind.UNREACHABLE, Owed.NOTHING),
        ("UnsupportedProtocol", FaultKind.UNREACHABLE, Owed.NOTHING),
        ("PoolTimeout", FaultKind.TIMEOUT, Owed.NOTHING),
        ("ReadTimeout", FaultKind.TIMEOUT, Owed.UNKNOWN),
        ("WriteTimeout", FaultKind.TIMEOUT, Owed.UNKNOWN),
        ("ReadError", FaultKind.CONNECTION, Owed.UNKNOWN),
        ("WriteError", FaultKind.CONNECTION, Owed.UNKNOWN),
        ("CloseError", FaultKind.CONNECTION, Owed.UNKNOWN),
        ("RemoteProtocolError", FaultKind.CONNECTION, Owed.UNKNOWN),
        ("LocalProtocolError", FaultKind.CONNECTION, Owed.UNKNOWN),
        ("DecodingError", FaultKind.UNREADABLE, Owed.UNKNOWN),
    ],
)
def test_nothing_is_owed_only_where_no_connection_stood(
    library: object, name: str, kind: FaultKind, owed: Owed
) -> None:
    error: Exception = getattr(library, name)("planted")
    assert wire_facts(error) == (kind, owed)


@pytest.mark.parametrize(
    "error",
    [
        json.JSONDecodeError("x", "y", 0),
        IndexError(),
        AssertionError(),
        AttributeError(),
        KeyError("x"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        RuntimeError("unforeseen"),
    ],
)
def test_what_nobody_foresaw_is_unreadable_and_may_be_owed(error: Exception) -> None:
    assert wire_facts(error) == (FaultKind.UNREADABLE, Owed.UNKNOWN)


def test_a_refusal_of_our_own_guard_owes_nothing() -> None:
    assert wire_facts(NetworkRefused("x.test", "offline")) == (FaultKind.OFFLINE, Owed.NOTHING)
    assert wire_facts(NetworkRefused("?", "bad_address")) == (FaultKind.UNREACHABLE, Owed.NOTHING)


def test_bare_errors_of_the_system_may_be_owed() -> None:
    assert wire_facts(ConnectionResetError()) == (FaultKind.CONNECTION, Owed.UNKNOWN)
    assert wire_facts(ssl.SSLError()) == (FaultKind.CONNECTION, Owed.UNKNOWN)
    assert wire_facts(TimeoutError()) == (FaultKind.TIMEOUT, Owed.UNKNOWN)


@given(st.integers(100, 999))
def test_only_a_complete_refusal_owes_nothing(status: int) -> None:
    assert (status_owed(status) is Owed.NOTHING) == (status >= 400)
    assert status_kind(status) in FaultKind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1", "retry-after-ms": "20"}, 0.02),
        ({"retry-after": "1", "retry-after-ms": "soon"}, 1.0),
        ({"retry-after": formatdate(NOON / 1e6 + 90, usegmt=True)}, 90.0),
        ({"retry-after": formatdate(NOON / 1e6 - 90, usegmt=True)}, 0.0),
        ({"retry-after": "Mon, 99 Foo 2026 00:00:00 GMT"}, None),
    ],
)
def test_the_wait_a_service_asks_for_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOON) == seconds


def test_a_detail_holds_no_secret_and_nothing_that_steers_a_terminal() -> None:
    detail = plain_detail("key sk-ant-1 \x1b[31m\r\n\u202egnp.exe\u2028", ("sk-ant-1", ""))
    assert detail == "key [key] \\x1b[31m\\x0d\\x0a\\u202egnp.exe\\u2028"


@given(st.text(max_size=2_000))
def test_a_detail_is_bounded_and_printable(text: str) -> None:
    detail = plain_detail(text)
    assert len(detail) <= LONGEST_DETAIL
    assert not {unicodedata.category(character) for character in detail} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    detail.encode()


def test_a_request_id_is_bounded_too() -> None:
    assert len(request_id({"request-id": "r" * 10_000}) or "") == 100
