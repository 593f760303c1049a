"""What each place says while there is nothing in it: the one next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import ActionButton
from orchestra_desktop.ui.widgets.surfaces import EmptyState

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


def _button(context: UiContext, action: str, label: str = "") -> ActionButton:
    return ActionButton(context.registry[action], context.theme, label=label)


def _primary(context: UiContext, action: str, icon: str = "") -> ActionButton:
    return ActionButton(context.registry[action], context.theme, icon, "primary")


def no_projects(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "projects",
        translate("Empty", "No project yet"),
        translate("Empty", "Write down what you want; a plan with its price comes back before anything is done."),
        _primary(context, "project.new", "plus"),
        _button(context, "project.open_sample"),
    )


def no_project_picked(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "edit",
        translate("Empty", "No project is open"),
        translate("Empty", "Open one, or describe a new one: its requirements are numbered here as you type."),
        _primary(context, "project.new", "plus"),
        _button(context, "project.pick"),
    )


def no_plan(context: UiContext) -> QWidget:
    """Without a project its button is not to be had: the places show `no_project_picked` then."""
    return EmptyState(
        context.theme,
        "graph",
        translate("Empty", "No plan yet"),
        translate("Empty", "Ask for one: its tasks appear here while it is being written, with what each will cost."),
        _primary(context, "plan.propose"),
    )


def nothing_waits(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "inbox",
        translate("Empty", "Nothing waits for you"),
        translate("Empty", "Questions, checkpoints and caps that were reached are answered here."),
        _button(context, "view.run", label=translate("Empty", "Show the run")),
    )


def nothing_spent(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "usage",
        translate("Empty", "Nothing was spent yet"),
        translate("Empty", "Every call is listed here with its cost, as soon as a plan is asked for."),
        _button(context, "project.open_sample"),
    )


def no_task_picked(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "graph",
        translate("Empty", "No task is picked"),
        translate("Empty", "Pick one in the graph or the table to see what it does and what it cost."),
    )


def no_events(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "clock",
        translate("Empty", "Nothing has happened yet"),
        translate("Empty", "Every step of the plan and the run is listed here, newest first."),
    )
