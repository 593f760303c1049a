"""Switches of the settings file that count at once: working offline, what is notified and when, and closing."""

from __future__ import annotations

from collections.abc import Mapping

from orchestra_desktop.domain.errors import StorageUnavailable
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.money import unwritable
from orchestra_desktop.services.quiet_hours import is_quiet, local_time

NOTIFICATIONS = ("run_finished", "run_failed", "needs_person", "cap_near")


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
    _change(context, "notifications", {name: wanted})


def set_quiet_hours(context: Context, start: str, end: str) -> None:
    """From when until when nothing is notified, as `22:00`; both empty for never. Raises as `set_notified`."""
    _change(context, "notifications", {"quiet_from": start, "quiet_until": end})


def is_told(context: Context, name: str) -> bool:
    """Whether one of `NOTIFICATIONS` is wanted, and this is not an hour of quiet."""
    wanted = context.settings.notifications
    now = local_time(context.clock.now())
    return getattr(wanted, name) is True and not is_quiet(now, wanted.quiet_from, wanted.quiet_until)


def set_close_to_tray(context: Context, wanted: bool) -> None:
    """Whether closing the window keeps runs going without asking. Raises InvalidSettings, StorageUnavailable."""
    _change(context, "appearance", {"close_to_tray": wanted})


def set_resume_at_start(context: Context, wanted: bool) -> None:
    """Whether the window goes on with interrupted runs by itself. Raises InvalidSettings, StorageUnavailable."""
    _change(context, "execution", {"resume_at_start": wanted})


def _change(context: Context, section: str, values: Mapping[str, object]) -> None:
    """Writes settings of a section down, from which moment on they count here too."""
    _save(context, {f"{section}.{name}": value for name, value in values.items()})
    changed = getattr(context.settings, section).model_copy(update=dict(values))
    context.settings = context.settings.model_copy(update={section: changed})


def _save(context: Context, changes: Mapping[str, object]) -> None:
    try:
        context.save_settings(changes)
    except OSError as error:
        raise StorageUnavailable(unwritable(context.settings_file, error)) from error
