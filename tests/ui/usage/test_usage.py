"""The usage place: rows and cards without Qt, and the place over a run against a loopback Claude."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.budget import Balance
from orchestra_desktop.services.money import Standing, UsageReport, UsageSum
from orchestra_desktop.ui.notices import Tone
from orchestra_desktop.ui.usage.cap_card import card_words
from orchestra_desktop.ui.usage.usage_place import UsagePlace
from orchestra_desktop.ui.usage.usage_table import UsageModel
from orchestra_desktop.viewmodels.usage_cards import usage_cards, usage_rows
from tests.fakes import ClaudeServer
from tests.services.house import KEY, NANO
from tests.ui.driving import opened, until
from tests.ui.stage import StageBrain, approved, staged


def _standing(cap: int | None, balance: Balance) -> Standing:
    return Standing(balance, cap, Balance(), None, None, None, None, None)


def test_a_card_counts_what_is_unconfirmed_and_shows_what_is_held_apart() -> None:
    card, month = usage_cards(_standing(4 * NANO, Balance(NANO, NANO // 2, NANO)))
    assert (card.counted, card.held, card.unconfirmed) == (2 * NANO, NANO // 2, NANO)
    assert card.shares == (0.5, 0.125)
    assert card_words(card) == "of $4.00 · held $0.50 · unconfirmed $1.00"
    assert (month.shares, card_words(month)) == (None, "no cap")


def test_a_cap_of_nothing_is_not_a_share_of_nothing() -> None:
    card, _ = usage_cards(_standing(0, Balance(NANO)))
    assert card.shares is None
    assert card_words(card) == "no paid call is let through"


def _report() -> UsageReport:
    rows = (UsageSum("2026-01-01", charged=1, calls=1), UsageSum("2026-01-02", charged=3, calls=2))
    return UsageReport(UsageSum(charged=4, calls=3), rows, ())


def test_days_are_newest_first_and_all_else_is_dearest_first() -> None:
    assert [row.key for row in usage_rows(_report(), "day", {})] == ["2026-01-02", "2026-01-01"]
    assert [row.share for row in usage_rows(_report(), "model", {})] == [0.75, 0.25]
    assert usage_rows(_report(), "project", {"2026-01-02": "Hello"})[0].name == "Hello"


def test_the_item_model_keeps_qts_rules(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model = UsageModel()
    model.show(usage_rows(_report(), "day", {}), "day")
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]


def _place(program: WindowProgram) -> UsagePlace:
    program.window.show_place("usage")
    (found,) = program.window.findChildren(UsagePlace)
    return found


async def test_before_anything_was_spent_it_says_so(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        place = _place(program)
        await until(program, lambda: place.stack.currentWidget() is place.empty)
        assert not place.export.isEnabled()
        assert place.cards["today"].words.text() == "of $5.00"


async def test_a_plan_that_was_made_is_listed_and_exported(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path / "data", server) as program:
            await approved(program)
            place = _place(program)
            await until(program, lambda: place.model.rowCount() == 1)
            assert place.total.text() == "1 call in all"
            place.show_tab("purpose")
            await until(program, lambda: not program.bridge.is_running("usage.read"))
            assert place.model.data(place.model.index(0, 0)) == "planning"
            assert place.cards["project"].figure.text() == place.cards["today"].figure.text() != "$0.00"
            await place.export_to(tmp_path / "out.csv")
            lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
            assert lines[0].startswith("at,project,run")
            assert len(lines) == 2
            await place.export_to(tmp_path / "nowhere" / "out.csv")
            assert program.notices.history[-1].tone is Tone.ERROR
