"""The defaults that the design names, the shape of every field, and the page that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from orchestra_desktop.domain.money import from_dollars
from orchestra_desktop.domain.plan import Complexity, TaskType, Tier
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.settings.fields import FILE_FORM
from orchestra_desktop.settings.run_settings import run_settings
from orchestra_desktop.settings.schema import Settings, section_types
from orchestra_desktop.settings.secret_fields import looks_secret
from tests.pages import page
from tests.settings.settings_page import page_text

SETTINGS = Settings()


def all_fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for key, info in model.model_fields.items():
        yield f"{prefix}{key}", info
        for part in (info.annotation, *get_args(info.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from all_fields(part, f"{prefix}{key}.")


FIELDS = {f"{name}.{key}": info for name, model in section_types().items() for key, info in all_fields(model)}
OWN_FIELDS = {where: info for where, info in FIELDS.items() if not where.startswith("pricing.overrides.")}


def marks_of(info: FieldInfo) -> dict[str, Any]:
    return dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}


def test_the_sections_are_those_of_the_design_in_its_order() -> None:
    assert list(section_types()) == [
        *["anthropic", "ollama", "comfyui", "knowledge", "budget", "execution", "routing", "pricing"],
        *["git", "tools", "mcp", "notifications", "appearance", "privacy"],
    ]


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("anthropic.models.haiku", "claude-haiku-5-5"),
        ("anthropic.models.sonnet", "claude-sonnet-5-5"),
        ("anthropic.models.opus", "claude-opus-5-5"),
        ("anthropic.concurrent_calls", 4),
        ("ollama.default_model", "qwen2.5-coder:14b"),
        ("ollama.embedding_model", "nomic-embed-text"),
        ("budget.daily", from_dollars("5")),
        ("budget.monthly", from_dollars("50")),
        ("budget.project", from_dollars("10")),
        ("budget.warning_percent", 80),
        ("execution.concurrency", 8),
        ("execution.max_rounds", 10),
        ("execution.output_limits.simple", 8 * 1024),
        ("execution.output_limits.medium", 16 * 1024),
        ("execution.output_limits.complex", 32 * 1024),
        ("execution.transient_retries", 2),
        ("execution.further_attempts", 2),
        ("execution.health_check_s", 30),
        ("execution.extraction_characters", 200),
        ("execution.findings_characters", 3_000),
        ("routing.planner", Tier.SONNET),
        ("tools.read_characters", 50_000),
        ("tools.write_bytes", 5_000_000),
        ("comfyui.width", 1_024),
        ("comfyui.height", 1_024),
        ("git.branch_prefix", "orch"),
        ("git.remote", "origin"),
        ("git.timeout_s", 30),
        ("privacy.offline", False),
    ],
)
def test_the_defaults_are_those_the_design_names(where: str, value: object) -> None:
    found: Any = SETTINGS
    for part in where.split("."):
        found = getattr(found, part)
    assert found == value


def test_one_ollama_host_on_this_machine_with_one_call_at_a_time() -> None:
    (host,) = SETTINGS.ollama.hosts
    assert (host.url, host.concurrent_calls) == ("http://127.0.0.1:11434", 1)


@pytest.mark.parametrize(
    ("kinds", "tiers"),
    [
        (["code"], ["haiku", "sonnet", "sonnet"]),
        (["research", "analysis", "documentation"], ["local", "haiku", "sonnet"]),
        (["asset"], ["local", "local", "local"]),
        (["integration"], ["haiku", "haiku", "sonnet"]),
    ],
)
def test_the_routing_table_is_the_designs(kinds: list[str], tiers: list[str]) -> None:
    table = SETTINGS.routing.table()
    assert len(table) == len(TaskType) * len(Complexity)
    for kind in kinds:
        assert [table[TaskType(kind), size] for size in Complexity] == [Tier(tier) for tier in tiers]


def test_a_run_started_with_default_settings_is_that_of_the_domains_defaults() -> None:
    assert run_settings(SETTINGS) == RunSettings()


def test_a_run_keeps_what_was_set() -> None:
    changed = Settings.model_validate_json(
        '{"execution": {"concurrency": 3, "output_limits": {"simple": 2048}}, "anthropic": {"concurrent_calls": 2},'
        ' "ollama": {"hosts": [{"url": "http://127.0.0.1:1", "concurrent_calls": 5}]}, "tools": {"quota_files": 7}}'
    )
    run = run_settings(changed)
    assert (run.concurrency, run.write_quota_files, run.output_limits.simple) == (3, 7, 2_048)
    assert run.per_provider == {"anthropic": 2, "ollama": 5, "rehearsal": 3}


def test_defaults_pass_their_own_bounds_and_survive_the_file() -> None:
    written = SETTINGS.model_dump_json(context=FILE_FORM)
    assert Settings.model_validate_json(written, context=FILE_FORM) == SETTINGS
    assert '"daily":"5.00"' in written


@pytest.mark.parametrize("where", sorted(OWN_FIELDS))
def test_every_setting_says_what_it_means(where: str) -> None:
    description = OWN_FIELDS[where].description or ""
    assert description.endswith(".")
    assert not looks_secret(where.rpartition(".")[2])


@pytest.mark.parametrize("where", sorted(FIELDS))
def test_every_number_has_a_unit_and_bounds(where: str) -> None:
    info = FIELDS[where]
    if info.annotation is int and where in OWN_FIELDS:
        assert marks_of(info)["unit"]
        assert {name for part in info.metadata for name in ("ge", "le") if hasattr(part, name)} == {"ge", "le"}


@pytest.mark.parametrize("where", sorted(where for where, info in FIELDS.items() if marks_of(info).get("not_yet")))
def test_what_has_no_function_yet_is_off(where: str) -> None:
    """A switch or a list that would do something is off or empty."""
    default = FIELDS[where].get_default()
    if isinstance(default, bool | tuple):
        assert not default


@pytest.mark.parametrize("name", ["verification", "extraction", "escalation", "reuse"])
def test_later_functions_are_marked(name: str) -> None:
    assert marks_of(FIELDS[f"execution.{name}"])["not_yet"]


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        SETTINGS.privacy.offline = True  # type: ignore[misc]


def test_the_page_is_what_the_schema_says() -> None:
    """If not: python -m tests.settings.settings_page"""
    assert page("settings.md") == page_text()
