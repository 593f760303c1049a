"""What a finished or failed call is booked as: the rules M4 and M6 of reliability.md, without I/O."""

from __future__ import annotations

from orchestra_desktop.domain.errors import FaultFacts, Owed
from orchestra_desktop.domain.events import CallCharged, CallUnconfirmed, CallVoided
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import Flag, LineSettled, LineState
from orchestra_desktop.domain.messages import Answer, Usage
from orchestra_desktop.domain.pricing import Price


def charged(
    call: CallId, at: int, reserved: int, price: Price | None, answer: Answer
) -> tuple[LineSettled, CallCharged]:
    """Books an answer by its usage, or at the bound where the usage cannot be believed; free calls cost nothing."""
    amount, usage, flags = _amount(reserved, price, answer.usage)
    line = LineSettled(call, at, LineState.CHARGED, amount, usage, answer.request_id, flags)
    return line, CallCharged(call, amount, usage, answer.request_id, flags)


def _amount(reserved: int, price: Price | None, usage: Usage | None) -> tuple[int, Usage | None, tuple[Flag, ...]]:
    if usage is None:
        return reserved, None, (Flag.USAGE_MISSING,)
    if price is None:
        return 0, usage, ()
    if not usage.is_sane(max_prompt=price.context_tokens, max_output=price.max_output_tokens):
        return reserved, None, (Flag.USAGE_IMPLAUSIBLE,)
    amount = price.cost(usage)
    flags = (Flag.ABOVE_RESERVATION,) if amount > reserved else ()
    return amount, usage, flags if usage.cache_breakdown else (*flags, Flag.CACHE_WRITE_UNSPLIT)


def failed(
    call: CallId, at: int, reserved: int, fault: FaultFacts, *, free: bool
) -> tuple[LineSettled, CallVoided | CallUnconfirmed]:
    """Books a call that did not answer: nothing where nothing can be owed, else its whole reservation, unconfirmed."""
    if fault.owed is Owed.NOTHING or free:
        line = LineSettled(call, at, LineState.VOIDED, request_id=fault.request_id)
        return line, CallVoided(call, fault.kind.value, fault.detail)
    flags = (Flag.KNOWN_PART,) if fault.known_usage is not None else ()
    line = LineSettled(call, at, LineState.UNCONFIRMED, 0, fault.known_usage, fault.request_id, flags)
    return line, CallUnconfirmed(call, reserved, fault.kind.value, fault.detail, fault.known_usage)
