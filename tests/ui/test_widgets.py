"""The small pieces: plain text, exact money, states in three ways at once, empty places that lead on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.dialogs import Choice, Question
from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.fields import FilterBar, SearchField
from orchestra_desktop.ui.widgets.labels import ElidedLabel, MoneyLabel, PlainLabel, as_tool_tip, plain_label
from orchestra_desktop.ui.widgets.state_chip import StateChip, state_look, state_word
from orchestra_desktop.ui.widgets.surfaces import EmptyState, SkeletonRows
from orchestra_desktop.ui.widgets.table import TableView, Width
from orchestra_desktop.ui.widgets.tabs import Tabs


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, ThemeChoice.DARK)


def _shown(widget: QWidget, width: int, height: int) -> QImage:
    widget.resize(width, height)
    return widget.grab().toImage()


def test_money_is_shown_to_the_cent_and_exactly_in_the_tool_tip(theme: Theme) -> None:
    label = MoneyLabel(theme, 41_250_000)
    assert label.text() == "$0.04"
    assert label.toolTip() == "$0.041250000"
    label.set_amount(0)
    assert label.text() == "free"
    label.set_amount(None)
    assert label.text() == "–"


def test_a_long_text_is_cut_and_whole_in_the_tool_tip(theme: Theme) -> None:
    label = ElidedLabel("a very long title of a task that does not fit", theme)
    _shown(label, 90, 20)
    assert "does not fit" in label.toolTip()
    _shown(label, 900, 20)
    assert label.toolTip() == ""


def test_a_tool_tip_never_guesses_rich_text() -> None:
    assert as_tool_tip('<img src="file:///etc/passwd">') == '<span>&lt;img src="file:///etc/passwd"&gt;</span>'


@pytest.mark.parametrize("state", list(TaskState))
def test_a_chip_says_its_state_by_word_icon_and_colour(theme: Theme, state: TaskState) -> None:
    chip = StateChip(theme, state, "0:24")
    assert chip.accessibleName() == f"{state_word(state)} 0:24"
    image = _shown(chip, chip.sizeHint().width(), chip.sizeHint().height())
    wanted = theme.color(state_look(state).token).rgb()
    assert any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_no_two_states_have_the_same_word_or_the_same_icon(theme: Theme) -> None:
    assert len({state_word(state) for state in TaskState}) == len(TaskState)
    assert len({state_look(state).icon for state in TaskState}) == len(TaskState)


def test_an_empty_place_shows_all_its_words_however_narrow(theme: Theme) -> None:
    empty = EmptyState(theme, "run", "Nothing yet", "A sentence that is long enough to take several lines " * 3)
    for width in (300, 700):
        _shown(empty, width, 500)
        assert empty.words.height() >= empty.words.heightForWidth(empty.words.width())
        assert empty.words.geometry().right() < width


def test_in_a_low_place_the_picture_gives_way_to_the_words(theme: Theme) -> None:
    empty = EmptyState(theme, "clock", "Nothing has happened yet", "Every step is listed here, newest first.")
    for height, pictured in ((90, False), (110, False), (400, True)):
        _shown(empty, 900, height)
        assert empty.picture.isHidden() is not pictured
        title, words = empty.title.geometry(), empty.words.geometry()
        assert 0 <= title.top() < title.bottom() < words.top() < words.bottom() < height
        assert title.height() >= empty.title.sizeHint().height()


@pytest.mark.parametrize("words", ["A sentence that takes one line.", "A sentence that takes several lines. " * 6])
def test_a_dialog_is_as_high_as_its_words_need(theme: Theme, words: str) -> None:
    parent = QWidget()
    question = Question(parent, theme, "Approve and run?", words, [Choice("yes", "Yes", "primary")])
    question.show()
    title, said = (label.geometry() for label in question.findChildren(PlainLabel))
    assert said.top() - title.bottom() - 1 == question.column.spacing()
    assert said.height() == question.findChildren(PlainLabel)[1].heightForWidth(said.width())


def test_a_button_keeps_its_width_when_its_picture_comes(theme: Theme) -> None:
    button = Button("Run", theme, "play")
    before = button.sizeHint().width()
    button.show()
    assert not button.icon().isNull()
    assert abs(button.sizeHint().width() - before) <= 2
    button.hide()


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_words_of_a_header_stand_over_those_of_its_column(theme: Theme, side: str) -> None:
    left = side == "left"
    column: RowColumn[str] = RowColumn("H", lambda row: row, figures=not left)
    model: RowsModel[str] = RowsModel(theme, (column,))
    model.put(["H"])
    table = TableView(theme, "Rows", model)
    table.setColumnWidth(0, 120)
    image = _shown(table, 200, 80)
    header, cell = (_inked(image, rows, 120) for rows in (range(4, 26), range(34, 56)))
    assert abs(header[0] - cell[0] if left else header[-1] - cell[-1]) <= 1


def test_headings_are_drawn_in_the_size_of_labels(theme: Theme) -> None:
    column: RowColumn[str] = RowColumn("Depends on", lambda row: row)
    model: RowsModel[str] = RowsModel(theme, (column,))
    table = TableView(theme, "Rows", model)
    table.setColumnWidth(0, 200)
    place = QWidget()  # where a table gets its parent after it was made
    column_of_place = QVBoxLayout(place)
    column_of_place.setContentsMargins(0, 0, 0, 0)
    column_of_place.addWidget(table)
    place.show()
    drawn = _inked(_shown(place, 300, 80), range(4, 26), 190)
    assert drawn[-1] - drawn[0] <= QFontMetrics(theme.font(Face.LABEL)).horizontalAdvance("Depends on")


def _inked(image: QImage, rows: range, width: int) -> list[int]:
    """The columns of pixels in which something is drawn on the ground."""
    ground = image.pixel(2, rows.start)
    return [x for x in range(width) if any(image.pixel(x, y) != ground for y in rows)]


def _wide(theme: Theme, width: int) -> TableView:
    columns: tuple[RowColumn[str], ...] = tuple(RowColumn(name, lambda row: row) for name in "ABCD")
    model: RowsModel[str] = RowsModel(theme, columns)
    model.put(["words"])
    table = TableView(theme, "Rows", model, stretch=1)
    model.setParent(table)
    table.set_widths({0: Width(60, 60), 1: Width(200, 100), 2: Width(80, 80), 3: Width(300, 100)})
    _shown(table, width, 80)
    return table


def _widths(table: TableView) -> list[int]:
    return [table.columnWidth(column) for column in range(4)]


@pytest.mark.parametrize(
    ("width", "widths"),
    [(1_000, [60, 560, 80, 300]), (640, [60, 200, 80, 300]), (490, [60, 150, 80, 200]), (200, [60, 100, 80, 100])],
    ids=["room", "all", "less", "too little"],
)
def test_columns_become_narrower_by_what_they_can_spare_before_a_table_scrolls(
    theme: Theme, width: int, widths: list[int]
) -> None:
    table = _wide(theme, width)
    assert _widths(table) == widths
    assert (table.horizontalScrollBar().maximum() > 0) is (width < sum(widths))


def test_a_column_that_was_drawn_to_a_width_keeps_it(theme: Theme) -> None:
    table = _wide(theme, 490)
    table.horizontalHeader().resizeSection(3, 250)  # as the mouse does
    assert _widths(table) == [60, 100, 80, 250]
    _shown(table, 800, 80)
    assert _widths(table) == [60, 410, 80, 250]


def test_tabs_are_walked_with_the_arrow_keys(theme: Theme) -> None:
    tabs = Tabs(theme, "Parts")
    first, second = QWidget(), QWidget()
    tabs.add("one", "One", first)
    tabs.add("two", "Two", second)
    tabs.show()
    button = tabs.row.findChildren(QWidget)[0]
    QTest.keyClick(button, Qt.Key.Key_Right)
    assert tabs.row.current == "two"
    assert tabs.stack.currentWidget() is second
    QTest.keyClick(button, Qt.Key.Key_Right)
    assert tabs.row.current == "one"
    tabs.hide()


def test_a_count_on_a_tab_is_said_too(theme: Theme) -> None:
    tabs = Tabs(theme, "Parts")
    tabs.add("one", "Problems", QWidget())
    tabs.row.set_count("one", 2)
    assert "Problems 2" in {widget.accessibleName() for widget in tabs.row.findChildren(QWidget)}


def test_escape_empties_a_search_before_it_closes_anything(theme: Theme) -> None:
    field = SearchField(theme, "Search")
    field.setText("abc")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    field._timer.stop()


def test_a_filter_says_which_pills_are_on(theme: Theme) -> None:
    bar = FilterBar(theme, "Filter", (("failed", "failed"), ("running", "running")))
    heard: list[tuple[str, frozenset[str]]] = []
    bar.changed.connect(lambda words, picked: heard.append((words, picked)))
    next(button for button in bar.findChildren(QWidget) if button.accessibleName() == "failed").click()  # type: ignore[attr-defined]
    assert heard == [("", frozenset({"failed"}))]


def test_rows_to_come_are_drawn_in_the_hairline_colour(theme: Theme) -> None:
    image = _shown(SkeletonRows(theme, 3), 400, 84)
    wanted = theme.color(Token.BORDER).rgb()
    assert any(image.pixel(x, 14) == wanted for x in range(400))


def test_a_word_without_an_end_is_broken_where_lines_are_and_read_back_whole(theme: Theme) -> None:
    endless = "Donaudampfschifffahrt" * 12
    label = plain_label(endless, theme, wrap=True)
    assert label.text() == endless
    assert label.minimumSizeHint().width() < 300
    assert plain_label(endless, theme).minimumSizeHint().width() > 1_000
