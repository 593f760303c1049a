"""Our own line icons, tinted: one SVG drawn in any colour and size, each picture made once."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from orchestra_desktop.resource_files import resource_root
from orchestra_desktop.ui.theme.tokens import Token, Tokens

_MOST_KEPT = 2_000  # pictures of 16 to 20 pixels: some 3 MB


@cache
def _drawing(name: str) -> str:
    """The SVG text. Raises FileNotFoundError for an icon that was never drawn."""
    return (resource_root() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def icon_names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in (resource_root() / "icons").glob("*.svg")))


class Icons:
    """The icons in one set of colours; a change of theme makes a new one."""

    def __init__(self, tokens: Tokens, ratio: float = 1.0) -> None:
        """`ratio` is the highest of the screens' device pixels a pixel."""
        self._tokens = tokens
        self._ratio = ratio
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, Token, int, int], QIcon] = {}

    def pixmap(self, name: str, token: Token | str = Token.SECONDARY, size: int = 16, ratio: float = 1.0) -> QPixmap:
        """A picture of `size` device-independent pixels for a screen of `ratio` (devicePixelRatio)."""
        colour = self._tokens[token]
        key = (name, colour, size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            if len(self._pixmaps) >= _MOST_KEPT:
                self._pixmaps.clear()
            found = self._pixmaps[key] = self._painted(name, colour, size, ratio)
        return found

    def _painted(self, name: str, colour: str, size: int, ratio: float) -> QPixmap:
        svg = _drawing(name).replace("currentColor", colour)
        svg = re.sub(r"token-(\w+)", lambda found: self._tokens[found.group(1)], svg)
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def icon(self, name: str, token: Token = Token.SECONDARY, size: int = 16, after: int = 0) -> QIcon:
        """For buttons and menus: sharp on the sharpest screen there is, faint where disabled.

        `after` are empty pixels at its right: Qt sets pictures too close to words, and has no setting for it.
        """
        key = (name, token, size, after)
        found = self._icons.get(key)
        if found is None:
            found = self._icons[key] = QIcon()
            for ratio in sorted({1.0, self._ratio}):
                found.addPixmap(_wider(self.pixmap(name, token, size, ratio), after), QIcon.Mode.Normal)
                found.addPixmap(_wider(self.pixmap(name, Token.STRONG, size, ratio), after), QIcon.Mode.Disabled)
        return found


def _wider(pixmap: QPixmap, after: int) -> QPixmap:
    if not after:
        return pixmap
    ratio = pixmap.devicePixelRatio()
    wide = QPixmap(pixmap.width() + round(after * ratio), pixmap.height())
    wide.setDevicePixelRatio(ratio)
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return wide
