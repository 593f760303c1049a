"""Every item model of the window keeps Qt's rules with real rows in it; a model that nobody looks at here fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.modeltest import ModelTester

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.ui.places import PANELS, PLACES
from tests.ui.driving import opened, sample_finished, until
from tests.ui.walking import classes_of


def _everything_shown(program: WindowProgram) -> None:
    """Every place, tab and panel once, so that each view there is has been made."""
    program.context.selection.pick(TaskId("T1"))
    for place in PLACES:
        for tab in [tab.id for tab in place.tabs] or [""]:
            program.window.show_place(place.id, tab)
    program.window.show_place("run")
    for panel in PANELS:
        program.window.show_panel(panel.id)
    program.window.open_palette()


def _with_rows(program: WindowProgram) -> dict[type[QAbstractItemModel], QAbstractItemModel]:
    models = [view.model() for view in program.window.findChildren(QAbstractItemView)]
    return {type(model): model for model in models if model.rowCount()}


async def test_every_item_model_keeps_qts_rules(qapp: QApplication, tmp_path: Path, qtmodeltester: ModelTester) -> None:
    wanted = classes_of(QAbstractItemModel)
    assert len(wanted) >= 8
    async with opened(qapp, tmp_path) as program:
        await sample_finished(program)
        _everything_shown(program)
        try:
            await until(program, lambda: wanted <= set(_with_rows(program)))
        except TimeoutError:
            pytest.fail(f"never seen with rows: {wanted - set(_with_rows(program))}")
        for kind, model in _with_rows(program).items():
            if kind in wanted:
                qtmodeltester.check(model)  # type: ignore[no-untyped-call]
