"""Every change to the draft: one at a time, undone and made again by the same two actions whatever it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.plan import PlanTask, PlanVersion
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.viewmodels.plan_history import PlanHistory, ReplacePlan

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import PlanHash
    from orchestra_desktop.services.plans import Plans
    from orchestra_desktop.ui.context import UiContext

    Change = Callable[[Plans, Project], Awaitable[PlanVersion]]


class Desk(Protocol):
    """What the edits ask of the desk that they belong to."""

    @property
    def project(self) -> Project | None: ...

    @property
    def versions(self) -> tuple[PlanVersion, ...]: ...

    @property
    def can_edit(self) -> bool: ...

    def look(self) -> None:
        """Takes over what the live model has now."""


class DraftEdits:
    """Kept for each project as long as the window lives."""

    def __init__(self, context: UiContext, desk: Desk) -> None:
        self._c = context
        self._desk = desk
        self._numbers = count()
        self._one_edit = asyncio.Lock()
        self._histories: dict[ProjectId, PlanHistory] = {}

    def edit(self, task: PlanTask, **values: Any) -> None:
        """Changes fields of a task; it can be undone. What cannot be is said, and nothing is changed."""
        changed = {name: value for name, value in values.items() if getattr(task, name) != value}
        if changed:
            label = text("plan.edited_task", task=task.id, fields=", ".join(sorted(changed)))
            self._begin(self._edited(label, lambda plans, project: plans.edit(project, task.id, changed)))

    def answer(self, question: int, words: str) -> None:
        """Answers an open question, counted from 1; with no words its proposal is taken again."""
        label = text("plan.answered_question", number=question)
        self._begin(self._edited(label, lambda plans, project: plans.answer(project, question, words)))

    def undo(self) -> None:
        self._begin(self._replaced(back=True))

    def redo(self) -> None:
        self._begin(self._replaced(back=False))

    def _begin(self, edit: Coroutine[Any, Any, None]) -> None:
        self._c.spawn(edit, f"review.edit:{next(self._numbers)}")

    async def _edited(self, label: Text, change: Change) -> None:
        """One at a time: each edit is made of the newest version, which the one before it is about to write."""
        project, plans = self._desk.project, self._c.session.plans
        if project is None:
            return
        try:
            async with self._one_edit:
                before = await plans.newest(project)
                after = await change(plans, project)
                await self._c.workspace.refresh()
        finally:
            self._desk.look()  # a refused edit shows the old value again
        if after.hash != before.hash:
            edit = ReplacePlan(before.plan, before.hash, after.plan, after.hash, label)
            self._history(project.id).did(edit)
            self.offer()
            self._c.notices.undoable(tr(label), lambda: self._take_back(edit))

    def _take_back(self, edit: ReplacePlan) -> None:
        """From a notice, which may be older than the last edit."""
        if self._undoable() is edit:
            self.undo()
        else:
            self._c.notices.say(text("plan.is_another"))

    async def _replaced(self, *, back: bool) -> None:
        try:
            async with self._one_edit:
                edit, project = self._undoable() if back else self._redoable(), self._desk.project
                if edit is not None and project is not None:
                    await self._put(project, edit, back=back)
        finally:
            self._desk.look()

    async def _put(self, project: Project, edit: ReplacePlan, *, back: bool) -> None:
        replace, history = self._c.session.plans.replace, self._history(project.id)
        if back:
            await replace(project, edit.before, text("plan.edit_undone"), instead_of=edit.after_hash)
            history.undid()
        else:
            await replace(project, edit.after, text("plan.edit_redone"), instead_of=edit.before_hash)
            history.redid()
        await self._c.workspace.refresh()

    def _history(self, project: ProjectId) -> PlanHistory:
        return self._histories.setdefault(project, PlanHistory())

    def _newest_hash(self) -> PlanHash | None:
        return self._desk.versions[-1].hash if self._desk.versions else None

    def _undoable(self) -> ReplacePlan | None:
        found = (
            self._histories.get(self._desk.project.id)
            if self._desk.project is not None and self._desk.can_edit
            else None
        )
        return found.undoable(self._newest_hash()) if found is not None else None

    def _redoable(self) -> ReplacePlan | None:
        found = (
            self._histories.get(self._desk.project.id)
            if self._desk.project is not None and self._desk.can_edit
            else None
        )
        return found.redoable(self._newest_hash()) if found is not None else None

    def offer(self) -> None:
        """Menus name what would be taken back, or made again."""
        undoable, redoable = self._undoable(), self._redoable()
        for id_, edit, words in (
            ("plan.undo", undoable, translate("Review", "Undo “{edit}”", edit=tr(undoable.label) if undoable else "")),
            ("plan.redo", redoable, translate("Review", "Redo “{edit}”", edit=tr(redoable.label) if redoable else "")),
        ):
            self._c.registry.offer(id_, on=edit is not None, words=words)
