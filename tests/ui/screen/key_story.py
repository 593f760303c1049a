"""A step with the key for Claude in the real window, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.settings.key_dialog import SERVICE
from tests.ui.screen.hands import Desk, ScreenKeys, ScreenMouse
from tests.ui.screen.own_process import tell


async def keep(program: WindowProgram, desk: Desk, key: str) -> str:
    """By keys: typed, kept with Return and tested; what the card says at the end."""
    fingers = ScreenKeys(desk, program)
    await _typed(fingers, key)
    await fingers.see("A key is there", QLabel)
    await fingers.use("Test the key", QPushButton)
    return await _words(fingers, "The key works")


async def keep_for_session(program: WindowProgram, desk: Desk, key: str) -> str:
    """The same where there is no keyring: the dialog says so and offers what is left."""
    fingers = ScreenKeys(desk, program)
    await _typed(fingers, key)
    refused = await _words(fingers, "This system has no keyring")
    await fingers.use("Keep for this session", QPushButton)
    await fingers.see("A key is there", QLabel)
    assert await program.context.session.context.keys.get(SERVICE) == key
    return refused


async def delete(program: WindowProgram, desk: Desk, _key: str) -> str:
    """By mouse, after a question."""
    hand = ScreenMouse(desk, program)
    await hand.click("Settings")
    await hand.see("A key is there", QLabel)
    await hand.click("Delete the key", QPushButton)
    await hand.see("Keep it", QPushButton)
    await hand.click("Delete the key", QPushButton)
    return await _words(hand, "No key")


async def _typed(fingers: ScreenKeys, key: str) -> None:
    await fingers.see("New project", QPushButton)
    await fingers.press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    await fingers.see("No key", QLabel)
    await fingers.use("Give a key", QPushButton)
    await fingers.until(lambda: fingers.focus() is fingers.look("Key", QLineEdit), "the keys in the field")
    await fingers.write(key)
    await fingers.press(Qt.Key.Key_Return)


async def _words(eyes: ScreenKeys | ScreenMouse, beginning: str) -> str:
    label = await eyes.see(beginning, QLabel)
    assert isinstance(label, QLabel)
    return label.text()


STEPS = {"keep": keep, "keep-for-session": keep_for_session, "delete": delete}

if __name__ == "__main__":
    step, key = STEPS[sys.argv[2]], sys.stdin.read()
    print(json.dumps({"said": tell(Path(sys.argv[1]), lambda program, desk: step(program, desk, key))}))
