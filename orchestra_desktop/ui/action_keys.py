"""Which keys each action has: those of the table, or the person's own where they chose others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from orchestra_desktop.ui.action_row import Action, overlap

Keys = tuple[str, ...]  # as Qt writes them on every system; the first one is shown


class KeyStore(Protocol):
    """Where the person's own keys are kept between starts; no keys at all is a choice too."""

    def own_keys(self) -> Mapping[str, Keys]: ...

    def keep_keys(self, action: str, keys: Keys | None) -> None:
        """None goes back to the table's."""


class UnkeptKeys:
    """Keys for this start alone."""

    def own_keys(self) -> Mapping[str, Keys]:
        return {}

    def keep_keys(self, action: str, keys: Keys | None) -> None:
        pass


class ActionKeys(QObject):
    """`changed` carries the id of the action whose keys are others now."""

    changed = Signal(str)

    def __init__(self, rows: Iterable[Action], store: KeyStore) -> None:
        super().__init__()
        self._rows = {row.id: row for row in rows}
        self._store = store
        own = store.own_keys()
        self._own = {id_: _known(keys) for id_, keys in own.items() if id_ in self._rows}

    def of(self, id_: str) -> Keys:
        own = self._own.get(id_)
        return self._rows[id_].shortcut if own is None else own

    def is_own(self, id_: str) -> bool:
        """Whether the person chose them."""
        return id_ in self._own

    def words(self, id_: str) -> str:
        """All keys of an action as this system writes them."""
        return ", ".join(native(key) for key in self.of(id_))

    def clashes(self, id_: str, key: str) -> list[Action]:
        """The other actions that this key means already, where both could be meant."""
        mine, wanted = self._rows[id_], QKeySequence(key)
        return [
            row
            for row in self._rows.values()
            if row.id != id_ and overlap(row, mine) and wanted in map(QKeySequence, self.of(row.id))
        ]

    def bind(self, id_: str, key: str) -> None:
        """Gives an action this one key, and takes it from every other that it would be confused with."""
        for other in self.clashes(id_, key):
            left = tuple(one for one in self.of(other.id) if QKeySequence(one) != QKeySequence(key))
            self._choose(other.id, left)
        self._choose(id_, (key,))

    def clear(self, id_: str) -> None:
        """No key at all."""
        self._choose(id_, ())

    def reset(self, id_: str) -> None:
        """The table's keys again, but for those that the person has given to something else meanwhile."""
        free = tuple(key for key in self._rows[id_].shortcut if not self.clashes(id_, key))
        self._choose(id_, free)

    def _choose(self, id_: str, keys: Keys) -> None:
        usual = keys == self._rows[id_].shortcut
        if usual:
            self._own.pop(id_, None)
        else:
            self._own[id_] = keys
        self._store.keep_keys(id_, None if usual else keys)
        self.changed.emit(id_)


def native(key: str) -> str:
    """A key as this system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _known(keys: Keys) -> Keys:
    """Without what is no key: the file may have been written by hand."""
    return tuple(key for key in keys if not QKeySequence(key).isEmpty() and QKeySequence(key).toString())
