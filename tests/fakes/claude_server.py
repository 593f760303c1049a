"""Stands in for the Claude Messages API on loopback: strict about requests, exact about money, faulty where asked."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fakes.billing import Usage, cost
from tests.fakes.brain import Brain, ScriptedAnswer, ToolUse
from tests.fakes.claude_conversation import Memory
from tests.fakes.claude_faults import error_answer, error_body, spoiled, steps_of
from tests.fakes.claude_models import ClaudeModel, model_named, page_of_models
from tests.fakes.claude_prompt import extra_tokens, pieces_of, prompt_tokens, question_of
from tests.fakes.claude_rules import LARGEST_BODY, Refused, check_count, check_headers, check_message, invalid
from tests.fakes.claude_wire import events_of, spoken
from tests.fakes.faults import HANGS, Fault, Faults, NoFaults, Place
from tests.fakes.helpful_brain import HelpfulBrain
from tests.fakes.http_loopback import Exchange, HttpRequest, LoopbackServer
from tests.fakes.prefix_cache import CachePlan, PrefixCache
from tests.fakes.record import Record, Seen
from tests.fakes.shell import arguments, brain_of, faults_of, log_to, stay
from tests.fakes.steps import Act, Step, break_connection, play

if TYPE_CHECKING:
    from tests.fakes.claude_wire import Spoken


def utc_today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


_TOOL_USES = itertools.count(1)  # over all servers: one that is started again must not take another's for its own


class ClaudeServer(LoopbackServer):
    """The Messages API: `POST /v1/messages` (streamed), `POST /v1/messages/count_tokens`, `GET /v1/models`.

    brain    answers; HelpfulBrain by default
    faults   which requests fail and how
    api_key  the one key that is accepted; None: any
    today    the day whose prices hold
    clock    seconds, by which cache entries grow old
    """

    def __init__(
        self,
        brain: Brain | None = None,
        *,
        faults: Faults | None = None,
        api_key: str | None = None,
        port: int = 0,
        today: Callable[[], dt.date] = utc_today,
        clock: Callable[[], float] = time.monotonic,
        on_finished: Callable[[Seen], None] | None = None,
    ) -> None:
        super().__init__(port=port)
        self.brain: Brain = brain or HelpfulBrain()
        self.faults: Faults = faults or NoFaults()
        self.api_key = api_key
        self.record = Record(on_finished)
        self.other_requests: list[HttpRequest] = []
        self._today = today
        self._cache = PrefixCache(clock)
        self._memory = Memory()

    @property
    def requests(self) -> list[Seen]:
        """Every `POST /v1/messages` in the order of arrival, refused ones too."""
        return self.record.seen

    @property
    def billed(self) -> int:
        """Nano-dollars in all, broken answers included."""
        return sum(seen.billed for seen in self.requests)

    @property
    def billed_complete(self) -> int:
        """Nano-dollars of the answers that went out whole: what a ledger's charges must equal."""
        return sum(seen.billed for seen in self.requests if seen.answered)

    @property
    def usage(self) -> Usage:
        """Tokens by kind, of all requests together."""
        return sum((seen.usage for seen in self.requests), Usage())

    @property
    def in_flight_peak(self) -> int:
        """The most requests that were in work at one time."""
        return self.record.in_flight_peak

    def overlaps(self) -> list[tuple[Seen, Seen]]:
        """Every pair of requests that were in work at one time."""
        return self.record.overlaps()

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> None:
        """Block until that many messages requests have arrived; raises TimeoutError."""
        self.record.wait_until(lambda: len(self.requests) >= count, timeout)

    def wait_until_idle(self, timeout: float = 10.0) -> None:
        """Block until no request is in work; raises TimeoutError."""
        self.record.wait_until(lambda: self.record.in_flight == 0, timeout)

    async def handle(self, request: HttpRequest, exchange: Exchange) -> None:
        match request.method, request.path.rstrip("/"):
            case "POST", "/v1/messages":
                await self._message(request, exchange)
            case _:
                self.other_requests.append(request)
                exchange.add_header("request-id", f"req_other_{len(self.other_requests):06d}")
                await self._other(request, exchange)

    async def _other(self, request: HttpRequest, exchange: Exchange) -> None:
        try:
            check_headers(request.headers, self.api_key)
            await exchange.send_json(200, self._looked_up(request))
        except Refused as refused:
            await self._refuse(refused, exchange, "req_other")

    def _looked_up(self, request: HttpRequest) -> dict[str, Any]:
        path = request.path.rstrip("/")
        if request.method == "POST" and path == "/v1/messages/count_tokens":
            body = _parsed(request)
            check_count(body, self._memory)
            return {"input_tokens": prompt_tokens(body)}
        if request.method == "GET" and path == "/v1/models":
            try:
                return page_of_models(dict(request.query))
            except ValueError as error:
                raise invalid(str(error)) from error
        if request.method == "GET" and path.startswith("/v1/models/"):
            model = model_named(path.removeprefix("/v1/models/"))
            if model is not None:
                return model.wire()
        raise Refused(404, "not_found_error", f"{request.method} {request.path} is not served here")

    async def _message(self, request: HttpRequest, exchange: Exchange) -> None:
        body = _body_or_empty(request)
        seen = self.record.open(request.path, request.headers, body, "req_")
        exchange.add_header("request-id", seen.request_id)
        try:
            await self._checked(request, body, seen, exchange)
        except Refused as refused:
            seen.status, seen.refusal = refused.status, refused.message
            self._settle(seen)
            await self._refuse(refused, exchange, seen.request_id)
        except (asyncio.CancelledError, OSError):
            seen.closed_early = not seen.complete
            raise
        except Exception:
            seen.usage, seen.status = Usage(), 500
            raise
        finally:
            self._settle(seen)

    async def _refuse(self, refused: Refused, exchange: Exchange, request_id: str) -> None:
        await exchange.send_json(refused.status, error_body(refused.kind, refused.message, request_id))

    async def _checked(self, request: HttpRequest, body: dict[str, Any], seen: Seen, exchange: Exchange) -> None:
        check_headers(request.headers, self.api_key)
        if len(request.body) > LARGEST_BODY:
            raise Refused(413, "invalid_request_error", "Request exceeds the maximum size")
        _parsed(request)
        model = check_message(body, self._memory)
        seen.fault = self.faults.pick(seen.number)
        if seen.fault is not None and seen.fault.place in (Place.STATUS, Place.CONNECTION):
            await self._fail_at_once(seen.fault, model, seen, exchange)
        else:
            await self._answer(model, seen, exchange)

    async def _fail_at_once(self, fault: Fault, model: ClaudeModel, seen: Seen, exchange: Exchange) -> None:
        if fault.place is Place.STATUS:
            error = error_answer(fault, seen.request_id)
            seen.status, seen.complete = error.status, True
            self._settle(seen)
            await exchange.send(error.status, error.body, error.content_type, error.headers)
            return
        prompt = self._plan(model, seen).usage
        # Where nothing is heard of an answer, the worst case is that all of it was made and paid for.
        seen.usage = replace(prompt, output_tokens=seen.body["max_tokens"]) if fault in HANGS else prompt
        if fault not in HANGS:
            self._settle(seen)
        await break_connection(exchange, fault)

    def _plan(self, model: ClaudeModel, seen: Seen) -> CachePlan:
        return self._cache.plan(model.id, pieces_of(seen.body), extra_tokens(seen.body), model.min_cached)

    async def _answer(self, model: ClaudeModel, seen: Seen, exchange: Exchange) -> None:
        plan = self._plan(model, seen)
        seen.usage = plan.usage
        question = question_of(seen.body, seen.number)
        answer = await self.brain.answer(question)
        seen.fault = answer.fault or seen.fault
        if seen.fault is not None and seen.fault.place in (Place.STATUS, Place.CONNECTION):
            seen.usage = Usage()
            await self._fail_at_once(seen.fault, model, seen, exchange)
            return
        if seen.fault is not None:
            answer = spoiled(answer, seen.fault, question)
        prompt = plan.usage if answer.input_tokens is None else Usage(answer.input_tokens)
        said = spoken(answer, seen.body, model, prompt)
        seen.usage, seen.stop_reason = prompt, said.stop_reason
        await asyncio.sleep(answer.latency)
        if answer.hold is not None and answer.hold_after == 0:
            await answer.hold.passed()
        self._cache.store(plan)
        await self._stream(answer, said, seen, exchange)

    async def _stream(self, answer: ScriptedAnswer, said: Spoken, seen: Seen, exchange: Exchange) -> None:
        tool_ids = self._remember(said, seen)
        steps = steps_of(events_of(said, f"msg_{seen.number:06d}", seen.model, tool_ids), seen.fault)
        seen.status, seen.first_byte = 200, time.monotonic()
        await exchange.begin(200, "text/event-stream; charset=utf-8")
        await play(steps, answer, exchange, lambda step: self._note(step, said, seen))

    def _note(self, step: Step, said: Spoken, seen: Seen) -> None:
        if step.act is Act.GO_ON:
            seen.usage = _so_far(said, step.tokens)
        elif step.act is Act.END:
            seen.usage, seen.complete = (said.usage if _whole(seen.fault) else seen.usage), True
        if step.act in (Act.GO_ON, Act.HANG):
            self.record.changed()
        else:
            self._settle(seen)

    def _remember(self, said: Spoken, seen: Seen) -> list[str]:
        ids = [use.id or f"toolu_{next(_TOOL_USES):06d}" for use in said.blocks if isinstance(use, ToolUse)]
        for one in ids:
            self._memory.note_tool_use(one, list(said.signatures))
        if said.stop_reason == "pause_turn":
            self._memory.note_pause(seen.body["messages"])
        return ids

    def _settle(self, seen: Seen) -> None:
        model = model_named(seen.model)
        if model is not None and seen.usage != Usage():
            seen.billed = cost(model.id, seen.usage, self._today())
        self.record.close(seen)


