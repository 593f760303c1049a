"""Tells unasked what stands in the way of the work: a disk that takes nothing, a missing key, a run broken off, a cap
that is near. Each stays in sight until it is over, or is a toast where nothing has to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from orchestra_desktop.domain.events import CapNear
from orchestra_desktop.domain.texts import text
from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.events.cost_panel import CostPanel
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.notices import Notice, Remedy, Standing, Tone
from orchestra_desktop.ui.run.decisions import go_on
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.labels import money
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.interruptions import Interruption, read_interruptions, taken_up
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.events import Stored
    from orchestra_desktop.domain.ids import ProjectId
    from orchestra_desktop.domain.texts import Text
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.checkpoint_cards import Card

_STORAGE, _KEY, _RUN = "storage", "key", "run "
_UNTOLD_MS = 1_000  # between two looks at the money while calls are settled of which no event can tell
_STORAGE_TITLES: Mapping[str, str] = {
    "storage.full": "The disk is full",
    "storage.read_only": "The data folder cannot be written",
    "storage.locked": "Another program locks the database",
    "storage.io": "The disk takes nothing",
}
_STORAGE_REMEDIES: Mapping[str, str] = {
    "storage.full": "Runs wait where they are and go on by themselves: delete or move something on that disk.",
    "storage.read_only": "Runs wait where they are and go on by themselves: allow this program to write there.",
    "storage.locked": "Runs wait where they are and go on by themselves: end the other program.",
    "storage.io": "Runs wait where they are and go on by themselves: see that the disk is there and has room.",
}


class Troubles:
    """Of one session, for as long as it is open."""

    def __init__(self, context: UiContext) -> None:
        self._c = context
        self._ends: list[Callable[[], None]] = []
        self._inbox = inbox_live(context)
        self._inbox.changed.connect(self._look_at_keys)
        self._untold = QTimer()
        self._untold.setInterval(_UNTOLD_MS)
        self._untold.timeout.connect(lambda: context.flush.mark(Topic.MONEY))

    def follow(self, session: Session) -> None:
        self._ends = [session.watch_storage(self._on_storage)]
        if not session.reads_only:
            self._ends.append(session.context.journal.subscribe(self._heard))
            self._c.spawn(self._read_interrupted(session), "troubles.interrupted")
        self._look_at_keys()

    def close(self) -> None:
        self._inbox.changed.disconnect(self._look_at_keys)
        self._untold.stop()
        for end in self._ends:
            end()
        self._ends.clear()

    def _heard(self, events: Sequence[Stored]) -> None:
        for stored in events:
            if isinstance(stored.event, CapNear):
                self._say_near(stored.event)
        for run in taken_up(events):
            self._c.notices.lift(f"{_RUN}{run}")

    # -- storage ----------------------------------------------------------------------------------------------------

    def _on_storage(self, why: Text | None) -> None:
        notices = self._c.notices
        if why is not None:
            title = translate("Troubles", _STORAGE_TITLES.get(why.key, "The database takes nothing more"))
            remedy = _STORAGE_REMEDIES.get(why.key, "")
            words = f"{tr(why)} {translate('Troubles', remedy) if remedy else ''}".rstrip()
            notices.stand(_STORAGE, Standing(title, words, tone=Tone.ERROR))
            self._untold.start()
            return
        self._untold.stop()
        if notices.lift(_STORAGE):
            notices.show(Notice(translate("Troubles", "Everything can be stored again; what waited goes on.")))

    # -- the key ----------------------------------------------------------------------------------------------------

    def _look_at_keys(self) -> None:
        """One band for all runs: they wait for the same key."""
        waiting = self._inbox.key_questions
        if waiting:
            self._c.notices.stand(_KEY, self._key_wanted(waiting))
        else:
            self._c.notices.lift(_KEY)

    def _key_wanted(self, waiting: list[Card]) -> Standing:
        refused = waiting[0].question.key == "fault.key_refused"
        title = translate("Troubles", "Claude refuses the key" if refused else "There is no key for Claude")
        names = ", ".join(dict.fromkeys(harmless(card.project_name) for card in waiting))
        words = translate(
            "Troubles",
            "Paused: {names}. Nothing more is sent to Claude, what is done is kept, and it goes on with a good key.",
            names=names,
        )
        give = Remedy(translate("Troubles", "Give a key…"), lambda: self._c.do("key.give"))
        show = Remedy(translate("Troubles", "Show the question"), lambda: self._c.shell.show_place("inbox"))
        return Standing(title, words, (give, show))

    # -- runs that were broken off ----------------------------------------------------------------------------------

    async def _read_interrupted(self, session: Session) -> None:
        by_itself = session.context.settings.execution.resume_at_start
        for found in await read_interruptions(session):
            if by_itself:
                words = translate("Troubles", "{name} was interrupted and goes on.", name=harmless(found.name))
                self._c.notices.show(Notice(words))
                go_on(self._c, found.project)
            else:
                self._c.notices.stand(f"{_RUN}{found.run}", self._broken_off(found))

    def _broken_off(self, found: Interruption) -> Standing:
        title = translate("Troubles", "The run of {name} was interrupted. Go on?", name=harmless(found.name))
        words = translate(
            "Troubles",
            "{done} of {tasks} tasks are done and kept; nothing that is finished is asked or paid for again.",
            done=found.done,
            tasks=found.tasks,
        )
        remedies = [Remedy(translate("Troubles", "Go on"), partial(self._take_up, found.project))]
        if found.unconfirmed:
            sum_ = money(found.unconfirmed)
            words += " " + translate("Troubles", "{sum} of requests that were open count as unconfirmed.", sum=sum_)
            explain = Remedy(translate("Troubles", "What is unconfirmed?"), partial(self._explain, found))
            remedies.append(explain)
        return Standing(title, words, tuple(remedies), can_wait=True)

    def _take_up(self, project: ProjectId) -> None:
        self._c.spawn(self._shown(project), "troubles.show")
        go_on(self._c, project)

    async def _shown(self, project: ProjectId) -> None:
        from orchestra_desktop.ui.verbs.project_verbs import choose

        if self._c.selection.project != project:
            await choose(self._c, project)
        self._c.shell.show_place("run", "table")

    def _explain(self, found: Interruption) -> None:
        self._c.spawn(self._explained(found), "troubles.explain")

    async def _explained(self, found: Interruption) -> None:
        answer = await self._c.ask(
            translate("Troubles", "Unconfirmed: {sum}", sum=money(found.unconfirmed)),
            translate(
                "Troubles",
                "When the program ended, requests were on their way. What they cost is known to the service alone, so "
                "each counts at the most it can have cost, against the ceiling and every cap. It is most likely less: "
                "where the service's own bill shows that nothing is owed, release the request.",
            ),
            (
                Choice("close", translate("Troubles", "Close"), "quiet"),
                Choice("show", translate("Troubles", "Show these requests"), "primary"),
            ),
        )
        if answer == "show":
            await self._shown(found.project)
            self._c.shell.show_panel("cost")
            panel = self._c.shell.widget.findChild(CostPanel)
            if panel is not None:
                panel.pick_unconfirmed()

    # -- caps -------------------------------------------------------------------------------------------------------

    def _say_near(self, near: CapNear) -> None:
        said = tr(text("cap.near", cap=near.cap.value, counted=near.counted, limit=near.limit))
        show = translate("Troubles", "Show usage")
        self._c.notices.show(Notice(said, Tone.ATTENTION, verb=show, on_verb=lambda: self._c.shell.show_place("usage")))
