"""Finds every class of a kind that is written below `ui`, so that a test can hold all of them to something."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TypeVar

from orchestra_desktop import ui

T = TypeVar("T")


def classes_of(kind: type[T]) -> set[type[T]]:
    """The subclasses that stand in a module of `ui`, wherever."""
    names = [found.name for found in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}.")]
    return {
        one
        for name in names
        for one in vars(importlib.import_module(name)).values()
        if isinstance(one, type) and issubclass(one, kind) and one.__module__ == name
    }
