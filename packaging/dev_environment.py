"""The virtual environment in `.venv`: made if it does not run, completed if what it is made from has changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import dev_system

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "orchestra-desktop.stamp"

INTERRUPTED = "an installation began here"  # the stamp while pip works; found later, files may be half written
_FOREIGN = ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")  # would make the environment's Python another one


class NotPossible(Exception):
    """Setting up cannot go on; the message says what a person can do."""


def python_in(venv: Path, platform: str = sys.platform) -> Path:
    """The interpreter of a virtual environment."""
    return venv / "Scripts" / "python.exe" if platform == "win32" else venv / "bin" / "python"


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What children see: all of the machine's settings, pip's included, but nothing that bends Python's paths."""
    return {name: value for name, value in environment.items() if name not in _FOREIGN}


def run(words: list[str]) -> int:
    """Run a program in the repository and wait for it; its exit code."""
    sys.stdout.flush()
    return subprocess.run(words, cwd=ROOT, env=child_environment(os.environ), check=False).returncode


def version_of(python: Path) -> str | None:
    """The version of an environment's Python; None if it does not run, has no pip yet, or is too old."""
    question = "import sys, pip; assert sys.version_info >= (3, 11); print(sys.version)"
    try:
        answer = subprocess.run([str(python), "-c", question], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def fingerprint(project: bytes, constraints: bytes, version: str) -> str:
    """What an installation is made from; another one means: install again."""
    digest = hashlib.sha256()
    for part in (project, constraints, version.encode()):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def install_words(python: Path, stamp: str | None) -> list[str]:
    """The pip command; after an interrupted one everything is laid anew, since pip takes half a package for a whole."""
    anew = ["--force-reinstall"] if stamp == INTERRUPTED else []
    wanted = ["--editable", ".[dev]", "--constraint", "packaging/constraints.txt"]
    return [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet", *anew, *wanted]


def _read_stamp() -> str | None:
    return STAMP.read_text(encoding="utf-8") if STAMP.exists() else None


def _require_ensurepip() -> None:
    """Debian ships Python without the part that puts pip into an environment."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if not dev_system.provide((package,)):
        raise NotPossible("Python here cannot make virtual environments without the package " + package + ".")


def _make() -> None:
    print("Making the virtual environment in .venv.", flush=True)
    _require_ensurepip()
    if run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise NotPossible("The virtual environment could not be made; the reason stands above.")


def _install(python: Path, wanted: str) -> None:
    print("Installing what the program and its tools need; the first time this takes some minutes.", flush=True)
    words = install_words(python, _read_stamp())
    STAMP.write_text(INTERRUPTED, encoding="utf-8")
    if run(words) != 0:
        raise NotPossible("Installing failed; the reason stands above. The same command can be given again.")
    STAMP.write_text(wanted, encoding="utf-8")


def ensure() -> Path:
    """The Python of a complete environment.

    Raises NotPossible if there cannot be one. Nothing is done, and no network is used, if the stamp in it fits.
    """
    python = python_in(VENV)
    version = version_of(python)
    if version is None:
        _make()
        version = version_of(python)
    if version is None:
        raise NotPossible("The Python in .venv does not run, though it was made just now.")
    constraints = ROOT / "packaging" / "constraints.txt"
    wanted = fingerprint((ROOT / "pyproject.toml").read_bytes(), constraints.read_bytes(), version)
    if _read_stamp() != wanted:
        _install(python, wanted)
    return python
