"""The action table: no key means two things, and everything made from it agrees."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from orchestra_desktop.ui.action_registry import ActionRegistry
from orchestra_desktop.ui.action_row import Action, Group
from orchestra_desktop.ui.actions import ACTIONS, check
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.theme.icons import icon_names
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.viewmodels.situation import Situation

NEEDED = {
    *("project.new", "project.open_sample", "plan.propose", "plan.approve", "plan.regenerate"),
    *("run.start", "run.pause", "run.resume", "run.stop"),
    *("task.retry", "task.skip", "task.accept", "task.cancel"),
    *("view.palette", "view.inspector", "view.bottom", "view.theme", "view.next_pane", "view.settings", "help.keys"),
}


def test_the_table_has_every_action_of_the_main_job() -> None:
    assert {action.id for action in ACTIONS} >= NEEDED


def test_no_key_means_two_things() -> None:
    assert check(ACTIONS) == []


def test_two_actions_with_one_key_are_found() -> None:
    twice = (*ACTIONS, replace(ACTIONS[0], id="other.one", shortcut=("Ctrl+K",)))
    assert check(twice) == ["Ctrl+K means view.palette and other.one"]


def test_a_key_of_one_place_may_not_be_one_of_the_window() -> None:
    row = Action("run.follow", "Follow", Group.RUN, lambda _: None, ("F5",), place="run")
    assert check((*ACTIONS, row)) == ["F5 means run.start and run.follow"]


def test_every_key_is_one_that_qt_knows(qapp: QApplication) -> None:
    for action in ACTIONS:
        for key in action.shortcut:
            assert not QKeySequence(key).isEmpty(), f"{action.id}: {key}"


def test_every_icon_of_the_table_was_drawn() -> None:
    assert {action.icon for action in ACTIONS if action.icon} <= set(icon_names())
    assert {place.icon for place in PLACES} <= set(icon_names())


def test_each_place_has_a_key_by_its_number() -> None:
    keys = {action.id: action.shortcut for action in ACTIONS}
    for number, place in enumerate(PLACES, start=1):
        assert f"Alt+{number}" in keys[f"view.{place.id}"], place.id


def test_an_action_is_carried_out_only_where_it_can_be(qapp: QApplication) -> None:
    done: list[str] = []
    registry = ActionRegistry(Theme(qapp), ACTIONS)
    window = QWidget()
    now = Situation(is_open=True, has_project=True, has_approved=True, new_approval=True)
    registry.attach(lambda row: done.append(row.id), lambda: now, window)
    registry.do("run.start")
    registry.do("run.pause")
    assert done == ["run.start"]
    assert registry["run.start"].isEnabled()
    assert not registry["run.pause"].isEnabled()
