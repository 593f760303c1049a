"""The one place where the window says what happened."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.texts import text
from orchestra_desktop.ui.notices import Notice, Notices, Tone
from orchestra_desktop.ui.shell.notice_stack import MOST_SHOWN, NoticeStack, Toast
from orchestra_desktop.ui.theme.theme import Theme


@pytest.fixture
def stack(qapp: QApplication) -> tuple[Notices, NoticeStack, QWidget]:
    window = QWidget()
    window.resize(1_000, 700)
    over = QWidget(window)
    over.setGeometry(100, 50, 500, 400)
    notices = Notices()
    return notices, NoticeStack(window, over, notices, Theme(qapp)), window


def _toasts(stack: NoticeStack) -> list[Toast]:
    return [toast for toast in stack.findChildren(Toast) if not toast.isHidden()]


def _close(stack: NoticeStack) -> None:
    for toast in _toasts(stack):
        toast.close_now()


def test_an_error_of_ours_says_its_sentence_and_stays(stack: tuple[Notices, NoticeStack, QWidget]) -> None:
    notices, shown, _window = stack
    notices.fault(InvalidInput(text("project.unknown", name="hello")))
    assert "hello" in notices.history[-1].words
    assert notices.history[-1].lasts_ms == 0
    assert len(_toasts(shown)) == 1
    _close(shown)


@pytest.mark.logs_errors("unexpected error")
def test_an_error_of_the_program_is_logged_and_does_not_show_a_traceback(
    stack: tuple[Notices, NoticeStack, QWidget],
) -> None:
    notices, shown, _window = stack
    notices.fault(KeyError("planted"))
    assert "Traceback" not in notices.history[-1].words + notices.history[-1].detail
    assert "KeyError" in notices.history[-1].detail
    _close(shown)


def test_what_was_done_can_be_undone_from_its_notice(stack: tuple[Notices, NoticeStack, QWidget]) -> None:
    notices, shown, _window = stack
    undone: list[bool] = []
    notices.undoable("Project deleted", lambda: undone.append(True))
    undo = next(b for b in _toasts(shown)[0].findChildren(QAbstractButton) if b.text() == "Undo")
    undo.click()
    assert undone == [True]
    assert _toasts(shown) == []


def test_a_notice_goes_when_its_time_is_up_unless_the_mouse_is_on_it(
    stack: tuple[Notices, NoticeStack, QWidget],
) -> None:
    notices, shown, window = stack
    window.show()
    notices.show(Notice("done"))
    (toast,) = _toasts(shown)
    QCursor.setPos(toast.mapToGlobal(toast.rect().center()))
    toast._time_is_up()
    assert _toasts(shown) == [toast]
    assert toast._timer.isActive()
    QCursor.setPos(window.mapToGlobal(window.rect().topLeft()))
    toast._time_is_up()
    assert _toasts(shown) == []
    window.hide()


def test_never_more_than_three_are_shown_and_none_is_lost(stack: tuple[Notices, NoticeStack, QWidget]) -> None:
    notices, shown, _window = stack
    for number in range(6):
        notices.show(Notice(f"notice {number}"))
    assert len(_toasts(shown)) == MOST_SHOWN
    assert len(notices.history) == 6
    _close(shown)


def test_the_same_error_twice_in_a_row_is_shown_once(stack: tuple[Notices, NoticeStack, QWidget]) -> None:
    notices, shown, _window = stack
    for _ in range(3):
        notices.show(Notice("the disk is full", Tone.ERROR))
    assert len(_toasts(shown)) == 1
    _close(shown)


def test_notices_stay_low_in_the_middle_of_the_place_when_it_grows(
    stack: tuple[Notices, NoticeStack, QWidget],
) -> None:
    notices, shown, window = stack
    window.show()
    notices.show(Notice("done"))
    over = shown._over
    for place in ((100, 50, 500, 400), (0, 40, 900, 600), (200, 60, 450, 300)):
        over.setGeometry(*place)
        QApplication.processEvents()
        assert shown.geometry().center().x() == pytest.approx(over.geometry().center().x(), abs=1)
        assert shown.geometry().bottom() == over.geometry().bottom() - 16
    _close(shown)
    window.hide()
