"""The tokens: readable everywhere, and every look made from them."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.resource_files import resource_root
from orchestra_desktop.ui.theme.icons import Icons, icon_names
from orchestra_desktop.ui.theme.palette import palette_of
from orchestra_desktop.ui.theme.state_looks import REUSED_LOOK, STATE_LOOKS
from orchestra_desktop.ui.theme.style import style_sheet
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.ui.theme.tokens import (
    DARK,
    LIGHT,
    TEXT_TOKENS,
    Token,
    Tokens,
    contrast,
    mixed,
)

GROUNDS = (Token.PANEL, Token.RAISED, Token.WINDOW, Token.INSET, Token.SELECTED, Token.HOVER)
READABLE = 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", [Token.PANEL, Token.RAISED, Token.WINDOW])
def test_every_text_colour_is_readable_on_every_ground(tokens: Tokens, ground: Token) -> None:
    dim = {token: round(contrast(tokens[token], tokens[ground]), 2) for token in TEXT_TOKENS}
    assert {token: ratio for token, ratio in dim.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", [Token.INSET, Token.SELECTED, Token.HOVER])
def test_plain_and_muted_text_is_readable_in_fields_and_on_picked_rows(tokens: Tokens, ground: Token) -> None:
    for token in (Token.TEXT, Token.SECONDARY, Token.MUTED):
        assert contrast(tokens[token], tokens[ground]) >= READABLE, f"{token} on {ground}"


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_the_hint_in_an_empty_field_is_readable(
    qapp: QApplication, choice: ThemeChoice, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    theme = Theme(qapp, choice)
    field = kind()
    field.ensurePolished()
    assert field.palette().placeholderText().color() == theme.color(Token.MUTED)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_words_on_the_primary_button_and_the_badge_are_readable(tokens: Tokens) -> None:
    assert contrast(tokens.on_fill, tokens.fill) >= READABLE
    assert contrast(tokens.on_badge, tokens.needs_person) >= READABLE
    assert contrast(tokens.on_fill, mixed(tokens.fill, tokens.text, 0.88)) >= 3.8  # while the mouse is over it


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_task_state_has_an_icon_that_was_drawn() -> None:
    assert set(STATE_LOOKS) == set(TaskState)
    drawn = set(icon_names())
    assert {look.icon for look in (*STATE_LOOKS.values(), REUSED_LOOK)} <= drawn


def test_every_icon_is_a_line_drawing_in_the_current_colour() -> None:
    for name in icon_names():
        svg = (resource_root() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        assert 'viewBox="0 0 24 24"' in svg, name
        assert "currentColor" in svg or "token-" in svg, name
        assert not re.search(r"#[0-9A-Fa-f]{3,6}", svg), f"{name} has a colour of its own"


def test_every_icon_paints_something(qapp: QApplication) -> None:
    icons = Icons(DARK)
    for name in icon_names():
        image = icons.pixmap(name, Token.TEXT, 24, 2.0).toImage()
        lit = sum(image.pixelColor(x, y).alpha() > 0 for x in range(0, 48, 2) for y in range(0, 48, 2))
        assert lit > 8, name


def test_a_picture_is_made_once_for_each_colour_size_and_screen(qapp: QApplication) -> None:
    icons = Icons(DARK)
    first = icons.pixmap("run", Token.TEXT, 16, 2.0)
    assert icons.pixmap("run", Token.TEXT, 16, 2.0) is first
    assert first.width() == 32
    assert first.devicePixelRatio() == 2.0
    assert icons.pixmap("run", Token.MUTED, 16, 2.0) is not first


def test_the_style_sheet_leaves_no_name_unfilled() -> None:
    for tokens in (DARK, LIGHT):
        assert "$" not in style_sheet(tokens)


def test_every_picture_of_the_style_sheet_is_there() -> None:
    pictures = re.findall(r"url\(drawn:([^)]+)\)", style_sheet(DARK))
    assert pictures
    assert {name for name in pictures if not (resource_root() / "icons" / "drawn" / name).is_file()} == set()


def test_it_is_seen_which_entries_of_a_menu_are_ticked_with_a_picture_or_without(qapp: QApplication) -> None:
    theme = Theme(qapp, ThemeChoice.DARK)
    for icon in (QIcon(), theme.icon("clock")):
        menu = QMenu()
        entry = menu.addAction(icon, "waiting")
        entry.setCheckable(True)
        plain = menu.grab().toImage()
        entry.setChecked(True)
        assert menu.grab().toImage() != plain


def test_the_palette_names_every_role_that_is_seen() -> None:
    palette = palette_of(LIGHT)
    for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Text, QPalette.ColorRole.Highlight):
        assert palette.color(role).isValid()
    assert palette.color(QPalette.ColorRole.Window).name().upper() == LIGHT.panel


def test_the_theme_is_switched_live_and_says_so(qapp: QApplication) -> None:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    heard: list[bool] = []
    theme.changed.connect(lambda: heard.append(theme.is_dark))
    assert theme.switch() is ThemeChoice.DARK
    assert theme.switch() is ThemeChoice.LIGHT
    assert heard == [True, False]
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.panel
