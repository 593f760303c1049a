"""What every place of the window is given: the ways to the session, to what is picked, and to the other parts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from orchestra_desktop.domain.texts import Text
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.ui.action_registry import ActionRegistry
    from orchestra_desktop.ui.bridge import Bridge
    from orchestra_desktop.ui.dialogs import Choice
    from orchestra_desktop.ui.flush import Flush
    from orchestra_desktop.ui.notices import Notices
    from orchestra_desktop.ui.pane_sides import Pane, Side
    from orchestra_desktop.ui.progress import Progress
    from orchestra_desktop.ui.selection import Selection
    from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
    from orchestra_desktop.viewmodels.workspace import Workspace


class Shell(Protocol):
    """What places and verbs may ask of the frame around them."""

    def show_place(self, place: str, tab: str = "") -> None:
        """Brings a place to the front, with one of its tabs where it has some."""

    def show_panel(self, panel: str) -> None:
        """Opens the bottom panel at one of its tabs."""

    def toggle_inspector(self) -> None: ...

    def toggle_bottom(self) -> None: ...

    def place_pane(self, pane: Pane, side: Side) -> None:
        """Moves inspector or bottom panel to another side of the centre."""

    def move_pane(self, step: int) -> None:
        """Gives the keys to the next (1) or previous (-1) pane."""

    def find_here(self) -> None:
        """Gives the keys to the nearest search field, else opens the palette."""

    def open_palette(self, words: str = "") -> None: ...

    def open_menu(self) -> None: ...

    def open_key_sheet(self) -> None: ...

    def reset_layout(self) -> None: ...

    def set_badge(self, place: str, count: int) -> None:
        """The number on a place's button in the rail; 0 takes it away."""

    def keep_theme(self, choice: ThemeChoice) -> None:
        """Remembers the theme that was chosen, for the next start."""

    def raise_window(self) -> None: ...

    def close_window(self) -> None: ...

    def leave(self) -> None:
        """Ends the program, after asking where a run goes on."""

    @property
    def widget(self) -> QWidget:
        """The window itself, as the parent of dialogs."""


@dataclass(slots=True)
class UiContext:
    """One per window; `shell` is set once the frame stands."""

    theme: Theme
    bridge: Bridge
    notices: Notices
    selection: Selection
    workspace: Workspace
    flush: Flush
    progress: Progress
    registry: ActionRegistry
    session_getter: Callable[[], Session]
    shell: Shell = field(init=False)

    @property
    def session(self) -> Session:
        """Raises WrongMoment before the data folder is open: its actions are disabled until then."""
        return self.session_getter()

    def spawn(self, coroutine: Coroutine[Any, Any, object], name: str) -> bool:
        """Starts a verb's coroutine; False if one of that name is still running. Its errors become notices."""
        return self.bridge.spawn(coroutine, name=name)

    def do(self, action: str) -> None:
        """Carries an action of the table out, as if its button had been pressed."""
        self.registry.do(action)

    def say(self, text: Text) -> None:
        """Shows what a floor below said, for a while."""
        self.notices.say(text)

    async def ask(self, title: str, words: str, choices: Sequence[Choice]) -> str | None:
        """Asks the person; None if the question was closed."""
        from orchestra_desktop.ui.dialogs import ask  # not needed to paint the window

        return await ask(self.shell.widget, self.theme, title, words, choices)
