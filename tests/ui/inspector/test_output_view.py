"""The view of streamed text: batches, the bottom, bounds, folds, copying; and texts that would block it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from orchestra_desktop.ui.inspector.output_view import CLOSED, OPEN, OutputView, Run
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.ui.theme.tokens import Token


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, ThemeChoice.DARK)


@pytest.fixture
def view(theme: Theme, qtbot: object) -> OutputView:
    view = OutputView(theme, "output")
    view.resize(360, 200)
    view.show()
    qtbot.addWidget(view)  # type: ignore[attr-defined]
    return view


def test_only_what_is_new_is_inserted(view: OutputView) -> None:
    view.show_live("Hello")
    view.show_live("Hello, wor")
    view.show_live("Hello, world\nand more")
    assert view.toPlainText() == "Hello, world\nand more"


def test_what_was_stored_takes_the_place_of_what_streamed(view: OutputView) -> None:
    view.show_live("Hel")
    view.add_text("Hello")
    view.show_live("Next")
    assert view.toPlainText() == "Hello\nNext"
    view.show_live("")
    assert view.toPlainText().startswith("Hello")


def test_it_sticks_to_the_bottom_until_a_person_scrolls_up(view: OutputView) -> None:
    text = "line\n" * 200
    view.show_live(text)
    bar = view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    QTest.keyClick(view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    view.show_live(text + "more\n" * 50)
    assert bar.value() == 0
    assert not view.is_following
    view.follow()
    assert bar.value() == bar.maximum()
    view.show_live(text + "more\n" * 90)
    assert bar.value() == bar.maximum()


def test_a_long_text_without_a_space_is_laid_out_in_short_paragraphs(view: OutputView) -> None:
    """A paragraph is laid out whole whenever it grows: uncut, 300 KB block the widget for over 20 seconds."""
    text = ""
    for _ in range(30):
        text += "x" * 1_000
        view.show_live(text)
    paragraphs = view.toPlainText().split("\n")
    assert max(len(paragraph) for paragraph in paragraphs) < 2_000
    assert "".join(paragraphs) == view.whole_text() == text


def test_a_copy_is_the_text_as_it_was_written(view: OutputView) -> None:
    text = "some words that go on " * 200 + "\nand a second line"
    view.add_text(text)
    assert view.document().blockCount() > 3
    assert view.whole_text() == text


def test_a_fold_opens_and_closes_by_mouse_and_by_key(view: OutputView) -> None:
    asked: list[int] = []
    view.add_fold([Run("thinking, 3 words")], asked.append)
    view.add_text("The answer")
    at = view.cursorRect(view.textCursor()).center()
    view.moveCursor(view.textCursor().MoveOperation.Start)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.cursorRect().center() + at - at)
    assert asked == [0]
    view.unfolded(0, "First I look,\nthen I write.")
    assert view.toPlainText() == f"{OPEN}thinking, 3 words\n  First I look,\n  then I write.\nThe answer"
    view.moveCursor(view.textCursor().MoveOperation.Start)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.toPlainText() == f"{CLOSED}thinking, 3 words\nThe answer"


def test_a_fold_that_opens_at_the_end_is_not_taken_for_what_streams(view: OutputView) -> None:
    view.add_fold([Run("write_file a.py")], lambda _: None)
    view.toggle(0)
    view.unfolded(0, "content")
    view.show_live("streams")
    view.rewrite_fold(0, [Run("write_file a.py ok 3 ms")])
    view.add_text("stored")
    assert view.toPlainText() == f"{OPEN}write_file a.py ok 3 ms\n  content\nstored"


def test_an_answer_that_comes_after_the_fold_was_closed_again_is_dropped(view: OutputView) -> None:
    view.add_fold([Run("thinking")], lambda _: None)
    view.toggle(0)
    view.toggle(0)
    view.unfolded(0, "late")
    assert view.toPlainText() == f"{CLOSED}thinking"


def test_old_lines_are_let_go(view: OutputView) -> None:
    view.show_live("line\n" * 20_000)
    assert view.document().blockCount() <= 6_000


def test_a_selection_stays_while_text_streams_in(view: OutputView) -> None:
    view.show_live("first words\nand ")
    cursor = view.textCursor()
    cursor.setPosition(6)
    cursor.setPosition(11, cursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    view.show_live("first words\nand more\nof them")
    assert view.selected_text() == "words"
    assert view.is_following


class _Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.count += event.type() is QEvent.Type.Paint
        return False


def test_new_words_paint_nothing_that_lies_behind_the_view(theme: Theme, qapp: QApplication, qtbot: object) -> None:
    host = QWidget()
    view = OutputView(theme, "output")
    QVBoxLayout(host).addWidget(view)
    host.show()
    qtbot.addWidget(host)  # type: ignore[attr-defined]
    view.show_live("some")
    qapp.processEvents()
    behind, words = _Paints(host), _Paints(view.viewport())
    view.show_live("some words")
    qapp.processEvents()
    assert words.count > 0
    assert behind.count == 0


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_what_the_screen_shows_after_scrolling_is_what_a_whole_repaint_gives(
    theme: Theme, view: OutputView, qapp: QApplication, choice: ThemeChoice
) -> None:
    theme.choose(choice)
    text = ""
    for number in range(60):
        text += f"{number} words that fill a line and wrap, " * (number % 4) + "\n"
        view.show_live(text)
        qapp.processEvents()
    screen = view.screen().grabWindow(view.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    whole = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert view.verticalScrollBar().value() > 0
    assert screen == whole
    assert whole.pixelColor(view.viewport().geometry().bottomRight()) == theme.color(Token.INSET)


def test_text_that_looks_like_markup_stays_text(view: OutputView) -> None:
    view.add_text("<b>bold</b> <img src='http://example.org/x.png'>")
    assert view.toPlainText() == "<b>bold</b> <img src='http://example.org/x.png'>"


def test_it_can_be_shown_alone(view: OutputView) -> None:
    assert isinstance(view, QWidget)
    assert view.accessibleName() == "output"
