"""A person at the window: eyes that look for what is shown, a hand on the mouse, fingers on the keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QAbstractItemModel, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from orchestra_desktop.app_window import WindowProgram

PATIENCE_S = 40.0
_LOOK_MS = 40  # between two looks at the window
_MOST_TABS = 120
_Seen = TypeVar("_Seen")
_NO = Qt.KeyboardModifier.NoModifier


def spoken(widget: QWidget) -> str:
    """What a screen reader is told: the name given, else the words on the control."""
    return widget.accessibleName() or QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


class Eyes:
    """Finds by what is shown and can be used; what is hidden, disabled or behind a question is not there."""

    def __init__(self, program: WindowProgram) -> None:
        self.program = program

    async def until(self, look: Callable[[], _Seen | None], wanted: str) -> _Seen:
        """Looks again and again, as a person does: typing pauses and animations tell nobody when they are over."""
        looked = asyncio.Event()
        timer = QTimer()
        timer.timeout.connect(looked.set)
        timer.start(_LOOK_MS)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not (seen := look()):
                    await looked.wait()
                    looked.clear()
                return seen
        except TimeoutError:
            raise AssertionError(f"never saw {wanted}; in sight: {self._in_sight()}") from None
        finally:
            timer.stop()

    def front(self) -> QWidget:
        return QApplication.activeModalWidget() or self.program.window

    def _in_sight(self) -> list[str]:
        widgets = [widget for widget in self.front().findChildren(QWidget) if widget.isVisible()]
        notices = [notice.words for notice in self.program.notices.history]
        return [*notices, *(f"{name}{'' if w.isEnabled() else ' (off)'}" for w in widgets if (name := spoken(w)))]

    def is_active(self) -> bool:
        return self.front().isActiveWindow()

    def look(self, name: str, kind: type[QWidget] = QWidget) -> QWidget | None:
        """The control whose name begins so."""
        for widget in self.front().findChildren(kind):
            if widget.isVisible() and widget.isEnabled() and spoken(widget).startswith(name):
                return widget
        return None

    async def see(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        return await self.until(lambda: self.look(name, kind), f"{kind.__name__} {name!r}")

    async def see_table(self, name: str) -> tuple[QTableView, QAbstractItemModel]:
        table = await self.see(name, QTableView)
        assert isinstance(table, QTableView)
        return table, table.model()


class Mouse(Eyes):
    """Clicks in the middle of what it sees; refuses where something else lies there."""

    async def click(self, name: str, kind: type[QWidget] = QWidget) -> None:
        widget = await self.see(name, kind)
        await self._click(widget, widget.rect().center())

    async def click_row(self, table: QTableView, row: int) -> None:
        area = table.visualRect(table.model().index(row, 0))
        await self._click(table.viewport(), area.center())

    async def _click(self, widget: QWidget, at: QPoint) -> None:
        window = widget.window()
        hit = window.childAt(widget.mapTo(window, at))
        assert hit is not None
        assert hit is widget or widget.isAncestorOf(hit), f"{spoken(widget)!r} is covered by {spoken(hit)!r}"
        await self.press(widget, at)

    async def press(self, widget: QWidget, at: QPoint) -> None:
        """The left button, down and up."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, _NO, at)


class Keys(Eyes):
    """Every key goes to what has the focus, wherever the window put it."""

    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.front()

    def is_active(self) -> bool:
        """A window manager hands the keys on when a question is closed; offscreen there is none to do it."""
        if not super().is_active():
            self.front().activateWindow()
        return super().is_active()

    async def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NO) -> None:
        QTest.keyClick(self.focus(), key, modifiers)

    async def write(self, text: str) -> None:
        for number, line in enumerate(text.splitlines()):
            if number:
                await self.press(Qt.Key.Key_Return)
            await self.type_line(line)

    async def type_line(self, line: str) -> None:
        QTest.keyClicks(self.focus(), line)

    async def tab_to(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """Waits until the control can be used, then walks to it; it must be on the way round."""
        await self.see(name, kind)
        await self.until(self.is_active, "the window active")
        walked: list[str] = []
        while not (isinstance(self.focus(), kind) and spoken(self.focus()).startswith(name)):
            assert len(walked) < _MOST_TABS, f"Tab never reaches {name!r}: {walked}"
            await self.press(Qt.Key.Key_Tab)
            walked.append(spoken(self.focus()))
        return self.focus()

    async def use(self, name: str, kind: type[QWidget] = QWidget) -> None:
        await self.tab_to(name, kind)
        await self.press(Qt.Key.Key_Space)

    async def pick_row(self, name: str, row: int) -> None:
        """Arrows lead to the row; Space picks it where coming to the table alone has not."""
        table = await self.tab_to(name, QTableView)
        assert isinstance(table, QTableView)
        while (at := table.currentIndex().row()) != row:
            await self.press(Qt.Key.Key_Down if at < row else Qt.Key.Key_Up)
            assert table.currentIndex().row() != at, f"the arrows do not move in {name!r}"
        if not table.selectionModel().isRowSelected(row):
            await self.press(Qt.Key.Key_Space)
