"""The bar at the top: the mark, which project and plan, the way to everything, and the run's three buttons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QMenu, QSizePolicy

from orchestra_desktop.ui.shell.menus import fill_menu
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.verbs.project_verbs import choose
from orchestra_desktop.ui.widgets.buttons import ActionButton, IconButton
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import ProjectId
    from orchestra_desktop.domain.plan import PlanVersion
    from orchestra_desktop.ui.context import UiContext

HEIGHT = 44
_PLAN_WORDS = {"draft": "draft", "approved": "approved", "superseded": "superseded", "rejected": "rejected"}


class Picker(QAbstractButton):
    """A button that names what is picked and opens a menu of what could be: name, a muted word, a chevron."""

    _SIDE, _GAP, _CHEVRON, _MOST = 10, 8, 12, 220

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._word = ""
        self.menu = QMenu(self)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._open)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.BODY))
        self.updateGeometry()

    def set_picked(self, text: str, word: str = "") -> None:
        self.setText(text)
        self._word = word
        self.setAccessibleName(f"{self._name}: {text} {word}".rstrip())
        self.setToolTip("" if self.fontMetrics().horizontalAdvance(text) <= self._MOST else text)
        self.updateGeometry()
        self.update()

    def _open(self) -> None:
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _widths(self) -> tuple[int, int]:
        metrics = self.fontMetrics()
        text = min(metrics.horizontalAdvance(self.text()) + 1, self._MOST)  # without the 1, fractions get it elided
        return text, metrics.horizontalAdvance(self._word) + self._GAP if self._word else 0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        text, word = self._widths()
        return QSize(2 * self._SIDE + text + word + self._GAP + self._CHEVRON + 2, 28)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = Token.ACCENT if self.hasFocus() else Token.MUTED if self.underMouse() else Token.STRONG
        painter.setPen(self._theme.color(edge))
        painter.setBrush(self._theme.color(Token.RAISED))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        width, _word = self._widths()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(self._theme.color(Token.TEXT))
        cut = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, width)
        painter.drawText(self.rect().adjusted(self._SIDE, 0, 0, 0), middle, cut)
        if self._word:
            painter.setPen(self._theme.color(Token.MUTED))
            painter.drawText(self.rect().adjusted(self._SIDE + width + self._GAP, 0, 0, 0), middle, self._word)
        chevron = self._theme.pixmap("chevron-down", Token.MUTED, self._CHEVRON, self)
        painter.drawPixmap(self.width() - self._SIDE - self._CHEVRON, (self.height() - self._CHEVRON) // 2, chevron)


class PaletteField(QAbstractButton):
    """Looks like a field and opens the palette: hint at the left, its keys at the right."""

    _WIDTH = 420

    def __init__(self, theme: Theme, hint: str, keys: str) -> None:
        super().__init__()
        self._theme = theme
        self._keys = keys
        self.setText(hint)
        self.setAccessibleName(hint)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.setMaximumWidth(self._WIDTH)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.BODY))

    def show_keys(self, keys: str) -> None:
        self._keys = keys
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(self._WIDTH, 30)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = Token.ACCENT if self.hasFocus() else Token.STRONG if self.underMouse() else Token.BORDER
        painter.setPen(self._theme.color(edge))
        painter.setBrush(self._theme.color(Token.INSET))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.drawPixmap(10, (self.height() - 14) // 2, self._theme.pixmap("search", Token.MUTED, 14, self))
        painter.setPen(self._theme.color(Token.MUTED))
        keys = self.fontMetrics().horizontalAdvance(self._keys)
        room = self.rect().adjusted(32, 0, -10, 0)
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width() - keys - 12)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._keys)


class TopBar(QFrame):
    """Follows the workspace; everything it does is an action of the table."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        theme, registry = context.theme, context.registry
        self.setProperty("kind", "bar")
        self.setAccessibleName(translate("Shell", "Top bar"))
        self.setFixedHeight(HEIGHT)
        self._mark = IconButton("mark", translate("Shell", "Menu"), theme, size=20)
        self._mark.clicked.connect(self.open_menu)
        self._menu = QMenu(self)
        self._project = Picker(theme, translate("Shell", "Project"))
        self._project.menu.aboutToShow.connect(self._list_projects)
        self._plan = Picker(theme, translate("Shell", "Plan"))
        self._plan.menu.aboutToShow.connect(self._list_plans)
        self._search = PaletteField(
            theme, translate("Shell", "Search tasks, projects, commands"), registry.keys("view.palette")
        )
        registry.bindings.changed.connect(lambda _: self._search.show_keys(registry.keys("view.palette")))
        self._search.clicked.connect(lambda: context.do("view.palette"))
        self._offline = plain_label(translate("Shell", "Offline"), theme, Face.LABEL, tone="attention")
        self._run = ActionButton(registry["run.start"], theme, "play", "primary")
        self._pause = ActionButton(registry["run.pause"], theme, "pause")
        self._resume = ActionButton(registry["run.resume"], theme, "play")
        self._stop = ActionButton(registry["run.stop"], theme, "stop")
        self._lay_out()
        context.flush.changed.connect(self._refresh)
        context.selection.plan_changed.connect(lambda _: self._show_plan())
        self._refresh(frozenset(Topic))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(plain_label(translate("Shell", "Orchestra"), self._c.theme, Face.BRAND))
        row.addSpacing(4)
        row.addWidget(self._project)
        row.addWidget(self._plan)
        row.addStretch(1)
        row.addWidget(self._search, 4)
        row.addStretch(1)
        for widget in (self._offline, self._run, self._resume, self._pause, self._stop):
            row.addWidget(widget)

    # -- following --------------------------------------------------------------------------------------------------

    def _refresh(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.PROJECTS, Topic.SESSION}:
            self._show_project()
        if topics & {Topic.PROJECTS, Topic.PLANS, Topic.SESSION}:
            self._show_plan()
        if topics & {Topic.SITUATION, Topic.SESSION}:
            self._show_buttons()

    def _show_project(self) -> None:
        project = self._c.workspace.project
        self._project.set_picked(project.name if project else translate("Shell", "No project"))
        session = self._c.workspace.session
        self._offline.setVisible(session is not None and session.context.network.offline)

    def _show_plan(self) -> None:
        shown = self._shown_version()
        self._plan.setVisible(shown is not None)
        if shown is not None:
            self._plan.set_picked(translate("Shell", "Plan {number}", number=shown.number), plan_word(shown.state))

    def _shown_version(self) -> PlanVersion | None:
        """The one picked, else the last."""
        versions, wanted = self._c.workspace.versions, self._c.selection.plan
        return next((version for version in versions if version.number == wanted), versions[-1] if versions else None)

    def _show_buttons(self) -> None:
        registry = self._c.registry
        live = registry.can("run.stop")
        self._run.setVisible(registry.can("run.start"))
        self._run.set_kind("primary" if self._c.workspace.run is None else "")  # going on is one answer among others
        self._pause.setVisible(live and registry.can("run.pause"))
        self._resume.setVisible(registry.can("run.resume"))
        self._stop.setVisible(live)

    def open_menu(self) -> None:
        """Every action by group, for those who look rather than type."""
        fill_menu(self._menu, self._c.registry)
        self._menu.popup(self._mark.mapToGlobal(self._mark.rect().bottomLeft()))

    # -- menus ------------------------------------------------------------------------------------------------------

    def _list_projects(self) -> None:
        menu = self._project.menu
        self._c.registry.draw_icons()
        menu.clear()
        for project in reversed(self._c.workspace.projects):
            is_open = self._c.workspace.project is not None and project.id == self._c.workspace.project.id
            entry = _entry(menu, project.name.replace("&", "&&"), ticked=is_open)
            entry.triggered.connect(partial(self._open, project.id))
        if self._c.workspace.projects:
            menu.addSeparator()
        for id_ in ("project.new", "project.open_sample", "project.folder"):
            menu.addAction(self._c.registry[id_])

    def _open(self, project: ProjectId, _checked: bool = False) -> None:
        self._c.spawn(choose(self._c, project), "project.choose")

    def _list_plans(self) -> None:
        menu = self._plan.menu
        self._c.registry.draw_icons()
        menu.clear()
        for version in reversed(self._c.workspace.versions):
            word = plan_word(version.state)
            words = translate("Shell", "Plan {number}, {state}", number=version.number, state=word)
            entry = _entry(menu, words, ticked=version is self._shown_version())
            entry.triggered.connect(lambda _=False, n=version.number: self._c.selection.pick_plan(n))
        menu.addSeparator()
        for id_ in ("plan.regenerate", "plan.approve"):
            menu.addAction(self._c.registry[id_])


def _entry(menu: QMenu, words: str, *, ticked: bool) -> QAction:
    entry = menu.addAction(words)
    entry.setCheckable(True)
    entry.setChecked(ticked)
    return entry


def plan_word(state: str) -> str:
    """The word for a plan's state."""
    return translate("State", _PLAN_WORDS.get(state, state))
