"""The models that the Ollama stand-in has: how its lists describe them, how they are pulled, and what they embed."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from typing import Any

GIGABYTE = 1 << 30
LAYERS = 3
PULL_STEPS = 4
MODIFIED = "2026-11-02T09:30:00Z"
LOADED_UNTIL = "2026-11-23T12:00:00Z"


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """One model. `capabilities` as Ollama names them: completion, tools, thinking, vision, embedding."""

    name: str
    capabilities: tuple[str, ...] = ("completion", "tools")
    family: str = "qwen2"
    parameters: str = "14.8B"
    size: int = 9 * GIGABYTE
    context: int = 32_768
    dimensions: int = 0

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.name.encode()).hexdigest()

    def details(self) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameters,
            "quantization_level": "Q4_K_M",
        }

    def listed(self) -> dict[str, Any]:
        """The entry of `/api/tags`."""
        return {
            "name": self.name,
            "model": self.name,
            "modified_at": MODIFIED,
            "size": self.size,
            "digest": self.digest,
            "details": self.details(),
        }

    def running(self, num_ctx: int) -> dict[str, Any]:
        """The entry of `/api/ps` while it is loaded with that context."""
        listed = self.listed()
        del listed["modified_at"]
        return {**listed, "expires_at": LOADED_UNTIL, "size_vram": self.size, "context_length": num_ctx}

    def shown(self) -> dict[str, Any]:
        """The answer of `/api/show`."""
        info: dict[str, Any] = {
            "general.architecture": self.family,
            f"{self.family}.context_length": self.context,
            f"{self.family}.embedding_length": self.dimensions or 5120,
        }
        return {
            "modelfile": f"FROM {self.name}",
            "parameters": "",
            "template": "{{ .Prompt }}",
            "details": self.details(),
            "model_info": info,
            "capabilities": list(self.capabilities),
            "modified_at": MODIFIED,
        }


MODELS: tuple[OllamaModel, ...] = (
    OllamaModel("qwen2.5-coder:14b"),
    OllamaModel("qwen3:8b", ("completion", "tools", "thinking"), "qwen3", "8.2B", 5 * GIGABYTE, 40_960),
    OllamaModel("nomic-embed-text:latest", ("embedding",), "nomic-bert", "137M", 274_000_000, 2048, 64),
)
CLOUD_MODEL = OllamaModel("gpt-oss:120b-cloud", ("completion", "tools", "thinking"), "gptoss", "116.8B", 384, 131_072)
"""Looks like a local model and is none; pass it in `models` to see that nothing is sent to it."""


def full_name(name: str) -> str:
    """A name without a tag means its `latest`."""
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def pull_lines(model: OllamaModel) -> list[dict[str, Any]]:
    """What a pull that succeeds tells on its way: layer by layer, with bytes done and in all."""
    layers: list[dict[str, Any]] = []
    for layer in range(LAYERS):
        digest = hashlib.sha256(f"{model.name} {layer}".encode()).hexdigest()
        total = model.size // (layer + 1)
        for step in range(PULL_STEPS + 1):
            done = {"total": total, "completed": total * step // PULL_STEPS}
            layers.append({"status": f"pulling {digest[:12]}", "digest": f"sha256:{digest}", **done})
    ending = ("verifying sha256 digest", "writing manifest", "success")
    return [{"status": "pulling manifest"}, *layers, *({"status": status} for status in ending)]


def embedding(text: str, size: int) -> list[float]:
    """A unit vector by the words of a text: texts that share words are near each other."""
    vector = [0.0] * size
    for word in re.findall(r"\w+", text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        vector[int.from_bytes(digest[:4], "big") % size] += 1.0
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [value / length for value in vector]
