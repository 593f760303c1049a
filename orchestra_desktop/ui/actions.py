"""The one table of actions: menus, shortcuts, buttons, the palette and the key sheet are all made from it.

A row says what an action is called, what it does and when it can be done; nothing else in the window does. Titles are
English sources of the catalogue's context "Actions".
"""

from __future__ import annotations

from orchestra_desktop.ui.action_row import Action, Group, Verb, overlap
from orchestra_desktop.ui.pane_sides import SIDES, Pane, Side
from orchestra_desktop.ui.verbs import (
    graph_verbs,
    inbox_verbs,
    key_verbs,
    plan_verbs,
    project_verbs,
    run_verbs,
    table_verbs,
    task_verbs,
    window_verbs,
)
from orchestra_desktop.viewmodels import situation as can
from orchestra_desktop.viewmodels.graph_walk import Step


def _places() -> tuple[Action, ...]:
    from orchestra_desktop.ui.places import PLACES

    return tuple(
        Action(
            f"view.{place.id}",
            place.title,
            Group.VIEW,
            window_verbs.Show(place.id),
            (f"Alt+{number}", *place.keys),
            place.icon,
        )
        for number, place in enumerate(PLACES, start=1)
    )


_SIDES = {
    Pane.INSPECTOR: {Side.LEFT: "Move the inspector to the left", Side.RIGHT: "Move the inspector to the right"},
    Pane.BOTTOM: {
        Side.TOP: "Move the bottom panel to the top",
        Side.BOTTOM: "Move the bottom panel to the bottom",
    },
}


def _sides() -> tuple[Action, ...]:
    """Each side that a pane can be moved to."""
    return tuple(
        Action(f"view.{pane}_{side}", _SIDES[pane][side], Group.VIEW, window_verbs.PutPane(pane, side))
        for pane, sides in SIDES.items()
        for side in sides
    )


def _graph(id_: str, title: str, keys: tuple[str, ...], do: graph_verbs.Do, icon: str = "") -> Action:
    return Action(f"graph.{id_}", title, Group.GRAPH, graph_verbs.OnGraph(do), keys, icon, place="graph")


def _walks() -> tuple[Action, ...]:
    """Each arrow walks to the next task on that side; with Shift the tasks behind stay picked."""
    steps = (
        (Step.LEFT, "left", "Go to a task that this one needs", "Pick a task that this one needs, too"),
        (Step.RIGHT, "right", "Go to a task that needs this one", "Pick a task that needs this one, too"),
        (Step.UP, "up", "Go to the task above", "Pick the task above, too"),
        (Step.DOWN, "down", "Go to the task below", "Pick the task below, too"),
    )
    walks = (_graph(id_, go, (id_.title(),), graph_verbs.Walk(step)) for step, id_, go, _ in steps)
    extends = (
        _graph(f"extend_{id_}", more, (f"Shift+{id_.title()}",), graph_verbs.Walk(step, extend=True))
        for step, id_, _, more in steps
    )
    return (*walks, *extends)


def _table(id_: str, title: str, keys: tuple[str, ...], do: table_verbs.Do, *, offered: bool = False) -> Action:
    verb = table_verbs.OnTable(do)
    return Action(f"tasks.{id_}", title, Group.TABLE, verb, keys, place="tasks", offered=offered)


def _inbox(id_: str, title: str, keys: tuple[str, ...], verb: Verb, *, offered: bool = True) -> Action:
    return Action(f"inbox.{id_}", title, Group.INBOX, verb, keys, place="inbox", offered=offered)


_P, _L, _R, _T, _V, _H = Group.PROJECT, Group.PLAN, Group.RUN, Group.TASK, Group.VIEW, Group.HELP

