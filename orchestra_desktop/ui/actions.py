"""The one table of actions: menus, shortcuts, buttons, the palette and the key sheet are all made from it.

A row says what an action is called, what it does and when it can be done; nothing else in the window does. Titles are
English sources of the catalogue's context "Actions".
"""

from __future__ import annotations

from orchestra_desktop.ui.action_row import Action, Group
from orchestra_desktop.ui.verbs import key_verbs, plan_verbs, project_verbs, run_verbs, task_verbs, window_verbs
from orchestra_desktop.viewmodels import situation as can


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
    *_places(),
    Action(
        "view.palette", "Search or run a command…", _V, window_verbs.open_palette, ("Ctrl+K", "Ctrl+Shift+P"), "search"
    ),
    Action("view.menu", "Menu", _V, window_verbs.open_menu, ("F10",)),
    Action(
        "view.inspector", "Inspector", _V, window_verbs.toggle_inspector, ("Ctrl+\\",), "panel-right", checkable=True
    ),
    Action("view.bottom", "Bottom panel", _V, window_verbs.toggle_bottom, ("Ctrl+J",), "panel-bottom", checkable=True),
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
    ids: set[str] = set()
    keys: dict[tuple[str, str], str] = {}
    for action in actions:
        if action.id in ids:
            faults.append(f"{action.id} stands in the table twice")
        ids.add(action.id)
        for key in action.shortcut:
            other = keys.get((key, action.place)) or keys.get((key, ""))
            if other is not None:
                faults.append(f"{key} means {other} and {action.id}")
            keys[(key, action.place)] = action.id
    return faults
