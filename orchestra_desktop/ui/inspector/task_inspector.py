"""The inspector of one task: its name and state, what it writes, uses, makes and costs, and what can be decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import ACTIVE_STATES, FINAL_STATES
from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.empty_places import no_task_picked
from orchestra_desktop.ui.inspector.context_tab import ContextTab
from orchestra_desktop.ui.inspector.facts import Facts
from orchestra_desktop.ui.inspector.files_tab import FilesTab
from orchestra_desktop.ui.inspector.output_tab import OutputTab
from orchestra_desktop.ui.inspector.tools_tab import ToolsTab
from orchestra_desktop.ui.inspector.tries_tab import TriesTab
from orchestra_desktop.ui.run.decisions import decided_in_run
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.widgets.buttons import ActionButton, Button
from orchestra_desktop.ui.widgets.labels import ElidedLabel, hairline, plain_label
from orchestra_desktop.ui.widgets.state_chip import StateChip
from orchestra_desktop.ui.widgets.tabs import Tabs
from orchestra_desktop.viewmodels.amounts import span
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.task_detail import TaskDetail

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import Digest
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.run_rows import RunRows

WIDTH = 372


class TaskInspector(QFrame):
    """Follows the task that is picked last; without one it says how to pick one."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self._detail: TaskDetail | None = None
        self._prompt: Digest | None = None
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Inspector", "Task"))
        self._stack = QStackedWidget()
        self._stack.addWidget(no_task_picked(context))
        self._stack.addWidget(self._body())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._show_state)
        context.selection.tasks_changed.connect(self._picked)
        self._live.replaced.connect(self._other_rows)
        self._live.changed.connect(self._changed)
        self._live.quoted.connect(self._refresh)
        self._other_rows()

    # -- building ---------------------------------------------------------------------------------------------------

    def _body(self) -> QWidget:
        self.output, self.tools = OutputTab(self._c), ToolsTab(self._c)
        self.files, self.context = FilesTab(self._c), ContextTab(self._c)
        self.tries = TriesTab(self._c)
        self.tries.output_wanted.connect(self._show_attempt)
        self.facts = Facts(self._c, self._live)
        self.tabs = Tabs(self._c.theme, translate("Inspector", "About the task"))
        self.tabs.row.layout().setContentsMargins(16, 0, 16, 0)  # type: ignore[union-attr]
        for id_, title, tab in (
            ("output", translate("Inspector", "Output"), self.output),
            ("tools", translate("Inspector", "Tools"), self.tools),
            ("files", translate("Inspector", "Files"), self.files),
            ("context", translate("Inspector", "Context"), self.context),
            ("tries", translate("Inspector", "Tries"), self.tries),
        ):
            self.tabs.add(id_, title, tab)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(self.tabs)
        split.addWidget(self.facts)
        split.setSizes([360, 300])
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(split, 1)
        column.addWidget(hairline())
        column.addWidget(self._foot())
        return body

    def _head(self) -> QVBoxLayout:
        self.title = ElidedLabel("", self._c.theme, Face.HEADING)
        self.chip = StateChip(self._c.theme)
        self.about = ElidedLabel("", self._c.theme, Face.SECONDARY, tone="secondary")
        self.reason = plain_label("", self._c.theme, Face.SECONDARY, tone="attention", wrap=True)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.title, 1)
        first.addWidget(self.chip)
        column = QVBoxLayout()
        column.setContentsMargins(16, 12, 16, 6)
        column.setSpacing(4)
        column.addLayout(first)
        column.addWidget(self.about)
        column.addWidget(self.reason)
        return column

    def _foot(self) -> QWidget:
        registry, theme = self._c.registry, self._c.theme
        self.retry = Button(translate("Inspector", "Retry…"), theme)
        self.retry.clicked.connect(lambda: self._c.spawn(self._ask_retry(), "task retry dialog"))
        self.skip = ActionButton(registry["task.skip"], theme, label=translate("Inspector", "Skip"))
        self.accept = ActionButton(registry["task.accept"], theme, label=translate("Inspector", "Accept"))
        self.cancel = ActionButton(
            registry["task.cancel"], theme, kind="danger", label=translate("Inspector", "Cancel task")
        )
        registry["task.retry"].changed.connect(self._follow_retry)
        self._follow_retry()
        foot = QWidget()
        foot.setFixedHeight(56)
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        for button in (self.retry, self.skip, self.accept):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.cancel)
        return foot

    def _follow_retry(self) -> None:
        action = self._c.registry["task.retry"]
        self.retry.setEnabled(action.isEnabled())
        self.retry.setToolTip(action.text())

    # -- following --------------------------------------------------------------------------------------------------

    def _picked(self, _: object) -> None:
        self._show_task()

    def _other_rows(self) -> None:
        self._detail = None
        self._show_task()

    def _changed(self, tasks: frozenset[TaskId]) -> None:
        task = self._c.selection.task
        rows = self._live.rows
        if task is None or rows is None or task not in rows.facts:
            return
        if task in tasks or tasks.intersection(rows.facts[task].task.depends_on):
            self._refresh()

    def _show_task(self) -> None:
        """Another task, or none."""
        rows, task = self._live.rows, self._c.selection.task
        if rows is None or task is None or task not in rows.facts:
            self._detail = None
            self._stack.setCurrentIndex(0)
            self._show_tabs()
            return
        if self._detail is None or self._detail.task != task:
            self._detail = TaskDetail(task, rows.run)
            self._prompt = None
            self.facts.show_prompt_size(None)
            self.facts.verticalScrollBar().setValue(0)
        self._stack.setCurrentIndex(1)
        self._refresh()

    def _refresh(self) -> None:
        rows, detail = self._live.rows, self._detail
        if rows is None or detail is None or not self.isVisible():
            return
        detail.take(rows.history[detail.task])
        self.title.setText(harmless(rows.board.rows[detail.task].title))
        self._show_about(rows, detail)
        self._show_state()
        self.facts.show_detail(rows, detail)
        self._show_tabs()
        if detail.prompt is not None and detail.prompt != self._prompt:
            self._prompt = detail.prompt
            self._c.spawn(self._measure(detail.prompt), f"prompt size {detail.prompt}")

    def _show_tabs(self) -> None:
        detail = self._detail
        for tab in (self.output, self.tools, self.files, self.context, self.tries):
            tab.show_detail(detail)
        self.tabs.row.set_count("tools", len(detail.tools) if detail is not None else 0)
        self.tabs.row.set_count("files", len(detail.files) if detail is not None else 0)
        self.tabs.row.set_count("tries", len(detail.attempts) if detail and len(detail.attempts) > 1 else 0)

    def _show_about(self, rows: RunRows, detail: TaskDetail) -> None:
        task = rows.facts[detail.task].task
        parts = [str(task.id), translate("TaskType", task.task_type.value), *task.requirement_ids]
        attempt = detail.current
        if attempt is not None and rows.spec is not None:
            most = 1 + (task.retries if task.retries is not None else rows.spec.settings.further_attempts)
            words = translate(
                "Inspector", "attempt {number} of {most}", number=attempt.number, most=max(most, attempt.number)
            )
            parts.append(words)
        picked = len(self._c.selection.tasks)
        if picked > 1:
            parts.append(counted("Inspector", "{n} picked", "{n} picked", picked))
        self.about.setText(" · ".join(parts))
        row = rows.board.rows[detail.task]
        self.reason.setText(tr(row.reason) if row.reason is not None else "")
        self.reason.setVisible(row.reason is not None)
        self.reason.set_tone("attention" if row.state in {"needs_person", "failed"} else "muted")

    def _show_state(self) -> None:
        rows, detail = self._live.rows, self._detail
        if rows is None or detail is None:
            return
        row = rows.board.rows[detail.task]
        seconds = rows.task_seconds(detail.task, self._live.now())
        live = row.state in ACTIVE_STATES
        ended = row.state in FINAL_STATES
        figure = "" if seconds is None else _clock(seconds) if live else span(seconds) if ended else ""
        self.chip.set_state(row.state, figure, reused=detail.task in rows.reused)
        if live != self._tick.isActive() and self.isVisible():
            self._tick.start() if live else self._tick.stop()

    async def _measure(self, prompt: Digest) -> None:
        """How much the prompt says, for "what leaves this machine"."""
        message = (await self._c.session.outputs.messages([prompt]))[0]
        if prompt == self._prompt and self._detail is not None and self._live.rows is not None:
            self.facts.show_prompt_size(len(message.text.encode("utf-8", "surrogatepass")))
            self.facts.show_detail(self._live.rows, self._detail)

    def _show_attempt(self, number: int) -> None:
        self.tabs.row.pick("output")
        self.output.pick_attempt(number)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._show_task()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._tick.stop()

    # -- deciding ---------------------------------------------------------------------------------------------------

    async def _ask_retry(self) -> None:
        """Guidance and tier first; what cannot be done is said by the decision itself."""
        from orchestra_desktop.ui.inspector.retry_dialog import RetryDialog

        rows, tasks = self._live.rows, sorted(self._c.selection.tasks)
        project = self._c.workspace.project
        if rows is None or not tasks or project is None:
            return
        tiers = tuple(rows.spec.models) if rows.spec is not None else ()
        dialog = RetryDialog(self.window(), self._c.theme, ", ".join(tasks), tiers)
        if await shown(dialog) != QDialog.DialogCode.Accepted:
            return
        words = {"guidance": dialog.guidance, "tier": dialog.tier}
        request = {"verb": "retry", "project": project.id, "tasks": tasks, **words}
        if rows.run is not None:
            await decided_in_run(self._c, project.id, rows.run, request)


def _clock(seconds: float) -> str:
    """`0:24`: a figure that runs keeps its width."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
