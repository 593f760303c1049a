"""One Call: reserve, stream, settle. Planner and attempts all pay here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from orchestra_desktop.calls.accounts import Accounts
from orchestra_desktop.calls.deadlines import Within
from orchestra_desktop.calls.settlement import charged, failed
from orchestra_desktop.domain.budget import Refusal, shrunk_output
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed
from orchestra_desktop.domain.events import CallReserved, CapNear, Draft, Event, Scope, Stored
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LineOpened, LineState, Purpose
from orchestra_desktop.domain.messages import Answer, ModelRequest, StreamPiece, TextDelta, ThinkingDelta, request_bytes
from orchestra_desktop.domain.periods import Period, utc
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.ports import Batch, Clock, Ids, Journal, ModelProvider
from orchestra_desktop.domain.pricing import Price, PriceTable, counted_bound, input_bound
from orchestra_desktop.domain.run import ModelChoice

OnPiece = Callable[[TextDelta | ThinkingDelta], None]
NO_ANSWER = FaultFacts(FaultKind.CUT_OFF, Owed.UNKNOWN, "the stream ended without an answer")
MAX_OUTPUT_BYTES = 8_000_000  # no model writes that much; a stream that does is broken or hostile


@dataclass(frozen=True, slots=True)
class CallSpec:
    """What is to be asked, of whom, for what, and whom it is counted against.

    `max_output_bytes` bounds the streamed text, thinking included, as UTF-8. `request_size` is the UTF-8 size of what
    the request says, or more, where whoever asks has kept count; else it is measured.
    """

    purpose: Purpose
    scope: Scope
    tier: Tier
    choice: ModelChoice
    request: ModelRequest
    max_output_bytes: int = MAX_OUTPUT_BYTES
    request_size: int | None = None

    @property
    def most_input_tokens(self) -> int:
        return input_bound(request_bytes(self.request) if self.request_size is None else self.request_size)


@dataclass(frozen=True, slots=True)
class Reserved:
    """A granted reservation. `committed` is awaited before the first byte is sent; `price` is None for a free call."""

    call: CallId
    spec: CallSpec
    amount: int
    price: Price | None
    committed: Awaitable[tuple[Stored, ...]]


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call: an answer or a fault, and its settlement.

    The balances are settled already; the owner appends `settlement` to the journal together with what it makes of the
    answer, before its next `await`: a round and its price are one transaction (reliability.md R2).
    """

    call: CallId
    answer: Answer | None
    fault: FaultFacts | None
    settlement: Batch


