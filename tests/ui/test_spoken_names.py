"""Every control of every place and every dialog has a name that a screen reader can say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QDialog, QWidget

from orchestra_desktop.domain.ids import CheckpointId, Digest, ProjectId, RunId, TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.ui.actions import ACTIONS
from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.dialogs import Choice, HeadedDialog, Question
from orchestra_desktop.ui.inbox.card_view import CardView
from orchestra_desktop.ui.inspector.full_text import FullText
from orchestra_desktop.ui.inspector.retry_dialog import RetryDialog
from orchestra_desktop.ui.places import PANELS, PLACES
from orchestra_desktop.ui.review.changes_dialog import ChangesDialog
from orchestra_desktop.ui.review.failure import RawText
from orchestra_desktop.ui.settings.key_dialog import KeyDialog
from orchestra_desktop.ui.shell.key_choice import KeyChoice
from orchestra_desktop.ui.shell.key_sheet import KeySheet
from orchestra_desktop.viewmodels.checkpoint_cards import ANSWERS, Card
from tests.ui.driving import carried_out, opened, sample_planned
from tests.ui.walking import classes_of

DIALOGS: dict[type[QDialog], Callable[[UiContext], QDialog]] = {
    Question: lambda c: Question(c.shell.widget, c.theme, "Sure?", "It costs.", [Choice("yes", "Yes", "primary")]),
    RetryDialog: lambda c: RetryDialog(c.shell.widget, c.theme, "T1", (Tier.HAIKU,)),
    FullText: lambda c: FullText(c.shell.widget, c.theme, "Output", "words"),
    RawText: lambda c: RawText(c, "no plan"),
    ChangesDialog: lambda c: ChangesDialog(c.shell.widget, c.theme),
    KeyDialog: lambda c: KeyDialog(c.shell.widget, c),
    KeySheet: lambda c: KeySheet(c.shell.widget, c),
    KeyChoice: lambda c: KeyChoice(c.shell.widget, c, ACTIONS[0]),
}


def spoken(widget: QWidget) -> str:
    """What a screen reader is told: the name given, else what Qt takes from the words on the control."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def controls(root: QWidget) -> list[QWidget]:
    """What Tab reaches, and what can be clicked; the inner parts of Qt's own widgets are named by them."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if (widget.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(widget, QAbstractButton))
        and not widget.objectName().startswith("qt_")
        and not widget.inherits("QComboBoxListView")
        and not isinstance(widget.parent(), QAbstractScrollArea)  # a viewport is named by its view
    ]


def nameless(root: QWidget) -> list[str]:
    return sorted({_path(widget) for widget in controls(root) if not spoken(widget).strip()})


def _path(widget: QWidget) -> str:
    parents = []
    at: QWidget | None = widget
    while at is not None:
        parents.append(type(at).__name__)
        at = at.parentWidget()
    return " in ".join(parents[:5])


def nameless_dialogs(dialogs: Iterable[QDialog]) -> list[str]:
    found = []
    for dialog in dialogs:
        assert controls(dialog), f"{type(dialog).__name__} has no control at all"
        found += nameless(dialog)
        if not spoken(dialog).strip():
            found.append(type(dialog).__name__)
        dialog.done(0)
        dialog.deleteLater()
    return found


async def test_every_control_of_every_place_has_a_name(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        for stage in (sample_planned, carried_out):  # of a plan to be read, and of a run that has ended
            await stage(program)
            program.context.selection.pick(TaskId("T1"))
            for place in PLACES:
                for tab in [tab.id for tab in place.tabs] or [""]:
                    program.window.show_place(place.id, tab)
            program.window.show_place("run")
            for panel in PANELS:
                program.window.show_panel(panel.id)
            program.window.open_palette()
            assert nameless(program.window) == []


async def test_every_dialog_and_every_control_in_it_has_a_name(qapp: QApplication, tmp_path: Path) -> None:
    shown = {kind.__qualname__ for kind in classes_of(QDialog) if kind is not HeadedDialog}
    assert shown == {kind.__qualname__ for kind in DIALOGS}
    async with opened(qapp, tmp_path) as program:
        assert nameless_dialogs(make(program.context) for make in DIALOGS.values()) == []


async def test_every_control_of_a_card_in_the_inbox_has_a_name(qapp: QApplication, tmp_path: Path) -> None:
    everything = Card(
        CheckpointId("c"),
        ProjectId("p"),
        "a project",
        RunId("r"),
        "human_needed",
        text("ask.before", task="T1"),
        tuple(action for action in ANSWERS if action not in {"edit", "guide", "show"}),
        TaskId("T1"),
        "a title",
        output=Digest("d"),
        tiers=(Tier.HAIKU,),
    )
    async with opened(qapp, tmp_path) as program:
        view = CardView(program.context, everything)
        assert {spoken(button) for button in view.buttons.values()} == set(ANSWERS.values())
        assert nameless(view) == []
        view.deleteLater()


@pytest.mark.parametrize("name", ["", " "])
def test_a_control_without_a_name_is_found(qapp: QApplication, name: str) -> None:
    root = QWidget()
    button = Bare(root)
    button.setAccessibleName(name)
    assert nameless(root) == ["Bare in QWidget"]


class Bare(QAbstractButton):
    def paintEvent(self, _: object) -> None:  # noqa: N802 - Qt's name
        pass
