"""Starts the program: with a verb the command line, without one the window."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestra_desktop.services.session import SessionFactory
    from orchestra_desktop.services.start_options import StartOptions


def main() -> int:
    """The console script's entry; answers the exit code of cli.md."""
    arguments = sys.argv[1:]
    code = _window(arguments)
    if code is not None:
        return code
    from orchestra_desktop.cli.main import run_command

    return run_command(arguments, make_session, os.environ)


def _window(arguments: list[str]) -> int | None:
    """The window's exit code; None where the command line is meant, or there is no screen to show a window on."""
    from orchestra_desktop.services.start_options import can_show, window_options

    options = window_options(arguments, os.environ)
    if options is None or not can_show(os.environ, sys.platform):
        return None
    from orchestra_desktop.app_window import run_window

    return run_window(make_session, options)


def make_session(options: StartOptions) -> SessionFactory:
    from orchestra_desktop.app import App  # every floor below: loaded when there is something to open

    return App(options)


if __name__ == "__main__":
    sys.exit(main())
