"""The sections about the person at the machine: notifications, appearance, privacy."""

from __future__ import annotations

from typing import Literal

from orchestra_desktop.settings.fields import HostName, Section, setting

_TIME_OF_DAY = r"^(([01]\d|2[0-3]):[0-5]\d)?$"


class NotificationSettings(Section):
    """When the system's notifications are used. Their text names the task, never its content.

    What is not said is not lost: the inbox and the list of events have it all the same.
    """

    run_finished: bool = setting(True, "Say when a run has finished.")
    run_failed: bool = setting(True, "Say when a run has finished with failures.")
    needs_person: bool = setting(True, "Say when something waits for a decision.")
    cap_near: bool = setting(True, "Say when a cap is nearly used up (`budget.warning_percent`).")
    quiet_from: str = setting(
        "",
        "From when on nothing is said, as `22:00` by this machine's clock; over midnight too. Empty is never.",
        pattern=_TIME_OF_DAY,
    )
    quiet_until: str = setting("", "Until when nothing is said, as `07:00`. Empty is never.", pattern=_TIME_OF_DAY)


class AppearanceSettings(Section):
    """How the window looks."""

    theme: Literal["system", "dark", "light"] = setting("system", "Dark, light, or as the system has it.")
    font_size: int = setting(13, "Size of interface text.", unit="pixels", ge=9, le=32)
    reduced_motion: bool = setting(False, "Leave movement out.")
    language: str = setting("en", "Language of the window.", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$", not_yet=True)
    close_to_tray: bool = setting(
        False, "Keep runs going in the tray when the window is closed, without asking. Asked and kept the first time."
    )


class PrivacySettings(Section):
    """What may leave this machine. The guard under every client keeps to this; this machine is always allowed."""

    offline: bool = setting(
        False,
        "Refuse every connection but to this machine and the hosts listed below.",
        if_unreadable=True,  # a switch for safety that cannot be read counts as on
    )
    allowed_hosts: tuple[HostName, ...] = setting(
        (), "Hosts that may be reached although offline: `name`, `name:port` or an address.", max_length=200
    )
