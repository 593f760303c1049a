"""Sentences for people: every one goes through Qt's translation system, with English as the source.

Two contexts of the catalogue: "Text" holds the templates of `viewmodels/english.py` for what floors below say by key,
and each part of the window has one of its own for its labels: `translate("Shell", "Projects")`. The function is called
`translate` because that is the name Qt's `lupdate` looks for.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from orchestra_desktop.domain.texts import Text
from orchestra_desktop.ui.window_words import WINDOW_SENTENCES


def translate(context: str, source: str, /, **values: object) -> str:
    """The sentence in the person's language, `{name}` filled in afterwards so that translators may move it."""
    said = QCoreApplication.translate(context, source)
    return said.format(**values) if values else said


def counted(context: str, one: str, many: str, n: int, /) -> str:
    """ "1 task", "3 tasks". A language's own plural forms come from the catalogue, which knows `many` as numerous."""
    said = QCoreApplication.translate(context, many, None, n)
    if n == 1 and said == many:
        said = QCoreApplication.translate(context, one)
    return said.format(n=QLocale().toString(n))


def tr(text: Text) -> str:
    """What a floor below said by key, in the person's language."""
    from orchestra_desktop.viewmodels import english  # some 300 sentences, not needed to paint the window

    sentence = WINDOW_SENTENCES.get(text.key) or english.SENTENCES.get(text.key)
    if sentence is None:
        return english.english(text)
    return english.filled(QCoreApplication.translate("Text", sentence), text.args)
