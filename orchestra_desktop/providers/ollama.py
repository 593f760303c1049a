"""Models on this machine or in this house through Ollama: one streaming request per call, over our own transport."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed
from orchestra_desktop.domain.messages import Answer, ModelInfo, ModelRequest, StreamPiece, request_bytes
from orchestra_desktop.domain.ports import Clock, Health
from orchestra_desktop.network.addresses import DEFAULT_PORTS
from orchestra_desktop.network.guard import NetworkGuard
from orchestra_desktop.network.routes import Timeouts
from orchestra_desktop.providers.faults import described, fault, plain_detail, status_kind, status_owed, wire_facts
from orchestra_desktop.providers.ollama_models import full_name, is_cloud
from orchestra_desktop.providers.ollama_wire import ChatBuilder, chat_messages, context_tokens, tool_params
from orchestra_desktop.providers.streams import drained

if TYPE_CHECKING:
    import httpx
    import ollama

OLLAMA_PORT = 11434
DEFAULT_HOST = f"http://127.0.0.1:{OLLAMA_PORT}"
FEWEST_BYTES_PER_TOKEN = 4  # a prompt that overflows the largest context even at this rate would lose its beginning
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class OllamaSettings:
    """`num_ctx` and `largest_num_ctx` in tokens; `keep_alive` in Ollama's own form; `read` covers loading a model."""

    num_ctx: int = 8_192
    largest_num_ctx: int = 32_768
    keep_alive: str | float = "10m"
    think: bool = True
    timeouts: Timeouts = field(default_factory=lambda: Timeouts(connect=5.0, read=300.0))


class OllamaProvider:
    """The `ModelProvider` for one Ollama host. Nobody sends a bill for it."""

    name = "ollama"
    is_free = True

    def __init__(self, host: str, network: NetworkGuard, clock: Clock, settings: OllamaSettings | None = None) -> None:
        self.host = reachable_host(host or DEFAULT_HOST)
        self._network = network
        self._clock = clock
        self._settings = settings or OllamaSettings()
        self._client: ollama.AsyncClient | None = None
        self._capabilities: dict[str, frozenset[str]] = {}  # by full name
        self._shown: dict[tuple[str, str], ModelInfo] = {}  # by name and digest

    # -- one request ------------------------------------------------------------------------------------------------

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        """The pieces of one answer, last the `Answer`; closing the iterator closes the request. Raises ModelFault."""
        client = await self._ready(request)
        builder = ChatBuilder(request)
        thinks = self._settings.think and "thinking" in await self._known_capabilities(client, request.model)
        with self._faults():
            parts: Any = await client.chat(**self._params(request, thinks=thinks), stream=True)
            async with aclosing(parts):
                async for part in parts:
                    for piece in builder.feed(part.model_dump()):
                        yield piece
                    if builder.finished:
                        await drained(parts)
                        break
            answer = _answer(builder)
        yield answer

    async def count_tokens(self, request: ModelRequest) -> int | None:
        """None: Ollama counts only what it has answered."""
        del request
        return None

    # -- health -----------------------------------------------------------------------------------------------------

    async def check(self) -> Health:
        """Whether the host answers, and its models with what they can do."""
        began = self._clock.monotonic()
        try:
            client = await self._admitted_client()
            models = [await self._info(client, *entry) for entry in await self._entries(client)]
        except ModelFault as unwell:
            facts = unwell.facts
            return Health(healthy=False, detail=f"{facts.kind.value}: {facts.detail}")
        latency_ms = round((self._clock.monotonic() - began) * 1_000)
        return Health(healthy=True, detail="", models=tuple(models), latency_ms=latency_ms)

    async def aclose(self) -> None:
        """Closes the connections that are kept open."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call]
        self._client = None

    # -- how it is done ---------------------------------------------------------------------------------------------

    def _params(self, request: ModelRequest, *, thinks: bool) -> dict[str, Any]:
        settings = self._settings
        num_ctx = context_tokens(request, settings.num_ctx, settings.largest_num_ctx)
        return {
            "model": request.model,
            "messages": chat_messages(request),
            "tools": tool_params(request.tools) or None,
            "format": request.json_schema,
            "think": True if thinks else None,  # False is not for models that never think: some versions refuse it
            "keep_alive": settings.keep_alive,
            "options": {"num_ctx": num_ctx, "num_predict": request.max_tokens},
        }

    async def _ready(self, request: ModelRequest) -> ollama.AsyncClient:
        """The client, if this request may be sent at all. Raises ModelFault; nothing was sent and nothing is owed."""
        if self._network.offline and is_cloud(request.model):
            raise fault(FaultKind.OFFLINE, Owed.NOTHING, f"{request.model} runs on Ollama's servers")
        if request_bytes(request) // FEWEST_BYTES_PER_TOKEN > self._settings.largest_num_ctx:
            limit = self._settings.largest_num_ctx
            raise fault(FaultKind.TOO_LARGE, Owed.NOTHING, f"the prompt does not fit into {limit} tokens")
        return await self._admitted_client()

    async def _admitted_client(self) -> ollama.AsyncClient:
        with self._faults():
            self._network.check(self.host)
        try:
            sdk = await _loaded()
            self._client = self._client or _client(sdk, self.host, self._network, self._settings.timeouts)
        except (ImportError, OSError, ValueError) as error:  # a CA file or host that cannot be used
            raise fault(FaultKind.UNREACHABLE, Owed.NOTHING, described(error)) from None
        return self._client

    async def _entries(self, client: ollama.AsyncClient) -> list[tuple[str, str]]:
        """Names and digests of the models that are there."""
        with self._faults():
            listed = await client.list()
            return [(entry.model, entry.digest or "") for entry in listed.models if entry.model]

    async def _info(self, client: ollama.AsyncClient, name: str, digest: str) -> ModelInfo:
        """What a model can do, asked once per digest: health is asked for every half minute."""
        if (name, digest) not in self._shown:
            try:
                self._shown[name, digest] = await self._show(client, name)
            except ModelFault:
                return ModelInfo(name, local=not is_cloud(name))  # listed but not to be shown: named all the same
        return self._shown[name, digest]

    async def _show(self, client: ollama.AsyncClient, name: str) -> ModelInfo:
        with self._faults():
            shown = await client.show(name)
            context = _context(shown.modelinfo or {})
            capabilities = frozenset(shown.capabilities or ())
        self._capabilities[full_name(name)] = capabilities
        return ModelInfo(name, context_tokens=context, local=not is_cloud(name), capabilities=capabilities)

    async def _known_capabilities(self, client: ollama.AsyncClient, model: str) -> frozenset[str]:
        """What the model can do, asked once. Raises ModelFault if it is not there, naming those that are."""
        if full_name(model) not in self._capabilities:
            try:
                await self._show(client, model)
            except ModelFault as failed:
                await self._judge_show(client, model, failed)
        return self._capabilities.get(full_name(model), frozenset())

    async def _judge_show(self, client: ollama.AsyncClient, model: str, failed: ModelFault) -> None:
        """A host or model that is not there ends the call; after anything else we only know less about the model."""
        match failed.facts.kind:
            case FaultKind.NOT_FOUND:
                names = [name for name, _ in await self._entries(client)]
                there = ", ".join(names[:MOST_SHOWN]) or "none"
                detail = plain_detail(f"{model} is not on {self.host}; there are: {there}")
                raise ModelFault(FaultFacts(FaultKind.NOT_FOUND, Owed.NOTHING, detail, failed.facts.status)) from None
            case FaultKind.UNREACHABLE | FaultKind.OFFLINE:
                raise failed
            case _:
                return

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Turns whatever is raised inside into one ModelFault; only cancellation passes as it is."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 a failure is a result here, and the libraries raise many kinds
            raise fault_of(error) from None


def fault_of(error: Exception) -> ModelFault:
    """The one fault for whatever Ollama's client or its transport raised."""
    if isinstance(error, ModelFault):
        return error
    import ollama

    if isinstance(error, ollama.ResponseError):
        return _refused(error)
    if type(error) is ConnectionError:  # what the client makes of a connection that could not be opened
        return fault(FaultKind.UNREACHABLE, Owed.NOTHING, described(error))
    kind, owed = wire_facts(error)
    return fault(kind, owed, described(error))


