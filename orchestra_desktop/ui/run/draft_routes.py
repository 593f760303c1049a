"""Who would do the tasks of a plan that has not run: what the review asked for, so that every tab says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import TaskId
    from orchestra_desktop.domain.run import Route
    from orchestra_desktop.ui.review.desk import ReviewDesk
    from orchestra_desktop.viewmodels.run_rows import RunRows


def routes_of_draft(desk: ReviewDesk, rows: RunRows) -> Mapping[TaskId, Route]:
    """Nothing for a run, and while the review looks at another version."""
    if rows.run is not None or desk.version is None or desk.version.number != rows.plan_number:
        return {}
    return desk.routes
