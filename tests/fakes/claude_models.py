"""The models that the Claude stand-in serves: their limits, what they refuse, how the models list describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ALIASES = {"claude-haiku-4-5-20251001": "claude-haiku-4-5"}


@dataclass(frozen=True, slots=True)
class ClaudeModel:
    """Facts about one model. `strict` models refuse forced tools, prefill, sampling parameters and `budget_tokens`."""

    id: str
    line: str
    context: int
    max_output: int
    released: str
    strict: bool = False
    always_thinks: bool = False
    min_cached: int = 1024
    lifecycle: str = "active"

    def wire(self) -> dict[str, Any]:
        """The entry of `GET /v1/models` in the form of the client's `ModelInfo`."""
        deprecated = None if self.lifecycle == "active" else "2026-06-01T00:00:00Z"
        return {
            "type": "model",
            "id": self.id,
            "display_name": self.id.replace("claude-", "Claude ").replace("-", " ").title(),
            "created_at": f"{self.released}T00:00:00Z",
            "line": self.line,
            "lifecycle": self.lifecycle,
            "deprecated_at": deprecated,
            "retires_at": deprecated,
            "max_input_tokens": self.context,
            "max_tokens": self.max_output,
            "capabilities": self._capabilities(),
        }

    def _capabilities(self) -> dict[str, Any]:
        yes, no = {"supported": True}, {"supported": False}
        old = yes if not self.strict else no
        return {
            "batch": yes,
            "citations": yes,
            "code_execution": yes,
            "context_management": yes,
            "effort": {"supported": True, "low": yes, "medium": yes, "high": yes, "xhigh": yes, "max": yes},
            "image_input": yes,
            "pdf_input": yes,
            "server_tools": {"supported": True, "code_execution": yes, "web_search": yes},
            "structured_outputs": yes,
            "thinking": {
                "supported": True,
                "types": {
                    "adaptive": yes,
                    "between_tools": no,
                    "disabled": no if self.always_thinks else yes,
                    "enabled": old,
                },
            },
        }


MILLION = 1_000_000

MODELS: tuple[ClaudeModel, ...] = (
    ClaudeModel("claude-haiku-5-5", "haiku", MILLION, 128_000, "2026-10-14", strict=True, min_cached=512),
    ClaudeModel("claude-sonnet-5-5", "sonnet", MILLION, 128_000, "2026-09-29", strict=True),
    ClaudeModel("claude-opus-5-5", "opus", MILLION, 128_000, "2026-09-02", strict=True, always_thinks=True),
    ClaudeModel("claude-fable-5-1", "fable", MILLION, 128_000, "2026-08-11", strict=True),
    ClaudeModel("claude-sonnet-5", "sonnet", MILLION, 128_000, "2026-06-20"),
    ClaudeModel("claude-opus-5", "opus", MILLION, 128_000, "2026-05-28"),
    ClaudeModel("claude-opus-4-8", "opus", MILLION, 128_000, "2026-04-16"),
    ClaudeModel("claude-opus-4-7", "opus", MILLION, 128_000, "2026-03-05"),
    ClaudeModel("claude-sonnet-4-6", "sonnet", 200_000, 64_000, "2026-02-17"),
    ClaudeModel("claude-opus-4-6", "opus", MILLION, 128_000, "2026-02-05", lifecycle="deprecated"),
    ClaudeModel("claude-haiku-4-5", "haiku", 200_000, 64_000, "2025-10-01"),
    ClaudeModel("claude-sonnet-4-5", "sonnet", 200_000, 64_000, "2025-09-29", lifecycle="retired"),
)
"""Newest first, as the real list has them. Release days are plausible inventions; nothing may depend on them."""


def model_named(name: str) -> ClaudeModel | None:
    """The model of that id or dated alias; None if it is not served (any more)."""
    wanted = ALIASES.get(name, name)
    return next((model for model in MODELS if model.id == wanted and model.lifecycle != "retired"), None)


def page_of_models(query: dict[str, list[str]]) -> dict[str, Any]:
    """One page of the list by `limit`, `after_id`, `before_id` and `lifecycle[]`; raises ValueError for bad ones."""
    limit = int(query.get("limit", ["20"])[0])
    if not 1 <= limit <= 1000:
        raise ValueError("limit: must be between 1 and 1000")
    stages = query.get("lifecycle[]", query.get("lifecycle", ["active", "deprecated"]))
    models = [model for model in MODELS if model.lifecycle in stages]
    ids = [model.id for model in models]
    if after := query.get("after_id"):
        models = models[ids.index(after[0]) + 1 :]
    elif before := query.get("before_id"):
        models = models[: ids.index(before[0])][-limit:]
    page = models[:limit]
    return {
        "data": [model.wire() for model in page],
        "has_more": len(models) > limit,
        "first_id": page[0].id if page else None,
        "last_id": page[-1].id if page else None,
    }
