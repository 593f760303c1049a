"""What the Claude stand-in knows of a conversation: signatures of thoughts, what belonged together, what was paused."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.fakes.claude_prompt import Piece, digests_of, message_pieces

SIGNING_KEY = b"only the service knows this"


def signature_of(thinking: str, model: str, before: Sequence[Piece]) -> str:
    """The signature of a thinking block: it says how long the conversation was and vouches for every word of it.

    Nothing that was issued has to be remembered, so a conversation survives a restart of the server.
    """
    place = len(before)
    past = digests_of(before)[-1] if before else ""
    proof = hmac.new(SIGNING_KEY, f"{model}\n{place}\n{past}\n{thinking}".encode(), hashlib.sha256)
    return f"{place}.{proof.hexdigest()}"


def signature_problems(messages: Sequence[Mapping[str, Any]], model: str) -> Iterator[str]:
    """Complaints about thoughts that were changed, invented, or belong to another model or conversation."""
    pieces = message_pieces(messages)
    for piece in pieces:
        if piece.content.get("type") == "thinking" and not _is_genuine(piece.content, model, pieces):
            yield "messages: `thinking` blocks must come back unchanged, to the model and conversation they belong to"


def _is_genuine(block: Mapping[str, Any], model: str, pieces: Sequence[Piece]) -> bool:
    place, _, _ = str(block["signature"]).partition(".")
    if not place.isdigit() or int(place) > len(pieces):
        return False
    return bool(block["signature"] == signature_of(block["thinking"], model, pieces[: int(place)]))


class Memory:
    """Which thoughts went with which tool call, and which conversations wait for their continuation."""

    def __init__(self) -> None:
        self._thoughts: dict[str, list[str]] = {}
        self._paused: set[str] = set()

    def note_tool_use(self, tool_use_id: str, signatures: list[str]) -> None:
        self._thoughts[tool_use_id] = signatures

    def note_pause(self, messages: Sequence[Mapping[str, Any]]) -> None:
        self._paused.add(_end_of(messages))

    def problems(self, messages: Sequence[Mapping[str, Any]], *, prefill_allowed: bool) -> Iterator[str]:
        """Complaints about missing thoughts, and about a last turn of the assistant that continues no pause."""
        blocks = [piece.content for piece in message_pieces(messages)]
        present = {block["signature"] for block in blocks if block.get("type") == "thinking"}
        for block in blocks:
            wanted = self._thoughts.get(block["id"], []) if block.get("type") == "tool_use" else []
            if any(signature not in present for signature in wanted):
                yield f"messages: the `thinking` blocks that came with {block['id']} are missing"
        if messages and messages[-1]["role"] == "assistant" and not prefill_allowed and not self._continues(messages):
            yield "messages: this model does not support prefill; the conversation must end with a user message"

    def _continues(self, messages: Sequence[Mapping[str, Any]]) -> bool:
        end = len(messages)
        while end and messages[end - 1]["role"] == "assistant":
            end -= 1
        return _end_of(messages[:end]) in self._paused


def _end_of(messages: Sequence[Mapping[str, Any]]) -> str:
    return next(reversed(digests_of(message_pieces(messages))), "")
