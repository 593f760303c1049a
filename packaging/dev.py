"""The developer's one tool. It sets up everything it needs by itself and uses the standard library only.

python3 packaging/dev.py run [-- ARGUMENTS]   the program; where no window can be shown, a sample in the terminal
python3 packaging/dev.py test [ARGUMENTS]     the tests, on several cores; arguments go to pytest
python3 packaging/dev.py check                format, lint, types and the floors of the house
python3 packaging/dev.py bench [NAME]         the benchmarks of tests/benchmarks; figures as JSON
python3 packaging/dev.py screenshots DIR      pictures of every screen in both themes, from the real program
python3 packaging/dev.py bundle               a program that needs no Python, in dist/, and a first try of it
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path


def too_old(version: tuple[int, int], found: Mapping[str, str | None]) -> str | None:
    """The sentence for somebody whose Python is too old; `found` are the paths of newer ones by name."""
    if version >= (3, 11):
        return None
    newer = [name for name, path in found.items() if path]
    advice = f"run it with {newer[0]}" if newer else "install a newer Python, then run it with that one"
    return f"Orchestra Desktop needs Python 3.11 or newer, and this is {version[0]}.{version[1]}: {advice}."


# Before anything is imported that an older Python cannot read; this file alone is kept readable for them.
_newer = {name: shutil.which(name) for name in ("python3.13", "python3.12", "python3.11")}
_complaint = too_old(sys.version_info[:2], _newer)
if _complaint:
    sys.exit(_complaint)

import dev_bundle
import dev_environment
import dev_system

ROOT = dev_environment.ROOT
SAMPLE = "resources/samples/hello-world.md"
MOST_WORKERS = 4  # beyond that the tests wait for the disk

# Heading -> arguments of the environment's Python. import-linter has no module to run, hence its function.
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Format (ruff format)", ("-m", "ruff", "format", "--check", ".")),
    ("Lint (ruff check)", ("-m", "ruff", "check", ".")),
    ("Types (mypy)", ("-m", "mypy")),
    (
        "Floors (import-linter)",
        ("-X", "utf8", "-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
    ),
)


def without_separator(arguments: list[str]) -> list[str]:
    """`run -- list` and `run list` mean the same."""
    return arguments[1:] if arguments[:1] == ["--"] else arguments


def why_terminal(environment: Mapping[str, str], platform: str) -> str | None:
    """Why no window can be shown, as one sentence; None if one can."""
    if platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        return "There is no display here, so the sample project runs in the terminal instead of a window."
    return None


def sample_arguments(data_dir: str) -> list[str]:
    """The sample, rehearsed: no key, no network, no spending."""
    return ["run", SAMPLE, "--yes", "--rehearse", "--data-dir", data_dir]


def pytest_arguments(passed: list[str], cores: int) -> list[str]:
    """What pytest is given: as many workers as there are cores, up to four, unless the person says how many."""
    named = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in passed)
    workers = [] if named else ["-n", str(min(cores, MOST_WORKERS)), "--dist", "worksteal"]
    return ["-m", "pytest", *workers, *passed]


def benchmarks(folder: Path) -> list[str]:
    """The names of the benchmark scripts."""
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


def chosen_benchmarks(passed: list[str], known: list[str]) -> list[str]:
    """The one that was named, or all. Raises NotPossible for a name that is none."""
    if not passed:
        return known
    if passed[0] not in known:
        raise dev_environment.NotPossible(
            f"There is no benchmark {passed[0]}; there are: {', '.join(known) or 'none'}."
        )
    return passed[:1]


def _python(python: Path, *arguments: str) -> int:
    return dev_environment.run([str(python), *arguments])


def run(python: Path, passed: list[str]) -> int:
    """Start the program; what it is told comes from the person, else from what this machine can show."""
    if passed:
        return _python(python, "-m", "orchestra_desktop", *passed)
    reason = why_terminal(os.environ, sys.platform)
    if reason is None:
        return _python(python, "-m", "orchestra_desktop")
    data_dir = tempfile.mkdtemp(prefix="orchestra-desktop-")
    print(f"{reason}\nIts data folder, which you may delete: {data_dir}\n", flush=True)
    return _python(python, "-m", "orchestra_desktop", *sample_arguments(data_dir))


def test(python: Path, passed: list[str]) -> int:
    """Run the tests."""
    return _python(python, *pytest_arguments(passed, os.cpu_count() or 1))


def check(python: Path, _: list[str]) -> int:
    """Run all checks, even after one has failed; 1 if any did."""
    failed = []
    for heading, arguments in CHECKS:
        print(f"\n=== {heading}", flush=True)
        if _python(python, *arguments) != 0:
            failed.append(heading)
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.", flush=True)
    return 1 if failed else 0


def bench(python: Path, passed: list[str]) -> int:
    """Run one benchmark, with the arguments after its name, or all; each prints its figures."""
    chosen = chosen_benchmarks(passed, benchmarks(ROOT / "tests" / "benchmarks"))
    codes = [_python(python, "-m", f"tests.benchmarks.{name}", *without_separator(passed[1:])) for name in chosen]
    return max(codes, default=0)


def screenshots(python: Path, passed: list[str]) -> int:
    """Drive the program through its screens and save a picture of each."""
    return _python(python, str(ROOT / "packaging" / "screenshots.py"), *passed)


def bundle(python: Path, _: list[str]) -> int:
    """Freeze the program and try it."""
    return dev_bundle.build_and_try(python, SAMPLE)


VERBS: dict[str, Callable[[Path, list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "screenshots": screenshots,
    "bundle": bundle,
}


def _carry_out(verb: str, passed: list[str]) -> int:
    shows_window = verb == "run" and not passed and why_terminal(os.environ, sys.platform) is None
    window = (*dev_system.QT, *dev_system.WINDOW) if shows_window else ()
    if not dev_system.provide((*dev_system.SYSTEM_PACKAGES[verb], *window)):
        print("Going on without them; what needs them will fail.", flush=True)
    return VERBS[verb](dev_environment.ensure(), passed)


def main(arguments: list[str]) -> int:
    """Carry out one verb; the exit code."""
    verb, passed = (arguments or ["--help"])[0], without_separator(arguments[1:])
    if verb not in VERBS:
        print(__doc__)
        return 0 if verb in ("-h", "--help") and arguments else 2
    try:
        return _carry_out(verb, passed)
    except dev_environment.NotPossible as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
