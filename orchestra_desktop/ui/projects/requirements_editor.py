"""The requirements as text, with their numbers in a margin that follows while somebody types."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QResizeEvent, QTextBlock
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.viewmodels.requirement_lines import NumberedLine, Numbering, RequirementsDiff, numbering

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_PAUSE_MS = 120  # after the last key before the text is numbered again
_LONG_PAUSE_MS = 500
_MANY_CHARACTERS = 20_000  # beyond it the numbering leaves the loop, and waits for a longer pause
_SIGN_TOKENS = {"": Token.MUTED, "+": Token.SUCCEEDED, "~": Token.NEEDS_PERSON}
_EMPTY = Numbering((), (), RequirementsDiff())


class RequirementsEditor(QPlainTextEdit):
    """`numbered` carries the `Numbering` of the text as it stands. With a `before` new and changed ones have signs."""

    numbered = Signal(object)

    def __init__(self, context: UiContext, hint: str = "") -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._before: Sequence[Requirement] = ()
        self._taken: Collection[RequirementId] = ()
        self._marks: dict[int, NumberedLine] = {}
        self.numbering = _EMPTY
        self.setAccessibleName(translate("Requirements", "Requirements"))
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(8)
        self._margin = _Margin(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.number_now)
        self.textChanged.connect(self._typed)
        self.updateRequest.connect(self._scrolled)
        self._theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.BODY))
        muted = QPalette(self.palette())
        muted.setColor(QPalette.ColorRole.PlaceholderText, self._theme.color(Token.MUTED))
        self.setPalette(muted)
        self._fit_margin()

    # -- the text ---------------------------------------------------------------------------------------------------

    def show_text(self, text: str, before: Sequence[Requirement] = (), taken: Collection[RequirementId] = ()) -> None:
        """Replaces the text and what it is compared with; numbers it at once where it is short."""
        self._before, self._taken = before, taken
        if text != self.toPlainText():
            self.setPlainText(text)
        if len(text) <= _MANY_CHARACTERS:
            self.number_now()

    def compare_with(self, before: Sequence[Requirement], taken: Collection[RequirementId]) -> None:
        """Keeps the text; from now on numbers are kept from these."""
        self._before, self._taken = before, taken
        self._typed()

    def _typed(self) -> None:
        is_long = self.document().characterCount() > _MANY_CHARACTERS
        self._timer.start(_LONG_PAUSE_MS if is_long else _PAUSE_MS)

    def number_now(self) -> None:
        """Numbers the text as it stands: here if it is short, else beside the loop."""
        self._timer.stop()
        text = self.toPlainText()
        if len(text) <= _MANY_CHARACTERS:
            self._show(numbering(text, self._before, self._taken))
        elif not self._c.spawn(self._number_beside(text), f"requirements.number:{id(self)}"):
            self._timer.start(_LONG_PAUSE_MS)

    async def _number_beside(self, text: str) -> None:
        found = await asyncio.to_thread(numbering, text, self._before, self._taken)
        if text == self.toPlainText():
            self._show(found)

    def _show(self, found: Numbering) -> None:
        self.numbering = found
        self._marks = {mark.line: mark for mark in found.lines}
        count = len(found.requirements)
        self._margin.setAccessibleName(counted("Requirements", "{n} requirement", "{n} requirements", count))
        self._fit_margin()
        self._margin.update()
        self.numbered.emit(found)

    # -- the margin -------------------------------------------------------------------------------------------------

    def margin_width(self) -> int:
        longest = max((len(mark.id) for mark in self._marks.values()), default=0)
        return self.fontMetrics().horizontalAdvance("+R" + "0" * max(longest - 1, 2)) + 16

    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        box = self.contentsRect()
        self._margin.setGeometry(QRect(box.left(), box.top(), self.margin_width(), box.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_margin()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit_margin()

    def _scrolled(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def paint_margin(self, painter: QPainter, rect: QRect) -> None:
        """Draws the numbers of the lines that are seen; called by the margin."""
        painter.fillRect(rect, self._theme.color(Token.INSET))
        painter.setFont(self._theme.font(Face.LABEL))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= rect.bottom():
            height = self.blockBoundingRect(block).height()
            mark = self._marks.get(block.blockNumber())
            if mark is not None and block.isVisible() and top + height >= rect.top():
                self._paint_mark(painter, mark, top, _line_height(block, height))
            block = block.next()
            top += height

    def _paint_mark(self, painter: QPainter, mark: NumberedLine, top: float, height: float) -> None:
        painter.setPen(self._theme.color(_SIGN_TOKENS[mark.sign]))
        room = QRectF(0, top, self._margin.width() - 10, height)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), mark.sign + mark.id)


def _line_height(block: QTextBlock, height: float) -> float:
    """Of the block's first line: a number stands beside the beginning of a long one."""
    layout = block.layout()
    return layout.lineAt(0).height() if layout.lineCount() else height


class _Margin(QWidget):
    """The strip at the left of the text; a child of its frame, as the viewport scrolls."""

    def __init__(self, editor: RequirementsEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        self._editor.paint_margin(painter, event.rect())


def diff_words(diff: RequirementsDiff) -> str:
    """`+R4, ~R2, -R3`: what saving would change."""
    signed = [("+", diff.added), ("~", diff.changed), ("−", diff.removed)]
    return ", ".join(f"{sign}{id_}" for sign, ids in signed for id_ in ids)
