"""Ollama's models: which are there, which leave this machine, and which one stands in for one that is absent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestra_desktop.domain.messages import ModelInfo
from orchestra_desktop.domain.texts import Text

EMBEDDING = "embedding"
TOOLS = "tools"
_PARAMETERS = re.compile(r"(\d+(?:\.\d+)?)b\b")


@dataclass(frozen=True, slots=True)
class ModelPick:
    """The model to use, None if nothing fits, and why it is not the wanted one."""

    name: str | None
    why: Text


def is_cloud(model: str) -> bool:
    """True for `…:cloud` and `…-cloud`: Ollama sends what they are asked to its own servers."""
    return model.lower().endswith((":cloud", "-cloud"))


def full_name(model: str) -> str:
    """The name as Ollama lists it: without a tag it means `latest`."""
    return model if ":" in model.rpartition("/")[2] else f"{model}:latest"


def pick_model(wanted: str, available: Sequence[ModelInfo], *, embedding: bool = False) -> ModelPick:
    """The wanted model, or the best that is there and stays on this machine.

    A relative of the wanted one (same name, other tag) is preferred, then models that can use tools, then larger ones.
    """
    wanted_name = full_name(wanted)
    if any(model.id == wanted_name for model in available):
        return ModelPick(wanted_name, Text("ollama.model.wanted", {"model": wanted_name}))
    fitting = [model for model in available if model.local and _fits(model, embedding)]
    if not fitting:
        return ModelPick(None, Text("ollama.model.none", {"wanted": wanted_name}))
    best = max(fitting, key=lambda model: _rank(model, wanted_name))
    return ModelPick(best.id, Text("ollama.model.instead", {"wanted": wanted_name, "model": best.id}))


def _fits(model: ModelInfo, embedding: bool) -> bool:
    """Whether the model is of the wanted kind. An old server tells no capabilities; then the name has to do."""
    embeds = EMBEDDING in model.capabilities or (not model.capabilities and "embed" in model.id)
    return embeds == embedding


def _rank(model: ModelInfo, wanted: str) -> tuple[bool, bool, bool, float, str]:
    family = wanted.partition(":")[0]
    return (
        model.id.partition(":")[0] == family,
        TOOLS in model.capabilities,
        _stem(model.id) == _stem(wanted),
        _billions(model.id),
        model.id,
    )


def _stem(model: str) -> str:
    """`qwen` of `qwen2.5-coder:14b`: models of one house are alike."""
    return re.split(r"[\d.:_-]", model.rpartition("/")[2], maxsplit=1)[0]


def _billions(model: str) -> float:
    found = _PARAMETERS.search(model.partition(":")[2].lower())
    return float(found.group(1)) if found else 0.0
