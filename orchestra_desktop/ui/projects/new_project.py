"""Describing a project: what is wanted, numbered as it is written, how thoroughly, where, and by whom it is planned."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.domain.projects import Rigor
from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.projects.planner_choice import PlannerChoice
from orchestra_desktop.ui.projects.project_look import rigor_meaning, rigor_name
from orchestra_desktop.ui.projects.requirements_editor import RequirementsEditor
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.review.parts import scrolling
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.verbs.project_verbs import choose
from orchestra_desktop.ui.widgets.buttons import Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import hairline, plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_FORM_WIDTH = 340
_PAUSE_MS = 200  # after the last key before a folder is looked at


class NewProjectPage(QFrame):
    """The text at the left, choices at the right, one primary button: make a plan."""

    closed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._workspace_fault = ""
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Projects", "New project"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        body = QHBoxLayout()
        body.setContentsMargins(24, 0, 0, 0)
        body.setSpacing(16)
        body.addLayout(self._writing(), 1)
        body.addWidget(self._choices())
        column.addLayout(body, 1)
        column.addWidget(hairline())
        column.addLayout(self._footer())
        self._folder_timer = QTimer(self)
        self._folder_timer.setSingleShot(True)
        self._folder_timer.setInterval(_PAUSE_MS)
        self._folder_timer.timeout.connect(self.check_folder_now)
        self.editor.numbered.connect(lambda _: self._follow())
        self.planner.changed.connect(self._follow)
        self._follow()

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(24, 20, 24, 12)
        head.setSpacing(8)
        head.addWidget(plain_label(translate("Projects", "New project"), self._theme, Face.TITLE))
        head.addStretch(1)
        sample = Button(translate("Projects", "Fill in the sample"), self._theme, kind="quiet")
        sample.clicked.connect(self._fill_sample)
        head.addWidget(sample)
        return head

    def _writing(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 16)
        column.setSpacing(8)
        self.name = QLineEdit()
        self.name.setAccessibleName(translate("Projects", "Name"))
        self.name.setPlaceholderText(translate("Projects", "Name (left empty, the first line)"))
        self.name.setMaxLength(120)
        column.addWidget(self.name)
        hint = translate(
            "Projects",
            "What do you want? A list, headings or paragraphs, one wish each.\n\n"
            "- A script that greets by name\n- Tests for it\n- A page that says how to run it",
        )
        self.editor = RequirementsEditor(self._c, hint)
        column.addWidget(self.editor, 1)
        self.counted = plain_label("", self._theme, Face.LABEL, tone="muted")
        column.addWidget(self.counted)
        return column

    def _choices(self) -> QWidget:
        area, column = scrolling(translate("Projects", "Choices"), (8, 0, 24, 16), 6)
        area.setFixedWidth(_FORM_WIDTH)
        column.addWidget(self._label(translate("Projects", "Rigor")))
        self.rigors = QButtonGroup(self)
        for place, rigor in enumerate(Rigor):
            column.addLayout(self._rigor(place, rigor))
        column.addSpacing(10)
        column.addWidget(self._label(translate("Projects", "Workspace")))
        column.addLayout(self._folder())
        column.addSpacing(10)
        column.addWidget(self._label(translate("Projects", "Planner")))
        self.planner = PlannerChoice(self._c)
        column.addWidget(self.planner)
        self.rehearsal = QCheckBox(translate("Projects", "Rehearse: no key, no network, no spending"))
        self.rehearsal.setAccessibleName(self.rehearsal.text())
        self.rehearsal.toggled.connect(lambda on: self.planner.look(rehearsal=on))
        column.addWidget(self.rehearsal)
        column.addSpacing(10)
        column.addWidget(self._label(translate("Projects", "What leaves this machine")))
        self.leaves = plain_label("", self._theme, Face.SECONDARY, tone="secondary", wrap=True)
        column.addWidget(self.leaves)
        column.addStretch(1)
        return area

    def _label(self, words: str) -> QWidget:
        return plain_label(words, self._theme, Face.STRONG)

    def _rigor(self, place: int, rigor: Rigor) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        button = QRadioButton(f"{rigor.value} · {rigor_name(rigor)}")
        button.setAccessibleName(f"{rigor.value} {rigor_name(rigor)}")
        button.setAccessibleDescription(rigor_meaning(rigor))
        button.setChecked(rigor is Rigor.L2)
        self.rigors.addButton(button, place)
        column.addWidget(button)
        meaning = plain_label(rigor_meaning(rigor), self._theme, Face.SECONDARY, tone="muted", wrap=True)
        meaning.setContentsMargins(24, 0, 0, 2)
        column.addWidget(meaning)
        return column

    def _folder(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.workspace = QLineEdit()
        self.workspace.setAccessibleName(translate("Projects", "Workspace folder"))
        self.workspace.setPlaceholderText(translate("Projects", "A new folder in the data folder"))
        self.workspace.textChanged.connect(lambda _: self._folder_timer.start())
        row.addWidget(self.workspace, 1)
        pick = Button(translate("Projects", "Choose…"), self._theme)
        pick.clicked.connect(lambda: self._c.spawn(self._pick_folder(), "workspace.pick"))
        row.addWidget(pick)
        column.addLayout(row)
        self.folder_words = plain_label("", self._theme, Face.SECONDARY, tone="attention", wrap=True)
        self.folder_words.hide()
        column.addWidget(self.folder_words)
        return column

    def _footer(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(24, 10, 24, 10)
        row.setSpacing(8)
        self.why_not = plain_label("", self._theme, Face.SECONDARY, tone="secondary")
        row.addWidget(self.why_not)
        row.addStretch(1)
        cancel = Button(translate("Projects", "Cancel"), self._theme, kind="quiet")
        cancel.clicked.connect(self.closed)
        row.addWidget(cancel)
        self.make = PrimaryButton(translate("Projects", "Make a plan"), self._theme)
        self.make.clicked.connect(lambda: self._c.spawn(self._create(), "project.create"))
        row.addWidget(self.make)
        return row

    # -- following --------------------------------------------------------------------------------------------------

    def open_empty(self) -> None:
        """Shown again: what was written stays until it is used or cancelled, who could plan is looked at anew."""
        self.planner.look(rehearsal=self.rehearsal.isChecked())
        self._follow()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_sample(self) -> None:
        from orchestra_desktop.resource_files import resource_text
        from orchestra_desktop.ui.verbs.project_verbs import SAMPLE

        self.name.setText("hello-world")
        self.editor.show_text(resource_text(SAMPLE))

    def _follow(self) -> None:
        count = len(self.editor.numbering.requirements)
        self.counted.setText(counted("Projects", "{n} requirement", "{n} requirements", count))
        self.leaves.setText(self.planner.leaves(len(self.editor.toPlainText().encode("utf-8", "surrogatepass"))))
        why_not = self._why_not(count)
        self.why_not.setText(why_not)
        self.make.setEnabled(not why_not)

    def _why_not(self, count: int) -> str:
        if not self._c.workspace.situation().can_write:
            return translate("Projects", "The data folder is not open yet.")
        if not count:
            return translate("Projects", "Write down at least one wish.")
        if self._workspace_fault:
            return translate("Projects", "Choose another workspace.")
        if self.planner.refused is not None:
            return translate("Projects", "Nobody can plan this yet. Rehearse it, or see the planner above.")
        return ""

    # -- the folder -------------------------------------------------------------------------------------------------

    def check_folder_now(self) -> None:
        self._folder_timer.stop()
        self._c.spawn(self._check_folder(), "workspace.check")

    async def _check_folder(self) -> None:
        checked: str | None = None
        while checked != self.workspace.text().strip():  # typed on while it was looked at
            checked = self.workspace.text().strip()
            self._workspace_fault = await self._fault_of(checked) if checked else ""
        self.folder_words.setText(self._workspace_fault)
        self.folder_words.setVisible(bool(self._workspace_fault))
        self.workspace.setProperty("invalid", bool(self._workspace_fault))
        self.workspace.style().unpolish(self.workspace)
        self.workspace.style().polish(self.workspace)
        self._follow()

    async def _fault_of(self, folder: str) -> str:
        try:
            await asyncio.to_thread(self._c.session.projects.check_workspace, folder)
        except OrchestraError as error:
            return tr(error.text)
        return ""

    async def _pick_folder(self) -> None:
        dialog = QFileDialog(self, translate("Projects", "Choose the workspace"), self.workspace.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        picked: list[str] = []
        dialog.fileSelected.connect(picked.append)
        await shown(dialog)
        if picked:
            self.workspace.setText(picked[0])

    # -- making it --------------------------------------------------------------------------------------------------

    async def _create(self) -> None:
        """Makes the project and asks for its plan; where it cannot be made, the page stays as it is."""
        from orchestra_desktop.services.projects import NewProject

        wanted = NewProject(
            requirements_text=self.editor.toPlainText(),
            name=self.name.text(),
            rigor=list(Rigor)[self.rigors.checkedId()],
            workspace=self.workspace.text().strip(),
            rehearsal=self.rehearsal.isChecked(),
        )
        self.editor.number_now()
        project = await self._c.session.projects.create(wanted)
        tier = self.planner.tier
        self._clear()
        await self._c.workspace.refresh()
        await choose(self._c, project.id)
        self.closed.emit()
        ask_for_plan(self._c, project, planner=tier)

    def _clear(self) -> None:
        self.name.clear()
        self.workspace.clear()
        self.editor.show_text("")

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape goes back to the list while nothing is written; what is written is kept either way."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)
