"""What a machine needs besides Python: Debian packages, installed where we may, named with their command elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# What the wheels of Qt leave to the system.
QT = ("fonts-dejavu-core", "libdbus-1-3", "libegl1", "libfontconfig1", "libgl1", "libglib2.0-0", "libxkbcommon0")

# What a window on an X server needs besides; Qt loads its plugin for X only where all of them are there.
WINDOW = (
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0"),
    *("libxcb-shape0", "libxcb-xkb1", "libxkbcommon-x11-0"),
)

# A desk for stories in a real window: a screen, a window manager that gives the keys, hands, a bus, a key store.
DESK = ("dbus", "gnome-keyring", "openbox", "xdotool", "xvfb")

# Verb -> what it needs. `run` in the terminal needs nothing; each verb installs no more than it uses.
SYSTEM_PACKAGES: dict[str, tuple[str, ...]] = {
    "run": (),
    "check": (),
    "bench": QT,  # benchmarks turn the Qt loop and paint windows
    "screenshots": QT,
    "test": (*QT, *WINDOW, *DESK),
    "bundle": ("binutils",),  # PyInstaller asks objdump what a library needs
}


class Step(NamedTuple):
    """What to do about packages that are missing: `nothing`, `install` them, or `tell` the command."""

    action: str
    packages: tuple[str, ...]


def step(wanted: Iterable[str], installed: frozenset[str], *, root: bool) -> Step:
    """Decide what a Debian machine needs done."""
    missing = tuple(name for name in wanted if name not in installed)
    if not missing:
        return Step("nothing", ())
    return Step("install" if root else "tell", missing)


def is_debian() -> bool:
    """Debian, or a system made from it."""
    return Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def is_root() -> bool:
    """Whether packages can be installed without asking anybody."""
    return sys.platform != "win32" and os.geteuid() == 0


def parse_installed(listing: str) -> frozenset[str]:
    """Names from lines `status<TAB>package<TAB>provides`.

    What a package provides counts: `libglib2.0-0` is called `libglib2.0-0t64` on newer systems.
    """
    names = set()
    for line in listing.splitlines():
        status, package, provided = line.split("\t")
        if status == "installed":
            names.add(package)
            names.update(entry.split()[0] for entry in provided.split(",") if entry.strip())
    return frozenset(names)


def installed_packages() -> frozenset[str]:
    """What dpkg has installed."""
    form = "${db:Status-Status}\t${Package}\t${Provides}\n"
    asked = ["dpkg-query", "--show", "--showformat=" + form]
    return parse_installed(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def command(packages: Iterable[str]) -> str:
    """What a person would type."""
    return "sudo apt-get install " + " ".join(packages)


def install(packages: tuple[str, ...]) -> bool:
    """Install as root, after one update of the lists; whether that went well."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["apt-get", "update"], ["apt-get", "install", "--yes", "--no-install-recommends", *packages])
    return all(subprocess.run([*words, "--quiet"], env=environment, check=False).returncode == 0 for words in steps)


def provide(wanted: tuple[str, ...]) -> bool:
    """Install or name what is missing; False if something still is.

    Elsewhere than on Debian nothing is known to be missing, so nothing is said: the wheels bring their own on Windows
    and macOS, and other systems call their packages by other names.
    """
    if not wanted or not is_debian():
        return True
    action, packages = step(wanted, installed_packages(), root=is_root())
    if action == "install":
        print("Installing system packages: " + " ".join(packages), flush=True)
        return install(packages)
    if action == "tell":
        print("System packages are missing. Install them with:\n    " + command(packages), flush=True)
        return False
    return True
