"""The cards of single switches: offline, runs, notifications, theme. Each counts at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QRadioButton

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.services.preferences import (
    set_close_to_tray,
    set_notified,
    set_offline,
    set_resume_at_start,
)
from orchestra_desktop.ui.notices import Notice, Tone
from orchestra_desktop.ui.settings.quiet_hours import QuietHours
from orchestra_desktop.ui.theme.theme import ThemeChoice
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Card
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.services.context import Context
    from orchestra_desktop.settings.schema import Settings
    from orchestra_desktop.ui.context import UiContext

_NOTIFIED = {
    "run_finished": "when a run has finished",
    "run_failed": "when a run has finished with failures",
    "needs_person": "when something needs you",
    "cap_near": "when a cap is nearly used up",
}
_THEMES = {ThemeChoice.SYSTEM: "As the system has it", ThemeChoice.DARK: "Dark", ThemeChoice.LIGHT: "Light"}


class OfflineCard(Card):
    """The switch shows what is in force, which the file alone does not decide."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Privacy"))
        self._c = context
        self.box = QCheckBox(translate("Settings", "Work offline"))
        self.box.setAccessibleName(self.box.text())
        self.box.clicked.connect(self._switch)
        self.column.addWidget(self.box)
        words = translate(
            "Settings",
            "Every connection is refused but to this machine and to hosts that the settings file lists. "
            "It counts at once, for requests that are yet to be sent.",
        )
        self.column.addWidget(plain_label(words, context.theme, tone="secondary", wrap=True))
        context.flush.changed.connect(self._flushed)
        self._read()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SESSION in topics:
            self._read()

    def _read(self) -> None:
        session = self._c.workspace.session
        self.box.setEnabled(session is not None)
        if session is not None:
            self.box.setChecked(session.context.network.offline)

    def _switch(self, wanted: bool) -> None:
        try:
            offline = set_offline(self._c.session.context, wanted)
        except OrchestraError as error:
            self._c.notices.fault(error)
            offline = self._c.session.context.network.offline
        else:
            if offline != wanted:
                words = translate("Settings", "Written down; this start stays offline, as it was told when it began.")
                self._c.notices.show(Notice(words, Tone.ATTENTION))
        self.box.setChecked(offline)
        self._c.flush.mark(Topic.SESSION)


class Switch(QCheckBox):
    """A setting that is on or off, as it is in force: where it cannot be written down the box goes back."""

    def __init__(
        self,
        context: UiContext,
        words: str,
        read: Callable[[Settings], bool],
        write: Callable[[Context, bool], object],
    ) -> None:
        super().__init__(words)
        self._c = context
        self._read = read
        self._write = write
        self.setAccessibleName(words)
        self.clicked.connect(self._switch)
        context.flush.changed.connect(self._flushed)
        self._show()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SESSION in topics:
            self._show()

    def _show(self) -> None:
        session = self._c.workspace.session
        self.setEnabled(session is not None)
        if session is not None:
            self.setChecked(self._read(session.context.settings))

    def _switch(self, wanted: bool) -> None:
        try:
            self._write(self._c.session.context, wanted)
        except OrchestraError as error:
            self._c.notices.fault(error)
        self._show()


class RunsCard(Card):
    """What becomes of a run when the window closes, and when it opens again."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Runs"))
        self.background = Switch(
            context,
            translate("Settings", "Closing the window keeps a run going, without asking"),
            lambda settings: settings.appearance.close_to_tray,
            set_close_to_tray,
        )
        self.resume = Switch(
            context,
            translate("Settings", "Opening the window goes on with an interrupted run, without asking"),
            lambda settings: settings.execution.resume_at_start,
            set_resume_at_start,
        )
        for box in (self.background, self.resume):
            self.column.addWidget(box)


class NotificationsCard(Card):
    """What the system's notifications are used for, and when they are not."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Notifications"))
        words = translate(
            "Settings",
            "They name the project and the task, never what it is about. What is not said waits in the inbox.",
        )
        self.column.addWidget(plain_label(words, context.theme, tone="secondary", wrap=True))
        self.boxes = {name: self._box(context, name, words) for name, words in _NOTIFIED.items()}
        self.quiet = QuietHours(context)
        self.column.addWidget(self.quiet)

    def _box(self, context: UiContext, name: str, words: str) -> Switch:
        box = Switch(
            context,
            translate("Settings", words),
            lambda settings: getattr(settings.notifications, name) is True,
            lambda changed, wanted: set_notified(changed, name, wanted),
        )
        box.setAccessibleName(translate("Settings", "Notify {when}", when=box.text()))
        self.column.addWidget(box)
        return box


class ThemeCard(Card):
    """Follows the theme, which can be switched by its key too."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Theme"))
        self._c = context
        self._group = QButtonGroup(self)
        self.choices = {choice: QRadioButton(translate("Settings", words)) for choice, words in _THEMES.items()}
        for choice, button in self.choices.items():
            button.setAccessibleName(button.text())
            button.clicked.connect(partial(self._choose, choice))
            self._group.addButton(button)
            self.column.addWidget(button)
        context.theme.bind(self._read)

    def _read(self) -> None:
        self.choices[self._c.theme.choice].setChecked(True)

    def _choose(self, choice: ThemeChoice, _checked: bool = False) -> None:
        self._c.theme.choose(choice)
        self._c.shell.keep_theme(choice)
