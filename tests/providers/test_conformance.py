"""Claude, Ollama and the rehearsal against what every model provider must do."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import ClassVar

import pytest

from orchestra_desktop.domain.errors import FaultKind, Owed
from orchestra_desktop.domain.messages import StopReason
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from orchestra_desktop.network.routes import Timeouts
from orchestra_desktop.providers.anthropic import AnthropicProvider, AnthropicSettings
from orchestra_desktop.providers.ollama import OllamaProvider, OllamaSettings
from orchestra_desktop.providers.rehearsal import RehearsalProvider
from tests.conformance.model_provider import (
    Expected,
    Fails,
    ModelProviderConformance,
    Service,
    ServiceConformance,
    Stage,
)
from tests.fakes import CLAUDE_FAULTS, OLLAMA_FAULTS, ClaudeServer, Fault, OllamaServer
from tests.fakes.brain import Brain
from tests.fakes.faults import Faults
from tests.network.clocks import InstantClock

SHORT = Timeouts(connect=2.0, read=0.4, write=2.0, pool=2.0)
NOTHING, UNKNOWN = Owed.NOTHING, Owed.UNKNOWN


def offline_guard() -> NetworkGuard:
    return NetworkGuard(NetworkSettings(offline=True), InstantClock())


async def a_key() -> str:
    return "sk-ant-test"


@asynccontextmanager
async def claude(brain: Brain | None = None, faults: Faults | None = None) -> AsyncIterator[Service]:
    with ClaudeServer(brain, faults=faults, api_key="sk-ant-test") as server:
        settings = AnthropicSettings(base_url=server.url, timeouts=SHORT)
        provider = AnthropicProvider(a_key, offline_guard(), InstantClock(), settings)
        async with contextlib.aclosing(provider):
            yield Service(provider, "claude-haiku-5-5", server)


@asynccontextmanager
async def ollama(brain: Brain | None = None, faults: Faults | None = None) -> AsyncIterator[Service]:
    with OllamaServer(brain, faults=faults) as server:
        settings = OllamaSettings(timeouts=SHORT)
        provider = OllamaProvider(server.url, offline_guard(), InstantClock(), settings)
        async with contextlib.aclosing(provider):
            yield Service(provider, "qwen3:8b", server)


class TestClaude(ServiceConformance):
    faults: ClassVar[Mapping[Fault, Expected]] = {
        Fault.RATE_LIMITED: Fails(FaultKind.RATE_LIMITED, NOTHING),
        Fault.RATE_LIMITED_MS: Fails(FaultKind.RATE_LIMITED, NOTHING),
        Fault.RATE_LIMITED_LONG: Fails(FaultKind.RATE_LIMITED, NOTHING),
        Fault.SPEND_LIMIT_ENFORCED: Fails(FaultKind.SPEND_LIMIT, NOTHING),
        Fault.SPEND_LIMIT_CONTRACT: Fails(FaultKind.SPEND_LIMIT, NOTHING),
        Fault.OVERLOADED: Fails(FaultKind.OVERLOADED, NOTHING),
        Fault.INTERNAL_ERROR: Fails(FaultKind.SERVER, NOTHING),
        Fault.BAD_GATEWAY: Fails(FaultKind.SERVER, NOTHING),
        Fault.UNAVAILABLE: Fails(FaultKind.SERVER, NOTHING),
        Fault.GATEWAY_TIMEOUT: Fails(FaultKind.TIMEOUT, NOTHING),
        Fault.BAD_REQUEST: Fails(FaultKind.BAD_REQUEST, NOTHING),
        Fault.UNAUTHORIZED: Fails(FaultKind.KEY_REFUSED, NOTHING),
        Fault.PAYMENT_REQUIRED: Fails(FaultKind.SPEND_LIMIT, NOTHING),
        Fault.FORBIDDEN: Fails(FaultKind.FORBIDDEN, NOTHING),
        Fault.NOT_FOUND: Fails(FaultKind.NOT_FOUND, NOTHING),
        Fault.TOO_LARGE: Fails(FaultKind.TOO_LARGE, NOTHING),
        Fault.CLOSED_BEFORE_ANSWER: Fails(FaultKind.CONNECTION, UNKNOWN),
        Fault.RESET_BEFORE_ANSWER: Fails(FaultKind.CONNECTION, UNKNOWN),
        Fault.HANG_BEFORE_ANSWER: Fails(FaultKind.TIMEOUT, UNKNOWN),
        Fault.RESET_IN_STREAM: Fails(FaultKind.CONNECTION, UNKNOWN, usage=True),
        Fault.CLOSED_IN_STREAM: Fails(FaultKind.CONNECTION, UNKNOWN, usage=True),
        Fault.HANG_IN_STREAM: Fails(FaultKind.TIMEOUT, UNKNOWN, usage=True),
        Fault.ERROR_EVENT: Fails(FaultKind.OVERLOADED, UNKNOWN, usage=True),
        Fault.ERROR_EVENT_TEXT: Fails(FaultKind.UNREADABLE, UNKNOWN, usage=True),
        Fault.TRUNCATED_JSON: Fails(FaultKind.UNREADABLE, UNKNOWN, usage=True),
        Fault.NOT_JSON: Fails(FaultKind.UNREADABLE, UNKNOWN, usage=True),
        Fault.STRING_EVENT: Fails(FaultKind.UNREADABLE, UNKNOWN, usage=True),
        Fault.DELTA_WITHOUT_BLOCK: Fails(FaultKind.UNREADABLE, UNKNOWN, usage=True),
        Fault.DELTA_WITHOUT_INDEX: Fails(FaultKind.UNREADABLE, UNKNOWN, usage=True),
        Fault.NO_MESSAGE_START: Fails(FaultKind.UNREADABLE, UNKNOWN),
        Fault.END_WITHOUT_ENDING: Fails(FaultKind.CUT_OFF, UNKNOWN, usage=True),
        Fault.END_WITHOUT_DELTA: Fails(FaultKind.CUT_OFF, UNKNOWN, usage=True),
        Fault.END_WITHOUT_STOP: Fails(FaultKind.CUT_OFF, UNKNOWN, usage=True),
        Fault.USAGE_MISSING: StopReason.TOOL_USE,
        Fault.USAGE_NULL: StopReason.TOOL_USE,
        Fault.USAGE_NEGATIVE: StopReason.TOOL_USE,
        Fault.USAGE_ABSURD: StopReason.TOOL_USE,
        Fault.TOOL_INPUT_CUT: StopReason.MAX_TOKENS,
        Fault.TEXT_CUT: StopReason.MAX_TOKENS,
        Fault.EMPTY_ANSWER: StopReason.END_TURN,
        Fault.REFUSAL: StopReason.REFUSAL,
        Fault.PAUSE_TURN: StopReason.PAUSE_TURN,
        Fault.CONTEXT_EXCEEDED: StopReason.CONTEXT_EXCEEDED,
        Fault.SLOW_DRIP: StopReason.TOOL_USE,
    }

    def service(self, brain: Brain | None = None, faults: Faults | None = None) -> AbstractAsyncContextManager[Service]:
        return claude(brain, faults)

    @pytest.mark.parametrize("fault", CLAUDE_FAULTS, ids=lambda fault: fault.value.name)
    async def test_every_fault_is_read_for_what_it_is(self, fault: Fault) -> None:
        await self.check_fault(fault)


class TestOllama(ServiceConformance):
    faults: ClassVar[Mapping[Fault, Expected]] = {
        Fault.INTERNAL_ERROR: Fails(FaultKind.SERVER, NOTHING),
        Fault.BAD_GATEWAY: Fails(FaultKind.SERVER, NOTHING),
        Fault.UNAVAILABLE: Fails(FaultKind.SERVER, NOTHING),
        Fault.NOT_FOUND: Fails(FaultKind.NOT_FOUND, NOTHING),
        Fault.CLOSED_BEFORE_ANSWER: Fails(FaultKind.CONNECTION, UNKNOWN),
        Fault.RESET_BEFORE_ANSWER: Fails(FaultKind.CONNECTION, UNKNOWN),
        Fault.HANG_BEFORE_ANSWER: Fails(FaultKind.TIMEOUT, UNKNOWN),
        Fault.RESET_IN_STREAM: Fails(FaultKind.CONNECTION, UNKNOWN),
        Fault.CLOSED_IN_STREAM: Fails(FaultKind.CONNECTION, UNKNOWN),
        Fault.HANG_IN_STREAM: Fails(FaultKind.TIMEOUT, UNKNOWN),
        Fault.ERROR_EVENT: Fails(FaultKind.SERVER, UNKNOWN),
        Fault.TRUNCATED_JSON: Fails(FaultKind.UNREADABLE, UNKNOWN),
        Fault.NOT_JSON: Fails(FaultKind.UNREADABLE, UNKNOWN),
        Fault.STRING_EVENT: Fails(FaultKind.UNREADABLE, UNKNOWN),
        Fault.DELTA_WITHOUT_BLOCK: Fails(FaultKind.UNREADABLE, UNKNOWN),
        Fault.END_WITHOUT_ENDING: Fails(FaultKind.CUT_OFF, UNKNOWN),
        Fault.USAGE_MISSING: StopReason.TOOL_USE,
        Fault.USAGE_NULL: StopReason.TOOL_USE,
        Fault.USAGE_NEGATIVE: StopReason.TOOL_USE,
        Fault.USAGE_ABSURD: StopReason.TOOL_USE,
        Fault.TEXT_CUT: StopReason.MAX_TOKENS,
        Fault.EMPTY_ANSWER: StopReason.END_TURN,
        Fault.SLOW_DRIP: StopReason.TOOL_USE,
    }

    def service(self, brain: Brain | None = None, faults: Faults | None = None) -> AbstractAsyncContextManager[Service]:
        return ollama(brain, faults)

    @pytest.mark.parametrize("fault", OLLAMA_FAULTS, ids=lambda fault: fault.value.name)
    async def test_every_fault_is_read_for_what_it_is(self, fault: Fault) -> None:
        await self.check_fault(fault)


class TestRehearsal(ModelProviderConformance):
    def stage(self) -> AbstractAsyncContextManager[Stage]:
        return _rehearsal()


@asynccontextmanager
async def _rehearsal() -> AsyncIterator[Stage]:
    yield Stage(RehearsalProvider(InstantClock()), "rehearsal")
