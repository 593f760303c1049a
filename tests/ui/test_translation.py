"""Nothing that people read is written into the code past Qt's translation system."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from orchestra_desktop.domain.texts import text
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.window_words import WINDOW_SENTENCES
from orchestra_desktop.viewmodels import english
from tests.ui.driving import opened, sample_planned

OPEN, CLOSE = "\u27e6", "\u27e7"


class Pseudo(QTranslator):
    """A language in which every sentence is longer and stands in brackets: what is not, was never translated."""

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False

    def translate(self, _context: str, source: str, _hint: str | None = None, _n: int = -1) -> str:
        return f"{OPEN}{source}{CLOSE}"


@pytest.fixture
def pseudo(qapp: QApplication) -> Iterator[None]:
    translator = Pseudo()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def test_a_sentence_is_translated_before_it_is_filled_in(pseudo: None, qapp: QApplication) -> None:
    assert translate("Shell", "Plan {number}", number=3) == f"{OPEN}Plan 3{CLOSE}"


def test_a_text_from_below_is_translated_by_its_sentence(pseudo: None, qapp: QApplication) -> None:
    said = tr(text("project.unknown", name="hello"))
    assert said.startswith(OPEN)
    assert "hello" in said


def test_one_and_many_differ_in_english_too(qapp: QApplication) -> None:
    assert counted("Shell", "{n} task", "{n} tasks", 1) == "1 task"
    assert counted("Shell", "{n} task", "{n} tasks", 2) == "2 tasks"


async def test_every_word_of_the_frame_can_be_translated(pseudo: None, qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        await sample_planned(program)
        for place in PLACES:
            window.show_place(place.id)
        frame = (window.top_bar, window.rail, window.bottom, window.status)
        untranslated = sorted({word for part in frame for word in _words(part) if not _is_data(word)})
        assert untranslated == []
        assert OPEN in window.windowTitle()


def _words(part: QWidget) -> Iterator[str]:
    for widget in part.findChildren(QWidget):
        if widget.accessibleName():
            yield widget.accessibleName()
        if isinstance(widget, QLabel | QAbstractButton) and widget.text():
            yield widget.text()
        if isinstance(widget, QLineEdit) and widget.placeholderText():
            yield widget.placeholderText()


def _is_data(word: str) -> bool:
    """Translated, or a name of a project, a service or a number."""
    return OPEN in word or word in {"hello-world", "Claude", "Ollama"} or not any(map(str.isalpha, word))


def test_the_windows_own_sentences_are_of_known_keys_and_name_no_command() -> None:
    for key, sentence in WINDOW_SENTENCES.items():
        assert "`" not in sentence, key
        assert _fields(sentence) <= _fields(english.SENTENCES[key]), key


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_what_the_command_line_names_is_a_button_in_the_window(qapp: QApplication) -> None:
    assert "`" in english.english(text("models.none"))
    assert "Settings" in tr(text("models.none"))
