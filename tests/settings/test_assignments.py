"""Single settings given by `--set` and by the environment: before the file, and refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.settings.file import load
from orchestra_desktop.settings.schema import Settings
from tests.settings.samples import SECRET, written


@pytest.mark.parametrize(
    ("given_as", "section", "expected"),
    [
        ("budget.daily=2.50", "budget", {"daily": 2_500_000_000}),
        ("budget.daily=null", "budget", {"daily": None}),
        ("budget.daily=$3", "budget", {"daily": 3_000_000_000}),
        ("budget.time_zone=Europe/Berlin", "budget", {"time_zone": "Europe/Berlin"}),
        ("execution.concurrency = 50", "execution", {"concurrency": 50}),
        ("privacy.offline=true", "privacy", {"offline": True}),
        ('privacy.allowed_hosts=["models.lan"]', "privacy", {"allowed_hosts": ("models.lan",)}),
        ("ollama.default_model=qwen3:8b", "ollama", {"default_model": "qwen3:8b"}),
        ("ollama.default_model=123", "ollama", {"default_model": "123"}),
        ("ollama.default_model=a=b", "ollama", {"default_model": "a=b"}),
        ("ollama.keep_alive=0", "ollama", {"keep_alive": "0"}),
        ("anthropic.ca_file=", "anthropic", {"ca_file": ""}),
        ("anthropic.effort=high", "anthropic", {"effort": "high"}),
    ],
)
def test_set_changes_one_setting_for_this_process(
    path: Path, given_as: str, section: str, expected: dict[str, Any]
) -> None:
    loaded = load(path, [given_as])
    changed = getattr(Settings(), section).model_copy(update=expected)
    assert getattr(loaded.settings, section) == changed
    assert not path.exists()


def test_set_reaches_deeper_places(path: Path) -> None:
    overrides = [
        "routing.research.simple=haiku",
        "anthropic.models.opus=claude-opus-5",
        "ollama.hosts.0.concurrent_calls=3",
        "ollama.hosts.1.url=http://127.0.0.1:2",
    ]
    settings = load(path, overrides).settings
    assert settings.routing.research.simple is Tier.HAIKU
    assert settings.routing.research.complex is Tier.SONNET
    assert settings.anthropic.models.opus == "claude-opus-5"
    assert [(host.url, host.concurrent_calls) for host in settings.ollama.hosts] == [
        ("http://127.0.0.1:11434", 3),
        ("http://127.0.0.1:2", 1),
    ]


def test_the_last_set_wins_over_earlier_ones_and_over_the_file(path: Path) -> None:
    written(path, {"execution": {"concurrency": 2, "max_rounds": 5}})
    settings = load(path, ["execution.concurrency=3", "execution.concurrency=4"]).settings
    assert (settings.execution.concurrency, settings.execution.max_rounds) == (4, 5)


@pytest.mark.parametrize(
    ("given_as", "says"),
    [
        ("budget.daily=plenty", "settings.not_an_amount"),
        ("execution.concurrency=0", "settings.too_small"),
        ("execution.concurrency=two", "settings.not_a_whole_number"),
        ("execution.speed=9", "settings.unknown_key"),
        ("execution.concurrency.more=9", "settings.not_a_whole_number"),
        ("ollama.hosts.5.url=http://127.0.0.1:1", "settings.unknown_key"),
        ("telepathy.range=9", "settings.unknown_section"),
        ("execution=9", "settings.set_malformed"),
        ("execution.concurrency", "settings.set_malformed"),
        ("=9", "settings.set_malformed"),
        ("", "settings.set_malformed"),
        ("execution..x=1", "settings.set_malformed"),
        ("anthropic.api_key=abc", "settings.secret"),
        (f"anthropic.base_url={SECRET}", "settings.secret"),
        (f"{SECRET}=1", "settings.secret"),
    ],
)
def test_a_bad_set_is_an_error_of_whoever_typed_it(path: Path, given_as: str, says: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(path, [given_as])
    assert refused.value.text.key == says
    assert SECRET not in repr(refused.value)
    if says not in ("settings.set_malformed", "settings.unknown_section", "settings.secret"):
        assert refused.value.text.args["where"] == given_as.partition("=")[0]


@pytest.mark.parametrize(
    ("given_as", "url"),
    [
        ("1.2.3.4", "http://1.2.3.4:11434"),
        (":5678", "http://127.0.0.1:5678"),
        ("1.2.3.4:5678", "http://1.2.3.4:5678"),
        ("http://1.2.3.4", "http://1.2.3.4:80"),
        ("https://example.org", "https://example.org:443"),
        ("https://example.org:5678", "https://example.org:5678"),
        ("example.org/", "http://example.org:11434"),
        ("example.org:5678/path/", "http://example.org:5678/path"),
        ("[::1]:5678", "http://[::1]:5678"),
        ("http://[::1]", "http://[::1]:80"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # where a server listens is not where a client asks
        ("0.0.0.0:5678", "http://127.0.0.1:5678"),
        ("[::]:5678", "http://[::1]:5678"),
        (" localhost ", "http://localhost:11434"),
    ],
)
def test_ollama_host_is_read_in_ollamas_own_forms(path: Path, given_as: str, url: str) -> None:
    settings = load(path, (), {"OLLAMA_HOST": given_as}).settings
    assert [host.url for host in settings.ollama.hosts] == [url]


@pytest.mark.parametrize("hosts", [[], [{"name": "desk", "url": "http://10.0.0.7:1", "concurrent_calls": 2}]])
def test_ollama_host_takes_the_place_of_the_files_first_one(path: Path, hosts: list[dict[str, Any]]) -> None:
    written(path, {"ollama": {"hosts": hosts}})
    (host,) = load(path, (), {"OLLAMA_HOST": "127.0.0.1:9"}).settings.ollama.hosts
    assert host.url == "http://127.0.0.1:9"


def test_the_environment_comes_before_the_file_and_set_before_both(path: Path) -> None:
    written(path, {"anthropic": {"base_url": "http://127.0.0.1:1"}})
    environment = {"ANTHROPIC_BASE_URL": "http://127.0.0.1:2/"}
    assert load(path, (), {}).settings.anthropic.base_url == "http://127.0.0.1:1"
    assert load(path, (), environment).settings.anthropic.base_url == "http://127.0.0.1:2"
    overridden = load(path, ["anthropic.base_url=http://127.0.0.1:3"], environment)
    assert overridden.settings.anthropic.base_url == "http://127.0.0.1:3"


@pytest.mark.parametrize(
    "environment",
    [
        {"ANTHROPIC_BASE_URL": "api.example.org"},
        {"ANTHROPIC_BASE_URL": "http://me:pass@example.org"},
        {"OLLAMA_HOST": "http://me:pass@example.org"},
        {"OLLAMA_HOST": "example.org:notaport"},
        {"OLLAMA_HOST": "ftp://example.org"},
    ],
)
def test_a_bad_address_in_the_environment_is_said_by_its_name(path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load(path, (), environment)
    assert [refused.value.text.args["where"]] == list(environment)
    assert "pass" not in repr(refused.value)


def test_empty_variables_and_other_ones_change_nothing(path: Path) -> None:
    environment = {"ANTHROPIC_BASE_URL": "", "OLLAMA_HOST": " ", "HTTPS_PROXY": "http://127.0.0.1:1"}
    assert load(path, (), environment).settings == Settings()
