"""The places of the window, in the order of the rail: the one list that rail, keys, palette and stack are made from.

How a place is added: write a widget whose constructor takes the `UiContext` and add one line to `PLACES`. The factory
imports the widget inside, so that nothing of it is loaded before the place is first shown. The context gives

* `context.session` the opened data folder's services, and `context.spawn(coroutine, name)` to use them: errors become
  notices, a second start of one name is refused while it runs;
* `context.workspace` the live model (projects, the picked project, its plan versions, run, events, money) and
  `context.flush.changed` that tells, at most thirty times a second, which `Topic`s of it have changed;
* `context.selection` what is picked; graph, table and inspector read and set it, and so agree;
* `context.progress` streamed text; `context.do("run.start")` and `context.registry["run.start"]` the actions;
* `context.theme` colours, fonts and icons; `context.theme.bind(self._restyle)` keeps them current;
* `context.notices.undoable(words, undo)`, `await context.ask(…)`, `context.shell` the frame.

A place made of tabs names them: they are added the same way, one line in its `tabs`. What stands beside the places is
in two more lists: `INSPECTORS` (the first whose `applies` says yes is shown) and `PANELS` (tabs at the bottom, shown
with the places that ask for them). A widget with a method `show_tab(id)` is told which part of it was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestra_desktop.viewmodels.situation import Situation

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from orchestra_desktop.ui.context import UiContext

Factory = Callable[["UiContext"], "QWidget"]


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of a place or of the bottom panel; the title is an English source of the context "Places"."""

    id: str
    title: str
    factory: Factory


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail. With `tabs`, the shell makes the tabbed widget and `factory` is not needed."""

    id: str
    title: str
    icon: str
    factory: Factory | None = None
    tabs: tuple[Tab, ...] = ()
    has_inspector: bool = False
    panels: tuple[str, ...] = ()
    at_bottom: bool = False
    keys: tuple[str, ...] = ()  # besides Alt and its number


@dataclass(frozen=True, slots=True)
class Inspector:
    """What the pane at the right shows when `applies`, with the name that screen readers say."""

    id: str
    title: str
    applies: Callable[[Situation], bool]
    factory: Factory


def _projects(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.projects.projects_place import ProjectsPlace

    return ProjectsPlace(context)


def _requirements(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.projects.requirements_tab import RequirementsTab

    return RequirementsTab(context)


def _plan(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.review.plan_review import PlanReview

    return PlanReview(context)


def _review(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.review.review_pane import ReviewPane

    return ReviewPane(context)


def _reviews(now: Situation) -> bool:
    """A plan that is written, read or just signed is what the pane is about, until a task of a run is picked."""
    return now.has_project and now.task is None and (now.planning or now.plan == "draft" or now.new_approval)


def _graph(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.run.run_graph import RunGraph

    return RunGraph(context)


def _table(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.run.run_table import RunTable

    return RunTable(context)


def _inbox(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.inbox.inbox import Inbox

    return Inbox(context)


def _usage(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.usage.usage_place import UsagePlace

    return UsagePlace(context)


def _services(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.services.services_place import ServicesPlace

    return ServicesPlace(context)


def _settings(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.settings.settings_place import SettingsPlace

    return SettingsPlace(context)


def _task(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.inspector.task_inspector import TaskInspector

    return TaskInspector(context)


def _events(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.events.event_table import EventPanel

    return EventPanel(context)


def _problems(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.events.problems_panel import ProblemsPanel

    return ProblemsPanel(context)


def _cost(context: UiContext) -> QWidget:
    from orchestra_desktop.ui.events.cost_panel import CostPanel

    return CostPanel(context)


PLACES: tuple[Place, ...] = (
    Place("projects", "Projects", "projects", _projects),
    Place(
        "run",
        "Run",
        "run",
        tabs=(
            Tab("requirements", "Requirements", _requirements),
            Tab("plan", "Plan", _plan),
            Tab("graph", "Graph", _graph),
            Tab("table", "Table", _table),
        ),
        has_inspector=True,
        panels=("events", "cost", "problems"),
    ),
    Place("inbox", "Inbox", "inbox", _inbox),
    Place("usage", "Usage", "usage", _usage),
    Place("services", "Services", "services", _services),
    Place("settings", "Settings", "settings", _settings, at_bottom=True, keys=("Ctrl+,",)),
)

INSPECTORS: tuple[Inspector, ...] = (
    Inspector("review", "Review", _reviews, _review),
    Inspector("task", "Task", lambda _: True, _task),
)

PANELS: tuple[Tab, ...] = (
    Tab("events", "Events", _events),
    Tab("cost", "Cost", _cost),
    Tab("problems", "Problems", _problems),
)
