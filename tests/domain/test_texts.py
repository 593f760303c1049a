"""Sentences that wait for a language: compared by key and values, carried by every error."""

from __future__ import annotations

import pytest

from orchestra_desktop.domain import errors
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, OrchestraError, Owed
from orchestra_desktop.domain.texts import Text, text


def test_a_text_is_its_key_and_values() -> None:
    assert text("plan.cycle", path="T1 -> T1") == Text("plan.cycle", {"path": "T1 -> T1"})
    assert text("plan.cycle", path="T1 -> T1") != text("plan.cycle", path="T2 -> T2")
    assert text("run.stopped").args == {}


def test_a_value_may_be_called_key() -> None:
    assert text("settings.double_key", key="budget") == Text("settings.double_key", {"key": "budget"})


def test_values_of_one_text_do_not_leak_into_another() -> None:
    first, second = Text("a"), Text("a")
    first.args["x"] = 1
    assert second.args == {}


@pytest.mark.parametrize("kind", list(FaultKind))
def test_every_fault_has_a_text_of_its_own(kind: FaultKind) -> None:
    fault = ModelFault(FaultFacts(kind, Owed.NOTHING, "no route"))
    assert fault.text == Text(f"fault.{kind.value}", {"detail": "no route"})


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    drawn = {line.split("-- ")[1].split()[0] for line in (errors.__doc__ or "").splitlines() if "-- " in line}
    classes = {
        name
        for name, thing in vars(errors).items()
        if isinstance(thing, type) and issubclass(thing, OrchestraError) and thing is not OrchestraError
    }
    assert drawn == classes
