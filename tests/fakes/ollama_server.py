"""Stands in for Ollama on loopback: chat with tools, thoughts and schemas, model lists, embeddings, pulls, faults."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.fakes.billing import Usage
from tests.fakes.brain import Brain, ScriptedAnswer, tokens_in
from tests.fakes.faults import HANGS, TRANSIENT, Fault, Faults, NoFaults, Place
from tests.fakes.helpful_brain import HelpfulBrain
from tests.fakes.http_loopback import Exchange, HttpRequest, LoopbackServer
from tests.fakes.ollama_models import MODELS, OllamaModel, embedding, full_name, pull_lines
from tests.fakes.ollama_rules import (
    FORMS,
    OllamaRefused,
    check_chat,
    check_form,
    output_limit,
    prompt_tokens,
    question_of,
)
from tests.fakes.ollama_wire import HTML, Told, collected, lines_of, spoiled, steps_of, told
from tests.fakes.record import Record, Seen
from tests.fakes.shell import arguments, brain_of, faults_of, log_to, stay
from tests.fakes.steps import END, Act, Step, break_connection, play

NDJSON = "application/x-ndjson"
VERSION = "0.14.2"


class OllamaServer(LoopbackServer):
    """Ollama's own API.

    brain     answers; HelpfulBrain by default
    faults    which chats fail and how (those of OLLAMA_FAULTS)
    models    what is there; `models` of the server changes by pulls
    pullable  what a pull finds; everything else is refused in mid-stream, as the real registry does
    """

    def __init__(
        self,
        brain: Brain | None = None,
        *,
        faults: Faults | None = None,
        models: Sequence[OllamaModel] = MODELS,
        pullable: Sequence[OllamaModel] = MODELS,
        port: int = 0,
        on_finished: Callable[[Seen], None] | None = None,
    ) -> None:
        super().__init__(port=port)
        self.brain: Brain = brain or HelpfulBrain()
        self.faults: Faults = faults or NoFaults()
        self.models = list(models)
        self.pullable = list(pullable)
        self.loaded: dict[str, int] = {}
        self.record = Record(on_finished)
        self.other_requests: list[HttpRequest] = []

    @property
    def requests(self) -> list[Seen]:
        """Every `POST /api/chat` in the order of arrival, refused ones too. Nothing is ever billed."""
        return self.record.seen

    @property
    def in_flight_peak(self) -> int:
        """The most chats that were in work at one time."""
        return self.record.in_flight_peak

    def overlaps(self) -> list[tuple[Seen, Seen]]:
        """Every pair of chats that were in work at one time."""
        return self.record.overlaps()

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> None:
        """Block until that many chats have arrived; raises TimeoutError."""
        self.record.wait_until(lambda: len(self.requests) >= count, timeout)

    def wait_until_idle(self, timeout: float = 10.0) -> None:
        """Block until no chat is in work; raises TimeoutError."""
        self.record.wait_until(lambda: self.record.in_flight == 0, timeout)

    async def handle(self, request: HttpRequest, exchange: Exchange) -> None:
        if (request.method, request.path) == ("POST", "/api/chat"):
            await self._chat(request, exchange)
            return
        self.other_requests.append(request)
        try:
            await self._other(request, exchange)
        except OllamaRefused as refused:
            await exchange.send_json(refused.status, {"error": refused.message})

    async def _other(self, request: HttpRequest, exchange: Exchange) -> None:
        match request.method, request.path:
            case "GET" | "HEAD", "/":
                await exchange.send(200, b"Ollama is running", "text/plain")
            case "GET", "/api/version":
                await exchange.send_json(200, {"version": VERSION})
            case "GET", "/api/tags":
                await exchange.send_json(200, {"models": [model.listed() for model in self.models]})
            case "GET", "/api/ps":
                running = [self._found(name).running(num_ctx) for name, num_ctx in self.loaded.items()]
                await exchange.send_json(200, {"models": running})
            case "POST", "/api/show":
                await exchange.send_json(200, self._found(_body(request)["model"]).shown())
            case "POST", "/api/embed":
                await exchange.send_json(200, self._embedded(_body(request)))
            case "POST", "/api/pull":
                await self._pull(_body(request), exchange)
            case _:
                raise OllamaRefused(404, "404 page not found")

    def _found(self, name: str) -> OllamaModel:
        for model in self.models:
            if model.name == full_name(name):
                return model
        raise OllamaRefused(404, f"model '{name}' not found")

    def _embedded(self, body: dict[str, Any]) -> dict[str, Any]:
        model = self._found(body["model"])
        if "embedding" not in model.capabilities:
            raise OllamaRefused(400, f'"{body["model"]}" does not support embeddings')
        texts: list[str] = [body["input"]] if isinstance(body["input"], str) else body["input"]
        size = body.get("dimensions") or model.dimensions
        return {
            "model": body["model"],
            "embeddings": [embedding(text, size) for text in texts],
            "total_duration": 1_000_000,
            "load_duration": 0,
            "prompt_eval_count": sum(map(tokens_in, texts)),
        }

    async def _pull(self, body: dict[str, Any], exchange: Exchange) -> None:
        if body.get("stream") is False:
            self._install(body["model"])
            await exchange.send_json(200, {"status": "success"})
            return
        try:
            lines = pull_lines(self._install(body["model"]))
        except OllamaRefused as refused:
            # A stream has begun before the registry is asked, so what it says arrives as a line.
            lines = [{"status": "pulling manifest"}, {"error": refused.message}]
        await exchange.begin(200, NDJSON)
        for line in lines:
            await exchange.write(json.dumps(line).encode() + b"\n")
        exchange.end()

    def _install(self, name: str) -> OllamaModel:
        for model in self.pullable:
            if model.name == full_name(name):
                if model not in self.models:
                    self.models.append(model)
                return model
        raise OllamaRefused(500, "pull model manifest: file does not exist")

    async def _chat(self, request: HttpRequest, exchange: Exchange) -> None:
        seen = self.record.open(request.path, request.headers, _object_or_empty(request), "ollama_")
        try:
            await self._checked(_body(request), seen, exchange)
        except OllamaRefused as refused:
            seen.status, seen.refusal = refused.status, refused.message
            self.record.close(seen)
            await exchange.send_json(refused.status, {"error": refused.message})
        except (asyncio.CancelledError, OSError):
            seen.closed_early = not seen.complete
            raise
        except Exception:
            seen.status = 500
            raise
        finally:
            self.record.close(seen)

    async def _checked(self, body: dict[str, Any], seen: Seen, exchange: Exchange) -> None:
        model = self._found(body["model"])
        check_chat(body, model)
        seen.fault = _known(self.faults.pick(seen.number))
        if not body.get("messages"):
            await self._only_load(body, exchange)
        elif seen.fault is not None and seen.fault.place in (Place.STATUS, Place.CONNECTION):
            await self._fail_at_once(seen.fault, seen, exchange)
        else:
            await self._answer(model, seen, exchange)

    async def _only_load(self, body: dict[str, Any], exchange: Exchange) -> None:
        """A chat without messages loads the model, or unloads it with `keep_alive` 0."""
        self._keep(body)
        done = {"done": True, "done_reason": "unload" if body.get("keep_alive") == 0 else "load"}
        message = {"role": "assistant", "content": ""}
        line = json.dumps({"model": body["model"], "created_at": "", "message": message, **done})
        await exchange.send(200, line.encode() + b"\n", NDJSON)

    def _keep(self, body: dict[str, Any]) -> None:
        name = full_name(body["model"])
        if body.get("keep_alive") in (0, "0", "0s"):
            self.loaded.pop(name, None)
        else:
            self.loaded[name] = body["options"]["num_ctx"]

    async def _answer(self, model: OllamaModel, seen: Seen, exchange: Exchange) -> None:
        question = question_of(seen.body, seen.number)
        self.loaded[model.name] = seen.body["options"]["num_ctx"]
        answer = await self.brain.answer(question)
        seen.fault = _known(answer.fault) or seen.fault
        if seen.fault is not None and seen.fault.place in (Place.STATUS, Place.CONNECTION):
            await self._fail_at_once(seen.fault, seen, exchange)
            return
        if seen.fault is not None:
            answer = spoiled(answer, seen.fault)
        said = self._told(answer, model, seen)
        await asyncio.sleep(answer.latency)
        if answer.hold is not None and answer.hold_after == 0:
            await answer.hold.passed()
        await self._send(answer, said, seen, exchange)
        self._keep(seen.body)

    async def _fail_at_once(self, fault: Fault, seen: Seen, exchange: Exchange) -> None:
        if fault.place is Place.STATUS:
            seen.status, seen.complete = fault.status, True
        if fault not in HANGS:
            self.record.close(seen)
        if fault.place is Place.CONNECTION:
            await break_connection(exchange, fault)
        elif fault is Fault.BAD_GATEWAY:
            await exchange.send(fault.status, HTML.encode(), "text/html")
        else:
            await exchange.send_json(fault.status, {"error": _message(fault, seen.model)})

    def _told(self, answer: ScriptedAnswer, model: OllamaModel, seen: Seen) -> Told:
        options = seen.body["options"]
        prompt = prompt_tokens(seen.body)
        seen.truncated_prompt = prompt > options["num_ctx"]
        thinks = "thinking" in model.capabilities and seen.body.get("think") is not False
        said = told(answer, min(prompt, options["num_ctx"]), output_limit(options), thinks=thinks)
        seen.stop_reason, seen.usage = said.done_reason, Usage(said.prompt_tokens)
        return said

    async def _send(self, answer: ScriptedAnswer, said: Told, seen: Seen, exchange: Exchange) -> None:
        seen.status, seen.first_byte = 200, time.monotonic()
        lines = lines_of(said, seen.model)
        if seen.body.get("stream") is False:
            self._note(Step(b"", said.output_tokens), said, seen)
            self._note(END, said, seen)
            await exchange.send_json(200, collected(lines))
            return
        await exchange.begin(200, NDJSON)
        await play(steps_of(lines, seen.fault), answer, exchange, lambda step: self._note(step, said, seen))

    def _note(self, step: Step, said: Told, seen: Seen) -> None:
        if step.act is Act.GO_ON:
            seen.usage = Usage(said.prompt_tokens, output_tokens=step.tokens)
        elif step.act is Act.END:
            seen.complete = True
        if step.act in (Act.GO_ON, Act.HANG):
            self.record.changed()
        else:
            self.record.close(seen)


def _known(fault: Fault | None) -> Fault | None:
    if fault is not None and fault.ollama is None:
        raise ValueError(f"Ollama has no fault {fault.value.name}; see OLLAMA_FAULTS")
    return fault


def _message(fault: Fault, model: str) -> str:
    match fault:
        case Fault.UNAVAILABLE:
            return "server busy, please try again.  maximum pending requests exceeded"
        case Fault.NOT_FOUND:
            return f"model '{model}' not found"
        case _:
            return "llama runner process has terminated: exit status 2"


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError as error:
        raise OllamaRefused(400, f"invalid JSON: {error}") from error
    if request.path in FORMS:
        check_form(request.path, body)
    return dict(body)


def _object_or_empty(request: HttpRequest) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def main() -> None:
    """Serve until a signal comes."""
    parser = arguments("Ollama")
    parser.set_defaults(faults=tuple(fault for fault in TRANSIENT if fault.ollama is not None))
    options = parser.parse_args()
    with log_to(options.log) as write:
        server = OllamaServer(brain_of(options), faults=faults_of(options), port=options.port, on_finished=write)
        with server:
            stay(server.url, while_stdin=options.while_stdin)


if __name__ == "__main__":
    main()
