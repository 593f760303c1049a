"""Loads the words of another language from Qt's compiled catalogues, `resources/translations/orchestra_<language>.qm`.

English needs none: it is what the catalogues are translated from. None ships yet.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from orchestra_desktop.resource_files import resource_root

SOURCE_LANGUAGE = "en"


def installed(application: QApplication, language: str, folder: Path | None = None) -> QTranslator | None:
    """From now on what is translated is said in this language; `de-AT` falls back to `de`.

    None where there is no catalogue, or one that cannot be read: then it is said in English. Called before the window
    is made, whose words are not asked for again.
    """
    if language == SOURCE_LANGUAGE:
        return None
    place = folder if folder is not None else resource_root() / "translations"
    translator = QTranslator(application)
    for name in dict.fromkeys((language.replace("-", "_"), language.partition("-")[0])):
        if translator.load(f"orchestra_{name}.qm", str(place)) and application.installTranslator(translator):
            return translator
    translator.deleteLater()
    return None
