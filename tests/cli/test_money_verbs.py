"""Caps are changed for everybody or one project; usage leaves as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.ids import CallId, TaskId
from orchestra_desktop.domain.ledger import Flag, LedgerLine, LineOpened, LineSettled, LineState, Purpose
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.viewmodels.money_views import line_json, line_json_names, range_of, usage_csv
from tests.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def test_caps_out_of_the_box(shell: Shell) -> None:
    assert shell.good("caps", "--json").json["caps"] == {
        "daily": 5_000_000_000,
        "monthly": 50_000_000_000,
        "project": 10_000_000_000,
    }


def test_changed_caps_are_kept_and_zero_and_none_are_different(shell: Shell) -> None:
    said = shell.good("caps", "--daily", "0", "--monthly", "none").out
    assert "no paid call" in said
    assert shell.good("caps", "--json").json["caps"] == {"daily": 0, "monthly": None, "project": 10_000_000_000}
    kept = json.loads((shell.folder / "settings.json").read_text(encoding="utf-8"))
    assert (kept["budget"]["daily"], kept["budget"]["monthly"]) == ("0.00", None)


def test_one_project_has_its_own_cap(shell: Shell) -> None:
    project = shell.ready()
    shell.good("caps", project, "--project", "1.50")
    assert shell.good("caps", project, "--json").json["caps"]["project"] == 1_500_000_000
    assert shell.good("caps", "--json").json["caps"]["project"] == 10_000_000_000
    assert shell.good("status", project, "--json").json["money"]["caps"]["project"] == 1_500_000_000


def test_the_table_of_usage_ends_with_the_sum(shell: Shell) -> None:
    assert "Nothing was asked" in shell.good("usage").out
    shell.good("run", shell.ready("mine"))
    lines = shell.good("usage", "--by", "project").out.splitlines()
    assert lines[1].startswith("mine")
    assert lines[-1].startswith("in all")
    assert lines[1].split()[1:] == lines[-1].split()[2:]


def test_csv_goes_to_a_file_or_standard_output(shell: Shell, tmp_path: Path) -> None:
    shell.good("run", shell.ready())
    file = tmp_path / "usage.csv"
    assert "written to" in shell.good("usage", "--csv", str(file)).err
    written = file.read_text(encoding="utf-8")
    assert written.splitlines() == shell.good("usage", "--csv", "-").out.splitlines()
    assert len(list(csv.reader(io.StringIO(written)))) == len(shell.good("usage", "--json").json["lines"]) + 1
    assert shell("usage", "--csv", str(tmp_path / "none" / "usage.csv")).code == 2


def _line(task: str = "T1", request: str = "req_1", charged: int = 31_000_001) -> LedgerLine:
    opened = LineOpened(
        CallId("c"), 0, Period("2026-11-23"), None, None, TaskId(task), 1, Purpose.TASK, "anthropic", "m", "haiku", 50
    )
    usage = Usage(input_tokens=3, output_tokens=4, cache_read_tokens=5)
    return LedgerLine(
        opened, LineSettled(opened.call, 1, LineState.CHARGED, charged, usage, request, (Flag.ABOVE_RESERVATION,))
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_take_for_a_formula_is_quoted(start: str) -> None:
    [_, row] = csv.reader(io.StringIO(usage_csv([_line(task=f"{start}1+cmd|'/c calc'!A1")]), newline=""))
    assert row[line_json_names().index("task")].startswith(f"'{start}")


@given(st.text(), st.text())
def test_no_cell_begins_as_a_formula_whatever_is_in_it(task: str, request: str) -> None:
    for row in csv.reader(io.StringIO(usage_csv([_line(task, request)]), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_a_line_is_exact_to_the_nano_dollar() -> None:
    assert line_json(_line())["charged"] == 31_000_001
    assert set(line_json(_line())) == set(line_json_names())
    [names, row] = csv.reader(io.StringIO(usage_csv([_line()])))
    assert dict(zip(names, row, strict=True))["charged_dollars"] == "0.031000001"
    assert dict(zip(names, row, strict=True))["flags"] == "above_reservation"


def test_an_open_line_is_charged_nothing_yet() -> None:
    line = line_json(LedgerLine(_line().opened, None))
    assert (line["state"], line["reserved"], line["charged"], line["request_id"]) == ("open", 50, 0, None)


def test_a_quote_is_one_amount_or_two() -> None:
    assert range_of(0, 0) == "free"
    assert range_of(210_000_000, 480_000_000) == "$0.21 to $0.48"
    assert range_of(210_000_000, 210_000_001) == "$0.21"
