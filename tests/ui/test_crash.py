"""The PySide6 fault: a version that loses references to None and True kills the process after some thousand calls."""

from __future__ import annotations

import os
import subprocess
import sys

# 6.12.0 on CPython 3.11 aborts in `none_dealloc` long before the end of each of these loops.
STORY = """
import asyncio, sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget
from orchestra_desktop.ui.bridge import make_loop

class Sender(QObject):
    said = Signal(int)

application = QApplication([])
sender, heard = Sender(), []
sender.said.connect(heard.append)
widget = QWidget()
before = sys.getrefcount(None), sys.getrefcount(True)
for number in range(50_000):
    widget.setEnabled(True)  # returns nothing
for number in range(50_000):
    sender.said.emit(number)

async def turn() -> None:
    for _ in range(20_000):
        await asyncio.sleep(0)

with asyncio.Runner(loop_factory=lambda: make_loop(application)) as runner:
    runner.run(turn())
lost = before[0] - sys.getrefcount(None), before[1] - sys.getrefcount(True)
print(len(heard), max(lost) < 1_000)
"""


def test_a_hundred_thousand_calls_and_twenty_thousand_turns_do_not_kill_the_process() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", STORY], capture_output=True, text=True, env=environment, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["50000", "True"]