class Calls:
    """Every request to a model in this process goes through here."""

    def __init__(
        self,
        providers: Mapping[str, ModelProvider],
        journal: Journal,
        accounts: Accounts,
        prices: Callable[[], PriceTable],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self.providers = providers
        self.accounts = accounts
        self._journal = journal
        self._prices = prices
        self._clock = clock
        self._ids = ids
        self._room_told = False
        self._room_listeners: list[Callable[[], None]] = []

    # -- reserve ----------------------------------------------------------------------------------------------------

    def reserve(self, spec: CallSpec, input_tokens: int | None = None) -> Reserved | Refusal:
        """Holds the worst case of this request under every cap, in one step without an `await`.

        `input_tokens` bounds the prompt where a count is known; else its UTF-8 bytes do. The output limit shrinks to
        what fits, within the rules. Raises UnpricedModel.
        """
        at = self._clock.now()
        period, caps = self.accounts.caps(spec.scope, at)
        call = CallId(self._ids.new())
        price: Price | None = None
        amount = 0
        if not spec.choice.free:
            price = self._prices().price(spec.choice.model, utc(at).date())
            tokens = spec.most_input_tokens if input_tokens is None else input_tokens
            max_tokens = _fitting_output(price, tokens, spec.request.max_tokens, self.accounts.balances.room(caps))
            amount = price.bound(tokens, max_tokens)
            if max_tokens != spec.request.max_tokens:
                spec = replace(spec, request=replace(spec.request, max_tokens=max_tokens))
        granted = self.accounts.balances.reserve(call, amount, caps)
        if isinstance(granted, Refusal):
            return granted
        line = _opened_line(call, spec, at, amount, period)
        reserved = CallReserved(
            call, spec.purpose, spec.choice.provider, spec.choice.model, amount, spec.request.max_tokens
        )
        events: list[Event] = [reserved]
        events += [
            CapNear(a.kind, a.id, limit, balance.counted) for a, limit, balance in self.accounts.newly_near(caps)
        ]
        drafts = tuple(Draft(spec.scope, event, at) for event in events)
        return Reserved(call, spec, amount, price, self._journal.append(Batch(events=drafts, ledger=(line,))))

    async def reserve_counted(self, spec: CallSpec) -> Reserved | Refusal:
        """Like `reserve`; where the bytes do not fit, asks the service for its count and tries once more."""
        first = self.reserve(spec)
        if isinstance(first, Reserved):
            return first
        try:
            count = await self.providers[spec.choice.provider].count_tokens(spec.request)
        except ModelFault:
            return first
        return first if count is None else self.reserve(spec, min(counted_bound(count), spec.most_input_tokens))

    def refusal(self, scope: Scope, amount: int) -> Refusal | None:
        """What would forbid this amount now; None if it fits. Nothing is held."""
        _, caps = self.accounts.caps(scope, self._clock.now())
        probe = CallId("")
        granted = self.accounts.balances.reserve(probe, amount, caps)
        if isinstance(granted, Refusal):
            return granted
        self.accounts.balances.settle(probe, LineState.VOIDED, 0)
        return None

    # -- stream and settle ------------------------------------------------------------------------------------------

    async def send(self, reserved: Reserved, on_piece: OnPiece, within: Within = asyncio.timeout) -> CallOutcome:
        """Streams the one request and settles it, whatever happens; a cancellation is settled here and passed on.

        `within` bounds the time: many callers at once share their timer there.
        """
        sent = False
        try:
            await reserved.committed
            sent = True
            answer = await self._stream(reserved, on_piece, within)
        except ModelFault as fault:
            return self._outcome(reserved, fault=fault.facts)
        except BaseException as error:
            owed = Owed.UNKNOWN if sent else Owed.NOTHING
            facts = FaultFacts(
                FaultKind.CUT_OFF, owed, "cancelled" if isinstance(error, asyncio.CancelledError) else repr(error)
            )
            _ = self._journal.append(self._outcome(reserved, fault=facts).settlement)
            raise
        return self._outcome(reserved, answer=answer)

    async def ask(self, spec: CallSpec, on_piece: OnPiece) -> CallOutcome | Refusal:
        """Reserve and send in one, for those who ask one question at a time."""
        reserved = await self.reserve_counted(spec)
        return reserved if isinstance(reserved, Refusal) else await self.send(reserved, on_piece)

    async def _stream(self, reserved: Reserved, on_piece: OnPiece, within: Within) -> Answer:
        spec = reserved.spec
        stream = self.providers[spec.choice.provider].stream(spec.request)
        try:
            async with within(spec.request.timeout_s), contextlib.aclosing(stream) as pieces:
                return await _last_piece(pieces, on_piece, spec.max_output_bytes)
        except TimeoutError:
            detail = f"no complete answer within {spec.request.timeout_s:g} s"
            raise ModelFault(FaultFacts(FaultKind.TIMEOUT, Owed.UNKNOWN, detail)) from None

    def _outcome(
        self, reserved: Reserved, *, answer: Answer | None = None, fault: FaultFacts | None = None
    ) -> CallOutcome:
        at = self._clock.now()
        line, event = (
            charged(reserved.call, at, reserved.amount, reserved.price, answer)
            if answer is not None
            else failed(reserved.call, at, reserved.amount, fault or NO_ANSWER, free=reserved.price is None)
        )
        hold = self.accounts.balances.settle(reserved.call, line.state, line.charged)
        if hold is None:
            return CallOutcome(reserved.call, answer, fault, Batch())
        self.announce_room()
        settlement = Batch(events=(Draft(reserved.spec.scope, event, at),), ledger=(line,))
        return CallOutcome(reserved.call, answer, fault, settlement)

    # -- room -------------------------------------------------------------------------------------------------------

    def on_room(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Calls `listener` whenever a settlement or a raised cap may have made room; returns what ends it."""
        self._room_listeners.append(listener)
        return lambda: self._room_listeners.remove(listener)

    def announce_room(self) -> None:
        """Something was settled, a cap raised or an unconfirmed amount released."""
        # Not called at once: the settlement must be queued for the journal before any new reservation is, or a kill
        # between the two would find more held than the cap allows.
        if self._room_listeners and not self._room_told:
            self._room_told = True
            asyncio.get_running_loop().call_soon(self._tell_room)

    def _tell_room(self) -> None:
        self._room_told = False
        for listener in tuple(self._room_listeners):
            listener()


def _fitting_output(price: Price, input_tokens: int, wanted: int, room: int | None) -> int:
    """The output limit to reserve for; where nothing fits the least that may be asked, so that the refusal names it."""
    if room is None or price.bound(input_tokens, wanted) <= room:
        return wanted
    affordable = price.affordable_output(input_tokens, room)
    fitting = shrunk_output(wanted, affordable)
    return least_output(wanted) if fitting is None else fitting


def least_output(wanted: int) -> int:
    """The smallest output limit that a request for `wanted` tokens may be shrunk to."""
    return min(wanted, max(-(-wanted // 2), 1_024))


def _opened_line(call: CallId, spec: CallSpec, at: int, amount: int, period: Period) -> LineOpened:
    scope = spec.scope
    return LineOpened(
        call=call,
        at=at,
        period=period,
        project=scope.project,
        run=scope.run,
        task=scope.task,
        attempt=scope.attempt,
        purpose=spec.purpose,
        provider=spec.choice.provider,
        model=spec.choice.model,
        tier=spec.tier.value,
        reserved=amount,
    )


async def _last_piece(pieces: AsyncIterator[StreamPiece], on_piece: OnPiece, max_bytes: int) -> Answer:
    """Passes the deltas on and returns the answer; a stream without one is cut off, one without end is hostile."""
    received = 0
    answer: Answer | None = None
    async for piece in pieces:
        if isinstance(piece, Answer):
            answer = piece
            continue
        received += len(piece.text.encode("utf-8", "surrogatepass"))
        if received > max_bytes:
            raise ModelFault(FaultFacts(FaultKind.UNREADABLE, Owed.UNKNOWN, "the answer does not end"))
        on_piece(piece)
    if answer is None:
        raise ModelFault(NO_ANSWER)
    return answer
