"""Writing the settings file: one key at a time, in one step, and never over what a person has to repair."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.money import from_dollars
from orchestra_desktop.settings.document import Document, write_document
from orchestra_desktop.settings.file import keep_time_zone, load, save
from orchestra_desktop.settings.schema import Settings
from tests.settings.samples import SECRET, written


def test_a_new_file_holds_its_version_and_the_change_alone(path: Path) -> None:
    save(path, {"budget.daily": "2.50"})
    assert json.loads(path.read_text()) == {"version": 1, "budget": {"daily": "2.50"}}
    assert load(path).settings.budget.daily == from_dollars("2.5")


def test_a_change_keeps_everything_else_as_it_was(path: Path) -> None:
    before = """{
    "version": 1,
    "zz": {
        "a": "ü"
    },
    "budget": {
        "weekly": 1.5,
        "daily": "1.00"
    }
}"""
    save(written(path, before), {"budget.daily": "2.00"})
    assert path.read_text(encoding="utf-8") == before.replace("1.00", "2.00")


def test_a_change_inside_an_object_does_not_freeze_its_other_defaults(path: Path) -> None:
    save(path, {"routing.code.simple": "local"})
    assert json.loads(path.read_text())["routing"] == {"code": {"simple": "local"}}


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    written(path, {})
    path.chmod(0o644)
    save(path, {"execution.concurrency": 2})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"


def test_nothing_is_left_beside_the_file(path: Path) -> None:
    save(path, {"execution.concurrency": 2})
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    target = written(tmp_path / "elsewhere.json", {})
    link = tmp_path / "settings.json"
    link.symlink_to(target)
    save(link, {"execution.concurrency": 2})
    assert link.is_symlink()
    assert json.loads(target.read_text())["execution"] == {"concurrency": 2}


@pytest.mark.parametrize(
    "data",
    ["{", {"execution": {"concurrency": 0}}, {"version": 2}, {"version": "one"}, {"anthropic": {"api_key": "x"}}],
)
def test_a_file_that_does_not_validate_is_never_overwritten(path: Path, data: object) -> None:
    before = written(path, data).read_bytes()
    with pytest.raises(InvalidSettings):
        save(path, {"execution.max_rounds": 2})
    assert not keep_time_zone(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "changes",
    [
        {"execution.concurrency": 0},
        {"execution.speed": 1},
        {"execution": {"concurrency": 2}},
        {"telepathy.range": 1},
        {"anthropic.api_key": "x"},
        {"anthropic.base_url": SECRET},
        {"execution.max_rounds": 2, "budget.daily": "x"},
    ],
)
def test_a_change_that_does_not_validate_changes_nothing(path: Path, changes: Mapping[str, Any]) -> None:
    with pytest.raises(InvalidSettings):
        save(path, changes)
    assert not path.exists()


def test_a_failed_write_leaves_nothing_behind(path: Path) -> None:
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_document(path, Document({"version": 1}))
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_the_first_start_writes_the_systems_time_zone_down(path: Path) -> None:
    assert keep_time_zone(path)
    stored = json.loads(path.read_text())["budget"]["time_zone"]
    assert stored == load(path).settings.budget.time_zone == Settings().budget.time_zone
    assert not keep_time_zone(path)


def test_a_time_zone_that_was_chosen_stays(path: Path) -> None:
    written(path, {"budget": {"time_zone": "Pacific/Kiritimati", "daily": "1.00"}})
    assert not keep_time_zone(path)
    assert load(path).settings.budget.time_zone == "Pacific/Kiritimati"


def test_writing_the_time_zone_down_keeps_the_rest(path: Path) -> None:
    assert keep_time_zone(written(path, {"budget": {"daily": "1.00"}, "other": 1}))
    data = json.loads(path.read_text())
    assert (data["budget"]["daily"], data["other"]) == ("1.00", 1)
