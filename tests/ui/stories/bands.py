"""What the window says unasked, as a person finds it: the bands under the top bar, with the buttons on them."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.dialogs import Question
from orchestra_desktop.ui.shell.standing_band import Band
from tests.ui.driving import until
from tests.ui.stories.hands import Eyes, spoken


def band(program: WindowProgram, title: str) -> Band | None:
    """The one in sight whose title begins so."""
    bands = program.window.findChildren(Band)
    return next((one for one in bands if one.isVisible() and spoken(one).startswith(title)), None)


def words_of(shown: QWidget) -> str:
    return " ".join(label.text() for label in shown.findChildren(QLabel))


async def see_band(program: WindowProgram, title: str) -> Band:
    return await Eyes(program).until(lambda: band(program, title), f"a band {title!r}")


async def see_no_band(program: WindowProgram, title: str) -> None:
    await Eyes(program).until(lambda: band(program, title) is None, f"no band {title!r}")


def press(shown: Band | Question, label: str) -> None:
    buttons = shown.findChildren(QAbstractButton)
    next(button for button in buttons if button.isVisible() and spoken(button) == label).click()


async def see_question(program: WindowProgram, title: str) -> Question:
    def asked() -> Question | None:
        front = QApplication.activeModalWidget()
        return front if isinstance(front, Question) and spoken(front).startswith(title) else None

    return await Eyes(program).until(asked, f"the question {title!r}")


async def answered(program: WindowProgram, title: str, label: str) -> str:
    """Answers a question by a button; what it said."""
    question = await see_question(program, title)
    said = words_of(question)
    press(question, label)
    await until(program, lambda: not program.bridge.is_running("window.closing"))
    return said


def notices(program: WindowProgram) -> str:
    return " | ".join(notice.words for notice in program.notices.history)
