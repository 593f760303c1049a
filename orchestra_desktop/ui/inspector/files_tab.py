"""The files that a task wrote: opened only after a click, and a preview of small ones as plain text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.inspector.text_pane import TextPane
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.amounts import size
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.task_detail import FileLine

if TYPE_CHECKING:
    from orchestra_desktop.domain.projects import Project
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.task_detail import TaskDetail

PREVIEWED = 100_000  # bytes; larger files are opened in a program of their own
_RUNS = frozenset(
    {
        *(".app", ".appimage", ".bat", ".bin", ".cmd", ".com", ".command", ".cpl", ".desktop", ".exe", ".hta", ".jar"),
        *(".js", ".jse", ".lnk", ".msi", ".pif", ".ps1", ".py", ".pyw", ".reg", ".scr", ".sh", ".url", ".vb", ".vbs"),
        *(".workflow", ".wsf"),
    }
)
"""Endings that a system may carry out instead of showing."""

Opener = Callable[[Path], object]


def open_outside(place: Path) -> object:
    """Opens a file or folder with the program that the system has for it."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))


class FilesTab(QWidget):
    """A table, what can be done with the picked file, and its preview."""

    def __init__(self, context: UiContext, opener: Opener = open_outside) -> None:
        super().__init__()
        self._c = context
        self._opener = opener
        self._detail: TaskDetail | None = None
        self._previewed: FileLine | None = None
        self.setAccessibleName(translate("Inspector", "Files"))
        self.model: RowsModel[FileLine] = RowsModel(
            context.theme,
            (
                RowColumn(
                    translate("Inspector", "File"), lambda file: harmless(file.artifact.path), icon=lambda _: "file"
                ),
                RowColumn(translate("Inspector", "Size"), lambda file: size(file.artifact.bytes), figures=True),
                RowColumn(translate("Inspector", "Try"), lambda file: str(file.attempt), figures=True),
            ),
        )
        self.table = TableView(
            context.theme, translate("Inspector", "Files written"), self.model, stretch=0, least=80, dense=True
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._on_picked)
        self.table.setColumnWidth(1, 84)
        self.table.setColumnWidth(2, 44)
        self.preview = TextPane(context, translate("Inspector", "Preview"))
        self.preview.hide()
        self._stack = QStackedWidget()
        nothing = plain_label(translate("Inspector", "No file was written."), context.theme, tone="muted")
        nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        nothing.setContentsMargins(8, 4, 8, 0)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._body())
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 12)
        column.addWidget(self._stack)

    def _body(self) -> QWidget:
        self.open_file = Button(translate("Inspector", "Open file"), self._c.theme, "external")
        self.open_folder = Button(translate("Inspector", "Open folder"), self._c.theme, "folder")
        self.open_file.clicked.connect(lambda: self._c.spawn(self._open(folder=False), "file open"))
        self.open_folder.clicked.connect(lambda: self._c.spawn(self._open(folder=True), "file open"))
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 8, 8, 8)
        buttons.setSpacing(8)
        for button in (self.open_file, self.open_folder):
            button.setEnabled(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        top = QWidget()
        above = QVBoxLayout(top)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(self.table, 1)
        above.addLayout(buttons)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(top)
        split.addWidget(self.preview)
        return split

    # -- following --------------------------------------------------------------------------------------------------

    def show_detail(self, detail: TaskDetail | None) -> None:
        other = detail is None or self._detail is None or detail.task != self._detail.task
        self._detail = detail
        self.model.put(list(detail.files.values()) if detail is not None else [])
        self._stack.setCurrentIndex(1 if self.model.rowCount() else 0)
        if other:
            self.table.clearSelection()
        self._on_picked()

    @property
    def picked(self) -> FileLine | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0].row()) if rows else None

    def _on_picked(self) -> None:
        picked = self.picked
        for button in (self.open_file, self.open_folder):
            button.setEnabled(picked is not None)
        if picked is None:
            self._previewed = None
            self.preview.hide()
        elif picked != self._previewed:
            self._previewed = picked
            self.preview.show_text("")
            self.preview.show()  # at once: shown once it is read, it would push the buttons away from under the pointer
            self._c.spawn(self._preview(picked), f"preview {picked.artifact.sha256}")

    async def _preview(self, file: FileLine) -> None:
        if file.artifact.bytes > PREVIEWED:
            words = translate("Inspector", "Too large to preview; open it instead.")
        else:
            words = await self._content(file)
        if file is self._previewed:
            self.preview.show_text(words)

    async def _content(self, file: FileLine) -> str:
        """The text as it lies there now, or the words why there is none."""
        project, detail = self._c.workspace.project, self._detail
        if project is None or detail is None:
            return ""
        try:
            written = await self._c.session.outputs.file(project, detail.task, file.artifact.path)
            text = written.content.decode("utf-8")
        except OrchestraError as error:
            return tr(error.text)
        except UnicodeDecodeError:
            return translate("Inspector", "This is no text; open it instead.")
        changed = translate("Inspector", "Preview, changed since the task wrote it")
        self.preview.heading.setText(changed if written.changed else translate("Inspector", "Preview"))
        return text

    # -- opening ----------------------------------------------------------------------------------------------------

    async def _open(self, *, folder: bool) -> None:
        """Only ever after a click. A file that a system may carry out is asked about: a model wrote it."""
        project, detail, file = self._c.workspace.project, self._detail, self.picked
        if project is None or detail is None or file is None:
            return
        if not folder and not await self._is_wanted(file.artifact.path):
            return
        await self._open_place(project, detail, file, folder=folder)

    async def _open_place(self, project: Project, detail: TaskDetail, file: FileLine, *, folder: bool) -> None:
        place = await self._c.session.outputs.place(project, detail.task, file.artifact.path)
        self._opener(place.parent if folder else place)

    async def _is_wanted(self, path: str) -> bool:
        if PurePosixPath(path).suffix.lower() not in _RUNS:
            return True
        answer = await self._c.ask(
            translate("Inspector", "Open {path}?", path=PurePosixPath(path).name),
            translate(
                "Inspector",
                "A model wrote this file, and your system may run it instead of showing it. The preview shows what is "
                "in it.",
            ),
            (
                Choice("no", translate("Inspector", "Leave it"), "quiet"),
                Choice("yes", translate("Inspector", "Open it")),
            ),
        )
        return answer == "yes"
