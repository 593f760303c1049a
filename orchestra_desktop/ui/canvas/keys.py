"""What the keys do while the picture has the focus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt

from orchestra_desktop.viewmodels.graph_walk import Step

Key = Qt.Key
_NONE, _SHIFT, _CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
_ARROWS = {Key.Key_Left: Step.LEFT, Key.Key_Right: Step.RIGHT, Key.Key_Up: Step.UP, Key.Key_Down: Step.DOWN}


class Picture(Protocol):
    """What the keys ask of the view."""

    def fit_all(self) -> object: ...

    def fit_picked(self) -> object: ...

    def full_size(self) -> object: ...

    def step_zoom(self, step: int) -> object: ...

    def pick_all(self) -> object: ...

    def pick_upstream(self) -> object: ...

    def pick_downstream(self) -> object: ...

    def inspect(self) -> object: ...

    def ask_for_minimap(self) -> object: ...

    def walk(self, step: Step, *, extend: bool) -> object: ...

    def let_go(self) -> bool: ...


_KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[Picture], object]] = {
    (Key.Key_Home, _NONE): lambda view: view.fit_all(),
    (Key.Key_F, _NONE): lambda view: view.fit_picked(),
    (Key.Key_0, _CTRL): lambda view: view.full_size(),
    (Key.Key_Plus, _NONE): lambda view: view.step_zoom(1),
    (Key.Key_Plus, _SHIFT): lambda view: view.step_zoom(1),
    (Key.Key_Equal, _NONE): lambda view: view.step_zoom(1),
    (Key.Key_Minus, _NONE): lambda view: view.step_zoom(-1),
    (Key.Key_A, _CTRL): lambda view: view.pick_all(),
    (Key.Key_BracketLeft, _NONE): lambda view: view.pick_upstream(),
    (Key.Key_BracketRight, _NONE): lambda view: view.pick_downstream(),
    (Key.Key_Return, _NONE): lambda view: view.inspect(),
    (Key.Key_Enter, _NONE): lambda view: view.inspect(),
    (Key.Key_M, _SHIFT): lambda view: view.ask_for_minimap(),
}


def pressed(view: Picture, key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether the key meant something."""
    modifiers &= ~Qt.KeyboardModifier.KeypadModifier
    step = _ARROWS.get(Qt.Key(key))
    if step is not None and modifiers in {_NONE, _SHIFT}:
        view.walk(step, extend=modifiers == _SHIFT)
        return True
    if key == Key.Key_Escape and modifiers == _NONE:
        return view.let_go()
    verb = _KEYS.get((Qt.Key(key), modifiers))
    if verb is None:
        return False
    verb(view)
    return True
