"""Switches of the settings file that count at once: working offline, and what is notified."""

from __future__ import annotations

from collections.abc import Mapping

from orchestra_desktop.domain.errors import StorageUnavailable
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.money import unwritable

NOTIFICATIONS = ("run_finished", "run_failed", "needs_person")


def set_offline(context: Context, offline: bool) -> bool:
    """Writes the switch down and has the guard keep to it; whether the program is offline now.

    It stays so where this start was told to be offline (`--offline`, `--set`), whatever the file says. Going offline
    counts even if the file cannot be written: what was refused is safe. Raises InvalidSettings, StorageUnavailable.
    """
    if offline:
        _apply_offline(context, offline=True)
    _save(context, {"privacy.offline": offline})
    _apply_offline(context, offline=context.load_settings().privacy.offline)
    return context.network.offline


def _apply_offline(context: Context, *, offline: bool) -> None:
    privacy = context.settings.privacy.model_copy(update={"offline": offline})
    context.settings = context.settings.model_copy(update={"privacy": privacy})
    context.apply_network(context.settings)


def set_notified(context: Context, name: str, wanted: bool) -> None:
    """Whether one of `NOTIFICATIONS` is told from now on. Raises InvalidSettings, StorageUnavailable."""
    _save(context, {f"notifications.{name}": wanted})
    notifications = context.settings.notifications.model_copy(update={name: wanted})
    context.settings = context.settings.model_copy(update={"notifications": notifications})


def _save(context: Context, changes: Mapping[str, object]) -> None:
    try:
        context.save_settings(changes)
    except OSError as error:
        raise StorageUnavailable(unwritable(context.settings_file, error)) from error
