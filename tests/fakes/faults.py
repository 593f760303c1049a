"""Every way in which a model service can fail, with what the real client makes of it, and plans that plant them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTHING = "nothing"
"""Stands in `raw` and `helper` where the client raises nothing: the caller must notice by himself."""


class Place(StrEnum):
    """Where in an exchange a fault strikes, which also decides what is billed."""

    STATUS = "status"
    """A complete answer with a status >= 400. Nothing is billed."""
    CONNECTION = "connection"
    """The connection breaks before the first byte of an answer. Billed: the input; a hang: input and `max_tokens`."""
    STREAM = "stream"
    """The stream breaks on the way. Billed: the input and the output that was generated up to there."""
    ENDING = "ending"
    """The content comes whole, its ending does not. Billed: everything."""
    ANSWER = "answer"
    """A well-formed answer that must not count as success. Billed: what it says."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a fault: `raw` and `helper` name what `create(stream=True)` and `messages.stream()` raise."""

    name: str
    place: Place
    raw: str
    helper: str
    status: int = 200
    ollama: str | None = None


def _status(name: str, status: int, error: str, ollama: str | None = None) -> Facts:
    return Facts(name, Place.STATUS, error, error, status, ollama)


def _lost(name: str, place: Place, error: str, ollama: str | None = None) -> Facts:
    return Facts(name, place, error, error, ollama=ollama)


def _quiet(name: str, place: Place, helper: str = NOTHING, ollama: str | None = None) -> Facts:
    return Facts(name, place, NOTHING, helper, ollama=ollama)


