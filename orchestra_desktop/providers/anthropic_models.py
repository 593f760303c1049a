"""What each Claude model takes, as the service lists it, or by name before it was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestra_desktop.domain.messages import ModelInfo

ADAPTIVE_THINKING = "adaptive_thinking"
EFFORT = "effort"

# Older families, which think only with a token budget of the caller's or not at all, and know no effort.
_WITHOUT_ADAPTIVE = (
    "claude-2",
    "claude-3",
    "claude-haiku-4-5",
    "claude-sonnet-4-0",
    "claude-sonnet-4-2",
    "claude-sonnet-4-5",
    "claude-opus-4-0",
    "claude-opus-4-1",
    "claude-opus-4-2",
    "claude-opus-4-5",
)


def takes(model: str, capability: str, listed: Mapping[str, ModelInfo]) -> bool:
    """Whether to send adaptive thinking or effort; the service's own list is believed before our table."""
    if model in listed and listed[model].capabilities:
        return capability in listed[model].capabilities
    return not model.startswith(_WITHOUT_ADAPTIVE)


def model_info(listed: Any) -> ModelInfo:
    """An entry of the models list, `anthropic.types.ModelInfo`; a gateway that says less leaves fields None."""
    return ModelInfo(
        id=str(listed.id),
        line=_text(listed, "line"),
        context_tokens=_count(listed, "max_input_tokens"),
        max_output_tokens=_count(listed, "max_tokens"),
        capabilities=_capabilities(getattr(listed, "capabilities", None)),
    )


def _capabilities(tree: Any) -> frozenset[str]:
    names = ("batch", "citations", "image_input", "pdf_input", "structured_outputs", EFFORT, "thinking")
    found = {name for name in names if _is_supported(getattr(tree, name, None))}
    types = getattr(getattr(tree, "thinking", None), "types", None)
    if _is_supported(getattr(types, "adaptive", None)):
        found.add(ADAPTIVE_THINKING)
    return frozenset(found)


def _is_supported(capability: Any) -> bool:
    return getattr(capability, "supported", False) is True


def _text(listed: Any, name: str) -> str | None:
    value = getattr(listed, name, None)
    return value if isinstance(value, str) else None


def _count(listed: Any, name: str) -> int | None:
    value = getattr(listed, name, None)
    return value if isinstance(value, int) else None