def _refused(error: ollama.ResponseError) -> ModelFault:
    """A status, or an error line in mid-stream, which the client marks with a status of -1."""
    status, detail = error.status_code, plain_detail(str(error.error))
    if status < 0:
        return ModelFault(FaultFacts(FaultKind.SERVER, Owed.UNKNOWN, detail))
    return ModelFault(FaultFacts(status_kind(status), status_owed(status), detail, status))


def reachable_host(host: str) -> str:
    """The host as a URL with its port; a host that cannot be read stays as it is, and the guard refuses it.

    0.0.0.0, a common OLLAMA_HOST, is where a server listens and not where it is reached: it becomes loopback.
    """
    scheme, given, _ = host.partition("://")
    try:
        parts = urlsplit(host if given else f"http://{host}")
        name = parts.hostname or "127.0.0.1"
        port = parts.port or (DEFAULT_PORTS[scheme] if given else OLLAMA_PORT)
    except (ValueError, KeyError):
        return host
    if name in {"0.0.0.0", "::"}:  # noqa: S104 not to listen on, to do away with
        name = "127.0.0.1"
    return f"{parts.scheme}://{f'[{name}]' if ':' in name else name}:{port}{parts.path.rstrip('/')}"


async def _loaded() -> ModuleType:
    """The client library, loaded in a thread at the first request so that the loop goes on."""
    if "ollama" not in sys.modules:
        await asyncio.to_thread(_load)
    return _load()


def _load() -> ModuleType:
    import ollama

    return ollama


def _client(sdk: Any, host: str, network: NetworkGuard, timeouts: Timeouts) -> ollama.AsyncClient:
    """Ollama's client makes its own httpx client of these arguments: our transport, and nothing of the environment."""
    import httpx

    from orchestra_desktop.providers.ollama_lines import LineKeepingTransport

    client: ollama.AsyncClient = sdk.AsyncClient(
        host=host,
        transport=LineKeepingTransport(network.httpx_transport()),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool),
        event_hooks={"request": [_without_key]},
    )
    return client


async def _without_key(request: httpx.Request) -> None:
    # WORKAROUND: the library sends OLLAMA_API_KEY, a key for ollama.com, to any host it talks to.
    request.headers.pop("authorization", None)


def _answer(builder: ChatBuilder) -> Answer:
    if not builder.finished:
        raise fault(FaultKind.CUT_OFF, Owed.UNKNOWN, "the stream ended without its last part")
    return builder.answer()


def _context(facts: Mapping[str, Any]) -> int | None:
    """The context length, which stands under a key that begins with the model's architecture."""
    lengths = [value for name, value in facts.items() if name.endswith(".context_length") and isinstance(value, int)]
    return lengths[0] if lengths else None