class Fault(Enum):
    """The faults of R6 and R7. What the client makes of each is checked against the real one in `tests/fakes_test`."""

    RATE_LIMITED = _status("rate_limited", 429, "RateLimitError")
    """429 with `retry-after: 1`."""
    RATE_LIMITED_MS = _status("rate_limited_ms", 429, "RateLimitError")
    """429 with `retry-after-ms: 20` and `retry-after: 1`; the milliseconds are the exact word."""
    RATE_LIMITED_LONG = _status("rate_limited_long", 429, "RateLimitError")
    """429 with `retry-after: 3600`: longer than anyone should wait without saying so."""
    SPEND_LIMIT_ENFORCED = _status("spend_limit_enforced", 429, "EnforcedSpendLimitReachedError")
    """429 with `error.details.error_code` "enforced_spend_limit_reached": how the client tells it from a rate limit."""
    SPEND_LIMIT_CONTRACT = _status("spend_limit_contract", 429, "ContractSpendLimitReachedError")
    """429 with `error.details.error_code` "contract_spend_limit_reached"."""
    OVERLOADED = _status("overloaded", 529, "OverloadedError")
    """529, JSON body."""
    INTERNAL_ERROR = _status("internal_error", 500, "InternalServerError", "ResponseError")
    """500, JSON body. Ollama: `{"error": …}`."""
    BAD_GATEWAY = _status("bad_gateway", 502, "InternalServerError", "ResponseError")
    """502 with an HTML body, as a proxy sends it: `error.type` and `request_id` are None."""
    UNAVAILABLE = _status("unavailable", 503, "ServiceUnavailableError", "ResponseError")
    """503, empty body. Ollama: its own "server busy"."""
    GATEWAY_TIMEOUT = _status("gateway_timeout", 504, "GatewayTimeoutError")
    """504, `timeout_error`."""
    BAD_REQUEST = _status("bad_request", 400, "BadRequestError")
    """400, `invalid_request_error`."""
    UNAUTHORIZED = _status("unauthorized", 401, "AuthenticationError")
    """401, `authentication_error`: the key is wrong."""
    PAYMENT_REQUIRED = _status("payment_required", 402, "PaymentRequiredError")
    """402, `billing_error`: the credit is used up."""
    FORBIDDEN = _status("forbidden", 403, "PermissionDeniedError")
    """403, `permission_error`."""
    NOT_FOUND = _status("not_found", 404, "NotFoundError", "ResponseError")
    """404, `not_found_error`: no such model."""
    TOO_LARGE = _status("too_large", 413, "ContentTooLargeError")
    """413: the request is over 32 MB. The library knows no `error.type` of its own for it."""

    CLOSED_BEFORE_ANSWER = _lost("closed_before_answer", Place.CONNECTION, "APIConnectionError", "RemoteProtocolError")
    """The connection is closed without one byte."""
    RESET_BEFORE_ANSWER = _lost("reset_before_answer", Place.CONNECTION, "APIConnectionError", "ReadError")
    """The connection is reset (RST) without one byte."""
    HANG_BEFORE_ANSWER = _lost("hang_before_answer", Place.CONNECTION, "APITimeoutError", "ReadTimeout")
    """Not one byte until the client gives up."""

    RESET_IN_STREAM = _lost("reset_in_stream", Place.STREAM, "ReadError", "ReadError")
    """RST in mid-stream: an `httpx2.ReadError`, not an `anthropic.APIError`."""
    CLOSED_IN_STREAM = _lost("closed_in_stream", Place.STREAM, "RemoteProtocolError", "RemoteProtocolError")
    """The connection closes in mid-stream without the last chunk: an `httpx2.RemoteProtocolError`."""
    HANG_IN_STREAM = _lost("hang_in_stream", Place.STREAM, "ReadTimeout", "ReadTimeout")
    """No further byte in mid-stream: an `httpx2.ReadTimeout`, which is not an `APITimeoutError`."""
    ERROR_EVENT = _lost("error_event", Place.STREAM, "APIStatusError", "ResponseError")
    """An `error` event in mid-stream: an `APIStatusError` whose `status_code` is 200. Ollama: an error line."""
    ERROR_EVENT_TEXT = _lost("error_event_text", Place.STREAM, "APIStatusError")
    """An `error` event whose data is no JSON: as above, but `error.body` is a `str`."""
    TRUNCATED_JSON = _lost("truncated_json", Place.STREAM, "JSONDecodeError", "JSONDecodeError")
    """A data line that stops in the middle of its JSON."""
    NOT_JSON = _lost("not_json", Place.STREAM, "JSONDecodeError", "JSONDecodeError")
    """A data line of HTML, as a proxy writes it into a stream."""
    STRING_EVENT = _quiet("string_event", Place.STREAM, "TypeError", "AttributeError")
    """A data line that is a JSON string: raw iteration hands out a `str` instead of an event."""
    DELTA_WITHOUT_BLOCK = _quiet("delta_without_block", Place.STREAM, "IndexError", "ValidationError")
    """A delta for a block that was never started. Raw iteration says nothing. Ollama: a line without `message`."""
    DELTA_WITHOUT_INDEX = _quiet("delta_without_index", Place.STREAM, "TypeError")
    """A delta without `index`. Raw iteration hands out an event whose `index` is None."""
    NO_MESSAGE_START = _quiet("no_message_start", Place.STREAM, "AssertionError")
    """A stream without `message_start`: no input usage at all; `get_final_message` fails an assertion."""

    END_WITHOUT_ENDING = _quiet("end_without_ending", Place.ENDING, ollama=NOTHING)
    """A clean end after the content: neither `message_delta` nor `message_stop`. Ollama: no line with `done`."""
    END_WITHOUT_DELTA = _quiet("end_without_delta", Place.ENDING)
    """`message_stop` without `message_delta`: no stop reason, no final usage."""
    END_WITHOUT_STOP = _quiet("end_without_stop", Place.ENDING)
    """`message_delta` without `message_stop`."""
    USAGE_MISSING = _quiet("usage_missing", Place.ENDING, "AttributeError", NOTHING)
    """No `usage` in `message_start` and `message_delta`. Ollama: no counts."""
    USAGE_NULL = _quiet("usage_null", Place.ENDING, "AttributeError", NOTHING)
    """`usage` is null in both."""
    USAGE_NEGATIVE = _quiet("usage_negative", Place.ENDING, ollama=NOTHING)
    """Token counts below zero."""
    USAGE_ABSURD = _quiet("usage_absurd", Place.ENDING, ollama=NOTHING)
    """Token counts of 10^15, far above any model's limits."""

    TOOL_INPUT_CUT = _quiet("tool_input_cut", Place.ANSWER)
    """The input of a tool call stops in the middle, stop reason max_tokens; the helper drops what is unfinished."""
    TEXT_CUT = _quiet("text_cut", Place.ANSWER, ollama=NOTHING)
    """Stop reason max_tokens in the middle of the text. Ollama: `done_reason` "length"."""
    EMPTY_ANSWER = _quiet("empty_answer", Place.ANSWER, ollama=NOTHING)
    """end_turn without any content."""
    REFUSAL = _quiet("refusal", Place.ANSWER)
    """Stop reason refusal, status 200."""
    PAUSE_TURN = _quiet("pause_turn", Place.ANSWER)
    """Stop reason pause_turn: the answer is to be continued from what it has."""
    CONTEXT_EXCEEDED = _quiet("context_exceeded", Place.ANSWER)
    """Stop reason model_context_window_exceeded in the middle of the text."""
    SLOW_DRIP = _quiet("slow_drip", Place.ANSWER, ollama=NOTHING)
    """A good answer, a few bytes at a time: nothing is wrong, and nothing may break."""

    @property
    def raw(self) -> str:
        """Name of the exception that `create(stream=True)` and its iteration raise."""
        return self.value.raw

    @property
    def helper(self) -> str:
        """Name of the exception that `messages.stream()` and `get_final_message()` raise."""
        return self.value.helper

    @property
    def ollama(self) -> str | None:
        """Name of the exception of `ollama.AsyncClient.chat(stream=True)`; None where Ollama knows no such fault."""
        return self.value.ollama

    @property
    def place(self) -> Place:
        return self.value.place

    @property
    def status(self) -> int:
        return self.value.status


