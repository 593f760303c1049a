"""A model's output as it streams: appended in batches, at the bottom unless scrolled up, bounded, with lines that fold.

`QPlainTextEdit.appendPlainText` was rejected: it makes a paragraph of every piece. A paragraph is laid out whole each
time it grows, so long ones are cut (`viewmodels/output_text.py`); what is copied is joined again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.viewmodels.output_text import SoftBreaks, shown_text

MOST_LINES = 6_000  # older ones are let go; the whole stands in the archive
CLOSED, OPEN = "▸ ", "▾ "
_SOFT = -2  # the state of a paragraph whose line goes on in the next one; -1 is Qt's own for "none"
_DETAIL = 1_000_000  # added to a fold's number: the paragraphs that it has opened


@dataclass(slots=True)
class Run:
    """Words in one colour."""

    text: str
    token: Token = Token.TEXT


@dataclass(slots=True)
class _Fold:
    unfold: Callable[[int], None]
    is_open: bool = False


class OutputView(QPlainTextEdit):
    """Read only. `fold_wanted` asks for what a folded line hides; `unfolded` is the answer."""

    followed = Signal(bool)  # whether it sticks to the bottom

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._folds: list[_Fold] = []
        self._breaks = SoftBreaks()
        self._live_breaks = SoftBreaks()
        self._stored_end = QTextCursor(self.document())  # behind it stands the live part
        self._stored_end.setKeepPositionOnInsert(True)
        self._live_length = 0
        self._following = True
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMaximumBlockCount(MOST_LINES)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setTabChangesFocus(True)
        self.verticalScrollBar().actionTriggered.connect(lambda _: self._scrolled())
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.OUTPUT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Lays the ground itself, so that the viewport is opaque.

        Only then Qt scrolls it by moving its pixels, and paints none of the sixteen widgets behind it.
        """
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.viewport().palette().base())
        painter.end()
        super().paintEvent(event)

    # -- writing ----------------------------------------------------------------------------------------------------

    def start_over(self) -> None:
        self._folds.clear()
        self._breaks.start_over()
        self._live_breaks.start_over()
        self.clear()
        self._live_length = 0
        self._stored()
        self._following = True

    def add_text(self, text: str, token: Token = Token.TEXT) -> None:
        """Text that is stored; it begins a line."""
        self._drop_live()
        cursor = self._end()
        cursor.beginEditBlock()
        self._begin_line(cursor)
        self._breaks.start_over()
        self._insert(cursor, text, self._format(token), self._breaks)
        cursor.endEditBlock()
        self._stored()
        self._stay()

    def add_fold(self, runs: Sequence[Run], unfold: Callable[[int], None]) -> None:
        """One line with an arrow; `unfold` is called with its number when it is opened for the first time."""
        self._drop_live()
        self._folds.append(_Fold(unfold))
        cursor = self._end()
        cursor.beginEditBlock()
        self._begin_line(cursor)
        cursor.insertText(CLOSED, self._format(Token.MUTED))
        self._insert_runs(cursor, runs)
        cursor.block().setUserState(len(self._folds) - 1)
        cursor.endEditBlock()
        self._stored()
        self._stay()

    def _insert_runs(self, cursor: QTextCursor, runs: Sequence[Run]) -> None:
        for run in runs:
            cursor.insertText(shown_text(run.text).replace("\n", " "), self._format(run.token))

    @property
    def folds(self) -> int:
        """How many folds there are: the number of the next one."""
        return len(self._folds)

    def rewrite_fold(self, number: int, runs: Sequence[Run]) -> None:
        """Other words on the line of a fold, such as how a tool ended."""
        block = self._fold_block(number)
        if block is None:
            return
        cursor = QTextCursor(block)
        cursor.beginEditBlock()
        cursor.setPosition(block.position() + len(CLOSED))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self._stored_end.setKeepPositionOnInsert(False)
        cursor.removeSelectedText()
        self._insert_runs(cursor, runs)
        self._stored_end.setKeepPositionOnInsert(True)
        cursor.endEditBlock()

    def show_live(self, text: str) -> None:
        """The text of the answer that is being written, whole: only what is new of it is inserted."""
        if len(text) < self._live_length:
            self._drop_live()
        if len(text) == self._live_length:
            return
        cursor = self._end()
        cursor.beginEditBlock()
        if self._live_length == 0:
            self._begin_line(cursor)
            self._live_breaks.start_over()
        self._insert(cursor, text[self._live_length :], self._format(Token.TEXT), self._live_breaks)
        cursor.endEditBlock()
        self._live_length = len(text)
        self._stay()

    def _stored(self) -> None:
        """All that stands there now is stored; what comes next is live until it is too."""
        self._stored_end.movePosition(QTextCursor.MoveOperation.End)

    def _drop_live(self) -> None:
        """Takes the live part away, because what is stored of it comes now, or because it broke off."""
        if not self._live_length:
            return
        cursor = self._end()
        cursor.setPosition(self._stored_end.position(), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._live_length = 0

    def _begin_line(self, cursor: QTextCursor) -> None:
        if not self.document().isEmpty():
            cursor.insertBlock()
        cursor.block().setUserState(-1)

    def _insert(self, cursor: QTextCursor, text: str, look: QTextCharFormat, breaks: SoftBreaks) -> None:
        pieces = list(breaks.pieces(shown_text(text)))
        for number, piece in enumerate(pieces):
            cursor.insertText(piece.text, look)
            if number < len(pieces) - 1:
                if piece.soft:
                    cursor.block().setUserState(_SOFT)
                cursor.insertBlock()
                cursor.block().setUserState(-1)

    def _end(self) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        return cursor

    def _format(self, token: Token) -> QTextCharFormat:
        look = QTextCharFormat()
        if token is not Token.TEXT:  # the widget's own colour, which follows the theme
            look.setForeground(self._theme.color(token))
        return look

    # -- following --------------------------------------------------------------------------------------------------

    @property
    def is_following(self) -> bool:
        return self._following

    def follow(self) -> None:
        """Goes to the bottom and stays there."""
        self._set_following(True)
        self._stay()

    def hold(self) -> None:
        """Stays where it is, whatever comes."""
        self._set_following(False)

    def _stay(self) -> None:
        if self._following:
            bar = self.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _scrolled(self) -> None:
        """A person moved: at the bottom it follows, anywhere else it stays where it is."""
        bar = self.verticalScrollBar()
        self._set_following(bar.sliderPosition() >= bar.maximum())

    def _set_following(self, following: bool) -> None:
        if following != self._following:
            self._following = following
            self.followed.emit(following)

    # -- folding ----------------------------------------------------------------------------------------------------

    def toggle(self, number: int) -> None:
        """Opens or closes the line of a fold."""
        if not 0 <= number < len(self._folds):
            return
        fold = self._folds[number]
        if fold.is_open:
            self._close(number)
        else:
            fold.is_open = True
            self._arrow(number, OPEN)
            fold.unfold(number)

    def unfolded(self, number: int, text: str, token: Token = Token.SECONDARY) -> None:
        """Puts what a fold hides under its line, unless it was closed again meanwhile."""
        block = self._fold_block(number)
        if block is None or not self._folds[number].is_open or _is_detail(block.next(), number):
            return
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        self._stored_end.setKeepPositionOnInsert(False)  # what is opened at the very end is stored too
        cursor.beginEditBlock()
        for piece in SoftBreaks().pieces(shown_text(text)):
            cursor.insertBlock()
            cursor.block().setUserState(_DETAIL + number)
            cursor.insertText(f"  {piece.text}", self._format(token))
        cursor.endEditBlock()
        self._stored_end.setKeepPositionOnInsert(True)

    def _close(self, number: int) -> None:
        self._folds[number].is_open = False
        block = self._fold_block(number)
        if block is None:
            return
        self._arrow(number, CLOSED)
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        last = block
        while _is_detail(last.next(), number):
            last = last.next()
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        block.setUserState(number)

    def _arrow(self, number: int, arrow: str) -> None:
        block = self._fold_block(number)
        if block is not None:
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + len(arrow), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(arrow, self._format(Token.MUTED))

    def _fold_block(self, number: int) -> QTextBlock | None:
        """The line of a fold; None for one that was let go at the top."""
        block = self.document().begin()
        while block.isValid():
            if block.userState() == number:
                return block
            block = block.next()
        return None

    def _fold_at(self, cursor: QTextCursor) -> int | None:
        state = cursor.block().userState()
        return state if 0 <= state < _DETAIL else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            fold = self._fold_at(self.cursorForPosition(event.position().toPoint()))
            if fold is not None:
                self.toggle(fold)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        fold = self._fold_at(self.textCursor())
        if fold is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Space}:
            self.toggle(fold)
            return
        super().keyPressEvent(event)
        self._scrolled()

    # -- copying ----------------------------------------------------------------------------------------------------

    def createMimeDataFromSelection(self) -> QMimeData:  # noqa: N802 - Qt's name
        """Plain text as it was written: breaks that only the widget needed are taken out again."""
        data = QMimeData()
        data.setText(self.selected_text())
        return data

    def selected_text(self) -> str:
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        block = self.document().findBlock(start)
        parts: list[str] = []
        while block.isValid() and block.position() <= end:
            text = block.text()
            first, last = max(0, start - block.position()), min(len(text), end - block.position())
            parts.append(text[first:last])
            if block.position() + block.length() <= end and block.userState() != _SOFT:
                parts.append("\n")
            block = block.next()
        return "".join(parts)

    def whole_text(self) -> str:
        """Everything that is shown, as it would be copied."""
        kept = self.textCursor()
        self.selectAll()
        text = self.selected_text()
        self.setTextCursor(kept)
        return text

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        menu = self.createStandardContextMenu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())


def _is_detail(block: QTextBlock, number: int) -> bool:
    return block.isValid() and block.userState() == _DETAIL + number
