"""From starting the process to the first painted window, beside an empty QMainWindow in the same run.

python -m tests.benchmarks.startup [--pairs N] [--platform NAME]

prints JSON: milliseconds of each, and the ratio of the medians of pairs, which is to be at most 2.5.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT = 2.5
EMPTY = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, painted)

def painted():
    print("painted", flush=True)
    application.quit()

application = QApplication(sys.argv[:1])
window = Window()
window.resize(1440, 900)
window.show()
application.exec()
"""
PROGRAM = """
import sys
from pathlib import Path
from orchestra_desktop.__main__ import make_session
from orchestra_desktop.app_window import run_window
from orchestra_desktop.services.start_options import StartOptions

async def painted(program):
    print("painted", flush=True)
    program.end()

run_window(make_session, StartOptions(data_dir=Path(sys.argv[1]), offline=True), painted)
"""


def milliseconds(story: str, folder: str, platform: str) -> float:
    """From the start of a process to its line `painted`."""
    environment = {**os.environ, "QT_QPA_PLATFORM": platform}
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", story, folder], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        taken = time.perf_counter() - begun
        process.wait(timeout=30)
    if line.strip() != b"painted":
        raise RuntimeError(f"the process said {line!r} and ended with {process.returncode}")
    return taken * 1_000


def measure(pairs: int, platform: str) -> dict[str, object]:
    """Pair by pair, so that a busy moment touches both."""
    with tempfile.TemporaryDirectory() as folder:
        milliseconds(EMPTY, folder, platform)  # the first of each reads files that later ones find in memory
        milliseconds(PROGRAM, folder, platform)
        rows = [(milliseconds(EMPTY, folder, platform), milliseconds(PROGRAM, folder, platform)) for _ in range(pairs)]
    empty, program = (statistics.median(column) for column in zip(*rows, strict=True))
    ratio = statistics.median(mine / other for other, mine in rows)
    return {
        "empty_window_ms": round(empty),
        "program_ms": round(program),
        "ratio": round(ratio, 2),
        "limit": LIMIT,
        "kept": ratio <= LIMIT,
    }


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 if the limit was not kept."""
    parser = argparse.ArgumentParser(prog="startup", description=__doc__)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--platform", default="offscreen")
    given = parser.parse_args(arguments)
    figures = measure(given.pairs, given.platform)
    print(json.dumps(figures))
    return 0 if figures["kept"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