def _whole(fault: Fault | None) -> bool:
    """Whether a stream that was ended properly had all of its content, so that all of it is billed."""
    return fault not in (Fault.ERROR_EVENT, Fault.ERROR_EVENT_TEXT)


def _so_far(said: Spoken, tokens: int) -> Usage:
    return replace(said.usage, output_tokens=tokens, thinking_tokens=min(tokens, said.usage.thinking_tokens))


def _parsed(request: HttpRequest) -> Any:
    try:
        return request.json()
    except ValueError as error:
        raise invalid(f"the body is no JSON: {error}") from error


def _body_or_empty(request: HttpRequest) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def main() -> None:
    """Serve until a signal comes; the last line of the log is the sum."""
    parser = arguments("the Claude Messages API")
    parser.add_argument("--api-key", help="the one key that is accepted; any, if not given")
    options = parser.parse_args()
    with log_to(options.log) as write:
        server = ClaudeServer(
            brain_of(options),
            faults=faults_of(options),
            api_key=options.api_key,
            port=options.port,
            on_finished=write,
        )
        with server:
            stay(server.url, while_stdin=options.while_stdin)
    sums = {"billed": server.billed, "requests": len(server.requests), "in_flight_peak": server.in_flight_peak}
    if options.log is not None:
        with options.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(sums) + "\n")


if __name__ == "__main__":
    main()
