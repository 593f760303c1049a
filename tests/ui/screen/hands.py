"""A person's hands from outside: the screen's own mouse and keyboard, through X server and window manager.

The eyes stay in the program. A press is over once a window of it has heard of it; one that reaches none of them fails
the story.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from orchestra_desktop.app_window import WindowProgram
from tests.ui.stories.hands import PATIENCE_S, Eyes, Keys, Mouse

_NO = Qt.KeyboardModifier.NoModifier
_HELD = {
    Qt.KeyboardModifier.ControlModifier: "ctrl",
    Qt.KeyboardModifier.ShiftModifier: "shift",
    Qt.KeyboardModifier.AltModifier: "alt",
}
_ALONE = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt}  # heard before the key that they are held for
_BETWEEN_MS = 2  # two keys of a text


class Desk(QObject):
    """Mouse and keyboard of the screen, and what the program's windows have heard from them."""

    def __init__(self, xdotool: subprocess.Popen[str]) -> None:
        super().__init__()
        self._xdotool = xdotool
        self._heard = 0
        self._news = asyncio.Event()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keys are told to a window as a question whether they are a shortcut, before anything else is done."""
        kind = event.type()
        is_key = kind is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() not in _ALONE
        if (is_key or kind is QEvent.Type.MouseButtonRelease) and event.spontaneous() and isinstance(watched, QWindow):
            self._heard += 1
            self._news.set()
        return False

    async def do(self, words: str, heard: int = 1) -> None:
        """One line for xdotool, after which the windows must have heard of so many keys or clicks more."""
        wanted = self._heard + heard
        assert self._xdotool.stdin is not None  # it was made with one
        self._xdotool.stdin.write(f"{words}\n")
        self._xdotool.stdin.flush()
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self._heard < wanted:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no window heard of: {words}") from None


@contextmanager
def desk(application: QApplication) -> Iterator[Desk]:
    """Beside the program's windows, until the story is over."""
    with subprocess.Popen(["xdotool", "-"], stdin=subprocess.PIPE, text=True) as xdotool:
        found = Desk(xdotool)
        application.installEventFilter(found)
        try:
            yield found
        finally:
            application.removeEventFilter(found)


class ScreenMouse(Mouse):
    """Moves the pointer there and presses what lies under it."""

    def __init__(self, desk: Desk, program: WindowProgram) -> None:
        super().__init__(program)
        self._desk = desk

    async def press(self, widget: QWidget, at: QPoint) -> None:
        await self.until(self.is_active, "the window in front")
        place = await self.until(_Still(widget, at), f"{widget.accessibleName()!r} keep still")
        await self._desk.do(f"mousemove {place.x()} {place.y()} click 1")


class _Still:
    """Where a spot of a control is, once it has not moved between two looks: nobody aims at what is on its way."""

    def __init__(self, widget: QWidget, at: QPoint) -> None:
        self._widget, self._at = widget, at
        self._before: QPoint | None = None

    def __call__(self) -> QPoint | None:
        before, self._before = self._before, self._widget.mapToGlobal(self._at)
        return self._before if self._before == before else None


class ScreenKeys(Keys):
    """Types blindly, as a person does: the window manager says which window gets the keys."""

    def __init__(self, desk: Desk, program: WindowProgram) -> None:
        super().__init__(program)
        self._desk = desk

    def is_active(self) -> bool:
        return Eyes.is_active(self)

    async def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NO) -> None:
        await self.until(self.is_active, "the keys at the window in front")
        held = [name for one, name in _HELD.items() if modifiers & one]
        await self._desk.do("key " + "+".join((*held, _name(key))))

    async def type_line(self, line: str) -> None:
        letters = " ".join(_sign(letter) for letter in line)
        await self._desk.do(f"key --delay {_BETWEEN_MS} {letters}", heard=len(line)) if line else None


def _name(key: Qt.Key) -> str:
    """As the X server has it: signs by their number, letters small, for a capital would hold Shift as well."""
    name = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    return _sign(name.lower()) if len(name) == 1 else "space" if key is Qt.Key.Key_Space else name


def _sign(letter: str) -> str:
    return f"U{ord(letter):04X}"
