"""What a project may change of the settings, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.settings.project_overrides import with_overrides
from orchestra_desktop.settings.schema import Settings


def test_without_overrides_the_settings_are_the_same() -> None:
    assert with_overrides(Settings(), {}) == Settings()


def test_money_is_in_nano_dollars_as_it_is_stored() -> None:
    changed = with_overrides(Settings(), {"budget": {"project": 2_000_000_000}})
    assert changed.budget.project == 2_000_000_000
    assert changed.budget.daily == Settings().budget.daily


def test_no_cap_and_a_cap_of_zero_are_told_apart() -> None:
    assert with_overrides(Settings(), {"budget": {"project": None}}).budget.project is None
    assert with_overrides(Settings(), {"budget": {"project": 0}}).budget.project == 0


def test_objects_are_merged_key_by_key() -> None:
    overrides: dict[str, dict[str, Any]] = {
        "routing": {"research": {"simple": "haiku"}},
        "execution": {"output_limits": {"complex": 64_000}},
    }
    changed = with_overrides(Settings(), overrides)
    assert changed.routing.research.simple is Tier.HAIKU
    assert changed.routing.research.medium is Tier.HAIKU
    assert changed.routing.research.complex is Tier.SONNET
    assert (changed.execution.output_limits.simple, changed.execution.output_limits.complex) == (8_192, 64_000)


def test_the_settings_given_are_left_as_they_were() -> None:
    settings = Settings()
    with_overrides(settings, {"tools": {"quota_files": 1}})
    assert settings == Settings()


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"privacy": {"offline": False}}, "settings.not_per_project"),
        ({"anthropic": {"base_url": "http://127.0.0.1:1"}}, "settings.not_per_project"),
        ({"pricing": {"overrides": []}}, "settings.not_per_project"),
        ({"other": {}}, "settings.not_per_project"),
        ({"budget": {"time_zone": "Pacific/Kiritimati"}}, "settings.not_per_project"),
        ({"budget": {"daily": 1}}, "settings.not_per_project"),
        ({"budget": {"monthly": None}}, "settings.not_per_project"),
        ({"budget": {"weekly": 1}}, "settings.unknown_key"),
        ({"budget": {"project": -1}}, "settings.too_small"),
        ({"budget": {"project": "2.00"}}, "settings.not_a_whole_number"),
        ({"execution": {"concurrency": 0}}, "settings.too_small"),
        ({"routing": {"code": {"simple": "auto"}}}, "settings.not_one_of"),
        ({"tools": {"quota_files": None}}, "settings.not_a_whole_number"),
    ],
)
def test_what_a_project_may_not_change_or_cannot_be_is_refused(overrides: dict[str, dict[str, Any]], says: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        with_overrides(Settings(), overrides)
    assert refused.value.text.key == says
