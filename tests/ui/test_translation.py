"""Nothing that people read is written into the code past Qt's translation system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from xml.sax.saxutils import escape

import PySide6
import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from orchestra_desktop.domain.texts import text
from orchestra_desktop.ui.catalogue import installed
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.window_words import WINDOW_SENTENCES
from orchestra_desktop.viewmodels import english
from orchestra_desktop.viewmodels.english import SENTENCES
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


GERMAN = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context><name>Shell</name>
 <message><source>Orchestra</source><translation>Orchester</translation></message>
 <message numerus="yes"><source>{n} wait for you</source><translation>
  <numerusform>{n} wartet auf Sie</numerusform><numerusform>{n} warten auf Sie</numerusform></translation></message>
</context>
<context><name>Places</name>
 <message><source>Settings</source><translation>Einstellungen</translation></message>
</context>
<context><name>Actions</name>
 <message><source>New project…</source><translation>Neues Projekt…</translation></message>
</context>
<context><name>Text</name>
 <message><source>SENTENCE</source><translation>Das Projekt {name} gibt es nicht.</translation></message>
</context>
</TS>
"""


@pytest.fixture
def german(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    """A small catalogue, compiled as translators do it."""
    folder = tmp_path / "translations"
    folder.mkdir()
    source = folder / "orchestra_de.ts"
    source.write_text(GERMAN.replace("SENTENCE", escape(SENTENCES["project.unknown"])), encoding="utf-8")
    compiler = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    subprocess.run([compiler, source, "-qm", source.with_suffix(".qm")], check=True, capture_output=True)
    translator = installed(qapp, "de-AT", folder)
    assert translator is not None
    yield
    qapp.removeTranslator(translator)


async def test_a_catalogue_changes_the_words_of_the_window(german: None, qapp: QApplication, tmp_path: Path) -> None:
    assert counted("Shell", "{n} waits for you", "{n} wait for you", 1) == "1 wartet auf Sie"
    assert counted("Shell", "{n} waits for you", "{n} wait for you", 2) == "2 warten auf Sie"
    assert tr(text("project.unknown", name="hallo")) == "Das Projekt hallo gibt es nicht."
    async with opened(qapp, tmp_path / "data") as program:
        assert program.window.windowTitle() == "Orchester"
        assert "Einstellungen" in set(_words(program.window.rail))
        assert program.context.registry["project.new"].text() == "Neues Projekt…"
        assert "Inbox" in set(_words(program.window.rail))  # what is not translated is said in English


def test_where_there_is_no_catalogue_it_is_said_in_english(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "orchestra_fr.qm").write_bytes(b"no catalogue")
    assert installed(qapp, "fr", tmp_path) is None
    assert installed(qapp, "en", tmp_path) is None
    assert translate("Shell", "Orchestra") == "Orchestra"


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
