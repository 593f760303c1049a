"""What is to be known of a task besides its output: why this model, cost, tokens, what it depends on, what leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState, VerdictName
from orchestra_desktop.ui.run.run_live import RunLive
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import PlainLabel, exact_money, money, plain_label
from orchestra_desktop.ui.widgets.state_chip import StateChip
from orchestra_desktop.viewmodels.amounts import size
from orchestra_desktop.viewmodels.harmless import harmless, harmless_lines

if TYPE_CHECKING:
    from orchestra_desktop.services.shapes import Quote
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.run_rows import RunRows
    from orchestra_desktop.viewmodels.task_detail import TaskDetail

_LABEL_WIDTH = 84
_VERDICTS = {
    VerdictName.PASSED: ("passed", "succeeded"),
    VerdictName.GAPS: ("gaps were found", "attention"),
    VerdictName.HUMAN: ("a person should look", "attention"),
    VerdictName.UNVERIFIED: ("accepted unverified", "attention"),
}


class Facts(QScrollArea):
    """Filled again when the task or its money changes; what is typed or picked lives elsewhere."""

    def __init__(self, context: UiContext, live: RunLive) -> None:
        super().__init__()
        self._c = context
        self._live = live
        self._prompt_bytes: int | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate("Inspector", "Facts"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme = context.theme
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        self.why_heading = plain_label(translate("Inspector", "Why this model?"), theme, Face.STRONG)
        self.why = plain_label("", theme, Face.SECONDARY, tone="secondary", wrap=True)
        column.addWidget(self.why_heading)
        column.addWidget(self.why)
        column.addSpacing(4)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        self.cost = self._row(translate("Inspector", "Cost so far"), tone="")
        self.tokens = self._row(translate("Inspector", "Tokens"), tone="")
        self.verdict = self._row(translate("Inspector", "Verdict"))
        self._depends = QVBoxLayout()
        self._depends.setSpacing(4)
        self._depends_label = self._label(translate("Inspector", "Depends on"))
        self._grid.addLayout(self._depends, self._grid.rowCount() - 1, 1)
        self.leaves = self._row(translate("Inspector", "Leaves this machine"))
        self.guidance = self._row(translate("Inspector", "Guidance"))
        column.addSpacing(6)
        self.task_heading = plain_label(translate("Inspector", "What it does"), theme, Face.STRONG)
        self.description = plain_label("", theme, Face.SECONDARY, tone="secondary", wrap=True)
        self.criteria = plain_label("", theme, Face.SECONDARY, tone="muted", wrap=True)
        for label in (self.description, self.criteria, self.why):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.task_heading, self.description, self.criteria):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(inner)

    def _label(self, words: str) -> PlainLabel:
        label = plain_label(words, self._c.theme, Face.SECONDARY, tone="muted", wrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        label.setFixedWidth(_LABEL_WIDTH)
        self._grid.addWidget(label, self._grid.rowCount(), 0)
        return label

    def _row(self, words: str, tone: str = "secondary") -> PlainLabel:
        label = self._label(words)
        value = plain_label("", self._c.theme, Face.SECONDARY, tone=tone, wrap=True)
        value.setProperty("label", words)
        value.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(value, self._grid.rowCount() - 1, 1)
        self._labels = {**getattr(self, "_labels", {}), value: label}
        return value

    # -- filling ----------------------------------------------------------------------------------------------------

    def show_detail(self, rows: RunRows, detail: TaskDetail) -> None:
        self._show_why(rows, detail)
        self._show_money(detail)
        self._show_tokens(detail)
        self._show_verdict(detail)
        self._show_dependencies(rows, detail.task)
        self._show_leaves(rows, detail)
        self._put(self.guidance, harmless_lines("\n".join(detail.guidance)))
        task = rows.facts[detail.task].task
        self.description.setText(harmless_lines(task.description))
        criteria = harmless_lines(task.verification_criteria)
        self.criteria.setText(translate("Inspector", "Done when: {criteria}", criteria=criteria) if criteria else "")
        self.criteria.setVisible(bool(criteria))

    def show_prompt_size(self, count: int | None) -> None:
        self._prompt_bytes = count

    def _put(self, value: PlainLabel, words: str) -> None:
        value.setText(words)
        value.setVisible(bool(words))
        self._labels[value].setVisible(bool(words))

    def _show_why(self, rows: RunRows, detail: TaskDetail) -> None:
        row = rows.board.rows[detail.task]
        attempt = detail.current
        route = rows.spec.routes.get(detail.task) if rows.spec is not None else None
        why = attempt.why if attempt is not None else route.why if route is not None else None
        words = tr(why) if why is not None else translate("Inspector", "A model is chosen when the plan is routed.")
        self.why.setText(f"{row.model}: {words}" if row.model else words)

    def _show_money(self, detail: TaskDetail) -> None:
        spent = money(detail.charged) if detail.charged or _is_free(detail) else "$0" if detail.attempts else "–"
        parts = [spent]
        quoted = _quoted(self._live.quote, detail.task)
        if quoted:
            parts.append(translate("Inspector", "quoted {range}", range=quoted))
        if detail.holding:
            parts.append(translate("Inspector", "held {amount}", amount=money(detail.holding)))
        if detail.unconfirmed:
            parts.append(translate("Inspector", "unconfirmed {amount}", amount=money(detail.unconfirmed)))
        self._put(self.cost, " · ".join(parts))
        self.cost.setToolTip(exact_money(detail.charged))

    def _show_tokens(self, detail: TaskDetail) -> None:
        usage = detail.usage
        if not usage.prompt_tokens and not usage.output_tokens:
            self._put(self.tokens, "")
            return
        cached = round(100 * usage.cache_read_tokens / usage.prompt_tokens) if usage.prompt_tokens else 0
        source = "{input:,} in ({cached} % from cache) · {output:,} out" if cached else "{input:,} in · {output:,} out"
        self._put(
            self.tokens,
            translate("Inspector", source, input=usage.prompt_tokens, cached=cached, output=usage.output_tokens),
        )

    def _show_verdict(self, detail: TaskDetail) -> None:
        if detail.verdict is None:
            self._put(self.verdict, "")
            return
        words, tone = _VERDICTS[detail.verdict]
        gaps = "\n".join(f"- {harmless(gap)}" for gap in detail.gaps)
        self._put(self.verdict, "\n".join(part for part in (translate("Inspector", words), gaps) if part))
        self.verdict.set_tone(tone)

    # -- what it depends on -----------------------------------------------------------------------------------------

    def _show_dependencies(self, rows: RunRows, task: TaskId) -> None:
        depends_on = rows.facts[task].task.depends_on
        wanted = [(name, rows.board.rows[name].state, name in rows.reused) for name in depends_on if name in rows.facts]
        self._depends_label.setVisible(bool(wanted))
        if wanted == getattr(self, "_dependencies", None):
            return
        self._dependencies: Sequence[tuple[TaskId, TaskState, bool]] = wanted
        _empty(self._depends)
        for name, state, reused in wanted:
            self._depends.addLayout(self._link(rows, name, state, reused=reused))

    def _link(self, rows: RunRows, task: TaskId, state: TaskState, *, reused: bool) -> QHBoxLayout:
        title = harmless(rows.board.rows[task].title)
        words = f"{task} {title}"
        cut = words if len(words) <= 34 else f"{words[:33]}…"
        button = Button(cut, self._c.theme, kind="link")
        button.setAccessibleName(words)
        button.clicked.connect(lambda: self._c.selection.pick(task))
        chip = StateChip(self._c.theme)
        chip.set_state(state, reused=reused)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button)
        row.addWidget(chip)
        row.addStretch(1)
        return row

    # -- what leaves ------------------------------------------------------------------------------------------------

    def _show_leaves(self, rows: RunRows, detail: TaskDetail) -> None:
        route = rows.spec.routes.get(detail.task) if rows.spec is not None else None
        attempt = detail.current
        provider = attempt.provider if attempt is not None else route.choice.provider if route is not None else ""
        match provider:
            case "":
                words = ""
            case "rehearsal":
                words = translate("Inspector", "nothing: it is rehearsed")
            case "ollama":
                words = translate("Inspector", "nothing beyond your Ollama host")
            case _:
                words = self._sent(provider)
        self._put(self.leaves, words)

    def _sent(self, provider: str) -> str:
        host = _host(self._c) if provider == "anthropic" else provider
        if self._prompt_bytes is None:
            return translate("Inspector", "its prompt, to {host}", host=host)
        return translate("Inspector", "{size} to {host}", size=size(self._prompt_bytes), host=host)


def _quoted(quote: Quote | None, task: TaskId) -> str:
    """`$0.02-0.05`; nothing where nobody bills it or there is no quote."""
    found = next((one for one in quote.tasks if one.id == task), None) if quote is not None else None
    if found is None or not found.p90:
        return ""
    low, high = money(found.p50), money(found.p90)
    return low if low == high else f"{low}–{high.removeprefix('$')}"


def _is_free(detail: TaskDetail) -> bool:
    """Nobody bills what rehearsal and a local model do."""
    return detail.current is not None and detail.current.provider != "anthropic"


def _host(context: UiContext) -> str:
    """Whom Claude's requests go to, by the settings in force."""
    from urllib.parse import urlsplit

    session = context.workspace.session
    url = str(session.context.settings.anthropic.base_url) if session is not None else ""
    return urlsplit(url).hostname or "api.anthropic.com"


def _empty(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if inner is not None:
            _empty(inner)
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
