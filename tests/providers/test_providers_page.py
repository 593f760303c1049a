"""The page about models and the network says what the code does."""

from __future__ import annotations

from orchestra_desktop.domain.errors import FaultKind
from orchestra_desktop.network.guard import MAX_RESPONSE_BYTES
from orchestra_desktop.providers.rehearsal_plan import LABEL
from tests.pages import page, table_under


def test_every_fault_has_its_line() -> None:
    rows = table_under("providers.md", "How faults are read")
    assert {row[0] for row in rows} == {f"`{kind.value}`" for kind in FaultKind}


def test_the_label_of_the_rehearsal_and_the_bound_of_a_response_are_the_real_ones() -> None:
    text = page("providers.md")
    assert LABEL in text
    assert f"{MAX_RESPONSE_BYTES // 1024**2} MiB" in text
