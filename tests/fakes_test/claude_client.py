"""Speaks to the Claude stand-in through the real client, as the tests of this folder need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anthropic import AsyncAnthropic
from anthropic.types import Message, RawMessageStreamEvent

from tests.fakes.claude_server import ClaudeServer

T = TypeVar("T")
MODEL = "claude-sonnet-5-5"
WRITE_FILE: dict[str, Any] = {
    "name": "write_file",
    "description": "Writes a file.",
    "input_schema": {
        "type": "object",
        "properties": {"path": {"type": "string"}, "content": {"type": "string"}},
        "required": ["path", "content"],
    },
}


@asynccontextmanager
async def connected(server: ClaudeServer, *, timeout: float = 30.0, key: str = "key") -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(base_url=server.url, api_key=key, max_retries=0, timeout=timeout) as client:
        yield client


def body(**fields: Any) -> dict[str, Any]:
    """A small good request; `fields` replace or add to it."""
    return {"model": MODEL, "max_tokens": 1000, "messages": [{"role": "user", "content": "Say it."}], **fields}


async def ask(client: AsyncAnthropic, **fields: Any) -> Message:
    """Stream an answer through the helper and return it whole."""
    async with client.messages.stream(**body(**fields)) as stream:
        return await stream.get_final_message()


async def ask_raw(client: AsyncAnthropic, **fields: Any) -> list[RawMessageStreamEvent]:
    """Stream an answer as raw events."""
    return [event async for event in await client.messages.create(**body(**fields), stream=True)]


def with_client(server: ClaudeServer, talk: Callable[[AsyncAnthropic], Awaitable[T]], **options: Any) -> T:
    """Run a conversation on a loop of its own."""

    async def run() -> T:
        async with connected(server, **options) as client:
            return await talk(client)

    return asyncio.run(run())


def once(server: ClaudeServer, **fields: Any) -> Message:
    """One streamed answer."""
    return with_client(server, lambda client: ask(client, **fields))


def native(message: Message) -> dict[str, Any]:
    """An answer as it is sent back in the next request."""
    return {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]}
