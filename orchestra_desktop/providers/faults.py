"""What went wrong, read from any exception of any client: one kind, what is owed, and a bounded word about it."""

from __future__ import annotations

import email.utils
import math
import ssl
import unicodedata
from collections.abc import Iterable, Mapping

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, NetworkRefused, Owed
from orchestra_desktop.network.guard import OFFLINE

LONGEST_DETAIL = 500
LONGEST_REQUEST_ID = 100

_STATUS_KINDS: Mapping[int, FaultKind] = {
    401: FaultKind.KEY_REFUSED,
    402: FaultKind.SPEND_LIMIT,
    403: FaultKind.FORBIDDEN,
    404: FaultKind.NOT_FOUND,
    408: FaultKind.TIMEOUT,
    413: FaultKind.TOO_LARGE,
    429: FaultKind.RATE_LIMITED,
    504: FaultKind.TIMEOUT,
    529: FaultKind.OVERLOADED,
}

# By class name, since httpx and httpx2 name theirs alike and neither needs to be loaded for the other's sake. The more
# special names come first in an exception's ancestry. Before the connection stands nothing was sent; afterwards the
# service may have heard everything, so something may be owed.
_WIRE_FAULTS: Mapping[str, tuple[FaultKind, Owed]] = {
    "ConnectTimeout": (FaultKind.UNREACHABLE, Owed.NOTHING),
    "ConnectError": (FaultKind.UNREACHABLE, Owed.NOTHING),
    "ProxyError": (FaultKind.UNREACHABLE, Owed.NOTHING),
    "UnsupportedProtocol": (FaultKind.UNREACHABLE, Owed.NOTHING),
    "InvalidURL": (FaultKind.UNREACHABLE, Owed.NOTHING),
    "PoolTimeout": (FaultKind.TIMEOUT, Owed.NOTHING),
    "TimeoutException": (FaultKind.TIMEOUT, Owed.UNKNOWN),
    "DecodingError": (FaultKind.UNREADABLE, Owed.UNKNOWN),
    "TransportError": (FaultKind.CONNECTION, Owed.UNKNOWN),
    "StreamError": (FaultKind.CONNECTION, Owed.UNKNOWN),
}


def fault(kind: FaultKind, owed: Owed, detail: str) -> ModelFault:
    """A fault found by our own rules."""
    return ModelFault(FaultFacts(kind, owed, plain_detail(detail)))


def guard_fault(refused: NetworkRefused) -> ModelFault:
    """Our own guard said no: because of the offline switch, or because the address is none."""
    return fault(*wire_facts(refused), described(refused))


def status_kind(status: int) -> FaultKind:
    """What a complete answer with this status says; a redirect counts as a bad request, since none is followed."""
    if known := _STATUS_KINDS.get(status):
        return known
    return FaultKind.SERVER if status >= 500 else FaultKind.BAD_REQUEST


def status_owed(status: int) -> Owed:
    """Nothing is owed for a complete refusal; a status below 400 never was one (reliability.md M4)."""
    return Owed.NOTHING if status >= 400 else Owed.UNKNOWN


def wire_facts(error: Exception) -> tuple[FaultKind, Owed]:
    """Kind and debt of an exception that carries no status.

    What nobody foresaw is taken as an unreadable answer for which something may be owed: a fault must neither escape as
    an exception of some library nor release money that the service may yet bill.
    """
    if isinstance(error, NetworkRefused):
        kind = FaultKind.OFFLINE if error.text.args["why"] == OFFLINE else FaultKind.UNREACHABLE
        return kind, Owed.NOTHING
    for base in type(error).__mro__:
        if base.__module__.partition(".")[0] in {"httpx", "httpx2"} and base.__name__ in _WIRE_FAULTS:
            return _WIRE_FAULTS[base.__name__]
    if isinstance(error, TimeoutError):
        return FaultKind.TIMEOUT, Owed.UNKNOWN
    if isinstance(error, OSError | ssl.SSLError):
        return FaultKind.CONNECTION, Owed.UNKNOWN
    return FaultKind.UNREADABLE, Owed.UNKNOWN


def plain_detail(text: str, secrets: Iterable[str] = ()) -> str:
    """At most 500 characters, no secrets, and no character that could steer a terminal or hide what follows."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[key]")
    escaped = "".join(_visible(character) for character in text[: 2 * LONGEST_DETAIL])
    return escaped if len(escaped) <= LONGEST_DETAIL else escaped[: LONGEST_DETAIL - 1] + "…"


def described(error: Exception) -> str:
    """The type and message of an exception; a refusal of our guard names the host and why."""
    if isinstance(error, NetworkRefused):
        return f"{error.host}: {error.text.args['why']}"
    message = str(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def retry_after_s(headers: Mapping[str, str], now: int) -> float | None:
    """Seconds that the service asks us to wait; the milliseconds, where given, are its more exact word.

    `now` is in microseconds since the epoch, for a `retry-after` that names a date (RFC 9110, 10.2.3).
    """
    exact = _number(headers.get("retry-after-ms"))
    if exact is not None:
        return max(0.0, exact / 1_000)
    given = headers.get("retry-after")
    plain = _number(given)
    if plain is None and given is not None:
        plain = _seconds_until(given, now)
    return None if plain is None else max(0.0, plain)


def request_id(headers: Mapping[str, str]) -> str | None:
    """The service's own name for the request, for its support."""
    given = headers.get("request-id")
    return plain_detail(given)[:LONGEST_REQUEST_ID] if given else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds_until(date: str, now: int) -> float | None:
    try:
        moment = email.utils.parsedate_to_datetime(date)
        return moment.timestamp() - now / 1_000_000
    except (ValueError, TypeError, OverflowError):
        return None


def _visible(character: str) -> str:
    """Control, format (bidirectional marks), surrogate and line-separating characters are shown as escapes."""
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character
