"""Reading the settings file: what is good in it is used, and what is wrong is named by section and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.money import from_dollars
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.file import LoadedSettings, load
from orchestra_desktop.settings.migrations import migrated
from orchestra_desktop.settings.problems import ProblemKind
from orchestra_desktop.settings.schema import Settings
from tests.settings.samples import told, written


def test_without_a_file_everything_is_as_shipped(path: Path) -> None:
    assert load(path, (), {}) == LoadedSettings(Settings(), (), valid_file=True)
    assert not path.exists()


def test_an_empty_object_is_a_file_with_nothing_changed(path: Path) -> None:
    assert load(written(path, {})) == LoadedSettings(Settings(), (), valid_file=True)


@pytest.mark.parametrize("amount", ["2.50", "2.5", 2.5, "$2.50"])
def test_amounts_are_dollars_as_text_or_number(path: Path, amount: str | float) -> None:
    loaded = load(written(path, {"budget": {"daily": amount, "monthly": None, "project": 0}}))
    budget = loaded.settings.budget
    assert (budget.daily, budget.monthly, budget.project) == (from_dollars("2.5"), None, 0)
    assert loaded.problems == ()


@pytest.mark.parametrize(
    ("section", "key", "value", "says"),
    [
        ("budget", "daily", "five", "settings.not_an_amount"),
        ("budget", "daily", -1, "settings.not_an_amount"),
        ("budget", "daily", True, "settings.not_an_amount"),
        ("budget", "daily", [], "settings.not_an_amount"),
        ("budget", "daily", "0.0000000001", "settings.not_an_amount"),
        ("budget", "time_zone", "Mars/Olympus", "settings.unknown_time_zone"),
        ("budget", "warning_percent", 101, "settings.too_large"),
        ("execution", "concurrency", 0, "settings.too_small"),
        ("execution", "concurrency", "8", "settings.not_a_whole_number"),
        ("execution", "concurrency", 8.5, "settings.not_a_whole_number"),
        ("execution", "concurrency", True, "settings.not_a_whole_number"),
        ("execution", "verification", 1, "settings.not_true_or_false"),
        ("execution", "output_limits", 5, "settings.not_an_object"),
        ("anthropic", "base_url", "ftp://example.org", "settings.not_an_address"),
        ("anthropic", "base_url", "", "settings.not_an_address"),
        ("anthropic", "base_url", "https://[::1", "settings.not_an_address"),
        ("anthropic", "proxy", "http://me:pass@proxy:3128", "settings.secret_in_address"),
        ("anthropic", "effort", "heroic", "settings.not_one_of"),
        ("ollama", "default_model", "", "settings.empty"),
        ("ollama", "default_model", 7, "settings.not_a_text"),
        ("ollama", "keep_alive", "a while", "settings.wrong_form"),
        ("ollama", "hosts", "http://127.0.0.1:1", "settings.not_a_list"),
        ("routing", "planner", "auto", "settings.not_one_of"),
        ("routing", "planner", "best", "settings.not_one_of"),
        ("privacy", "allowed_hosts", ["http://example.org"], "settings.not_a_host"),
        ("privacy", "allowed_hosts", ["example.org:99999"], "settings.not_a_host"),
        ("git", "branch_prefix", "--force", "settings.wrong_form"),
        ("knowledge", "databases", [{"name": "docs"}], "settings.missing"),
    ],
)
def test_a_bad_value_is_named_by_section_and_key_and_its_default_is_used(
    path: Path, section: str, key: str, value: object, says: str
) -> None:
    loaded = load(written(path, {section: {key: value}, "appearance": {"font_size": 13}}))
    problem = loaded.problems[0]
    assert problem.text.key == says
    assert problem.where.startswith(f"{section}.{key}")
    assert problem.text.args["where"] == problem.where
    assert loaded.settings == Settings()
    assert not loaded.valid_file


def test_good_sections_and_good_keys_beside_a_bad_one_are_used(path: Path) -> None:
    loaded = load(
        written(path, {"budget": {"daily": "1.00", "monthly": "lots"}, "execution": {"concurrency": 3}, "git": 5})
    )
    assert loaded.settings.budget.daily == from_dollars(1)
    assert loaded.settings.budget.monthly == from_dollars(50)
    assert loaded.settings.execution.concurrency == 3
    assert told(loaded) == {"budget.monthly": "settings.not_an_amount", "git": "settings.not_an_object"}


@pytest.mark.parametrize("privacy", [{"offline": "yes"}, {"offline": 1, "allowed_hosts": [3]}, "offline", [True], None])
def test_an_offline_switch_that_cannot_be_read_counts_as_on(path: Path, privacy: object) -> None:
    loaded = load(written(path, {"privacy": privacy}))
    assert loaded.settings.privacy.offline
    assert not loaded.valid_file


@pytest.mark.parametrize(
    "allowed", ["localhost", "models.lan:11434", "10.0.0.7", "[::1]:11434", "EXAMPLE.org", "my_box"]
)
def test_hosts_are_names_or_addresses_with_or_without_a_port(path: Path, allowed: str) -> None:
    loaded = load(written(path, {"privacy": {"offline": True, "allowed_hosts": [allowed]}}))
    assert loaded.settings.privacy.allowed_hosts == (allowed.lower(),)
    assert loaded.problems == ()


def test_part_of_an_object_leaves_the_rest_at_that_places_default(path: Path) -> None:
    loaded = load(written(path, {"routing": {"research": {"simple": "haiku"}}, "anthropic": {"models": {"opus": "x"}}}))
    research = loaded.settings.routing.research
    assert (research.simple, research.medium, research.complex) == (Tier.HAIKU, Tier.HAIKU, Tier.SONNET)
    assert loaded.settings.anthropic.models.sonnet == "claude-sonnet-5-5"


def test_unknown_sections_and_keys_are_noticed_and_do_no_harm(path: Path) -> None:
    data = {"telepathy": {}, "budget": {"weekly": 3, "daily": 1}, "ollama": {"hosts": [{"colour": "red"}]}}
    loaded = load(written(path, data))
    assert told(loaded) == {
        "telepathy": "settings.unknown_section",
        "budget.weekly": "settings.unknown_key",
        "ollama.hosts.0.colour": "settings.unknown_key",
    }
    assert {problem.kind for problem in loaded.problems} == {ProblemKind.NOTICE}
    assert loaded.valid_file
    assert loaded.settings.budget.daily == from_dollars(1)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"execution": {"verification": True}}, "execution.verification"),
        ({"execution": {"extraction": True}}, "execution.extraction"),
        ({"appearance": {"language": "de"}}, "appearance.language"),
        ({"comfyui": {"hosts": [{"name": "a"}]}}, "comfyui.hosts"),
        ({"ollama": {"hosts": [{"name": "a"}, {"name": "b"}]}}, "ollama.hosts"),
    ],
)
def test_a_setting_without_a_function_is_accepted_and_noticed(path: Path, data: dict[str, Any], where: str) -> None:
    loaded = load(written(path, data))
    assert [(problem.text, problem.kind) for problem in loaded.problems] == [
        (text("settings.not_yet", where=where), ProblemKind.NOTICE)
    ]
    assert loaded.valid_file


@pytest.mark.parametrize(
    "content",
    [
        *["", "{", "[]", "null", "5", '{"budget": {"daily": NaN}}', '{"a": 1,}', "\x00", "{'a': 1}", "[" * 100_000],
        r'{"ollama": {"default_model": "\ud800"}}',  # half a surrogate pair
        '{"budget": {"daily": ' + "9" * 5_000 + "}}",
    ],
)
def test_what_is_no_json_object_is_reported_and_all_defaults_are_used(path: Path, content: str) -> None:
    loaded = load(written(path, content))
    assert loaded.settings == Settings()
    assert [problem.text.key for problem in loaded.problems] == ["settings.not_json"]
    assert not loaded.valid_file


def test_the_place_of_a_slip_is_told_by_line_and_column(path: Path) -> None:
    (problem,) = load(written(path, '{\n  "budget": {,}\n}')).problems
    assert problem.text == text("settings.not_json", path=str(path), line=2, column=14)


def test_a_key_that_stands_there_twice_is_an_error(path: Path) -> None:
    (problem,) = load(written(path, '{"budget": {"daily": 1}, "budget": {"daily": 9}}')).problems
    assert problem.text == text("settings.double_key", path=str(path), key="budget")


def test_other_encodings_and_folders_are_reported(path: Path, tmp_path: Path) -> None:
    path.write_bytes('{"ollama": {"default_model": "ü"}}'.encode("latin-1"))
    assert told(load(path)) == {"": "settings.not_json"}
    assert told(load(tmp_path)) == {"": "settings.unreadable"}


def test_a_byte_order_mark_is_no_fault(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbf{"execution": {"concurrency": 2}}')
    assert load(path).settings.execution.concurrency == 2


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_SECTION_JSON = st.one_of(
    _JSON,
    *(st.fixed_dictionaries({}, optional=dict.fromkeys(section.model_dump(), _JSON)) for _, section in Settings()),
)


@given(st.dictionaries(st.sampled_from([*Settings.model_fields, "version", "other"]), _SECTION_JSON, max_size=4))
def test_whatever_json_the_file_holds_settings_come_of_it(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    path = written(tmp_path_factory.mktemp("settings") / "settings.json", data)
    loaded = load(path)
    errors = [problem for problem in loaded.problems if problem.kind is ProblemKind.ERROR]
    assert loaded.valid_file == (not errors)
    assert all(problem.text.key.startswith("settings.") for problem in loaded.problems)


def test_a_file_of_a_newer_version_is_used_as_far_as_it_goes_and_reported(path: Path) -> None:
    loaded = load(written(path, {"version": 2, "execution": {"concurrency": 2}, "budget": {"hourly": 1}}))
    assert loaded.settings.execution.concurrency == 2
    assert loaded.problems[0].text == text("settings.newer_version", where="version", found=2, known=1)
    assert not loaded.valid_file


@pytest.mark.parametrize("version", ["1", 0, -1, 1.5, True, None])
def test_a_version_that_is_none_is_reported(path: Path, version: object) -> None:
    assert told(load(written(path, {"version": version}))) == {"version": "settings.bad_version"}


def test_migrators_run_one_after_the_other() -> None:
    steps = {1: lambda data: data | {"first": True}, 2: lambda data: data | {"second": data["first"]}}
    assert migrated({"budget": {}}, steps, to=3) == {"version": 3, "budget": {}, "first": True, "second": True}
    assert migrated({"version": 2, "first": 5}, steps, to=3) == {"version": 3, "first": 5, "second": 5}


def test_data_of_todays_or_a_newer_version_is_left_alone() -> None:
    assert migrated({"version": 3, "a": 1}, {}, to=3) == {"version": 3, "a": 1}
    assert migrated({"version": 9, "a": 1}, {}, to=3) == {"version": 9, "a": 1}