ACTIONS: tuple[Action, ...] = (
    # id, title, group, verb, shortcut, icon, enabled_when
    Action("project.new", "New project…", _P, project_verbs.new, ("Ctrl+N",), "plus", can.can_write),
    Action(
        "project.open_sample", "Try the sample without a key", _P, project_verbs.open_sample, (), "play", can.can_write
    ),
    Action("project.pick", "Open project…", _P, project_verbs.pick, ("Ctrl+O",), "projects"),
    Action(
        "project.folder",
        "Open the project's files",
        _P,
        project_verbs.open_folder,
        ("Ctrl+Shift+O",),
        "folder",
        can.has_project,
    ),
    Action("plan.propose", "Ask for a plan", _L, plan_verbs.propose, ("Ctrl+P",), "graph", can.can_propose),
    Action(
        "plan.regenerate",
        "Ask for another plan…",
        _L,
        plan_verbs.regenerate,
        ("Ctrl+Shift+R",),
        "retry",
        can.can_regenerate,
    ),
    Action(
        "plan.approve", "Approve the plan", _L, plan_verbs.approve, ("Ctrl+Shift+Return",), "check", can.can_approve
    ),
    Action(
        "plan.approve_and_run",
        "Approve and run",
        _L,
        plan_verbs.approve_and_run,
        ("Ctrl+Return",),
        "play",
        can.can_approve_and_run,
    ),
    Action("plan.reject", "Reject the plan…", _L, plan_verbs.reject, (), "cross", can.can_approve),
    Action("plan.undo", "Undo", _L, plan_verbs.undo, ("Ctrl+Z",), "undo", can.can_write, offered=True),
    Action("plan.redo", "Redo", _L, plan_verbs.redo, ("Ctrl+Shift+Z", "Ctrl+Y"), "", can.can_write, offered=True),
    Action("plan.stop_asking", "Stop planning", _L, plan_verbs.stop_asking, (), "stop", can.is_planning),
    Action("run.start", "Run", _R, run_verbs.start, ("F5",), "play", can.can_start),
    Action("run.pause", "Pause", _R, run_verbs.pause, ("Ctrl+Alt+P",), "pause", can.can_pause),
    Action("run.resume", "Resume", _R, run_verbs.resume, ("Ctrl+Alt+R",), "play", can.can_resume),
    Action("run.stop", "Stop", _R, run_verbs.stop, ("Ctrl+.",), "stop", can.can_stop),
    Action("task.retry", "Retry the task", _T, task_verbs.retry, ("Ctrl+R",), "retry", can.can_retry_task),
    Action("task.skip", "Skip the task", _T, task_verbs.skip, ("Ctrl+Shift+S",), "skip", can.can_skip_task),
    Action(
        "task.accept",
        "Accept the task as it is",
        _T,
        task_verbs.accept,
        ("Ctrl+Shift+A",),
        "check",
        can.can_accept_task,
    ),
    Action("task.cancel", "Cancel the task", _T, task_verbs.cancel, ("Ctrl+Shift+X",), "cross", can.can_cancel_task),
    _table("inspect", "Look at the row in full", ("Return", "Enter"), lambda table: table.inspect()),
    _table("fold", "Fold the group", ("Left",), lambda table: table.fold(on=True), offered=True),
    _table("unfold", "Unfold the group", ("Right",), lambda table: table.fold(on=False), offered=True),
    _inbox("next", "Next question", ("J", "Down"), inbox_verbs.StepBy(1), offered=False),
    _inbox("previous", "Previous question", ("K", "Up"), inbox_verbs.StepBy(-1), offered=False),
    _inbox("accept", "Accept the output as it is", ("A",), inbox_verbs.Answer("accept")),
    _inbox("edit", "Edit the output and accept it…", ("E",), inbox_verbs.Answer("edit")),
    _inbox("retry", "Try it again", ("R",), inbox_verbs.Answer("retry")),
    _inbox("guide", "Say what should be done otherwise…", ("W",), inbox_verbs.Answer("guide")),
    _inbox("go", "Let it start", ("G",), inbox_verbs.Answer("go")),
    _inbox("skip", "Skip the one that asks", ("S",), inbox_verbs.Answer("skip")),
    _inbox("fail", "Let the one that asks fail", ("F",), inbox_verbs.Answer("fail")),
    _inbox("raise_cap", "Raise the cap that was reached…", ("C",), inbox_verbs.Answer("raise_cap")),
    _inbox("lower_tier", "Go on with a cheaper model…", ("T",), inbox_verbs.Answer("lower_tier")),
    _inbox("stop", "Stop the run that asks", ("X",), inbox_verbs.Answer("stop")),
    _inbox("show", "Show the task that asks", ("O",), inbox_verbs.Answer("show")),
    _graph("fit_all", "Show the whole graph", ("Home",), lambda graph: graph.fit_all()),
    _graph("fit_picked", "Show what is picked", ("F",), lambda graph: graph.fit_picked()),
    _graph("full_size", "Show at 100 %", ("Ctrl+0",), lambda graph: graph.full_size()),
    _graph("zoom_in", "Zoom in", ("+", "="), lambda graph: graph.step_zoom(1), "plus"),
    _graph("zoom_out", "Zoom out", ("-",), lambda graph: graph.step_zoom(-1), "minus"),
    _graph("back", "Back to the view before", ("Alt+Left",), lambda graph: graph.go_back()),
    _graph("forward", "Forward to the view after", ("Alt+Right",), lambda graph: graph.go_forward()),
    _graph("inspect", "Look at the task in full", ("Return", "Enter"), lambda graph: graph.inspect()),
    _graph("all", "Pick all tasks", ("Ctrl+A",), lambda graph: graph.pick_all()),
    _graph("upstream", "Pick all that is needed", ("[",), lambda graph: graph.pick_upstream()),
    _graph("downstream", "Pick all that needs it", ("]",), lambda graph: graph.pick_downstream()),
    _graph("clear", "Let go", ("Esc",), lambda graph: graph.let_go()),
    _graph("minimap", "Minimap", ("Shift+M",), lambda graph: graph.ask_for_minimap()),
    *_walks(),
    *_places(),
    Action(
        "view.palette", "Search or run a command…", _V, window_verbs.open_palette, ("Ctrl+K", "Ctrl+Shift+P"), "search"
    ),
    Action("view.find", "Find…", _V, window_verbs.find_here, ("Ctrl+F",), "search"),
    Action("view.menu", "Menu", _V, window_verbs.open_menu, ("F10",)),
    Action(
        "view.inspector", "Inspector", _V, window_verbs.toggle_inspector, ("Ctrl+\\",), "panel-right", checkable=True
    ),
    Action("view.bottom", "Bottom panel", _V, window_verbs.toggle_bottom, ("Ctrl+J",), "panel-bottom", checkable=True),
    *_sides(),
    Action("view.next_pane", "Next pane", _V, window_verbs.next_pane, ("F6",)),
    Action("view.previous_pane", "Previous pane", _V, window_verbs.previous_pane, ("Shift+F6",)),
    Action("view.theme", "Switch between dark and light", _V, window_verbs.switch_theme, ("Ctrl+Alt+T",), "moon"),
    Action("view.theme_system", "Theme as the system has it", _V, window_verbs.follow_system, (), "sun"),
    Action("view.reset_layout", "Reset layout", _V, window_verbs.reset_layout),
    Action("view.offline", "Work offline…", _V, window_verbs.show_offline, (), "offline"),
    Action("key.give", "Give a key for Claude…", _H, key_verbs.give, (), "key", can.can_write),
    Action("help.keys", "Keys", _H, window_verbs.open_key_sheet, ("?", "F1"), "keyboard"),
    Action("window.close", "Close the window", _P, window_verbs.close, ("Ctrl+W",), "close"),
    Action("window.quit", "Quit", _P, window_verbs.leave, ("Ctrl+Q",), ""),
)


def check(actions: tuple[Action, ...]) -> list[str]:
    """What is wrong with a table: ids twice, or one key for two actions that can both be meant."""
    faults: list[str] = []
    known: list[Action] = []
    for action in actions:
        if any(other.id == action.id for other in known):
            faults.append(f"{action.id} stands in the table twice")
        for key in action.shortcut:
            rivals = (other for other in known if key in other.shortcut and overlap(other, action))
            faults.extend(f"{key} means {other.id} and {action.id}" for other in rivals)
        known.append(action)
    return faults
