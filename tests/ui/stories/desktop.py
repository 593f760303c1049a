"""Stands for the person's desktop: notes what the window asks it to open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices


class Desktop(QObject):
    """`opened` are files and folders, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@contextmanager
def desktop() -> Iterator[Desktop]:
    """In place of the system's programs, until it ends."""
    noted = Desktop()
    QDesktopServices.setUrlHandler("file", noted, "open")  # type: ignore[arg-type]  # the stub says bytes, which PySide refuses
    try:
        yield noted
    finally:
        QDesktopServices.unsetUrlHandler("file")
