"""Finds every `Text` that the program makes, with the arguments it is given there, by reading the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orchestra_desktop
from orchestra_desktop.domain.errors import FaultKind

ROOT = Path(orchestra_desktop.__file__).parent
KEY = re.compile(r"[a-z_]+(\.[a-z_]+)+")

# The functions that make a Text, and at which place they take its key.
_MAKERS = {"text": 0, "Text": 0, "repaired": 0, "warning": 0, "error": 0, "problem": 2, "_refusal": 0, "_invalid": 0}
_MAKERS["hold_back"] = 1  # a step of the rules that says with a bare key what a task waits for
_ABOUT_A_TASK = {"repaired", "warning", "error"}  # whose second argument, if there is one, becomes `task`
# Floors whose literals of the form of a key are one, unless they stand below.
_SPEAKING = ("domain", "storage", "network", "providers", "tools", "calls", "prompts", "planning", "engine", "services")
_SPEAKING_ALSO = ("settings",)
_NOT_KEYS = {
    *("budget.time_zone", "handoff.sock", "keyring.backends.fail", "keyring.backends.null", "settings.json"),
    *("priors.json", "prices.json", "orchestra.db", "instance.json", "instance.lock", "hello_world.py"),
}


@dataclass(frozen=True, slots=True)
class Site:
    """One place that makes a Text. `given` is None where the arguments cannot be read off the source."""

    key: str
    place: str
    given: frozenset[str] | None


def sites() -> list[Site]:
    return [site for path in sorted(ROOT.rglob("*.py")) for site in _sites_of(path)]


def _sites_of(path: Path) -> Iterator[Site]:
    if path.name.startswith("sentences_of_"):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = _constants(tree) | _WAITS
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for key in _keys(node, constants):
                yield Site(key, f"{path.relative_to(ROOT)}:{node.lineno}", _given(node, path))


def literals(families: set[str]) -> set[str]:
    """String literals of the lower floors that look like keys of these families: those chosen from tables too."""
    found = set()
    for floor in (*_SPEAKING, *_SPEAKING_ALSO):
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                    found.add(node.value)
    return {key for key in found if key.partition(".")[0] in families} - _NOT_KEYS


def _keys(call: ast.Call, constants: dict[str, str]) -> list[str]:
    maker = _name(call)
    place = _MAKERS.get(maker)
    if place is None or len(call.args) <= place:
        return []
    return _values(call.args[place], constants)


def _name(call: ast.Call) -> str:
    """What is called: a function by its name, of methods only those that are listed."""
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr="hold_back"):
            return "hold_back"
        case _:
            return ""


def _values(node: ast.expr, constants: dict[str, str]) -> list[str]:
    match node:
        case ast.Constant(value=str(key)) if KEY.fullmatch(key):
            return [key]
        case ast.IfExp():
            return _values(node.body, constants) + _values(node.orelse, constants)
        case ast.Name(id=name) if name in constants:
            return [constants[name]]
        case ast.JoinedStr() if ast.unparse(node).startswith("f'fault."):
            return [f"fault.{kind.value}" for kind in FaultKind]
        case _:
            return []


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


_WAITS = {
    "DEPENDENCIES": "wait.dependencies",
    "RETRY": "wait.retry",
    "PROVIDER": "wait.provider",
    "HEADROOM": "wait.headroom",
    "PAUSED": "wait.paused",
    "SERVICE": "wait.service",
    "SCOPE": "wait.scope",
}


def _given(call: ast.Call, path: Path) -> frozenset[str] | None:
    maker = _name(call)
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    if maker == "Text" and len(call.args) > 1:
        return _names_of(call.args[1])
    if maker == "_invalid":
        names.add("path")
    if maker == "problem" or (maker == "text" and path.parent.name == "settings"):
        names.add("where")  # `settings.problems` adds it to what a validator of a field refuses
    if maker in _ABOUT_A_TASK and (len(call.args) > 1 or "task" in names):
        names.add("task")
    return frozenset(names)


def _names_of(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, ast.Dict):
        return None
    return frozenset(key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
