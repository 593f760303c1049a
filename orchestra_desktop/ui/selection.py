"""What is picked, for the whole window: graph, table, time line and inspector agree because they share this."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from orchestra_desktop.domain.ids import ProjectId, TaskId


class Selection(QObject):
    """The project being worked on and the tasks picked in it. Signals fire only for real changes."""

    project_changed = Signal(object)  # ProjectId | None
    tasks_changed = Signal(object)  # frozenset[TaskId]
    plan_changed = Signal(object)  # int | None: the number of the version looked at; None is the newest

    def __init__(self) -> None:
        super().__init__()
        self._project: ProjectId | None = None
        self._tasks: tuple[TaskId, ...] = ()
        self._plan: int | None = None

    @property
    def project(self) -> ProjectId | None:
        return self._project

    @property
    def task(self) -> TaskId | None:
        """The one task the inspector shows: the last one picked."""
        return self._tasks[-1] if self._tasks else None

    @property
    def tasks(self) -> frozenset[TaskId]:
        return frozenset(self._tasks)

    @property
    def plan(self) -> int | None:
        """The number of the plan version that is looked at; None follows the newest."""
        return self._plan

    def pick_plan(self, number: int | None) -> None:
        if number != self._plan:
            self._plan = number
            self.plan_changed.emit(number)

    def pick_project(self, project: ProjectId | None) -> None:
        """Picks a project and lets the tasks of the one before go."""
        if project == self._project:
            return
        self._project = project
        self.pick()
        self.pick_plan(None)
        self.project_changed.emit(project)

    def pick(self, *tasks: TaskId) -> None:
        """Picks these tasks instead of the ones before; the last one is the current one."""
        if tasks != self._tasks:
            self._tasks = tasks
            self.tasks_changed.emit(self.tasks)
