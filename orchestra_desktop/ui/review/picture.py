"""The place of the plan's picture in the review: used where the canvas is there."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtWidgets import QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.run import Route
from orchestra_desktop.viewmodels.plan_changes import TaskDifference

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_MODULE = "orchestra_desktop.ui.canvas"


class ShowsPlans(Protocol):
    """What the canvas's widget can do that the review asks of it."""

    def show_plan(self, plan: Plan, routes: Mapping[TaskId, Route], diff: TaskDifference | None = None) -> None: ...


class PlanPicture:
    """The canvas's widget, and its one verb."""

    def __init__(self, widget: QWidget) -> None:
        self.widget = widget
        self.widget.setMinimumHeight(160)

    def show_plan(self, plan: Plan, routes: Mapping[TaskId, Route], diff: TaskDifference | None) -> None:
        cast("ShowsPlans", self.widget).show_plan(plan, routes, diff)


def make_picture(context: UiContext) -> PlanPicture | None:
    """None where there is no canvas: the table says the same."""
    try:
        canvas = importlib.import_module(_MODULE)
    except ImportError:
        return None
    return PlanPicture(canvas.GraphPicture(context))
