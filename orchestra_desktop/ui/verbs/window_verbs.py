"""What can be done with the window itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestra_desktop.ui.pane_sides import Pane, Side

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


@dataclass(frozen=True, slots=True)
class Show:
    """Brings a place to the front."""

    place: str

    def __call__(self, context: UiContext) -> None:
        context.shell.show_place(self.place)


@dataclass(frozen=True, slots=True)
class PutPane:
    """Moves inspector or bottom panel to a side of the centre."""

    pane: Pane
    side: Side

    def __call__(self, context: UiContext) -> None:
        context.shell.place_pane(self.pane, self.side)


def close(context: UiContext) -> None:
    context.shell.close_window()


def leave(context: UiContext) -> None:
    context.shell.leave()


def find_here(context: UiContext) -> None:
    context.shell.find_here()


def open_palette(context: UiContext) -> None:
    context.shell.open_palette()


def open_menu(context: UiContext) -> None:
    context.shell.open_menu()


def open_key_sheet(context: UiContext) -> None:
    context.shell.open_key_sheet()


def toggle_inspector(context: UiContext) -> None:
    context.shell.toggle_inspector()


def toggle_bottom(context: UiContext) -> None:
    context.shell.toggle_bottom()


def next_pane(context: UiContext) -> None:
    context.shell.move_pane(1)


def previous_pane(context: UiContext) -> None:
    context.shell.move_pane(-1)


def switch_theme(context: UiContext) -> None:
    context.shell.keep_theme(context.theme.switch())


def follow_system(context: UiContext) -> None:
    from orchestra_desktop.ui.theme.theme import ThemeChoice

    context.theme.choose(ThemeChoice.SYSTEM)
    context.shell.keep_theme(ThemeChoice.SYSTEM)


def reset_layout(context: UiContext) -> None:
    context.shell.reset_layout()


def show_offline(context: UiContext) -> None:
    """Goes to the switch that refuses every connection but to this machine."""
    context.shell.show_place("settings", "privacy")
