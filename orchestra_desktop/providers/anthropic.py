"""Claude through Anthropic's SDK: one streaming request per call, nothing repeated, nothing from the environment."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from orchestra_desktop.domain.errors import FaultKind, KeyringUnavailable, ModelFault, NetworkRefused, Owed
from orchestra_desktop.domain.messages import Answer, ModelInfo, ModelRequest, StreamPiece
from orchestra_desktop.domain.ports import Clock, Health
from orchestra_desktop.network.guard import NetworkGuard
from orchestra_desktop.network.routes import Timeouts
from orchestra_desktop.providers.anthropic_answer import AnswerBuilder
from orchestra_desktop.providers.anthropic_faults import cut_off, error_event, fault_of
from orchestra_desktop.providers.anthropic_models import ADAPTIVE_THINKING, EFFORT, model_info, takes
from orchestra_desktop.providers.anthropic_wire import prompt_params
from orchestra_desktop.providers.faults import described, fault, guard_fault
from orchestra_desktop.providers.streams import drained

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic._streaming import ServerSentEvent

DEFAULT_BASE_URL = "https://api.anthropic.com"
MOST_MODELS = 1_000

Key = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class AnthropicSettings:
    """`effort` is one of low, medium, high, xhigh, max; None leaves it to the service."""

    base_url: str = DEFAULT_BASE_URL
    timeouts: Timeouts = field(default_factory=Timeouts)
    effort: str | None = None


class AnthropicProvider:
    """The `ModelProvider` for Claude. The key is asked for at each request and lives in the SDK's client alone."""

    name = "anthropic"
    is_free = False

    def __init__(
        self, key: Key, network: NetworkGuard, clock: Clock, settings: AnthropicSettings | None = None
    ) -> None:
        self._key = key
        self._network = network
        self._clock = clock
        self._settings = settings or AnthropicSettings()
        self._http: httpx2.AsyncClient | None = None
        self._client: anthropic.AsyncAnthropic | None = None
        self._listed: Mapping[str, ModelInfo] = {}

    # -- one request ------------------------------------------------------------------------------------------------

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        """The pieces of one answer, last the `Answer`; closing the iterator closes the request. Raises ModelFault."""
        client, secret = await self._ready()
        with self._faults(secret):
            response = await client.messages.create(**self._prompt(request), max_tokens=request.max_tokens, stream=True)
        builder = AnswerBuilder()
        async with response:
            with self._faults(secret, builder, response.response.headers):
                async with aclosing(_events(response)) as events:
                    async for event in events:
                        piece = builder.feed(_event(event, response.response, secret, builder))
                        if piece is not None:
                            yield piece
                        if builder.finished:
                            await drained(events)
                            break
                answer = _answer(builder, response.response)
        yield answer

    async def count_tokens(self, request: ModelRequest) -> int | None:
        """The prompt's tokens by the service's own count, a free request. Raises ModelFault."""
        client, secret = await self._ready()
        with self._faults(secret):
            counted = await client.messages.count_tokens(**self._prompt(request))
            return int(counted.input_tokens)

    # -- health -----------------------------------------------------------------------------------------------------

    async def check(self) -> Health:
        """Whether the service answers with this key, and the models it lists; costs nothing."""
        return await self._health(self._key)

    async def test_key(self, key: str) -> Health:
        """The same for a key that is not stored yet."""

        async def given() -> str:
            return key

        return await self._health(given)

    async def aclose(self) -> None:
        """Closes the connections that are kept open."""
        if self._http is not None:
            await self._http.aclose()
        self._http = self._client = None

    def __repr__(self) -> str:
        return f"AnthropicProvider({self._settings.base_url!r})"

    # -- how it is done ---------------------------------------------------------------------------------------------

    async def _health(self, key: Key) -> Health:
        began = self._clock.monotonic()
        try:
            models = await self._models(key)
        except ModelFault as unwell:
            facts = unwell.facts
            return Health(healthy=False, detail=f"{facts.kind.value}: {facts.detail}")
        latency_ms = round((self._clock.monotonic() - began) * 1_000)
        self._listed = {model.id: model for model in models}
        return Health(healthy=True, detail="", models=models, latency_ms=latency_ms)

    async def _models(self, key: Key) -> tuple[ModelInfo, ...]:
        client, secret = await self._ready(key)
        found: list[ModelInfo] = []
        with self._faults(secret):
            async for model in client.models.list(limit=MOST_MODELS):
                found.append(model_info(model))
                if len(found) == MOST_MODELS:
                    break  # a list without end is no reason to wait for ever
        return tuple(found)

    def _prompt(self, request: ModelRequest) -> dict[str, Any]:
        adaptive = takes(request.model, ADAPTIVE_THINKING, self._listed)
        effort = self._settings.effort if takes(request.model, EFFORT, self._listed) else None
        return prompt_params(request, adaptive=adaptive, effort=effort)

    async def _ready(self, key: Key | None = None) -> tuple[anthropic.AsyncAnthropic, str]:
        """The client for the key of this moment, and the key itself to keep it out of what is told. Raises ModelFault.

        Nothing has been sent when this fails, so nothing is owed.
        """
        self._admitted()
        secret = await _usable_key(key or self._key)
        try:
            return self._client_for(await _loaded(), secret), secret
        except (ImportError, OSError, ValueError) as error:  # a CA file or base URL that cannot be used
            raise fault(FaultKind.UNREACHABLE, Owed.NOTHING, described(error).replace(secret, "[key]")) from None

    def _admitted(self) -> None:
        try:
            self._network.check(self._settings.base_url)
        except NetworkRefused as refused:
            raise guard_fault(refused) from None

    def _client_for(self, sdk: ModuleType, secret: str) -> anthropic.AsyncAnthropic:
        if self._client is None or self._client.api_key != secret:
            if self._http is None:
                self._http = self._network.httpx2_client(self._settings.timeouts)
            self._client = _client(sdk, secret, self._settings.base_url, self._http)
        return self._client

    @contextmanager
    def _faults(
        self, secret: str, builder: AnswerBuilder | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """Turns whatever is raised inside into one ModelFault; only cancellation passes as it is."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 a failure is a result here, and the libraries raise many kinds
            known = builder.known_usage() if builder is not None else None
            now = self._clock.now()
            raise fault_of(error, now=now, secrets=(secret,), headers=headers or {}, known=known) from None


async def _loaded() -> ModuleType:
    """The SDK. Loading it takes most of a second, so the first request does it in a thread and the window lives on."""
    if "anthropic" not in sys.modules:
        await asyncio.to_thread(_load)
    return _load()


def _load() -> ModuleType:
    import anthropic

    return anthropic


def _client(sdk: Any, secret: str, base_url: str, http: httpx2.AsyncClient) -> anthropic.AsyncAnthropic:
    client: anthropic.AsyncAnthropic = sdk.AsyncAnthropic(
        api_key=secret, base_url=base_url, http_client=http, timeout=http.timeout, max_retries=0, open_telemetry=False
    )
    # WORKAROUND: the SDK adds the headers of ANTHROPIC_CUSTOM_HEADERS to every client and has no option against it.
    client._custom_headers = {}
    return client


async def _usable_key(key: Key) -> str:
    """The key, without white space around it. Raises ModelFault where there is none or none that a header can carry."""
    try:
        secret = (await key() or "").strip()
    except KeyringUnavailable as unavailable:
        raise fault(FaultKind.NO_KEY, Owed.NOTHING, unavailable.text.key) from None
    if not secret:
        raise fault(FaultKind.NO_KEY, Owed.NOTHING, "")
    if not (secret.isascii() and secret.isprintable() and " " not in secret):
        raise fault(FaultKind.KEY_REFUSED, Owed.NOTHING, "the key holds characters that no key has")
    return secret


def _events(response: anthropic.AsyncStream[Any]) -> AsyncGenerator[ServerSentEvent, None]:
    """The raw events: read as they come, with none of the SDK's guesses at what a broken one means."""
    events: Any = type(response).raw_events(response.response)
    return events  # type: ignore[no-any-return]  # the SDK calls it an AsyncIterator; it is a generator


def _event(sent: ServerSentEvent, response: httpx2.Response, secret: str, builder: AnswerBuilder) -> object:
    """The event's JSON. Raises ModelFault for an error event, ValueError for one that is no JSON."""
    if sent.event != "error":
        return json.loads(sent.data) if sent.data else {}
    try:
        body = json.loads(sent.data)
    except ValueError:
        body = sent.data
    raise error_event(body, response.headers, secrets=(secret,), known=builder.known_usage())


def _answer(builder: AnswerBuilder, response: httpx2.Response) -> Answer:
    if not builder.finished:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            raise ValueError("the answer is no event stream")  # a login page of some gateway, say
        raise cut_off(response.headers, builder.known_usage())
    return builder.answer(response.headers.get("request-id"))
