"""The sections about services that answer: Claude, Ollama, ComfyUI, and the knowledge databases."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from orchestra_desktop.settings.fields import OptionalUrl, Section, Url, setting


class TierModels(Section):
    """Which Claude model stands for a tier."""

    haiku: str = setting("claude-haiku-5-5", "Model of the cheap tier.", min_length=1, max_length=200)
    sonnet: str = setting("claude-sonnet-5-5", "Model of the middle tier.", min_length=1, max_length=200)
    opus: str = setting("claude-opus-5-5", "Model of the dear tier.", min_length=1, max_length=200)


class AnthropicSettings(Section):
    """How Claude is reached. The key is kept in the system's keyring, never here."""

    base_url: Url = setting(
        "https://api.anthropic.com", "Where requests go. The environment's ANTHROPIC_BASE_URL comes before it."
    )
    proxy: OptionalUrl = setting(
        "", "Proxy for requests to Claude; empty is none. The environment's proxies are not used."
    )
    ca_file: str = setting("", "PEM file of further certificate authorities, for a company's proxy; empty is none.")
    models: TierModels = setting(TierModels(), "Which model does the work of each tier.")
    connect_timeout_s: int = setting(10, "How long making a connection may take.", unit="seconds", ge=1, le=300)
    read_timeout_s: int = setting(
        120,
        "How long the service may be silent, before its first byte and between any two.",
        unit="seconds",
        ge=1,
        le=3_600,
    )
    concurrent_calls: int = setting(4, "Calls to Claude at one time.", unit="calls", ge=1, le=64)
    effort: Literal["default", "low", "medium", "high", "xhigh", "max"] = setting(
        "default", "How much effort models put into an answer; default leaves it to the service."
    )


class OllamaHost(Section):
    """One machine that runs Ollama."""

    name: str = setting("local", "What the host is called in lists.", min_length=1, max_length=100)
    url: Url = setting("http://127.0.0.1:11434", "Where it answers.")
    concurrent_calls: int = setting(1, "Calls to this host at one time.", unit="calls", ge=1, le=64)


class OllamaSettings(Section):
    """How models on one's own machines are reached. So far the first host of the list is used."""

    hosts: tuple[OllamaHost, ...] = setting(
        (OllamaHost(),),
        "Machines that run Ollama. OLLAMA_HOST takes the first one's place. Further ones have no effect yet.",
        max_length=50,
    )
    default_model: str = setting(
        "qwen2.5-coder:14b", "Model for work; if it is absent, the best that is there.", min_length=1, max_length=200
    )
    planner_model: str = setting("", "Model for plans made locally; empty is the default model.", max_length=200)
    verifier_model: str = setting(
        "", "Model that judges local results; empty is the default model.", max_length=200, not_yet=True
    )
    embedding_model: str = setting(
        "nomic-embed-text", "Model that turns text into vectors for search.", min_length=1, max_length=200, not_yet=True
    )
    num_ctx: int = setting(
        16_384,
        "Context that a model is loaded with at least, prompt and answer together.",
        unit="tokens",
        ge=1_024,
        le=4_000_000,
    )
    num_ctx_max: int = setting(
        65_536,
        "Context that a large prompt may ask for at most; memory grows with it.",
        unit="tokens",
        ge=1_024,
        le=4_000_000,
    )
    connect_timeout_s: int = setting(5, "How long making a connection may take.", unit="seconds", ge=1, le=300)
    read_timeout_s: int = setting(
        300, "How long the host may be silent; loading a large model takes minutes.", unit="seconds", ge=1, le=3_600
    )
    keep_alive: str = setting(
        "5m",
        "How long a model stays in memory after a call; 0 unloads it, -1m keeps it.",
        pattern=r"^(-1m|0|\d{1,6}(ms|s|m|h))$",
    )


class ComfyHost(Section):
    """One machine that runs ComfyUI."""

    name: str = setting("local", "What the host is called in lists.", min_length=1, max_length=100)
    url: Url = setting("http://127.0.0.1:8188", "Where it answers.")


class ComfyuiSettings(Section):
    """How images are made."""

    hosts: tuple[ComfyHost, ...] = setting(
        (), "Machines that run ComfyUI; the first healthy one is used.", max_length=50, not_yet=True
    )
    workflow: str = setting(
        "", "File of an exported API workflow; empty is the shipped SDXL text-to-image one.", not_yet=True
    )
    checkpoint: str = setting("", "Checkpoint the workflow loads; empty is the first one the host has.", not_yet=True)
    width: int = setting(1_024, "Width of an image that asks for none.", unit="pixels", ge=64, le=8_192, not_yet=True)
    height: int = setting(1_024, "Height of an image that asks for none.", unit="pixels", ge=64, le=8_192, not_yet=True)
    connect_timeout_s: int = setting(
        5, "How long making a connection may take.", unit="seconds", ge=1, le=300, not_yet=True
    )
    image_timeout_s: int = setting(
        600,
        "How long one image may take, waiting in the queue included.",
        unit="seconds",
        ge=1,
        le=86_400,
        not_yet=True,
    )


class KnowledgeDatabase(Section):
    """One file of indexed text that tasks may search."""

    name: str = Field(description="What the database is called in lists and to models.", min_length=1, max_length=100)
    path: str = Field(description="Its SQLite file.", min_length=1)
    local_only: bool = setting(False, "What is found in it never goes to a cloud model.")


class KnowledgeSettings(Section):
    """Which knowledge databases tasks may search, and how."""

    databases: tuple[KnowledgeDatabase, ...] = setting(
        (), "Databases that tasks may search.", max_length=100, not_yet=True
    )
    top_k: int = setting(8, "Passages that one search gives back.", unit="passages", ge=1, le=100, not_yet=True)
    chunk_characters: int = setting(
        2_000, "Length of the passages that files are cut into.", unit="characters", ge=200, le=6_000, not_yet=True
    )
    chunk_overlap: int = setting(
        200, "How much of a passage the next one repeats.", unit="characters", ge=0, le=2_000, not_yet=True
    )
    hybrid: bool = setting(False, "Search by words (BM25) as well as by meaning.", not_yet=True)
