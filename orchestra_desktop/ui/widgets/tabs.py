"""Tabs as the pictures have them: words in a row, a bar of two pixels under the one in front, counts beside."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.widgets.labels import hairline


class TabButton(QAbstractButton):
    """One word of the row, with a count that is 0 or shown."""

    def __init__(self, title: str, theme: Theme, height: int) -> None:
        super().__init__()
        self._theme = theme
        self._height = height
        self.count = 0
        self._by_keys = False
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.BODY))
        self.updateGeometry()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Marked only where the keys brought the focus here; a window that opens marks nothing."""
        self._by_keys = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        super().focusInEvent(event)

    def set_count(self, count: int) -> None:
        self.count = count
        self.setAccessibleName(f"{self.text()} {count}" if count else self.text())
        self.updateGeometry()
        self.update()

    def _words(self) -> str:
        return f"{self.text()}  {self.count}" if self.count else self.text()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self.fontMetrics().horizontalAdvance(self._words()) + 2, self._height)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        marked = self.hasFocus() and self._by_keys
        lit = self.isChecked() or self.underMouse() or marked
        painter.setPen(self._theme.color(Token.TEXT if lit else Token.SECONDARY))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words())
        if self.isChecked() or marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(Token.ACCENT if self.isChecked() else Token.STRONG))
            painter.drawRect(QRectF(0, self.height() - 2, self.width(), 2))


class TabRow(QFrame):
    """The row by itself; `corner` takes what stands at its right end. Left and Right move along it."""

    picked = Signal(str)

    def __init__(self, theme: Theme, name: str, height: int = 38) -> None:
        super().__init__()
        self._theme = theme
        self._height = height
        self._buttons: dict[str, TabButton] = {}
        self._group = QButtonGroup(self)
        self.setProperty("kind", "bar")
        self.setAccessibleName(name)
        self.setFixedHeight(height)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(18)
        self._row = row
        row.addStretch(1)
        self.corner = QHBoxLayout()
        self.corner.setSpacing(8)
        row.addLayout(self.corner)

    def add(self, id_: str, title: str) -> TabButton:
        button = TabButton(title, self._theme, self._height)
        button.installEventFilter(self)
        button.clicked.connect(lambda: self.pick(id_))
        self._buttons[id_] = button
        self._group.addButton(button)
        self._row.insertWidget(len(self._buttons) - 1, button)
        self._stop_at_current()
        return button

    def pick(self, id_: str) -> None:
        """Brings a tab to the front; nothing for one that is not there."""
        if id_ in self._buttons:
            self._buttons[id_].setChecked(True)
            self._stop_at_current()
            self.picked.emit(id_)

    def _stop_at_current(self) -> None:
        """Tab stops once in the row, at the tab in front: Qt alone would go on stopping at the one last walked to."""
        stop = self.current or next(iter(self._buttons))
        for id_, button in self._buttons.items():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if id_ == stop else Qt.FocusPolicy.NoFocus)

    @property
    def current(self) -> str:
        return next((id_ for id_, button in self._buttons.items() if button.isChecked()), "")

    def set_count(self, id_: str, count: int) -> None:
        if id_ in self._buttons:
            self._buttons[id_].set_count(count)

    def set_shown(self, id_: str, shown: bool) -> None:
        if id_ in self._buttons:
            self._buttons[id_].setVisible(shown)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
            if step:
                self._step(step)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _step(self, step: int) -> None:
        ids = [id_ for id_, button in self._buttons.items() if not button.isHidden()]
        if ids:
            at = ids.index(self.current) if self.current in ids else 0
            self.pick(ids[(at + step) % len(ids)])
            self._buttons[self.current].setFocus(Qt.FocusReason.TabFocusReason)


class Tabs(QWidget):
    """A row of tabs over a stack. A tab's widget is made when it is first shown, where a factory is given."""

    def __init__(self, theme: Theme, name: str, height: int = 38) -> None:
        super().__init__()
        self.row = TabRow(theme, name, height)
        self.stack = QStackedWidget()
        self._widgets: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.row)
        column.addWidget(hairline())
        column.addWidget(self.stack, 1)
        self.row.picked.connect(self._show)

    def add(self, id_: str, title: str, widget: QWidget) -> None:
        """The first one added is in front."""
        self.row.add(id_, title)
        self._widgets[id_] = widget
        self.stack.addWidget(widget)
        if len(self._widgets) == 1:
            self.row.pick(id_)

    def _show(self, id_: str) -> None:
        if id_ in self._widgets:
            self.stack.setCurrentWidget(self._widgets[id_])

    def widget(self, id_: str) -> QWidget | None:
        return self._widgets.get(id_)
