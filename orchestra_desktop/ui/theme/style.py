"""The style sheet, made from the tokens: what a palette cannot say (radii, hairlines, heights, hover).

Widgets say what they are by a dynamic property `kind` ("primary", "quiet", "card", …), never by a style sheet of their
own, so that a look is changed in this one place.
"""

from __future__ import annotations

from string import Template

from PySide6.QtCore import QDir

from orchestra_desktop.resource_files import resource_root
from orchestra_desktop.ui.theme.tokens import Tokens, mixed

# Items are padded by 3 pixels less than the header above them: Qt adds 3 of its own to the text of an item alone.
_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $strong; padding: 4px 6px; }
QMainWindow, QDialog { background: $window; }
QFrame[kind="bar"], QFrame[kind="panel"] { background: $panel; border: none; }
QFrame[kind="page"], QWidget[kind="page"] { background: $window; }
QFrame[over="right"] { border-left: 1px solid $strong; }
QFrame[over="left"] { border-right: 1px solid $strong; }
QFrame[kind="card"] { background: $panel; border: 1px solid $border; border-radius: 10px; }
QFrame[kind="floating"] { background: $panel; border: 1px solid $strong; border-radius: 10px; }
QFrame[kind="hairline"] { background: $border; border: none; }
QFrame[kind="band"] { background: $raised; border: none; }
QFrame[kind="notice"] { background: $raised; border: 1px solid $strong; border-radius: 8px; }

QLabel { background: transparent; color: $text; }
QLabel[tone="secondary"] { color: $secondary; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="failed"] { color: $failed; }
QLabel[tone="attention"] { color: $needs_person; }
QLabel[tone="succeeded"] { color: $succeeded; }

QPushButton, QToolButton { background: $raised; color: $text; border: 1px solid $strong; border-radius: 6px;
  padding: 0 12px; min-height: 28px; }
QPushButton:hover, QToolButton:hover { border-color: $muted; }
QPushButton:pressed, QToolButton:pressed { background: $inset; }
QPushButton:focus, QToolButton:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton:disabled { color: $muted; border-color: $border; background: $panel; }
QPushButton[kind="primary"] { background: $fill; color: $on_fill; border-color: $fill; }
QPushButton[kind="primary"]:hover { background: $fill_hover; border-color: $fill_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $raised; color: $muted; border-color: $border; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent; border-color: transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $hover; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border-color: $accent; }
QPushButton[kind="quiet"]:disabled, QToolButton[kind="quiet"]:disabled { background: transparent; border-color:
  transparent; }
QPushButton[kind="danger"] { background: transparent; border-color: transparent; color: $failed; }
QPushButton[kind="danger"]:hover { background: $hover; }
QPushButton[kind="danger"]:focus { border-color: $failed; }
QPushButton[kind="danger"]:disabled { color: $muted; }
QPushButton[kind="link"] { background: transparent; border: none; color: $accent; padding: 0; min-height: 20px;
  text-align: left; }
QPushButton[kind="link"]:hover, QPushButton[kind="link"]:focus { text-decoration: underline; }
QPushButton[kind="key"] { background: transparent; border: 1px solid transparent; padding: 0 6px; min-height: 22px;
  text-align: left; }
QPushButton[kind="key"]:hover { background: $hover; }
QPushButton[kind="key"]:focus { border-color: $accent; }
QToolButton[kind="icon"] { background: transparent; border: 1px solid transparent; padding: 0; min-height: 26px;
  max-height: 26px; min-width: 26px; max-width: 26px; }
QToolButton[kind="icon"]:hover, QToolButton[kind="icon"]:checked { background: $hover; }
QToolButton[kind="icon"]:focus { border-color: $accent; }
QToolButton[kind="icon"]:disabled { background: transparent; border-color: transparent; }
QToolButton[kind="picker"] { text-align: left; padding: 0 10px; }
QToolButton[kind="pill"] { border-radius: 11px; min-height: 20px; max-height: 20px; padding: 0 9px; color:
  $secondary; }
QToolButton[kind="pill"]:checked { border-color: $accent; color: $text; background: $selected; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton::menu-indicator { image: url(drawn:chevron.svg); width: 12px; height: 12px;
  subcontrol-origin: padding; subcontrol-position: right center; right: 8px; }

QLineEdit, QPlainTextEdit, QTextEdit, QTextBrowser, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit,
  QTimeEdit { background: $inset; color: $text; border: 1px solid $border; border-radius: 6px;
  selection-background-color: $fill; selection-color: $on_fill; placeholder-text-color: $muted; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QTimeEdit { min-height: 28px; padding: 0 8px; }
QPlainTextEdit, QTextEdit, QTextBrowser { padding: 4px 6px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus, QSpinBox:focus, QDoubleSpinBox:focus,
  QComboBox:focus, QTimeEdit:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QComboBox:disabled, QTimeEdit:disabled {
  color: $muted; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border-color: $failed; }
QLineEdit QToolButton { background: transparent; border: none; padding: 0; margin: 0; min-height: 0; min-width: 0; }
QTimeEdit QLineEdit { background: transparent; border: none; padding: 0 8px; min-height: 0; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(drawn:chevron.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $strong; border-radius: 6px; padding: 4px;
  outline: none; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button,
  QTimeEdit::up-button, QTimeEdit::down-button { width: 0; border: none; }
QCheckBox, QRadioButton { background: transparent; color: $text; spacing: 8px; min-height: 24px; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 4px; background: $inset; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 8px; background:
  $inset; }
QCheckBox::indicator:checked { background: $fill; border-color: $fill; image: url(drawn:tick.svg); }
QRadioButton::indicator:checked { background: $on_fill; border: 4px solid $fill; width: 8px; height: 8px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }

QMenu { background: $raised; color: $text; border: 1px solid $strong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QMenu::icon { margin-left: 2px; padding: 3px; border: 1px solid transparent; border-radius: 4px; }
QMenu::icon:checked { background: $selected; border-color: $accent; }
QMenu::indicator { width: 16px; height: 16px; left: 4px; }
QMenu::indicator:checked { image: url(drawn:mark.svg); }
QMenu::right-arrow { image: url(drawn:onward.svg); width: 12px; height: 12px; right: 6px; }

QAbstractItemView { background: $panel; color: $text; border: none; outline: none;
  selection-background-color: $selected; selection-color: $text; alternate-background-color: $panel; }
QAbstractItemView::item { padding: 0 9px; border: none; }
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $selected; color: $text; }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $border; padding: 0
  12px; min-height: 30px; }
QTableView[dense="true"]::item { padding: 0 5px; }
QTableView[dense="true"] QHeaderView::section { padding: 0 8px; }
QTableCornerButton::section { background: $panel; border: none; }

QScrollArea, QScrollArea > QWidget > QWidget[kind="scrolled"] { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $strong; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $border; }
QSplitter::handle:hover { background: $accent; }
QProgressBar { background: $inset; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
""")


def style_sheet(tokens: Tokens) -> str:
    """The whole sheet. Its two pictures are read from the search path `drawn`, as a style sheet cannot tint."""
    QDir.setSearchPaths("drawn", [str(resource_root() / "icons" / "drawn")])
    return _SHEET.substitute(tokens.table(), fill_hover=mixed(tokens.fill, tokens.text, 0.88))