CLAUDE_FAULTS: tuple[Fault, ...] = tuple(Fault)
OLLAMA_FAULTS: tuple[Fault, ...] = tuple(fault for fault in Fault if fault.ollama is not None)
HANGS = (Fault.HANG_BEFORE_ANSWER, Fault.HANG_IN_STREAM)
PERMANENT = (
    Fault.BAD_REQUEST,
    Fault.UNAUTHORIZED,
    Fault.PAYMENT_REQUIRED,
    Fault.FORBIDDEN,
    Fault.NOT_FOUND,
    Fault.TOO_LARGE,
    Fault.SPEND_LIMIT_ENFORCED,
    Fault.SPEND_LIMIT_CONTRACT,
)
"""Faults after which a repetition is forbidden (R7)."""
TRANSIENT: tuple[Fault, ...] = tuple(
    fault
    for fault in Fault
    if fault not in PERMANENT and fault.place is not Place.ANSWER and fault is not Fault.RATE_LIMITED_LONG
)
"""Faults that a repetition may heal, one by one; those of place ANSWER have each their own path."""
QUICK: tuple[Fault, ...] = tuple(fault for fault in TRANSIENT if fault not in HANGS)
"""The transient ones that need no short timeout in the client to come to an end."""


class Faults(Protocol):
    """Decides for the n-th request (counted from 1) whether and how it fails."""

    def pick(self, number: int) -> Fault | None: ...


class NoFaults:
    """Everything works."""

    def pick(self, number: int) -> Fault | None:
        del number
        return None


class FaultPlan:
    """A share `rate` of all requests fails, each kind about as often; by `seed` and the request's number alone."""

    def __init__(self, seed: int, rate: float, kinds: Sequence[Fault] = TRANSIENT) -> None:
        self._seed = seed
        self._rate = rate
        self._kinds = tuple(kinds)

    def pick(self, number: int) -> Fault | None:
        # A fresh generator per request: the answer must not depend on the order in which parallel requests arrive here.
        draw = random.Random(self._seed * 1_000_003 + number)
        return draw.choice(self._kinds) if draw.random() < self._rate else None


class FaultScript:
    """The faults of the first requests one by one; after them everything works."""

    def __init__(self, faults: Iterable[Fault | None]) -> None:
        self._faults = list(faults)

    def pick(self, number: int) -> Fault | None:
        return self._faults[number - 1] if number <= len(self._faults) else None


def named(name: str) -> Fault:
    """The fault of that name, `rate_limited` for instance; raises KeyError with the names there are."""
    known = {fault.value.name: fault for fault in Fault}
    if name not in known:
        raise KeyError(f"no fault is called {name!r}; there are {', '.join(sorted(known))}")
    return known[name]
