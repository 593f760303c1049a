"""The page on ports tells of every port there is, and of everything that each one offers."""

from __future__ import annotations

import inspect
import re
from typing import Protocol

import pytest

from orchestra_desktop.domain import ports
from tests.pages import page

PORTS = {name: thing for name, thing in vars(ports).items() if Protocol in getattr(thing, "__bases__", ())}


def test_the_page_has_a_heading_for_each_port_in_the_order_of_the_module() -> None:
    assert re.findall(r"^## (\w+)$", page("ports.md"), flags=re.MULTILINE) == list(PORTS)


@pytest.mark.parametrize("name", sorted(PORTS))
def test_every_port_says_what_it_promises(name: str) -> None:
    assert inspect.getdoc(PORTS[name])


@pytest.mark.parametrize("name", ["Clock", "Ids", "Journal", "Keys", "ModelProvider", "Network", "Toolbox"])
def test_the_page_tells_of_every_member(name: str) -> None:
    chapter = page("ports.md").partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    members = [member for member in vars(PORTS[name]) if not member.startswith("_")]
    assert [member for member in members if f"`{member}" not in chapter] in ([], ["name"])
