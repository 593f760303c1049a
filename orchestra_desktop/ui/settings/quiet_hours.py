"""The line of quiet hours: a switch, and from when until when nothing is notified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTime
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QTimeEdit, QWidget

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.services.preferences import set_quiet_hours
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_FORM = "HH:mm"  # of the settings file
_FIRST = (QTime(22, 0), QTime(7, 0))  # what is offered where nothing was chosen yet


class QuietHours(QWidget):
    """Counts at once. An end before its beginning is of the next morning."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self.box = QCheckBox(translate("Settings", "but not from"))
        self.box.setAccessibleName(translate("Settings", "Quiet hours"))
        self.start, self.end = (_time_field(time) for time in _FIRST)
        self.start.setAccessibleName(translate("Settings", "Quiet from"))
        self.end.setAccessibleName(translate("Settings", "Quiet until"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.box)
        row.addWidget(self.start)
        row.addWidget(plain_label(translate("Settings", "until"), context.theme))
        row.addWidget(self.end)
        row.addStretch(1)
        self.box.clicked.connect(self._keep)
        for field in (self.start, self.end):
            field.editingFinished.connect(self._keep)
        context.flush.changed.connect(self._flushed)
        self._show()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SESSION in topics:
            self._show()

    def _show(self) -> None:
        session = self._c.workspace.session
        self.box.setEnabled(session is not None)
        if session is not None:
            wanted = session.context.settings.notifications
            self.box.setChecked(bool(wanted.quiet_from and wanted.quiet_until))
            for field, time in ((self.start, wanted.quiet_from), (self.end, wanted.quiet_until)):
                if time:
                    field.setTime(QTime.fromString(time, _FORM))
        for field in (self.start, self.end):
            field.setEnabled(self.box.isEnabled() and self.box.isChecked())

    def _keep(self) -> None:
        times = [field.time().toString(_FORM) for field in (self.start, self.end)] if self.box.isChecked() else ["", ""]
        try:
            set_quiet_hours(self._c.session.context, *times)
        except OrchestraError as error:
            self._c.notices.fault(error)
        self._show()


def _time_field(time: QTime) -> QTimeEdit:
    field = QTimeEdit(time)
    field.setDisplayFormat(_FORM)
    field.setAlignment(Qt.AlignmentFlag.AlignCenter)
    field.setFixedWidth(72)
    return field
