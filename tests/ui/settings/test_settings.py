"""The settings place: caps, key, offline, notifications, theme, each of which counts at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import InvalidInput, NetworkRefused
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.ui.dialogs import Question
from orchestra_desktop.ui.notices import Tone
from orchestra_desktop.ui.settings.caps_card import CapsCard
from orchestra_desktop.ui.settings.key_dialog import KeyDialog
from orchestra_desktop.ui.settings.settings_place import SettingsPlace
from orchestra_desktop.ui.shell.notice_stack import Toast
from orchestra_desktop.ui.theme.theme import ThemeChoice
from orchestra_desktop.viewmodels.settings_rows import (
    CapChanges,
    CapChoice,
    CapRow,
    amount_text,
    changes,
    choice_of,
    typed_cap,
    undone,
)
from tests.fakes import ClaudeServer
from tests.services.house import KEY, NANO
from tests.services.test_secrets_and_doctor import NoKeyring
from tests.ui.driving import opened, until
from tests.ui.stage import StageBrain, approved, staged


@pytest.mark.parametrize("cap", [None, 0, 5 * NANO, 125_000_000, 1])
def test_a_cap_that_is_shown_and_read_back_is_the_same(cap: int | None) -> None:
    assert typed_cap(choice_of(cap), amount_text(cap)) == cap


@pytest.mark.parametrize("typed", ["", "  ", "abc", "-1", "1e999", "0.0000000001"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        typed_cap(CapChoice.AMOUNT, typed)


def test_only_what_moved_is_changed_and_can_be_taken_back() -> None:
    before = (CapRow(CapKind.DAILY, 5), CapRow(CapKind.PROJECT, 10), CapRow(CapKind.PROJECT, 10, own=True))
    made = changes(before, {"daily": 5, "project": 10, "own": None})
    assert made == CapChanges({}, {CapKind.PROJECT: None})
    assert undone(before, made) == CapChanges({}, {CapKind.PROJECT: 10})
    assert not changes(before, {"daily": 5})


_Dialog = TypeVar("_Dialog", bound=QDialog)


def _place(program: WindowProgram, tab: str = "") -> SettingsPlace:
    program.window.show_place("settings", tab)
    (found,) = program.window.findChildren(SettingsPlace)
    return found


async def _idle(program: WindowProgram, name: str) -> None:
    await until(program, lambda: not program.bridge.is_running(name))
    program.context.flush.now()


def _type(card: CapsCard, id_: str, choice: CapChoice, amount: str = "") -> None:
    fields = card.fields[id_]
    fields.choice.setCurrentIndex(fields.choice.findData(choice.value))
    if amount:
        fields.amount.setText(amount)


async def test_caps_count_at_once_and_can_be_undone(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        card = _place(program, "budget").caps
        await _idle(program, "key.look")
        assert not card.save.isEnabled()
        _type(card, "daily", CapChoice.AMOUNT, "2.5")
        _type(card, "monthly", CapChoice.NONE)
        _type(card, "project", CapChoice.BLOCK)
        card.save.click()
        await _idle(program, "caps.change")
        limits = program.context.session.context.writer.limits
        assert (limits.daily, limits.monthly, limits.project_default) == (2_500_000_000, None, 0)
        assert not card.save.isEnabled()
        undo = program.notices.history[-1].on_verb
        assert undo is not None
        undo()
        await _idle(program, "caps.change")
        assert (limits.daily, limits.monthly, limits.project_default) == (5 * NANO, 50 * NANO, 10 * NANO)
        assert card.fields["daily"].amount.text() == "5.00"


async def test_what_is_no_amount_cannot_be_saved(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        card = _place(program, "budget").caps
        await _idle(program, "key.look")
        _type(card, "daily", CapChoice.AMOUNT, "five")
        _type(card, "monthly", CapChoice.NONE)
        assert not card.save.isEnabled()
        assert "five" in card.fault.text()


async def test_a_project_has_a_cap_of_its_own(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            card = _place(program, "budget").caps
            await _idle(program, "key.look")
            assert card.fields["own"].label.text() == "word counter"
            _type(card, "own", CapChoice.AMOUNT, "3")
            card.save.click()
            await _idle(program, "caps.change")
            limits, project = program.context.session.context.writer.limits, program.context.workspace.project
            assert project is not None
            assert (limits.project_cap(project.id), limits.project_default) == (3 * NANO, 10 * NANO)


async def test_lines_keep_their_distance_on_a_wide_page(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.resize(1_920, 700)
            card = _place(program, "budget").caps
            await _idle(program, "key.look")
            await until(program, lambda: card.fields["own"].y() > 0)
            lines = [fields.geometry() for fields in card.fields.values()]
            between = [below.top() - above.bottom() - 1 for above, below in pairwise(lines)]
            assert between == [card.column.spacing()] * 3


async def test_offline_refuses_at_once_and_is_kept(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            box = _place(program, "privacy").privacy.box
            await _idle(program, "key.look")
            network = program.context.session.context.network
            network.check("https://api.anthropic.com")
            box.click()
            with pytest.raises(NetworkRefused):
                network.check("https://api.anthropic.com")
            assert json.loads((tmp_path / "settings.json").read_text())["privacy"] == {"offline": True}
            program.context.flush.now()
            box.click()
            network.check("https://api.anthropic.com")
            assert not box.isChecked()


async def test_a_start_that_was_told_to_be_offline_stays_so(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:  # with --offline
        box = _place(program, "privacy").privacy.box
        await _idle(program, "key.look")
        assert box.isChecked()
        box.click()
        assert box.isChecked()
        assert program.context.session.context.network.offline
        assert "stays offline" in program.notices.history[-1].words


async def test_theme_and_notifications_are_kept(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        place = _place(program, "appearance")
        await _idle(program, "key.look")
        place.appearance.choices[ThemeChoice.LIGHT].click()
        assert not program.context.theme.is_dark
        place.notifications.boxes["run_finished"].click()
        assert not program.context.session.context.settings.notifications.run_finished
        data = json.loads((tmp_path / "settings.json").read_text())
        assert (data["appearance"]["theme"], data["notifications"]["run_finished"]) == ("light", False)
        program.context.do("view.theme")
        assert place.appearance.choices[ThemeChoice.DARK].isChecked()


async def test_quiet_hours_count_at_once_and_are_kept(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        quiet = _place(program, "notifications").notifications.quiet
        await _idle(program, "key.look")
        assert not quiet.start.isEnabled()
        quiet.box.click()
        assert program.context.session.context.settings.notifications.quiet_from == "22:00"
        quiet.end.setTime(QTime(6, 30))
        quiet.end.editingFinished.emit()
        kept = json.loads((tmp_path / "settings.json").read_text())["notifications"]
        assert (kept["quiet_from"], kept["quiet_until"]) == ("22:00", "06:30")
        quiet.box.click()
        assert program.context.session.context.settings.notifications.quiet_from == ""


async def test_what_becomes_of_runs_at_closing_and_opening_is_kept(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        runs = _place(program, "runs").runs
        await _idle(program, "key.look")
        runs.background.click()
        runs.resume.click()
        kept = json.loads((tmp_path / "settings.json").read_text())
        assert kept["appearance"]["close_to_tray"] is True
        assert kept["execution"]["resume_at_start"] is True


async def test_a_switch_that_cannot_be_written_goes_back_and_says_why(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        runs = _place(program, "runs").runs
        await _idle(program, "key.look")
        (tmp_path / "settings.json").write_text("{ this is no JSON")
        runs.resume.click()
        assert not runs.resume.isChecked()
        assert program.notices.history[-1].tone is Tone.ERROR


async def test_an_error_in_the_coroutine_of_a_button_is_shown_in_the_one_place(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with opened(qapp, tmp_path) as program:
        caps = _place(program, "budget").caps
        await _idle(program, "key.look")
        _type(caps, "daily", CapChoice.AMOUNT, "9")
        (tmp_path / "settings.json").write_text("{ this is no JSON")
        caps.save.click()
        await until(program, lambda: not program.bridge.is_running("caps.change"))
        toasts = [toast for toast in program.window.notices.findChildren(Toast) if toast.isVisible()]
        assert [toast.accessibleName() for toast in toasts] == [program.notices.history[-1].words]
        assert "settings.json" in program.notices.history[-1].words


async def _opened(application: QApplication, kind: type[_Dialog]) -> _Dialog:
    """The dialog that a button's coroutine opens in its first turn of the loop."""
    for _ in range(3):
        await asyncio.sleep(0)
    (found,) = [one for one in application.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
    return found


async def test_a_key_is_given_and_tested(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            card = _place(program, "key").key
            await _idle(program, "key.look")
            assert card.state.text() == "A key is there"  # from the environment
            card.give.click()
            dialog = await _opened(qapp, KeyDialog)
            dialog.field.setText("not a key")
            dialog.keep.click()
            await _idle(program, "key.keep")
            assert dialog.isVisible()
            assert "cannot be a key" in dialog.fault.text()
            dialog.field.setText(KEY)
            dialog.keep.click()
            await _idle(program, "key.give")
            assert await program.context.session.context.keys.get("anthropic") == KEY
            card.test.click()
            await _idle(program, "key.test")
            assert card.state.text().startswith("The key works")


@asynccontextmanager
async def _without_keyring(application: QApplication, folder: Path) -> AsyncIterator[WindowProgram]:
    """The program on a machine that has no keyring."""
    options = StartOptions(data_dir=folder, offline=True)
    program = WindowProgram(application, lambda given: App(given, keyring=NoKeyring()), options)
    async with asyncio.TaskGroup() as group:
        group.create_task(program.live())
        try:
            await program.shown.wait()
            await until(program, lambda: program.context.workspace.session is not None)
            await until(program, lambda: not program.bridge.is_running("session.open"))
            yield program
        finally:
            program.end()


async def test_without_a_keyring_the_key_is_kept_for_the_session(qapp: QApplication, tmp_path: Path) -> None:
    async with _without_keyring(qapp, tmp_path) as program:
        card = _place(program, "key").key
        await _idle(program, "key.look")
        assert "ANTHROPIC_API_KEY" in card.advice.text()
        card.give.click()
        dialog = await _opened(qapp, KeyDialog)
        dialog.field.setText(KEY)
        dialog.keep.click()
        await _idle(program, "key.keep")
        assert dialog.for_session.isVisible()
        dialog.for_session.click()
        await until(program, lambda: card.state.text() == "A key is there")
    written = [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert written == []


async def test_a_deleted_key_is_gone_after_it_was_asked_about(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            card = _place(program, "key").key
            await _idle(program, "key.look")
            card.delete.click()
            question = await _opened(qapp, Question)
            (button,) = [one for one in question.findChildren(QPushButton) if one.text() == "Delete the key"]
            button.click()
            await _idle(program, "key.delete")
            assert "ANTHROPIC_API_KEY" in program.notices.history[-1].words  # that one is not the keyring's
