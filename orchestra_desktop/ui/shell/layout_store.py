"""Where the window's layout and its keys are kept between starts: an ini file in the data folder.

Each project has a section of its own for its layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_FILE = "window.ini"
DEFAULT_INSPECTOR, DEFAULT_BOTTOM = 370, 176


@dataclass(slots=True)
class Layout:
    """Sizes in pixels; what is closed keeps its size for when it is opened again."""

    inspector_width: int = DEFAULT_INSPECTOR
    bottom_height: int = DEFAULT_BOTTOM
    inspector_open: bool = True
    bottom_open: bool = True


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
        usual = Layout()
        return Layout(
            self._number(f"{section}/inspector_width", usual.inspector_width, 200, 1_200),
            self._number(f"{section}/bottom_height", usual.bottom_height, 80, 1_000),
            self._number(f"{section}/inspector_open", 1, 0, 1) == 1,
            self._number(f"{section}/bottom_open", 1, 0, 1) == 1,
        )

    def keep(self, project: str | None, layout: Layout) -> None:
        for section in {project or "any", "any"}:
            self._set(f"layout/{section}/inspector_width", layout.inspector_width)
            self._set(f"layout/{section}/bottom_height", layout.bottom_height)
            self._set(f"layout/{section}/inspector_open", int(layout.inspector_open))
            self._set(f"layout/{section}/bottom_open", int(layout.bottom_open))

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
