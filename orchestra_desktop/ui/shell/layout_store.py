"""Where the window's layout and its keys are kept between starts: an ini file in the data folder.

Each project has a section of its own for its layout.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from orchestra_desktop.ui.pane_sides import SIDES, Pane, Side

_FILE = "window.ini"


_USUAL_SIDES = {Pane.INSPECTOR: Side.RIGHT, Pane.BOTTOM: Side.BOTTOM}
_USUAL_SIZES = {Pane.INSPECTOR: 370, Pane.BOTTOM: 176}
_EXTENTS = {Pane.INSPECTOR: "width", Pane.BOTTOM: "height"}
_LIMITS = {Pane.INSPECTOR: (200, 1_200), Pane.BOTTOM: (80, 1_000)}


@dataclass(slots=True)
class Layout:
    """Pixels of the inspector's width and of the bottom panel's height; what is closed keeps its size."""

    sides: dict[Pane, Side] = field(default_factory=lambda: dict(_USUAL_SIDES))
    sizes: dict[Pane, int] = field(default_factory=lambda: dict(_USUAL_SIZES))
    open: dict[Pane, bool] = field(default_factory=lambda: dict.fromkeys(Pane, True))


class LayoutStore:
    """Reads and writes layouts. A file that is damaged or cannot be written costs the layout, never the start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = QSettings(str(folder / _FILE), QSettings.Format.IniFormat)

    def layout(self, project: str | None) -> Layout:
        """The project's own, else the one last used anywhere."""
        for section in (project or "any", "any"):
            if self._file.contains(f"layout/{section}/inspector_width"):
                return self._read(f"layout/{section}")
        return Layout()

    def _read(self, section: str) -> Layout:
        layout = Layout()
        for pane in Pane:
            layout.open[pane] = self._number(f"{section}/{pane}_open", 1, 0, 1) == 1
            size = f"{section}/{pane}_{_EXTENTS[pane]}"
            layout.sizes[pane] = self._number(size, layout.sizes[pane], *_LIMITS[pane])
            side = str(self._file.value(f"{section}/{pane}_side", ""))
            if side in SIDES[pane]:
                layout.sides[pane] = Side(side)
        return layout

    def keep(self, project: str | None, layout: Layout) -> None:
        for section in {project or "any", "any"}:
            for pane in Pane:
                self._set(f"layout/{section}/{pane}_{_EXTENTS[pane]}", layout.sizes[pane])
                self._set(f"layout/{section}/{pane}_open", int(layout.open[pane]))
                self._set(f"layout/{section}/{pane}_side", layout.sides[pane].value)

    def forget(self) -> None:
        """Reset layout: every project's."""
        self._file.remove("layout")
        self._file.remove("window/geometry")

    # -- the person's own keys --------------------------------------------------------------------------------------

    def own_keys(self) -> dict[str, tuple[str, ...]]:
        """By action; no keys at all is a choice too."""
        self._file.beginGroup("keys")
        try:
            found = {id_: self._file.value(id_, "") for id_ in self._file.childKeys()}
        finally:
            self._file.endGroup()
        return {
            id_: tuple(value.split("\n")) if value else () for id_, value in found.items() if isinstance(value, str)
        }

    def keep_keys(self, action: str, keys: tuple[str, ...] | None) -> None:
        """One line each: a key may be a comma. None goes back to the table's."""
        if keys is None:
            self._file.remove(f"keys/{action}")
        else:
            self._set(f"keys/{action}", "\n".join(keys))

    # -- the window itself ------------------------------------------------------------------------------------------

    @property
    def geometry(self) -> QByteArray:
        value = self._file.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep_geometry(self, geometry: QByteArray) -> None:
        self._set("window/geometry", geometry)

    def word(self, name: str, usual: str = "") -> str:
        """A short text by name, such as the place that was in front."""
        value = self._file.value(f"window/{name}", usual)
        return value if isinstance(value, str) else usual

    def keep_word(self, name: str, value: str) -> None:
        self._set(f"window/{name}", value)

    def _number(self, key: str, usual: int, least: int, most: int) -> int:
        try:
            return min(max(int(str(self._file.value(key, usual))), least), most)
        except ValueError:
            return usual

    def _set(self, key: str, value: object) -> None:
        """Nothing is made before the data folder is: it is created with its own access rights."""
        if self._folder.is_dir():
            self._file.setValue(key, value)

    def sync(self) -> None:
        if self._folder.is_dir():
            self._file.sync()
