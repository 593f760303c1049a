"""The shape of the repository: the floors of the house, the fixed top level, what modules say and are called."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("orchestra_desktop", "packaging", "tests")

TOP_LEVEL = {
    *("orchestra_desktop", "resources", "tests", "packaging"),
    *("pyproject.toml", "build.spec", "README.md", "LICENSE"),
    *(".ci", ".github", ".gitignore", ".pre-commit-config.yaml"),
}
MADE_BY_TOOLS = {
    *(".git", ".venv", "build", "dist", "orchestra_desktop.egg-info", "__pycache__"),
    *(".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
    *(".idea", ".vscode", ".DS_Store"),
}
# Names that say nothing about what is inside, and so gather everything.
NAMELESS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
STOPWATCHES = {"monotonic", "perf_counter", "process_time", "timeit"}

_LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def _modules() -> Iterator[Path]:
    for folder in OURS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _attributes(path: Path) -> Iterator[ast.Attribute]:
    """Of the module `time` and the like: whatever stands behind a plain name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node


def _project() -> Mapping[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """The contracts, judged by their own program in a process of its own: it keeps global state."""
    words = [sys.executable, "-X", "utf8", "-c", _LINT, "--no-cache"]  # it draws lines, which not every code page has
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def test_every_floor_imports_only_what_it_may() -> None:
    verdict = _lint_imports(ROOT)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_nothing_lies_at_the_top_level_but_what_belongs_there() -> None:
    strangers = {path.name for path in ROOT.iterdir()} - TOP_LEVEL - MADE_BY_TOOLS

    assert strangers == set()


def test_everything_that_belongs_at_the_top_level_is_there() -> None:
    missing = TOP_LEVEL - {path.name for path in ROOT.iterdir()}

    assert missing == set()


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in _modules() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    nameless = [path for path in _modules() if NAMELESS & set(path.relative_to(ROOT).with_suffix("").parts)]

    assert nameless == []


def test_no_test_holds_a_stopwatch() -> None:
    """A busy machine would fail it: what is promised about speed is measured in `tests/benchmarks/`."""
    tests = [path for path in _modules() if path.name.startswith("test_")]
    named = {path: {node.attr for node in _attributes(path)} & STOPWATCHES for path in tests}

    assert {path: names for path, names in named.items() if names} == {}


def test_every_package_of_ours_is_in_the_wheel() -> None:
    packages = {path.parent for path in (ROOT / "orchestra_desktop").rglob("*.py")}
    listed = set(_project()["tool"]["setuptools"]["packages"]) - {"orchestra_desktop._resources"}

    assert listed == {".".join(path.relative_to(ROOT).parts) for path in packages}


def test_the_folder_packaging_does_not_hide_the_library_of_that_name() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_every_dependency_is_pinned_and_gives_its_reason() -> None:
    project = _project()["project"]
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-")

    for requirement in wanted:
        line = next(line for line in lines if f'"{requirement}"' in line)
        name = requirement.lower().rstrip("0123456789.,*<>=")
        assert "#" in line, f"{requirement} without a reason"
        assert f"\n{name}==" in pinned, f"{name} is not in constraints.txt"


RULES = ("rules", "step", "attempt_rules", "person_rules", "stimuli", "instructions", "slots")
# The house without its code, for the contracts to be tried on.
SKELETON = (
    *(
        "__init__",
        "__main__",
        "app",
        "app_window",
        "ui/__init__",
        "ui/bridge",
        "cli/__init__",
        "viewmodels/__init__",
        "services/__init__",
        "planning/__init__",
    ),
    *(
        "engine/__init__",
        "engine/run_state",
        *(f"engine/{name}" for name in RULES),
        "calls/__init__",
        "prompts/__init__",
        "providers/__init__",
        "tools/__init__",
    ),
    *("storage/__init__", "settings/__init__", "network/__init__", "domain/__init__", "domain/budget", "domain/money"),
)
# The fault that a contract is there for -> the module that commits it, and how.
FAULTS = {
    "a lower floor imports a higher one": ("domain/money", "import orchestra_desktop.calls"),
    "siblings know each other": ("providers/__init__", "import orchestra_desktop.tools"),
    "a new package has no floor": ("misplaced/__init__", ""),
    "a service opens the database": ("services/__init__", "import orchestra_desktop.storage"),
    "the engine opens a connection": ("engine/__init__", "import orchestra_desktop.network"),
    "a verb of the command line calls the engine": ("cli/__init__", "import orchestra_desktop.engine"),
    "a service makes a call by itself": ("services/__init__", "import orchestra_desktop.calls"),
    "a view model builds a prompt": ("viewmodels/__init__", "import orchestra_desktop.prompts"),
    "the engine reads the settings": ("engine/__init__", "import orchestra_desktop.settings"),
    "the command line loads Qt": ("cli/__init__", "import PySide6.QtCore"),
    "a view model loads Qt inside a function": ("viewmodels/__init__", "def late():\n    import qasync"),
    "the engine speaks to Claude by itself": ("engine/__init__", "import anthropic"),
    "a service writes SQL": ("services/__init__", "import sqlite3"),
    "the domain reads the clock": ("domain/money", "import time"),
    "the domain writes a log": ("domain/money", "import logging"),
    "a prompt waits": ("prompts/__init__", "import asyncio"),
    "the rules of a run start a thread": ("engine/run_state", "import threading"),
    "modules of one floor go in circles": ("domain/budget", "import orchestra_desktop.domain.money"),
}


def _house(folder: Path, module: str = "domain/money", line: str = "") -> Path:
    """The skeleton in a folder of its own, with one more line in one module."""
    texts = dict.fromkeys(SKELETON, "")
    texts["domain/money"] = "import orchestra_desktop.domain.budget\n"
    texts[module] = texts.get(module, "") + line
    for name, text in texts.items():
        path = folder / "orchestra_desktop" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return folder


def test_the_contracts_hold_for_a_house_without_faults(tmp_path: Path) -> None:
    verdict = _lint_imports(_house(tmp_path))

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(("module", "line"), FAULTS.values(), ids=FAULTS.keys())
def test_the_contracts_catch_it_when(module: str, line: str, tmp_path: Path) -> None:
    verdict = _lint_imports(_house(tmp_path, module, line))

    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert "BROKEN" in verdict.stdout
